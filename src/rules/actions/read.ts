// All actions by name. Those of one rule are carried out in the order of the record, however they are written: the ticket first, so
// that mails say what it has become, then mails, then what ends the way of the mail.

import { z } from 'zod'
import type { Action, ActionEntry, ActionFrame } from './action.ts'
import { fieldActions } from './field.ts'
import { mailActions } from './mails.ts'
import { ticketActions } from './ticket.ts'
import { wayActions } from './way.ts'

/** The record of actions: an entry here is an action everywhere, in the schema and in the reference. */
export const actions: Readonly<Record<string, ActionEntry>> = {
  ...ticketActions,
  ...fieldActions,
  ...mailActions,
  ...wayActions,
}

export interface Then {
  readonly [name: string]: unknown
}

export const thenSchema: z.ZodType<Then> = z
  .strictObject(Object.fromEntries(Object.entries(actions).map(([name, { schema }]) => [name, schema.optional()])))
  .refine((then) => Object.values(then).some((spec) => spec !== undefined), 'this does nothing: name an action')

/** Reads a `then`; faults go to the frame. */
export function readThen(then: Then, frame: ActionFrame): Action[] {
  return Object.entries(then).flatMap(([name, spec]) => {
    const entry = actions[name]
    if (!entry || spec === undefined) return []
    const unfit = entry.events && frame.on.find((event) => !entry.events?.includes(event))
    if (unfit !== undefined)
      frame.fault([...frame.path, name], `a rule on: ${unfit} cannot do this`, `only on: ${entry.events?.join(', ')}`)
    return [entry.read(spec, { ...frame, path: [...frame.path, name] })]
  })
}
