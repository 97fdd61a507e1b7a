// The status table of a desk: who acts next, which moves are allowed, what clocks do there.

import { z } from 'zod'

export const statusKinds = ['open', 'waiting', 'pending', 'solved', 'closed'] as const
/** `open`: staff act. `waiting`: the customer acts. `pending`: a third party acts. `solved`: the customer may confirm. `closed`: over. */
export type StatusKind = (typeof statusKinds)[number]

/** `text` is a schema for localised text, handed in so that this room need not know desks. */
export const statusSchema = <T extends z.ZodType>(text: T) =>
  z.strictObject({
    name: text.describe('what people read'),
    kind: z
      .enum(statusKinds)
      .describe('open (staff act), waiting (the customer acts), pending (a third party acts), solved, closed'),
    meaning: text.optional().describe('one sentence for the page and the mails'),
    acts: text.optional().describe('who is expected to act next, in words'),
    team: z.string().optional().describe('the team told when a ticket comes to this status'),
    to: z.array(z.string()).optional().describe('statuses a ticket may move to from here; absent: all'),
    tells: z.boolean().default(false).describe('the requester is mailed when the ticket comes to this status'),
    pauses: z.array(z.string()).default([]).describe('clocks that pause in this status'),
    stops: z.array(z.string()).default([]).describe('clocks that stop in this status'),
  })
