import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ImportOptions, importBacklog } from '../../src/cli/import.ts'
import { type Reception, receive } from '../../src/inbound/receive.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { mailBytes } from '../support/raw-mail.ts'

let db: TestDatabase
let reception: Reception
let folder: string
let written = ''
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail`
  folder = await mkdtemp(join(tmpdir(), 'guichet-import-'))
  written = ''
  reception = { sql: db.sql, now: async () => new Date(), route: () => ['one'] }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = (path: string, more: Partial<ImportOptions> = {}) => {
  let ticks = 0
  return importBacklog({
    path,
    receive: (mails) => receive(reception, mails),
    now: async () => new Date(),
    ticks: () => (ticks += 60),
    out: { write: (text: string) => (written += text) },
    ...more,
  })
}
const separator = 'From awa@client.test Mon Nov  2 09:00:00 2026\n'
const mbox = (mails: readonly Buffer[]): string =>
  mails.map((mail) => `${separator}${mail.toString().replaceAll('\r\n', '\n')}\n`).join('')
const mails = (count: number): Buffer[] => Array.from({ length: count }, () => mailBytes())

test('an mbox is imported, and a second run of the grown file takes only what is new', async () => {
  const path = join(folder, 'old.mbox')
  await writeFile(path, mbox(mails(450)))
  expect(await run(path)).toEqual({ ok: true, mails: 450, stored: 450, known: 0, cutOff: 0, unreadable: 0 })
  await appendFile(path, mbox(mails(3)))
  expect(await run(path)).toMatchObject({ mails: 453, stored: 3, known: 450 })
  expect((await db.sql`select from receipt`).length).toBe(453)
})

test('a Maildir is imported with read and unread mails, flags changing nothing', async () => {
  const box = join(folder, 'box')
  for (const part of ['new', 'cur', 'tmp']) await mkdir(join(box, part), { recursive: true })
  const all = mails(4)
  for (const [i, mail] of all.entries())
    await writeFile(join(box, i < 2 ? 'new' : 'cur', i < 2 ? `${i}.h` : `${i}.h:2,S`), mail)
  expect(await run(box)).toMatchObject({ ok: true, mails: 4, stored: 4 })
  await rm(join(box, 'new', '0.h'))
  await writeFile(join(box, 'cur', '0.h:2,RS'), all[0] ?? '')
  expect(await run(box)).toMatchObject({ mails: 4, stored: 0, known: 4 })
  expect((await db.sql`select from receipt`).length).toBe(4)
})

test('what came by another way before is not stored twice, whatever its line ends', async () => {
  const bytes = mailBytes({ trace: ['Received: by mx'] })
  await receive(reception, [
    {
      bytes,
      envelope: {
        source: 'smtp',
        sourceId: 's',
        account: 'smtp',
        mailFrom: '',
        rcptTo: [],
        ip: null,
        helo: null,
        authUser: null,
        receivedAt: new Date(),
      },
    },
  ])
  const path = join(folder, 'old.mbox')
  await writeFile(path, mbox([bytes]))
  expect(await run(path)).toMatchObject({ mails: 1, stored: 0, known: 1 })
})

test.each<[string, (at: string) => Promise<string>, string]>([
  ['a path that is not there', async (at) => join(at, 'nowhere'), 'does not exist'],
  ['a folder that is no Maildir', async (at) => at, 'no Maildir'],
  [
    'a file that is no mbox',
    async (at) => {
      await writeFile(join(at, 'x.eml'), mailBytes())
      return join(at, 'x.eml')
    },
    'neither a Maildir nor an mbox',
  ],
])('%s is refused with a sentence', async (_title, make, words) => {
  expect(await run(await make(folder))).toMatchObject({ ok: false, reason: expect.stringContaining(words) })
})

test('an empty mbox has nothing to import', async () => {
  await writeFile(join(folder, 'empty'), '')
  expect(await run(join(folder, 'empty'))).toMatchObject({ ok: true, mails: 0 })
})

test('elsewhere than on a terminal a line tells every tenth', async () => {
  const path = join(folder, 'old.mbox')
  await writeFile(path, mbox(mails(600)))
  await run(path)
  expect(written.split('\n').filter(Boolean)).toEqual([
    expect.stringMatching(/^\d\d %: 200 mails, 200 new, [\d.]+ MB\/s$/),
    expect.stringMatching(/^\d\d %: 400 mails, 400 new, /),
    expect.stringMatching(/^100 %: 600 mails, 600 new, /),
  ])
})

test('on a terminal a bar is drawn over and stays within the line', async () => {
  const path = join(folder, 'old.mbox')
  await writeFile(path, mbox(mails(600)))
  await run(path, { out: { write: (text: string) => (written += text), isTTY: true, columns: 60 } })
  const draws = written.split('\r').filter(Boolean)
  expect(draws.at(-1)).toMatch(/^\[#+\] 100 % {2}600 mails, 600 new, .*\n$/)
  for (const draw of draws) expect(draw.replaceAll('\u001b[K', '').trimEnd().length).toBeLessThanOrEqual(60)
})

test('a run that is stopped keeps what it has, and the next one takes the rest', async () => {
  const path = join(folder, 'old.mbox')
  await writeFile(path, mbox(mails(450)))
  const stopping = new AbortController()
  const first = await run(path, {
    signal: stopping.signal,
    receive: async (some) => {
      stopping.abort()
      return receive(reception, some)
    },
  })
  expect(first).toMatchObject({ ok: true, stored: 200 })
  expect(await run(path)).toMatchObject({ stored: 250, known: 200 })
})
