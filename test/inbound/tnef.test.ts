import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMail } from '../../src/inbound/parse.ts'
import { readTnef } from '../../src/inbound/tnef.ts'

const u16 = (value: number) => Buffer.from([value & 255, value >> 8])
const u32 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255])
const padded = (data: Buffer) => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)])

const attribute = (level: number, id: number, data: Buffer) =>
  Buffer.concat([Buffer.from([level]), u16(id), u16(6), u32(data.length), data, u16(0)])
const property = (type: number, id: number, data: Buffer) =>
  Buffer.concat([u16(type), u16(id), u32(1), u32(data.length), padded(data)])
const properties = (...list: Buffer[]) => Buffer.concat([u32(list.length), ...list])
const stream = (...attributes: Buffer[]) => Buffer.concat([u32(0x223e9f78), u16(1), ...attributes])

const file = (title: string, longName: string, content: string) => [
  attribute(2, 0x9002, Buffer.alloc(14)),
  attribute(2, 0x8010, Buffer.from(`${title}\0`)),
  attribute(2, 0x800f, Buffer.from(content)),
  attribute(2, 0x9005, properties(property(0x001f, 0x3707, Buffer.from(`${longName}\0`, 'utf16le')))),
]

describe('winmail.dat', () => {
  test('gives its files with their long names', () => {
    const found = readTnef(
      stream(...file('RESUME~1.PDF', 'résumé of Ann.pdf', 'one'), ...file('B.TXT', 'b.txt', 'two')),
    )
    expect(found?.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
      ['résumé of Ann.pdf', 'one'],
      ['b.txt', 'two'],
    ])
  })

  test.each([
    ['a plain body', attribute(1, 0x800c, Buffer.from('The printer is broken.\0')), 'The printer is broken.'],
    [
      'an HTML body',
      attribute(1, 0x9003, properties(property(0x0102, 0x1013, Buffer.from('<p>The printer<br>is broken.</p>')))),
      'The printer\nis broken.',
    ],
    [
      'an RTF body',
      attribute(
        1,
        0x9003,
        properties(
          property(
            0x0102,
            0x1009,
            Buffer.concat([
              u32(12),
              u32(200),
              Buffer.from('MELA'),
              u32(0),
              Buffer.from("{\\rtf1{\\fonttbl{\\f0 Arial;}}The printer \\'e9\\par is \\b broken\\b0 .}"),
            ]),
          ),
        ),
      ),
      'The printer é\nis broken.',
    ],
    [
      'a compressed RTF body of literals',
      attribute(
        1,
        0x9003,
        properties(
          property(
            0x0102,
            0x1009,
            Buffer.concat([
              u32(12),
              u32(16),
              Buffer.from('LZFu'),
              u32(0),
              Buffer.from([0]),
              Buffer.from('{\\rtf1 H'),
              Buffer.from([0]),
              Buffer.from('ello {x}'),
            ]),
          ),
        ),
      ),
      'Hello x',
    ],
  ])('%s is the text of a mail that has no other', async (_title, body, text) => {
    const winmail = stream(body).toString('base64')
    const mail = `From: ann@example.org\r\nSubject: x\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n${winmail}\r\n`
    expect((await parseMail(Buffer.from(mail))).text).toBe(text)
  })

  test('whatever the octets are, reading them ends', () => {
    const sound = stream(...file('A.TXT', 'a.txt', 'text'), attribute(1, 0x800c, Buffer.from('body\0')))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(sound.length),
        (changes, length) => {
          const bytes = Buffer.from(sound.subarray(0, length))
          for (const [at, value] of changes) if (at >= 6 && at < bytes.length) bytes[at] = value
          const found = readTnef(bytes)
          expect(found === null || found.attachments.length <= 5000).toBe(true)
        },
      ),
      {
        numRuns: 2000,
        examples: [
          [
            [
              [79, 128],
              [68, 32],
              [103, 128],
            ],
            104,
          ],
        ],
      },
    )
    expect(readTnef(Buffer.from('no TNEF at all'))).toBeNull()
  })
})
