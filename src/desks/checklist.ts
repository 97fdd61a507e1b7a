// Data that a case needs before it can be worked on: fields by type, tag or another field of the ticket. What is empty is asked for in
// the acknowledgement; later mails fill it (`read-fields` in rules).

import { z } from 'zod'
import { type LocalisedText, localisedText, textIn } from './text.ts'

const some = z.union([z.string(), z.array(z.string()).min(1)])

export const checklistSchema = z.strictObject({
  types: z.array(z.string()).optional().describe('only tickets of these types'),
  tags: z.array(z.string()).optional().describe('only tickets with one of these tags'),
  fields: z
    .record(z.string(), some)
    .optional()
    .describe('only tickets whose fields have one of these values: { module: [BANK, PAYROLL] }'),
  wants: z.array(z.string()).min(1).describe('fields that must be filled'),
})
export type Checklist = z.output<typeof checklistSchema>

/** How a field is asked for, where its name alone would not do. */
export const askSchema = localisedText.describe('how it is asked for when it is missing; absent: its name')

export interface ChecklistFacts {
  readonly type: string
  readonly tags: readonly string[]
  readonly fields: Readonly<Record<string, unknown>>
}

const plain = (value: unknown): string =>
  String(value ?? '')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .trim()

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

function applies(list: Checklist, facts: ChecklistFacts): boolean {
  if (list.types && !list.types.includes(facts.type)) return false
  if (list.tags && !list.tags.some((tag) => facts.tags.includes(tag))) return false
  return Object.entries(list.fields ?? {}).every(([name, wanted]) => {
    const value = plain(Object.hasOwn(facts.fields, name) ? facts.fields[name] : '')
    return (typeof wanted === 'string' ? [wanted] : wanted).some((one) => plain(one) === value)
  })
}

/** Keys of the fields that the lists which apply want and the ticket lacks, each once, in the order of the lists. */
export function missingFields(lists: readonly Checklist[], facts: ChecklistFacts): string[] {
  const wanted = new Set(lists.filter((list) => applies(list, facts)).flatMap((list) => list.wants))
  return [...wanted].filter((name) => isEmpty(Object.hasOwn(facts.fields, name) ? facts.fields[name] : undefined))
}

/** The same fields as the customer is asked for them. */
export function missingNames(
  desk: {
    readonly checklists: readonly Checklist[]
    readonly fields: Readonly<
      Record<string, { readonly name: LocalisedText; readonly ask?: LocalisedText | undefined }>
    >
    readonly language: string
  },
  facts: ChecklistFacts,
  language: string,
): string[] {
  return missingFields(desk.checklists, facts).map((name) => {
    const field = desk.fields[name]
    return textIn(field?.ask ?? field?.name, language, desk.language)
  })
}
