// Which registered people are meant: those of a category, of a country, those who asked for something.

import { z } from 'zod'
import type { Contact } from './person.ts'

export const contactFilterSchema = z
  .record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string()).min(1)]))
  .describe(
    'attributes of contacts or of their organisations that must all fit, one of several values each: { category: [bank, agency], country: CD }; organisation and language are asked like attributes; a cell of the CSV may hold several words',
  )
export type ContactFilter = z.output<typeof contactFilterSchema>

const yes = /^(?:yes|true|oui|s[ií]|1)$/i
const no = /^(?:no|false|non|0)$/i
const plain = (text: string): string => {
  const word = text.trim().toLowerCase()
  return yes.test(word) ? 'yes' : no.test(word) ? 'no' : word
}

function valuesOf(contact: Contact, attribute: string): readonly string[] {
  const { organisation } = contact
  if (attribute === 'organisation') return organisation ? [organisation.key, organisation.name] : []
  if (attribute === 'language') return contact.language === null ? [] : [contact.language]
  const own = Object.hasOwn(contact.attributes, attribute) ? contact.attributes[attribute] : undefined
  const theirs =
    organisation && Object.hasOwn(organisation.attributes, attribute) ? organisation.attributes[attribute] : undefined
  const text = own || theirs || ''
  return [text, ...text.split(/[\s,;|]+/)]
}

/** Whether a contact is among those meant; people who are no longer active never are. */
export function fitsFilter(contact: Contact, filter: ContactFilter): boolean {
  if (!contact.active) return false
  return Object.entries(filter).every(([attribute, wanted]) => {
    const values = valuesOf(contact, attribute).map(plain)
    const choices = (Array.isArray(wanted) ? wanted : [String(wanted)]).map(plain)
    return choices.some((choice) => choice !== '' && values.includes(choice))
  })
}
