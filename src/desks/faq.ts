// Questions that come again and again, with their answers: what of them fits a mail. A configured phrase decides; without one, the
// words that question and mail have in common, weighed by how rare they are among the questions. Below the threshold nothing is shown.

import { z } from 'zod'
import { type LocalisedText, localisedText, textIn } from './text.ts'

const MAX_TEXT = 20_000

const phrase = z
  .string()
  .refine(
    (text) => text.split('+').every((part) => /[\p{L}\p{N}]/u.test(part)),
    'a phrase is words, or several of them joined by +: "carrier* + list"',
  )

export const faqSchema = z.strictObject({
  threshold: z
    .number()
    .min(0.1)
    .max(1)
    .default(0.7)
    .describe(
      'how much of a question’s weight the words of a mail must have for its answer to be shown without a phrase; 1 switches that off but for whole questions',
    ),
  most: z.number().int().min(1).max(5).default(2).describe('answers in one mail at most'),
  entries: z
    .array(
      z.strictObject({
        question: localisedText.describe('as people ask it'),
        phrases: z
          .array(phrase)
          .default([])
          .describe(
            'words that show that this is asked; those joined by + must all be there, in any order, * leaves an end open',
          ),
        lacks: z.array(z.string()).default([]).describe('not when the mail has one of these words or phrases'),
        answer: localisedText,
        types: z.array(z.string()).optional().describe('only for new tickets of these types'),
      }),
    )
    .min(1)
    .describe('questions with their answers, the more particular ones first'),
})
export type Faq = z.output<typeof faqSchema>

export interface FaqAnswer {
  readonly question: string
  readonly answer: string
  /** Why it is shown: the phrase that was found, or how much of the question the mail has (0 to 1). */
  readonly by: string | number
}

export interface FaqQuestion {
  /** Subject and what the customer wrote. */
  readonly text: string
  readonly type: string
  /** Language of the answer. */
  readonly language: string
  readonly deskLanguage: string
  /** Whether the mail has a word or phrase of the configuration. */
  readonly says: (words: string) => boolean
}

/** The answers to show, at most `most`: those whose phrases are there, in their order; when there are none, those of words in common, the best first. */
export function answersOf(faq: Faq | undefined, asked: FaqQuestion): FaqAnswer[] {
  if (!faq) return []
  const entries = faq.entries.filter(
    (entry) => (entry.types?.includes(asked.type) ?? true) && !entry.lacks.some((words) => asked.says(words)),
  )
  const found = new Map<Faq['entries'][number], string | number>()
  for (const entry of entries) {
    const by = entry.phrases.find((one) => one.split('+').every((part) => asked.says(part.trim())))
    if (by !== undefined) found.set(entry, by)
  }
  if (found.size === 0) {
    const words = new Set(termsOf(asked.text.slice(0, MAX_TEXT)))
    const weights = weightsOf(faq)
    const near = entries
      .map((entry) => ({
        entry,
        score: Math.max(0, ...wordings(entry.question).map((question) => coverage(termsOf(question), words, weights))),
      }))
      .filter(({ score }) => score >= faq.threshold)
      .sort((a, b) => b.score - a.score)
    for (const { entry, score } of near) found.set(entry, Math.round(score * 100) / 100)
  }
  return [...found].slice(0, faq.most).map(([entry, by]) => ({
    question: textIn(entry.question, asked.language, asked.deskLanguage),
    answer: textIn(entry.answer, asked.language, asked.deskLanguage),
    by,
  }))
}

const wordings = (text: LocalisedText): readonly string[] => (typeof text === 'string' ? [text] : Object.values(text))

/** Words that every question has. */
const empty = new Set(
  'the and for are but what when how can cannot does not you your have has this that with from there which who why where les des une est que qui pas pour dans sur mais avec mon mes vous nous quel quelle quand comment pourquoi cette sont peut puis suis que los las una del por para con pero como cual cuando esta este hay que mis sus puedo tengo bonjour hello hola merci thanks gracias please'.split(
    ' ',
  ),
)

/** Folded words of three letters or more, without endings: `corrections` and `correction` are one. */
export function termsOf(text: string): string[] {
  const folded = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
  return (folded.match(/[\p{L}\p{N}]{3,40}/gu) ?? [])
    .filter((word) => !empty.has(word))
    .map((word) => (word.length > 4 ? word.replace(/(?:es|s|x|e|a|o)$/, '').slice(0, 7) : word))
}

const weighed = new WeakMap<Faq, ReadonlyMap<string, number>>()

/** How much a word says: the fewer questions have it, the more. */
function weightsOf(faq: Faq): ReadonlyMap<string, number> {
  const known = weighed.get(faq)
  if (known) return known
  const questions = faq.entries.flatMap((entry) =>
    wordings(entry.question).map((question) => new Set(termsOf(question))),
  )
  const counts = new Map<string, number>()
  for (const terms of questions) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  const weights = new Map([...counts].map(([term, count]) => [term, Math.log(1 + questions.length / count)]))
  weighed.set(faq, weights)
  return weights
}

/** The part of a question's weight that the mail's words have; a single word in common is none. */
function coverage(
  question: readonly string[],
  words: ReadonlySet<string>,
  weights: ReadonlyMap<string, number>,
): number {
  let all = 0
  let shared = 0
  let hits = 0
  for (const term of new Set(question)) {
    const weight = weights.get(term) ?? 1
    all += weight
    if (!words.has(term)) continue
    shared += weight
    hits += 1
  }
  return hits < 2 || all === 0 ? 0 : shared / all
}
