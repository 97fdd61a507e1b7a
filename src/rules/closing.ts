// By when a request closes by itself. Customers are told wherever their answer is wanted; what closes it is a rule of the desk.

import type { Desk } from '../desks/desk.ts'
import { breachAt } from '../tickets/clock.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Context } from './context.ts'
import type { RuleDefinition } from './schema.ts'
import { clockFacts, clockPlan } from './ticket-clock.ts'

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** The clocks whose end closes a ticket by this rule, whatever else holds: rules that ask for more promise nothing. */
export function closingClocks(rule: RuleDefinition, desk: Pick<Desk, 'statuses'>): readonly string[] {
  if (!listed(rule.on).includes('clock')) return []
  const { clock, stage, ...more } = rule.when
  const { status } = rule.then
  if (typeof status !== 'string' || desk.statuses[status]?.kind !== 'closed' || Object.keys(more).length > 0) return []
  if (stage !== undefined && !listed(stage).includes('breached')) return []
  return listed(clock).filter((name) => typeof name === 'string')
}

/** When this ticket closes if nobody writes; null: not by itself, or not while it is as it is. */
export function closesAt(context: Pick<Context, 'desk' | 'calendar' | 'rules'>, ticket: Ticket): Date | null {
  const closing = new Set(context.rules.flatMap((rule) => rule.closes))
  const plan = clockPlan(context, ticket)
  const ends = ticket.clocks
    .filter((clock) => closing.has(clock.name))
    .map((clock) => breachAt(clock, plan, clockFacts(ticket)))
    .filter((at) => at !== null)
  return ends.sort((a, b) => a.getTime() - b.getTime())[0] ?? null
}
