// Rules for what has just been done to a ticket: an agent's answer or command, a customer's choice, a status or priority that
// somebody other than a rule changed. What was done stays done: such rules neither hold nor refuse.

import type { Event, EventName } from './context.ts'
import { systemEntry } from './entry.ts'
import type { Judgement, Sheet, TicketSheet } from './judgement.ts'
import { workOf } from './rule-step.ts'
import { runRules } from './run.ts'

/** Runs the rules that wait for `name` on a ticket; their notes go into its history. */
export function runEventRules(judgement: Sheet, event: Event, sheet: TicketSheet, name: EventName): void {
  const work = workOf(judgement, event, sheet, name)
  runRules(work)
  for (const note of work.notes) sheet.entries.push(systemEntry(note, { by: 'rule' }))
}

/** Rules on `agent` or `choice`, by what became of the mail, then those on `status`. */
export function runAfterRules(judgement: Judgement, sheet: TicketSheet): void {
  const { event, decision } = judgement
  switch (decision.outcome) {
    case 'relayed':
    case 'noted':
    case 'commanded':
      runEventRules(judgement, event, sheet, 'agent')
      break
    case 'chosen':
      runEventRules(judgement, event, sheet, 'choice')
      break
    default:
      break
  }
  if (movedByOthers(sheet)) runEventRules(judgement, event, sheet, 'status')
}

/** A status or priority that is new, and not by a rule: rules that a rule calls have run at once. */
function movedByOthers({ isNew, ticket, before, changes }: TicketSheet): boolean {
  if (isNew || (ticket.status === before.status && ticket.priority === before.priority)) return false
  const last = changes.findLast(({ field }) => field === 'status' || field === 'priority')
  return last !== undefined && !last.by.startsWith('rule ')
}
