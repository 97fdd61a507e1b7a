import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ImapFlow } from 'imapflow'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { missingDovecot, startDovecot } from '../support/dovecot.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { mailBytes } from '../support/raw-mail.ts'
import { talk } from '../support/sockets.ts'

/*
 * The process is killed where it stands (SIGKILL), again and again, and started anew. Whatever moment the kill meets: a mail that
 * was answered with 250, or that has left the mailbox, is in the database, and each mail is there once, with its work once.
 */

const program = fileURLToPath(new URL('../support/reception-child.mjs', import.meta.url))
let db: TestDatabase
const children: ChildProcess[] = []
beforeAll(async () => {
  db = await createTestDatabase({ max: 3 })
})
afterAll(() => db.drop())
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts the child; resolves with what it says behind `ready`. `ended` tells whether it came to its end. */
async function start(options: object): Promise<{ child: ChildProcess; said: string; ended: Promise<boolean> }> {
  const child = spawn(process.execPath, [program, JSON.stringify({ url: db.url, ...options })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })
  let done = false
  const ready = new Promise<string>((resolve) =>
    lines.on('line', (line) => {
      if (line.startsWith('ready ')) resolve(line.slice(6))
      if (line.startsWith('done')) done = true
    }),
  )
  const ended = new Promise<boolean>((resolve) => child.once('exit', () => resolve(done)))
  return { child, said: await Promise.race([ready, ended.then(() => '')]), ended }
}
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const idOf = (bytes: Buffer): string => /Message-ID: (<[^>]+>)/i.exec(bytes.toString('latin1'))?.[1] ?? ''
const storedIds = async (): Promise<string[]> =>
  (await db.sql<{ bytes: Buffer }[]>`select bytes from raw_mail`).map((row) => idOf(row.bytes))
const counts = async () =>
  (
    await db.sql<{ mails: number; sources: number; work: number }[]>`
      select (select count(*) from raw_mail)::int as mails, (select count(*) from receipt)::int as sources, (select count(*) from inbound)::int as work`
  )[0]

test('killed while it reads a mailbox: nothing lost, nothing twice, nothing moved that is not stored', async (context) => {
  const missing = missingDovecot()
  if (missing !== null) return context.skip(missing)
  const dovecot = await startDovecot()
  const mails = Array.from({ length: 600 }, () => mailBytes({ body: 'x'.repeat(4000) }))
  dovecot.drop('box', mails)
  const imap = {
    name: 'box',
    host: '127.0.0.1',
    port: dovecot.imap,
    security: 'none',
    user: 'box',
    password: 'env:P',
    first: 'all',
    after: { move: 'Done' },
  }
  const moved = async (): Promise<string[]> => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: dovecot.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'box', pass: 'secret' },
      logger: false,
    })
    await client.connect()
    const ids: string[] = []
    if ((await client.list()).some((box) => box.path === 'Done')) {
      await client.mailboxOpen('Done')
      if (client.mailbox && client.mailbox.exists > 0)
        for await (const one of client.fetch('1:*', { headers: ['message-id'] }))
          ids.push(idOf(one.headers ?? Buffer.alloc(0)))
    }
    await client.logout()
    return ids
  }
  for (const ms of [5, 60, 120, 200, 300]) {
    const { child, ended } = await start({ imap })
    await after(ms)
    child.kill('SIGKILL')
    await ended
    const inFolder = await moved()
    const stored = new Set(await storedIds())
    expect(inFolder.filter((id) => !stored.has(id))).toEqual([])
  }
  const { ended } = await start({ imap })
  expect(await ended).toBe(true)
  expect((await storedIds()).sort()).toEqual(mails.map(idOf).sort())
  expect(await counts()).toMatchObject({ mails: 600, work: 600 })
  expect((await moved()).length).toBe(600)
  await dovecot.stop()
}, 90_000)

test('killed while it takes mails by SMTP: what was answered with 250 is there, what is sent again is there once', async () => {
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail`
  const waiting = Array.from({ length: 300 }, () => mailBytes({ body: 'x'.repeat(4000), trace: ['Received: by mx'] }))
  const answered: string[] = []
  for (const killAt of [1, 40, 90, 170, Number.POSITIVE_INFINITY]) {
    const { child, said, ended } = await start({ smtp: true })
    const port = Number(said)
    const clients = Array.from({ length: 5 }, async () => {
      const one = await talk(port)
      await one.read()
      if ((await one.say('EHLO client.test')) === '') return
      for (let bytes = waiting.pop(); bytes !== undefined; bytes = waiting.pop()) {
        one.write('MAIL FROM:<a@client.test>\r\nRCPT TO:<one@guichet.test>\r\nDATA\r\n')
        for (let i = 0; i < 3; i++) await one.read()
        one.write(Buffer.concat([bytes, Buffer.from('\r\n.\r\n')]))
        if ((await one.read()).startsWith('250')) {
          answered.push(idOf(bytes))
          if (answered.length >= killAt) child.kill('SIGKILL')
        } else {
          // What a mail server does: it is not known to have arrived, so it is sent again.
          waiting.push(bytes)
          break
        }
      }
      one.end()
    })
    await Promise.allSettled(clients)
    child.kill('SIGKILL')
    await ended
    const stored = new Set(await storedIds())
    expect(answered.filter((id) => !stored.has(id))).toEqual([])
  }
  expect(waiting).toEqual([])
  expect(answered.length).toBe(300)
  expect(await counts()).toMatchObject({ mails: 300, work: 300 })
}, 90_000)
