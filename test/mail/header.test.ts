import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMailDate } from '../../src/mail/date.ts'
import { decodeEncodedWords } from '../../src/mail/encoded-word.ts'
import { allValues, displayText, firstValue, hidesFrom, readHeaderBlock } from '../../src/mail/header.ts'
import { parseMessageId, parseMessageIds } from '../../src/mail/message-ids.ts'
import { parseParameters } from '../../src/mail/parameters.ts'

const read = (text: string | Buffer) => readHeaderBlock(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)

describe('a header block', () => {
  test.each([
    ['folded lines are one value', 'Subject: a\r\n\tb\r\n c\r\n\r\nbody', 'a b c'],
    ['a blank before the colon is obsolete and read', 'Subject : a\r\n\r\n', 'a'],
    ['an mbox line is no field', 'From ann Mon Jan 1\r\nSubject: a\r\n\r\n', 'a'],
    ['line feeds alone end lines', 'X: y\nSubject: a\n\nbody', 'a'],
    ['a line that is no field is passed over', 'X: y\r\nnonsense here\r\nSubject: a\r\n\r\n', 'a'],
    ['the first of two counts', 'Subject: a\r\nSubject: b\r\n\r\n', 'a'],
    ['UTF-8 octets are read', Buffer.from('Subject: é\r\n\r\n'), 'é'],
    ['other octets are not guessed', 'Subject: \xe9\r\n\r\n', '\ufffd'],
    ['octets inside an encoded word belong to its character set', 'Subject: =?iso-8859-1?q?\xe9?=\r\n\r\n', 'é'],
    ['ISO-2022-JP without a label is read', 'Subject: \x1b$B$\x22\x1b(B\r\n\r\n', 'あ'],
  ])('%s', (_title, bytes, subject) => {
    expect(displayText(firstValue(read(bytes).fields, 'subject') ?? '')).toBe(subject)
  })

  test('a lost empty line does not make the body part of the header', () => {
    const text = 'Subject: a\r\nDear all,\r\nplease help.\r\n'
    expect(Buffer.from(text).toString('latin1', read(text).bodyAt)).toBe('Dear all,\r\nplease help.\r\n')
  })

  test('names are compared without case and all values are kept in order', () => {
    expect(allValues(read('Received: a\r\nRECEIVED: b\r\n\r\n').fields, 'received')).toEqual(['a', 'b'])
  })

  test('the body begins behind the empty line, or there is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const bytes = Buffer.from(octets)
        const { bodyAt } = readHeaderBlock(bytes)
        expect(bodyAt).toBeGreaterThanOrEqual(0)
        expect(bodyAt).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})

describe('a From field that only some readers see (T20)', () => {
  test.each([
    ['a NUL in its name', 'Fr\0om: evil@x.example\r\nFrom: ann@example.org\r\n\r\n', true],
    ['a vertical tab behind its name', 'From: ann@example.org\r\nFrom\x0b: evil@x.example\r\n\r\n', true],
    ['a blank that is none', 'From\xa0: evil@x.example\r\nFrom: ann@example.org\r\n\r\n', true],
    ['a byte order mark before it', '\xef\xbb\xbfFrom: evil@x.example\r\nFrom: ann@example.org\r\n\r\n', true],
    ['a CR alone before it', 'Subject: x\rFrom: evil@x.example\r\nFrom: ann@example.org\r\n\r\n', true],
    ['an ordinary one', 'Subject: x\r\nFrom: ann@example.org\r\n\r\n', false],
    ['two CR at line ends', 'Subject: x\r\r\nFrom: ann@example.org\r\r\n\r\n', false],
    ['a mail that knows CR alone', 'Subject: x\rFrom: ann@example.org\r\rHello\r', false],
    ['obsolete syntax', 'from : ann@example.org\r\n\r\n', false],
    ['the word in a folded value', 'Subject: x\r\n From: y\r\nFrom: ann@example.org\r\n\r\n', false],
    ['a line of the body', 'From: ann@example.org\r\n\r\nFr\0om: evil@x.example\r\n', false],
    ['an mbox line', 'From ann Mon Jan 1\r\nFrom: ann@example.org\r\n\r\n', false],
  ])('%s', (_title, text, hidden) => {
    const bytes = Buffer.from(text, 'latin1')
    expect(hidesFrom(bytes.subarray(0, read(bytes).bodyAt))).toBe(hidden)
  })
})

describe('encoded words', () => {
  test.each([
    ['=?utf-8?q?Andr=C3=A9?=', 'André'],
    ['=?UTF-8?B?QW5kcsOp?=', 'André'],
    ['=?utf-8?q?a?= =?utf-8?q?b?=', 'ab'],
    ['=?utf-8?q?a?= b =?utf-8?q?c?=', 'a b c'],
    ['=?utf-8?q?=C3?= =?utf-8?q?=A9?=', 'é'],
    ['=?iso-8859-1?q?=E9?= =?utf-8?q?=C3=A9?=', 'éé'],
    ['=?utf-8*fr?q?a_b?=', 'a b'],
    ['=?utf-8?q?what??=', 'what?'],
    ['=?utf-8?x?a?=', '=?utf-8?x?a?='],
    ['=?utf-8?q?never ends', '=?utf-8?q?never ends'],
    ['plain', 'plain'],
  ])('%s reads "%s"', (value, text) => {
    expect(decodeEncodedWords(value)).toBe(text)
  })

  test('any text that is encoded comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.boolean(), (text, base64) => {
        const bytes = Buffer.from(text.toWellFormed(), 'utf8')
        const body = base64
          ? bytes.toString('base64')
          : [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')
        expect(decodeEncodedWords(`=?utf-8?${base64 ? 'b' : 'q'}?${body}?=`)).toBe(
          bytes.toString('utf8').replace(/^\ufeff/, ''),
        )
      }),
    )
  })
})

describe('parameters', () => {
  test.each([
    ['quoted', 'text/plain; name="a b.txt"', 'a b.txt'],
    ['bare with blanks', 'text/plain; name=a b.txt', 'a b.txt'],
    ['RFC 2231', "text/plain; name*=utf-8''a%20%C3%A9.txt", 'a é.txt'],
    ['RFC 2231 in pieces', "text/plain; name*1*=%A9.txt; name*0*=utf-8''a%20%C3", 'a é.txt'],
    ['pieces, some encoded', 'text/plain; name*0="a b"; name*1*=%20c', 'a b c'],
    ['RFC 2047 where it must not be', 'text/plain; name="=?utf-8?q?=C3=A9.txt?="', 'é.txt'],
    ['RFC 2231 before the plain form', "text/plain; name=x.txt; name*=utf-8''%C3%A9.txt", 'é.txt'],
    ['the first of two', 'text/plain; name=a; name=b', 'a'],
    ['a semicolon inside quotes', 'text/plain; name="a;b"', 'a;b'],
    ['escaped quotes', 'text/plain; name="a\\"b"', 'a"b'],
    ['no semicolon after the type', 'text/plain charset=x; name=a', 'a'],
  ])('%s', (_title, value, name) => {
    const read = parseParameters(value)
    expect(read.value).toBe('text/plain')
    expect(read.parameters.get('name')).toBe(name)
  })
})

describe('dates and ids', () => {
  test.each([
    ['Mon, 02 Nov 2026 10:00:00 +0100', '2026-11-02T09:00:00.000Z'],
    ['2 Nov 26 10:00 EST', '2026-11-02T15:00:00.000Z'],
    ['Mon, 2 Nov 2026 10:00:00 GMT (comment)', '2026-11-02T10:00:00.000Z'],
    ['2026-11-02 10:00:00', '2026-11-02T10:00:00.000Z'],
    ['02-Nov-2026 10.00.00 -0000', '2026-11-02T10:00:00.000Z'],
    ['yesterday', null],
    ['', null],
    ['Mon, 99 Nov 2026 10:00:00 +0000', null],
  ])('the date "%s" is %s', (value, iso) => {
    expect(parseMailDate(value)?.toISOString() ?? null).toBe(iso)
  })

  test.each([
    ['<a@b>', 'a@b'],
    [' <a@b\r\n c>', 'a@bc'],
    ['a@b', 'a@b'],
    ['', null],
    ['two words', null],
  ])('the Message-ID %j is %s', (value, id) => {
    expect(parseMessageId(value)).toBe(id)
  })

  test('references keep their order, each once, the first and the newest of too many', () => {
    expect(parseMessageIds('<a@x> <b@x>\r\n\t<a@x>')).toEqual(['a@x', 'b@x'])
    const many = parseMessageIds(Array.from({ length: 1000 }, (_x, i) => `<${i}@x>`).join(' '))
    expect(many).toHaveLength(200)
    expect([many[0], many.at(-1)]).toEqual(['0@x', '999@x'])
  })
})
