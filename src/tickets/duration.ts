// Durations as configuration writes them: `30m`, `4h`, `2d` (elapsed), `30bm`, `4bh`, `5bd` (business time, business days).

import { z } from 'zod'

export interface Duration {
  readonly amount: number
  /** `minute` counts milliseconds; `day` counts whole business days. */
  readonly unit: 'minute' | 'day'
  /** Counted inside the calendar only. `24h of business days` (`24hbd`) is elapsed time that skips days without opening hours. */
  readonly time: 'elapsed' | 'business' | 'business-days'
}

const shape = /^(\d{1,5})(m|h|d|bm|bh|bd|hbd)$/

/** `90m`, `4h`, `2d` elapsed; `90bm`, `4bh` inside opening hours; `5bd` business days; `24hbd` elapsed hours of business days. null when malformed. */
export function parseDuration(text: string): Duration | null {
  const match = shape.exec(text.trim())
  if (!match) return null
  const amount = Number(match[1])
  switch (match[2]) {
    case 'm':
      return { amount, unit: 'minute', time: 'elapsed' }
    case 'h':
      return { amount: amount * 60, unit: 'minute', time: 'elapsed' }
    case 'd':
      return { amount: amount * 1440, unit: 'minute', time: 'elapsed' }
    case 'bm':
      return { amount, unit: 'minute', time: 'business' }
    case 'bh':
      return { amount: amount * 60, unit: 'minute', time: 'business' }
    case 'hbd':
      return { amount: amount * 60, unit: 'minute', time: 'business-days' }
    default:
      return { amount, unit: 'day', time: 'business' }
  }
}

export const duration = z.string().transform((text, context): Duration => {
  const parsed = parseDuration(text)
  if (parsed) return parsed
  context.addIssue({
    code: 'custom',
    message: `"${text}" is no duration: write 30m, 4h, 2d (elapsed), 30bm, 4bh, 5bd (business time) or 24hbd (hours of business days)`,
  })
  return z.NEVER
})
