// What the acknowledgement of a new ticket says beside its number: answers to known questions, what is still wanted, whether anybody is there.

import { missingNames } from '../desks/checklist.ts'
import { answersOf } from '../desks/faq.ts'
import type { DraftValue } from '../outbound/draft.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Context, MailEvent } from './context.ts'
import { openNow, opensAt } from './hours.ts'
import { newText } from './judgement.ts'
import { calendarOf } from './ticket-clock.ts'
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

/** Values of the acknowledgement that follow from the desk's configuration; hours are those that count for the ticket. */
export function acknowledgementFacts(
  context: Context,
  event: MailEvent,
  ticket: Ticket,
): Readonly<Record<'outOfHours' | 'opensAt' | 'dueAt' | 'answers' | 'missing' | 'incidents', DraftValue>> {
  const { desk } = context
  const hours = { calendar: () => calendarOf(context, ticket), now: context.now }
  return {
    outOfHours: !openNow(hours),
    opensAt: opensAt(hours),
    // `finish` knows when, once the clocks of the ticket run.
    dueAt: null,
    answers: answersFor(context, event, ticket),
    incidents: (context.incidents ?? [])
      .filter(({ title }) => title !== '')
      .slice(0, 3)
      .map(({ title, since }) => ({ title, since })),
    missing: missingNames(desk, ticket, ticket.language),
  }
}
