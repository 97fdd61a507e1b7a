// The mail with the figures of a desk's week.

import { z } from 'zod'

export const weeklySchema = z.strictObject({
  day: z
    .enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
    .default('mon')
    .describe('it goes out when the desk opens on this day, or on the next day that it opens'),
  to: z
    .array(
      z
        .string()
        .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'an address reads name@example.org')
        .transform((text) => text.toLowerCase()),
    )
    .default([])
    .describe('who gets it beside the supervisors'),
})
