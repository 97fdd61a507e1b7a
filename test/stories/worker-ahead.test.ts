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

const store = async (on: TestGateway, from: number, count: number): Promise<void> => {
  await on.app.save(
    Array.from({ length: count }, (_x, i) => ({
      bytes: Buffer.from(
        mailOf(
          [
            `From: p${from + i}@far.test`,
            'To: help@guichet.test',
            `Subject: n ${from + i}`,
            `Message-ID: <n${from + i}@x>`,
          ],
          `Text ${from + i}.`,
        ),
      ),
      envelope: {
        source: 'smtp' as const,
        sourceId: `ahead:${from + i}`,
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
