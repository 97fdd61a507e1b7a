// Appointments about a ticket: proposed, moved and cancelled by an agent's command, answered by the customer's calendar program, by a
// signed choice, or by mail. What was agreed last stands in fields of the ticket; the invitation keeps one identity all its life.

import { textIn } from '../desks/text.ts'
import { type InvitationAnswer, readAnswer, writeInvitation } from '../mail/invitation.ts'
import { mintReplyAddress } from '../mail/message-id.ts'
import { dayOf } from '../mail/token.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { type CommandRun, done, failed, statusOfKind } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { mailEntry, systemEntry } from './entry.ts'
import {
  change,
  conclude,
  type Gate,
  type Judgement,
  languageFor,
  mail,
  recipientOf,
  type Sheet,
  say,
  setField,
  sheetOf,
  type TicketSheet,
  tokenOf,
} from './judgement.ts'
import { answerReaches } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'

export type VisitCommand = Extract<Command, { name: 'visit' }>
export type VisitAnswer = InvitationAnswer['answer']

interface Visit {
  readonly uid: string
  readonly sequence: number
  readonly start: Date
  readonly end: Date
  readonly place: string
}

/** The appointment of a ticket that has not been cancelled; null when there is none. */
function visitOf(ticket: Ticket): Visit | null {
  const { fields } = ticket
  const uid = fields['visit-uid']
  const start = Date.parse(String(fields['visit-at'] ?? ''))
  const end = Date.parse(String(fields['visit-until'] ?? ''))
  if (typeof uid !== 'string' || fields['visit'] === 'cancelled' || Number.isNaN(start) || Number.isNaN(end))
    return null
  return {
    uid,
    sequence: Number(fields['visit-sequence'] ?? 0),
    start: new Date(start),
    end: new Date(end),
    place: String(fields['visit-place'] ?? ''),
  }
}

/** Desks whose table of fields names `visit-at` show it to people as text in the desk's time. */
function setVisit(sheet: TicketSheet, values: Readonly<Record<string, string | number | null>>, by: string): void {
  for (const [field, value] of Object.entries(values)) setField(sheet, field, value, by)
}

export function visitCommand(run: CommandRun, sheet: TicketSheet, command: VisitCommand, line: string): void {
  switch (command.act) {
    case 'propose':
      propose(run, sheet, command, line)
      return
    case 'cancel':
      cancel(run, sheet, line)
      return
    default:
      command satisfies never
  }
}

function propose(
  run: CommandRun,
  sheet: TicketSheet,
  command: Extract<VisitCommand, { act: 'propose' }>,
  line: string,
): void {
  const { judgement, agent } = run
  const { context } = judgement
  const { ticket } = sheet
  const [hour = 0, minute = 0] = command.time.split(':').map(Number)
  const date = Math.floor(Date.parse(`${command.date}T00:00:00Z`) / 86_400_000)
  const start = new Date(context.calendar().atWall(date, (hour * 60 + minute) * 60_000))
  if (start <= context.now) {
    failed(run, line, 'past')
    return
  }
  const before = visitOf(ticket)
  const visit: Visit = {
    uid: before?.uid ?? uidOf(judgement, ticket),
    sequence: before ? before.sequence + 1 : 0,
    start,
    end: new Date(start.getTime() + command.minutes * 60_000),
    place: command.place || (before?.place ?? ''),
  }
  setVisit(
    sheet,
    {
      visit: 'proposed',
      'visit-uid': visit.uid,
      'visit-sequence': visit.sequence,
      'visit-at': visit.start.toISOString(),
      'visit-until': visit.end.toISOString(),
      'visit-place': visit.place === '' ? null : visit.place,
      awaiting: 'visit',
    },
    agent.address,
  )
  sheet.entries.push(
    systemEntry(
      historyLine(judgement, ticket, before ? 'moved' : 'proposed', visit),
      { visit: before ? 'moved' : 'proposed', at: visit.start.toISOString(), by: agent.address },
      true,
    ),
  )
  invite(judgement, sheet, visit, 'REQUEST', agent.address, before !== null)
  const waiting = statusOfKind(run, 'waiting')
  const allowed = context.desk.statuses[ticket.status]?.to
  if (waiting && (allowed === undefined || allowed.includes(waiting))) change(sheet, 'status', waiting, agent.address)
  if (context.desk.statuses[ticket.status]?.kind === 'waiting') sheet.moments.push('agent-question')
  sheet.moments.push('public-news')
  sheet.told = true
  done(run, before ? 'visit-moved' : 'visit-proposed', { what: localTime(judgement, visit.start) })
}

function cancel(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { judgement, agent } = run
  const { ticket } = sheet
  const visit = visitOf(ticket)
  if (!visit) {
    failed(run, line, 'no-visit')
    return
  }
  const last: Visit = { ...visit, sequence: visit.sequence + 1 }
  setVisit(sheet, { visit: 'cancelled', 'visit-sequence': last.sequence }, agent.address)
  if (ticket.fields['awaiting'] === 'visit') setField(sheet, 'awaiting', null, agent.address)
  sheet.entries.push(
    systemEntry(historyLine(judgement, ticket, 'cancelled', visit), { visit: 'cancelled', by: agent.address }, true),
  )
  invite(judgement, sheet, last, 'CANCEL', agent.address)
  sheet.moments.push('public-news')
  sheet.told = true
  done(run, 'visit-cancelled', { what: localTime(judgement, visit.start) })
}

/** Never made of a number that is not given yet; the mark of the first mail about it is random. */
const uidOf = ({ context }: Judgement, ticket: Ticket): string =>
  `visit.${context.mark.replace(/[^a-z0-9]/gi, '') || ticket.number}.${context.now.getTime().toString(36)}.${context.desk.desk}@${replyDomain(context)}`

const replyDomain = ({ desk, instance }: Sheet['context']): string => desk['reply-domain'] ?? instance.replyDomain

/** One invitation to each of the ticket's people. An answer of the same mail goes along as its text. */
function invite(
  judgement: Judgement,
  { ticket }: TicketSheet,
  visit: Visit,
  method: 'REQUEST' | 'CANCEL',
  agent: string,
  moved = false,
): void {
  const { context, decision } = judgement
  const { desk } = context
  for (const person of ticket.participants) {
    if (person.address === '') continue
    const answer = decision.mails.find(
      (draft) => draft.template === 'reply' && draft.ticket === ticket && draft.to.address === person.address,
    )
    const language = languageFor(desk, person.language, ticket.language)
    const text = typeof answer?.data['text'] === 'string' ? answer.data['text'] : ''
    const thread = context.thread.get(ticket.number) ?? []
    if (answer) decision.mails = decision.mails.filter((draft) => draft !== answer)
    mail(judgement, {
      template: method === 'REQUEST' ? 'visit-proposed' : 'visit-cancelled',
      role: 'customer',
      to: recipientOf(person),
      language,
      automatic: answer ? null : 'auto-generated',
      ticket,
      // An agent asks: whoever is invited must get to see it.
      budget: null,
      author: agent,
      attachments: answer?.attachments ?? [],
      choices: method === 'REQUEST' && person.role === 'requester' ? ['ok', 'no', 'm'] : ['m'],
      inReplyTo: thread[0] ?? null,
      references: thread,
      calendar: { method, text: invitationFor(judgement, ticket, person, visit, method, language, text) },
      data: { at: visit.start, until: visit.end, place: visit.place, text, moved },
    })
  }
}

function invitationFor(
  { context }: Judgement,
  ticket: Ticket,
  person: Participant,
  visit: Visit,
  method: 'REQUEST' | 'CANCEL',
  language: string,
  text: string,
): string {
  const { desk, instance, now } = context
  // Answers of calendar programs go to the organiser: to the signed address of this person for this ticket, once it has a number.
  const address =
    ticket.number > 0
      ? mintReplyAddress(
          instance.keys,
          { desk: desk.desk, purpose: 'c', id: ticket.number, person: person.person, day: dayOf(now) },
          replyDomain(context),
        )
      : desk.address
  return writeInvitation({
    method,
    uid: visit.uid,
    sequence: visit.sequence,
    start: visit.start,
    end: visit.end,
    summary: ticket.number > 0 ? `[${tokenOf(desk, ticket.number)}] ${ticket.subject}` : ticket.subject,
    place: visit.place,
    description: text,
    organiser: { address, name: textIn(desk.name, language, desk.language) },
    attendee: { address: person.address, name: person.name },
    now,
  })
}

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
    if (ticket.fields['visit'] === answer.answer && answer.answer !== 'counter') {
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
export function recordAnswer(
  judgement: Judgement,
  ticket: Ticket,
  who: Participant,
  answer: VisitAnswer,
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
      text: [wish && answer === 'counter' ? `→ ${localTime(judgement, wish)}` : '', text].filter(Boolean).join('\n'),
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

/** True when the ticket waits for an answer to its appointment. */
export const awaitsVisit = (ticket: Ticket): boolean =>
  ticket.fields['awaiting'] === 'visit' && visitOf(ticket) !== null

const lines: Readonly<Record<'proposed' | 'moved' | 'cancelled', Readonly<Record<string, string>>>> = {
  proposed: { fr: 'Rendez-vous proposé :', en: 'Appointment proposed:', es: 'Cita propuesta:' },
  moved: { fr: 'Rendez-vous déplacé :', en: 'Appointment moved:', es: 'Cita cambiada:' },
  cancelled: { fr: 'Rendez-vous annulé :', en: 'Appointment cancelled:', es: 'Cita anulada:' },
}

/** How the appointment stands in the history that the ticket’s people read. */
function historyLine(judgement: Judgement, ticket: Ticket, what: keyof typeof lines, visit: Visit): string {
  const words = lines[what][ticket.language] ?? lines[what]['en'] ?? ''
  return [`${words} ${localTime(judgement, visit.start)}`, visit.place].filter(Boolean).join(', ')
}

function localTime({ context }: Judgement, at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: context.desk.calendar.zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at)
}
