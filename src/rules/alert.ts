// Alerts of monitoring systems (a gate): one problem is one ticket however often it repeats; its recovery resolves it; what comes and
// goes is counted. A source is believed by its declared address, unless its authentication failed.

import { type AlertSource, alertSourceOf } from '../desks/alert.ts'
import type { AlertReading } from '../inbound/alert-mail.ts'
import type { Duration } from '../tickets/duration.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { asKind } from './actions/field.ts'
import { type AlertNews, type AlertStory, tellSubscribers, tellTeamOfAlert } from './alert-news.ts'
import { alertsIn, fillValues } from './alert-reading.ts'
import type { AlertTurn } from './context.ts'
import type { AlertKnown } from './decision.ts'
import { mailEntry, systemEntry } from './entry.ts'
import { change, conclude, type Gate, hold, type Judgement, link, say, sheetOf, type TicketSheet } from './judgement.ts'
import { blankTicket } from './new-ticket.ts'
import { workOf } from './rule-step.ts'
import { runRules } from './run.ts'

const msOf = (duration: Duration): number => duration.amount * 60_000
const MAX_TURNS = 100

export const alert: Gate = (judgement) => {
  const { context, event } = judgement
  const { message } = event
  if (event.released) return false
  const source = alertSourceOf(context.desk.alerts, message.from?.address ?? null)
  if (!source) return false
  const { result } = context.authentication
  if (result === 'fail' || (source.authenticated && result !== 'pass')) {
    say(judgement, 'alert', 'not-believed', `It names ${source.name} as its sender, which is not proved: no alert.`)
    return false
  }
  const readings = alertsIn(source, message)
  if (readings.length === 0) {
    hold(
      judgement,
      'alert',
      'alert-unreadable',
      `It comes from ${source.name}, but is no alert that can be read as ${source.format}.`,
      { release: 'open' },
    )
    return conclude(judgement, 'held')
  }
  const turns = readings.map((reading) => new AlertJudging(judgement, source, reading).judge())
  return conclude(judgement, turns.includes('opened') ? 'created' : turns.some(isQuiet) ? 'noted' : 'changed')
}

const isQuiet = (turn: AlertTurn): boolean => turn === 'repeated' || turn === 'noted' || turn === 'late'

/** One problem of one mail on its way. */
class AlertJudging {
  readonly judgement: Judgement
  readonly source: AlertSource
  readonly reading: AlertReading
  readonly known: AlertKnown | null
  readonly now: Date
  /** When the system wrote the mail, as it says itself; only compared with other mails of the same system. */
  readonly writtenAt: Date | null

  constructor(judgement: Judgement, source: AlertSource, reading: AlertReading) {
    this.judgement = judgement
    this.source = source
    this.reading = reading
    this.now = judgement.context.now
    this.writtenAt = judgement.event.message.date
    const mine = (judgement.context.alerts ?? []).filter((one) => one.source === source.name)
    this.known =
      (reading.state === 'recovery' && reading.reference !== null
        ? mine.find((one) => one.reference === reading.reference && one.state === 'problem')
        : undefined) ??
      mine.find((one) => one.key === reading.key) ??
      null
  }

  judge(): AlertTurn {
    switch (this.reading.state) {
      case 'problem':
        return this.problem()
      case 'recovery':
        return this.recovery()
      case 'flapping':
      case 'note':
        return this.note()
      default:
        return this.reading.state satisfies never
    }
  }

  private problem(): AlertTurn {
    const { known, source, now } = this
    if (known === null) return this.open(null)
    const over = known.state === 'recovered'
    if (over && this.isLate(known)) {
      say(
        this.judgement,
        'alert',
        'late',
        `The problem ${this.name} was written before its recovery, which came first: it is over already.`,
      )
      return 'late'
    }
    const ticket = known.ticket
    if (!ticket) return this.open(null)
    const kind = this.kindOf(ticket)
    if (!over && kind !== 'closed' && kind !== 'solved') return this.repeat(known, ticket)
    const endedAt = over ? known.since : (ticket.closedAt ?? ticket.solvedAt ?? ticket.updatedAt)
    // What is closed stays closed at some desks, whoever asks.
    const forGood = kind === 'closed' && this.judgement.context.desk.closed === 'refuse'
    if (forGood || now.getTime() - endedAt.getTime() > msOf(source.again)) return this.open(ticket)
    return this.comeBack(known, ticket, over)
  }

  /** The mails overtook each other: it says itself that it is older than the recovery that is here. */
  private isLate(known: AlertKnown): boolean {
    return (
      this.writtenAt !== null &&
      known.statedAt !== null &&
      this.writtenAt < known.statedAt &&
      this.now.getTime() - known.since.getTime() <= msOf(this.source.late)
    )
  }

  private open(before: Ticket | null): AlertTurn {
    const { judgement, source, reading } = this
    const { desk } = judgement.context
    const values = this.values(1, 0)
    const ticket: Ticket = {
      ...blankTicket(judgement, {
        channel: 'alert',
        type: source.type,
        language: desk.language,
        subject: (source.subject ? fillValues(source.subject, values) : '') || reading.title,
      }),
      queue: source.queue ?? desk.start.queue,
      requester: 0,
      participants: [],
      lastCustomerAt: null,
    }
    const priority = this.priority()
    if (priority !== null) ticket.priority = priority
    const sheet = sheetOf(judgement, ticket, true)
    sheet.moments.push('created', 'alert')
    this.enter(sheet, 'opened')
    this.setFields(sheet, values)
    if (before) link(judgement, { from: ticket, to: before.number, toDesk: before.desk, kind: 'follows' })
    say(
      judgement,
      'alert',
      'opened',
      `${source.name} reports the problem ${this.name}: a new ticket in queue ${ticket.queue}, priority ${ticket.priority}.`,
    )
    this.remember({ ticket, state: 'problem', repeats: 1, flaps: 0, turns: [], flapping: false })
    this.runRules(sheet, 'opened')
    this.tellTeam(sheet, 'opened')
    this.tellSubscribers(sheet, 'problem')
    return 'opened'
  }

  /** It is the same problem: counted, and told only when it has become worse. */
  private repeat(known: AlertKnown, ticket: Ticket): AlertTurn {
    const { judgement, reading, source } = this
    const sheet = sheetOf(judgement, ticket)
    const repeats = known.repeats + 1
    const lost = reading.reference !== null && known.reference !== null && reading.reference !== known.reference
    sheet.moments.push('alert')
    this.enter(sheet, 'repeated')
    if (lost)
      sheet.entries.push(
        systemEntry('', { alert: 'recovery-lost', from: known.reference, to: reading.reference, source: source.name }),
      )
    this.setFields(sheet, this.values(repeats, known.flaps))
    const rankBefore = this.rank(ticket.priority)
    const priority = reading.severity !== known.severity ? this.priority() : null
    if (priority !== null) change(sheet, 'priority', priority, `alert ${source.name}`)
    const worse = this.rank(ticket.priority) < rankBefore
    say(
      judgement,
      'alert',
      lost ? 'recovery-lost' : 'repeated',
      lost
        ? `The problem ${this.name} began anew without a recovery in between: it stays one ticket.`
        : `The problem ${this.name} is known and lasts; it came ${repeats} times.`,
    )
    this.remember({ ...known, ticket, state: 'problem', repeats })
    this.runRules(sheet, 'repeated')
    if (worse) this.tellTeam(sheet, 'worse')
    return 'repeated'
  }

  /** Over, or closed by hand, and there again before long. */
  private comeBack(known: AlertKnown, ticket: Ticket, wasOver: boolean): AlertTurn {
    const { judgement, source, now } = this
    const { desk } = judgement.context
    const sheet = sheetOf(judgement, ticket)
    const since = now.getTime() - msOf(source.flapping.within)
    const turns = wasOver
      ? [...known.turns.filter((at) => at.getTime() >= since), now].slice(-MAX_TURNS)
      : [...known.turns]
    const flaps = known.flaps + (wasOver ? 1 : 0)
    const flapping = turns.length >= source.flapping.times
    const begins = flapping && !known.flapping
    this.enter(sheet, 'returned')
    change(sheet, 'status', desk['on-refute'].status ?? desk.start.status, `alert ${source.name}`)
    ticket.reopens += 1
    ticket.closedAt = null
    ticket.solvedAt = null
    sheet.moments.push('reopened', 'alert')
    sheet.told = true
    this.setFields(sheet, this.values(known.repeats + 1, flaps))
    if (begins) this.tag(sheet)
    say(
      judgement,
      'alert',
      flapping ? 'flapping' : 'returned',
      flapping
        ? `The problem ${this.name} comes and goes (${turns.length} times): it is counted, nobody is told of each.`
        : `The problem ${this.name} is back: its ticket is open again.`,
    )
    this.remember({ ticket, state: 'problem', repeats: known.repeats + 1, flaps, turns, flapping })
    this.runRules(sheet, flapping ? 'flapping' : 'returned')
    if (begins || !flapping) this.tellTeam(sheet, flapping ? 'flapping' : 'returned')
    if (begins) this.tellSubscribers(sheet, 'flapping')
    else if (!flapping) this.tellSubscribers(sheet, 'problem')
    return 'returned'
  }

  private recovery(): AlertTurn {
    const { judgement, known, source } = this
    if (known === null || known.ticket === null) {
      say(
        judgement,
        'alert',
        'recovery-first',
        `${source.name} says that ${this.name} is over, which nobody knew of: remembered, should the problem arrive late.`,
      )
      this.remember({ ticket: null, state: 'recovered', repeats: 0, flaps: 0, turns: [], flapping: false })
      return 'noted'
    }
    const { ticket } = known
    const sheet = sheetOf(judgement, ticket)
    this.enter(sheet, 'recovered')
    const target = this.over()
    const kind = this.kindOf(ticket)
    const open = kind !== 'closed' && kind !== 'solved'
    if (open && target) {
      change(sheet, 'status', target, `alert ${source.name}`)
      sheet.told = true
    }
    say(
      judgement,
      'alert',
      'recovered',
      open
        ? `${source.name} says that ${this.name} is over: its ticket is ${target ?? 'as it was'}.`
        : `${this.name} is over.`,
    )
    this.remember({ ...known, ticket, state: 'recovered' })
    this.runRules(sheet, 'recovered')
    if (open && !known.flapping) {
      this.tellTeam(sheet, 'recovered')
      this.tellSubscribers(sheet, 'recovery')
    }
    return 'recovered'
  }

  /** The system’s own remark about a problem. */
  private note(): AlertTurn {
    const { judgement, known, source, reading } = this
    if (known?.ticket) {
      const sheet = sheetOf(judgement, known.ticket)
      this.enter(sheet, 'noted')
      if (reading.state === 'flapping') this.tag(sheet)
      if (reading.state === 'flapping') this.remember({ ...known, flapping: true })
    }
    say(
      judgement,
      'alert',
      reading.state,
      `${source.name} remarks on ${this.name}: ${known?.ticket ? 'noted on its ticket' : 'there is no ticket of it'}.`,
    )
    return 'noted'
  }

  private get name(): string {
    return this.reading.title.slice(0, 120)
  }

  private kindOf(ticket: Ticket): string {
    return this.judgement.context.desk.statuses[ticket.status]?.kind ?? 'open'
  }

  private over(): string | undefined {
    const { statuses } = this.judgement.context.desk
    const ofKind = (kind: string): string | undefined =>
      Object.entries(statuses).find(([, status]) => status.kind === kind)?.[0]
    return this.source['on-recovery'] ?? ofKind('solved') ?? ofKind('closed')
  }

  private priority(): string | null {
    const { priorities } = this.source
    const { severity } = this.reading
    return Object.hasOwn(priorities, severity) ? (priorities[severity] ?? null) : null
  }

  private rank(priority: string): number {
    return this.judgement.context.desk.priorities[priority]?.rank ?? 99
  }

  private values(repeats: number, flaps: number): ReadonlyMap<string, string> {
    const { reading } = this
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

  private setFields(sheet: TicketSheet, values: ReadonlyMap<string, string>): void {
    const { desk } = this.judgement.context
    for (const [name, text] of Object.entries(this.source.fields)) {
      const field = desk.fields[name]
      const value = asKind(field?.kind ?? 'text', fillValues(text, values), field?.choices)
      // Counters change with every mail; they are no news of the history.
      if (value !== null) sheet.ticket.fields = { ...sheet.ticket.fields, [name]: value }
    }
  }

  private tag(sheet: TicketSheet): void {
    if (sheet.ticket.tags.includes('flapping')) return
    sheet.ticket.tags = [...sheet.ticket.tags, 'flapping'].slice(-50)
    sheet.changes.push({ field: 'tag', from: null, to: 'flapping', by: `alert ${this.source.name}` })
  }

  private enter(sheet: TicketSheet, turn: AlertTurn): void {
    const { reading, source } = this
    sheet.entries.push(
      mailEntry(this.judgement, {
        kind: 'report',
        public: false,
        ...(reading.text === '' ? {} : { text: reading.text }),
        data: { alert: turn, source: source.name, key: reading.key, severity: reading.severity, title: reading.title },
      }),
    )
  }

  private remember(next: Pick<AlertKnown, 'ticket' | 'state' | 'repeats' | 'flaps' | 'turns' | 'flapping'>): void {
    const { judgement, source, reading, known, now } = this
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
      statedAt: this.writtenAt ?? now,
      version: known?.version ?? 0,
    })
  }

  private runRules(sheet: TicketSheet, turn: AlertTurn): void {
    const work = { ...workOf(this.judgement, this.judgement.event, sheet, 'alert'), alert: turn }
    runRules(work)
    for (const note of work.notes) sheet.entries.push(systemEntry(note, { by: 'rule' }))
  }

  private get story(): AlertStory {
    return { judgement: this.judgement, source: this.source, reading: this.reading, known: this.known }
  }

  private tellTeam(sheet: TicketSheet, turn: AlertTurn): void {
    tellTeamOfAlert(this.story, sheet, turn)
  }

  private tellSubscribers(sheet: TicketSheet, news: AlertNews): void {
    tellSubscribers(this.story, sheet.ticket, news, this.values(1, 0))
  }
}
