import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldSchema } from '../../src/desks/desk.ts'
import { dayChart, roundUp } from '../../src/web/charts.ts'
import { formatOf, maskAddress, plainLine, plainText } from '../../src/web/format.ts'
import { portalLink } from '../../src/web/request-answer.ts'
import { shownField } from '../../src/web/request-page.ts'
import { acceptedLanguages, chooseLanguage, pageLanguages, wordsOf } from '../../src/web/words.ts'

const spaced = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

describe('durations, sizes and dates read as in the language', () => {
  test.each([
    ['fr', 0, '0 minute'],
    ['en', 60_000, '1 minute'],
    ['en', 89 * 60_000, '89 minutes'],
    ['es', 3 * 3_600_000, '3 horas'],
    ['fr', 47 * 3_600_000, '47 heures'],
    ['en', 72 * 3_600_000, '3 days'],
    ['fr', -5, '0 minute'],
  ])('%s: %d ms is "%s"', (language, ms, expected) => {
    expect(spaced(formatOf(language, 'UTC').span(ms))).toBe(expected)
  })

  test.each([
    ['fr', 999, '999 octets'],
    ['fr', 12_345, '12 ko'],
    ['en', 2_600_000, '3 MB'],
  ])('%s: %d bytes are "%s"', (language, size, expected) => {
    expect(spaced(formatOf(language, 'UTC').bytes(size))).toBe(expected)
  })

  test('an instant is shown in the zone of the desk, also across daylight saving', () => {
    const format = formatOf('en', 'Europe/Paris')
    expect(format.instant(new Date('2026-03-29T00:30:00Z'))).toBe('29 March 2026 at 01:30')
    expect(format.instant(new Date('2026-03-29T01:30:00Z'))).toBe('29 March 2026 at 03:30')
  })

  test.each([
    ['a date', '2026-03-04', 'date', 'Wednesday, 4 March 2026'],
    ['a date that is none', '2026-13-04', 'date', '2026-13-04'],
    ['an amount', '1250.50 EUR', 'amount', '€1,250.50'],
    ['a number', 1250.5, 'number', '1,250.5'],
    ['a yes', true, 'boolean', 'yes'],
    ['a value with a name', 'closed', 'text', 'shut'],
    ['a country', 'CM', 'country', 'Cameroon'],
  ])('%s of a field', (_what, value, kind, expected) => {
    const field = fieldSchema.parse({ name: 'Field', kind, values: { closed: { en: 'shut', fr: 'fermé' } } })
    expect(shownField(field, value, { language: 'fr' }, formatOf('en', 'UTC'), wordsOf('en'))).toBe(expected)
  })
})

describe('a stranger’s text', () => {
  test.each([
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['\u200b.htaccess', '.htaccess'],
    ['two\r\nlines\tand a tab', 'two lines and a tab'],
    ['nul\u0000\u001b[31m', 'nul[31m'],
  ])('%j is shown in one line as %j', (text, expected) => {
    expect(plainLine(text)).toBe(expected)
  })

  test('is one line of bounded length, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const line = plainLine(text, 100)
        expect(line.length).toBeLessThanOrEqual(100)
        expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })

  test('keeps its lines where it is running text, and cannot turn the writing', () => {
    expect(plainText('a\r\nb\rc\n\n\n\n\n\nd\u202E')).toBe('a\nb\nc\n\n\nd')
  })

  test.each([
    ['ann@client.test', 'a…@client.test'],
    ['élodie@client.test', 'é…@client.test'],
    ['no address', '…'],
  ])('the address %s is masked as %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked)
  })
})

describe('languages', () => {
  test.each([
    ['es-MX,es;q=0.9,en;q=0.8', ['es', 'es', 'en']],
    ['en;q=0.2, fr;q=0.9', ['fr', 'en']],
    ['*', []],
    ['fr;q=0', []],
    [undefined, []],
  ])('Accept-Language %s', (header, expected) => {
    expect(acceptedLanguages(header)).toEqual(expected)
  })

  test('the first that the pages speak is taken, else English', () => {
    expect(chooseLanguage([null, 'sv', 'es', 'fr'])).toBe('es')
    expect(chooseLanguage(['__proto__', undefined])).toBe('en')
  })

  test('no language leaves a sentence empty or says it in another’s words', () => {
    const plain = (language: string) =>
      new Map(Object.entries(wordsOf(language)).filter(([, said]) => typeof said === 'string' && said.includes(' ')))
    const english = plain('en')
    for (const language of pageLanguages.filter((code) => code !== 'en'))
      for (const [key, said] of plain(language)) expect([key, said]).not.toEqual([key, english.get(key)])
    for (const language of pageLanguages) expect(JSON.stringify(wordsOf(language))).not.toMatch(/:""/)
  })
})

test.each([
  ['https://portal.test/r/{ticket}', 'https://portal.test/r/BLU-7'],
  ['https://portal.test/?n={number}&t={ticket}', 'https://portal.test/?n=7&t=BLU-7'],
  ['javascript:alert({number})', null],
  ['{ticket}', null],
])('the portal’s address %s gives %s', (template, expected) => {
  expect(portalLink(template, 'BLU-7', 7)).toBe(expected)
})

describe('charts', () => {
  test('an axis ends at a round number that is not below the value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (value) => {
        const end = roundUp(value)
        expect(end).toBeGreaterThanOrEqual(value)
        expect(String(end)).toMatch(/^(1|2|5)0*$/)
      }),
    )
  })

  test('every bar stays inside the picture and stands on the floor', async () => {
    const days = [0, 1, 7, 1_000].map((opened) => ({ label: 'x', opened, closed: opened * 2 }))
    const svg = String(await dayChart({ id: 'c', days, title: 't', summary: 's', opened: 'o', closed: 'c' }))
    const bars = [...svg.matchAll(/<rect class="\w+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)]
      .map((found) => found.slice(1).map(Number))
      .slice(2)
    expect(bars).toHaveLength(8)
    for (const [x = 0, y = 0, width = 0, height = 0] of bars) {
      expect(x + width).toBeLessThanOrEqual(640)
      expect(y).toBeGreaterThanOrEqual(26)
      expect(y + height).toBeCloseTo(168, 0)
    }
  })
})
