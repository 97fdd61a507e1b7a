// Appointments about a ticket, proposed, moved and cancelled by an agent's command. Everybody on the ticket gets an invitation of their own.

import { textIn } from '../desks/text.ts'
import { writeInvitation } from '../mail/invitation.ts'
import { mintReplyAddress } from '../mail/message-id.ts'
import { dayOf } from '../mail/token.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { historyLine, localTime, setVisit, type Visit, visitOf } from './appointment.ts'
import { type CommandRun, done, failed, statusOfKind } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { systemEntry } from './entry.ts'
import {
  change,
  type Judgement,
  languageFor,
  mail,
  recipientOf,
  type Sheet,
  setField,
  type TicketSheet,
  tokenOf,
} from './judgement.ts'
import { calendarOf } from './ticket-clock.ts'

type VisitCommand = Extract<Command, { name: 'visit' }>

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
  const start = new Date(calendarOf(context, ticket).atWall(date, (hour * 60 + minute) * 60_000))
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
  done(run, before ? 'visit-moved' : 'visit-proposed', {
    what: localTime(judgement, ticket, visit.start, run.language),
  })
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
  if (ticket.fields.awaiting === 'visit') setField(sheet, 'awaiting', null, agent.address)
  sheet.entries.push(
    systemEntry(historyLine(judgement, ticket, 'cancelled', visit), { visit: 'cancelled', by: agent.address }, true),
  )
  invite(judgement, sheet, last, 'CANCEL', agent.address)
  sheet.moments.push('public-news')
  sheet.told = true
  done(run, 'visit-cancelled', { what: localTime(judgement, ticket, visit.start, run.language) })
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
    const text = typeof answer?.data.text === 'string' ? answer.data.text : ''
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
