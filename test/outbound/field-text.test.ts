import { expect, test } from 'vitest'
import { fieldSchema } from '../../src/desks/desk.ts'
import { fieldText } from '../../src/outbound/field-text.ts'

const branch = { name: 'Branch', values: { north: { en: 'Northern branch', fr: 'Filiale du Nord' }, hq: 'Central' } }

test.each([
  ['a name that the desk gives a value', branch, 'north', 'fr', 'Filiale du Nord'],
  ['the desk’s language where a value has no name in the reader’s', branch, 'north', 'es', 'Northern branch'],
  ['one name for all languages', branch, 'hq', 'fr', 'Central'],
  ['a value without a name', branch, 'south', 'fr', 'south'],
  ['a value that is the name of something else', branch, 'constructor', 'en', 'constructor'],
  ['a country', { name: 'Country', kind: 'country' }, 'DJ', 'es', 'Yibuti'],
  ['a country as somebody wrote it', { name: 'Country', kind: 'country' }, 'sa', 'fr', 'Arabie saoudite'],
  ['two letters of no country', { name: 'Country', kind: 'country' }, 'XQ', 'fr', 'XQ'],
  ['a country in words', { name: 'Country', kind: 'country' }, 'Yemen (Sana’a)', 'fr', 'Yemen (Sana’a)'],
  ['a date', { name: 'Day', kind: 'date' }, '2026-11-25', 'es', 'miércoles, 25 de noviembre de 2026'],
  ['the first of a month in French', { name: 'Day', kind: 'date' }, '2026-12-01', 'fr', 'mardi 1er décembre 2026'],
  ['the eleventh', { name: 'Day', kind: 'date' }, '2026-12-11', 'fr', 'vendredi 11 décembre 2026'],
  ['a date that is none', { name: 'Day', kind: 'date' }, '2026-13-25', 'es', '2026-13-25'],
  ['an amount', { name: 'Price', kind: 'amount' }, '1234.50 EUR', 'en', '€1,234.50'],
  ['an amount without its currency', { name: 'Price', kind: 'amount' }, '1250.50', 'en', '1,250.50'],
  ['a number', { name: 'Count', kind: 'number' }, 1234.5, 'fr', '1\u202f234,5'],
  ['a yes', { name: 'There', kind: 'boolean' }, true, 'en', '✓'],
  ['a no with a name', { name: 'There', kind: 'boolean', values: { false: 'not yet' } }, false, 'en', 'not yet'],
  ['nothing', { name: 'Anything' }, null, 'en', ''],
])('%s, as people read it', (_what, field, value, language, expected) => {
  expect(fieldText(fieldSchema.parse(field), value, { language, fallback: 'en' })).toBe(expected)
})
