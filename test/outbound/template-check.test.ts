import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Desk } from '../../src/desks/desk.ts'
import { checkPiece } from '../../src/outbound/template-check.ts'
import { variablesOf } from '../../src/outbound/template-data.ts'
import { loadTemplates } from '../../src/outbound/template-folder.ts'
import { packageRoot } from '../../src/package-root.ts'
import { deskOf } from './support/desk.ts'

const check = (source: string, template = 'acknowledged') =>
  checkPiece({ source, file: 'x.md', line: 3, column: 1 }, variablesOf(template))

describe('a fault is named where it stands', () => {
  test.each([
    [
      'Hello {{person.nom}}',
      { line: 3, column: 9, message: 'unknown variable "nom" in person: there is name, address' },
    ],
    [
      'one\ntwo {{tikcet.token}}',
      { line: 4, column: 7, message: expect.stringContaining('unknown variable "tikcet"') },
    ],
    ['{{data.news}}', { line: 3, column: 3, message: expect.stringContaining('unknown variable "news" in data') }],
    ['{{ticket.createdAt}}', { line: 3, column: 1, message: expect.stringContaining('this is an instant') }],
    ['{{data.notes}}', { line: 3, column: 1, message: expect.stringContaining('this is a list') }],
    ['{{desk}}', { line: 3, column: 1, message: expect.stringContaining('no single value') }],
    ['{{date ticket.token}}', { line: 3, column: 1, message: expect.stringContaining('does not fit') }],
    ['{{upper desk.name}}', { line: 3, column: 1, message: expect.stringContaining('unknown helper "upper"') }],
    [
      '{{#unknown desk.name}}x{{/unknown}}',
      { line: 3, column: 1, message: expect.stringContaining('unknown block "unknown"') },
    ],
    ['{{#each desk.name}}x{{/each}}', { line: 3, column: 1, message: 'this is no list' }],
    [
      '{{#each data.answers}}{{reply}}{{/each}}',
      { line: 3, column: 25, message: expect.stringContaining('unknown variable "reply"') },
    ],
    [
      '{{#each data.answers}}{{desk.name}}{{/each}}',
      { line: 3, column: 25, message: expect.stringContaining('unknown variable "desk"') },
    ],
    ['{{> other}}', { line: 3, column: 1, message: expect.stringContaining('no partials') }],
    ['{{#if desk.name}}\nx', { line: 4, message: expect.any(String) }],
    ['{{desk.name}', { line: 3, message: expect.stringContaining('braces') }],
    ["{{constructor.constructor 'x'}}", { line: 3, column: 1, message: expect.stringContaining('unknown helper') }],
    ['{{__proto__.x}}', { line: 3, column: 3, message: expect.stringContaining('unknown variable') }],
    ['{{desk.constructor}}', { line: 3, column: 3, message: expect.stringContaining('unknown variable') }],
    ['{{lookup desk "name"}}', { line: 3, column: 1, message: expect.stringContaining('unknown helper') }],
  ])('%s', (source, expected) => {
    expect(check(source)).toMatchObject([{ file: 'x.md', ...expected }])
  })
})

test.each([
  '{{desk.name}} {{#if ticket.subject}}{{ticket.subject}}{{else}}-{{/if}}',
  '{{#each data.answers}}{{question}} {{answer}} {{@index}} {{../desk.name}} {{@root.desk.name}}{{/each}}',
  '{{#each data.notes}}{{this}}{{/each}} {{list data.notes}} {{datetime data.dueAt}}',
  '{{data.captures.anything}} {{ticket.field.plate}} {{text.whatever}}',
  '{{word ticket.token a="b" c-d="e"}}',
])('nothing is wrong with %s', (source) => {
  expect(check(source)).toEqual([])
})

describe('a folder of templates', () => {
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
  })
  async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'templates-'))
    folders.push(folder)
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    return folder
  }
  const faultsOf = async (files: Readonly<Record<string, string>>, desks: readonly Desk[]) =>
    (await loadTemplates(await folderOf(files), desks)).faults.filter((fault) => !fault.message.startsWith('missing'))

  test('names each language that a desk answers in and has no text for', async () => {
    const { faults } = await loadTemplates(`${packageRoot}/templates`, [deskOf({ languages: ['fr', 'pt'] })])
    expect(faults).toContainEqual({
      file: 'acknowledged/pt.md',
      line: 1,
      column: 1,
      message: 'missing: desk garage answers in "pt"',
    })
    expect(faults.every((fault) => fault.file.endsWith('/pt.md'))).toBe(true)
  })

  test('says how a template begins', async () => {
    expect(await faultsOf({ 'reply/fr.md': 'Bonjour\n' }, [deskOf()])).toEqual([
      { file: 'reply/fr.md', line: 1, column: 1, message: expect.stringContaining('Subject:') },
    ])
  })

  test('counts lines and columns in the file, subject line included', async () => {
    expect(
      await faultsOf({ 'reply/fr.md': 'Subject: Re: {{ticket.sujet}}\n\nun\ndeux {{data.texte}}\n' }, [deskOf()]),
    ).toMatchObject([
      { line: 1, column: 16 },
      { line: 4, column: 8 },
    ])
  })

  test('takes a desk’s own file before the common one, and its texts by name', async () => {
    const own = deskOf({ templates: 'atelier', texts: { adieu: 'Salut' } })
    const folder = await folderOf({
      'reply/fr.md': 'Subject: commun\n\nx\n',
      'atelier/reply/fr.md': 'Subject: propre\n\n{{text.adieu}}\n',
      'atelier/special/fr.md': 'Subject: s\n\n{{data.captures.x}}\n',
    })
    const { templates, faults } = await loadTemplates(folder, [own])
    expect(faults.filter((fault) => !fault.message.startsWith('missing'))).toEqual([])
    const locale = { language: 'fr', zone: 'UTC' }
    expect(templates.find('reply', own, ['fr'])?.template.subject({}, locale)).toBe('propre')
    expect(templates.find('reply', deskOf(), ['fr'])?.template.subject({}, locale)).toBe('commun')
    expect([templates.has('special', own), templates.has('special', deskOf())]).toEqual([true, false])
  })

  test('a text the desk does not have is a fault', async () => {
    expect(
      await faultsOf({ 'atelier/reply/fr.md': 'Subject: x\n\n{{text.adieux}}\n' }, [
        deskOf({ templates: 'atelier', texts: { adieu: 'Salut' } }),
      ]),
    ).toMatchObject([
      { file: 'atelier/reply/fr.md', line: 3, message: expect.stringContaining('unknown variable "adieux" in text') },
    ])
  })

  test('html of its own may not load anything from elsewhere', async () => {
    const files = {
      'reply/fr.md': 'Subject: x\n\ny\n',
      'reply/fr.html': '<p><img src="https://elsewhere.test/x.png"></p>',
    }
    expect(await faultsOf(files, [deskOf()])).toMatchObject([
      { file: 'reply/fr.html', message: expect.stringContaining('load nothing') },
    ])
  })

  test('finds files to go along, the desk’s own first', async () => {
    const own = deskOf({ templates: 'atelier' })
    const folder = await folderOf({ 'files/guide.pdf': 'a', 'atelier/files/guide.pdf': 'b' })
    const { templates } = await loadTemplates(folder, [own])
    expect(templates.file('guide.pdf', own)).toBe(join(folder, 'atelier/files/guide.pdf'))
    expect(templates.file('guide.pdf', deskOf())).toBe(join(folder, 'files/guide.pdf'))
    expect(templates.file('../secret', own)).toBeNull()
  })
})
