// What the acknowledgement of a new ticket says beside its number: answers to known questions, what is still wanted, by when.

import { missingFields } from '../desks/checklist.ts'
import { answersOf } from '../desks/faq.ts'
import { textIn } from '../desks/text.ts'
import type { DraftValue } from '../outbound/draft.ts'
import type { Duration } from '../tickets/duration.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Context, MailEvent } from './context.ts'
import { calendarOf } from './finish.ts'
import { after, openNow, opensAt } from './hours.ts'
import { newText } from './judgement.ts'
import { keywordIn, parseKeyword, viewWords } from './words.ts'

/** Entries of the desk's FAQ that fit the mail, in the language of the ticket. */
function answersFor({ desk }: Context, event: MailEvent, ticket: Ticket): DraftValue {
  if (!desk.faq) return []
  const text = `${event.message.subject}\n${newText(event)}`
  const view = viewWords(text)
  return answersOf(desk.faq, {
    text,
    type: ticket.type,
    language: ticket.language,
    deskLanguage: desk.language,
    says: (words) => {
      const keyword = parseKeyword(words)
      return keyword !== null && keywordIn(view, keyword)
    },
  }).map(({ question, answer }) => ({ question, answer }))
}

const isDuration = (value: Duration | Readonly<Record<string, Duration>>): value is Duration =>
  typeof value.amount === 'number'

/** When the clock that the desk promises to customers ends; null when none runs for the ticket. */
function promisedAt(context: Context, ticket: Ticket): Date | null {
  const { desk, now } = context
  const status = desk.statuses[ticket.status]
  const clock = desk.clocks.find(
    ({ promised, name, starts, types }) =>
      promised &&
      starts.includes('created') &&
      (types?.includes(ticket.type) ?? true) &&
      !status?.pauses.includes(name) &&
      !status?.stops.includes(name),
  )
  if (!clock || desk.types[ticket.type]?.clocks === false) return null
  const duration = isDuration(clock.after) ? clock.after : clock.after[ticket.priority]
  if (!duration) return null
  return after({ calendar: () => calendarOf(context, ticket), now }, now, duration)
}

/** Values of the acknowledgement that follow from the desk's configuration; hours are those that count for the ticket. */
export function acknowledgementFacts(
  context: Context,
  event: MailEvent,
  ticket: Ticket,
): Readonly<Record<'outOfHours' | 'opensAt' | 'dueAt' | 'answers' | 'missing', DraftValue>> {
  const { desk } = context
  const hours = { calendar: () => calendarOf(context, ticket), now: context.now }
  return {
    outOfHours: !openNow(hours),
    opensAt: opensAt(hours),
    dueAt: promisedAt(context, ticket),
    answers: answersFor(context, event, ticket),
    missing: missingFields(desk.checklists, ticket).map((name) => {
      const field = desk.fields[name]
      return textIn(field?.ask ?? field?.name, ticket.language, desk.language)
    }),
  }
}
