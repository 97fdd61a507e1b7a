// What a desk's YAML may say of a clock.

import { z } from 'zod'
import { duration } from './duration.ts'

/** Moments of a ticket that start, stop or restart clocks. `status:NAME` stands for entering that status. */
export const moments = [
  'created',
  'customer-mail',
  'agent-reply',
  'agent-question',
  'agent-note',
  'assigned',
  'reopened',
  'solved',
  'closed',
  'public-news',
  'alert',
] as const
export type Moment = (typeof moments)[number] | `status:${string}`

const moment = z.union([
  z.enum(moments),
  z.string().regex(/^status:[\w-]+$/, `a moment is one of ${moments.join(', ')} or status:NAME`),
])

export const clockSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .describe('name of the clock, e.g. first-response'),
  after: z
    .union([duration, z.record(z.string(), duration)])
    .describe(
      'when it is due: a duration, or one a priority: { high: 4bh, normal: 2bd }; a priority that is not named has no such clock',
    ),
  'warn-after': z
    .union([duration, z.record(z.string(), duration)])
    .optional()
    .describe('when the warning stage comes, counted like after'),
  starts: z
    .array(moment)
    .default([])
    .describe('moments that start it (it starts anew if it had stopped); none: started by a rule'),
  restarts: z.array(moment).default([]).describe('moments that begin it again from nothing while it runs'),
  stops: z.array(moment).default([]).describe('moments that stop it'),
  types: z.array(z.string()).optional().describe('only tickets of these types have it'),
  repeat: z.boolean().default(false).describe('begin again each time it is due'),
})
export type ClockDefinition = z.infer<typeof clockSchema>
