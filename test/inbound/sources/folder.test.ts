import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadMailboxHealth } from '../../../src/inbound/mailbox-store.ts'
import { type Reception, receive } from '../../../src/inbound/receive.ts'
import { createFolderSource, type FolderSource } from '../../../src/inbound/sources/folder.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'
import { mailBytes } from '../../support/raw-mail.ts'
import { until } from '../../support/sockets.ts'

let db: TestDatabase
let box: string
let source: FolderSource
let down = false
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail, mailbox`
  box = await mkdtemp(join(tmpdir(), 'guichet-maildir-'))
  for (const part of ['new', 'cur', 'tmp']) await mkdir(join(box, part))
  down = false
  const reception: Reception = { sql: db.sql, now: async () => new Date(), route: () => ['one'] }
  source = createFolderSource(
    { name: 'drop', path: box, 'poll-seconds': 3600 },
    {
      sql: db.sql,
      now: async () => new Date(),
      receive: (mails) => (down ? Promise.reject(new Error('database is down')) : receive(reception, mails)),
      maxSize: 300_000,
    },
  )
})
afterEach(async () => {
  await source.stop()
  await rm(box, { recursive: true, force: true })
})
const drop = (name: string, bytes = mailBytes()): Promise<void> => writeFile(join(box, 'new', name), bytes)

test('mails in new are stored in their order and lie unseen in cur afterwards', async () => {
  for (const n of [10, 9, 100]) await drop(`${n}.host`, mailBytes({ headers: { Subject: `n${n}` } }))
  expect(await source.runOnce()).toEqual({ stored: 3 })
  expect(await readdir(join(box, 'new'))).toEqual([])
  expect((await readdir(join(box, 'cur'))).sort()).toEqual(['10.host:2,', '100.host:2,', '9.host:2,'])
  const rows = await db.sql<{ source_id: string }[]>`select source_id from receipt order by id`
  expect(rows.map((row) => row.source_id)).toEqual([
    'folder:drop:9.host',
    'folder:drop:10.host',
    'folder:drop:100.host',
  ])
})

test('nothing moves before it is stored, and a second look brings nothing twice', async () => {
  await drop('1.host')
  down = true
  await expect(source.runOnce()).rejects.toThrow('database is down')
  expect(await readdir(join(box, 'new'))).toEqual(['1.host'])
  expect(await loadMailboxHealth(db.sql)).toMatchObject([{ account: 'drop', lastError: 'database is down' }])
  down = false
  await source.runOnce()
  await rename(join(box, 'cur', '1.host:2,'), join(box, 'new', '1.host'))
  expect((await source.runOnce()).stored).toBe(0)
  expect((await db.sql`select from receipt`).length).toBe(1)
  expect((await loadMailboxHealth(db.sql))[0]?.lastError).toBeNull()
})

test('links are left alone, a mail beyond the limit is stored in part', async () => {
  await symlink('/etc/hostname', join(box, 'new', '1.link'))
  await drop('2.host', mailBytes({ body: 'x'.repeat(400_000) }))
  expect((await source.runOnce()).stored).toBe(1)
  const [row] = await db.sql<{ size: number }[]>`select size from raw_mail`
  expect(row?.size).toBeLessThan(263_000)
  expect(await readdir(join(box, 'new'))).toEqual(['1.link'])
})

test('a folder that is no Maildir is said', async () => {
  await rm(join(box, 'new'), { recursive: true })
  await expect(source.runOnce()).rejects.toThrow('no Maildir')
})

test('a mail that is dropped while it watches is there by the notice of the file system', async () => {
  source.start()
  await until('the first look', async () => (await loadMailboxHealth(db.sql)).length === 1)
  await drop('1.host')
  await until('the mail', async () => (await db.sql`select from raw_mail`).length === 1)
})
