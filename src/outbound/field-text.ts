// The value of a ticket's field as people read it. What the field keeps stays as it is: rules, tables and exports go by that.

import type { Desk, DeskField } from '../desks/desk.ts'
import { type LocalisedText, textIn } from '../desks/text.ts'
import type { FieldValue } from '../tickets/ticket.ts'
import { formatDate, formatMoney, formatNumber } from './format.ts'

export interface Reader {
  readonly language: string
  /** Language of the desk, for names that the reader's language lacks. */
  readonly fallback: string
}

const countries = new Map<string, Intl.DisplayNames>()

/** The name of a country by its two letters (ISO 3166-1); anything else as it is. */
function countryText(text: string, language: string): string {
  if (!/^[A-Za-z]{2}$/.test(text)) return text
  let names = countries.get(language)
  if (!names) {
    names = new Intl.DisplayNames(language, { type: 'region', fallback: 'code' })
    countries.set(language, names)
  }
  return names.of(text.toUpperCase()) ?? text
}

/** A day kept as `2026-11-25`; anything else as it is. */
function dayText(text: string, language: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T12:00:00Z`) : null
  return day && !Number.isNaN(day.getTime()) ? formatDate(day, 'date', { language, zone: 'UTC' }) : text
}

/** The name that the desk gives a value, else what its kind makes of it; '' for nothing. Fields of the gateway's own have no `field`. */
export function fieldText(
  field: Pick<DeskField, 'kind' | 'values'> | undefined,
  value: FieldValue,
  { language, fallback }: Reader,
): string {
  if (value === null) return ''
  const text = String(value)
  if (field?.values && Object.hasOwn(field.values, text)) return textIn(field.values[text], language, fallback)
  if (typeof value === 'boolean') return value ? '✓' : '–'
  const kind = field?.kind ?? 'text'
  switch (kind) {
    case 'amount':
      return formatMoney(text, { language })
    case 'number':
      return typeof value === 'number' ? formatNumber(value, { language, zone: 'UTC' }) : text
    case 'date':
      return dayText(text, language)
    case 'country':
      return countryText(text, language)
    case 'text':
    case 'boolean':
    case 'choice':
      return text
    default:
      kind satisfies never
      return text
  }
}

/** The value of something that tickets are counted by, as people read it: a column such as `type`, or a field; '' for none. */
export function countedText(desk: Desk, key: string, value: string, language: string): string {
  const named: Readonly<Record<string, Readonly<Record<string, { name: LocalisedText }>>>> = {
    type: desk.types,
    priority: desk.priorities,
    queue: desk.queues,
    status: desk.statuses,
  }
  const table = Object.hasOwn(named, key) ? named[key] : undefined
  if (!table) return fieldText(desk.fields[key], value, { language, fallback: desk.language })
  return Object.hasOwn(table, value) ? textIn(table[value]?.name, language, desk.language) : value
}
