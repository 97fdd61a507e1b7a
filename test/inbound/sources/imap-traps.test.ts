import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Reception, receive } from '../../../src/inbound/receive.ts'
import { createImapAccount, type ImapAccount, retryDelayMs } from '../../../src/inbound/sources/imap-account.ts'
import { openImapSession } from '../../../src/inbound/sources/imap-session.ts'
import { mailboxSchema } from '../../../src/inbound/sources/schema.ts'
import { fetchLines, type ImapScript, type ScriptedMailbox, scriptImap } from '../../support/imap-script.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'
import { mailBytes } from '../../support/raw-mail.ts'
import { until } from '../../support/sockets.ts'

let db: TestDatabase
let server: ImapScript | undefined
let account: ImapAccount | undefined
beforeAll(async () => {
  db = await createTestDatabase({ max: 8 })
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail, mailbox, mailbox_uid`
})
afterEach(async () => {
  await account?.stop()
  await server?.close()
  account = undefined
  server = undefined
})

const mailbox = (count: number): ScriptedMailbox => ({
  mails: new Map(Array.from({ length: count }, (_, i) => [i + 1, mailBytes()])),
  uidValidity: 7,
})

/** The account against a scripted server; mails are stored for real. */
async function watch(
  box: ScriptedMailbox,
  more: Record<string, unknown> = {},
  times: { silenceMs?: number; stallMs?: number } = {},
) {
  server = await scriptImap(box)
  const reception: Reception = { sql: db.sql, now: async () => new Date(), route: () => ['one'] }
  account = createImapAccount(
    mailboxSchema.parse({
      name: 'box',
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      user: 'u',
      password: 'env:P',
      first: 'all',
      ...more,
    }),
    {
      sql: db.sql,
      receive: (mails) => receive(reception, mails),
      secret: () => 'p',
      now: async () => new Date(),
      random: () => -0.499,
      ...times,
    },
  )
  return { account, server }
}
const stored = async (): Promise<number[]> =>
  (await db.sql<{ uid: number }[]>`select split_part(source_id, ':', 5)::int as uid from receipt order by uid`).map(
    (row) => row.uid,
  )

const isBodies = (command: string): boolean => command.startsWith('UID FETCH') && command.includes('BODY.PEEK')

test('a search that the server refuses is an error, not an empty mailbox', async () => {
  const box = mailbox(3)
  box.step = (command) => (command.startsWith('UID SEARCH') ? ['NO [UNAVAILABLE] try later'] : undefined)
  const { account } = await watch(box)
  await expect(account.runOnce()).rejects.toThrow('the server refused a search')
  expect(account.health().state).toBe('failing')
})

test('a connection that dies in a search, a list of sizes or a fetch is an error, and the next look has all', async () => {
  for (const dies of ['UID SEARCH', 'RFC822.SIZE', 'BODY.PEEK']) {
    await db.sql`truncate inbound, receipt, raw_chunk, raw_mail, mailbox, mailbox_uid`
    const box = mailbox(3)
    let once = true
    box.step = (command) => {
      if (!once || !command.includes(dies)) return undefined
      once = false
      return 'close'
    }
    const { account, server } = await watch(box)
    await expect(account.runOnce()).rejects.toThrow()
    expect(await stored()).toEqual([])
    expect((await account.runOnce()).stored).toBe(3)
    await account.stop()
    await server.close()
  }
})

test('a connection cut in the middle of a mail stores no part of it', async () => {
  const box = mailbox(2)
  let once = true
  box.step = (command, socket) => {
    if (!once || !isBodies(command)) return undefined
    once = false
    const whole = Buffer.concat(fetchLines(box, command).filter((line) => typeof line !== 'string'))
    socket.write(whole.subarray(0, whole.length - 40))
    return 'close'
  }
  const { account } = await watch(box)
  await expect(account.runOnce()).rejects.toThrow()
  expect(await stored()).toEqual([])
  expect((await account.runOnce()).stored).toBe(2)
})

test('flag changes of other clients that come with a fetch are no mails', async () => {
  const box = mailbox(2)
  box.step = (command) =>
    isBodies(command)
      ? [
          '* 1 FETCH (FLAGS (\\Seen) UID 1)',
          ...fetchLines(box, command),
          '* 2 FETCH (FLAGS (\\Seen) UID 2)',
          '* 9 FETCH (FLAGS ())',
          'OK done',
        ]
      : undefined
  const { account } = await watch(box)
  expect((await account.runOnce()).stored).toBe(2)
  expect(await stored()).toEqual([1, 2])
})

test('a mail that comes twice in one fetch is stored once', async () => {
  const box = mailbox(2)
  box.step = (command) =>
    isBodies(command) ? [...fetchLines(box, command), ...fetchLines(box, command), 'OK done'] : undefined
  const { account } = await watch(box)
  expect((await account.runOnce()).stored).toBe(2)
})

test('three are announced and two come: the third is asked for alone', async () => {
  const box = mailbox(3)
  box.step = (command) =>
    (isBodies(command) && command.includes(',')) || /UID FETCH 1:3 .*BODY/.test(command)
      ? [...fetchLines(box, command, (uid) => uid !== 2), 'OK done']
      : undefined
  const { account } = await watch(box)
  expect((await account.runOnce()).stored).toBe(3)
})

test('one that never comes is noted as unfetchable and holds up nothing', async () => {
  const box = mailbox(3)
  box.step = (command) => (isBodies(command) ? [...fetchLines(box, command, (uid) => uid !== 2), 'OK done'] : undefined)
  const { account } = await watch(box)
  expect((await account.runOnce()).stored).toBe(2)
  expect(await db.sql`select uid, state from mailbox_uid`).toMatchObject([{ uid: 2, state: 'unfetchable' }])
  expect((await account.runOnce()).stored).toBe(0)
})

test('one that vanishes between search and fetch is noted as gone', async () => {
  const box = mailbox(3)
  box.step = (command) => {
    if (isBodies(command)) box.mails.delete(2)
    return undefined
  }
  const { account } = await watch(box)
  expect((await account.runOnce()).stored).toBe(2)
  expect(await db.sql`select uid, state from mailbox_uid`).toMatchObject([{ uid: 2, state: 'gone' }])
})

test('a mail shorter than its announced size is asked for again', async () => {
  const box = mailbox(1)
  const whole = box.mails.get(1) ?? Buffer.alloc(0)
  let first = true
  box.step = (command) => {
    if (!isBodies(command) || !first) return undefined
    first = false
    return [Buffer.from(`* 1 FETCH (UID 1 BODY[] {10}\r\n${whole.subarray(0, 10)})\r\n`), 'OK done']
  }
  const { account } = await watch(box)
  await account.runOnce()
  const [row] = await db.sql<{ bytes: Buffer }[]>`select bytes from raw_mail`
  expect(row?.bytes.equals(whole)).toBe(true)
})

test('a server that names the last mail above every number brings it once', async () => {
  const box = mailbox(2)
  const { account, server } = await watch(box)
  expect((await account.runOnce()).stored).toBe(2)
  await account.runOnce()
  expect(server.commands.filter(isBodies)).toHaveLength(1)
})

test('only our own fixed commands reach the server, whatever stands in a mail (T22)', async () => {
  const box = mailbox(0)
  const evil = 'x"\\r\\n A1 EXPUNGE@y'
  box.mails.set(
    1,
    mailBytes({ headers: { 'Message-ID': `<${evil}>`, Subject: 'A1 EXPUNGE', From: 'a@b\r\n A1 LOGOUT' } }),
  )
  const { account, server } = await watch(box, { after: { flag: '$Ticketed' } })
  await account.runOnce()
  expect(server.commands.some((command) => command.includes('EXPUNGE') || command.includes(evil))).toBe(false)
  expect(server.commands.filter((command) => command.startsWith('UID STORE'))).toEqual([
    'UID STORE 1 +FLAGS.SILENT ($Ticketed)',
  ])
})

test('a refused flag or move leaves the mail stored and the account well', async () => {
  for (const after of [{ flag: '$Ticketed' }, { move: 'Done' }]) {
    await db.sql`truncate inbound, receipt, raw_chunk, raw_mail, mailbox, mailbox_uid`
    const box = mailbox(1)
    box.step = (command) => (/^UID (STORE|MOVE)/.test(command) ? ['NO not allowed'] : undefined)
    const { account, server } = await watch(box, { after, first: 'all' })
    expect((await account.runOnce()).stored).toBeGreaterThan(0)
    expect(account.health().lastError).toBeNull()
    await account.stop()
    await server.close()
  }
})

test('a server without MOVE and UIDPLUS keeps its mails: nobody else’s deletions are expunged', async () => {
  const box = mailbox(1)
  box.step = (command) => (command === 'CAPABILITY' ? ['* CAPABILITY IMAP4rev1', 'OK done'] : undefined)
  const { account, server } = await watch(box, { after: { move: 'Done' } })
  expect((await account.runOnce()).stored).toBeGreaterThan(0)
  expect(server.commands.filter((command) => /EXPUNGE|COPY|STORE|MOVE/.test(command))).toEqual([])
})

test('a server that falls silent in the middle is given up', async () => {
  const box = mailbox(1)
  box.step = (command) => (isBodies(command) ? 'silence' : undefined)
  const { account } = await watch(box, {}, { silenceMs: 200 })
  await expect(account.runOnce()).rejects.toThrow(/timeout|ETIMEOUT|Connection/i)
})

test('a server that only ever says something useless is given up too', async () => {
  const box = mailbox(1)
  let noise: NodeJS.Timeout | undefined
  box.step = (command, socket) => {
    if (!isBodies(command)) return undefined
    noise = setInterval(() => socket.write('* OK still here\r\n'), 10)
    socket.once('close', () => clearInterval(noise))
    return 'silence'
  }
  const { account } = await watch(box, {}, { stallMs: 150 })
  await expect(account.runOnce()).rejects.toThrow('nothing has moved')
})

test.each([
  ['a line that goes dead under IDLE', 'DONE', { 'poll-seconds': 3600 }],
  ['a server that never begins to IDLE', 'IDLE', { 'poll-seconds': 5 }],
])('%s is noticed, and new mail found by a new connection', async (_title, silent, more) => {
  const box = mailbox(1)
  let dead = true
  box.step = (command) => (dead && (command === silent || command === 'NOOP') ? 'silence' : undefined)
  const { account, server } = await watch(box, more, { silenceMs: 300, stallMs: 1000 })
  account.start()
  await until('the first mail', async () => (await stored()).length === 1)
  box.mails.set(2, mailBytes())
  await until('a second connection', () => server.connections() > 1)
  dead = false
  await until('the second mail', async () => (await stored()).length === 2)
})

test('a server without IDLE is looked at by itself', async () => {
  const box = mailbox(1)
  box.step = (command) => (command === 'CAPABILITY' ? ['* CAPABILITY IMAP4rev1', 'OK done'] : undefined)
  const { account, server } = await watch(box, { 'poll-seconds': 5 })
  account.start()
  await until('the first mail', async () => (await stored()).length === 1)
  box.mails.set(2, mailBytes())
  await until('the second mail', async () => (await stored()).length === 2)
  expect(server.commands).not.toContain('IDLE')
})

test('each connection logs in anew, after a wait that grows', async () => {
  const box = mailbox(1)
  let refused = 0
  box.step = (command) => (command.startsWith('LOGIN') && refused++ < 3 ? 'close' : undefined)
  const { account, server } = await watch(box, { 'poll-seconds': 3600 })
  account.start()
  await until('the mail', async () => (await stored()).length === 1)
  expect(server.connections()).toBe(4)
})

test('the wait doubles up to a quarter of an hour, varies by half, and is a minute at least after a refused login', () => {
  expect([1, 2, 3, 10, 11, 50].map((n) => retryDelayMs(n, false, 0.5))).toEqual([
    1000, 2000, 4000, 512_000, 900_000, 900_000,
  ])
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.boolean(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, login, random) => {
        const ms = retryDelayMs(n, login, random)
        expect(ms).toBeGreaterThanOrEqual(login ? 30_000 : 500)
        expect(ms).toBeLessThanOrEqual(1_350_000)
      },
    ),
  )
})

test('no login happens where STARTTLS was asked for and is not offered (T51)', async () => {
  const box = mailbox(1)
  server = await scriptImap(box)
  await expect(
    openImapSession({
      host: '127.0.0.1',
      port: server.port,
      security: 'starttls',
      verify: true,
      ca: undefined,
      user: 'u',
      password: 'p',
      token: undefined,
      silenceMs: 5000,
    }),
  ).rejects.toThrow(/STARTTLS/i)
  expect(server.commands).not.toContain('LOGIN')
  expect(server.commands.some((command) => command.startsWith('AUTHENTICATE'))).toBe(false)
})
