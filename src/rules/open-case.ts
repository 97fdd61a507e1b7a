// “No new ticket for an open case”: a new mail of somebody who has that case open already is added to it, or offers to be.

import { textIn } from '../desks/text.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { append } from './append.ts'
import { mailEntry, systemEntry } from './entry.ts'
import { finding } from './finding.ts'
import { after } from './hours.ts'
import {
  change,
  conclude,
  hold,
  type Judgement,
  languageFor,
  link,
  mail,
  newText,
  recipientOf,
  say,
  senderLanguage,
  senderRecipient,
  setField,
  sheetOf,
  type TicketSheet,
  tokenOf,
} from './judgement.ts'
import { answerReaches } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'
import { type Sameness, sameCase } from './same-case.ts'
import { isParticipant } from './thread.ts'

interface OpenCase {
  readonly ticket: Ticket
  readonly sameness: Exclude<Sameness, 'other'>
}

/** The open case of the author that the mail speaks of; the surest, then the latest. null: none. */
function openCaseOf(judgement: Judgement): OpenCase | null {
  const { context, event } = judgement
  const policy = context.desk['open-cases']
  // Whom nothing proves is neither put among the words of somebody else's case nor told of it (decisions 1).
  if (!policy || event.released || context.authentication.result !== 'pass') return null
  const { now, desk } = context
  const found = (context.openCases ?? []).flatMap(({ ticket, text }): OpenCase[] => {
    if (!isParticipant(ticket, context.sender) || desk.statuses[ticket.status]?.kind === 'closed') return []
    if (after(context, ticket.updatedAt, policy.within) < now) return []
    const sameness = sameCase(
      { subject: ticket.subject, text },
      { subject: event.message.subject, text: newText(event) },
    )
    return sameness === 'other' ? [] : [{ ticket, sameness }]
  })
  const same = found.filter((one) => one.sameness === 'same')
  // Two that fit equally well are none that is sure.
  if (same.length > 1) return { ticket: (same[0] as OpenCase).ticket, sameness: 'like' }
  return same[0] ?? found.sort((a, b) => b.ticket.number - a.ticket.number)[0] ?? null
}

/** Adds the mail to the open case where the desk wants that and it is sure; its author is told. False: it opens a ticket. */
export function joinOpenCase(judgement: Judgement): boolean {
  const { context, event } = judgement
  const found = openCaseOf(judgement)
  if (found?.sameness !== 'same' || context.desk['open-cases']?.same !== 'join') return false
  if (context.desk.replies === 'portal' && context.authentication.by !== 'portal') return false
  const { ticket } = found
  say(
    judgement,
    'open-case',
    'joined',
    `Its author has the same case open as ticket ${ticket.number}: it is added there instead of opening another.`,
  )
  const done = append(judgement, ticket)
  const to = senderRecipient(judgement)
  if (to && judgement.decision.outcome === 'appended' && !event.message.origin.suppressAutoReply)
    mail(judgement, {
      template: 'joined',
      role: 'customer',
      to,
      language: senderLanguage(judgement),
      automatic: 'auto-replied',
      ticket,
      budget: 'registered',
      choices: ['m'],
      inReplyTo: event.message.messageId,
      references: context.thread.get(ticket.number) ?? [],
      data: { asked: false },
    })
  return done
}

/** What the acknowledgement of a new ticket offers: the open case it may belong to; '' when none does. */
export function offerOpenCase(judgement: Judgement, sheet: TicketSheet): string {
  const { context } = judgement
  const { desk } = context
  const policy = desk['open-cases']
  const found = openCaseOf(judgement)
  if (!policy || !found || policy[found.sameness] === 'ignore') return ''
  const token = tokenOf(desk, found.ticket.number)
  setField(sheet, 'resembles', found.ticket.number, 'open-case')
  say(judgement, 'open-case', 'offered', `It resembles ticket ${found.ticket.number}, which its author has open.`)
  sheet.entries.push(
    systemEntry(resemblesWords(textIn(words, desk.language, 'en'), token, found.ticket.subject), {
      resembles: found.ticket.number,
    }),
  )
  return `${token} «${found.ticket.subject}»`
}

const words = {
  es: 'Se parece a {token} «{subject}», que la misma persona tiene abierto; #fusionar {token} los une.',
  fr: 'Ressemble à {token} « {subject} », que la même personne a ouvert ; #fusionner {token} les réunit.',
  en: 'It resembles {token} "{subject}", which the same person has open; #merge {token} joins them.',
}
const resemblesWords = (sentence: string, token: string, subject: string): string =>
  sentence.replaceAll('{token}', () => token).replace('{subject}', () => subject.slice(0, 120))

/** A signed `join`: the ticket that was opened goes into the case it resembles. */
export function joinChosen(judgement: Judgement): boolean {
  const { context } = judgement
  const carried = context.carried.find((c) => c.carrier === 'address' && c.signed.purpose === 'j')
  const ticket = carried && context.candidates.find((c) => c.signed === carried.signed)?.ticket
  if (!ticket || typeof ticket.fields.resembles !== 'number') return false
  const who = ticket.participants.find((p) => p.person === carried.signed.person)
  const mine = who !== undefined && isParticipant({ ...ticket, participants: [who] }, context.sender)
  if (!who || !mine || context.authentication.result === 'fail') {
    hold(judgement, 'choice', 'third-party', finding('choice-by-another'), {
      ticket,
      release: 'append',
    })
    return conclude(judgement, 'held')
  }
  const target = context.openCases?.find((one) => one.ticket.number === ticket.fields.resembles)?.ticket
  if (!target || !isParticipant(target, context.sender)) return false
  intoCase(judgement, ticket, target, who)
  return conclude(judgement, 'chosen')
}

function intoCase(judgement: Judgement, ticket: Ticket, target: Ticket, who: Participant): void {
  const { context, event } = judgement
  const { desk } = context
  const sheet = sheetOf(judgement, ticket)
  const into = sheetOf(judgement, target)
  const said = (context.recent.get(ticket.number) ?? []).filter((entry) => entry.kind === 'customer' && entry.public)
  say(
    judgement,
    'choice',
    'j',
    `${who.address} says that ticket ${ticket.number} is the same case as ${target.number}.`,
  )
  for (const entry of [...said].reverse())
    into.entries.push({
      ...mailEntry(judgement, { kind: 'customer', public: true, text: entry.text, data: { joined: ticket.number } }),
      attachments: [],
      quoted: '',
      signature: '',
    })
  into.entries.push(systemEntry('', { mergedFrom: ticket.number, by: who.address }))
  into.changes.push({ field: 'merged', from: null, to: ticket.number, by: who.address })
  into.moments.push('customer-mail')
  target.lastCustomerAt = context.now
  ticket.mergedInto = target.number
  sheet.changes.push({ field: 'merged-into', from: null, to: target.number, by: who.address })
  sheet.told = true
  const closed = Object.entries(desk.statuses).find(([, status]) => status.kind === 'closed')?.[0]
  if (closed) change(sheet, 'status', closed, who.address)
  link(judgement, { from: ticket, to: target.number, toDesk: desk.desk, kind: 'merged' })
  mail(judgement, {
    template: 'joined',
    role: 'customer',
    to: recipientOf(who),
    language: languageFor(desk, who.language, target.language),
    automatic: 'auto-replied',
    ticket: target,
    budget: 'notice',
    choices: ['m'],
    inReplyTo: event.message.messageId,
    data: { asked: true },
  })
  for (const staff of staffOf(context, target))
    tellStaff(judgement, [staff], 'agent-choice', target, {
      from: who.name || who.address,
      choice: 'joined',
      replyTo: answerReaches(target),
      text: said
        .map((entry) => entry.text)
        .join('\n\n')
        .slice(0, 4000),
      replies: desk.agents === 'mail',
      history: historyOf(context, target, languageFor(desk, staff.language)),
    })
}
