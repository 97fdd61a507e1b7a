import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { idsField, mailDate, textField } from '../../src/outbound/headers.ts'
import { faultInBytes, quotedPrintable, writeBody, writeMail } from '../../src/outbound/mime.ts'

const letters = fc.string({
  unit: fc.oneof(
    fc.constantFrom('é', '漢', '👍', ' ', '\t', '\n', '=', '.', 'From ', 'ا', 'x'.repeat(100)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 300,
})

/** What a reader of the text part gets back. */
async function readBack(text: string): Promise<string> {
  const { fields, body } = writeBody({ text, html: '<p>x</p>', calendar: null, files: [] }, '0123456789abcdef')
  const bytes = writeMail([['From', 'a@b.test'], ...fields], body)
  expect(faultInBytes(bytes, new Set(['From', 'MIME-Version', 'Content-Type']))).toBeNull()
  const parsed = await simpleParser(bytes, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true })
  return parsed.text ?? ''
}

test('a text comes back as it was, whatever the encoding chosen', async () => {
  await fc.assert(
    fc.asyncProperty(letters, async (text) => {
      const clean = text
        .toWellFormed()
        .replace(/[\p{Cc}]/gu, (c) => (c === '\n' || c === '\t' ? c : ''))
        .replace(/\ufeff/g, '')
      expect((await readBack(`a${clean}z\n`)).replace(/\n$/, '')).toBe(`a${clean}z`)
    }),
    { numRuns: 500 },
  )
})

test('lines of quoted-printable stay within 76 characters and are printable', () => {
  fc.assert(
    fc.property(letters, (text) => {
      for (const line of quotedPrintable(text.replace(/\r|\n/g, '\r\n')).split('\r\n'))
        expect(line).toMatch(/^[\x21-\x7e \t]{0,75}(?:[\x21-\x7e])?$|^$/)
    }),
  )
})

describe('fields', () => {
  test.each([
    ['plain', 'printer', 'printer'],
    ['with accents, as encoded words', 'Grüße', '=?UTF-8?B?R3LDvMOfZQ==?='],
    ['that looks encoded, encoded once more', '=?utf-8?q?x?=', '=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?='],
    ['with line ends, on one line', 'a\r\nBcc: b@c.d', 'a Bcc: b@c.d'],
  ])('a subject %s', (_title, subject, value) => {
    expect(textField('Subject', subject)).toEqual(['Subject', value])
  })

  test('a long subject is folded and comes back whole', async () => {
    const subject = `Réf. ${'très long sujet — 漢字 👍 '.repeat(25)}`.trim()
    const [, value] = textField('Subject', subject)
    for (const line of value.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
    expect((await simpleParser(`Subject: ${value}\r\n\r\nx`)).subject).toBe(subject)
  })

  test('ids that are none are left out', () => {
    expect(
      idsField('References', ['a@b', 'a b@c', 'é@b', '', 'x', `${'a'.repeat(300)}@b`, 'a@b', '<c@d>', 'c@d']),
    ).toEqual(['References', '<a@b>\r\n <c@d>'])
    expect(idsField('In-Reply-To', ['no id'])).toBeNull()
  })

  test('dates are written in UTC', () => {
    expect(mailDate(new Date('2025-03-03T09:05:07Z'))).toBe('Mon, 3 Mar 2025 09:05:07 +0000')
  })
})

test.each([
  ['an unexpected field', 'From: a\r\nBcc: b\r\n\r\nx\r\n', 'unexpected header line "Bcc: b"'],
  ['a bare LF in the body', 'From: a\r\n\r\nx\ny\r\n', 'a bare LF'],
  ['a bare CR in the body', 'From: a\r\n\r\nx\ry\r\n', 'a bare CR'],
  ['a long line', `From: a\r\n\r\n${'x'.repeat(999)}\r\n`, 'a line over 998 octets'],
  ['an 8-bit octet in the header', 'From: \xe9\r\n\r\nx\r\n', 'controls or 8-bit octets in the header'],
  ['a NUL', 'From: a\r\n\r\nx\0\r\n', 'a NUL'],
  ['no line end at the end', 'From: a\r\n\r\nx', 'no line end at the end'],
  ['nothing wrong', `From: a\r\n b\r\n\r\n${'x'.repeat(998)}\r\n`, null],
])('the last look finds %s', (_title, text, fault) => {
  expect(faultInBytes(Buffer.from(text, 'latin1'), new Set(['From']))).toBe(fault)
})
