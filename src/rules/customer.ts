// A customer’s mail: on a ticket of theirs, on a closed one, on a portal-only desk, or as a new ticket.

import type { Ticket } from '../tickets/ticket.ts'
import { append } from './append.ts'
import { signedChoice, spokenChoice } from './choice.ts'
import { consultAnswer } from './consult.ts'
import { finding } from './finding.ts'
import { after, todayOf } from './hours.ts'
import {
  conclude,
  hold,
  type Judgement,
  mail,
  say,
  senderLanguage,
  senderRecipient,
  setField,
  sheetOf,
} from './judgement.ts'
import { openTicket } from './new-ticket.ts'
import { joinChosen, joinOpenCase } from './open-case.ts'
import { findTicket, isSigned } from './thread.ts'

export function customerMail(judgement: Judgement): boolean {
  const { context, event } = judgement
  if (joinChosen(judgement)) return true
  const choice = signedChoice(judgement)
  if (choice || consultAnswer(judgement)) return true
  const { found, conflict } = findTicket(judgement)
  if (!found) return (conflict.length === 0 && joinOpenCase(judgement)) || openTicket(judgement, { refers: conflict })
  const { ticket } = found
  const released = event.released?.as === 'append'
  if (event.released?.as === 'open') return openTicket(judgement, { refers: [ticket] })
  if (!found.participant && !released) {
    if (wasForAgent(judgement)) {
      hold(
        judgement,
        'participant',
        'agent-not-of-desk',
        finding('agent-address-by-another', { what: String(ticket.number) }),
        { ticket, release: 'record' },
      )
      return conclude(judgement, 'held')
    }
    if (isSigned(found.rung)) {
      hold(judgement, 'participant', 'third-party', finding('address-by-another', { what: String(ticket.number) }), {
        ticket,
        release: 'append',
      })
      return conclude(judgement, 'held')
    }
    if (context.desk.strangers === 'hold' && found.rung === 'subject') {
      hold(
        judgement,
        'participant',
        'stranger-quotes-ticket',
        finding('number-by-stranger', { what: String(ticket.number) }),
        { ticket, release: 'append' },
      )
      return conclude(judgement, 'held')
    }
    say(
      judgement,
      'participant',
      'stranger',
      `Its author is none of the people of ticket ${ticket.number}: it opens a ticket of its own, linked to that one.`,
    )
    return openTicket(judgement, { refers: [ticket] })
  }
  const kind = context.desk.statuses[ticket.status]?.kind
  if (kind === 'closed') return onClosed(judgement, ticket)
  if (portalOnly(judgement, ticket)) return true
  const spoken = spokenChoice(judgement, ticket)
  if (spoken) return spoken
  return append(judgement, ticket)
}

const wasForAgent = ({ context }: Judgement): boolean => context.carried.some(({ signed }) => signed.purpose === 'a')

/** Mail on a closed ticket: the desk’s policy (decisions 7). */
function onClosed(judgement: Judgement, ticket: Ticket): boolean {
  const { context, event } = judgement
  const policy = context.desk.closed
  if (event.released) return append(judgement, ticket)
  if (policy === 'refuse') {
    hold(
      judgement,
      'closed',
      'closed-ticket',
      `Ticket ${ticket.number} is closed and this desk never reopens: the mail is kept and its author is told to open a new request that names it.`,
      { ticket, release: 'append' },
    )
    const to = senderRecipient(judgement)
    if (to) {
      mail(judgement, {
        template: 'closed-refused',
        role: 'customer',
        to,
        language: senderLanguage(judgement),
        automatic: 'auto-replied',
        ticket,
        budget: 'acknowledgement',
        inReplyTo: event.message.messageId,
        once: `closed:${ticket.number}:${to.address}:${todayOf(context)}`,
      })
    }
    return conclude(judgement, 'refused')
  }
  if (crossedClosing(judgement, ticket)) {
    say(judgement, 'closed', 'crossed', `It came while ticket ${ticket.number} was being closed for want of an answer.`)
    setField(sheetOf(judgement, ticket), 'closed-by', null, 'on-reply')
    return append(judgement, ticket, { reopen: true })
  }
  if (
    typeof policy === 'object' &&
    ticket.closedAt !== null &&
    context.now <= after(context, ticket.closedAt, policy['reopen-within'])
  ) {
    say(judgement, 'closed', 'reopened', `Ticket ${ticket.number} was closed not long ago: it is opened again.`)
    return append(judgement, ticket, { reopen: true })
  }
  say(judgement, 'closed', 'new-linked', `Ticket ${ticket.number} is closed: the mail opens a new one that names it.`)
  return openTicket(judgement, { refers: [ticket], follows: ticket })
}

const crossingMs = 60_000

/** An answer of the minute in which a clock closed the ticket for want of one is that answer. */
const crossedClosing = ({ event }: Judgement, ticket: Ticket): boolean =>
  ticket.fields['closed-by'] === 'clock' &&
  ticket.closedAt !== null &&
  event.envelope.receivedAt.getTime() <= ticket.closedAt.getTime() + crossingMs

/** Portal-only desks take replies of requesters through the portal alone; the one place where that is decided. */
function portalOnly(judgement: Judgement, ticket: Ticket): boolean {
  const { context, event } = judgement
  if (context.desk.replies !== 'portal' || context.authentication.by === 'portal' || event.released) return false
  hold(
    judgement,
    'portal-only',
    'portal-only',
    'Replies to this desk are taken by its portal only: the mail is kept, its author gets the portal’s link.',
    { ticket, release: 'append' },
  )
  const to = senderRecipient(judgement)
  if (to && !event.message.origin.suppressAutoReply) {
    mail(judgement, {
      template: 'portal-only',
      role: 'customer',
      to,
      language: senderLanguage(judgement),
      automatic: 'auto-replied',
      ticket,
      budget: 'acknowledgement',
      inReplyTo: event.message.messageId,
      once: `portal-only:${ticket.number}:${todayOf(context)}`,
    })
  }
  return conclude(judgement, 'refused')
}
