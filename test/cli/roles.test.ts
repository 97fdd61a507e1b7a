// One gateway as two programs, against one database server.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLocalMail } from '../../src/cli/mail-client.ts'
import { packageRoot } from '../../src/package-root.ts'
import { guichet, type Served, serve } from '../support/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

const main = join(packageRoot, 'dist', 'main.js')
let database: TestDatabase
let door: Served
let office: Served
let env: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  env = { DATABASE_URL: database.url, GUICHET_SECRET: 'a-secret-of-the-roles-test' }
  office = await serve({ ...env, GUICHET_SMTP_LISTEN: 'off' }, [
    process.execPath,
    main,
    'serve',
    '--role',
    'worker',
    'outbound',
  ])
  door = await serve(env, [process.execPath, main, 'serve', '--role', 'inbound', 'web'])
})
afterAll(async () => {
  await door.close()
  await office.close()
  await database.drop()
})

test('what one program receives, the other judges and sends; the page is served by the first', async () => {
  expect(office.listening).toMatchObject({ smtp: null, web: null })
  const [host, port] = door.listening.smtp.split(':')
  const transport = createTransport({ host, port: Number(port), ignoreTLS: true })
  await transport.sendMail({
    from: 'contact@spt.client.test',
    to: 'spt@guichet.test',
    subject: 'Deux programmes',
    text: 'Bonjour',
    headers: { 'Authentication-Results': 'guichet.test; dmarc=pass header.from=spt.client.test' },
  })
  transport.close()
  await office.line(/"msg":"sent"/)
  const outgoing = join(office.data, 'outgoing')
  const [name = ''] = (await readdir(outgoing)).filter((file) => file.endsWith('.eml'))
  expect((await readLocalMail(await readFile(join(outgoing, name)))).subject).toContain('[SPT-1] Deux programmes')
  const ready = await fetch(`http://${door.listening.web}/readyz`)
  expect([ready.status, await ready.json()]).toMatchObject([200, { ok: true }])
})

test('a log says what to try next, with whole addresses and without the supervisors’ token', async () => {
  const { write, supervisors } = JSON.parse(await door.line(/"msg":"to try it"/)) as Record<string, string>
  expect(write).toMatch(/GUICHET_SMTP_LISTEN=127\.0\.0\.1:\d+ .*try send --as contact@\S+ --to \S+@guichet\.test /)
  expect(supervisors).toBe(`http://${door.listening.web}/desks`)
  expect(office.out()).not.toContain('to try it')
})

test('commands use the same database server', async () => {
  const { code, out } = await guichet(['show', 'SPT-1'], env)
  expect(out).toContain('Deux programmes')
  expect(code).toBe(0)
})

test('each ends cleanly by itself', async () => {
  expect(await door.stop()).toBe(0)
  expect(await office.stop()).toBe(0)
})
