// Who joins a ticket. Nobody does by being named in a forged mail (T04): only an authenticated participant of a desk that allows it adds people.

import type { Participant } from '../tickets/ticket.ts'
import { type Judgement, say, type TicketSheet } from './judgement.ts'

export function participant(
  address: string,
  name: string,
  at: Date,
  options: {
    readonly person?: number
    readonly role?: Participant['role']
    readonly contact?: number | null
    readonly language?: string | null
    readonly zone?: string | null
  } = {},
): Participant {
  return {
    person: options.person ?? 0,
    address,
    name,
    role: options.role ?? 'participant',
    muted: false,
    language: options.language ?? null,
    addedAt: at,
    contact: options.contact ?? null,
    zone: options.zone ?? null,
  }
}

const most = 20

/** Other recipients of a customer’s mail become participants when the desk says `cc: add` and the sender passed authentication. */
export function addCcOf(judgement: Judgement, sheet: TicketSheet): void {
  const { context, event } = judgement
  if (context.desk.cc !== 'add' || context.authentication.result !== 'pass') return
  for (const other of [...event.message.to, ...event.message.cc]) {
    if (sheet.ticket.participants.length >= most) break
    if (
      context.instance.isOurs(other.address) ||
      sheet.ticket.participants.some((p) => p.address === other.address) ||
      context.desk.staff.some((s) => s.address === other.address)
    )
      continue
    const person = context.people.get(other.address)
    sheet.ticket.participants.push(
      participant(other.address, other.name, context.now, {
        person: person?.id ?? 0,
        contact: person?.contact?.id ?? null,
        language: person?.contact?.language ?? null,
      }),
    )
    sheet.changes.push({ field: 'participant', from: null, to: other.address, by: 'cc' })
    say(judgement, 'participants', 'added', `${other.address} stood in To or Cc and joins the ticket from now on.`)
  }
}
