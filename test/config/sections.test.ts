// The sections of single mechanisms are refused with a clear fault where they name what the desk does not have.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { loadConfiguration } from '../../src/config/load.ts'
import { orchardYaml } from '../support/rule-work.ts'

let folder = ''
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The faults of the desk file with these lines at its end, without those of templates. */
async function faultsOf(more: string): Promise<string[]> {
  folder = await mkdtemp(join(tmpdir(), 'sections-'))
  await mkdir(join(folder, 'desks'))
  await writeFile(join(folder, 'guichet.yaml'), 'reply-domain: reply.orchard.test\n')
  await writeFile(join(folder, 'desks', 'orchard.yaml'), `${stringify(orchardYaml)}${more}`)
  const { faults } = await loadConfiguration(join(folder, 'guichet.yaml'), {})
  return faults
    .filter(({ file }) => !file.includes('templates'))
    .map(({ message, hint }) => `${message}${hint === undefined ? '' : ` (${hint})`}`)
}

test.each([
  ['agreement to a status', 'agreement: { before: { status: nowhere } }\n', 'the desk has no status "nowhere"'],
  ['agreement in a field', 'agreement: { price: cost }\n', 'the desk has no field "cost"'],
  ['agreement for a type', 'agreement: { needed: { types: [work] } }\n', 'the desk has no type "work"'],
  [
    'a report to a team',
    'reports: { lists: { all: { name: All, teams: [nobody] } } }\n',
    'the desk has no team "nobody"',
  ],
  [
    'a report to nobody',
    'reports: { lists: { all: { name: All } } }\n',
    'nobody is on the list "all" (give it to: addresses or teams:)',
  ],
  [
    'a usual list',
    'reports: { lists: { all: { name: All, to: [a@b.test] } }, usual: [others] }\n',
    'the desk has no list of reports "others"',
  ],
  [
    'a reference without its group',
    'references: [{ name: Dev, senders: [dev.test], pattern: "DEV-[0-9]+", solved: [fixed] }]\n',
    'the expression has no group "value" (write (?<value>…) around the reference itself)',
  ],
  [
    'a reference that cannot be read',
    'references: [{ name: Dev, senders: [dev.test], pattern: "(?<value>DEV", solved: [fixed] }]\n',
    'this regular expression cannot be read',
  ],
  ['what is counted', 'analysis: [country]\n', 'the desk has no field or column "country"'],
  ['a day of the week', 'weekly: { day: someday }\n', 'none of the values this can have'],
  ['a yes that is a text', 'cases: { ask: yes }\n', 'true or false is expected here, not a text (write true)'],
  ['a banned sender that is everybody', "banned: { senders: ['*'] }\n", 'a banned sender is an address or a domain'],
  ['a banned subject of two letters', 'banned: { subjects: [ab] }\n', 'a banned subject has three characters or more'],
])('%s', async (_title, more, message) => {
  expect((await faultsOf(more)).join('\n')).toContain(message)
})

test('all of them in order are no fault', async () => {
  expect(
    await faultsOf(
      'reports: { lists: { all: { name: All, to: [a@b.test] } } }\nanalysis: [type, channel]\nweekly: {}\nbanned: { senders: [spam.example] }\n',
    ),
  ).toEqual([])
})
