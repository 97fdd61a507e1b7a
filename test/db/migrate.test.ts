import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { openPool } from '../../src/db/pool.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let db: TestDatabase
let folder: string
beforeEach(async () => {
  db = await createTestDatabase({ empty: true })
  folder = await mkdtemp(join(tmpdir(), 'guichet-sql-'))
})
afterEach(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})

const file = (name: string, text: string) => writeFile(join(folder, name), text)

test('files are applied in order, once', async () => {
  await file('0002_more.sql', 'alter table a add column more int; create index on a (more);')
  await file('0001_first.sql', 'create table a (id int);')
  expect(await migrate(db.sql, folder)).toEqual({ ok: true, applied: ['0001_first.sql', '0002_more.sql'] })
  expect(await migrate(db.sql, folder)).toEqual({ ok: true, applied: [] })
  expect(await db.sql`select id, more from a`).toEqual([])
})

test('a file that fails leaves nothing of itself, and what came before stays', async () => {
  await file('0001_first.sql', 'create table a (id int);')
  await file('0002_broken.sql', 'create table b (id int); select * from nowhere;')
  await expect(migrate(db.sql, folder)).rejects.toThrow(/nowhere/)
  const rows = await db.sql`select name from schema_migration`
  expect(rows).toEqual([{ name: '0001_first.sql' }])
  expect((await db.sql`select to_regclass('b') as b`)[0]).toEqual({ b: null })
})

test('four processes that migrate at once apply each file once', async () => {
  await file('0001_first.sql', 'create table a (id int); insert into a values (1);')
  await file('0002_second.sql', 'insert into a values (2);')
  const pools = [1, 2, 3, 4].map(() => openPool(db.url, { max: 1 }))
  const outcomes = await Promise.all(pools.map((sql) => migrate(sql, folder)))
  await Promise.all(pools.map((sql) => sql.end()))
  expect(outcomes.flatMap((outcome) => (outcome.ok ? outcome.applied : [outcome.reason])).sort()).toEqual([
    '0001_first.sql',
    '0002_second.sql',
  ])
  expect(await db.sql`select id from a order by id`).toEqual([{ id: 1 }, { id: 2 }])
})

test.each([
  [
    'a file changed after it was applied',
    { '0001_first.sql': 'create table a (id bigint);' },
    /0001_first.sql was changed/,
  ],
  ['a file that slips in before an applied one', { '0000_late.sql': 'select 1;' }, /0000_late.sql comes before 0001/],
  ['two files with one number', { '0002_x.sql': 'select 1;', '0002_y.sql': 'select 1;' }, /same number/],
  ['a file with another kind of name', { 'fix.sql': 'select 1;' }, /fix.sql: a migration is named/],
])('%s is refused, and nothing is applied', async (_title, files, reason) => {
  await file('0001_first.sql', 'create table a (id int);')
  await migrate(db.sql, folder)
  for (const [name, text] of Object.entries(files)) await file(name, text)
  expect(await migrate(db.sql, folder)).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  expect(await db.sql`select name from schema_migration`).toHaveLength(1)
})

test('a database of a newer program is refused', async () => {
  await file('0001_first.sql', 'create table a (id int);')
  await file('0002_newer.sql', 'create table b (id int);')
  await migrate(db.sql, folder)
  await rm(join(folder, '0002_newer.sql'))
  expect(await migrate(db.sql, folder)).toEqual({ ok: false, reason: expect.stringMatching(/0002_newer.sql.*older/) })
})
