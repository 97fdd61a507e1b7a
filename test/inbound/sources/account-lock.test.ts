import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccountLocks } from '../../../src/inbound/sources/account-lock.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'
import { until } from '../../support/sockets.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase({ max: 6 })
})
afterAll(() => db.drop())

test('an account belongs to one process, others are free', async () => {
  const [one, two] = [createAccountLocks(db.url), createAccountLocks(db.url)]
  expect([await one.hold('a'), await one.hold('a'), await one.hold('b')]).toEqual([true, true, true])
  expect([await two.hold('a'), await two.hold('c')]).toEqual([false, true])
  await one.release('a')
  expect([await two.hold('a'), await two.hold('b')]).toEqual([true, false])
  await Promise.all([one.close(), two.close()])
})

test('a lock whose connection was cut is free for others, and its holder learns of it', async () => {
  const [one, two] = [createAccountLocks(db.url), createAccountLocks(db.url)]
  expect(await one.hold('a')).toBe(true)
  await db.sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and objsubid = 2 and database = (select oid from pg_database where datname = current_database())`
  await until('the lock to be free', () => two.hold('a'))
  await until('the holder to learn of it', async () => (await one.hold('a').catch(() => true)) === false)
  await Promise.all([one.close(), two.close()])
})
