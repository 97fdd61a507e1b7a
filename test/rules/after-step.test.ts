import { describe, expect, test } from 'vitest'
import { runAfterRules } from '../../src/rules/after-step.ts'
import type { MailEvent } from '../../src/rules/context.ts'
import type { Outcome } from '../../src/rules/decision.ts'
import { change, judgementOf, sheetOf } from '../../src/rules/judgement.ts'
import { context, mailEvent, rules, ticket } from '../support/rule-work.ts'

const event = mailEvent()
const mail = (): MailEvent => {
  if (event.type !== 'mail') throw new Error('no mail')
  return event
}

/** Tags that rules gave after an outcome, when `by` moved the ticket to `status`. */
function after(outcome: Outcome, moved?: { readonly status: string; readonly by: string }): readonly string[] {
  const judgement = judgementOf(
    mail(),
    context({
      rules: rules(
        { on: 'agent', then: { tags: 'agent' } },
        { on: 'choice', then: { tags: 'choice' } },
        { on: 'status', when: { status: 'expert' }, then: { tags: 'expert', queue: 'second', note: 'handed over' } },
        { on: ['new', 'reply'], then: { tags: 'never' } },
      ),
    }),
  )
  judgement.decision.outcome = outcome
  const sheet = sheetOf(judgement, ticket())
  if (moved) change(sheet, 'status', moved.status, moved.by)
  runAfterRules(judgement, sheet)
  return sheet.ticket.tags
}

describe('rules for what has been done', () => {
  test.each([
    ['an agent’s answer', 'relayed', undefined, ['agent']],
    ['an agent’s note', 'noted', undefined, ['agent']],
    ['a customer’s choice', 'chosen', undefined, ['choice']],
    ['a status set by an agent', 'commanded', { status: 'expert', by: 'ada@orchard.test' }, ['agent', 'expert']],
    ['a status set by a customer’s reply', 'appended', { status: 'expert', by: 'on-reply' }, ['expert']],
    ['a status set by a rule, whose rules have run already', 'appended', { status: 'expert', by: 'rule x' }, []],
    ['another status', 'appended', { status: 'waiting', by: 'on-reply' }, []],
  ] satisfies [string, Outcome, { status: string; by: string } | undefined, string[]][])(
    '%s',
    (_title, outcome, moved, expected) => {
      expect(after(outcome, moved)).toEqual(expected)
    },
  )
})
