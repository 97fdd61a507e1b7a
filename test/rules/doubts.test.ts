import { expect, test } from 'vitest'
import { decide } from '../../src/rules/decide.ts'
import { context, mailEvent } from '../support/rule-work.ts'

const told = (doubts: readonly ('versions-differ' | 'answers-in-quote')[]): string =>
  JSON.stringify(decide(mailEvent({ doubts }), context({ sender: null })).mails)

test('T48: whoever reads of a mail whose versions differ is told so', () => {
  expect(told(['versions-differ'])).toContain('something else in HTML than in plain text')
  expect(told([])).not.toContain('something else in HTML')
})

test('whoever reads of a mail that points into the old mail is told to read it', () => {
  expect(told(['answers-in-quote'])).toContain('answers within the quoted mail')
})
