import { expect, test } from 'vitest'
import { checklistSchema, missingFields } from '../../src/desks/checklist.ts'

const lists = [
  { fields: { module: ['BANK', 'NÓMINA'] }, wants: ['date', 'voucher'] },
  { types: ['report'], wants: ['path'] },
  { tags: ['on-site'], wants: ['place', 'date'] },
  { wants: ['screens'] },
].map((list) => checklistSchema.parse(list))

test.each([
  ['what every case needs', {}, ['screens']],
  [
    'what a module needs, whatever its case and accents',
    { fields: { module: 'nomina' } },
    ['date', 'voucher', 'screens'],
  ],
  ['what is there is not asked for', { fields: { module: 'BANK', date: '2026-11-18', screens: true } }, ['voucher']],
  [
    'false is an answer, nothing is none',
    { fields: { screens: false, module: 'BANK', date: '', voucher: null } },
    ['date', 'voucher'],
  ],
  ['what a type needs', { type: 'report' }, ['path', 'screens']],
  [
    'what two lists want is asked for once',
    { fields: { module: 'BANK' }, tags: ['on-site'] },
    ['date', 'voucher', 'place', 'screens'],
  ],
])('%s', (_title, facts, expected) => {
  expect(missingFields(lists, { type: 'case', tags: [], fields: {}, ...facts })).toEqual(expected)
})
