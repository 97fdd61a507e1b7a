// Whose opening hours count for a ticket: those a rule chose, else those of its queue, else those of the desk.

import type { CalendarDefinition } from '../tickets/calendar-schema.ts'
import type { Desk } from './desk.ts'

interface Placed {
  readonly queue: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Name of the calendar; undefined: that of the desk. */
export function calendarNameOf(desk: Desk, ticket: Placed | null): string | undefined {
  if (ticket === null) return undefined
  const chosen = Object.hasOwn(ticket.fields, 'calendar') ? ticket.fields.calendar : undefined
  if (typeof chosen === 'string' && Object.hasOwn(desk.calendars, chosen)) return chosen
  return desk.queues[ticket.queue]?.calendar
}

export function ticketCalendar(desk: Desk, ticket: Placed | null): CalendarDefinition {
  const name = calendarNameOf(desk, ticket)
  return (name === undefined ? undefined : desk.calendars[name]) ?? desk.calendar
}
