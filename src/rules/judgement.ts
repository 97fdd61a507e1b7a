// The sheet a mail's judgement is written on: gates read the context and write trail, tickets, holds and mails here.

import type { Desk, Staff } from '../desks/desk.ts'
import type { Person } from '../desks/person.ts'
import { staffAt } from '../desks/staff.ts'
import type { MailDraft } from '../outbound/draft.ts'
import type { Moment } from '../tickets/clock-schema.ts'
import type { Change, EntryDraft, FieldValue, Participant, Ticket } from '../tickets/ticket.ts'
import type { Context, MailEvent } from './context.ts'
import type { Decision, HoldDraft, HoldReason, LinkDraft, Outcome, QuietReason, TrailLine } from './decision.ts'
import { mailEntry } from './entry.ts'
import { type Finding, findingSentence } from './finding.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

export interface TicketSheet {
  readonly ticket: Ticket
  readonly isNew: boolean
  /** As it was before the event; what differs at the end has its consequences in `finish`. */
  readonly before: {
    readonly status: string
    readonly priority: string
    readonly queue: string
    readonly assignee: string | null
    readonly type: string
  }
  /** Moments that clocks wait for, in order. */
  readonly moments: Moment[]
  /** Clocks that rules or commands start or stop by name. */
  readonly clockWishes: Map<string, 'start' | 'stop'>
  /** Values that rules add to the acknowledgement. */
  readonly acknowledgement: Map<string, string>
  /** The mails of this event already say what the status change means: `finish` sends none of its own. */
  told: boolean
  readonly changes: Change[]
  readonly entries: EntryDraft[]
}

type MutableDecision = Omit<Mutable<Decision>, 'tickets'> & { tickets: TicketSheet[] }

/** What every judgement has, of a mail or of a due clock. */
export interface Sheet {
  readonly context: Context
  readonly decision: MutableDecision
}

export interface Judgement {
  readonly event: MailEvent
  readonly context: Context
  readonly decision: MutableDecision
}

export function judgementOf(event: MailEvent, context: Context): Judgement {
  return { event, context, decision: emptyDecision() }
}

export function emptyDecision(): Judgement['decision'] {
  return {
    outcome: 'nothing',
    trail: [],
    tickets: [],
    links: [],
    holds: [],
    settled: [],
    mails: [],
    reports: [],
    deliveries: [],
    blocks: [],
    alerts: [],
    announcements: [],
    contacts: [],
    staff: [],
    bans: [],
    resume: false,
    calls: [],
    again: null,
  }
}

/** A line of the trail. */
export function say(
  judgement: { readonly decision: { readonly trail: TrailLine[] } },
  at: string,
  code: string,
  why: string,
): void {
  judgement.decision.trail.push({ at, code, why })
}

export function conclude(judgement: Judgement, outcome: Outcome): true {
  judgement.decision.outcome = outcome
  return true
}

export function hold<Reason extends HoldReason>(
  judgement: Judgement,
  at: string,
  reason: Reason,
  finding: Reason extends QuietReason ? string : Finding,
  options: {
    readonly ticket?: Ticket | null
    readonly release?: HoldDraft['release']
    readonly author?: string | null
    /** What staff should see of it beside the reason. */
    readonly data?: Readonly<Record<string, unknown>>
  } = {},
): void {
  const why = typeof finding === 'string' ? finding : findingSentence(finding, 'en')
  judgement.decision.holds.push({
    reason,
    why,
    finding: typeof finding === 'string' ? null : finding,
    ticket: options.ticket ?? null,
    release: options.release ?? 'open',
    author: options.author ?? null,
  })
  say(judgement, at, `held:${reason}`, why)
  // Staff find it in the ticket's history too; its people do not, and for them the ticket has not changed.
  if (options.ticket && options.ticket.number > 0)
    sheetOf(judgement, options.ticket).entries.push(
      mailEntry(judgement, { kind: 'held', public: false, data: { reason, ...options.data } }),
    )
}

export function link(judgement: Judgement, draft: LinkDraft): void {
  judgement.decision.links.push(draft)
}

/** The sheet of a ticket; one a ticket, made at the first touch. */
export function sheetOf(
  judgement: { readonly decision: { tickets: TicketSheet[] } },
  ticket: Ticket,
  isNew = false,
): TicketSheet {
  const known = judgement.decision.tickets.find((sheet) => sheet.ticket === ticket)
  if (known) return known
  const { status, priority, queue, assignee, type } = ticket
  const sheet: TicketSheet = {
    ticket,
    isNew,
    before: { status, priority, queue, assignee, type },
    moments: [],
    clockWishes: new Map(),
    acknowledgement: new Map(),
    told: false,
    changes: [],
    entries: [],
  }
  judgement.decision.tickets.push(sheet)
  return sheet
}

/** Sets a field of the ticket and notes the change; nothing when it has that value already. */
export function change(
  sheet: { readonly ticket: Ticket; readonly changes: Change[] },
  field: 'status' | 'priority' | 'type' | 'queue' | 'assignee' | 'subject' | 'language',
  to: string,
  by: string,
): boolean {
  const from = sheet.ticket[field]
  if (from === to) return false
  sheet.ticket[field] = to
  sheet.changes.push({ field, from, to, by })
  return true
}

export function setField(
  sheet: { readonly ticket: Ticket; readonly changes: Change[] },
  field: string,
  to: FieldValue,
  by: string,
): void {
  const from = sheet.ticket.fields[field] ?? null
  if (from === to) return
  sheet.ticket.fields = { ...sheet.ticket.fields, [field]: to }
  sheet.changes.push({ field: `fields.${field}`, from, to, by })
}

/** The language to write to somebody in: theirs, else the mail's, else the desk's; always one the desk answers in. */
export function languageFor(desk: Desk, ...wishes: readonly (string | null | undefined)[]): string {
  for (const wish of wishes) if (wish && desk.languages.includes(wish)) return wish
  return desk.language
}

export function senderLanguage(judgement: Judgement): string {
  const { context, event } = judgement
  return languageFor(context.desk, context.sender?.contact?.language, context.sender?.language, event.message.language)
}

type DraftInput = Pick<MailDraft, 'template' | 'to' | 'role' | 'language'> & Partial<MailDraft>

/** A draft with everything that is usually empty filled in. */
export function draftMail(desk: string, input: DraftInput): MailDraft {
  return {
    automatic: 'auto-generated',
    ticket: null,
    subjectId: null,
    fill: null,
    data: {},
    choices: [],
    attachments: [],
    files: [],
    calendar: null,
    inReplyTo: null,
    references: [],
    budget: 'notice',
    author: null,
    once: null,
    ...input,
    desk,
  }
}

export function mail(
  judgement: { readonly context: Context; readonly decision: { mails: MailDraft[] } },
  input: DraftInput,
): void {
  const draft = draftMail(judgement.context.desk.desk, input)
  // Whom notices have stopped for needs no way to stop them.
  const muted = draft.ticket?.participants.some((p) => p.muted && p.address === draft.to.address) ?? false
  judgement.decision.mails.push(muted ? { ...draft, choices: draft.choices.filter((choice) => choice !== 'm') } : draft)
}

export function recipientOf(person: Person | Participant): MailDraft['to'] {
  return 'person' in person
    ? { address: person.address, name: person.name, person: person.person, zone: person.zone ?? null }
    : {
        address: person.address,
        name: person.contact?.name || person.name,
        person: person.id,
        zone: person.contact?.attributes.zone ?? null,
      }
}

/** The sender as somebody to write to; null when the mail has no single trusted author address. */
export function senderRecipient(judgement: Judgement): MailDraft['to'] | null {
  const { message } = judgement.event
  if (!message.from) return null
  const { sender } = judgement.context
  return sender ? recipientOf(sender) : { address: message.from.address, name: message.from.name, person: 0 }
}

/** What the author wrote now; the whole text when nothing could be told apart. */
export function newText(event: MailEvent): string {
  return event.message.replyText || event.message.text
}

/** `ABC-12`; the number of a new ticket is filled in by the gateway before anything is written. */
export function tokenOf(desk: Desk, number: number): string {
  return `${desk.prefix}-${number}`
}

export function staffByAddress(desk: Desk, address: string): Staff | undefined {
  return staffAt(desk, address)
}

/** A gate says true when the mail's way ends there. */
export type Gate = (judgement: Judgement) => boolean
