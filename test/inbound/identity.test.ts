import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentIdentity, largeIdentity } from '../../src/inbound/identity.ts'
import { mailBytes } from '../support/raw-mail.ts'

const id = (bytes: Buffer, source = 's'): string => contentIdentity(bytes, source).identity.toString('hex')
const headers = { 'Message-ID': '<1@client.test>' }
const plain = mailBytes({ headers })

describe('two ways of one mail', () => {
  test.each<[string, Buffer]>([
    [
      'the hops it took do not matter',
      mailBytes({ headers, trace: ['Return-Path: <a@b>', 'Received: from x by y;\n\tMon', 'Delivered-To: a@b'] }),
    ],
    [
      'nor what the receiving server found',
      mailBytes({
        headers,
        trace: ['Authentication-Results: mx.test;\n dkim=pass', 'X-Spam-Score: 1', 'ARC-Seal: i=1'],
      }),
    ],
    ['nor LF line ends of a Maildir', Buffer.from(plain.toString().replaceAll('\r\n', '\n'))],
    ['nor empty lines at its end, as mbox adds them', Buffer.concat([plain, Buffer.from('\r\n\r\n')])],
  ])('%s', (_title, other) => {
    expect(id(other, 'other')).toBe(id(plain))
  })
})

describe('two mails', () => {
  test.each<[string, Buffer]>([
    ['another body under the same Message-ID is another mail', mailBytes({ headers, body: 'Autre.\n' })],
    ['another subject is another mail', mailBytes({ headers: { ...headers, Subject: 'autre' } })],
    [
      'a copy without its DKIM signature is another mail',
      mailBytes({ headers: { ...headers, 'DKIM-Signature': 'v=1; b=x' } }),
    ],
    ['a trace field in the body is text', mailBytes({ headers, body: 'Received: x\n\nBonjour.\n' })],
  ])('%s', (_title, other) => {
    expect(id(other)).not.toBe(id(plain))
  })

  test('without Message-ID and Received, equal bytes from two receipts are two mails', () => {
    const bytes = mailBytes({ headers: { 'Message-ID': undefined } })
    expect(id(bytes, 'a')).not.toBe(id(bytes, 'b'))
    expect(id(bytes, 'a')).toBe(id(bytes, 'a'))
  })

  test('without Message-ID but with Received, the exact bytes tell', () => {
    const bytes = (n: number) =>
      mailBytes({ headers: { 'Message-ID': undefined }, trace: [`Received: by mx id ${n}; Mon`] })
    expect(id(bytes(1), 'a')).toBe(id(bytes(1), 'b'))
    expect(id(bytes(1), 'a')).not.toBe(id(bytes(2), 'a'))
  })

  test('an empty Message-ID is none', () => {
    const bytes = mailBytes({ headers: { 'Message-ID': '' } })
    expect(id(bytes, 'a')).not.toBe(id(bytes, 'b'))
  })
})

test('any bytes have an identity, the same each time, whatever their line ends', () => {
  const piece = fc.oneof(
    fc.constantFrom('\r', '\n', '\r\n', ' ', ':', 'Received', 'Message-ID: <a@b>\r\n'),
    fc.string({ maxLength: 8 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''))
      const { identity, sha256 } = contentIdentity(bytes, 's')
      expect(identity).toHaveLength(32)
      expect(sha256).toHaveLength(32)
      expect(contentIdentity(Buffer.from(bytes), 's').identity.equals(identity)).toBe(true)
    }),
  )
})

test('a body longer than a block has one identity whether its lines end in CRLF or LF', () => {
  const body = 'x'.repeat(251).concat('\n').repeat(4200)
  const crlf = mailBytes({ headers, body })
  expect(crlf.length).toBeGreaterThan(1_000_000)
  expect(id(Buffer.from(crlf.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))).toBe(id(crlf))
})

describe('a mail that continues outside memory', () => {
  const restOf = (bytes: Buffer) => ({
    size: bytes.length,
    read: async (from: number, to: number) => bytes.subarray(from, to),
  })
  const tail = fc
    .array(fc.constantFrom('\r', '\n', '\r\n', 'x', ' ', 'y'.repeat(1000), '\r\n'.repeat(600)), { maxLength: 40 })
    .map((parts) => parts.join(''))

  test('has the identity it has in memory, wherever it is torn', async () => {
    await fc.assert(
      fc.asyncProperty(
        tail,
        tail,
        fc.boolean(),
        fc.oneof(fc.nat(3000), fc.nat(3000), fc.integer({ min: 1_000_000, max: 1_060_000 })),
        async (first, second, named, fill) => {
          const head = mailBytes({ headers: { 'Message-ID': named ? '<1@client.test>' : undefined } })
          const all = Buffer.concat([head, Buffer.from(first), Buffer.alloc(fill, 'abc\r\n'), Buffer.from(second)])
          const cut = Math.min(all.length, head.length + Math.floor(first.length / 2))
          const whole = contentIdentity(all, 's')
          const torn = await largeIdentity(all.subarray(0, cut), restOf(all.subarray(cut)), 's')
          expect(torn.sha256.equals(whole.sha256)).toBe(true)
          expect(torn.identity.equals(whole.identity)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })
})
