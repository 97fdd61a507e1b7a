import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPool } from '../../src/db/pool.ts'
import { type Reception, receive } from '../../src/inbound/receive.ts'
import { acceptsRecipient, buildAddressBook, routeMail } from '../../src/inbound/route.ts'
import { createSmtpReception, type SmtpReception, type SmtpReceptionOptions } from '../../src/inbound/sources/smtp.ts'
import { claimInbound } from '../../src/inbound/store.ts'
import { missingPostfix, type Postfix, startPostfix } from '../support/postfix.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { mailBytes } from '../support/raw-mail.ts'
import { findProgram } from '../support/real-server.ts'
import { freePort, type Talk, talk, until } from '../support/sockets.ts'

const run = promisify(execFile)
const book = buildAddressBook(
  [
    { desk: 'one', address: 'one@guichet.test', aliases: ['help@guichet.test'] },
    { desk: 'two', address: 'two@guichet.test', aliases: [] },
  ],
  'reply.guichet.test',
)
let db: TestDatabase
let deps: Reception
const open: { close: () => Promise<void> }[] = []

beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail`
  deps = { sql: db.sql, now: async () => new Date(), route: (envelope, header) => routeMail(book, envelope, header) }
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function listen(
  options: Partial<SmtpReceptionOptions> = {},
): Promise<{ port: number; reception: SmtpReception }> {
  const reception = createSmtpReception({
    protocol: 'smtp',
    host: '127.0.0.1',
    port: 0,
    hostname: 'guichet.test',
    accepts: (address) => acceptsRecipient(book, address),
    save: (mails) => receive(deps, mails),
    ...options,
  })
  const { port } = await reception.listen()
  open.push({ close: () => reception.close({ drainMs: 200 }) })
  return { port, reception }
}
async function send(
  port: number,
  bytes: Buffer,
  rcpts: readonly string[],
  hello = 'EHLO client.test',
): Promise<{ one: Talk; answer: Promise<string> }> {
  const one = await talk(port)
  await one.read()
  await one.say(hello)
  await one.say('MAIL FROM:<awa@client.test>')
  for (const rcpt of rcpts) await one.say(`RCPT TO:<${rcpt}>`)
  await one.say('DATA')
  one.write(bytes)
  one.write('.\r\n')
  return { one, answer: one.read() }
}
const count = async () =>
  (
    await db.sql<{ mails: number; receipts: number; work: number }[]>`
      select (select count(*) from raw_mail)::int as mails, (select count(*) from receipt)::int as receipts, (select count(*) from inbound)::int as work`
  )[0]

test('one mail to two desks is one message and work for each', async () => {
  const { port } = await listen()
  const { answer } = await send(port, mailBytes(), ['one@guichet.test', 'two+x@guichet.test', 'help@guichet.test'])
  expect(await answer).toMatch(/^250/)
  expect(await count()).toEqual({ mails: 1, receipts: 1, work: 2 })
})

test('a mail that is sent again because its 250 got lost is a second receipt and no second work', async () => {
  const { port } = await listen()
  const bytes = mailBytes({ trace: ['Received: from a by b; Mon, 2 Nov 2026 09:00:00 +0000'] })
  const lost = await send(port, bytes, ['one@guichet.test'])
  lost.one.end()
  await until('the mail', async () => (await count())?.mails === 1)
  expect(await (await send(port, bytes, ['one@guichet.test'])).answer).toMatch(/^250/)
  expect(await count()).toEqual({ mails: 1, receipts: 2, work: 1 })
})

test('a mail for a tampered signed address, and one for postmaster, are stored', async () => {
  const { port } = await listen()
  await (await send(port, mailBytes(), ['one+cab.1.1.zz.aaaaaaaaaaaaaaaaaaaaaaaaaa@reply.guichet.test'])).answer
  await (await send(port, mailBytes(), ['postmaster@guichet.test'])).answer
  const claims = await claimInbound(db.sql, { limit: 10, maxBytes: 1e6, leaseMs: 1000, now: new Date() })
  expect(claims.map((claim) => claim.desk)).toEqual(['one', '-'])
})

test('five hundred mails over fifty connections are five hundred, each answered after its commit', async () => {
  const { port } = await listen()
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const one = await talk(port)
      await one.read()
      await one.say('EHLO client.test')
      const codes: string[] = []
      for (let i = 0; i < 10; i++) {
        one.write('MAIL FROM:<a@client.test>\r\nRCPT TO:<one@guichet.test>\r\nDATA\r\n')
        for (let j = 0; j < 3; j++) await one.read()
        one.write(mailBytes({ body: 'x'.repeat(4000) }))
        one.write('\r\n.\r\n')
        codes.push((await one.read()).slice(0, 3))
      }
      one.end()
      return codes
    }),
  )
  expect(answers.flat().filter((code) => code === '250')).toHaveLength(500)
  expect(await count()).toEqual({ mails: 500, receipts: 500, work: 500 })
})

test('while there is no database the client is told to come again, and afterwards the mail is taken', async () => {
  const dead = openPool(`postgres://nobody:nothing@127.0.0.1:${await freePort()}/none`, { max: 1 })
  let sql = dead
  const { port } = await listen({ save: (mails) => receive({ ...deps, sql }, mails) })
  expect(await (await send(port, mailBytes(), ['one@guichet.test'])).answer).toMatch(/^451 4\.3\.0/)
  sql = db.sql
  expect(await (await send(port, mailBytes(), ['one@guichet.test'])).answer).toMatch(/^250/)
  expect(await count()).toMatchObject({ mails: 1 })
  await dead.end({ timeout: 0 })
})

test('LMTP: the refused recipient does not keep the others from their mail', async () => {
  const { port } = await listen({ protocol: 'lmtp' })
  const { answer, one } = await send(
    port,
    mailBytes(),
    ['one@guichet.test', 'nobody@guichet.test', 'two@guichet.test'],
    'LHLO mx.test',
  )
  expect(await answer).toMatch(/^250/)
  expect(await one.read()).toMatch(/^250/)
  expect(await count()).toEqual({ mails: 1, receipts: 1, work: 2 })
  one.end()
})

describe('with swaks', () => {
  beforeEach((context) => {
    if (findProgram('swaks') === undefined) context.skip('swaks is not installed')
  })
  const swaks = (port: number, ...args: string[]) =>
    run('swaks', [
      '--server',
      '127.0.0.1',
      '--port',
      String(port),
      '--from',
      'awa@client.test',
      '--body',
      'Bonjour',
      ...args,
    ]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    )

  test('a mail over STARTTLS arrives', async () => {
    const { port } = await listen()
    expect((await swaks(port, '--to', 'one@guichet.test', '--tls')).code).toBe(0)
    expect(await count()).toEqual({ mails: 1, receipts: 1, work: 1 })
  })

  test('a login with a password is known on the mail, a wrong one is refused', async () => {
    const { port } = await listen({ authenticate: async (user, password) => (password === 'right' ? { user } : null) })
    const login = (password: string) =>
      swaks(
        port,
        '--to',
        'one@guichet.test',
        '--tls',
        '--auth',
        'PLAIN',
        '--auth-user',
        'portal',
        '--auth-password',
        password,
      )
    expect((await login('right')).code).toBe(0)
    expect((await login('wrong')).code).not.toBe(0)
    const rows = await db.sql`select auth_user from receipt`
    expect(rows).toMatchObject([{ auth_user: 'portal' }])
  })

  test('a mail to somebody else is refused at RCPT', async () => {
    const { port } = await listen()
    const { code, stdout } = await swaks(port, '--to', 'x@elsewhere.test')
    expect(code).not.toBe(0)
    expect(stdout).toContain('550 5.1.1 no such address here')
  })
})

describe('with a Postfix that relays in', () => {
  const missing = missingPostfix()
  let postfix: Postfix
  let broken = false
  beforeEach(async (context) => {
    if (missing !== null) return context.skip(missing)
    const { port } = await listen({
      save: (mails) => (broken ? Promise.reject(new Error('down')) : receive(deps, mails)),
    })
    const lmtp = await listen({ protocol: 'lmtp' })
    postfix = await startPostfix({
      'guichet.test': `smtp:[127.0.0.1]:${port}`,
      'reply.guichet.test': `lmtp:inet:127.0.0.1:${lmtp.port}`,
    })
  })
  afterEach(async () => {
    await postfix?.stop()
  })

  test('its mails arrive with its Received field, also by LMTP', async () => {
    expect(await (await send(postfix.smtp, mailBytes(), ['one@guichet.test'])).answer).toMatch(/^250/)
    expect(await (await send(postfix.smtp, mailBytes(), ['one+c.1@reply.guichet.test'])).answer).toMatch(/^250/)
    await until('both mails', async () => (await count())?.mails === 2)
    const rows = await db.sql<{ source: string; head: string; mail_from: string }[]>`
      select source, mail_from, convert_from(substr(bytes, 1, 30), 'UTF8') as head from receipt join raw_mail on raw_mail.id = raw order by source`
    expect(rows).toMatchObject([
      { source: 'lmtp', mail_from: 'awa@client.test', head: expect.stringContaining('Received: from') },
      { source: 'smtp', mail_from: 'awa@client.test', head: expect.stringContaining('Received: from') },
    ])
  })

  test('what cannot be stored stays in its queue and arrives later, once', async () => {
    broken = true
    expect(await (await send(postfix.smtp, mailBytes(), ['one@guichet.test'])).answer).toMatch(/^250/)
    await until('the deferral', () => postfix.log().includes('status=deferred (host 127.0.0.1'))
    expect(postfix.log()).toContain('451 4.3.0 not stored')
    broken = false
    await until('the mail', async () => {
      postfix.flush()
      return (await count())?.mails === 1
    })
    expect(await count()).toEqual({ mails: 1, receipts: 1, work: 1 })
  })
})
