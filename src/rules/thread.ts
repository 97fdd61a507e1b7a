// Which ticket a mail belongs to (threats 5d). Candidates come in the order of the ladder; the first that may count wins.
// A signed mark finds a ticket; a number in the subject or a known Message-ID finds it for its participants only.

import type { Person } from '../desks/person.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Candidate } from './context.ts'
import { type Judgement, say } from './judgement.ts'

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
  subject: 'by the number in the subject',
}

export function isParticipant(ticket: Ticket, sender: Person | null): boolean {
  if (!sender) return false
  const contact = sender.contact?.id ?? null
  return ticket.participants.some((p) => p.address === sender.address || (contact !== null && p.contact === contact))
}

/** The ticket of the mail, or why there is none. `conflict`: equally strong marks name different tickets. */
export function findTicket(judgement: Judgement): {
  readonly found: Found | null
  readonly conflict: readonly Ticket[]
} {
  const { candidates, sender } = judgement.context
  const first = candidates[0]
  if (!first) return { found: null, conflict: [] }
  const rivals = candidates.filter((c) => c.rung === first.rung && c.ticket !== first.ticket)
  const own = candidates.find((c) => c.rung === first.rung && isParticipant(c.ticket, sender))
  if (rivals.length > 0 && (first.rung === 'subject' || first.rung === 'address')) {
    const mine = candidates.filter((c) => c.rung === first.rung && isParticipant(c.ticket, sender))
    if (mine.length !== 1) {
      const tickets = [...new Set(candidates.filter((c) => c.rung === first.rung).map((c) => c.ticket))]
      say(
        judgement,
        'thread',
        'conflict',
        `Equally strong marks name ${tickets.length} tickets: it opens a new one that is linked to them.`,
      )
      return { found: null, conflict: tickets }
    }
  }
  const chosen = own ?? first
  say(
    judgement,
    'thread',
    `found-${chosen.rung}`,
    `It belongs to ticket ${chosen.ticket.number}, found ${rungWords[chosen.rung]}.`,
  )
  return {
    found: {
      ticket: chosen.ticket,
      rung: chosen.rung,
      signed: chosen.signed,
      participant: isParticipant(chosen.ticket, sender),
    },
    conflict: [],
  }
}

/** Signed rungs give the token’s word, the others only a hint. */
export function isSigned(rung: Candidate['rung']): boolean {
  return rung === 'address' || rung === 'message-id' || rung === 'alias' || rung === 'footer'
}
