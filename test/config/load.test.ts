import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type Fault, formatFaults } from '../../src/config/fault.ts'
import { type Loaded, loadConfiguration } from '../../src/config/load.ts'
import { orchardYaml } from '../support/rule-work.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const main = (more = ''): string =>
  `desks: ./desks\ntemplates: ${resolve('templates')}\nreply-domain: reply.orchard.test\n${more}`
const desk = (edit: (yaml: string) => string = (yaml) => yaml): string => edit(stringify(orchardYaml))

async function load(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Loaded & { readonly folder: string; readonly own: readonly Fault[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-config-'))
  folders.push(folder)
  await mkdir(join(folder, 'desks'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const loaded = await loadConfiguration(join(folder, 'guichet.yaml'), env)
  return { ...loaded, folder, own: loaded.faults.filter((fault) => !fault.file.includes('templates')) }
}

/** The faults of one desk file, each with the text of the line it points at. */
async function deskFaults(yaml: string, more = ''): Promise<string[]> {
  const { own, folder } = await load({ 'guichet.yaml': main(more), 'desks/orchard.yaml': yaml })
  const lines = yaml.split('\n')
  return own.map(({ file, line, column, message, hint }) => {
    const at = file === join(folder, 'desks/orchard.yaml') ? (lines[line - 1] ?? '').slice(column - 1) : file
    return `${at} ← ${message}${hint === undefined ? '' : ` (${hint})`}`
  })
}

const replace = (from: string, to: string) => (yaml: string) => {
  if (!yaml.includes(from)) throw new Error(`no "${from}" in the desk`)
  return yaml.replace(from, to)
}
const append = (more: string) => (yaml: string) => `${yaml}${more}`

describe('a fault of a desk points at its place and says what to write, unknown keys too (T53)', () => {
  test.each([
    [
      'an unknown key',
      append('adress: x@y.test\n'),
      'adress: x@y.test ← unknown key "adress" (did you mean "address"?)',
    ],
    ['an unknown key inside', replace('rank: 1', 'rang: 1'), 'rang: 1 ← unknown key "rang" (did you mean "rank"?)'],
    ['a key that is missing', replace('prefix: ORC\n', ''), 'is missing'],
    [
      'a text where a list belongs',
      append('aliases: help2@orchard.test\n'),
      'help2@orchard.test ← a list is expected here, not a text',
    ],
    [
      'a word that is none of the values',
      replace('kind: pending', 'kind: pendign'),
      'pendign ← "pendign" is none of the values this can have (did you mean "pending"?)',
    ],
    [
      'a word where words and mappings can stand',
      replace('start:', 'closed: sometimes\nstart:'),
      'sometimes ← "sometimes" is none of the values this can have (there is refuse, new-linked, { reopen-within: … })',
    ],
    [
      'a name for a choice that the field does not have',
      replace('      - use\n      - system\n', '      - use\n      - system\n    values:\n      sytem: System\n'),
      'System ← the desk has no choice "sytem" (did you mean "system"?)',
    ],
    [
      'a malformed prefix',
      replace('prefix: ORC', 'prefix: orc'),
      'orc ← "orc": a prefix is capital letters and digits',
    ],
    [
      'a zone that does not exist',
      replace('zone: Europe/Paris', 'zone: Europe/Pairs'),
      'Europe/Pairs ← no such time zone',
    ],
    ['hours that are none', replace('09:00-17:00', '9h-17h'), '9h-17h ← "9h-17h": hours read 09:00-17:00'],
    [
      'a duration that is none',
      replace('after: 8bh', 'after: 8 hours'),
      '8 hours ← "8 hours" is no duration: write 30m',
    ],
    [
      'a start value',
      replace('queue: first', 'queue: frist'),
      'frist ← the desk has no queue "frist" (did you mean "first"?)',
    ],
    [
      'a queue of no team',
      replace('team: experts', 'team: expert'),
      'expert ← the desk has no team "expert" (did you mean "experts"?)',
    ],
    [
      'a way to no status',
      replace('- expert\n', '- exper\n'),
      'exper ← the desk has no status "exper" (did you mean "expert"?)',
    ],
    ['a status nobody can reach', replace('- expert\n', '- waiting\n'), ' ← no ticket can come to the status "expert"'],
    [
      'a team of strangers',
      replace('- eve@orchard.test', '- eva@orchard.test'),
      'eva@orchard.test ← eva@orchard.test is no agent of the desk (did you mean "eve@orchard.test"?)',
    ],
    ['a moment that is none', replace('- created', '- creation'), 'a moment is one of'],
    [
      'a warning that comes too late',
      replace('warn-after: 1bd', 'warn-after: 3bd'),
      'the warning of "silence" does not come before it is due',
    ],
    [
      'a language the desk does not answer in',
      replace('language: en\n', 'language: es\n'),
      'es ← the desk does not answer in "es"',
    ],
    ['a portal without an address', append('replies: portal\n'), 'portal ← replies by portal need the portal'],
    [
      'a template that is missing',
      append('require:\n  - { attribute: trained, equals: true, template: no-such-mail }\n'),
      'there is no template "no-such-mail" in the languages of the desk',
    ],
    [
      'a shared set that is missing',
      append('uses: [everyday]\n'),
      'everyday] ← there is no shared rule set "everyday" (there is none)',
    ],
    [
      'a field’s expression',
      replace('    name: Count', '    name: Count\n    pattern: "F(?=x)"'),
      'look-ahead and look-behind are not supported',
    ],
    [
      'a telephone number that YAML reads as a number',
      append('phones: [+33600000001]\n'),
      '+33600000001] ← a text is expected here, not a number (put it between quotes)',
    ],
    [
      'a contacts file that is missing',
      append('contacts: ./nobody.csv\n'),
      './nobody.csv ← the file ./nobody.csv does not exist',
    ],
    [
      'a password in the open',
      replace('name: Ada', 'name: Ada\n    password: secret'),
      'a secret stands outside the configuration: write env:NAME or file:PATH',
    ],
    [
      'a rule’s condition',
      append('rules:\n  - name: x\n    when: { subjekt: a }\n    then: { tags: b }\n'),
      'subjekt: a } ← unknown key "subjekt" (did you mean "subject"?)',
    ],
    [
      'a condition within others',
      append(
        'rules:\n  - name: x\n    when:\n      any:\n        - subject: { has: a, machtes: b }\n    then: { tags: b }\n',
      ),
      'machtes: b } ← unknown key "machtes" (did you mean "matches"?)',
    ],
    [
      'a rule’s action',
      append('rules:\n  - name: x\n    then: { prority: high }\n'),
      'prority: high } ← unknown key "prority" (did you mean "priority"?)',
    ],
    [
      'a rule that does nothing',
      append('rules:\n  - name: x\n    then: {}\n'),
      '{} ← this does nothing: name an action',
    ],
    [
      'a name in a rule',
      append('rules:\n  - name: x\n    then:\n      queue: thrid\n'),
      'thrid ← the desk has no queue "thrid" (there is first, second)',
    ],
    [
      'a rule’s expression',
      append("rules:\n  - name: x\n    when: { body: { matches: '(a' } }\n    then: { tags: b }\n"),
      "'(a' } } ← this regular expression cannot be read: missing closing )",
    ],
    [
      'an event that is none',
      append('rules:\n  - name: x\n    on: creation\n    then: { tags: b }\n'),
      'creation ← "creation" is none of the values this can have',
    ],
    [
      'a registration form where nobody has to register',
      append('registration: open\nregistration-form:\n  team: first\n  fields: [{ key: name, label: Name }]\n'),
      'nobody has to be registered at this desk (add registration: required)',
    ],
    [
      'a registration form that nobody decides on',
      append('registration: required\nregistration-form:\n  team: frist\n  fields: [{ key: name, label: Name }]\n'),
      'frist ← the desk has no team "frist"',
    ],
    [
      'two lines of a registration form that are kept as one',
      append(
        'registration: required\nregistration-form:\n  team: first\n  fields: [{ key: name, label: Name }, { key: name, label: Names }]\n',
      ),
      'two lines are kept as "name"',
    ],
    [
      'what becomes of mails about open cases',
      append('open-cases: { same: merge }\n'),
      'merge } ← "merge" is none of the values this can have',
    ],
    [
      'a checklist’s state in a rule',
      append('rules:\n  - name: x\n    when: { checklist: full }\n    then: { tags: b }\n'),
      'full } ← "full" is none of the values this can have',
    ],
    ['a key that stands twice', append('prefix: ORD\n'), 'prefix: ORD ← this key stands twice in the same mapping'],
    [
      'a bracket that is not closed',
      append('uses: [a, b\nrules: []\n'),
      'the indentation is wrong, or a bracket is not closed',
    ],
    ['a tab', append('uses:\n\t- a\n'), 'tabs cannot indent: use spaces'],
  ] as [string, (yaml: string) => string, string][])('%s', async (_title, edit, expected) => {
    expect((await deskFaults(desk(edit))).join('\n')).toContain(expected)
  })

  test('many faults come at once, in the order of the file', async () => {
    const yaml = desk((text) =>
      [
        replace('queue: first', 'queue: frist'),
        replace('team: experts', 'team: expert'),
        append('rules:\n  - name: x\n    then: { priority: a, queue: b }\n'),
      ].reduce((whole, edit) => edit(whole), text),
    )
    const { own } = await load({ 'guichet.yaml': main(), 'desks/orchard.yaml': yaml })
    expect(own).toHaveLength(4)
    expect(own.map((fault) => fault.line)).toEqual(own.map((fault) => fault.line).sort((a, b) => a - b))
  })
})

describe('a fault of one kind hides none of another', () => {
  const rules =
    'rules:\n  - name: one\n    then: { prioritee: high, type: nonesuch }\n  - name: two\n    when: { subject: 7 }\n    then: { queue: b }\n  - name: three\n    then: { queue: third }\n'

  test('what the rest of a desk names is looked up although keys are unknown and rules cannot be read', async () => {
    const faults = await deskFaults(desk((yaml) => append(rules)(replace('team: experts', 'team: expert')(yaml))))
    expect(faults.map((fault) => fault.split(' ← ')[0])).toEqual([
      expect.stringMatching(/^expert$/),
      expect.stringMatching(/^prioritee/),
      expect.stringMatching(/^nonesuch/),
      expect.stringMatching(/^7/),
      expect.stringMatching(/^third/),
    ])
  })

  test('the main file’s unknown key does not keep its mailboxes and shared rules from being looked at', async () => {
    const { own } = await load({
      'guichet.yaml': main(
        'replaydomain: x\nmailboxes:\n  - { name: a, host: h, user: u, password: "env:NO", desk: orchrd }\nrules:\n  common:\n    - name: x\n      then: { queue: third }\n',
      ),
      'desks/orchard.yaml': desk(append('uses: [common]\n')),
    })
    expect(own.map((fault) => fault.path)).toEqual([
      'replaydomain',
      'mailboxes[0].password',
      'mailboxes[0].desk',
      'rules.common[0].then.queue',
    ])
  })

  test('a mailbox of a desk that has faults is not told that there is no such desk', async () => {
    const { own } = await load(
      {
        'guichet.yaml': main('mailboxes:\n  - { name: a, host: h, user: u, password: "env:P", desk: orchard }\n'),
        'desks/orchard.yaml': desk(replace('prefix: ORC\n', '')),
      },
      { P: 'x' },
    )
    expect(own.map((fault) => fault.path)).toEqual(['prefix'])
  })
})

describe('the instance', () => {
  test('a sound configuration has its desks, their rules in order, and no fault', async () => {
    const shared = 'rules:\n  common:\n    - name: first of all\n      then: { tags: common }\n'
    const { configuration, faults } = await load({
      'guichet.yaml': main(shared),
      'desks/orchard.yaml': desk(
        append('uses: [common]\nrules:\n  - name: own\n    when: { subject: press }\n    then: { priority: high }\n'),
      ),
    })
    expect(formatFaults(faults)).toBe('')
    expect(configuration?.rules.get('orchard')?.map((rule) => [rule.from, rule.name])).toEqual([
      ['common', 'first of all'],
      ['desk', 'own'],
    ])
    expect(configuration?.desks.get('orchard')?.address).toBe('help@orchard.test')
  })

  test('a shared rule that does not fit a desk is a fault of the shared rule, for that desk', async () => {
    const { own, folder } = await load({
      'guichet.yaml': main('rules:\n  common:\n    - name: x\n      then: { queue: third }\n'),
      'desks/orchard.yaml': desk(append('uses: [common]\n')),
    })
    expect(formatFaults(own)).toBe(
      `${join(folder, 'guichet.yaml')}:7:22 rules.common[0].then.queue: for desk orchard: the desk has no queue "third" (there is first, second)`,
    )
  })

  test('faults of the main file and of all desks are seen together', async () => {
    const { own } = await load({
      'guichet.yaml': 'desks: ./desks\nreplydomain: x\n',
      'desks/a.yaml': desk(replace('rank: 1', 'rang: 1')),
      'desks/b.yaml': 'desk: [\n',
    })
    expect(new Set(own.map((fault) => fault.file.split('/').at(-1)))).toEqual(
      new Set(['a.yaml', 'b.yaml', 'guichet.yaml']),
    )
  })

  test.each([
    ['key', replace('prefix: ORC', 'prefix: ORD'), 'the key orchard belongs to the desk "orchard" already'],
    ['prefix', replace('desk: orchard', 'desk: meadow'), 'the prefix ORC belongs to the desk "orchard" already'],
    [
      'address',
      (yaml: string) => replace('prefix: ORC', 'prefix: MEA')(replace('desk: orchard', 'desk: meadow')(yaml)),
      'the address help@orchard.test belongs to the desk "orchard" already',
    ],
  ])('two desks cannot have the same %s', async (_what, edit, expected) => {
    const { own } = await load({ 'guichet.yaml': main(), 'desks/a.yaml': desk(), 'desks/b.yaml': desk(edit) })
    expect(formatFaults(own)).toContain(expected)
    expect(own.every((fault) => fault.file.endsWith('b.yaml'))).toBe(true)
  })

  test.each([
    [
      'a mailbox for no desk',
      'mailboxes:\n  - { name: a, host: h, user: u, password: "env:P", desk: orchrd }\n',
      'there is no desk "orchrd" (did you mean "orchard"?)',
    ],
    ['a mailbox without password', 'mailboxes:\n  - { name: a, host: h, user: u }\n', 'either password or token'],
    [
      'two sources of one name',
      'mailboxes:\n  - { name: a, host: h, user: u, password: "env:P" }\nfolders:\n  - { name: a, path: /x }\n',
      'another mailbox or folder is called "a" too',
    ],
    [
      'trust in no mailbox',
      'trust:\n  authentication-results:\n    - { authserv-id: x, from: { account: b } }\n',
      'there is no mailbox "b"',
    ],
    [
      'trust in anybody',
      'trust:\n  authentication-results:\n    - { authserv-id: x, from: anybody }\n',
      'write loopback, or { account: NAME }',
    ],
    ['a password in the relay’s address', 'relay: { url: "smtp://u:p@h" }\n', 'one with a password stands outside'],
  ])('%s is a fault', async (_title, more, expected) => {
    const { own } = await load({ 'guichet.yaml': main(more), 'desks/a.yaml': desk() }, { P: 'p' })
    expect(formatFaults(own)).toContain(expected)
  })

  test('no file, no folder and no desk are said plainly', async () => {
    expect(formatFaults((await loadConfiguration('/nonexistent/guichet.yaml', {})).faults)).toContain(
      'the configuration file does not exist (GUICHET_CONFIG names it',
    )
    expect(formatFaults((await load({ 'guichet.yaml': main() })).own)).toContain(
      'no desk: the folder has no *.yaml file',
    )
    expect(formatFaults((await load({ 'guichet.yaml': 'desks: ./other\nreply-domain: r.test\n' })).own)).toContain(
      'the folder of the desks does not exist',
    )
  })
})

test('a fault of a template names its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-templates-'))
  folders.push(folder)
  await mkdir(join(folder, 'reply'))
  await writeFile(join(folder, 'reply', 'en.md'), 'Subject: x\n\n{{data.nothing}}\n')
  const { faults } = await load({
    'guichet.yaml': `templates: ${folder}\nreply-domain: r.test\n`,
    'desks/a.yaml': desk(),
  })
  expect(formatFaults(faults)).toContain(`${join(folder, 'reply', 'en.md')}:3:`)
})

describe('secrets', () => {
  const mailbox = (reference: string): string =>
    `mailboxes:\n  - { name: a, host: h, user: u, password: "${reference}" }\n`

  test('one that is not set is a fault with its name', async () => {
    const { own } = await load({ 'guichet.yaml': main(mailbox('env:BOX_PASSWORD')), 'desks/a.yaml': desk() })
    expect(formatFaults(own)).toContain('mailboxes[0].password: the environment has no BOX_PASSWORD')
    const missing = await load({ 'guichet.yaml': main(mailbox('file:box.secret')), 'desks/a.yaml': desk() })
    expect(formatFaults(missing.own)).toContain('there is no file')
  })

  test('a file’s last line end is no part of it', async () => {
    const { configuration } = await load({
      'guichet.yaml': main(mailbox('file:box.secret')),
      'box.secret': 'open sesame\n',
      'desks/a.yaml': desk(),
    })
    expect(await configuration?.readSecret('file:box.secret')).toEqual({ ok: true, value: 'open sesame' })
  })

  test('agents and portals log in when their password is set, and cannot when it is not', async () => {
    const yaml = desk((text) =>
      append('portal: { url: "https://p.test/{ticket}", user: Portal, password: "env:PORTAL" }\n')(
        replace('name: Ada', 'name: Ada\n    password: env:AGENT')(text),
      ),
    )
    const files = { 'guichet.yaml': main(), 'desks/a.yaml': yaml }
    const on = await load(files, { PORTAL: 'pp', AGENT: 'aa' })
    expect([...(on.configuration?.logins ?? [])]).toEqual([
      ['portal', 'pp'],
      ['ada@orchard.test', 'aa'],
    ])
    expect(on.configuration?.trust.submitters.get('portal')).toEqual({ kind: 'portal', desk: 'orchard' })
    const off = await load(files)
    expect(off.own).toEqual([])
    expect(off.configuration?.logins.size).toBe(0)
  })

  test('no fault ever shows a secret', async () => {
    const yaml = desk(replace('name: Ada', 'name: Ada\n    password: hunter2-in-the-open'))
    const { own } = await load({ 'guichet.yaml': main(), 'desks/a.yaml': yaml })
    expect(own).not.toEqual([])
    expect(formatFaults(own)).not.toContain('hunter2')
  })
})

test('the example configuration has no fault', async () => {
  expect(formatFaults((await loadConfiguration('guichet.yaml', {})).faults)).toBe('')
})
