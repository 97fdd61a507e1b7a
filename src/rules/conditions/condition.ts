// The shape of a condition: an entry in a record, with a sentence for the reference, a schema, an example and a pure function.

import type { z } from 'zod'
import type { Desk } from '../../desks/desk.ts'
import type { EventName, Work } from '../context.ts'

/** What was found while conditions were looked at; kept only when the whole condition of a rule holds. */
export interface Found {
  readonly captures: Map<string, string>
  /** Sentences of the conditions that held, for the trail. */
  readonly reasons: string[]
}

/** A condition that has been read: ready to be asked, many times. */
export interface Condition {
  /** E.g. `subject has "urgent"`. */
  readonly sentence: string
  readonly holds: (work: Work, found: Found) => boolean
  /** Keys (see `viewWords`) of which the mail has at least one whenever this holds; null: it may hold without any. */
  readonly needs: ReadonlySet<string> | null
  readonly children: readonly Condition[]
}

/** What is known while rules are read: the desk for names, and where to put faults. */
export interface Frame {
  readonly desk: Desk
  /** Whether a mail template of that name exists for the desk; always true where templates are not known. */
  readonly hasTemplate: (name: string) => boolean
  /** Whether a file that goes along with mails exists. */
  readonly hasFile: (name: string) => boolean
  /** Names that conditions capture, of all rules of the desk. */
  readonly captures: ReadonlySet<string>
  readonly fault: (path: readonly (string | number)[], message: string, hint?: string) => void
  /** What the rule waits for. */
  readonly on: readonly EventName[]
  /** The place of this condition or action within its rule. */
  readonly path: readonly (string | number)[]
}

export interface ConditionEntry {
  /** What it asks, for the reference. */
  readonly sentence: string
  /** YAML, one line or several. */
  readonly example: string
  readonly schema: z.ZodType
  /** Events that it makes sense for; absent: all. */
  readonly events: readonly EventName[] | undefined
  /** Names of the groups it will capture. */
  readonly captures: (spec: unknown) => readonly string[]
  readonly read: (spec: unknown, frame: Frame) => Condition
}

interface Definition<S extends z.ZodType> {
  readonly sentence: string
  readonly example: string
  readonly schema: S
  readonly events?: readonly EventName[]
  readonly captures?: (spec: z.output<S>) => readonly string[]
  readonly read: (spec: z.output<S>, frame: Frame) => Condition
}

/** An entry of the record. The schema of rules is built from the same record, so what `read` is given has passed `schema`. */
export const entry = <S extends z.ZodType>(definition: Definition<S>): ConditionEntry => ({
  sentence: definition.sentence,
  example: definition.example,
  schema: definition.schema,
  events: definition.events,
  captures: (spec) => definition.captures?.(spec as z.output<S>) ?? [],
  read: (spec, frame) => definition.read(spec as z.output<S>, frame),
})

/** A condition that asks one question. */
export const leaf = (
  sentence: string,
  holds: (work: Work, found: Found) => boolean,
  needs: ReadonlySet<string> | null = null,
): Condition => ({
  sentence,
  needs,
  children: [],
  holds: (work, found) => {
    if (!holds(work, found)) return false
    found.reasons.push(sentence)
    return true
  },
})

const NEVER: ReadonlySet<string> = new Set()
/** A condition that never holds: stands in for one that could not be read. */
export const never: Condition = { sentence: 'cannot be read', needs: NEVER, children: [], holds: () => false }

/** A fault when `value` is not among `known`, with the nearest name as a hint. */
export function checkName(
  frame: Frame,
  what: string,
  value: string,
  known: readonly string[],
  path: readonly (string | number)[] = [],
): void {
  if (!known.includes(value))
    frame.fault([...frame.path, ...path], `the desk has no ${what} "${value}"`, nearest(value, known))
}

/** `did you mean "…"?`, or the known names when none is near. */
export function nearest(value: string, known: readonly string[]): string {
  let best: string | null = null
  // Names of two letters are all near each other.
  let least = value.length < 3 ? 0 : Math.max(1, Math.floor(value.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(value.toLowerCase(), name.toLowerCase())
    if (distance < least) {
      least = distance
      best = name
    }
  }
  if (best !== null) return `did you mean "${best}"?`
  if (known.length === 0) return 'there is none'
  return `there is ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`
}

/** Insertions, deletions, changes and swaps of neighbours; names longer than 64 characters are not compared. */
export function editDistance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return a === b ? 0 : 64
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
