import { expect, test } from 'vitest'
import { readFilter } from '../../src/cli/announce.ts'

test.each([
  [[], {}],
  [['category=bank'], { category: ['bank'] }],
  [['category=bank,agency', 'country=CD'], { category: ['bank', 'agency'], country: ['CD'] }],
  [['category=bank', 'category=agency'], { category: ['bank', 'agency'] }],
  [['organisation=River Bank'], { organisation: ['River Bank'] }],
])('--filter %j means %j', (given, filter) => {
  expect(readFilter(given)).toEqual(filter)
})

test.each([['bank'], ['category='], ['=bank'], ['category=,']])(
  '--filter %s is refused: half a condition would write to everybody',
  (given) => {
    expect(() => readFilter([given])).toThrow('ATTRIBUTE=VALUE')
  },
)
