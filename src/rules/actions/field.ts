// Actions that fill the fields of a ticket: with what is written, captured, computed or read from the mail.

import { z } from 'zod'
import type { FieldValue } from '../../tickets/ticket.ts'
import { formatAmount, parseAmount, percentOf } from '../amount.ts'
import { checkName } from '../conditions/condition.ts'
import { messageOf } from '../conditions/mail.ts'
import { isEmpty, ownFields } from '../conditions/ticket.ts'
import { dateOf } from '../conditions/value-match.ts'
import type { Work } from '../context.ts'
import { setField } from '../judgement.ts'
import { compilePattern } from '../pattern.ts'
import { type ActionFrame, action } from './action.ts'
import { readFill } from './fill.ts'

const some = z.union([z.string(), z.array(z.string()).min(1)])
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

const fieldValue = z.union(
  [
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.strictObject({
      percent: z
        .union([z.number(), z.string().regex(/^\d{1,6}(\.\d{1,6})?$/)])
        .describe('per cent of the amount in another field'),
      of: z.string(),
    }),
  ],
  { error: 'write a value, "{captured}", or { percent: 20, of: FIELD }' },
)

/** A written or captured value as its field keeps it: amounts `30.00 EUR`, dates `2026-12-31`; null when it is none of the kind. */
export function asKind(kind: string, value: FieldValue, choices: readonly string[] | undefined): FieldValue {
  if (value === null || value === '') return null
  const text = String(value).trim().slice(0, 500)
  switch (kind) {
    case 'amount': {
      const amount = parseAmount(text)
      return amount ? formatAmount(amount) : null
    }
    case 'number': {
      const amount = parseAmount(text)
      return amount ? Number(formatAmount({ ...amount, currency: '' })) : null
    }
    case 'date':
      return dateOf(text)
    case 'boolean':
      return value === true || /^(true|yes|oui|si|sí|1)$/i.test(text)
    case 'country':
      return /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : text
    case 'choice':
      return choices?.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? null
    default:
      return text
  }
}

function readField(name: string, spec: z.output<typeof fieldValue>, frame: ActionFrame): (work: Work) => void {
  const kind = frame.desk.fields[name]?.kind ?? 'text'
  const choices = frame.desk.fields[name]?.choices
  if (typeof spec === 'object' && spec !== null) {
    checkName(frame, 'field', spec.of, Object.keys(frame.desk.fields), [name, 'of'])
    return (work) => {
      const amount = parseAmount(String(work.ticket.fields[spec.of] ?? ''))
      const part = amount && percentOf(amount, String(spec.percent))
      if (part) setField(work, name, formatAmount(part), frame.by)
      else
        work.trail.push({
          at: frame.by,
          code: 'amount-missing',
          why: `The field ${spec.of} holds no amount: ${name} stays as it is.`,
        })
    }
  }
  if (typeof spec !== 'string') return (work) => setField(work, name, spec, frame.by)
  const filled = readFill(spec, frame, [name])
  if (!filled.filled && spec !== '' && asKind(kind, spec, choices) === null)
    frame.fault(
      [...frame.path, name],
      `"${spec}" is no ${kind} for the field ${name}`,
      choices ? `there is ${choices.join(', ')}` : undefined,
    )
  return (work) => {
    const value = asKind(kind, filled.fill(work), choices)
    // A capture that found nothing leaves what stands there.
    if (value !== null || !filled.filled) setField(work, name, value, frame.by)
  }
}

function readFromMail(name: string, frame: ActionFrame): (work: Work) => void {
  const field = frame.desk.fields[name]
  const result = compilePattern(field?.pattern ?? '')
  return (work) => {
    const message = messageOf(work)
    if (!message || !result.ok || !isEmpty(work.ticket.fields[name])) return
    const text = `${message.subject}\n${message.replyText || message.text}`
    const value = asKind(field?.kind ?? 'text', result.pattern.find(text)?.get('value') ?? null, field?.choices)
    if (value !== null) setField(work, name, value, frame.by)
  }
}

export const fieldActions = {
  'read-fields': action({
    sentence:
      'takes fields from the mail by the pattern that each has at the desk; fields that are filled stay as they are',
    example: 'read-fields: [invoice, run-date]      # or: read-fields: all',
    schema: some,
    read: (spec, frame) => {
      const withPattern = Object.entries(frame.desk.fields).flatMap(([name, field]) =>
        field.pattern === undefined ? [] : [name],
      )
      const names = spec === 'all' ? withPattern : listed(spec)
      for (const name of names)
        if (!withPattern.includes(name))
          frame.fault(
            frame.path,
            `the field "${name}" has no pattern`,
            `fields: { ${name}: { pattern: '(?<value>…)' } }`,
          )
      const readers = names.map((name) => readFromMail(name, frame))
      return {
        sentence: `reads ${names.join(', ')} from the mail`,
        act: (work) => {
          for (const read of readers) read(work)
        },
      }
    },
  }),
  fields: action({
    sentence: 'sets fields: to a value, to what was captured, or to a percentage of an amount',
    example: 'fields: { certificate: "{number}", price: "{price}", fee: { percent: 20, of: price } }',
    schema: z.record(z.string(), fieldValue),
    read: (spec, frame) => {
      const known = [...Object.keys(frame.desk.fields), ...ownFields]
      const acts = Object.entries(spec).map(([name, value]) => {
        checkName(frame, 'field', name, known, [name])
        return readField(name, value, frame)
      })
      return {
        sentence: `sets ${Object.keys(spec).join(', ')}`,
        act: (work) => {
          for (const act of acts) act(work)
        },
      }
    },
  }),
}
