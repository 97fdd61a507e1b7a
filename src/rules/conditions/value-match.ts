// How a value is asked: a field, an attribute, a captured value. Texts, numbers, amounts and dates in one vocabulary.

import { z } from 'zod'
import { duration } from '../../tickets/duration.ts'
import type { FieldValue } from '../../tickets/ticket.ts'
import { parseAmount } from '../amount.ts'
import { compilePattern } from '../pattern.ts'
import { foldText } from '../words.ts'
import type { Found, Frame } from './condition.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const day = z.union([z.string().regex(/^\d{4}-\d{2}-\d{2}$/), z.string().regex(/^today([+-]\d{1,4}d)?$/)], {
  error: 'a day is 2026-12-31, today, or today+30d',
})

export const valueMatch = z
  .union(
    [
      scalar,
      z.array(scalar).min(1),
      z.strictObject({
        is: z
          .union([scalar, z.array(scalar).min(1)])
          .optional()
          .describe('equal to this or one of these, whatever case and accents'),
        not: z
          .union([scalar, z.array(scalar).min(1)])
          .optional()
          .describe('none of these; a value that is missing is none of them'),
        matches: z
          .string()
          .optional()
          .describe('a regular expression (RE2) for the whole or a part; named groups are captured'),
        set: z.boolean().optional().describe('whether there is a value'),
        over: z.number().optional().describe('a number or amount greater than this'),
        under: z.number().optional().describe('a number or amount smaller than this'),
        before: day.optional().describe('a date before this one: 2026-12-31, today, today+30d'),
        after: day.optional().describe('a date after this one'),
        on: day.optional().describe('this date'),
      }),
    ],
    {
      error: 'write a value, a list of values, or a mapping with is, not, matches, set, over, under, before, after, on',
    },
  )
  .describe('a value, a list of values, or a mapping')
export type ValueMatch = z.output<typeof valueMatch>

/** Whether `value` satisfies a match; `today` is the desk's local date. */
export interface ValueTest {
  readonly sentence: string
  readonly holds: (value: FieldValue | undefined, today: () => string, found: Found) => boolean
}

type Scalar = string | number | boolean
const listed = (value: Scalar | readonly Scalar[]): readonly Scalar[] => (typeof value === 'object' ? value : [value])
const words: Readonly<Record<string, string>> = {
  true: 'true',
  yes: 'true',
  oui: 'true',
  si: 'true',
  sí: 'true',
  false: 'false',
  no: 'false',
  non: 'false',
}

/** Attributes come from CSV as text, so `yes`, `oui` and `true` are one value, as `2` and 2 are. */
function plainOf(value: Scalar, wanted: Scalar): string {
  const text = foldText(String(value)).trim()
  return typeof wanted === 'boolean' ? (words[text] ?? text) : text
}

const missing = (value: FieldValue | undefined): boolean => value === undefined || value === null || value === ''
const equal = (value: Scalar, wanted: Scalar): boolean => plainOf(value, wanted) === foldText(String(wanted)).trim()

/** A calendar date written 2026-12-31 or 31/12/2026 or 31.12.2026; null when it is none. */
export function dateOf(value: Scalar): string | null {
  const text = String(value).trim()
  const iso = /^(\d{4})-(\d{2})-(\d{2})/.exec(text)
  const local = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text)
  const [year, month, date] = iso ? [iso[1], iso[2], iso[3]] : local ? [local[3], local[2], local[1]] : []
  if (year === undefined || month === undefined || date === undefined) return null
  const made = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)))
  if (made.getUTCMonth() !== Number(month) - 1 || made.getUTCDate() !== Number(date)) return null
  return made.toISOString().slice(0, 10)
}

function dayOf(written: string, today: string): string {
  const relative = /^today([+-]\d+)?d?$/.exec(written)
  if (!relative) return written
  return new Date(Date.parse(`${today}T00:00:00Z`) + Number(relative[1] ?? 0) * 86_400_000).toISOString().slice(0, 10)
}

const numberOf = (value: Scalar): number | null => {
  if (typeof value === 'number') return value
  const amount = parseAmount(String(value))
  return amount ? Number(amount.units) / 10 ** amount.scale : null
}

/** The names a value match will capture. */
export function valueCaptures(spec: ValueMatch): readonly string[] {
  if (typeof spec !== 'object' || Array.isArray(spec) || !('matches' in spec) || spec.matches === undefined) return []
  const result = compilePattern(spec.matches)
  return result.ok ? result.pattern.groups : []
}

/** Reads a value match; `what` names the value in sentences. */
export function readValueMatch(what: string, spec: ValueMatch, frame: Frame): ValueTest {
  const full = typeof spec !== 'object' || Array.isArray(spec) ? { is: spec } : spec
  const tests: ValueTest[] = []
  const add = (sentence: string, holds: ValueTest['holds']): void => {
    tests.push({ sentence: `${what} ${sentence}`, holds })
  }
  const { is, not, matches, set, over, under } = full as Exclude<ValueMatch, Scalar | readonly Scalar[]>
  if (is !== undefined)
    add(
      `is ${listed(is).join(' or ')}`,
      (value) => !missing(value) && listed(is).some((wanted) => equal(value ?? '', wanted)),
    )
  if (not !== undefined)
    add(
      `is not ${listed(not).join(' or ')}`,
      (value) => missing(value) || !listed(not).some((wanted) => equal(value ?? '', wanted)),
    )
  if (set !== undefined) add(set ? 'is set' : 'is not set', (value) => missing(value) !== set)
  if (over !== undefined)
    add(`is over ${over}`, (value) => !missing(value) && (numberOf(value ?? '') ?? Number.NEGATIVE_INFINITY) > over)
  if (under !== undefined)
    add(`is under ${under}`, (value) => !missing(value) && (numberOf(value ?? '') ?? Number.POSITIVE_INFINITY) < under)
  const { before, after, on } = full as Exclude<ValueMatch, Scalar | readonly Scalar[]>
  const compare = (word: string, written: string, good: (value: string, wanted: string) => boolean): void =>
    add(`is ${word} ${written}`, (value, today) => {
      const date = missing(value) ? null : dateOf(value ?? '')
      return date !== null && good(date, dayOf(written, today()))
    })
  if (before !== undefined) compare('before', before, (value, wanted) => value < wanted)
  if (after !== undefined) compare('after', after, (value, wanted) => value > wanted)
  if (on !== undefined) compare('on', on, (value, wanted) => value === wanted)
  if (matches !== undefined) {
    const result = compilePattern(matches)
    if (!result.ok) frame.fault([...frame.path, 'matches'], result.message)
    else
      add(`matches /${matches}/`, (value, _today, found) => {
        const values = missing(value) ? null : result.pattern.find(String(value))
        for (const [name, text] of values ?? []) found.captures.set(name, text)
        return values !== null
      })
  }
  if (tests.length === 0)
    frame.fault(frame.path, 'this asks nothing', 'write is, not, matches, set, over, under, before, after or on')
  return {
    sentence: tests.map((test) => test.sentence).join(' and '),
    holds: (value, today, found) => tests.every((test) => test.holds(value, today, found)),
  }
}

export const lengthOfTime = z
  .strictObject({ over: duration.optional(), under: duration.optional() })
  .refine((spec) => spec.over !== undefined || spec.under !== undefined, 'write over or under')

export const range = z
  .union([z.number().int().min(0), z.strictObject({ over: z.number().optional(), under: z.number().optional() })], {
    error: 'write a number, or { over: 1 }, or { under: 5 }',
  })
  .describe('a number, { over: n } or { under: n }')
export type Range = z.output<typeof range>

export const inRange = (spec: Range, value: number): boolean =>
  typeof spec === 'number'
    ? value === spec
    : (spec.over === undefined || value > spec.over) && (spec.under === undefined || value < spec.under)
export const rangeWords = (spec: Range): string =>
  typeof spec === 'number'
    ? `${spec}`
    : [spec.over === undefined ? '' : `over ${spec.over}`, spec.under === undefined ? '' : `under ${spec.under}`]
        .filter(Boolean)
        .join(' and ')
