// All conditions by name, and how they are joined: several in one mapping must all hold; `all`, `any` and `not` join mappings.

import { z } from 'zod'
import { alertConditions } from './alert.ts'
import { type Condition, type ConditionEntry, type Found, type Frame, never } from './condition.ts'
import { mailConditions } from './mail.ts'
import { momentConditions } from './moment.ts'
import { peopleConditions } from './people.ts'
import { ticketConditions } from './ticket.ts'

/** The record of conditions: an entry here is a condition everywhere, in the schema, in the reference and in `explain`. */
export const conditions: Readonly<Record<string, ConditionEntry>> = {
  ...mailConditions,
  ...peopleConditions,
  ...ticketConditions,
  ...momentConditions,
  ...alertConditions,
}

/** A `when` that passed its schema. */
export interface When {
  readonly [name: string]: unknown
  readonly all?: readonly When[] | undefined
  readonly any?: readonly When[] | undefined
  readonly not?: When | readonly When[] | undefined
}

export const whenSchema: z.ZodType<When> = z.lazy(() =>
  z.strictObject({
    ...Object.fromEntries(Object.entries(conditions).map(([name, { schema }]) => [name, schema.optional()])),
    all: z.array(whenSchema).min(1).optional(),
    any: z.array(whenSchema).min(1).optional(),
    not: z.union([whenSchema, z.array(whenSchema).min(1)]).optional(),
  }),
)

const isList = (value: When | readonly When[]): value is readonly When[] => Array.isArray(value)

/** Names of the groups that a condition captures. */
export function capturesOf(when: When): string[] {
  return Object.entries(when).flatMap(([name, spec]) => {
    if (spec === undefined) return []
    if (name === 'all' || name === 'any') return (when[name] ?? []).flatMap(capturesOf)
    if (name === 'not') return []
    return [...(conditions[name]?.captures(spec) ?? [])]
  })
}

/** Reads a `when` into one condition; faults go to the frame. */
export function readWhen(when: When, frame: Frame): Condition {
  const parts: Condition[] = []
  for (const [name, spec] of Object.entries(when)) {
    if (spec === undefined) continue
    const at = (path: (string | number)[]): Frame => ({ ...frame, path: [...frame.path, name, ...path] })
    if (name === 'all') parts.push(all((when.all ?? []).map((child, i) => readWhen(child, at([i])))))
    else if (name === 'any') parts.push(any((when.any ?? []).map((child, i) => readWhen(child, at([i])))))
    else if (name === 'not') {
      const inner = when.not ?? {}
      parts.push(not(isList(inner) ? any(inner.map((child, i) => readWhen(child, at([i])))) : readWhen(inner, at([]))))
    } else {
      const events = conditions[name]?.events
      if (events && !frame.on.some((event) => events.includes(event)))
        frame.fault(
          [...frame.path, name],
          `a rule on: ${frame.on.join(', ')} is never asked this`,
          `write on: ${events.join(' or ')}`,
        )
      parts.push(conditions[name]?.read(spec, at([])) ?? never)
    }
  }
  if (parts.length === 0) return { sentence: 'always', needs: null, children: [], holds: () => true }
  return all(parts)
}

function all(children: readonly Condition[]): Condition {
  const [only] = children
  if (only && children.length === 1) return only
  // The smallest set that must be met is the best one to look up.
  const needs = children
    .map((child) => child.needs)
    .reduce((best, next) => (next !== null && (best === null || next.size < best.size) ? next : best), null)
  return {
    sentence: children.map((child) => bracketed(child)).join(' and '),
    needs,
    children,
    holds: (work, found) => {
      for (const child of children) if (!child.holds(work, found)) return false
      return true
    },
  }
}

function any(children: readonly Condition[]): Condition {
  const [only] = children
  if (only && children.length === 1) return only
  const needs = children.some((child) => child.needs === null)
    ? null
    : new Set(children.flatMap((child) => [...(child.needs ?? [])]))
  return {
    sentence: children.map((child) => bracketed(child)).join(' or '),
    needs,
    children,
    holds: (work, found) => {
      for (const child of children) {
        const inner: Found = { captures: new Map(), reasons: [] }
        if (!child.holds(work, inner)) continue
        for (const [name, value] of inner.captures) found.captures.set(name, value)
        found.reasons.push(...inner.reasons)
        return true
      }
      return false
    },
  }
}

function not(child: Condition): Condition {
  const sentence = `not (${child.sentence})`
  return {
    sentence,
    needs: null,
    children: [child],
    holds: (work, found) => {
      if (child.holds(work, { captures: new Map(), reasons: [] })) return false
      found.reasons.push(sentence)
      return true
    },
  }
}

const bracketed = (condition: Condition): string =>
  condition.children.length > 1 ? `(${condition.sentence})` : condition.sentence
