// Opening hours of a desk, counted exactly. An instant belongs to the opening hours when the clock on the wall of the zone says so:
// an hour that comes twice in the night of a time change counts twice, one that is left out counts never.
//
// A zone is a list of stretches of constant offset; the windows of a local date are the written hours, shifted by each stretch's
// offset and cut to it. Windows are kept per date, so counting walks days, not minutes.

import { Temporal } from 'temporal-polyfill'
import type { CalendarDefinition } from './calendar-schema.ts'

const DAY = 86_400_000
const MINUTE = 60_000
/** Local dates lie within these distances of UTC midnight (zones from -12 to +14 hours). */
const EARLIEST = -14 * 3_600_000
const LATEST = 36 * 3_600_000
/** A count that would go on for longer never comes due. */
const HORIZON_DAYS = 20 * 366
const CACHED_DAYS = 5_000

/** Half open, in epoch milliseconds. */
export type Window = readonly [fromMs: number, toMs: number]

interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  readonly offsetMs: number
}

export interface Calendar {
  readonly zone: string
  readonly definition: CalendarDefinition
  /** Open windows of a local date (days since 1970-01-01), in order, merged where they touch. */
  readonly windowsOf: (date: number) => readonly Window[]
  /** The local date of an instant, as days since 1970-01-01. */
  readonly dateOf: (ms: number) => number
  /** When a local date begins and ends. */
  readonly boundsOf: (date: number) => Window
  /** Milliseconds the wall clock shows on `date` at `ms`, 0 to 24 h; it never runs backwards. */
  readonly wallOf: (date: number, ms: number) => number
  /** The first instant of `date` at which the wall clock shows `wall` milliseconds or more. */
  readonly atWall: (date: number, wall: number) => number
}

/**
 * How time is counted: `elapsed` as it passes; `business` inside opening hours; `business-days` as it passes, skipping dates
 * without opening hours (Friday 16:00 + 24 h = Monday 16:00); `days` by the wall clock of such dates, 24 h each.
 */
export type Measure = 'elapsed' | 'business' | 'business-days' | 'days'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Weekday = (typeof weekdays)[number]
/** 1970-01-01 was a Thursday. */
const weekdayOf = (date: number): Weekday => weekdays[(((date + 3) % 7) + 7) % 7] ?? 'mon'

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

/** Written hours of a weekday as minutes, in order, merged. */
function hoursOf(definition: CalendarDefinition, day: Weekday): (readonly [number, number])[] {
  const spans = (definition.week[day] ?? []).map((text): readonly [number, number] => [
    minutesOf(text),
    minutesOf(text.slice(6)),
  ])
  return merge(spans.filter(([from, to]) => to > from))
}

function merge(spans: (readonly [number, number])[]): (readonly [number, number])[] {
  const merged: (readonly [number, number])[] = []
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], to)]
    else merged.push([from, to])
  }
  return merged
}

/** A calendar ready for counting. The zone must exist (the schema sees to it). */
export function compileCalendar(definition: CalendarDefinition): Calendar {
  const { zone } = definition
  const stretches: Stretch[] = []
  const week = new Map(weekdays.map((day) => [day, hoursOf(definition, day)]))
  const yearly = new Set(definition.holidays.filter((day) => day.length === 5))
  const single = new Set(definition.holidays.filter((day) => day.length === 10))
  const cache = new Map<number, readonly Window[]>()

  const stretchAt = (ms: number): Stretch => {
    for (let i = stretches.length - 1; i >= 0; i--) {
      const known = stretches[i]
      if (known && ms >= known.fromMs && ms < known.toMs) return known
    }
    const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
    const next = zoned.getTimeZoneTransition('next')
    // 'previous' looks strictly before the instant; one millisecond on, a transition at the instant itself is found too.
    const previous = zoned.add({ milliseconds: 1 }).getTimeZoneTransition('previous')
    const stretch: Stretch = {
      fromMs: previous ? previous.epochMilliseconds : Number.NEGATIVE_INFINITY,
      toMs: next ? next.epochMilliseconds : Number.POSITIVE_INFINITY,
      offsetMs: Math.round(zoned.offsetNanoseconds / 1e6),
    }
    stretches.push(stretch)
    return stretch
  }

  /** The stretches that a local date may touch, in order. */
  const stretchesOf = (date: number): Stretch[] => {
    const found: Stretch[] = []
    const end = date * DAY + LATEST
    for (let at = date * DAY + EARLIEST; at < end; ) {
      const stretch = stretchAt(at)
      found.push(stretch)
      at = stretch.toMs
    }
    return found
  }

  /** The parts of local time [from, to) of a date, as instants. */
  const place = (date: number, fromMs: number, toMs: number): Window[] => {
    const placed: Window[] = []
    for (const stretch of stretchesOf(date)) {
      const from = Math.max(stretch.fromMs, date * DAY + fromMs - stretch.offsetMs)
      const to = Math.min(stretch.toMs, date * DAY + toMs - stretch.offsetMs)
      if (to > from) placed.push([from, to])
    }
    return placed
  }

  const isHoliday = (date: number): boolean => {
    if (yearly.size === 0 && single.size === 0) return false
    const iso = new Date(date * DAY).toISOString()
    return single.has(iso.slice(0, 10)) || yearly.has(iso.slice(5, 10))
  }

  const windowsOf = (date: number): readonly Window[] => {
    const known = cache.get(date)
    if (known) return known
    const hours = isHoliday(date) ? [] : (week.get(weekdayOf(date)) ?? [])
    const windows = merge(hours.flatMap(([from, to]) => place(date, from * MINUTE, to * MINUTE)))
    if (cache.size >= CACHED_DAYS) cache.clear()
    cache.set(date, windows)
    return windows
  }

  const boundsOf = (date: number): Window => {
    const parts = place(date, 0, DAY)
    const first = parts[0]
    const last = parts.at(-1)
    // A zone that changed sides of the date line has left a date out (Samoa, 2011-12-30): it begins and ends at once.
    return first && last ? [first[0], last[1]] : [date * DAY, date * DAY]
  }

  const wallOf = (date: number, ms: number): number => {
    let wall = 0
    for (const stretch of stretchesOf(date)) {
      if (ms <= stretch.fromMs) break
      wall = Math.max(wall, Math.min(DAY, Math.min(ms, stretch.toMs) + stretch.offsetMs - date * DAY))
    }
    return wall
  }

  const atWall = (date: number, wall: number): number => {
    const [start, end] = boundsOf(date)
    for (const stretch of stretchesOf(date)) {
      if (stretch.toMs <= start) continue
      const at = date * DAY + wall - stretch.offsetMs
      if (at < stretch.toMs) return Math.min(end, Math.max(start, stretch.fromMs, at))
    }
    return end
  }

  return {
    zone,
    definition,
    windowsOf,
    dateOf: (ms) => Math.floor((ms + stretchAt(ms).offsetMs) / DAY),
    boundsOf,
    wallOf,
    atWall,
  }
}

/** Whether the desk is open at that instant. */
export const isOpen = (calendar: Calendar, ms: number): boolean =>
  calendar.windowsOf(calendar.dateOf(ms)).some(([from, to]) => ms >= from && ms < to)

/** The instant itself when open, else the next opening; Infinity when none comes. */
export function nextOpen(calendar: Calendar, ms: number): number {
  const first = calendar.dateOf(ms)
  for (let date = first; date < first + HORIZON_DAYS; date++) {
    for (const [from, to] of calendar.windowsOf(date)) if (ms < to) return Math.max(from, ms)
  }
  return Number.POSITIVE_INFINITY
}

/** Milliseconds counted from one instant to a later one; 0 when it is not later. */
export function countBetween(calendar: Calendar, measure: Measure, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0
  if (measure === 'elapsed') return toMs - fromMs
  let counted = 0
  const last = calendar.dateOf(toMs)
  for (let date = calendar.dateOf(fromMs); date <= last; date++) {
    const windows = calendar.windowsOf(date)
    if (windows.length === 0) continue
    switch (measure) {
      case 'business':
        for (const [from, to] of windows) counted += Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs))
        break
      case 'business-days': {
        const [from, to] = calendar.boundsOf(date)
        counted += Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs))
        break
      }
      case 'days':
        counted += calendar.wallOf(date, toMs) - calendar.wallOf(date, fromMs)
        break
      default:
        measure satisfies never
    }
  }
  return counted
}

/**
 * The first instant at which `ms` milliseconds have been counted since `fromMs`; Infinity when a calendar that is hardly ever
 * open would take more than twenty years. In `days` the answer is moved into opening hours.
 */
export function addCounted(calendar: Calendar, measure: Measure, fromMs: number, ms: number): number {
  if (measure === 'elapsed') return fromMs + ms
  if (ms <= 0) return measure === 'days' ? nextOpen(calendar, fromMs) : fromMs
  let left = ms
  const first = calendar.dateOf(fromMs)
  for (let date = first; date < first + HORIZON_DAYS; date++) {
    const windows = calendar.windowsOf(date)
    if (windows.length === 0) continue
    if (measure === 'days') {
      const wall = calendar.wallOf(date, fromMs)
      if (DAY - wall >= left) return nextOpen(calendar, calendar.atWall(date, wall + left))
      left -= DAY - wall
      continue
    }
    for (const [from, to] of measure === 'business' ? windows : [calendar.boundsOf(date)]) {
      const start = Math.max(from, fromMs)
      if (start >= to) continue
      if (to - start >= left) return start + left
      left -= to - start
    }
  }
  return Number.POSITIVE_INFINITY
}

/** Adds milliseconds of opening hours. Infinity when they never come. */
export const addBusiness = (calendar: Calendar, fromMs: number, ms: number): number =>
  addCounted(calendar, 'business', fromMs, ms)

/** Milliseconds of opening hours between two instants. */
export const businessBetween = (calendar: Calendar, fromMs: number, toMs: number): number =>
  countBetween(calendar, 'business', fromMs, toMs)

/**
 * The same time of day, so many dates with opening hours later; moved to the next opening when it falls outside the hours.
 * Friday 16:00 + 1 = Monday 16:00; Saturday + 1 = Tuesday at opening.
 */
export const addBusinessDays = (calendar: Calendar, fromMs: number, days: number): number =>
  addCounted(calendar, 'days', fromMs, days * DAY)

/** Whole business days between two instants. */
export const businessDaysBetween = (calendar: Calendar, fromMs: number, toMs: number): number =>
  Math.floor(countBetween(calendar, 'days', fromMs, toMs) / DAY)

/** Adds elapsed milliseconds that pass on dates with opening hours only. */
export const addOnBusinessDays = (calendar: Calendar, fromMs: number, ms: number): number =>
  addCounted(calendar, 'business-days', fromMs, ms)
