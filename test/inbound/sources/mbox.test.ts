import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MboxMail, readMbox } from '../../../src/inbound/sources/mbox.ts'

const separator = 'From awa@client.test Mon Nov  2 09:00:00 2026\n'

async function read(text: string | Buffer, options: { step?: number; maxSize?: number } = {}): Promise<MboxMail[]> {
  const bytes = Buffer.from(text)
  const step = options.step ?? bytes.length
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
  }
  const mails: MboxMail[] = []
  for await (const mail of readMbox(pieces(), options.maxSize ?? 1e9)) mails.push(mail)
  return mails
}
const texts = async (text: string, options = {}): Promise<string[]> =>
  (await read(text, options)).map((mail) => mail.bytes.toString())

test.each<[string, string, string[]]>([
  ['an empty file has no mail', '', []],
  [
    'two mails, the empty line between them is not theirs',
    `${separator}A: 1\n\nx\n\n${separator}B: 2\n\ny\n`,
    ['A: 1\n\nx\n', 'B: 2\n\ny\n'],
  ],
  [
    'quoted From lines lose one sign',
    `${separator}A: 1\n\n>From me\n>>From you\n> From nobody\n`,
    ['A: 1\n\nFrom me\n>From you\n> From nobody\n'],
  ],
  [
    'a From in the text without an empty line before it is text',
    `${separator}A: 1\n\nx\nFrom a Mon Nov 2 09:00:00 2026\n`,
    ['A: 1\n\nx\nFrom a Mon Nov 2 09:00:00 2026\n'],
  ],
  ['a From without a time is text', `${separator}A: 1\n\nx\n\nFrom now on\n`, ['A: 1\n\nx\n\nFrom now on\n']],
  [
    'CRLF line ends stay',
    `${separator.replace('\n', '\r\n')}A: 1\r\n\r\nx\r\n\r\n${separator}B: 2\r\n`,
    ['A: 1\r\n\r\nx\r\n', 'B: 2\r\n'],
  ],
  ['a file that ends in the middle of a line', `${separator}A: 1\n\nx`, ['A: 1\n\nx']],
  ['a mail without anything', `${separator}\n${separator}A: 1\n`, ['\n', 'A: 1\n']],
  ['what stands before the first separator is nobody’s', `rubbish\n\n${separator}A: 1\n`, ['A: 1\n']],
])('%s', async (_title, file, expected) => {
  expect(await texts(file)).toEqual(expected)
  for (const step of [1, 2, 7]) expect(await texts(file, { step })).toEqual(expected)
})

test('offsets name the separators, ends meet them', async () => {
  const file = `${separator}A: 1\n\nx\n\n${separator}B: 2\n`
  const mails = await read(file)
  expect(mails.map((mail) => [mail.offset, mail.end])).toEqual([
    [0, file.lastIndexOf('From ')],
    [file.lastIndexOf('From '), file.length],
  ])
})

test('a mail beyond the limit is cut off and marked, those around it are whole', async () => {
  const file = `${separator}A: 1\n\nx\n\n${separator}B: 2\n\n${'y'.repeat(600_000)}\n\n${separator}C: 3\n`
  for (const step of [60_000, 700_000]) {
    const mails = await read(file, { step, maxSize: 300_000 })
    expect(mails.map((mail) => mail.cutFrom)).toEqual([null, 600_008, null])
    expect(mails[1]?.bytes.toString('latin1', 0, 60)).toMatch(/^X-Guichet-Cut-Off: 262144 of 600008 octets\r\nB: 2\n/)
    expect(mails[1]?.bytes.length).toBeLessThan(263_000)
    expect(mails[2]?.bytes.toString()).toBe('C: 3\n')
  }
})

test('one line of many megabytes is read in one pass', async () => {
  const file = Buffer.concat([Buffer.from(`${separator}A: 1\n\n`), Buffer.alloc(20_000_000, 'x')])
  const mails = await read(file, { step: 65_536 })
  expect(mails[0]?.bytes.length).toBe(20_000_006)
})

test('what was written as mboxrd is read back, whatever it says and wherever the file is cut', async () => {
  const line = fc.oneof(
    fc.constantFrom('', 'From x 10:00', '>From ', '>>From y 09:00', 'From ', 'text', ' From'),
    fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
  )
  const mail = fc.array(line, { maxLength: 12 }).map((lines) => `A: 1\n\n${lines.join('\n')}\n.\n`)
  await fc.assert(
    fc.asyncProperty(
      fc.array(mail, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      async (mails, step) => {
        const file = mails.map((text) => `${separator}${text.replaceAll(/^(>*From )/gm, '>$1')}\n`).join('')
        expect(await texts(file, { step })).toEqual(mails)
      },
    ),
    { numRuns: 300 },
  )
})
