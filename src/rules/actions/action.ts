// The shape of an action: an entry in a record, like a condition, that writes on the sheet of work and does nothing else.

import type { z } from 'zod'
import type { Frame } from '../conditions/condition.ts'
import type { EventName, Work } from '../context.ts'

export interface ActionFrame extends Frame {
  /** `rule NAME`: who did it, in the history. */
  readonly by: string
}

export interface Action {
  /** E.g. `sets the priority to high`. */
  readonly sentence: string
  /** The sentence of an action whose values are filled in, with what they are just before it acts. */
  readonly said?: (work: Work) => string
  readonly act: (work: Work) => void
}

export interface ActionEntry {
  readonly sentence: string
  readonly example: string
  readonly schema: z.ZodType
  /** Events that it makes sense for; absent: all. */
  readonly events: readonly EventName[] | undefined
  readonly read: (spec: unknown, frame: ActionFrame) => Action
}

interface Definition<S extends z.ZodType> {
  readonly sentence: string
  readonly example: string
  readonly schema: S
  readonly events?: readonly EventName[]
  readonly read: (spec: z.output<S>, frame: ActionFrame) => Action
}

/** An entry of the record of actions; `read` is given what has passed `schema`. */
export const action = <S extends z.ZodType>(definition: Definition<S>): ActionEntry => ({
  sentence: definition.sentence,
  example: definition.example,
  schema: definition.schema,
  events: definition.events,
  read: (spec, frame) => definition.read(spec as z.output<S>, frame),
})
