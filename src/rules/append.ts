// A mail of one of a ticket’s people becomes part of it: history, status, rules, and the staff who are told.

import type { Ticket } from '../tickets/ticket.ts'
import { mailEntry } from './entry.ts'
import { change, conclude, type Judgement, languageFor, say, setField, sheetOf, type TicketSheet } from './judgement.ts'
import { filesOf, mailFacts } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'
import { addCcOf } from './participants.ts'
import { runTicketRules } from './rule-step.ts'
import { isParticipant } from './thread.ts'

/** Adds the mail to its ticket, moves the status as the desk says, runs the rules, tells the staff. */
export function append(judgement: Judgement, ticket: Ticket, options: { readonly reopen?: boolean } = {}): boolean {
  const { context } = judgement
  const sheet = sheetOf(judgement, ticket)
  if (!isParticipant(ticket, context.sender)) return noteOfOther(judgement, sheet)
  sheet.entries.push(mailEntry(judgement, { kind: 'customer', public: true }))
  sheet.moments.push('customer-mail')
  ticket.lastCustomerAt = context.now
  ticket.updatedAt = context.now
  const quiet = !moveOnReply(judgement, sheet, options.reopen ?? false)
  addCcOf(judgement, sheet)
  const verdict = runTicketRules(judgement, sheet, 'reply')
  if (verdict !== 'go') {
    judgement.decision.tickets = judgement.decision.tickets.filter((s) => s !== sheet)
    return conclude(judgement, verdict === 'hold' ? 'held' : 'refused')
  }
  tellOfCustomerMail(judgement, sheet, quiet)
  return conclude(judgement, 'appended')
}

/** Released, but from somebody who is not on the ticket: staff read it, its people do not (T05). */
function noteOfOther(judgement: Judgement, sheet: TicketSheet): boolean {
  const from = judgement.event.message.from?.address ?? ''
  sheet.entries.push(mailEntry(judgement, { kind: 'customer', public: false, data: { thirdParty: from } }))
  say(judgement, 'participant', 'internal', `${from || 'Its author'} is not on the ticket: only staff see it.`)
  tellOfCustomerMail(judgement, sheet)
  return conclude(judgement, 'noted')
}

/** False when mail has reopened the ticket too often: it stays as it is (threats 4b). */
function moveOnReply(judgement: Judgement, sheet: TicketSheet, reopen: boolean): boolean {
  const { desk, reopeningsSpent } = judgement.context
  const { ticket } = sheet
  const to = desk['on-reply'].status
  const kind = desk.statuses[ticket.status]?.kind
  const from = desk['on-reply'].from
  const moves = from ? from.includes(ticket.status) : kind === 'waiting' || kind === 'solved'
  if (!moves && !reopen) return true
  if (ticket.fields.awaiting === 'confirmation') setField(sheet, 'awaiting', null, 'on-reply')
  const target = to ?? desk.start.status
  if (kind === 'closed' || kind === 'solved') {
    if (reopeningsSpent.has(ticket.number)) {
      say(judgement, 'reply', 'quiet', `Ticket ${ticket.number} was reopened by mail too often: it stays as it is.`)
      return false
    }
    ticket.reopens += 1
    sheet.moments.push('reopened')
    ticket.closedAt = null
    ticket.solvedAt = null
  }
  change(sheet, 'status', target, 'on-reply')
  return true
}

/** `quiet`: one of the staff, once an hour; the others find it on the ticket. */
export function tellOfCustomerMail(judgement: Judgement, sheet: TicketSheet, quiet = false): void {
  const { context, event } = judgement
  const { ticket } = sheet
  const told = staffOf(context, ticket)
  for (const staff of quiet ? told.slice(0, 1) : told) {
    tellStaff(
      judgement,
      [staff],
      'agent-customer-mail',
      ticket,
      {
        ...mailFacts(judgement, ticket, languageFor(context.desk, staff.language)),
        history: historyOf(context, ticket, languageFor(context.desk, staff.language)),
      },
      {
        attachments: filesOf(event),
        except: event.message.from?.address ?? null,
        ...(quiet ? { once: `reopen-quiet:${ticket.number}:${context.now.toISOString().slice(0, 13)}` } : {}),
      },
    )
  }
}
