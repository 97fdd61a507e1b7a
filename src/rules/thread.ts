// Which ticket a mail belongs to (threats 5d). Candidates come in the order of the ladder; the first that may count wins.
// A signed mark finds a ticket; a number in the subject or a known Message-ID finds it for its participants only.

import type { Desk } from '../desks/desk.ts'
import type { Person } from '../desks/person.ts'
import { staffAt } from '../desks/staff.ts'
import type { Envelope, InboundMessage } from '../inbound/message.ts'
import { normaliseSubject } from '../mail/subject.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Candidate } from './context.ts'
import { type Judgement, say } from './judgement.ts'
import { ofPerson } from './known-list.ts'

export interface Found {
  readonly ticket: Ticket
  readonly rung: Candidate['rung']
  readonly signed: Candidate['signed']
  /** The sender is one of the ticket's people. */
  readonly participant: boolean
}

const rungWords: Readonly<Record<Candidate['rung'], string>> = {
  address: 'by the signed reply address',
  'message-id': 'by the signed Message-ID it answers',
  alias: 'by the provider’s id of our mail',
  footer: 'by the signed mark in the footer',
  'inbound-id': 'by the Message-ID of an earlier mail of the ticket',
  awaited: 'by a mail that had not come when the ticket was opened',
  subject: 'by the number in the subject',
}

export function isParticipant(ticket: Ticket, sender: Person | null): boolean {
  if (!sender) return false
  const contact = sender.contact?.id ?? null
  return ticket.participants.some((p) => p.address === sender.address || (contact !== null && p.contact === contact))
}

/**
 * The ticket of the mail, or none. Signed rungs name it whoever writes; what is not signed finds it for its people only. `conflict`:
 * equally strong marks name several tickets, so that it opens a new one that is linked to them.
 */
export function findTicket(judgement: Judgement): {
  readonly found: Found | null
  readonly conflict: readonly Ticket[]
} {
  const { candidates, sender } = judgement.context
  const signed = candidates.find((c) => isSigned(c.rung))
  if (signed) {
    const same = candidates.filter((c) => c.rung === signed.rung)
    const tickets = [...new Set(same.map((c) => c.ticket))]
    const mine = tickets.filter((t) => isParticipant(t, sender))
    if (signed.rung === 'address' && tickets.length > 1 && mine.length !== 1) return conflict(judgement, tickets)
    return { found: founder(judgement, same.find((c) => isParticipant(c.ticket, sender)) ?? signed), conflict: [] }
  }
  const mine = candidates.filter((c) => isParticipant(c.ticket, sender))
  const byNumber = [...new Set(mine.filter((c) => c.rung === 'subject').map((c) => c.ticket))]
  const known = mine.find((c) => c.rung === 'inbound-id' || c.rung === 'awaited')
  if (!known && byNumber.length > 1) return conflict(judgement, byNumber)
  const chosen = known ?? mine[0] ?? candidates.find((c) => c.rung === 'subject') ?? candidates[0]
  return { found: chosen ? founder(judgement, chosen) : null, conflict: [] }
}

/**
 * Whether a mail that comes late, or answers the same missing mail as a ticket's first one, is the same conversation: by one of the
 * ticket's people, under the same subject, and where it can still be added. Otherwise it is a new matter under an old mail. So is
 * what machines write (they put all their reports under one id that never was a mail), and what agents do.
 */
export function continues(
  mail: { readonly sender: Person | null; readonly message: InboundMessage; readonly envelope: Envelope },
  ticket: Ticket,
  desk: Desk,
): boolean {
  const { sender, message, envelope } = mail
  const about = (subject: string): string => normaliseSubject(subject).toLowerCase()
  return (
    isParticipant(ticket, sender) &&
    staffAt(desk, sender?.address ?? '') === undefined &&
    ofPerson(desk, message) &&
    (envelope.mailFrom !== '' || envelope.authUser !== null) &&
    desk.replies !== 'portal' &&
    desk.statuses[ticket.status]?.kind !== 'closed' &&
    about(message.subject) === about(ticket.subject)
  )
}

function founder(judgement: Judgement, chosen: Candidate): Found {
  say(
    judgement,
    'thread',
    `found-${chosen.rung}`,
    `It belongs to ticket ${chosen.ticket.number}, found ${rungWords[chosen.rung]}.`,
  )
  return {
    ticket: chosen.ticket,
    rung: chosen.rung,
    signed: chosen.signed,
    participant: isParticipant(chosen.ticket, judgement.context.sender),
  }
}

function conflict(judgement: Judgement, tickets: readonly Ticket[]): { found: null; conflict: readonly Ticket[] } {
  say(
    judgement,
    'thread',
    'conflict',
    `Equally strong marks name ${tickets.length} tickets: it opens a new one that is linked to them.`,
  )
  return { found: null, conflict: tickets }
}

/** Signed rungs give the token’s word, the others only a hint. */
export function isSigned(rung: Candidate['rung']): boolean {
  return rung === 'address' || rung === 'message-id' || rung === 'alias' || rung === 'footer'
}
