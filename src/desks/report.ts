// Reports that agents write on a ticket, such as after a visit: the lists they go to, and the suggestions they may note.

import { z } from 'zod'
import { key, mailbox } from './names.ts'
import { localisedText } from './text.ts'

export const reportSchema = z.strictObject({
  lists: z
    .record(
      key,
      z.strictObject({
        name: localisedText.describe('as agents name it: #report NAME'),
        to: z.array(mailbox).default([]).describe('addresses'),
        teams: z.array(z.string()).default([]).describe('teams, each of whose members gets it'),
        language: z
          .string()
          .regex(/^[a-z]{2}$/)
          .optional()
          .describe('language for addresses outside the staff; absent: that of the desk'),
      }),
    )
    .describe('distribution lists'),
  usual: z.array(key).default([]).describe('lists of a report that names none; absent: all'),
  suggestions: z
    .strictObject({
      words: z
        .array(z.string().min(2))
        .min(1)
        .describe(
          'a line of the report that begins with one of these words and a colon is a suggestion of the customer',
        ),
      type: key.describe('type of the ticket that each becomes'),
    })
    .optional()
    .describe('suggestions in reports, each of which becomes a ticket of its own for the same customer'),
})
export type ReportPolicy = z.output<typeof reportSchema>

const folded = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')

const MOST = 10

/** The suggestions that a report notes, at most ten, each of one line: `Suggestion : export the balance to a table`. */
export function suggestionsIn(policy: ReportPolicy, text: string): string[] {
  const words = (policy.suggestions?.words ?? []).map(folded)
  if (words.length === 0) return []
  const found: string[] = []
  for (const line of text.slice(0, 50_000).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0 || colon > 60) continue
    const head = folded(line.slice(0, colon)).replace(/^[\s\-*•–]+|\s+$/g, '')
    const said = line.slice(colon + 1).trim()
    if (said !== '' && words.includes(head) && found.length < MOST) found.push(said.slice(0, 1000))
  }
  return found
}
