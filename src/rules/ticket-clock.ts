// The calendar by which a ticket's time counts, and what its clocks need to know of it.

import type { Calendar } from '../tickets/calendar.ts'
import type { ClockFacts, ClockPlan } from '../tickets/clock.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Context } from './context.ts'

export function calendarOf(context: Pick<Context, 'desk' | 'calendar'>, ticket: Ticket): Calendar {
  const chosen = ticket.fields.calendar
  if (typeof chosen === 'string' && context.desk.calendars[chosen]) return context.calendar(chosen)
  return context.calendar(context.desk.queues[ticket.queue]?.calendar)
}

export function clockPlan(context: Pick<Context, 'desk' | 'calendar'>, ticket: Ticket): ClockPlan {
  const { desk } = context
  return { definitions: desk.clocks, statuses: desk.statuses, types: desk.types, calendar: calendarOf(context, ticket) }
}

export const clockFacts = (ticket: Ticket): ClockFacts => ({
  priority: ticket.priority,
  type: ticket.type,
  status: ticket.status,
})
