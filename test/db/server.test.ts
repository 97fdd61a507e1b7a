import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool } from '../../src/db/pool.ts'
import { checkServer } from '../../src/db/server.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase({ empty: true })
})
afterAll(() => db.drop())

/** A pool whose server says that it is another: its settings and functions are replaced by ours, found first. */
async function pretend(what: string): Promise<ReturnType<typeof openPool>> {
  const sql = openPool(db.url, { max: 1 })
  await sql.unsafe(`create schema if not exists pretence; set search_path = pretence, public, pg_catalog; ${what}`)
  return sql
}

const setting = (
  name: string,
  value: string,
) => `create or replace function pretence.current_setting(text) returns text language sql
  as $$ select case $1 when '${name}' then '${value}' else pg_catalog.current_setting($1) end $$;`

test('a server of today is taken, with its version', async () => {
  expect(await checkServer(db.sql)).toEqual({ ok: true, version: expect.stringMatching(/^\d+/) })
})

test.each([
  ['PostgreSQL 14', setting('server_version_num', '140012'), /15 or later is needed/],
  ['a database in Latin-1', setting('server_encoding', 'LATIN1'), /encoded in LATIN1; UTF8 is needed/],
  [
    'a replica',
    'create or replace function pretence.pg_is_in_recovery() returns boolean language sql as $$ select true $$',
    /is a replica/,
  ],
])('%s is refused in a sentence', async (_title, what, reason) => {
  const sql = await pretend(what)
  expect(await checkServer(sql)).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  await sql.unsafe('drop schema pretence cascade')
  await sql.end()
})

test.for<[string, (url: URL) => URL, RegExp]>([
  ['a wrong password', (url: URL) => Object.assign(url, { password: 'hunter2' }), /refuses the password/],
  ['a database that does not exist', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), /no such database/],
  ['a port where nothing listens', (url: URL) => Object.assign(url, { port: '9' }), /nothing listens there/],
])('%s is told in a sentence without the password', async ([title, change, reason], context) => {
  const sql = openPool(change(new URL(db.url)).href, { max: 1 })
  const check = await checkServer(sql)
  if (check.ok && title === 'a wrong password') {
    await sql.end()
    context.skip('this server asks for no password')
  }
  expect(check).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  expect(JSON.stringify(check)).not.toContain('hunter2')
  await sql.end({ timeout: 0 })
})
