// A value for one of the desk's fields, written by hand: `FIELD = VALUE`, `FIELD: VALUE` or `FIELD VALUE`.

import type { FieldValue } from '../../tickets/ticket.ts'
import { bare, day, good, isNone, map, oneOf, type Read, refused } from './entry.ts'
import { findName, fold, type NamedField, type Names } from './names.ts'

/** `1 234,50` and `1,234.50` as `1234.50`; null: no decimal number. Exact: no binary fraction comes near an amount. */
export function decimalText(given: string): string | null {
  const digits = given.replace(/[\s\u00a0\u202f'’]/g, '')
  const match = /^([+-]?)(\d{1,15}|\d{1,3}(?:[.,]\d{3}){1,5})(?:([.,])(\d{1,6}))?$/.exec(digits)
  if (!match) return null
  const [, sign = '', whole = '', mark, fraction] = match
  const groups = new Set(whole.replace(/\d/g, ''))
  // One grouping mark, and another one before the fraction.
  if (groups.size > 1 || (mark !== undefined && groups.has(mark))) return null
  return `${sign === '-' ? '-' : ''}${whole.replace(/[.,]/g, '').replace(/^0+(?=\d)/, '')}${fraction === undefined ? '' : `.${fraction}`}`
}

const symbols = new Map([
  ['€', 'EUR'],
  ['$', 'USD'],
  ['£', 'GBP'],
  ['euro', 'EUR'],
  ['euros', 'EUR'],
  ['fcfa', 'XAF'],
])

/** An amount with its currency, as `120.50 EUR`; the currency may stand on either side or be left out. */
export function readAmount(given: string): { readonly amount: string; readonly currency: string | null } | null {
  const match = /^(?:([A-Za-z]{3,5}|[€$£])\s?)?([+-]?\d[\d\s\u00a0\u202f.,'’]{0,24})\s?([A-Za-z]{3,5}|[€$£])?$/.exec(
    bare(given).slice(0, 60),
  )
  const amount = match ? decimalText((match[2] ?? '').replace(/[.,]$/, '')) : null
  if (!match || amount === null) return null
  const word = match[1] ?? match[3]
  if (word === undefined) return { amount, currency: null }
  const currency = symbols.get(word.toLowerCase()) ?? (/^[A-Za-z]{3}$/.test(word) ? word.toUpperCase() : null)
  return currency === null ? null : { amount, currency }
}

function readValue(field: NamedField, given: string, names: Names): Read<FieldValue> {
  const value = bare(given)
  if (value === '') return refused({ code: 'missing' })
  if (isNone(value)) return good(null)
  switch (field.kind) {
    case 'text':
      return good(given.trim().slice(0, 1000))
    case 'number': {
      const number = decimalText(value)
      return number === null ? refused({ code: 'no-number', given: value.slice(0, 60) }) : good(Number(number))
    }
    case 'amount': {
      const read = readAmount(value)
      return read === null
        ? refused({ code: 'no-number', given: value.slice(0, 60) })
        : good(read.currency === null ? read.amount : `${read.amount} ${read.currency}`)
    }
    case 'date':
      return day(value, names)
    case 'boolean':
      if (/^(?:yes|true|oui|vrai|s[ií]|verdadero|x|1)$/i.test(value)) return good(true)
      if (/^(?:no|false|non|faux|falso|0)$/i.test(value)) return good(false)
      return refused({ code: 'unknown-name', given: value.slice(0, 60), near: ['yes', 'no'] })
    case 'country':
      return good(/^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : value.slice(0, 100))
    case 'choice':
      return oneOf(field.choices, value)
    default:
      return field.kind satisfies never
  }
}

export function readField(given: string, names: Names): Read<{ readonly field: string; readonly value: FieldValue }> {
  const line = given.trim().slice(0, 2000)
  if (line === '') return refused({ code: 'missing' })
  const split = /^([^=:]{1,80}?)\s*[=:]\s*(.*)$/u.exec(line)
  let name = split?.[1] ?? ''
  let rest = split?.[2] ?? ''
  if (!split || !findName(names.fields, bare(name)).ok) {
    // Without a sign between them the field's name is the longest beginning that is one.
    const words = line.split(/\s+/).slice(0, 12)
    const known = (count: number) =>
      names.fields.some((field) =>
        [field.key, ...field.names].some((one) => fold(one) === fold(words.slice(0, count).join(' '))),
      )
    let count = words.length
    // A hyphen alone is a value ("empty it"), never the end of a name.
    while (count > 1 && (fold(words[count - 1] ?? '') === '' || !known(count))) count--
    name = split && count === 1 && !known(1) ? name : words.slice(0, count).join(' ')
    rest =
      split && count === 1 && !known(1)
        ? rest
        : line
            .split(/\s+/)
            .slice(count)
            .join(' ')
            .replace(/^[=:]\s*/, '')
  }
  const found = oneOf(names.fields, name)
  if (!found.ok) return found
  const field = names.fields.find((one) => one.key === found.value)
  if (!field) return refused({ code: 'missing' })
  return map(readValue(field, rest, names), (value) => ({ field: field.key, value }))
}
