// A new ticket: what it starts as, the rules for new tickets, its acknowledgement, and who is told.

import type { Desk, Staff } from '../desks/desk.ts'
import type { Person } from '../desks/person.ts'
import { textIn } from '../desks/text.ts'
import { normaliseSubject, withoutToken } from '../mail/subject.ts'
import { emptyTicket } from '../tickets/empty-ticket.ts'
import type { Channel, Ticket } from '../tickets/ticket.ts'
import { acknowledgementFacts } from './acknowledgement-facts.ts'
import { noRelay, sendReceipt } from './agent-receipt.ts'
import type { Receipt } from './command-run.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import { mailEntry } from './entry.ts'
import { finding } from './finding.ts'
import { todayOf } from './hours.ts'
import {
  conclude,
  hold,
  type Judgement,
  languageFor,
  link,
  mail,
  recipientOf,
  say,
  senderLanguage,
  sheetOf,
  staffByAddress,
  type TicketSheet,
  tokenOf,
} from './judgement.ts'
import { filesOf, mailFacts } from './mail-facts.ts'
import { staffOf, tellStaff } from './notify.ts'
import { offerOpenCase } from './open-case.ts'
import { addCcOf, participant } from './participants.ts'
import { receiptLine } from './receipt-words.ts'
import { runTicketRules } from './rule-step.ts'
import { nextInTurn } from './turn.ts'

export interface OpenOptions {
  /** Tickets it is linked to. */
  readonly refers: readonly Ticket[]
  /** The closed ticket it follows. */
  readonly follows?: Ticket
  /** On behalf of somebody else than the author. */
  readonly requester?: {
    readonly address: string
    readonly name: string
    readonly person: Person | null
    /** Id of the person, where only that is known. */
    readonly id?: number
  }
  readonly language?: string
  readonly type?: string
  /** The ticket it is split off from. */
  readonly splits?: Ticket
  readonly channel?: Channel
  readonly text?: string
  readonly subject?: string
  /** The agent who opened it. */
  readonly by?: string
}

export function blankTicket(judgement: Judgement, options: Partial<OpenOptions>): Ticket {
  const { context, event } = judgement
  const { desk, now, sender } = context
  const requester: NonNullable<OpenOptions['requester']> = options.requester ?? {
    address: event.message.from?.address ?? '',
    name: event.message.from?.name ?? '',
    person: sender,
  }
  const id = requester.person?.id ?? requester.id ?? 0
  const language = languageFor(
    desk,
    options.language,
    requester.person?.contact?.language,
    requester.person?.language,
    event.message.language,
  )
  const channel: Channel =
    options.channel ??
    (context.authentication.by === 'portal' ? 'portal' : event.envelope.source === 'import' ? 'import' : 'mail')
  const beginning = {
    desk: desk.desk,
    subject: subjectOf(judgement, options).slice(0, 500) || textIn(desk.name, language, desk.language),
    status: desk.start.status,
    priority: desk.start.priority,
    type: options.type ?? desk.start.type,
    queue: desk.start.queue,
    language,
    channel,
  }
  return {
    ...emptyTicket(beginning, now),
    requester: id,
    participants: [
      participant(requester.address, requester.person?.contact?.name || requester.name, now, {
        role: 'requester',
        person: requester.person?.id ?? 0,
        contact: requester.person?.contact?.id ?? null,
        language,
        zone: requester.person?.contact?.attributes.zone ?? null,
      }),
    ],
  }
}

/** What the new ticket is about: numbers of the tickets it refers to stand in its links, not in front of its own number. */
function subjectOf({ context, event }: Judgement, { subject, refers = [] }: Partial<OpenOptions>): string {
  if (subject !== undefined) return subject
  const own = refers.filter((ticket) => ticket.desk === context.desk.desk)
  return own.reduce(
    (rest, { number }) => withoutToken(rest, tokenOf(context.desk, number)),
    normaliseSubject(event.message.subject),
  )
}

export function openTicket(judgement: Judgement, options: OpenOptions): boolean {
  const { context, event } = judgement
  const { desk } = context
  const ticket = blankTicket(judgement, options)
  const sheet = sheetOf(judgement, ticket, true)
  sheet.moments.push('created')
  sheet.entries.push(
    mailEntry(judgement, {
      kind: 'customer',
      public: true,
      ...(options.text === undefined ? {} : { text: options.text }),
      data: options.by ? { openedBy: options.by, channel: ticket.channel } : {},
    }),
  )
  addCcOf(judgement, sheet)
  const verdict = runTicketRules(judgement, sheet, 'new')
  // What an agent called it stands above what rules find in the mail around it.
  if (options.type !== undefined) ticket.type = options.type
  if (options.by && !mayOpen(judgement, ticket.type, options.by)) {
    say(judgement, 'type', 'not-theirs', `${options.by} may not open the type ${ticket.type}, which a rule had set.`)
    ticket.type = desk.start.type
  }
  speakAsQueue(judgement, ticket, options)
  const type = desk.types[ticket.type]
  const staffOnly = verdict === 'go' && type?.['opened-by'] !== undefined && !options.by && !event.released
  if (verdict !== 'go' || staffOnly) {
    judgement.decision.tickets = judgement.decision.tickets.filter((s) => s !== sheet)
    judgement.decision.links = judgement.decision.links.filter((l) => l.from !== ticket)
    if (staffOnly) refuseStaffType(judgement, ticket)
    return conclude(judgement, verdict === 'refuse' ? 'refused' : 'held')
  }
  if (options.splits)
    link(judgement, { from: ticket, to: options.splits.number, toDesk: options.splits.desk, kind: 'split' })
  for (const other of options.refers)
    link(judgement, {
      from: ticket,
      to: other.number,
      toDesk: other.desk,
      kind: other === options.follows ? 'follows' : 'refers',
    })
  for (const twin of context.twins)
    link(judgement, { from: ticket, to: twin.ticket, toDesk: twin.desk, kind: 'same-mail' })
  for (const [number, other] of context.named) {
    if (options.refers.includes(other) || other === options.splits || other.number === 0) continue
    if (other.participants.some((p) => ticket.participants.some((q) => q.address === p.address)))
      link(judgement, { from: ticket, to: number, toDesk: other.desk, kind: 'refers' })
  }
  say(
    judgement,
    'ticket',
    'created',
    `It opens a new ticket in queue ${ticket.queue}, type ${ticket.type}, priority ${ticket.priority}.`,
  )
  giveTurn(judgement, sheet)
  const resembles = options.by || options.follows ? '' : offerOpenCase(judgement, sheet)
  acknowledge(judgement, sheet, options, resembles)
  const facts = mailFacts(judgement, ticket)
  const findings = sheet.entries.filter((e) => e.kind === 'system' && e.text !== '').map((e) => e.text)
  const notes = [...(Array.isArray(facts.notes) ? facts.notes : []), ...findings]
  for (const staff of staffOf(context, ticket)) {
    tellStaff(
      judgement,
      [staff],
      'agent-new-ticket',
      ticket,
      {
        ...facts,
        ...(options.text === undefined ? {} : { text: options.text }),
        history: [],
        notes,
        similar: context.similar.map((s) => ({
          token: tokenOf(desk, s.number),
          subject: s.subject,
          resolution: s.resolution,
        })),
      },
      {
        attachments: filesOf(event),
        except: options.by ?? event.message.from?.address ?? null,
      },
    )
  }
  return conclude(judgement, 'created')
}

/** The acknowledgement of a new ticket. Without authentication it carries nothing of the sender’s words (T07). */
function acknowledge(judgement: Judgement, sheet: TicketSheet, options: OpenOptions, resembles: string): void {
  const { context, event, decision } = judgement
  const { desk, sender, authentication } = context
  const { ticket } = sheet
  const requester = ticket.participants[0]
  if (
    !requester ||
    requester.address === '' ||
    decision.mails.some((m) => m.role === 'customer' && m.ticket === ticket)
  )
    return
  const onBehalf = options.by !== undefined
  if (!onBehalf && event.message.origin.kind !== 'human' && event.message.origin.kind !== 'list') return
  if (event.message.origin.suppressAutoReply && !onBehalf) {
    say(
      judgement,
      'acknowledgement',
      'suppressed',
      'The sender asked to be spared automatic answers (X-Auto-Response-Suppress): no acknowledgement.',
    )
    return
  }
  const trusted = authentication.result === 'pass' || onBehalf
  const agent = desk.staff.find((s) => s.address === requester.address)
  if (agent) {
    // Of the team's own requests the team is told; its author learns the number.
    if (trusted && !onBehalf) sendReceipt(judgement, agent, ticket, noCommands, openedFor(desk, agent), noRelay)
    return
  }
  mail(judgement, {
    template: 'acknowledged',
    role: 'customer',
    to: recipientOf(requester),
    language: ticket.language,
    automatic: 'auto-replied',
    ticket,
    budget: trusted && (sender?.contact?.active || onBehalf) ? 'registered' : 'acknowledgement',
    choices: resembles === '' ? ['m'] : ['m', 'j'],
    inReplyTo: onBehalf ? null : event.message.messageId,
    references: onBehalf ? [] : event.message.references.slice(-5),
    withoutSender: !trusted,
    data: {
      ...acknowledgementFacts(context, event, ticket),
      follows: options.follows ? tokenOf(desk, options.follows.number) : '',
      notes: [...sheet.acknowledgement.values()],
      resembles,
      urgent: '',
    },
  })
}

const noCommands: ParsedCommands = { commands: [], faults: [], late: [], rest: '', restIs: 'reply' }

const openedFor = (desk: Desk, agent: Staff): Receipt => ({
  done: [receiptLine('opened', languageFor(desk, agent.language), { what: agent.address })],
  failed: [],
})

/** Where neither contact nor mail told a language, it is that of the queue. */
function speakAsQueue({ context, event }: Judgement, ticket: Ticket, options: OpenOptions): void {
  const { desk } = context
  const language = desk.queues[ticket.queue]?.language
  const person = options.requester ? options.requester.person : context.sender
  const told = [options.language, person?.contact?.language, person?.language, event.message.language]
  if (language === undefined || ticket.language !== desk.language) return
  if (told.some((one) => one && desk.languages.includes(one))) return
  ticket.language = language
  ticket.participants = ticket.participants.map((p) => (p.role === 'requester' ? { ...p, language } : p))
}

/** Teams that take turns get each new ticket assigned, unless a rule has. */
function giveTurn({ context, event }: Judgement, sheet: TicketSheet): void {
  const { ticket } = sheet
  const team = context.desk.teams[context.desk.queues[ticket.queue]?.team ?? '']
  if (team?.assign !== 'round-robin' || ticket.assignee !== null) return
  ticket.assignee = nextInTurn(context, ticket, event.mail)
  if (ticket.assignee !== null) sheet.moments.push('assigned')
}

/** Types of some groups are theirs alone, whether a command names them or a rule finds them in an agent's words. */
function mayOpen({ context: { desk } }: Judgement, type: string, by: string): boolean {
  const groups = desk.types[type]?.['opened-by']
  return !groups || groups.some((group) => staffByAddress(desk, by)?.groups.includes(group))
}

function refuseStaffType(judgement: Judgement, ticket: Ticket): void {
  const { context, event } = judgement
  const { desk } = context
  const type = desk.types[ticket.type]
  hold(
    judgement,
    'type',
    'staff-only-type',
    finding('type-of-staff', { what: ticket.type, who: type?.['opened-by']?.join(', ') ?? '' }),
    { release: 'open' },
  )
  const requester = ticket.participants[0]
  if (type?.refusal && requester) {
    mail(judgement, {
      template: type.refusal,
      role: 'customer',
      to: recipientOf(requester),
      language: senderLanguage(judgement),
      automatic: 'auto-replied',
      budget: 'acknowledgement',
      inReplyTo: event.message.messageId,
      data: { type: textIn(type.name, senderLanguage(judgement), desk.language) },
      once: `type:${ticket.type}:${requester.address}:${todayOf(context)}`,
    })
  }
}
