import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeReading } from '../../src/cli/explain-reading.ts'
import { parseMail, readAttachments } from '../../src/inbound/parse.ts'

// Each `stem.eml` is a mail that taught something; `stem.json` says what, and what is read of it.
const folder = new URL('../fixtures/mail/', import.meta.url)
const stems = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => name.slice(0, -4))
const load = (stem: string): { title: string; expect: Record<string, unknown> } =>
  JSON.parse(readFileSync(new URL(`${stem}.json`, folder), 'utf8'))
const bytesOf = (stem: string) => readFileSync(new URL(`${stem}.eml`, folder))

describe('what mails taught', () => {
  test.each(stems.map((stem) => [load(stem).title, stem]))('%s (%s)', async (_title, stem) => {
    const read = JSON.parse(JSON.stringify(describeReading(stem, await parseMail(bytesOf(stem)))))
    if (typeof read.text === 'string') read.text = read.text.trim()
    expect(read).toMatchObject(load(stem).expect)
  })
})

test('the bytes of an attachment are found again by its index', async () => {
  const bytes = bytesOf('parts-inline-image')
  const { attachments } = await parseMail(bytes)
  const found = await readAttachments(bytes, [1, 7])
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ index: 1, filename: 'a.pdf', contentType: 'application/pdf' })
  expect(found[0]?.content.toString()).toBe('%PDF-')
  expect(attachments[1]?.size).toBe(5)
})

test('a forwarded message is known by its author and text', async () => {
  const { forwarded } = await parseMail(bytesOf('parts-nested-message'))
  expect(forwarded).toEqual({
    from: { address: 'bob@example.com', name: 'Bob' },
    subject: 'old trouble',
    text: 'It was broken before.',
  })
})

test('an inline forward is known by its author and text', async () => {
  const mail =
    'From: ann@example.org\r\nSubject: Fwd: x\r\n\r\nSee below.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Bob <bob@example.com>\r\nDate: Mon, 2 Nov 2026\r\nSubject: old trouble\r\nTo: ann@example.org\r\n\r\nIt was broken before.\r\n'
  const { forwarded, replyText } = await parseMail(Buffer.from(mail))
  expect(replyText).toBe('See below.')
  expect(forwarded).toEqual({
    from: { address: 'bob@example.com', name: 'Bob' },
    subject: 'old trouble',
    text: 'It was broken before.',
  })
})
