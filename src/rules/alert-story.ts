// A problem on its way: what an alert says, what is known of it, and what every turn of it does to a ticket.

import type { AlertSource } from '../desks/alert.ts'
import type { AlertReading } from '../inbound/alert-mail.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { asKind } from './actions/field.ts'
import { fillValues } from './alert-reading.ts'
import type { AlertTurn } from './context.ts'
import type { AlertKnown } from './decision.ts'
import { mailEntry, systemEntry } from './entry.ts'
import type { Judgement, TicketSheet } from './judgement.ts'
import { workOf } from './rule-step.ts'
import { runRules } from './run.ts'

/** One problem of one mail. */
export interface AlertStory {
  readonly judgement: Judgement
  readonly source: AlertSource
  readonly reading: AlertReading
  readonly known: AlertKnown | null
  readonly now: Date
  /** When the system wrote the mail, as it says itself; only compared with other mails of the same system. */
  readonly writtenAt: Date | null
}

/** The problem of a reading with what is known of it: a recovery is found by its reference first, everything else by its key. */
export function storyOf(judgement: Judgement, source: AlertSource, reading: AlertReading): AlertStory {
  const mine = (judgement.context.alerts ?? []).filter((one) => one.source === source.name)
  const known =
    (reading.state === 'recovery' && reading.reference !== null
      ? mine.find((one) => one.reference === reading.reference && one.state === 'problem')
      : undefined) ??
    mine.find((one) => one.key === reading.key) ??
    null
  return { judgement, source, reading, known, now: judgement.context.now, writtenAt: judgement.event.message.date }
}

/** Its title, short enough for a sentence. */
export function nameOf(story: AlertStory): string {
  return story.reading.title.slice(0, 120)
}

/** Kind of the ticket's status; one that the desk has no more counts as open. */
export function kindOf(story: AlertStory, ticket: Ticket): string {
  return story.judgement.context.desk.statuses[ticket.status]?.kind ?? 'open'
}

/** The priority its severity has at this source; null when the source says nothing of it. */
export function priorityOf(story: AlertStory): string | null {
  const { priorities } = story.source
  const { severity } = story.reading
  return Object.hasOwn(priorities, severity) ? (priorities[severity] ?? null) : null
}

/** What `{name}` stands for in subjects, fields and news of this source. */
export function valuesOf(story: AlertStory, repeats: number, flaps: number): ReadonlyMap<string, string> {
  const { reading } = story
  return new Map([
    ...reading.values,
    ['key', reading.key],
    ['state', reading.values.get('state') ?? reading.state],
    ['severity', reading.severity],
    ['title', reading.title],
    ['repeats', String(repeats)],
    ['flaps', String(flaps)],
  ])
}

export function setFields(story: AlertStory, sheet: TicketSheet, values: ReadonlyMap<string, string>): void {
  const { desk } = story.judgement.context
  for (const [name, text] of Object.entries(story.source.fields)) {
    const field = desk.fields[name]
    const value = asKind(field?.kind ?? 'text', fillValues(text, values), field?.choices)
    // Counters change with every mail; they are no news of the history.
    if (value !== null) sheet.ticket.fields = { ...sheet.ticket.fields, [name]: value }
  }
}

export function tagFlapping(story: AlertStory, sheet: TicketSheet): void {
  if (sheet.ticket.tags.includes('flapping')) return
  sheet.ticket.tags = [...sheet.ticket.tags, 'flapping'].slice(-50)
  sheet.changes.push({ field: 'tag', from: null, to: 'flapping', by: `alert ${story.source.name}` })
}

/** The mail in the history, for staff. */
export function enter(story: AlertStory, sheet: TicketSheet, turn: AlertTurn): void {
  const { reading, source } = story
  sheet.entries.push(
    mailEntry(story.judgement, {
      kind: 'report',
      public: false,
      ...(reading.text === '' ? {} : { text: reading.text }),
      data: { alert: turn, source: source.name, key: reading.key, severity: reading.severity, title: reading.title },
    }),
  )
}

/** What is known of the problem from now on. */
export function remember(
  story: AlertStory,
  next: Pick<AlertKnown, 'ticket' | 'state' | 'repeats' | 'flaps' | 'turns' | 'flapping'>,
): void {
  const { judgement, source, reading, known, now } = story
  const same = known !== null && known.state === next.state
  judgement.decision.alerts.push({
    source: source.name,
    key: known?.key ?? reading.key,
    reference: reading.reference ?? known?.reference ?? null,
    ticket: next.ticket,
    state: next.state,
    severity: reading.state === 'problem' ? reading.severity : (known?.severity ?? reading.severity),
    title: reading.title.slice(0, 300),
    repeats: next.repeats,
    flaps: next.flaps,
    turns: next.turns,
    flapping: next.flapping,
    since: same ? known.since : now,
    statedAt: story.writtenAt ?? now,
    version: known?.version ?? 0,
  })
}

export function runAlertRules(story: AlertStory, sheet: TicketSheet, turn: AlertTurn): void {
  const work = { ...workOf(story.judgement, story.judgement.event, sheet, 'alert'), alert: turn }
  runRules(work)
  for (const note of work.notes) sheet.entries.push(systemEntry(note, { by: 'rule' }))
}
