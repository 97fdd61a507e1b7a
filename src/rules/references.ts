// A mail of somebody outside about a reference that tickets wait for: the developers' solution comes back.

import type { Desk } from '../desks/desk.ts'
import type { ReferenceSource } from '../desks/references.ts'
import { textIn } from '../desks/text.ts'
import type { InboundMessage } from '../inbound/message.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { mailEntry } from './entry.ts'
import {
  change,
  conclude,
  type Gate,
  type Judgement,
  languageFor,
  mail,
  newText,
  recipientOf,
  say,
  sheetOf,
} from './judgement.ts'
import { filesOf, mailFacts } from './mail-facts.ts'
import { historyOf, staffOf, tellStaff } from './notify.ts'
import { compilePattern } from './pattern.ts'
import { keywordIn, parseKeyword, viewWords } from './words.ts'

const MOST = 10

const writesAbout = (source: ReferenceSource, address: string): boolean => {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return source.senders.some((sender) =>
    sender.includes('@') ? sender === address : domain === sender || domain.endsWith(`.${sender}`),
  )
}

/** The declared source a mail comes from. */
export function referenceSourceOf(desk: Desk, message: InboundMessage): ReferenceSource | undefined {
  const address = message.from?.address
  return address === undefined ? undefined : desk.references.find((source) => writesAbout(source, address))
}

/** The references that a mail of a declared source names, at most ten, in lower case. */
export function referencesIn(desk: Desk, message: InboundMessage): string[] {
  const source = referenceSourceOf(desk, message)
  const compiled = source ? compilePattern(source.pattern) : null
  if (!compiled?.ok) return []
  const found = new Set<string>()
  for (const text of [message.subject, ...message.text.slice(0, 50_000).split('\n')]) {
    let left = text
    while (found.size < MOST) {
      const value = compiled.pattern.find(left)?.get('value')
      if (!value) break
      found.add(value.toLowerCase())
      const at = left.indexOf(value)
      if (at < 0) break
      left = left.slice(at + value.length)
    }
  }
  return [...found]
}

/** Every ticket that waits for a reference the mail names gets it; a mail that brings the solution moves them on. */
export const outsideReference: Gate = (judgement) => {
  const { context, event } = judgement
  const tickets = context.referring ?? []
  const source = referenceSourceOf(context.desk, event.message)
  if (!source || tickets.length === 0 || event.released || context.authentication.result === 'fail') return false
  const view = viewWords(`${event.message.subject}\n${newText(event)}`)
  // Anybody can write as somebody; what moves tickets and tells customers has to be proved.
  const proved = context.authentication.result === 'pass'
  const solves =
    proved &&
    source.solved.some((written) => {
      const keyword = parseKeyword(written)
      return keyword !== null && keywordIn(view, keyword)
    })
  for (const ticket of tickets) onTicket(judgement, source, ticket, solves)
  return conclude(judgement, 'noted')
}

function onTicket(judgement: Judgement, source: ReferenceSource, ticket: Ticket, solves: boolean): void {
  const { context, event } = judgement
  const { desk } = context
  const sheet = sheetOf(judgement, ticket)
  const reference = String(ticket.fields.reference ?? '')
  say(
    judgement,
    'reference',
    solves ? 'solved' : 'news',
    `${source.name} writes about ${reference}, for which ticket ${ticket.number} waits${solves ? ': the solution came' : ''}.`,
  )
  sheet.entries.push(
    mailEntry(judgement, { kind: 'note', public: false, data: { reference, from: source.name, solves } }),
  )
  const from = ticket.status
  const may = source.from?.includes(from) ?? true
  if (solves && may && source.status !== undefined) change(sheet, 'status', source.status, source.name)
  if (solves && may) {
    sheet.told = true
    const { says } = source
    for (const person of says === undefined ? [] : ticket.participants) {
      if (person.muted || person.role !== 'requester') continue
      const language = languageFor(desk, person.language, ticket.language)
      mail(judgement, {
        template: 'status-changed',
        role: 'customer',
        to: recipientOf(person),
        language,
        ticket,
        budget: 'notice',
        choices: ['m'],
        inReplyTo: context.thread.get(ticket.number)?.[0] ?? null,
        references: context.thread.get(ticket.number) ?? [],
        data: {
          from: from === ticket.status ? '' : textIn(desk.statuses[from]?.name, language, desk.language),
          why: textIn(says, language, desk.language),
        },
      })
    }
    sheet.moments.push('public-news')
  }
  for (const staff of staffOf(context, ticket)) {
    const language = languageFor(desk, staff.language)
    tellStaff(
      judgement,
      [staff],
      'agent-customer-mail',
      ticket,
      {
        ...mailFacts(judgement, ticket, language),
        notes: [`${source.name}: ${reference}`],
        history: historyOf(context, ticket, language),
      },
      { attachments: filesOf(event) },
    )
  }
}
