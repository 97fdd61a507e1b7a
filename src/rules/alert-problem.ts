// A problem is reported: new, known already, there again, or over before its mail came.

import type { Duration } from '../tickets/duration.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { tellSubscribers, tellTeamOfAlert } from './alert-news.ts'
import { fillValues } from './alert-reading.ts'
import {
  type AlertStory,
  enter,
  kindOf,
  nameOf,
  priorityOf,
  remember,
  runAlertRules,
  setFields,
  tagFlapping,
  valuesOf,
} from './alert-story.ts'
import type { AlertTurn } from './context.ts'
import type { AlertKnown } from './decision.ts'
import { systemEntry } from './entry.ts'
import { change, link, say, sheetOf } from './judgement.ts'
import { blankTicket } from './new-ticket.ts'

const msOf = (duration: Duration): number => duration.amount * 60_000
const MAX_TURNS = 100

/** A problem as its source reports it: a new ticket, or what is known of it goes on. */
export function judgeProblem(story: AlertStory): AlertTurn {
  const { known, source, now } = story
  if (known === null) return open(story, null)
  const over = known.state === 'recovered'
  if (over && isLate(story, known)) {
    say(
      story.judgement,
      'alert',
      'late',
      `The problem ${nameOf(story)} was written before its recovery, which came first: it is over already.`,
    )
    return 'late'
  }
  const ticket = known.ticket
  if (!ticket) return open(story, null)
  const kind = kindOf(story, ticket)
  if (!over && kind !== 'closed' && kind !== 'solved') return repeat(story, known, ticket)
  const endedAt = over ? known.since : (ticket.closedAt ?? ticket.solvedAt ?? ticket.updatedAt)
  // What is closed stays closed at some desks, whoever asks.
  const forGood = kind === 'closed' && story.judgement.context.desk.closed === 'refuse'
  if (forGood || now.getTime() - endedAt.getTime() > msOf(source.again)) return open(story, ticket)
  return comeBack(story, known, ticket, over)
}

/** The mails overtook each other: it says itself that it is older than the recovery that is here. */
function isLate(story: AlertStory, known: AlertKnown): boolean {
  return (
    story.writtenAt !== null &&
    known.statedAt !== null &&
    story.writtenAt < known.statedAt &&
    story.now.getTime() - known.since.getTime() <= msOf(story.source.late)
  )
}

function open(story: AlertStory, before: Ticket | null): AlertTurn {
  const { judgement, source, reading } = story
  const { desk } = judgement.context
  const values = valuesOf(story, 1, 0)
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
  const priority = priorityOf(story)
  if (priority !== null) ticket.priority = priority
  const sheet = sheetOf(judgement, ticket, true)
  sheet.moments.push('created', 'alert')
  enter(story, sheet, 'opened')
  setFields(story, sheet, values)
  if (before) link(judgement, { from: ticket, to: before.number, toDesk: before.desk, kind: 'follows' })
  say(
    judgement,
    'alert',
    'opened',
    `${source.name} reports the problem ${nameOf(story)}: a new ticket in queue ${ticket.queue}, priority ${ticket.priority}.`,
  )
  remember(story, { ticket, state: 'problem', repeats: 1, flaps: 0, turns: [], flapping: false })
  runAlertRules(story, sheet, 'opened')
  tellTeamOfAlert(story, sheet, 'opened')
  tellSubscribers(story, sheet.ticket, 'problem', values)
  return 'opened'
}

/** It is the same problem: counted, and told only when it has become worse. */
function repeat(story: AlertStory, known: AlertKnown, ticket: Ticket): AlertTurn {
  const { judgement, reading, source } = story
  const sheet = sheetOf(judgement, ticket)
  const repeats = known.repeats + 1
  const lost = reading.reference !== null && known.reference !== null && reading.reference !== known.reference
  sheet.moments.push('alert')
  enter(story, sheet, 'repeated')
  if (lost)
    sheet.entries.push(
      systemEntry('', { alert: 'recovery-lost', from: known.reference, to: reading.reference, source: source.name }),
    )
  setFields(story, sheet, valuesOf(story, repeats, known.flaps))
  const rankBefore = rankOf(story, ticket.priority)
  const priority = reading.severity !== known.severity ? priorityOf(story) : null
  if (priority !== null) change(sheet, 'priority', priority, `alert ${source.name}`)
  const worse = rankOf(story, ticket.priority) < rankBefore
  say(
    judgement,
    'alert',
    lost ? 'recovery-lost' : 'repeated',
    lost
      ? `The problem ${nameOf(story)} began anew without a recovery in between: it stays one ticket.`
      : `The problem ${nameOf(story)} is known and lasts; it came ${repeats} times.`,
  )
  remember(story, { ...known, ticket, state: 'problem', repeats })
  runAlertRules(story, sheet, 'repeated')
  if (worse) tellTeamOfAlert(story, sheet, 'worse')
  return 'repeated'
}

/** Over, or closed by hand, and there again before long. */
function comeBack(story: AlertStory, known: AlertKnown, ticket: Ticket, wasOver: boolean): AlertTurn {
  const { judgement, source, now } = story
  const { desk } = judgement.context
  const sheet = sheetOf(judgement, ticket)
  const since = now.getTime() - msOf(source.flapping.within)
  const turns = wasOver
    ? [...known.turns.filter((at) => at.getTime() >= since), now].slice(-MAX_TURNS)
    : [...known.turns]
  const flaps = known.flaps + (wasOver ? 1 : 0)
  const flapping = turns.length >= source.flapping.times
  const begins = flapping && !known.flapping
  enter(story, sheet, 'returned')
  change(sheet, 'status', desk['on-refute'].status ?? desk.start.status, `alert ${source.name}`)
  ticket.reopens += 1
  ticket.closedAt = null
  ticket.solvedAt = null
  sheet.moments.push('reopened', 'alert')
  sheet.told = true
  setFields(story, sheet, valuesOf(story, known.repeats + 1, flaps))
  if (begins) tagFlapping(story, sheet)
  say(
    judgement,
    'alert',
    flapping ? 'flapping' : 'returned',
    flapping
      ? `The problem ${nameOf(story)} comes and goes (${turns.length} times): it is counted, nobody is told of each.`
      : `The problem ${nameOf(story)} is back: its ticket is open again.`,
  )
  remember(story, { ticket, state: 'problem', repeats: known.repeats + 1, flaps, turns, flapping })
  runAlertRules(story, sheet, flapping ? 'flapping' : 'returned')
  if (begins || !flapping) tellTeamOfAlert(story, sheet, flapping ? 'flapping' : 'returned')
  if (begins) tellSubscribers(story, sheet.ticket, 'flapping', valuesOf(story, 1, 0))
  else if (!flapping) tellSubscribers(story, sheet.ticket, 'problem', valuesOf(story, 1, 0))
  return 'returned'
}

function rankOf(story: AlertStory, priority: string): number {
  return story.judgement.context.desk.priorities[priority]?.rank ?? 99
}
