// The desk's time: what day it is there, whether it is open, when a duration from an instant ends.

import { addBusiness, addBusinessDays, addOnBusinessDays, isOpen, nextOpen } from '../tickets/calendar.ts'
import type { Duration } from '../tickets/duration.ts'
import type { Context } from './context.ts'

type Hours = Pick<Context, 'calendar' | 'now'>

/** The local date of the desk, `2026-11-21`. */
export function todayOf({ calendar, now }: Hours): string {
  return new Date(calendar().dateOf(now.getTime()) * 86_400_000).toISOString().slice(0, 10)
}

export function openNow({ calendar, now }: Hours): boolean {
  return isOpen(calendar(), now.getTime())
}

/** When the desk opens next; null when it is open or never opens. */
export function opensAt(hours: Hours): Date | null {
  if (openNow(hours)) return null
  const at = nextOpen(hours.calendar(), hours.now.getTime())
  return Number.isFinite(at) ? new Date(at) : null
}

/** The end of a duration that begins at `from`. */
export function after({ calendar }: Hours, from: Date, duration: Duration): Date {
  const ms = from.getTime()
  if (duration.unit === 'day') return new Date(addBusinessDays(calendar(), ms, duration.amount))
  const length = duration.amount * 60_000
  switch (duration.time) {
    case 'elapsed':
      return new Date(ms + length)
    case 'business':
      return new Date(addBusiness(calendar(), ms, length))
    case 'business-days':
      return new Date(addOnBusinessDays(calendar(), ms, length))
    default:
      return duration.time satisfies never
  }
}
