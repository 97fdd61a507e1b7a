// “No new ticket for an open case”: what becomes of a new mail about a case that its author has open already.

import { z } from 'zod'
import { duration } from '../tickets/duration.ts'

export const openCasesSchema = z.strictObject({
  same: z
    .enum(['join', 'offer', 'ignore'])
    .default('offer')
    .describe(
      'a new mail that says the same as an open case of its author: join (it is added to that case, its author is told), offer (it opens a ticket whose acknowledgement offers to join), ignore',
    ),
  like: z
    .enum(['offer', 'ignore'])
    .default('offer')
    .describe('a new mail that resembles an open case of its author without saying the same'),
  within: duration.prefault('20bd').describe('only cases in which something happened within this time'),
})
