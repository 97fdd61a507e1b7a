import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addBusiness,
  addBusinessDays,
  addCounted,
  addOnBusinessDays,
  businessBetween,
  businessDaysBetween,
  compileCalendar,
  countBetween,
  isOpen,
  nextOpen,
} from '../../src/tickets/calendar.ts'
import { type CalendarDefinition, calendarSchema } from '../../src/tickets/calendar-schema.ts'
import { describeHours } from '../../src/tickets/hours-sentence.ts'
import { officeWeek } from '../support/desk.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const at = (iso: string): number => Date.parse(iso)
const iso = (ms: number): string => new Date(ms).toISOString()
const office = (zone: string, extra: Partial<CalendarDefinition> = {}): CalendarDefinition => ({
  zone,
  week: officeWeek,
  holidays: [],
  ...extra,
})

/** What a wall clock shows, asked of Intl: a second way to the same truth. */
function oracle(definition: CalendarDefinition) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: definition.zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
  return (ms: number): boolean => {
    const parts = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]))
    if (
      definition.holidays.includes(`${parts.year}-${parts.month}-${parts.day}`) ||
      definition.holidays.includes(`${parts.month}-${parts.day}`)
    )
      return false
    const day = days.find((name) => name === parts.weekday?.toLowerCase())
    const now = `${parts.hour}:${parts.minute}`
    return (day ? (definition.week[day] ?? []) : []).some((span) => now >= span.slice(0, 5) && now < span.slice(6))
  }
}

const clockTime = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const dayHours = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 0, maxLength: 6 })
  .map((marks) => [...marks].sort((a, b) => a - b).map((mark) => mark * 15))
  .map((marks) => {
    const spans: string[] = []
    for (let i = 0; i + 1 < marks.length; i += 2)
      spans.push(`${clockTime(marks[i] ?? 0)}-${clockTime(marks[i + 1] ?? 0)}`)
    return spans
  })
const definitions = fc.record({
  // Two hemispheres, a half-hour change (Lord Howe), midnight changes (Havana, Santiago, Beirut), no change (Lagos), a quarter hour (Kathmandu).
  zone: fc.constantFrom(
    'Europe/Paris',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Havana',
    'America/Santiago',
    'Asia/Beirut',
    'Africa/Lagos',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'UTC',
  ),
  week: fc.record({
    mon: dayHours,
    tue: dayHours,
    wed: dayHours,
    thu: dayHours,
    fri: dayHours,
    sat: dayHours,
    sun: dayHours,
  }),
  holidays: fc.subarray(['2026-10-26', '2027-03-29', '12-25', '2026-11-02', '01-01']),
})
// Days around the changes of 2026 and 2027, and Christmas.
const instants = fc
  .tuple(
    fc.constantFrom(
      '2026-10-24',
      '2026-10-31',
      '2027-03-27',
      '2027-03-13',
      '2026-04-04',
      '2026-12-24',
      '2027-09-04',
      '2026-02-14',
      '2026-10-03',
    ),
    fc.integer({ min: 0, max: 3 * 1440 }),
  )
  .map(([day, minutes]) => at(`${day}T00:00Z`) + minutes * MINUTE)

describe('business time', () => {
  test('hours added are the hours a minute-by-minute reading of the wall clock gives, across time changes, holidays and split days', () => {
    fc.assert(
      fc.property(definitions, instants, fc.integer({ min: 1, max: 1500 }), (definition, from, minutes) => {
        const open = oracle(definition)
        const calendar = compileCalendar(definition)
        let left = minutes
        let expected = from
        for (; left > 0 && expected < from + 9 * 24 * HOUR; expected += MINUTE) if (open(expected)) left--
        if (left > 0) expect(businessBetween(calendar, from, expected)).toBe((minutes - left) * MINUTE)
        else {
          expect(iso(addBusiness(calendar, from, minutes * MINUTE))).toBe(iso(expected))
          expect(businessBetween(calendar, from, expected)).toBe(minutes * MINUTE)
        }
        for (let i = 0; i < 20; i++)
          expect(isOpen(calendar, from + i * 173 * MINUTE)).toBe(open(from + i * 173 * MINUTE))
      }),
      { numRuns: 300 },
    )
  })

  test('counting is additive, and adding what was counted comes back, in every measure', () => {
    fc.assert(
      fc.property(
        definitions,
        instants,
        fc.nat(6 * 1440),
        fc.nat(6 * 1440),
        fc.constantFrom('elapsed', 'business', 'business-days', 'days'),
        (definition, a, m, n, measure) => {
          const calendar = compileCalendar(definition)
          const b = a + m * MINUTE
          const c = b + n * MINUTE
          const whole = countBetween(calendar, measure, a, c)
          expect(countBetween(calendar, measure, a, b) + countBetween(calendar, measure, b, c)).toBe(whole)
          if (whole > 0 && measure !== 'days') {
            const back = addCounted(calendar, measure, a, whole)
            expect(back).toBeLessThanOrEqual(c)
            expect(countBetween(calendar, measure, a, back)).toBe(whole)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a calendar that never opens never comes due, and says so at once', () => {
    const never = compileCalendar({ zone: 'Europe/Paris', week: {}, holidays: [] })
    expect(addBusiness(never, 0, HOUR)).toBe(Number.POSITIVE_INFINITY)
    expect(addBusinessDays(never, 0, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(addOnBusinessDays(never, 0, HOUR)).toBe(Number.POSITIVE_INFINITY)
    expect(nextOpen(never, 0)).toBe(Number.POSITIVE_INFINITY)
    const everyDay = Array.from({ length: 366 }, (_, i) => iso(Date.UTC(2024, 0, 1 + i)).slice(5, 10))
    expect(addBusiness(compileCalendar(office('UTC', { holidays: everyDay })), at('2026-01-01T00:00Z'), 1)).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  test.each([
    [
      'Friday 16:00 + 2 h over the end of summer time is Monday 10:00',
      'Europe/Berlin',
      '2026-10-23T14:00Z',
      2,
      '2026-10-26T09:00:00.000Z',
    ],
    [
      'an hour before closing + 1 h is closing time',
      'Europe/Paris',
      '2026-06-01T14:00Z',
      1,
      '2026-06-01T15:00:00.000Z',
    ],
    ['a mail of the night counts from opening', 'Europe/Paris', '2026-06-01T01:00Z', 1, '2026-06-01T08:00:00.000Z'],
  ])('%s', (_title, zone, from, hours, expected) => {
    expect(iso(addBusiness(compileCalendar(office(zone)), at(from), hours * HOUR))).toBe(expected)
  })

  test('a window in the hour that comes twice is open twice, and one in the hour left out is closed that day', () => {
    const night = compileCalendar({ zone: 'Europe/Paris', week: { sun: ['02:00-03:00'] }, holidays: [] })
    expect(businessBetween(night, at('2026-10-24T00:00Z'), at('2026-10-26T00:00Z'))).toBe(2 * HOUR)
    expect(businessBetween(night, at('2027-03-27T00:00Z'), at('2027-03-29T12:00Z'))).toBe(0)
  })
})

describe('business days', () => {
  const caracas = compileCalendar(office('America/Caracas', { holidays: ['2026-12-25'] }))
  test.each([
    ['Friday 16:00 + 24 h of business days is Monday 16:00', '2026-11-20T16:00-04:00', 24, '2026-11-23T16:00-04:00'],
    ['Saturday + 24 h of business days is the end of Monday', '2026-11-21T10:00-04:00', 24, '2026-11-24T00:00-04:00'],
    ['a holiday does not count', '2026-12-24T16:00-04:00', 24, '2026-12-28T16:00-04:00'],
  ])('%s', (_title, from, hours, expected) => {
    expect(iso(addOnBusinessDays(caracas, at(from), hours * HOUR))).toBe(iso(at(expected)))
  })

  test.each([
    ['Thursday 10:00 + 2 days is Monday 10:00', '2026-11-19T10:00-04:00', 2, '2026-11-23T10:00-04:00'],
    ['Saturday + 1 day is Tuesday at opening', '2026-11-21T10:00-04:00', 1, '2026-11-24T09:00-04:00'],
    ['Friday night + 1 day is Tuesday at opening', '2026-11-20T20:00-04:00', 1, '2026-11-24T09:00-04:00'],
    ['0 days out of hours is the next opening', '2026-11-21T10:00-04:00', 0, '2026-11-23T09:00-04:00'],
  ])('%s', (_title, from, days, expected) => {
    expect(iso(addBusinessDays(caracas, at(from), days))).toBe(iso(at(expected)))
  })

  test('a desk open every day keeps the time of day across a time change', () => {
    const daily = compileCalendar({
      zone: 'Europe/Paris',
      week: {
        mon: ['08:00-20:00'],
        tue: ['08:00-20:00'],
        wed: ['08:00-20:00'],
        thu: ['08:00-20:00'],
        fri: ['08:00-20:00'],
        sat: ['08:00-20:00'],
        sun: ['08:00-20:00'],
      },
      holidays: [],
    })
    expect(iso(addBusinessDays(daily, at('2026-10-24T10:00+02:00'), 1))).toBe(iso(at('2026-10-25T10:00+01:00')))
    expect(iso(addBusinessDays(daily, at('2027-03-27T10:00+01:00'), 2))).toBe(iso(at('2027-03-29T10:00+02:00')))
  })

  test('whole business days between two instants', () => {
    expect(businessDaysBetween(caracas, at('2026-11-19T10:00-04:00'), at('2026-11-23T09:59-04:00'))).toBe(1)
    expect(businessDaysBetween(caracas, at('2026-11-19T10:00-04:00'), at('2026-11-23T10:00-04:00'))).toBe(2)
    expect(businessDaysBetween(caracas, at('2026-11-23T10:00-04:00'), at('2026-11-19T10:00-04:00'))).toBe(0)
  })
})

describe('opening hours as a sentence', () => {
  const split = compileCalendar({
    zone: 'Europe/Paris',
    week: {
      mon: ['09:00-12:00', '13:00-17:30'],
      tue: ['09:00-12:00', '13:00-17:30'],
      wed: ['09:00-12:00', '13:00-17:30'],
      fri: ['09:00-15:00'],
    },
    holidays: [],
  })
  test.each([
    [
      'fr',
      'du lundi au vendredi de 9\u00a0h à 17\u00a0h',
      'du lundi au mercredi de 9\u00a0h à 12\u00a0h et de 13\u00a0h à 17\u00a0h\u00a030 ; le vendredi de 9\u00a0h à 15\u00a0h',
    ],
    [
      'en',
      'Monday to Friday from 9:00 to 17:00',
      'Monday to Wednesday from 9:00 to 12:00 and from 13:00 to 17:30; on Friday from 9:00 to 15:00',
    ],
    [
      'es',
      'de lunes a viernes, de 9:00 a 17:00',
      'de lunes a miércoles, de 9:00 a 12:00 y de 13:00 a 17:30; el viernes, de 9:00 a 15:00',
    ],
    [
      'pt',
      'segunda-feira – sexta-feira 09:00–17:00',
      'segunda-feira – quarta-feira 09:00–12:00, 13:00–17:30, sexta-feira 09:00–15:00',
    ],
  ])('in %s', (language, plain, mixed) => {
    expect(describeHours(compileCalendar(office('Europe/Paris')), language)).toBe(plain)
    expect(describeHours(split, language)).toBe(mixed)
  })

  test('a desk that never closes, and one that never opens', () => {
    const all = ['00:00-24:00']
    const always = compileCalendar({
      zone: 'UTC',
      week: { mon: all, tue: all, wed: all, thu: all, fri: all, sat: all, sun: all },
      holidays: [],
    })
    expect(describeHours(always, 'fr')).toBe('24 heures sur 24, 7 jours sur 7')
    expect(describeHours(compileCalendar({ zone: 'UTC', week: {}, holidays: [] }), 'en')).toBe('by appointment only')
  })
})

describe('what the configuration may say', () => {
  test.each([
    ['a zone that does not exist', { zone: 'Europe/Atlantis', week: {} }, 'no such time zone'],
    ['hours that end before they begin', { zone: 'UTC', week: { mon: ['17:00-09:00'] } }, 'hours end after they begin'],
    ['hours in words', { zone: 'UTC', week: { mon: ['9am-5pm'] } }, 'hours read 09:00-17:00'],
    ['a holiday in words', { zone: 'UTC', week: {}, holidays: ['Christmas'] }, 'a holiday is 2026-12-25'],
  ])('refuses %s', (_title, definition, message) => {
    const result = calendarSchema.safeParse(definition)
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message)
  })
})
