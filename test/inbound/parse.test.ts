import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { describe, expect, test } from 'vitest'
import { parseMail, readAttachments, readByHand } from '../../src/inbound/parse.ts'

// What another program wrote has to come back as it was meant: nodemailer composes, we read.
const compose = (mail: ConstructorParameters<typeof MailComposer>[0]): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    new MailComposer(mail).compile().build((error, bytes) => (error ? reject(error) : resolve(bytes)))
  })

const words = fc
  .string({ unit: fc.constantFrom(...'abc éüß日本語 العربية😀,;"()<>@:.'.split('')), minLength: 1, maxLength: 30 })
  .map((text) => `x${text.toWellFormed().replace(/\s+/g, ' ')}x`)
const fileName = fc
  .string({ unit: fc.constantFrom(...'abc é日😀.-_'.split('')), minLength: 1, maxLength: 60 })
  .map((text) => `f${text.toWellFormed()}f.bin`)

describe('what another program composed is read as it was meant', () => {
  test('sender, subject, text and attachments, whatever letters and octets they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        words,
        words,
        fc.array(words, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fileName, fc.uint8Array({ maxLength: 400 })), { maxLength: 4 }),
        async (name, subject, lines, files) => {
          const text = lines.join('\n')
          const bytes = await compose({
            from: { name, address: 'ann@example.org' },
            to: 'desk@example.net',
            subject,
            text,
            attachments: files.map(([filename, content]) => ({
              filename,
              content: Buffer.from(content),
              contentType: 'application/x-test',
            })),
          })
          const read = await parseMail(bytes)
          expect(read.problem).toBeNull()
          expect(read.from?.address).toBe('ann@example.org')
          expect(read.subject).toBe(subject)
          expect(read.text.trimEnd()).toBe(text)
          expect(read.attachments.map((attachment) => attachment.filename)).toEqual(
            files.map(([filename]) => filename.trim()),
          )
          const contents = await readAttachments(
            bytes,
            files.map((_file, n) => n),
          )
          contents.forEach(({ content }, n) => {
            expect(content.equals(Buffer.from(files[n]?.[1] ?? []))).toBe(true)
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a calendar invitation comes out whole', async () => {
    const ics = 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n'
    const read = await parseMail(
      await compose({
        from: 'ann@example.org',
        subject: 'x',
        text: 'come',
        icalEvent: { method: 'REQUEST', content: ics },
      }),
    )
    expect(read.calendar?.replace(/\r?\n/g, '\r\n')).toBe(ics)
  })
})

describe('no octets make the reader fail', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'From: ',
      'a@b.example',
      '\r\n',
      '\n',
      '\r',
      '\r\n\r\n',
      'Subject: x',
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Type: text/html',
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: base64',
      '--b',
      '--b--',
      '=?utf-8?q?',
      '?=',
      'begin 644 a',
      '<div>',
      '> ',
      '\0',
    ),
    fc.string({ maxLength: 20 }),
  )
  test('and what it gives can be stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1')
        for (const read of [await parseMail(bytes), readByHand(bytes, 'on purpose')]) {
          const json = JSON.stringify(read)
          expect(json).not.toContain('\\u0000')
          expect(json.isWellFormed() && !/\\ud[89ab]/i.test(json)).toBe(true)
          expect(read.replyText === '').toBe(read.text.trim() === '')
        }
      }),
      { numRuns: 1500 },
    )
  })
})
