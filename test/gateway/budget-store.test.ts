import { afterAll, beforeAll, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { lockBuckets, saveBuckets } from '../../src/gateway/budget-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('of a budget that was never used, two batches at once take one after the other', async () => {
  const key = { desk: 'help', key: 'desk-hour' }
  const at = new Date('2026-11-23T08:00:00Z')
  let proceed = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    proceed = resolve
  })
  let taken = (): void => undefined
  const locked = new Promise<void>((resolve) => {
    taken = resolve
  })
  const first = transaction(db.sql, async (tx) => {
    expect(await lockBuckets(tx, [key])).toEqual(new Map())
    taken()
    await gate
    await saveBuckets(tx, [{ ...key, state: { tokens: 5, refilledAt: at } }])
  })
  await locked
  const second = transaction(db.sql, (tx) => lockBuckets(tx, [key]))
  const waiting = expect
    .poll(async () => {
      const rows = await db.sql`
        select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      return rows.length
    })
    .toBe(1)
  expect(await Promise.race([second.then(() => 'takes'), waiting.then(() => 'waits')])).toBe('waits')
  proceed()
  await first
  expect(await second).toEqual(new Map([['help desk-hour', { tokens: 5, refilledAt: at }]]))
})
