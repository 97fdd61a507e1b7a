// The mail with the figures of a desk's week.

import { z } from 'zod'
import { mailbox } from './names.ts'

export const weeklySchema = z.strictObject({
  day: z
    .enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
    .default('mon')
    .describe('it goes out when the desk opens on this day, or on the next day that it opens'),
  to: z.array(mailbox).default([]).describe('who gets it beside the supervisors'),
})
