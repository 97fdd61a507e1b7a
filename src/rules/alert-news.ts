// Who is told of a problem, and what: the team, and the people outside who are subscribed to such news.

import type { alertNews } from '../desks/alert.ts'
import { type ContactFilter, fitsFilter } from '../desks/contact-filter.ts'
import { type LocalisedText, textIn } from '../desks/text.ts'
import type { DraftValue } from '../outbound/draft.ts'
import { fieldText } from '../outbound/field-text.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { fillValues } from './alert-reading.ts'
import type { AlertStory } from './alert-story.ts'
import type { AlertTurn, Context } from './context.ts'
import { languageFor, mail, recipientOf, say, type TicketSheet, tokenOf } from './judgement.ts'
import { filesOf } from './mail-facts.ts'
import { staffOf, tellStaff } from './notify.ts'

export type AlertNews = (typeof alertNews)[number]

/** One mail to the assignee or the team. */
export function tellTeamOfAlert(
  { judgement, source, reading, known }: AlertStory,
  sheet: TicketSheet,
  turn: AlertTurn,
) {
  const { context } = judgement
  const { ticket } = sheet
  const counted = judgement.decision.alerts.at(-1)
  tellStaff(
    judgement,
    staffOf(context, ticket),
    'agent-alert',
    ticket,
    {
      turn,
      opened: turn === 'opened',
      returned: turn === 'returned',
      worse: turn === 'worse',
      flapping: turn === 'flapping',
      recovered: turn === 'recovered',
      silent: false,
      source: source.name,
      title: reading.title,
      severity: reading.severity,
      text: reading.text,
      repeats: counted?.repeats ?? 1,
      flaps: counted?.flaps ?? 0,
      since: turn === 'recovered' && known ? known.since : ticket.createdAt,
      at: context.now,
      similar:
        turn === 'opened'
          ? context.similar.map((one) => ({
              token: tokenOf(context.desk, one.number),
              subject: one.subject,
              resolution: one.resolution,
            }))
          : [],
    },
    { attachments: turn === 'opened' ? filesOf(judgement.event) : [] },
  )
  sheet.told = true
}

/** One mail each, and to each person once, whichever of the filters fits; nobody sees who else is told. */
export function tellSubscribers(
  { judgement, source }: AlertStory,
  ticket: Ticket,
  news: AlertNews,
  values: ReadonlyMap<string, string>,
): void {
  const { context } = judgement
  const { desk } = context
  const filters = source.tell.filter((one) => one.on.includes(news)).map((one) => filledFilter(one.contacts, values))
  if (filters.length === 0) return
  const told = new Set<string>()
  for (const person of context.subscribers ?? []) {
    const { contact } = person
    if (!contact || told.has(contact.key) || !filters.some((filter) => fitsFilter(contact, filter))) continue
    told.add(contact.key)
    const language = languageFor(desk, contact.language, person.language)
    mail(judgement, {
      template: 'incident-news',
      role: 'customer',
      to: recipientOf(person),
      language,
      automatic: 'auto-generated',
      budget: 'staff',
      data: {
        problem: news === 'problem',
        recovered: news === 'recovery',
        flapping: news === 'flapping',
        title: ticket.subject,
        type: textIn(desk.types[ticket.type]?.name, language, desk.language),
        since: ticket.createdAt,
        until: news === 'recovery' ? context.now : null,
        facts: publicFacts(context, ticket, language),
      },
    })
  }
  if (told.size > 0)
    say(judgement, 'alert', 'subscribers-told', `${told.size} subscribed people are told of the ${news}.`)
}

/** The public fields of a ticket as somebody reads them. */
export function publicFacts({ desk }: Pick<Context, 'desk'>, ticket: Ticket, language: string): DraftValue {
  const say = (text: LocalisedText): string => textIn(text, language, desk.language)
  return Object.entries(desk.fields).flatMap(([key, field]) => {
    const value = ticket.fields[key] ?? null
    if (!field.public || value === null || value === '') return []
    return [{ name: say(field.name), value: fieldText(field, value, { language, fallback: desk.language }) }]
  })
}

/** The filter with the values of the alert put in. */
export const filledFilter = (filter: ContactFilter, values: ReadonlyMap<string, string>): ContactFilter =>
  Object.fromEntries(
    Object.entries(filter).map(([attribute, wanted]) => [
      attribute,
      Array.isArray(wanted)
        ? wanted.map((one) => fillValues(one, values))
        : typeof wanted === 'string'
          ? fillValues(wanted, values)
          : wanted,
    ]),
  )
