import { ImapFlow } from 'imapflow'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadMailboxHealth } from '../../../src/inbound/mailbox-store.ts'
import type { RawMail } from '../../../src/inbound/message.ts'
import { type Reception, receive } from '../../../src/inbound/receive.ts'
import { createAccountLocks } from '../../../src/inbound/sources/account-lock.ts'
import { createImapAccount, type ImapAccount, type ImapAccountDeps } from '../../../src/inbound/sources/imap-account.ts'
import { type MailboxConfig, mailboxSchema } from '../../../src/inbound/sources/schema.ts'
import { type Dovecot, missingDovecot, startDovecot } from '../../support/dovecot.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'
import { mailBytes } from '../../support/raw-mail.ts'
import { until } from '../../support/sockets.ts'

const missing = missingDovecot()
let dovecot: Dovecot
let db: TestDatabase
let deps: ImapAccountDeps
let reception: Reception
let user = ''
let users = 0
const started: ImapAccount[] = []

beforeAll(async () => {
  if (missing !== null) return
  ;[dovecot, db] = await Promise.all([startDovecot(), createTestDatabase({ max: 8 })])
})
afterAll(async () => {
  await dovecot?.stop()
  await db?.drop()
})
beforeEach(async (context) => {
  if (missing !== null) context.skip(missing)
  user = `user${++users}`
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail, mailbox, mailbox_uid`
  reception = { sql: db.sql, now: async () => new Date(), route: () => ['one'] }
  deps = {
    sql: db.sql,
    receive: (mails) => receive(reception, mails),
    secret: () => 'secret',
    now: async () => new Date(),
    random: () => 0.5,
  }
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((account) => account.stop()))
})

const configure = (more: Record<string, unknown> = {}): MailboxConfig =>
  mailboxSchema.parse({
    name: user,
    host: '127.0.0.1',
    port: dovecot.imap,
    security: 'starttls',
    ca: dovecot.ca,
    user,
    password: 'env:PASSWORD',
    first: 'all',
    ...more,
  })
const account = (more: Record<string, unknown> = {}, other: Partial<ImapAccountDeps> = {}): ImapAccount => {
  const one = createImapAccount(configure(more), { ...deps, ...other })
  started.push(one)
  return one
}
const mails = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) => mailBytes({ headers: { Subject: `n${i}` } }))
const stored = async (): Promise<number> =>
  (await db.sql<{ n: number }[]>`select count(*)::int as n from raw_mail`)[0]?.n ?? 0

async function withClient<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: 'secret' },
    logger: false,
  })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.logout()
  }
}
const list = (folder: string, query: Parameters<ImapFlow['search']>[0] = { all: true }): Promise<number[]> =>
  withClient(async (client) => {
    await client.mailboxOpen(folder)
    const found = await client.search(query, { uid: true })
    return Array.isArray(found) ? found : []
  })

describe('what is fetched', () => {
  test('mails are stored byte for byte, with their delivery envelope, and never twice', async () => {
    const bytes = mailBytes({ body: `${'é'.repeat(10)}\n.\n..\nfin\n` })
    await dovecot.deliver(user, mailBytes())
    dovecot.drop(user, [bytes])
    expect(await account().runOnce()).toEqual({ stored: 2, missed: 0 })
    expect(await account().runOnce()).toEqual({ stored: 0, missed: 0 })
    const rows = await db.sql<{ bytes: Buffer; rcpt_to: string[]; mail_from: string | null; source_id: string }[]>`
      select bytes, rcpt_to, mail_from, source_id from receipt join raw_mail on raw_mail.id = raw order by receipt.id`
    expect(rows.some((row) => row.bytes.equals(bytes))).toBe(true)
    expect(rows.find((row) => row.rcpt_to.length > 0)).toMatchObject({
      mail_from: 'sender@client.test',
      rcpt_to: [`${user}@guichet.test`],
    })
    expect(rows[0]?.source_id).toMatch(new RegExp(`^imap:${user}:INBOX:\\d+:1$`))
  })

  test('a first start from now takes nothing that is there, only what comes', async () => {
    dovecot.drop(user, mails(3))
    expect(await account({ first: 'now' }).runOnce()).toEqual({ stored: 0, missed: 0 })
    dovecot.drop(user, mails(2))
    expect(await account({ first: 'now' }).runOnce()).toEqual({ stored: 2, missed: 0 })
  })

  test('a first start with the last days takes those, and the rest never', async () => {
    await withClient(async (client) => {
      await client.append('INBOX', mailBytes(), [], new Date(Date.now() - 30 * 86_400_000))
      await client.append('INBOX', mailBytes(), [], new Date(Date.now() - 2 * 86_400_000))
      // Moved in later, so that its UID is above the others.
      await client.append('INBOX', mailBytes(), [], new Date(Date.now() - 60 * 86_400_000))
      await client.append('INBOX', mailBytes(), [], new Date())
    })
    expect((await account({ first: { days: 7 } }).runOnce()).stored).toBe(2)
    expect((await account({ first: { days: 7 } }).runOnce()).stored).toBe(0)
  })

  test('mails that a person has read meanwhile are fetched all the same', async () => {
    dovecot.drop(user, mails(3))
    await withClient(async (client) => {
      await client.mailboxOpen('INBOX')
      await client.messageFlagsAdd('1:*', ['\\Seen'])
    })
    expect((await account().runOnce()).stored).toBe(3)
  })

  test('reading leaves no trace in the mailbox', async () => {
    dovecot.drop(user, mails(3))
    await account().runOnce()
    expect(await list('INBOX', { seen: false })).toHaveLength(3)
  })

  test('hundreds of mails come in batches, in their order', async () => {
    dovecot.drop(user, mails(730))
    expect((await account().runOnce()).stored).toBe(730)
    const uids = await db.sql<{ uid: string }[]>`select split_part(source_id, ':', 5) as uid from receipt order by id`
    expect(uids.map((row) => Number(row.uid))).toEqual(Array.from({ length: 730 }, (_, i) => i + 1))
  })

  test('of a mail beyond the limit the beginning is stored and marked, and those beside it are whole', async () => {
    dovecot.drop(user, [mailBytes(), mailBytes({ body: 'x'.repeat(1_000_000) }), mailBytes()])
    expect((await account({ 'max-size': 500_000 }).runOnce()).stored).toBe(3)
    const sizes = await db.sql<{ size: number; head: string }[]>`
      select size, convert_from(substr(bytes, 1, 60), 'UTF8') as head from raw_mail order by size desc`
    expect(sizes[0]?.head).toMatch(/^X-Guichet-Cut-Off: 262144 of 1000\d{3} octets\r\n/)
    expect(sizes[0]?.size).toBeLessThan(262_300)
    expect(sizes[1]?.size).toBeLessThan(1000)
  })

  test('the same mail in two folders is one message with two receipts', async () => {
    const bytes = mailBytes()
    dovecot.drop(user, [bytes])
    dovecot.drop(user, [bytes], 'Other')
    await account().runOnce()
    expect(await account({ name: `${user}-other`, folder: 'Other' }).runOnce()).toEqual({ stored: 0, missed: 0 })
    const [count] = await db.sql<{ work: number; receipts: number }[]>`
      select (select count(*) from inbound)::int as work, (select count(*) from receipt)::int as receipts`
    expect(count).toEqual({ work: 1, receipts: 2 })
  })
})

describe('after the commit', () => {
  test('a keyword marks what is stored, and nothing before it', async () => {
    dovecot.drop(user, mails(3))
    const broken = account(
      { after: { flag: '$Ticketed' } },
      { receive: async () => Promise.reject(new Error('database is down')) },
    )
    await expect(broken.runOnce()).rejects.toThrow('database is down')
    expect(await list('INBOX', { keyword: '$Ticketed' })).toEqual([])
    expect((await account({ after: { flag: '$Ticketed' } }).runOnce()).stored).toBe(3)
    expect(await list('INBOX', { keyword: '$Ticketed' })).toHaveLength(3)
  })

  test('MOVE takes what is stored to its folder, and it is not read again there', async () => {
    dovecot.drop(user, mails(4))
    expect((await account({ after: { move: 'Done' } }).runOnce()).stored).toBe(4)
    expect(await list('INBOX')).toEqual([])
    expect(await list('Done')).toHaveLength(4)
    expect(await account({ after: { move: 'Done' } }).runOnce()).toEqual({ stored: 0, missed: 0 })
    expect((await db.sql`select from receipt`).length).toBe(4)
  })

  test('a crash between commit and flag, or move, is made good at the next start', async () => {
    dovecot.drop(user, mails(3))
    await account().runOnce()
    await account({ after: { flag: '$Ticketed' } }).runOnce()
    expect(await list('INBOX', { keyword: '$Ticketed' })).toHaveLength(3)
    await account({ after: { move: 'Done' } }).runOnce()
    expect(await list('Done')).toHaveLength(3)
    expect(await stored()).toBe(3)
  })

  test('what the database lost is found again in the folder of a MOVE', async () => {
    dovecot.drop(user, mails(4))
    const moving = { after: { move: 'Done' } }
    await account(moving).runOnce()
    await db.sql`delete from inbound where raw > (select min(raw) + 1 from inbound)`
    await db.sql`delete from receipt where raw not in (select raw from inbound)`
    await db.sql`delete from mailbox_uid where uid > 2`
    await db.sql`delete from raw_mail where id not in (select raw from inbound)`
    expect(await account(moving).runOnce()).toMatchObject({ stored: 2 })
    expect(await stored()).toBe(4)
  })
})

describe('when numbers and connections change', () => {
  test('a renumbered mailbox brings no mail twice, and none is missed', async () => {
    dovecot.drop(user, mails(5))
    await account({ first: 'now' }).runOnce()
    dovecot.drop(user, mails(5))
    await account({ first: 'now' }).runOnce()
    expect(await stored()).toBe(5)
    await dovecot.renumber(user)
    dovecot.drop(user, mails(3))
    await account({ first: 'now' }).runOnce()
    const validities = await db.sql`select from mailbox where uid_validity > 0`
    expect(validities.length).toBe(2)
    // The five from before the first start are within the days that are compared now.
    expect(await stored()).toBe(13)
    expect((await db.sql`select from inbound`).length).toBe(13)
  })

  test('a comparison finds what was passed over', async () => {
    dovecot.drop(user, mails(6))
    await account().runOnce()
    await db.sql`delete from inbound where raw in (select raw from receipt where source_id ~ ':[24]$')`
    await db.sql`delete from receipt where source_id ~ ':[24]$'`
    expect((await account().runOnce()).missed).toBe(2)
    expect((await db.sql`select from inbound`).length).toBe(6)
  })

  test('a wrong password is said, remembered as failing, and forgotten after a success', async () => {
    dovecot.drop(user, mails(1))
    await expect(account({}, { secret: () => 'wrong' }).runOnce()).rejects.toThrow(
      'login refused: AUTHENTICATIONFAILED',
    )
    expect(await loadMailboxHealth(db.sql)).toMatchObject([
      { account: user, lastError: expect.stringContaining('login refused') },
    ])
    expect((await loadMailboxHealth(db.sql))[0]?.failingSince).not.toBeNull()
    await account().runOnce()
    expect(await loadMailboxHealth(db.sql)).toMatchObject([
      { lastError: null, failingSince: null, lastSeenAt: expect.any(Date) },
    ])
  })

  test('a certificate of an unknown authority is refused unless told otherwise', async () => {
    dovecot.drop(user, mails(1))
    await expect(account({ ca: undefined }).runOnce()).rejects.toThrow(/self.signed/)
    await expect(account({ ca: undefined, port: dovecot.imaps, security: 'tls' }).runOnce()).rejects.toThrow(
      /self.signed/,
    )
    expect((await account({ ca: undefined, tls: 'insecure' }).runOnce()).stored).toBe(1)
    expect((await account({ port: dovecot.imaps, security: 'tls' }).runOnce()).stored).toBe(0)
  })

  test('a folder that does not exist is said', async () => {
    await expect(account({ folder: 'Nowhere' }).runOnce()).rejects.toThrow(/Nowhere|exist/)
  })
})

describe('watching', () => {
  test('new mail is there by the notice of the server', async () => {
    dovecot.drop(user, mails(2))
    const one = account({ 'poll-seconds': 3600 })
    one.start()
    await until('the first mails', async () => (await stored()) === 2)
    await until('watching', () => one.health().state === 'watching')
    await dovecot.deliver(user, mailBytes())
    await until('the new mail', async () => (await stored()) === 3)
    expect(one.health()).toMatchObject({ state: 'watching', lastError: null })
  })

  test('a server that dies is come back to, with what came meanwhile', async () => {
    dovecot.drop(user, mails(1))
    const one = account({ 'poll-seconds': 3600 }, { random: () => -0.499 })
    one.start()
    await until('the first mail', async () => (await stored()) === 1)
    await dovecot.halt()
    await until('the failure', () => one.health().state === 'failing')
    dovecot.drop(user, mails(2))
    await dovecot.start()
    await until('the mails', async () => (await stored()) === 3)
    await until('watching again', () => one.health().state === 'watching')
    expect(one.health().failingSince).toBeNull()
  })

  test('a dead account delays no other', async () => {
    dovecot.drop(user, mails(1))
    const dead = account({ name: 'dead', host: '127.0.0.1', port: 9, security: 'none' })
    const alive = account({ 'poll-seconds': 3600 })
    dead.start()
    alive.start()
    await until('the mail', async () => (await stored()) === 1)
    await until('the failure', () => dead.health().state === 'failing')
    expect(dead.health().lastError).toMatch(/ECONNREFUSED/)
  })

  test('of two processes one watches', async () => {
    dovecot.drop(user, mails(1))
    const [first, second] = [createAccountLocks(db.url), createAccountLocks(db.url)]
    const one = account({ 'poll-seconds': 3600 }, { locks: first })
    one.start()
    await until('watching', () => one.health().state === 'watching')
    const other = account({ 'poll-seconds': 3600 }, { locks: second })
    other.start()
    await until('standby', () => other.health().state === 'standby')
    await one.stop()
    expect(await second.hold(user)).toBe(true)
    await Promise.all([first.close(), second.close()])
  })

  test('how far it is behind is known while it is', async () => {
    dovecot.drop(user, mails(7))
    const seen: number[] = []
    const one = account(
      {},
      {
        receive: (batch) => {
          seen.push(one.health().behind)
          return receive(reception, batch)
        },
      },
    )
    await one.runOnce()
    expect([...seen, one.health().behind]).toEqual([7, 0])
  })

  test('the database going away touches no mail and ends in nothing lost', async () => {
    let down = true
    const received: RawMail[] = []
    dovecot.drop(user, mails(3))
    const one = account(
      { 'poll-seconds': 3600, after: { move: 'Done' } },
      {
        random: () => -0.499,
        receive: async (batch) => {
          if (down) throw new Error('connect ECONNREFUSED')
          received.push(...batch)
          return receive(reception, batch)
        },
      },
    )
    one.start()
    await until('the failure', () => one.health().state === 'failing')
    expect(await list('INBOX')).toHaveLength(3)
    down = false
    await until('the mails', async () => (await stored()) === 3)
    await until('the move', async () => (await list('INBOX')).length === 0)
    expect(received).toHaveLength(3)
  })
})
