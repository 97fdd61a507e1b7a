import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCalendar, isOpen } from '../../src/tickets/calendar.ts'
import {
  advance,
  applyMoment,
  type ClockPlan,
  dueStage,
  enterStatus,
  recompute,
  remainingMs,
  startClock,
  stopClock,
} from '../../src/tickets/clock.ts'
import { clockSchema, type Moment } from '../../src/tickets/clock-schema.ts'
import type { ClockState } from '../../src/tickets/ticket.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const date = (iso: string): Date => new Date(iso)

const office = compileCalendar({
  zone: 'Europe/Paris',
  week: {
    mon: ['09:00-12:00', '13:00-17:00'],
    tue: ['09:00-17:00'],
    wed: ['09:00-17:00'],
    thu: ['09:00-17:00'],
    fri: ['09:00-17:00'],
  },
  holidays: ['2026-11-11'],
})
const status = (
  kind: 'open' | 'waiting' | 'pending' | 'solved' | 'closed',
  pauses: string[] = [],
  stops: string[] = [],
) => ({ kind, pauses, stops })

function plan(clocks: unknown[], calendar = office): ClockPlan {
  return {
    definitions: clocks.map((clock) => clockSchema.parse(clock)),
    statuses: {
      open: status('open'),
      waiting: status('waiting', ['resolution']),
      research: status('pending', ['resolution']),
      solved: status('solved', [], ['resolution']),
      closed: status('closed', [], ['resolution', 'response']),
    },
    types: { support: { clocks: true }, patch: { clocks: false } },
    calendar,
  }
}
const facts = (over: Partial<{ priority: string; type: string; status: string }> = {}) => ({
  priority: 'normal',
  type: 'support',
  status: 'open',
  ...over,
})
const named = (clocks: readonly ClockState[], name: string): ClockState => {
  const clock = clocks.find((one) => one.name === name)
  if (!clock) throw new Error(`no clock ${name}`)
  return clock
}

const response = {
  name: 'response',
  after: { high: '2bh', normal: '4bh' },
  'warn-after': '1bh',
  starts: ['created'],
  stops: ['agent-reply'],
}
const resolution = { name: 'resolution', after: '8bh', starts: ['created', 'reopened'] }

describe('a clock', () => {
  test('counts business time to its target, warns first, then is breached once', () => {
    const desk = plan([response])
    const monday = date('2026-11-16T10:30+01:00')
    let clock = named(applyMoment([], 'created', desk, facts(), monday), 'response')
    expect(clock.dueAt).toEqual(date('2026-11-16T11:30+01:00'))
    expect(dueStage(clock, desk, facts(), date('2026-11-16T11:29+01:00'))).toBeNull()
    expect(dueStage(clock, desk, facts(), date('2026-11-16T11:30+01:00'))).toBe('warned')
    clock = advance(clock, 'warned', desk, facts(), date('2026-11-16T11:31+01:00'))
    expect(clock.dueAt).toEqual(date('2026-11-16T15:30+01:00'))
    expect(remainingMs(clock, desk, facts(), date('2026-11-16T12:30+01:00'))).toBe(2.5 * HOUR)
    expect(dueStage(clock, desk, facts(), date('2026-11-16T15:30+01:00'))).toBe('breached')
    clock = advance(clock, 'breached', desk, facts(), date('2026-11-16T15:30+01:00'))
    expect([clock.dueAt, clock.stage, clock.rounds]).toEqual([null, 'breached', 1])
    expect(remainingMs(clock, desk, facts(), date('2026-11-16T16:30+01:00'))).toBe(-HOUR)
  })

  test('that was not looked at in time is breached at once, without a late warning', () => {
    const desk = plan([response])
    const clock = named(applyMoment([], 'created', desk, facts(), date('2026-11-16T10:30+01:00')), 'response')
    expect(dueStage(clock, desk, facts(), date('2026-11-18T10:30+01:00'))).toBe('breached')
  })

  test('stops at its moment and says no more', () => {
    const desk = plan([response])
    const clocks = applyMoment([], 'created', desk, facts(), date('2026-11-16T10:00+01:00'))
    const clock = named(applyMoment(clocks, 'agent-reply', desk, facts(), date('2026-11-16T10:20+01:00')), 'response')
    expect([clock.state, clock.countedMs, clock.dueAt]).toEqual(['stopped', 20 * MINUTE, null])
    expect(remainingMs(clock, desk, facts(), date('2026-11-16T12:00+01:00'))).toBeNull()
  })

  test('24 hours of business days from Friday 16:00 are over on Monday at 16:00', () => {
    const desk = plan([{ name: 'response', after: '24hbd', starts: ['created'] }])
    expect(named(applyMoment([], 'created', desk, facts(), date('2026-11-20T16:00+01:00')), 'response').dueAt).toEqual(
      date('2026-11-23T16:00+01:00'),
    )
  })

  test('that runs only while the customer is asked stops when the customer writes, and starts anew with the next question', () => {
    const desk = plan([
      { name: 'silence', after: '2bd', 'warn-after': '1bd', starts: ['agent-question'], stops: ['customer-mail'] },
    ])
    let clocks = applyMoment([], 'created', desk, facts(), date('2026-11-16T10:00+01:00'))
    expect(clocks).toEqual([])
    clocks = applyMoment(clocks, 'agent-question', desk, facts(), date('2026-11-16T11:00+01:00'))
    clocks = applyMoment(clocks, 'customer-mail', desk, facts(), date('2026-11-18T10:59+01:00'))
    expect(named(clocks, 'silence').state).toBe('stopped')
    clocks = applyMoment(clocks, 'agent-question', desk, facts(), date('2026-11-19T11:00+01:00'))
    expect([named(clocks, 'silence').stage, named(clocks, 'silence').dueAt]).toEqual([
      'counting',
      date('2026-11-20T11:00+01:00'),
    ])
  })

  test('that restarts begins again from nothing with each piece of news', () => {
    const desk = plan([{ name: 'update', after: '2bd', starts: ['created'], restarts: ['public-news'], repeat: true }])
    let clocks = applyMoment([], 'created', desk, facts(), date('2026-11-16T10:00+01:00'))
    clocks = applyMoment(clocks, 'public-news', desk, facts(), date('2026-11-17T15:00+01:00'))
    expect(named(clocks, 'update').dueAt).toEqual(date('2026-11-19T15:00+01:00'))
    const again = advance(named(clocks, 'update'), 'breached', desk, facts(), date('2026-11-19T15:00+01:00'))
    expect([again.dueAt, again.rounds, again.stage]).toEqual([date('2026-11-23T15:00+01:00'), 1, 'counting'])
  })

  test('pauses in a status, resumes, and stops in another; reopening starts it anew', () => {
    const desk = plan([resolution])
    let clocks = enterStatus(
      applyMoment([], 'created', desk, facts(), date('2026-11-17T09:00+01:00')),
      null,
      desk,
      facts(),
      date('2026-11-17T09:00+01:00'),
    )
    clocks = enterStatus(clocks, 'open', desk, facts({ status: 'waiting' }), date('2026-11-17T11:00+01:00'))
    expect([named(clocks, 'resolution').state, named(clocks, 'resolution').dueAt]).toEqual(['paused', null])
    clocks = enterStatus(clocks, 'waiting', desk, facts({ status: 'open' }), date('2026-11-19T09:00+01:00'))
    expect(named(clocks, 'resolution').dueAt).toEqual(date('2026-11-19T15:00+01:00'))
    clocks = enterStatus(clocks, 'open', desk, facts({ status: 'solved' }), date('2026-11-19T10:00+01:00'))
    expect([named(clocks, 'resolution').state, named(clocks, 'resolution').countedMs]).toEqual(['stopped', 3 * HOUR])
    clocks = enterStatus(clocks, 'solved', desk, facts({ status: 'open' }), date('2026-11-19T12:00+01:00'))
    expect([named(clocks, 'resolution').countedMs, named(clocks, 'resolution').dueAt]).toEqual([
      0,
      date('2026-11-20T12:00+01:00'),
    ])
  })

  test('is not started in a status that stops it', () => {
    const desk = plan([{ ...resolution, starts: ['created', 'customer-mail'] }])
    expect(applyMoment([], 'customer-mail', desk, facts({ status: 'solved' }), date('2026-11-17T09:00+01:00'))).toEqual(
      [],
    )
  })

  test('starts and stops by the name a rule gives, and an unknown name does nothing', () => {
    const desk = plan([resolution])
    const now = date('2026-11-17T09:00+01:00')
    expect(startClock([], 'nothing', desk, facts(), now)).toEqual([])
    const started = startClock([], 'resolution', desk, facts(), now)
    expect(named(started, 'resolution').state).toBe('running')
    expect(named(stopClock(started, 'resolution', desk, facts(), now), 'resolution').state).toBe('stopped')
  })

  test('starts with the status it names', () => {
    const desk = plan([{ name: 'confirmation', after: '5bd', starts: ['status:solved'], stops: ['status:open'] }])
    const clocks = enterStatus([], 'open', desk, facts({ status: 'solved' }), date('2026-11-17T09:00+01:00'))
    expect(named(clocks, 'confirmation').dueAt).toEqual(date('2026-11-24T09:00+01:00'))
    expect(
      named(enterStatus(clocks, 'solved', desk, facts(), date('2026-11-18T09:00+01:00')), 'confirmation').state,
    ).toBe('stopped')
  })
})

describe('counting again', () => {
  const created = date('2026-11-16T09:00+01:00')
  test('a new priority gives the target it would have had from the start', () => {
    const desk = plan([response])
    const clocks = applyMoment([], 'created', desk, facts(), created)
    const now = date('2026-11-16T10:30+01:00')
    expect(named(recompute(clocks, desk, facts({ priority: 'high' }), now), 'response')).toMatchObject({
      targetMs: 2 * HOUR,
      dueAt: date('2026-11-16T10:00+01:00'),
    })
  })

  test('a priority without this clock has none; back at the first one, nothing was forgotten', () => {
    const desk = plan([response])
    const clocks = applyMoment([], 'created', desk, facts(), created)
    const none = recompute(clocks, desk, facts({ priority: 'low' }), date('2026-11-16T10:00+01:00'))
    expect(named(none, 'response')).toMatchObject({ targetMs: 0, dueAt: null })
    expect(recompute(none, desk, facts(), date('2026-11-16T11:00+01:00'))).toEqual(clocks)
  })

  test('a type without clocks is never due', () => {
    const desk = plan([response])
    const clocks = applyMoment([], 'created', desk, facts({ type: 'patch' }), created)
    expect(named(clocks, 'response')).toMatchObject({ targetMs: 0, dueAt: null })
    expect(remainingMs(named(clocks, 'response'), desk, facts({ type: 'patch' }), created)).toBeNull()
  })

  test('a longer target takes back a breach that is none any more', () => {
    const desk = plan([response])
    const clock = named(applyMoment([], 'created', desk, facts({ priority: 'high' }), created), 'response')
    const breached = advance(clock, 'breached', desk, facts({ priority: 'high' }), date('2026-11-16T11:00+01:00'))
    expect(named(recompute([breached], desk, facts(), date('2026-11-16T11:30+01:00')), 'response')).toMatchObject({
      stage: 'warned',
      dueAt: date('2026-11-16T14:00+01:00'),
    })
  })

  test('another calendar counts the same stretches by its own hours', () => {
    const always = ['00:00-24:00']
    const round = compileCalendar({
      zone: 'UTC',
      week: { mon: always, tue: always, wed: always, thu: always, fri: always, sat: always, sun: always },
      holidays: [],
    })
    const desk = plan([resolution])
    let clocks = applyMoment([], 'created', desk, facts(), date('2026-11-16T16:00+01:00'))
    clocks = enterStatus(clocks, 'open', desk, facts({ status: 'waiting' }), date('2026-11-16T18:00+01:00'))
    expect(named(clocks, 'resolution').countedMs).toBe(HOUR)
    clocks = recompute(clocks, plan([resolution], round), facts({ status: 'waiting' }), date('2026-11-16T19:00+01:00'))
    expect(named(clocks, 'resolution').countedMs).toBe(2 * HOUR)
  })
})

type Step = {
  readonly minutes: number
  readonly act: 'open' | 'waiting' | 'research' | 'solved' | 'customer-mail' | 'agent-reply'
}

describe('any order of pauses, stops, starts and restarts', () => {
  const desk = plan([
    { name: 'resolution', after: '8bh', starts: ['created', 'customer-mail', 'reopened'], restarts: ['agent-reply'] },
  ])
  const steps = fc.array(
    fc.record({
      minutes: fc.integer({ min: 0, max: 900 }),
      act: fc.constantFrom<Step['act'][]>('open', 'waiting', 'research', 'solved', 'customer-mail', 'agent-reply'),
    }),
    { maxLength: 12 },
  )

  /** The same story told minute by minute with a counter. */
  function replay(start: number, story: readonly Step[], until: number) {
    const waiting: (readonly [number, Step['act']])[] = []
    let at = start
    for (const step of story) {
      at += step.minutes * MINUTE
      waiting.push([at, step.act])
    }
    let state: 'running' | 'paused' | 'stopped' = 'running'
    let now = 'open'
    let counted = 0
    let due: number | null = null
    const pauses = (): boolean => now === 'waiting' || now === 'research'
    const anew = (): void => {
      counted = 0
      due = null
      state = pauses() ? 'paused' : 'running'
    }
    for (let minute = start; minute <= until; minute += MINUTE) {
      while (waiting[0] && waiting[0][0] === minute) {
        const act = waiting.shift()?.[1]
        if (act === 'agent-reply') {
          if (state !== 'stopped') anew()
        } else if (act === 'customer-mail') {
          if (state === 'stopped' && now !== 'solved') anew()
        } else if (act) {
          const before = now
          now = act
          if (act === 'solved') state = 'stopped'
          else if (state !== 'stopped') state = pauses() ? 'paused' : 'running'
          else if (before === 'solved') anew()
        }
      }
      if (counted === 8 * 60 && due === null) due = minute
      if (minute < until && state === 'running' && isOpen(office, minute)) counted++
    }
    return { state, counted, due }
  }

  test('gives what a counter that ticks each open minute gives', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('2026-10-23T06:00Z', '2026-11-10T10:00Z', '2027-03-26T13:00Z'),
        steps,
        fc.integer({ min: 0, max: 2000 }),
        (from, story, rest) => {
          const start = Date.parse(from)
          let clocks = applyMoment([], 'created', desk, facts(), new Date(start))
          let at = start
          let now = 'open'
          for (const step of story) {
            at += step.minutes * MINUTE
            if (step.act === 'customer-mail' || step.act === 'agent-reply')
              clocks = applyMoment(clocks, step.act satisfies Moment, desk, facts({ status: now }), new Date(at))
            else {
              const before = now
              now = step.act
              clocks = enterStatus(clocks, before, desk, facts({ status: now }), new Date(at))
            }
          }
          const until = at + rest * MINUTE
          const expected = replay(start, story, until)
          const clock = named(clocks, 'resolution')
          const remaining = remainingMs(clock, desk, facts({ status: now }), new Date(until))
          expect(clock.state).toBe(expected.state)
          if (clock.state === 'stopped') expect(clock.countedMs).toBe(expected.counted * MINUTE)
          else expect(remaining).toBe((8 * 60 - expected.counted) * MINUTE)
          if (clock.state === 'running') {
            expect((clock.dueAt?.getTime() ?? 0) <= until).toBe(expected.due !== null)
            expect(dueStage(clock, desk, facts({ status: now }), new Date(until))).toBe(
              expected.due === null ? null : 'breached',
            )
          }
          expect(named(recompute(clocks, desk, facts({ status: now }), new Date(until)), 'resolution')).toEqual(clock)
        },
      ),
      { numRuns: 250 },
    )
  })

  test('whatever happens, the stretches that are kept stay bounded and the count goes on', () => {
    let clocks = applyMoment([], 'created', desk, facts(), date('2026-01-05T09:00+01:00'))
    let at = Date.parse('2026-01-05T09:00+01:00')
    for (let i = 0; i < 1200; i++) {
      at += MINUTE
      clocks = enterStatus(
        clocks,
        i % 2 ? 'waiting' : 'open',
        desk,
        facts({ status: i % 2 ? 'open' : 'waiting' }),
        new Date(at),
      )
    }
    const clock = named(clocks, 'resolution')
    expect(clock.intervals.length).toBeLessThanOrEqual(500)
    const before = clock.countedMs
    expect(named(recompute(clocks, desk, facts(), new Date(at)), 'resolution').countedMs).toBe(before)
  })
})
