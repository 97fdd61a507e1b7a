import { afterEach, expect, test, vi } from 'vitest'
import { createWorker } from '../../src/gateway/worker.ts'
import { mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway | null = null
afterEach(async () => {
  vi.useRealTimers()
  await gateway?.close()
  gateway = null
})

/** Mails of people p0, p1 …, a ticket each; with `round` each answers their own mail of the round before. */
const store = async (on: TestGateway, from: number, count: number, round = 0): Promise<void> => {
  await on.app.save(
    Array.from({ length: count }, (_x, i) => ({
      bytes: Buffer.from(
        mailOf(
          [
            `From: p${from + i}@far.test`,
            'To: help@guichet.test',
            `Subject: n ${from + i}`,
            `Message-ID: <n${from + i}.${round}@x>`,
            ...(round === 0 ? [] : [`In-Reply-To: <n${from + i}.${round - 1}@x>`]),
          ],
          `Text ${from + i}, ${round}.`,
        ),
      ),
      envelope: {
        source: 'smtp' as const,
        sourceId: `ahead:${round}:${from + i}`,
        account: 'test',
        mailFrom: `p${from + i}@far.test`,
        rcptTo: ['help@guichet.test'],
        ip: '127.0.0.1',
        helo: 'far.test',
        authUser: null,
        receivedAt: on.now(),
      },
    })),
  )
}
const work = async ({ database }: TestGateway) => {
  const [row] = await database.sql`
    select count(*) filter (where state = 'done')::int as done,
      count(*) filter (where state = 'waiting' and attempt = 1)::int as claimed,
      count(*) filter (where state = 'waiting' and attempt = 0)::int as waiting from inbound`
  return row
}

test('while a batch is decided the next one is claimed; a worker that stops gives it back at once and uncounted', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await store(gateway, 0, 250)
  const { deps } = gateway.app
  let read = 0
  const worker = createWorker({
    ...deps,
    parse: (mails) => {
      read += mails.length
      return deps.parse(mails)
    },
  })
  expect(await worker.turn()).toBe(100)
  await worker.close()
  expect(read).toBe(200)
  expect(await work(gateway)).toEqual({ done: 100, claimed: 0, waiting: 150 })
  const another = createWorker(gateway.app.deps)
  expect(await another.turn()).toBe(100)
  expect(await another.turn()).toBe(50)
  expect(await work(gateway)).toEqual({ done: 250, claimed: 0, waiting: 0 })
  // Numbers follow the order of receipt, whatever was read ahead.
  const subjects = await gateway.database.sql<{ subject: string }[]>`select subject from ticket order by number`
  expect(subjects.map(({ subject }) => subject)).toEqual(Array.from({ length: 250 }, (_x, i) => `n ${i}`))
})

test('what arrives after nothing was found ahead waits for no pause', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await store(gateway, 0, 100)
  const worker = createWorker(gateway.app.deps)
  expect(await worker.turn()).toBe(100)
  await store(gateway, 100, 3)
  expect(await worker.turn()).toBe(3)
  expect(await worker.turn()).toBe(0)
  await worker.close()
})

test('a batch that answers the one before it is decided when that one is written', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  for (const round of [0, 1, 2]) await store(gateway, 0, 100, round)
  const worker = createWorker(gateway.app.deps)
  for (const mails of [100, 100, 100, 0]) expect(await worker.turn()).toBe(mails)
  await worker.close()
  const rows = await gateway.database.sql<{ number: number; texts: string[] }[]>`
    select t.number, array_agg(e.text order by e.id) as texts from ticket t
    join entry e on e.desk = t.desk and e.ticket = t.number and e.kind = 'customer' group by t.number order by t.number`
  expect(rows.map(({ texts }) => texts)).toEqual(
    Array.from({ length: 100 }, (_x, i) => [0, 1, 2].map((round) => `Text ${i}, ${round}.`)),
  )
  expect(await work(gateway)).toEqual({ done: 300, claimed: 0, waiting: 0 })
})

/** Mails of one sender, so that each batch waits for the one before it. */
const ofOne = (on: TestGateway, count: number) =>
  on.app.save(
    Array.from({ length: count }, (_x, i) => ({
      bytes: Buffer.from(
        mailOf(
          ['From: one@far.test', 'To: help@guichet.test', `Subject: n ${i}`, `Message-ID: <o${i}@x>`],
          `Text ${i}.`,
        ),
      ),
      envelope: {
        source: 'smtp' as const,
        sourceId: `one:${i}`,
        account: 'test',
        mailFrom: i % 2 === 0 ? 'one@far.test' : 'other@far.test',
        rcptTo: ['help@guichet.test'],
        ip: '127.0.0.1',
        helo: 'far.test',
        authUser: null,
        receivedAt: on.now(),
      },
    })),
  )

/** While `broken`, nothing can be decided and no failure be noted: the database is gone. */
const breaking = ({ deps }: TestGateway['app'], broken: () => boolean): typeof deps => {
  const unless = <T>(value: T): T => {
    if (broken()) throw new Error('the database is gone')
    return value
  }
  return { ...deps, mark: () => unless(deps.mark()), counters: { ...deps.counters, failed: () => unless(undefined) } }
}

test('what follows a batch that the database did not let end is worked off when it is back', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await ofOne(gateway, 103)
  let broken = true
  let time = gateway.now()
  const worker = createWorker({ ...breaking(gateway.app, () => broken), now: async () => time })
  expect(await worker.turn()).toBe(100)
  await expect(worker.turn()).rejects.toThrow('gone')
  broken = false
  time = new Date(time.getTime() + 121_000)
  while ((await worker.turn()) > 0);
  await worker.close()
  expect(await work(gateway)).toEqual({ done: 103, claimed: 0, waiting: 0 })
})

test('what a stopping worker gives back keeps its place before what came later', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await store(gateway, 0, 250)
  const { deps } = gateway.app
  const later = new Date(gateway.now().getTime() + 60_000)
  const worker = createWorker({ ...deps, now: async () => later })
  expect(await worker.turn()).toBe(100)
  await worker.close()
  const another = createWorker({ ...deps, now: async () => later })
  while ((await another.turn()) > 0);
  await another.close()
  const subjects = await gateway.database.sql<{ subject: string }[]>`select subject from ticket order by number`
  expect(subjects.map(({ subject }) => subject)).toEqual(Array.from({ length: 250 }, (_x, i) => `n ${i}`))
})

test('a worker that stops gives back what it claimed ahead, whatever became of the batch before it', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await ofOne(gateway, 150)
  const worker = createWorker(breaking(gateway.app, () => true))
  expect(await worker.turn()).toBe(100)
  await worker.close().catch(() => undefined)
  const [row] = await gateway.database.sql`select count(*)::int as back from inbound where attempt = 0`
  expect(row?.back).toBe(50)
})

test('mails that take longer to read than their lease lasts stay with who reads them', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  const { deps } = gateway.app
  const { sql } = gateway.database
  await store(gateway, 0, 3)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let time = gateway.now()
  const now = async (): Promise<Date> => time
  let others = 0
  const other = createWorker({ ...deps, now })
  const worker = createWorker({
    ...deps,
    now,
    parse: async (mails) => {
      for (let halves = 0; halves < 8; halves++) {
        time = new Date(time.getTime() + 30_000)
        await vi.advanceTimersByTimeAsync(30_000)
        await expect
          .poll(async () => (await sql`select min(next_attempt_at) as until from inbound`)[0]?.until)
          .toEqual(new Date(time.getTime() + 120_000))
      }
      others += await other.turn()
      return deps.parse(mails)
    },
  })
  expect(await worker.turn()).toBe(3)
  await worker.close()
  expect(others).toBe(0)
  expect(await work(gateway)).toEqual({ done: 3, claimed: 0, waiting: 0 })
  expect(vi.getTimerCount()).toBe(0)
})

test('a mail whose author cannot be verified fails alone', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await store(gateway, 0, 5)
  const { deps } = gateway.app
  const worker = createWorker({
    ...deps,
    authenticate: (claimed, parsed, now) => {
      if (claimed.envelope.mailFrom === 'p2@far.test') throw new Error('it stumbles')
      return deps.authenticate(claimed, parsed, now)
    },
  })
  expect(await worker.turn()).toBe(5)
  await worker.close()
  expect(await work(gateway)).toEqual({ done: 4, claimed: 1, waiting: 0 })
  const rows = await gateway.database.sql<{ error: string }[]>`select error from inbound where error is not null`
  expect(rows.map(({ error }) => error)).toEqual(['it stumbles'])
})

test('while files of a mail are read for those who get them along, no transaction is open', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk({}) }], at: '2026-11-23T08:00:00Z' })
  await gateway.write({
    from: 'carla@client.test',
    to: 'help@guichet.test',
    subject: 'Plan',
    text: 'Here is the plan.',
    attachments: [{ filename: 'plan.txt', content: 'two rooms' }],
  })
  const { sql } = gateway.database
  const { deps } = gateway.app
  let asked = 0
  const worker = createWorker({
    ...deps,
    readAttachments: async (bytes, indexes) => {
      for (; asked < 20; asked++)
        expect(
          await sql`select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            and backend_type = 'client backend' and xact_start is not null`,
        ).toEqual([])
      return deps.readAttachments(bytes, indexes)
    },
  })
  expect(await worker.turn()).toBe(1)
  await worker.close()
  expect(asked).toBe(20)
  expect(await work(gateway)).toEqual({ done: 1, claimed: 0, waiting: 0 })
})
