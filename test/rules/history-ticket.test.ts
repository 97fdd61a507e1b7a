import { expect, test } from 'vitest'
import { runRules } from '../../src/rules/run.ts'
import type { FieldValue } from '../../src/tickets/ticket.ts'
import { rules, work } from '../support/rule-work.ts'

const latest = (type: string, fields: Record<string, FieldValue>, number = 3) => [{ number, type, fields }]

test.each([
  ['the type', { type: 'correction' }, latest('correction', {}), true],
  ['one of several types', { type: ['question', 'correction'] }, latest('correction', {}), true],
  ['another type', { type: 'question' }, latest('correction', {}), false],
  ['a field that is due today', { field: { run: { on: 'today' } } }, latest('question', { run: '2026-11-18' }), true],
  ['a field of another day', { field: { run: { on: 'today' } } }, latest('question', { run: '2026-11-19' }), false],
  ['a field that is not there', { field: { run: { on: 'today' } } }, latest('question', {}), false],
  ['type and field together', { type: 'correction', field: { count: 2 } }, latest('question', { count: 2 }), false],
  ['the ticket itself, which is no other', { type: 'correction' }, latest('correction', {}, 12), false],
  ['no ticket', { type: 'correction' }, [], false],
])('another ticket of the requester is asked for %s', (_title, ticket, history, holds) => {
  const made = work({
    context: {
      rules: rules({ when: { history: { ticket } } }),
      history: { lastTicket: 3, openTickets: [], ticketsToday: 0, latest: history },
    },
  })
  runRules(made)
  expect(made.ticket.tags).toEqual(holds ? ['matched'] : [])
})

test('types and fields that the desk does not have are faults', () => {
  expect(() => rules({ when: { history: { ticket: { type: 'corection', field: { runs: 1 } } } } })).toThrow(
    /did you mean .*correction.*did you mean .*run/s,
  )
})
