import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPool } from '../../src/db/pool.ts'
import { savepoint, transaction } from '../../src/db/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase({ empty: true })
  await db.sql`create table note (id bigint generated always as identity, body jsonb, raw bytea, at timestamptz)`
})
afterAll(() => db.drop())

describe('a transaction', () => {
  test('keeps what was written when the work succeeds and gives its result back', async () => {
    const id = await transaction(db.sql, async (tx) => {
      const [row] = await tx<{ id: number }[]>`insert into note (body) values (${tx.json({ a: 1 })}) returning id`
      return row?.id
    })
    expect(await db.sql`select body from note where id = ${id ?? 0}`).toEqual([{ body: { a: 1 } }])
  })

  test('keeps nothing when the work throws, and the error goes on', async () => {
    const work = transaction(db.sql, async (tx) => {
      await tx`insert into note (body) values (${tx.json('lost')})`
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await db.sql`select 1 from note where body = ${db.sql.json('lost')}`).toHaveLength(0)
  })

  test('a savepoint that fails undoes only its own writes', async () => {
    await transaction(db.sql, async (tx) => {
      await tx`insert into note (body) values (${tx.json('kept')})`
      await savepoint(tx, async (inner) => {
        await inner`insert into note (body) values (${inner.json('undone')})`
        throw new Error('inner')
      }).catch(() => undefined)
    })
    const rows = await db.sql<{ body: unknown }[]>`select body from note where body in ('"kept"', '"undone"')`
    expect(rows.map((row) => row.body)).toEqual(['kept'])
  })

  test('an array that the work returns comes back as it is', async () => {
    expect(await transaction(db.sql, async () => [Promise.resolve(1)].length)).toBe(1)
    expect(await transaction(db.sql, async () => ['a', 'b'])).toEqual(['a', 'b'])
  })
})

describe('a pool', () => {
  test.each([
    ['bigint is a number', 'select 9007199254740991::bigint as value', 9007199254740991],
    ['a count is a number', 'select count(*) as value from generate_series(1, 3)', 3],
    ['an array of bigint is an array of numbers', 'select array[1, 2]::bigint[] as value', [1, 2]],
    ['numeric keeps its digits', 'select 10.10::numeric as value', '10.10'],
    ['jsonb is a value', `select '{"a":[1]}'::jsonb as value`, { a: [1] }],
    ['bytea is bytes', `select '\\x00ff'::bytea as value`, Buffer.from([0, 255])],
  ])('%s', async (_title, statement, value) => {
    const [row] = await db.sql.unsafe<{ value: unknown }[]>(statement)
    expect(row?.value).toEqual(value)
  })

  test('an address that is no URL is refused without being repeated, since a password may stand in it', () => {
    expect(() => openPool('postgres//u:hunter2@h/d', { max: 1 })).toThrow(/must look like postgres:/)
    expect(() => openPool('postgres//u:hunter2@h/d', { max: 1 })).not.toThrow(/hunter2/)
  })
})
