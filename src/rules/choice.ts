// Choices of a ticket’s people by mail: a signed mailto, or a plain first line. Nothing acts on a click, so link scanners change nothing.

import type { Purpose, Signed } from '../mail/token.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { isStale, mayAgree, recordAgreement } from './agreement.ts'
import { awaitsVisit } from './appointment.ts'
import { plainChoice } from './choices.ts'
import { mailEntry, systemEntry } from './entry.ts'
import { finding } from './finding.ts'
import {
  change,
  conclude,
  hold,
  type Judgement,
  languageFor,
  mail,
  newText,
  recipientOf,
  say,
  setField,
  sheetOf,
} from './judgement.ts'
import { answerReaches } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'
import { chooseVisit } from './visit-answer.ts'

export const customerChoices = ['m', 'u', 'y', 'n', 'ok', 'no', 'g', 'h'] as const satisfies readonly Purpose[]
export type CustomerChoice = (typeof customerChoices)[number]

const isCustomerChoice = (purpose: Purpose): purpose is CustomerChoice => customerChoices.some((c) => c === purpose)

const sentence: Readonly<Record<CustomerChoice, string>> = {
  m: 'asks for no more automatic mails about the ticket',
  u: 'wants automatic mails about the ticket again',
  y: 'confirms that it is solved',
  n: 'says that it is not solved',
  ok: 'approves',
  no: 'refuses',
  g: 'is satisfied with the answer',
  h: 'is not satisfied with the answer',
}

/** A choice by a signed address of the sender’s own; on portal-only desks it passes and loses its text (decisions 6). */
export function signedChoice(judgement: Judgement): boolean {
  const { context } = judgement
  const choice = context.carried.find((c) => c.carrier === 'address' && isCustomerChoice(c.signed.purpose))?.signed
  if (!choice || !isCustomerChoice(choice.purpose)) return false
  // By the token itself: a ticket that was merged goes by another number.
  const ticket = context.candidates.find((c) => c.signed === choice)?.ticket
  if (!ticket) return false
  const who = chooser(judgement, ticket, choice)
  if (!who) {
    hold(judgement, 'choice', 'third-party', finding('choice-by-another'), {
      ticket,
      release: 'append',
    })
    return conclude(judgement, 'held')
  }
  if (isStale(ticket, choice)) {
    say(judgement, 'choice', 'stale', 'It answers an earlier question than the one that waits: it is taken as a text.')
    return false
  }
  return carryOut(
    judgement,
    ticket,
    who,
    choice.purpose,
    context.desk.replies === 'portal' ? '' : newText(judgement.event),
  )
}

function chooser(judgement: Judgement, ticket: Ticket, choice: Signed): Participant | undefined {
  const { sender } = judgement.context
  if (!sender) return undefined
  const named = ticket.participants.find((p) => p.person === choice.person)
  if (!named) return undefined
  const same = named.address === sender.address || (named.contact !== null && named.contact === sender.contact?.id)
  return same ? named : undefined
}

/** A choice in the first line of a reply, where the ticket waits for one. */
export function spokenChoice(judgement: Judgement, ticket: Ticket): boolean {
  const { context, event } = judgement
  const who = ticket.participants.find((p) => p.address === context.sender?.address)
  if (!who) return false
  const kind = context.desk.statuses[ticket.status]?.kind
  const awaiting = ticket.fields.awaiting
  const asked =
    awaiting === 'approval' || awaitsVisit(ticket)
      ? 'approval'
      : kind === 'solved' || awaiting === 'confirmation'
        ? 'confirmation'
        : null
  // What a stale choice says is the label of its link.
  const stale = context.carried.some(({ signed }) => isStale(ticket, signed))
  if (asked === 'approval' && (stale || !mayAgree(context, ticket, who))) return false
  const spoken = plainChoice(event.message.replyText, asked)
  return spoken !== null && carryOut(judgement, ticket, who, spoken, newText(event))
}

function carryOut(
  judgement: Judgement,
  ticket: Ticket,
  who: Participant,
  choice: CustomerChoice,
  text: string,
): boolean {
  const { context, event } = judgement
  const { desk, now } = context
  const sheet = sheetOf(judgement, ticket)
  const name = who.name || who.address
  say(judgement, 'choice', choice, `${who.address} ${sentence[choice]}.`)
  ticket.updatedAt = now
  const reply = (template: string, data: Record<string, boolean> = {}): void =>
    mail(judgement, {
      template,
      role: 'customer',
      to: recipientOf(who),
      language: languageFor(desk, who.language, ticket.language),
      automatic: 'auto-replied',
      ticket,
      budget: 'notice',
      choices: choice === 'm' ? ['u'] : ['m'],
      inReplyTo: event.message.messageId,
      data,
    })
  const tell = (what: string): void => {
    for (const staff of staffOf(context, ticket))
      tellStaff(judgement, [staff], 'agent-choice', ticket, {
        from: name,
        choice: what,
        text,
        replyTo: answerReaches(ticket),
        replies: desk.agents === 'mail',
        history: historyOf(context, ticket, languageFor(desk, staff.language)),
      })
  }
  const enter = (): void => {
    sheet.entries.push(
      text.trim()
        ? mailEntry(judgement, { kind: 'customer', public: true, data: { choice } })
        : systemEntry('', { choice, by: name }, true),
    )
    sheet.moments.push('customer-mail')
    ticket.lastCustomerAt = now
  }
  const kind = desk.statuses[ticket.status]?.kind
  const closed = kind === 'closed'
  const about = choice === 'y' || choice === 'n'
  if (about && !closed && kind !== 'solved' && ticket.fields.awaiting !== 'confirmation') {
    // The link is older than what happened since: people decide, the status stays.
    say(judgement, 'choice', 'late', 'Nobody asks for a confirmation any more: it is passed on to the staff.')
    enter()
    tell(choice === 'y' ? 'confirmed' : 'refuted')
    return conclude(judgement, 'chosen')
  }
  switch (choice) {
    case 'm':
    case 'u': {
      const muted = choice === 'm'
      ticket.participants = ticket.participants.map((p) =>
        p.person === who.person && p.address === who.address ? { ...p, muted } : p,
      )
      sheet.changes.push({ field: 'muted', from: who.muted, to: muted, by: who.address })
      reply(muted ? 'muted' : 'unmuted')
      return conclude(judgement, 'chosen')
    }
    case 'y':
      enter()
      setField(sheet, 'confirmed', true, who.address)
      setField(sheet, 'awaiting', null, who.address)
      if (!closed && desk['on-confirm'].status) change(sheet, 'status', desk['on-confirm'].status, 'confirmed')
      sheet.told = true
      reply('confirmed')
      tell('confirmed')
      return conclude(judgement, 'chosen')
    case 'n':
      enter()
      setField(sheet, 'confirmed', false, who.address)
      setField(sheet, 'awaiting', null, who.address)
      if (!closed) {
        ticket.solvedAt = null
        ticket.reopens += 1
        sheet.moments.push('reopened')
        change(sheet, 'status', desk['on-refute'].status ?? desk['on-reply'].status ?? desk.start.status, 'refuted')
      }
      sheet.told = true
      reply('refuted')
      tell('refuted')
      return conclude(judgement, 'chosen')
    case 'ok':
    case 'no':
      if (awaitsVisit(ticket)) return chooseVisit(judgement, ticket, who, choice === 'ok', text)
      enter()
      reply('approval-recorded', {
        approved: choice === 'ok',
        after: recordAgreement(context, sheet, who, choice === 'ok'),
      })
      tell(choice === 'ok' ? 'approved' : 'refused')
      return conclude(judgement, 'chosen')
    case 'g':
    case 'h':
      setField(sheet, 'satisfaction', choice === 'g' ? 'good' : 'bad', who.address)
      sheet.entries.push(systemEntry(`${name} ${sentence[choice]}.`, { choice }))
      if (text.trim()) sheet.entries.push(mailEntry(judgement, { kind: 'customer', public: false, data: { choice } }))
      reply('rated')
      if (choice === 'h') tell('not-satisfied')
      return conclude(judgement, 'chosen')
    default:
      return choice satisfies never
  }
}
