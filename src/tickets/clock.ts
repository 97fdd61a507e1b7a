// The clocks of a ticket: started and stopped by moments, paused and stopped by statuses, due twice (a warning, then the breach).
//
// A clock is stored as what it has counted, since when it runs, and the stretches in which it ran. Every function here takes all
// clocks of a ticket and gives all of them back. A clock exists from its starting moment on even where priority or type give it no
// target (`targetMs` 0): should they change, it is recounted from its stretches as if it had been so from the beginning.

import { addCounted, type Calendar, countBetween, type Measure } from './calendar.ts'
import type { ClockDefinition, Moment } from './clock-schema.ts'
import type { Duration } from './duration.ts'
import type { StatusKind } from './status.ts'
import type { ClockState } from './ticket.ts'

/** Stretches kept for recounting; a clock that paused more often keeps what it has counted. */
export const MAX_INTERVALS = 500
const DAY = 86_400_000

/** What clocks need of a desk. */
export interface ClockPlan {
  readonly definitions: readonly ClockDefinition[]
  readonly statuses: Readonly<
    Record<string, { readonly kind: StatusKind; readonly pauses: readonly string[]; readonly stops: readonly string[] }>
  >
  /** Types with `clocks: false` have none. */
  readonly types: Readonly<Record<string, { readonly clocks: boolean }>>
  /** The calendar of the ticket. */
  readonly calendar: Calendar
}

/** What clocks need of a ticket, as it is now. */
export interface ClockFacts {
  readonly priority: string
  readonly type: string
  readonly status: string
}

export type DueStage = 'warned' | 'breached'

interface Target {
  readonly measure: Measure
  readonly ms: number
}

const measureOf = (duration: Duration): Measure => (duration.unit === 'day' ? 'days' : duration.time)

function targetOf(value: ClockDefinition['after'] | undefined, priority: string): Target | null {
  if (value === undefined) return null
  const duration = isDuration(value) ? value : value[priority]
  return duration
    ? { measure: measureOf(duration), ms: duration.unit === 'day' ? duration.amount * DAY : duration.amount * 60_000 }
    : null
}

const isDuration = (value: ClockDefinition['after']): value is Duration => typeof value.amount === 'number'

function applies(definition: ClockDefinition, plan: ClockPlan, facts: ClockFacts): boolean {
  return (definition.types?.includes(facts.type) ?? true) && (plan.types[facts.type]?.clocks ?? true)
}

/** What the clock counts towards for this ticket; null: nothing, it can never be due. */
function goalOf(definition: ClockDefinition | undefined, plan: ClockPlan, facts: ClockFacts): Target | null {
  return definition && applies(definition, plan, facts) ? targetOf(definition.after, facts.priority) : null
}

function warningOf(definition: ClockDefinition, goal: Target, facts: ClockFacts): Target | null {
  const warning = targetOf(definition['warn-after'], facts.priority)
  return warning && (warning.measure !== goal.measure || warning.ms < goal.ms) ? warning : null
}

/** Milliseconds counted until now in a measure. */
function counted(clock: ClockState, calendar: Calendar, measure: Measure, own: boolean, now: Date): number {
  const before = own
    ? clock.countedMs
    : clock.intervals.reduce((sum, [from, to]) => sum + countBetween(calendar, measure, from, to), 0)
  return (
    before + (clock.runningSince ? countBetween(calendar, measure, clock.runningSince.getTime(), now.getTime()) : 0)
  )
}

/** When a target is reached if the clock goes on running; null when never. */
function reachedAt(clock: ClockState, calendar: Calendar, target: Target, own: boolean): Date | null {
  if (!clock.runningSince) return null
  const before = counted({ ...clock, runningSince: null }, calendar, target.measure, own, clock.runningSince)
  const at = addCounted(calendar, target.measure, clock.runningSince.getTime(), Math.max(0, target.ms - before))
  return Number.isFinite(at) && at <= 8.64e15 ? new Date(at) : null
}

/** Fills in target and due date for what the clock is now. */
function timed(clock: ClockState, plan: ClockPlan, facts: ClockFacts): ClockState {
  const definition = plan.definitions.find((one) => one.name === clock.name)
  const goal = goalOf(definition, plan, facts)
  if (!definition || !goal) return { ...clock, targetMs: 0, dueAt: null }
  const warning = warningOf(definition, goal, facts)
  const breachAt = reachedAt(clock, plan.calendar, goal, true)
  const warnAt = warning && reachedAt(clock, plan.calendar, warning, warning.measure === goal.measure)
  const dueAt =
    clock.stage === 'breached'
      ? null
      : clock.stage === 'counting' && warnAt && (!breachAt || warnAt < breachAt)
        ? warnAt
        : breachAt
  return { ...clock, targetMs: goal.ms, dueAt }
}

const beginning = (name: string, now: Date, rounds: number, paused: boolean): ClockState => ({
  name,
  state: paused ? 'paused' : 'running',
  startedAt: now,
  runningSince: paused ? null : now,
  countedMs: 0,
  intervals: [],
  targetMs: 0,
  dueAt: null,
  stage: 'counting',
  rounds,
})

/** The clock without its running stretch, which is added to what was counted. */
function halted(
  clock: ClockState,
  state: 'paused' | 'stopped',
  plan: ClockPlan,
  facts: ClockFacts,
  now: Date,
): ClockState {
  if (!clock.runningSince) return { ...clock, state, dueAt: null }
  const measure =
    goalOf(
      plan.definitions.find((one) => one.name === clock.name),
      plan,
      facts,
    )?.measure ?? 'elapsed'
  const from = clock.runningSince.getTime()
  const to = Math.max(from, now.getTime())
  return {
    ...clock,
    state,
    runningSince: null,
    countedMs: clock.countedMs + countBetween(plan.calendar, measure, from, to),
    intervals: clock.intervals.length < MAX_INTERVALS ? [...clock.intervals, [from, to]] : clock.intervals,
    dueAt: null,
  }
}

const pausedIn = (name: string, plan: ClockPlan, status: string): boolean =>
  plan.statuses[status]?.pauses.includes(name) ?? false
const stoppedIn = (name: string, plan: ClockPlan, status: string): boolean =>
  plan.statuses[status]?.stops.includes(name) ?? false

const begun = (
  clock: ClockState | undefined,
  name: string,
  plan: ClockPlan,
  facts: ClockFacts,
  now: Date,
): ClockState => timed(beginning(name, now, clock?.rounds ?? 0, pausedIn(name, plan, facts.status)), plan, facts)

const withClock = (clocks: readonly ClockState[], clock: ClockState): ClockState[] =>
  clocks.some((one) => one.name === clock.name)
    ? clocks.map((one) => (one.name === clock.name ? clock : one))
    : [...clocks, clock]

/** Starts a clock anew by name, unless it runs or waits already, is unknown to the desk, or the ticket's status stops it. */
export function startClock(
  clocks: readonly ClockState[],
  name: string,
  plan: ClockPlan,
  facts: ClockFacts,
  now: Date,
): ClockState[] {
  const clock = clocks.find((one) => one.name === name)
  if (
    (clock && clock.state !== 'stopped') ||
    stoppedIn(name, plan, facts.status) ||
    !plan.definitions.some((one) => one.name === name)
  )
    return [...clocks]
  return withClock(clocks, begun(clock, name, plan, facts, now))
}

/** Stops a clock by name; what it has counted stays to be read. */
export function stopClock(
  clocks: readonly ClockState[],
  name: string,
  plan: ClockPlan,
  facts: ClockFacts,
  now: Date,
): ClockState[] {
  return clocks.map((clock) =>
    clock.name === name && clock.state !== 'stopped' ? halted(clock, 'stopped', plan, facts, now) : clock,
  )
}

/** What a moment of the ticket does to its clocks: stops, then restarts, then starts. */
export function applyMoment(
  clocks: readonly ClockState[],
  moment: Moment,
  plan: ClockPlan,
  facts: ClockFacts,
  now: Date,
): ClockState[] {
  let all = [...clocks]
  for (const definition of plan.definitions) {
    const { name } = definition
    if (definition.stops.includes(moment)) all = stopClock(all, name, plan, facts, now)
    const clock = all.find((one) => one.name === name)
    if (clock && clock.state !== 'stopped' && definition.restarts.includes(moment))
      all = withClock(all, begun(clock, name, plan, facts, now))
    if (definition.starts.includes(moment)) all = startClock(all, name, plan, facts, now)
  }
  return all
}

/**
 * What a change of status does: clocks stop, pause or resume as the new status says, then the moments of the change come
 * (`status:NAME`, and `solved`, `closed` or `reopened` by the kinds of the two). `facts.status` is the new one; `from` null is a new ticket.
 */
export function enterStatus(
  clocks: readonly ClockState[],
  from: string | null,
  plan: ClockPlan,
  facts: ClockFacts,
  now: Date,
): ClockState[] {
  let all = clocks.map((clock) => {
    if (clock.state === 'stopped') return clock
    if (stoppedIn(clock.name, plan, facts.status)) return halted(clock, 'stopped', plan, facts, now)
    const pause = pausedIn(clock.name, plan, facts.status)
    if (pause && clock.state === 'running') return halted(clock, 'paused', plan, facts, now)
    if (!pause && clock.state === 'paused') return timed({ ...clock, state: 'running', runningSince: now }, plan, facts)
    return clock
  })
  for (const moment of statusMoments(from, plan, facts)) all = applyMoment(all, moment, plan, facts, now)
  return all
}

function statusMoments(from: string | null, plan: ClockPlan, facts: ClockFacts): Moment[] {
  const over = (kind: StatusKind | undefined): boolean => kind === 'solved' || kind === 'closed'
  const before = from === null ? undefined : plan.statuses[from]?.kind
  const kind = plan.statuses[facts.status]?.kind
  const moments: Moment[] = []
  if (from !== facts.status) moments.push(`status:${facts.status}`)
  if (kind === 'solved' && before !== 'solved') moments.push('solved')
  if (kind === 'closed' && before !== 'closed') moments.push('closed')
  if (over(before) && !over(kind)) moments.push('reopened')
  return moments
}

/**
 * Counts every clock again, after the calendar, the priority or the type of the ticket changed. A stage that was reached stays
 * reached only as far as the new count bears it out.
 */
export function recompute(clocks: readonly ClockState[], plan: ClockPlan, facts: ClockFacts, now: Date): ClockState[] {
  return clocks.map((clock) => {
    const definition = plan.definitions.find((one) => one.name === clock.name)
    const goal = goalOf(definition, plan, facts)
    if (!definition || !goal) return { ...clock, targetMs: 0, dueAt: null }
    const complete = clock.intervals.length < MAX_INTERVALS
    const again = complete
      ? { ...clock, countedMs: counted({ ...clock, runningSince: null }, plan.calendar, goal.measure, false, now) }
      : clock
    const warning = warningOf(definition, goal, facts)
    const breached = counted(again, plan.calendar, goal.measure, true, now) >= goal.ms
    const warned =
      warning !== null &&
      counted(again, plan.calendar, warning.measure, warning.measure === goal.measure, now) >= warning.ms
    const stage = breached || clock.stage === 'counting' ? clock.stage : warned ? 'warned' : 'counting'
    return timed({ ...again, stage }, plan, facts)
  })
}

/** Milliseconds left until the breach, in the measure of the clock, negative when overdue; null when it has no target or has stopped. */
export function remainingMs(clock: ClockState, plan: ClockPlan, facts: ClockFacts, now: Date): number | null {
  const goal = goalOf(
    plan.definitions.find((one) => one.name === clock.name),
    plan,
    facts,
  )
  if (!goal || clock.state === 'stopped') return null
  return goal.ms - counted(clock, plan.calendar, goal.measure, true, now)
}

/** The stage that is due now and was not handled; null: none. When warning and breach both passed, the breach alone is due. */
export function dueStage(clock: ClockState, plan: ClockPlan, facts: ClockFacts, now: Date): DueStage | null {
  if (clock.state !== 'running' || clock.dueAt === null || clock.dueAt > now) return null
  const goal = goalOf(
    plan.definitions.find((one) => one.name === clock.name),
    plan,
    facts,
  )
  if (!goal) return null
  const breachAt = reachedAt(clock, plan.calendar, goal, true)
  return breachAt && breachAt <= now ? 'breached' : 'warned'
}

/** When the clock breaches if it goes on running; null when it does not run or has no target. */
export function breachAt(clock: ClockState, plan: ClockPlan, facts: ClockFacts): Date | null {
  const goal = goalOf(
    plan.definitions.find((one) => one.name === clock.name),
    plan,
    facts,
  )
  return goal && clock.state === 'running' ? reachedAt(clock, plan.calendar, goal, true) : null
}

/** The clock after its due stage was handled; one that repeats begins again at the breach. */
export function advance(clock: ClockState, stage: DueStage, plan: ClockPlan, facts: ClockFacts, now: Date): ClockState {
  const definition = plan.definitions.find((one) => one.name === clock.name)
  if (stage === 'breached' && definition?.repeat) {
    return timed(beginning(clock.name, now, clock.rounds + 1, pausedIn(clock.name, plan, facts.status)), plan, facts)
  }
  return timed({ ...clock, stage, rounds: stage === 'breached' ? clock.rounds + 1 : clock.rounds }, plan, facts)
}
