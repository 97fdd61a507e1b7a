// What people answer to an appointment: by their calendar program, by a signed choice, or in plain words where the desk takes mail.

import { type InvitationAnswer, readAnswer } from '../mail/invitation.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { localTime, setVisit, visitOf } from './appointment.ts'
import { mailEntry, systemEntry } from './entry.ts'
import {
  change,
  conclude,
  type Gate,
  type Judgement,
  languageFor,
  mail,
  recipientOf,
  say,
  setField,
  sheetOf,
} from './judgement.ts'
import { answerReaches } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'

/**
 * What a customer's calendar program answered. It is automatic mail by every header, so it is looked at before those are; it counts only
 * for the appointment of a ticket of its author's.
 */
export const visitAnswered: Gate = (judgement) => {
  const { context, event } = judgement
  const { message } = event
  if (message.calendar === null || event.released || context.authentication.result === 'fail') return false
  const answer = readAnswer(message.calendar)
  if (!answer) return false
  for (const { ticket } of context.candidates) {
    const who = ticket.participants.find(
      (p) => p.address === context.sender?.address || (p.contact !== null && p.contact === context.sender?.contact?.id),
    )
    const visit = visitOf(ticket)
    if (!who || !visit || visit.uid !== answer.uid) continue
    if (context.desk.statuses[ticket.status]?.kind === 'closed') continue
    if (ticket.fields.visit === answer.answer && answer.answer !== 'counter') {
      say(judgement, 'visit', 'again', `The same answer to the appointment as before: ${answer.answer}.`)
      return conclude(judgement, 'recorded')
    }
    if (answer.sequence < visit.sequence && answer.answer !== 'counter') {
      sheetOf(judgement, ticket).entries.push(
        mailEntry(judgement, { kind: 'report', public: false, data: { visit: 'outdated' } }),
      )
      say(
        judgement,
        'visit',
        'outdated',
        'It answers an invitation that has been moved since: noted, nothing else changes.',
      )
      return conclude(judgement, 'noted')
    }
    say(judgement, 'visit', answer.answer, `The calendar of ${who.address} answers the appointment: ${answer.answer}.`)
    recordAnswer(judgement, ticket, who, answer.answer, answer.comment, answer.start)
    return conclude(judgement, 'chosen')
  }
  return false
}

/** Notes what was answered, gives the turn back to the staff and tells them. */
function recordAnswer(
  judgement: Judgement,
  ticket: Ticket,
  who: Participant,
  answer: InvitationAnswer['answer'],
  text: string,
  wish: Date | null = null,
): void {
  const { context } = judgement
  const { desk, now } = context
  const sheet = sheetOf(judgement, ticket)
  const name = who.name || who.address
  // Only the requester's word settles it; the others' is noted.
  const settles = who.role === 'requester'
  if (settles && answer !== 'tentative') {
    setVisit(sheet, { visit: answer, awaiting: null }, who.address)
    if (answer === 'counter' && wish) setField(sheet, 'visit-wish', wish.toISOString(), who.address)
    sheet.moments.push('customer-mail')
    ticket.lastCustomerAt = now
    const back = desk['on-reply'].status ?? desk.start.status
    if (desk.statuses[ticket.status]?.kind === 'waiting') change(sheet, 'status', back, 'visit')
    sheet.told = true
  }
  ticket.updatedAt = now
  sheet.entries.push(
    text.trim()
      ? mailEntry(judgement, { kind: 'customer', public: true, text, data: { choice: `visit-${answer}` } })
      : systemEntry('', { choice: `visit-${answer}`, by: name, ...(wish ? { wish: wish.toISOString() } : {}) }, true),
  )
  for (const staff of staffOf(context, ticket)) {
    const language = languageFor(desk, staff.language)
    tellStaff(judgement, [staff], 'agent-choice', ticket, {
      from: name,
      choice: `visit-${answer}`,
      replyTo: answerReaches(ticket),
      text: [wish && answer === 'counter' ? `→ ${localTime(judgement, ticket, wish, language)}` : '', text]
        .filter(Boolean)
        .join('\n'),
      replies: desk.agents === 'mail',
      history: historyOf(context, ticket, language),
    })
  }
}

/** By a signed choice: the person also gets a line that it was understood. */
export function chooseVisit(
  judgement: Judgement,
  ticket: Ticket,
  who: Participant,
  accepts: boolean,
  text: string,
): true {
  const { context, event } = judgement
  const visit = visitOf(ticket)
  recordAnswer(judgement, ticket, who, accepts ? 'accepted' : 'declined', text)
  const draft: Parameters<typeof mail>[1] = {
    template: 'visit-answered',
    role: 'customer',
    to: recipientOf(who),
    language: languageFor(context.desk, who.language, ticket.language),
    automatic: 'auto-replied',
    ticket,
    budget: 'notice',
    choices: ['m'],
    inReplyTo: event.message.messageId,
    data: { accepted: accepts, at: visit?.start ?? null, until: visit?.end ?? null, place: visit?.place ?? '' },
  }
  mail(judgement, draft)
  return conclude(judgement, 'chosen')
}
