import { afterEach, expect, test } from 'vitest'
import { createWorker } from '../../src/gateway/worker.ts'
import { mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway | null = null
afterEach(async () => {
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
