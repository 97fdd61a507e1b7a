// The desk’s memory of solved cases: what is asked of agents, what is shown to them.

import { z } from 'zod'

export const casesSchema = z.strictObject({
  ask: z
    .boolean()
    .default(true)
    .describe('an agent who solves a ticket without a resolution is asked for one, a line for the next time'),
  show: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('how many similar solved cases the notification of a new ticket lists at most'),
})

/** Languages for which PostgreSQL knows the endings of words; of the others the words are compared as they are. */
const configurations: Readonly<Record<string, string>> = {
  ar: 'arabic',
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  id: 'indonesian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
}

/** Name of the text search configuration of a language. */
export const searchConfiguration = (language: string): string =>
  Object.hasOwn(configurations, language) ? (configurations[language] ?? 'simple') : 'simple'

const MAX_SEARCHED = 8_000

/** A text as it is searched: without marks on letters, which people leave out, and without what stands in every mail. */
export function searchedText(text: string): string {
  return text
    .slice(0, MAX_SEARCHED)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[’']/g, ' ')
    .replace(/[^\p{L}\p{N}\s.@/-]+/gu, ' ')
    .toWellFormed()
}
