// Texts of rules with places to fill in: `{invoice}` is a captured value, `{ticket.field.price}` a field. No logic, and what is
// filled in is never looked at again.

import { z } from 'zod'
import { type LocalisedText, localisedText, textIn } from '../../desks/text.ts'
import { fieldText } from '../../outbound/field-text.ts'
import { nearest } from '../conditions/condition.ts'
import { messageOf } from '../conditions/mail.ts'
import { contactOf, organisationOf, senderAddress } from '../conditions/people.ts'
import { ownFields } from '../conditions/ticket.ts'
import type { Work } from '../context.ts'
import { todayOf } from '../hours.ts'
import type { ActionFrame } from './action.ts'

const MAX_FILLED = 2_000
const place = /\{\{|\{([^{}\n]{1,100})\}/g

/** `language` is known where people read what is filled in. */
type Reader = (work: Work, language?: string) => string

/** Stands for the number in requests for the outside that are made before the ticket has one; the gateway puts it in. */
export const numberPlace = '{ticket.number}'
const LATER = -1
const numberOf = (number: number): string => (number === 0 ? '' : number === LATER ? numberPlace : String(number))

/** The work with a ticket whose number is filled in later, when it has none yet. */
export const numberedLater = (work: Work): Work =>
  work.ticket.number === 0 ? { ...work, ticket: { ...work.ticket, number: LATER } } : work

const simple: Readonly<Record<string, Reader>> = {
  'ticket.number': (work) => numberOf(work.ticket.number),
  'ticket.token': (work) => {
    const number = numberOf(work.ticket.number)
    return number === '' ? '' : `${work.context.desk.prefix}-${number}`
  },
  'ticket.subject': (work) => work.ticket.subject,
  'ticket.status': (work) => work.ticket.status,
  'ticket.priority': (work) => work.ticket.priority,
  'ticket.type': (work) => work.ticket.type,
  'ticket.queue': (work) => work.ticket.queue,
  'ticket.assignee': (work) => work.ticket.assignee ?? '',
  'mail.subject': (work) => messageOf(work)?.subject ?? '',
  'sender.address': senderAddress,
  'sender.name': (work) => messageOf(work)?.from?.name ?? '',
  'contact.name': (work) => contactOf(work)?.name ?? '',
  'contact.phone': (work) => contactOf(work)?.phone ?? '',
  'organisation.name': (work) => organisationOf(work)?.name ?? '',
  'organisation.key': (work) => organisationOf(work)?.key ?? '',
  'desk.name': (work) => textIn(work.context.desk.name, work.ticket.language, work.context.desk.language),
  today: (work) => todayOf(work.context),
}

function readerOf(name: string, frame: ActionFrame, path: readonly (string | number)[]): Reader {
  const known = simple[name]
  if (known) return known
  const own = (map: Readonly<Record<string, unknown>> | undefined, key: string): string =>
    map && Object.hasOwn(map, key) ? String(map[key] ?? '') : ''
  if (name.startsWith('ticket.field.')) {
    const field = name.slice('ticket.field.'.length)
    const fields = [...Object.keys(frame.desk.fields), ...ownFields]
    if (!fields.includes(field))
      frame.fault([...frame.path, ...path], `the desk has no field "${field}"`, nearest(field, fields))
    const known = Object.hasOwn(frame.desk.fields, field) ? frame.desk.fields[field] : undefined
    return ({ ticket }, language) => {
      const value = Object.hasOwn(ticket.fields, field) ? (ticket.fields[field] ?? null) : null
      if (language === undefined) return String(value ?? '')
      return fieldText(known, value, { language, fallback: frame.desk.language })
    }
  }
  if (name.startsWith('contact.')) return (work) => own(contactOf(work)?.attributes, name.slice('contact.'.length))
  if (name.startsWith('organisation.'))
    return (work) => own(organisationOf(work)?.attributes, name.slice('organisation.'.length))
  if (!frame.captures.has(name))
    frame.fault(
      [...frame.path, ...path],
      `{${name}} is neither captured by a rule of the desk nor a known value`,
      `${nearest(name, [...frame.captures, ...Object.keys(simple)])}; a brace alone is written {{`,
    )
  return (work) => work.captures.get(name) ?? ''
}

export interface Filled {
  readonly written: string
  /** Whether it holds words of the mail or its sender. */
  readonly filled: boolean
  readonly fill: Reader
}

/** Reads a text with places; unknown places are faults. What is filled in is cut to 2,000 characters. */
export function readFill(written: string, frame: ActionFrame, path: readonly (string | number)[] = []): Filled {
  const pieces: (string | Reader)[] = []
  let at = 0
  for (const match of written.matchAll(place)) {
    pieces.push(written.slice(at, match.index))
    pieces.push(match[1] === undefined ? '{' : readerOf(match[1].trim(), frame, path))
    at = match.index + match[0].length
  }
  pieces.push(written.slice(at))
  return {
    written,
    filled: pieces.some((piece) => typeof piece !== 'string'),
    fill: (work, language) =>
      pieces.map((piece) => (typeof piece === 'string' ? piece : piece(work, language).slice(0, MAX_FILLED))).join(''),
  }
}

/** A text in several languages with places; the language is chosen when it is filled. */
export function readLocalised(
  text: LocalisedText,
  frame: ActionFrame,
  path: readonly (string | number)[] = [],
): (work: Work, language: string) => string {
  if (typeof text === 'string') {
    const filled = readFill(text, frame, path)
    return (work, language) => filled.fill(work, language)
  }
  const all = new Map(
    Object.entries(text).map(([language, written]) => [language, readFill(written, frame, [...path, language])]),
  )
  return (work, language) =>
    (all.get(language) ?? all.get(work.context.desk.language) ?? [...all.values()][0])?.fill(work, language) ?? ''
}

/** Values that a rule hands to a template. */
export const dataSchema = z.record(
  z.string().regex(/^[A-Za-z][\w-]*$/),
  z.union(
    [
      localisedText,
      z.number(),
      z.boolean(),
      z.array(localisedText),
      z.strictObject({ list: z.string().describe('the words of a list of the desk') }),
      z.strictObject({ due: z.string().describe('when this clock of the ticket is due') }),
      z.strictObject({
        missing: z.array(z.string()).min(1).describe('the names of those of these fields that are empty'),
      }),
    ],
    {
      error:
        'write a text, a text a language, a number, true, false, a list of texts, { list: NAME }, { due: CLOCK } or { missing: [FIELD] }',
    },
  ),
)
