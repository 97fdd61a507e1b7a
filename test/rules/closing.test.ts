import { expect, test } from 'vitest'
import { rules } from '../support/rule-work.ts'

const closes = (when: unknown, then: unknown, on: unknown = 'clock'): readonly string[] =>
  rules({ name: 'the rule', on, when, then }).flatMap((rule) => rule.closes)

test.each([
  ['its end closes', { clock: 'silence', stage: 'breached' }, { status: 'closed' }, ['silence']],
  ['its warning closes nothing', { clock: 'silence', stage: 'warned' }, { status: 'closed' }, []],
  ['its end moves it elsewhere', { clock: 'silence', stage: 'breached' }, { status: 'waiting' }, []],
  [
    'something else has to hold as well',
    { clock: 'silence', stage: 'breached', priority: 'normal' },
    { status: 'closed' },
    [],
  ],
])('a clock promises the end of a request when %s', (_what, when, then, expected) => {
  expect(closes(when, then)).toEqual(expected)
})
