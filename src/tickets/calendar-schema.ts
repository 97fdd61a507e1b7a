// What a desk's YAML may say of opening hours.

import { z } from 'zod'

const hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'hours read 09:00-17:00')
  .refine(
    (text) => text.slice(0, 5) < text.slice(6),
    'hours end after they begin; a night is two entries: 22:00-24:00 and, the next day, 00:00-06:00',
  )
const day = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

export const timeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}, 'no such time zone: write one such as Europe/Paris')

export const calendarSchema = z.strictObject({
  zone: timeZone.describe('IANA time zone'),
  week: z
    .partialRecord(day, z.array(hours))
    .describe('opening hours a week day; split days have several; a day that is not named is closed'),
  holidays: z
    .array(z.string().regex(/^(\d{4}-)?\d{2}-\d{2}$/, 'a holiday is 2026-12-25, or 12-25 for every year'))
    .default([])
    .describe('closed days'),
})
export type CalendarDefinition = z.infer<typeof calendarSchema>
