// The appointment of a ticket, as its fields keep it: it has one identity all its life, and a sequence that rises with each change.

import { ticketCalendar } from '../desks/ticket-calendar.ts'
import { formatDate } from '../outbound/format.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { type Judgement, setField, type TicketSheet } from './judgement.ts'

export interface Visit {
  readonly uid: string
  readonly sequence: number
  readonly start: Date
  readonly end: Date
  readonly place: string
}

/** The appointment of a ticket that has not been cancelled; null when there is none. */
export function visitOf(ticket: Ticket): Visit | null {
  const { fields } = ticket
  const uid = fields['visit-uid']
  const start = Date.parse(String(fields['visit-at'] ?? ''))
  const end = Date.parse(String(fields['visit-until'] ?? ''))
  if (typeof uid !== 'string' || fields.visit === 'cancelled' || Number.isNaN(start) || Number.isNaN(end)) return null
  return {
    uid,
    sequence: Number(fields['visit-sequence'] ?? 0),
    start: new Date(start),
    end: new Date(end),
    place: String(fields['visit-place'] ?? ''),
  }
}

/** Writes what became of the appointment into the fields of its ticket. */
export function setVisit(
  sheet: TicketSheet,
  values: Readonly<Record<string, string | number | null>>,
  by: string,
): void {
  for (const [field, value] of Object.entries(values)) setField(sheet, field, value, by)
}

/** True when the ticket waits for an answer to its appointment. */
export const awaitsVisit = (ticket: Ticket): boolean => ticket.fields.awaiting === 'visit' && visitOf(ticket) !== null

const lines: Readonly<Record<'proposed' | 'moved' | 'cancelled', Readonly<Record<string, string>>>> = {
  proposed: { fr: 'Rendez-vous proposé :', en: 'Appointment proposed:', es: 'Cita propuesta:' },
  moved: { fr: 'Rendez-vous déplacé :', en: 'Appointment moved:', es: 'Cita cambiada:' },
  cancelled: { fr: 'Rendez-vous annulé :', en: 'Appointment cancelled:', es: 'Cita anulada:' },
}

/** How the appointment stands in the history that the ticket’s people read. */
export function historyLine(judgement: Judgement, ticket: Ticket, what: keyof typeof lines, visit: Visit): string {
  const words = lines[what][ticket.language] ?? lines[what].en ?? ''
  return [`${words} ${localTime(judgement, ticket, visit.start)}`, visit.place].filter(Boolean).join(', ')
}

/** Date and time of day where the ticket is worked on. */
export function localTime({ context }: Judgement, ticket: Ticket, at: Date, language = ticket.language): string {
  return formatDate(at, 'datetime', { language, zone: ticketCalendar(context.desk, ticket).zone })
}
