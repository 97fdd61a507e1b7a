import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { createLog } from '../../src/log.ts'
import { noCounters } from '../../src/metrics.ts'
import { createOutbox, type Renamed, type Trouble } from '../../src/outbound/deliver.ts'
import type { OutboundMail } from '../../src/outbound/draft.ts'
import { createSmtpTransport, type RelayTimes } from '../../src/outbound/smtp-transport.ts'
import { claimOutbound, insertOutbound } from '../../src/outbound/store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { type Script, type ScriptedRelay, startScriptedRelay } from '../support/scripted-relay.ts'

const log = createLog({ level: 'silent', readable: false, addresses: 'whole' })
const started = new Date('2025-03-03T09:00:00Z')
const minute = 60_000

let database: TestDatabase
let relay: ScriptedRelay
let now = started
let troubles: Trouble[] = []
let renamed: Renamed[] = []

beforeAll(async () => {
  database = await createTestDatabase({ max: 10 })
})
afterAll(() => database.drop())
beforeEach(async () => {
  relay = await startScriptedRelay()
  await database.sql`truncate outbound`
  now = started
  troubles = []
  renamed = []
})
afterEach(() => relay.close())

const body = (text: string): Buffer => Buffer.from(`Subject: a\r\n\r\n${text}\r\n.dot\r\n`)

function mailOf(id: number, overrides: Partial<OutboundMail> = {}): OutboundMail {
  return {
    id,
    desk: 'garage',
    ticket: 1,
    person: 1,
    recipient: `p${id}@client.test`,
    envelopeFrom: `garage+b${id}@reply.test`,
    messageId: `m${id}@reply.test`,
    subject: 'a',
    template: 'reply',
    automatic: false,
    author: 'ana@staff.test',
    bytes: body(`mail ${id}`),
    ...overrides,
  }
}

const queue = (...mails: OutboundMail[]): Promise<void> =>
  transaction(database.sql, (tx) =>
    insertOutbound(
      tx,
      mails.map((mail) => ({ mail, state: 'queued', reason: null, raw: null })),
      now,
    ),
  )

function outbox(
  options: { readonly connections?: number; readonly times?: Partial<RelayTimes>; readonly port?: number } = {},
) {
  const transport = createSmtpTransport(
    {
      host: '127.0.0.1',
      port: options.port ?? relay.port,
      secure: false,
      requireTls: false,
      user: null,
      password: null,
      name: 'gw.test',
      connections: options.connections ?? 1,
    },
    { connectMs: 5_000, socketMs: 5_000, idleMs: 5_000, ...options.times },
  )
  return createOutbox({
    sql: database.sql,
    transport,
    now: () => now,
    log,
    counters: noCounters,
    onTrouble: (trouble) => troubles.push(trouble),
    onRenamed: (one) => renamed.push(one),
  })
}

/** One run with a sender of its own, as after a restart. */
async function run(options: Parameters<typeof outbox>[0] = {}): Promise<void> {
  const box = outbox(options)
  await box.runOnce()
  await box.stop({ drainMs: 0 })
}

interface Row {
  readonly id: number
  readonly state: string
  readonly phase: string
  readonly attempt: number
  readonly response: string | null
  readonly reason: string | null
  readonly next_attempt_at: Date | null
  readonly sent_at: Date | null
}

const rows = (): Promise<Row[]> =>
  database.sql<
    Row[]
  >`select id, state, phase, attempt, response, reason, next_attempt_at, sent_at from outbound order by id`
const row = async (): Promise<Row> => {
  const [first] = await rows()
  if (!first) throw new Error('no row')
  return first
}

describe('a mail that the relay takes', () => {
  test('leaves once, byte for byte, with its return path and one recipient, and is sent', async () => {
    await queue(mailOf(1))
    await run()
    expect(relay.accepted).toEqual([
      { from: 'garage+b1@reply.test', to: 'p1@client.test', body: body('mail 1').toString('latin1') },
    ])
    expect(await row()).toMatchObject({
      state: 'sent',
      attempt: 1,
      response: '250 2.0.0 taken',
      next_attempt_at: null,
      sent_at: started,
    })
    await run()
    expect(relay.accepted).toHaveLength(1)
  })

  test('and that says which Message-ID it put in place of ours is heard', async () => {
    relay.scripts.push({ final: '250 2.0.0 OK <AB12@XY.namprd01.prod.outlook.com> [Hostname=xy]' }, {})
    await queue(mailOf(1), mailOf(2))
    await run()
    expect(renamed).toEqual([{ desk: 'garage', id: 1, ticket: 1, messageId: 'AB12@XY.namprd01.prod.outlook.com' }])
  })

  test('shares a connection with those before it', async () => {
    await queue(...Array.from({ length: 30 }, (_, i) => mailOf(i + 1)))
    await run({ connections: 3 })
    expect(new Set(relay.accepted.map((mail) => mail.to)).size).toBe(30)
    expect(relay.connections).toBeLessThanOrEqual(3)
  })
})

describe('a refusal for now (F14)', () => {
  test('is tried again after 1, 5, 15, 30, 60 minutes, then hourly, with the same bytes, and given up after five days', async () => {
    await queue(mailOf(1))
    const waits: number[] = []
    for (;;) {
      relay.scripts.push({ final: '451 4.7.1 greylisted' })
      await run()
      const { state, next_attempt_at } = await row()
      if (state !== 'delayed' || next_attempt_at === null) break
      waits.push((next_attempt_at.getTime() - now.getTime()) / minute)
      // A minute before it is due nothing happens.
      now = new Date(next_attempt_at.getTime() - 1)
      const before = relay.bodies.length
      if (waits.length < 8) {
        await run()
        expect(relay.bodies.length).toBe(before)
      }
      now = next_attempt_at
    }
    expect(waits.slice(0, 7)).toEqual([1, 5, 15, 30, 60, 60, 60])
    expect(now.getTime() - started.getTime()).toBeGreaterThan(4.9 * 24 * 60 * minute)
    expect(new Set(relay.bodies).size).toBe(1)
    expect(relay.accepted).toEqual([])
    expect(await row()).toMatchObject({ state: 'dead', reason: expect.stringContaining('greylisted') })
    expect(troubles).toEqual([{ desk: 'garage', id: 1, state: 'dead', reason: expect.stringContaining('greylisted') }])
  })

  test.each<[string, Script]>([
    ['at MAIL', { mail: '421 4.3.2 later' }],
    ['at RCPT', { rcpt: '450 4.2.0 mailbox busy' }],
    ['at DATA', { data: '452 4.3.1 disk full' }],
    ['after the body', { final: '451 4.3.0 try again' }],
    ['after the body, with 421', { final: '421 4.3.0 shutting down' }],
  ])('%s is followed by one delivery', async (_title, script) => {
    relay.scripts.push(script)
    await queue(mailOf(1))
    await run()
    expect(await row()).toMatchObject({ state: 'delayed', phase: 'idle', attempt: 1 })
    now = new Date(now.getTime() + minute)
    await run()
    expect(await row()).toMatchObject({ state: 'sent', attempt: 2 })
    expect(relay.accepted).toHaveLength(1)
  })
})

describe('a refusal for good (F15)', () => {
  test.each([
    '500 what',
    '501 bad address',
    '530 5.7.0 first log in',
    '550 5.1.1 unknown user',
    '550 5.7.1 spam',
    '551 5.1.6 moved',
    '552 5.2.2 full',
    '553 5.1.3 name',
    '554 5.7.1 no',
    '556 5.1.10 null MX',
  ])('%s at RCPT is told with the server’s words and not tried again', async (answer) => {
    relay.scripts.push({ rcpt: answer }, {})
    await queue(mailOf(1), mailOf(2))
    await run()
    const [first, second] = await rows()
    expect(first).toMatchObject({
      state: 'bounced',
      attempt: 1,
      next_attempt_at: null,
      response: expect.stringContaining(answer),
    })
    expect(second).toMatchObject({ state: 'sent' })
    expect(troubles).toEqual([{ desk: 'garage', id: 1, state: 'bounced', reason: expect.stringContaining(answer) }])
    now = new Date(now.getTime() + 60 * minute)
    await run()
    expect(relay.accepted.map((mail) => mail.to)).toEqual(['p2@client.test'])
  })

  test.each<[string, Script]>([
    ['at MAIL', { mail: '550 5.7.1 sender' }],
    ['at DATA', { data: '554 5.5.1 no' }],
    ['after the body', { final: '554 5.6.0 content' }],
  ])('%s is one too', async (_title, script) => {
    relay.scripts.push(script)
    await queue(mailOf(1))
    await run()
    expect(await row()).toMatchObject({ state: 'bounced', phase: 'idle' })
  })
})

describe('a line that is lost before the body (F08, F09)', () => {
  test.each<[string, Script]>([
    ['at MAIL', { cut: { at: 'mail' } }],
    ['at RCPT', { cut: { at: 'rcpt' } }],
    ['at DATA', { cut: { at: 'data' } }],
    ['by silence at RCPT', { hang: 'rcpt' }],
    ['by silence at DATA', { hang: 'data' }],
  ])('%s is tried again, and one copy arrives', async (_title, script) => {
    relay.scripts.push(script)
    await queue(mailOf(1))
    await run({ times: { socketMs: 200 } })
    expect(await row()).toMatchObject({ state: 'delayed', phase: 'idle' })
    now = new Date(now.getTime() + minute)
    await run()
    expect(await row()).toMatchObject({ state: 'sent' })
    expect(relay.accepted).toHaveLength(1)
    expect(troubles).toEqual([])
  })
})

describe('a line that is lost after the body began (F10, F11)', () => {
  const large = body('x'.repeat(200_000).replace(/.{70}/g, '$&\r\n'))
  test.each<[string, Script]>([
    ['at the first octets', { cut: { at: 'body', after: 1 } }],
    ['halfway', { cut: { at: 'body', after: 100_000 } }],
    ['after the dot', { cut: { at: 'dot' } }],
    ['in the middle of the answer', { cut: { at: 'dot', half: '25' } }],
    ['by silence after the dot', { hang: 'dot' }],
  ])('%s is uncertain, told, and never sent again by itself', async (_title, script) => {
    relay.scripts.push(script)
    await queue(mailOf(1, { bytes: large }))
    await run({ times: { socketMs: 300 } })
    expect(await row()).toMatchObject({ state: 'uncertain', phase: 'data', next_attempt_at: null })
    expect(troubles).toEqual([{ desk: 'garage', id: 1, state: 'uncertain', reason: expect.any(String) }])
    now = new Date(now.getTime() + 6 * 24 * 60 * minute)
    await run()
    expect(relay.bodies.length).toBeLessThanOrEqual(1)
    expect((await row()).state).toBe('uncertain')
  })
})

describe('a sender that dies', () => {
  test('before the body leaves its mail to the next, after the lease', async () => {
    await queue(mailOf(1))
    await claimOutbound(database.sql, { limit: 10, maxBytes: 1e6, now, leaseMs: 30 * minute })
    await run()
    expect(relay.accepted).toEqual([])
    now = new Date(now.getTime() + 30 * minute)
    await run()
    expect(relay.accepted).toHaveLength(1)
    expect(await row()).toMatchObject({ state: 'sent', attempt: 2 })
  })

  test('after the body began leaves it uncertain (F12, T18)', async () => {
    await queue(mailOf(1), mailOf(2))
    await claimOutbound(database.sql, { limit: 1, maxBytes: 1e6, now, leaseMs: 30 * minute })
    await database.sql`update outbound set phase = 'data' where id = 1`
    now = new Date(now.getTime() + 30 * minute)
    await run()
    expect((await rows()).map((r) => r.state)).toEqual(['uncertain', 'sent'])
    expect(troubles).toEqual([{ desk: 'garage', id: 1, state: 'uncertain', reason: expect.any(String) }])
  })

  test('and wakes up late sends nothing once its lease is another’s', async () => {
    await queue(mailOf(1))
    const box = outbox()
    const late = createOutbox({
      sql: database.sql,
      now: () => now,
      log,
      counters: noCounters,
      onTrouble: () => undefined,
      onRenamed: () => undefined,
      transport: {
        width: 1,
        rest: () => undefined,
        close: () => undefined,
        send: async (_parcel, beforeBody) => {
          now = new Date(now.getTime() + 30 * minute)
          await box.runOnce()
          return (await beforeBody()) ? { state: 'uncertain', reason: 'would have sent twice' } : { state: 'withdrawn' }
        },
      },
    })
    await late.runOnce()
    await box.stop({ drainMs: 0 })
    expect(await row()).toMatchObject({ state: 'sent', attempt: 2 })
    expect(relay.accepted).toHaveLength(1)
  })
})

describe('a relay that is down', () => {
  test('delays everything by minutes, without a try for each mail', async () => {
    const { port } = relay
    await relay.close()
    await queue(...Array.from({ length: 20 }, (_, i) => mailOf(i + 1)))
    await run({ port })
    expect(
      (await rows()).every((r) => r.state === 'delayed' && r.next_attempt_at?.getTime() === started.getTime() + minute),
    ).toBe(true)
    expect(troubles).toEqual([])
  })

  test.each(['554 5.3.2 no service', '421 too many connections'])(
    'or greets with %s bounces nothing',
    async (greeting) => {
      relay.greeting = greeting
      await queue(mailOf(1))
      await run()
      expect(await row()).toMatchObject({ state: 'delayed', reason: expect.stringContaining(greeting) })
    },
  )
})

describe('stopping (F28)', () => {
  test('finishes what is on its way and gives the rest back, due at once', async () => {
    await queue(...Array.from({ length: 40 }, (_, i) => mailOf(i + 1)))
    const box = outbox({ connections: 2 })
    box.start()
    while (relay.accepted.length < 3) await new Promise((resolve) => setImmediate(resolve))
    await box.stop()
    const states = await rows()
    const sent = states.filter((r) => r.state === 'sent').length
    expect(sent).toBe(relay.accepted.length)
    expect(states.filter((r) => r.state === 'queued' && r.phase === 'idle')).toHaveLength(40 - sent)
    await run({ connections: 2 })
    expect(new Set(relay.accepted.map((mail) => mail.to)).size).toBe(40)
    expect(relay.accepted).toHaveLength(40)
  })
})

describe('a running outbox', () => {
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve))
  }

  test('sends what is queued when it is woken', async () => {
    const box = outbox()
    box.start()
    await queue(mailOf(1))
    box.wake()
    await until(() => relay.accepted.length === 1)
    await queue(mailOf(2))
    box.wake()
    await until(() => relay.accepted.length === 2)
    await box.stop()
    expect((await rows()).map((r) => r.state)).toEqual(['sent', 'sent'])
  })

  test('one line that hangs holds up no other mail, and stopping cuts it', async () => {
    relay.scripts.push({ hang: 'dot' })
    const box = outbox({ connections: 2, times: { socketMs: 600_000 } })
    await queue(mailOf(1))
    box.start()
    await until(() => relay.bodies.length === 1)
    await queue(...Array.from({ length: 20 }, (_, i) => mailOf(i + 2)))
    box.wake()
    await until(() => relay.accepted.length === 20)
    await box.stop({ drainMs: 50 })
    const states = await rows()
    expect(states[0]).toMatchObject({ state: 'uncertain', phase: 'data' })
    expect(states.slice(1).every((r) => r.state === 'sent')).toBe(true)
  })
})
