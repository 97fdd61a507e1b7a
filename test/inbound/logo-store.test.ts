import { afterAll, beforeAll, expect, test } from 'vitest'
import { markLogos } from '../../src/inbound/logo-store.ts'
import { parseMail } from '../../src/inbound/parse.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const part = (type: string, name: string, content: string) =>
  `--b\r\nContent-Type: ${type}; name=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}\r\n`
const mail = `From: ann@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n${part('image/png', 'logo.png', 'the logo')}${part('image/png', 'shot.png', 'a screenshot')}${part('application/pdf', 'terms.pdf', 'the terms')}--b--\r\n`

async function seen(desk: string, entries: readonly number[], sha256: string): Promise<void> {
  for (const entry of entries) {
    await database.sql`
      insert into attachment (desk, entry, seq, ticket, content_type, size, sha256, inline, part)
      values (${desk}, ${entry}, (select count(*) from attachment where desk = ${desk} and entry = ${entry}), 1, 'image/png', 8, decode(${sha256}, 'hex'), true, 0)`
  }
}

test('a picture that a desk has seen in three mails before is a logo, there and nowhere else', async () => {
  const message = await parseMail(Buffer.from(mail))
  const [logo, shot, terms] = message.attachments.map((attachment) => attachment.sha256)
  await seen('abc', [1, 2, 3], logo ?? '')
  await seen('abc', [4, 4, 5], shot ?? '')
  await seen('abc', [6, 7, 8], terms ?? '')
  const [here, there] = await markLogos(database.sql, [
    { desk: 'abc', message },
    { desk: 'xyz', message },
  ])
  expect(here?.attachments.map(({ filename, logo: hidden }) => [filename, hidden === true])).toEqual([
    ['logo.png', true],
    ['shot.png', false],
    ['terms.pdf', false],
  ])
  expect(there?.attachments.some((attachment) => attachment.logo)).toBe(false)
})
