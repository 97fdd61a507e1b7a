// Conditions on when and why the rules run: hours, clocks, deliveries, choices, what came before.

import { z } from 'zod'
import type { Purpose } from '../../mail/token.ts'
import { countBetween, isOpen, type Measure } from '../../tickets/calendar.ts'
import type { Duration } from '../../tickets/duration.ts'
import type { Work } from '../context.ts'
import { todayOf } from '../hours.ts'
import { calendarOf } from '../ticket-clock.ts'
import { checkName, entry, type Found, type Frame, leaf } from './condition.ts'
import {
  inRange,
  lengthOfTime,
  range,
  rangeWords,
  readValueMatch,
  type ValueMatch,
  valueCaptures,
  valueMatch,
} from './value-match.ts'

const some = z.union([z.string(), z.array(z.string()).min(1)])
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

/** Choices by their names in rules. */
export const choiceNames = {
  mute: 'm',
  unmute: 'u',
  confirm: 'y',
  refute: 'n',
  approve: 'ok',
  refuse: 'no',
  satisfied: 'g',
  unsatisfied: 'h',
} as const satisfies Readonly<Record<string, Purpose>>
export type ChoiceName = keyof typeof choiceNames
export const choices = Object.keys(choiceNames) as [ChoiceName, ...ChoiceName[]]
const deliveryStates = ['bounced', 'dead', 'uncertain'] as const
const stages = ['warned', 'breached'] as const
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

function longEnough(work: Work, span: Duration, since: Date): number {
  const measure: Measure = span.unit === 'day' ? 'days' : span.time
  const counted = countBetween(
    calendarOf(work.context, work.ticket),
    measure,
    since.getTime(),
    work.context.now.getTime(),
  )
  return counted - (span.unit === 'day' ? span.amount * 86_400_000 : span.amount * 60_000)
}

const ageOf = (work: Work, spec: z.output<typeof lengthOfTime>, since: Date | null): boolean => {
  if (since === null) return false
  return (
    (spec.over === undefined || longEnough(work, spec.over, since) > 0) &&
    (spec.under === undefined || longEnough(work, spec.under, since) < 0)
  )
}

const spanWords = ({ amount, unit, time }: Duration): string =>
  unit === 'day'
    ? `${amount} business days`
    : `${amount} minutes${time === 'elapsed' ? '' : time === 'business' ? ' of opening hours' : ' of business days'}`
const ageWords = (spec: z.output<typeof lengthOfTime>): string =>
  [
    spec.over === undefined ? '' : `over ${spanWords(spec.over)}`,
    spec.under === undefined ? '' : `under ${spanWords(spec.under)}`,
  ]
    .filter(Boolean)
    .join(' and ')

/** Reads what is asked of another ticket of the same requester. */
function readOther(
  spec: {
    readonly type?: string | string[] | undefined
    readonly field?: Readonly<Record<string, ValueMatch>> | undefined
  },
  frame: Frame,
): { readonly sentence: string; readonly holds: (work: Work, found: Found) => boolean } {
  const types = spec.type === undefined ? null : listed(spec.type)
  for (const type of types ?? []) checkName(frame, 'type', type, Object.keys(frame.desk.types), ['ticket', 'type'])
  const tests = Object.entries(spec.field ?? {}).map(([name, match]) => {
    const path = ['ticket', 'field', name]
    checkName(frame, 'field', name, Object.keys(frame.desk.fields), path)
    return { name, test: readValueMatch(`field ${name}`, match, { ...frame, path: [...frame.path, ...path] }) }
  })
  return {
    sentence: [
      'another ticket',
      types ? `of type ${types.join(' or ')}` : '',
      tests.map(({ test }) => test.sentence).join(' and '),
    ]
      .filter(Boolean)
      .join(' '),
    holds: ({ context, ticket }, found) =>
      (context.history.latest ?? []).some(
        (other) =>
          other.number !== ticket.number &&
          (types?.includes(other.type) ?? true) &&
          tests.every(({ name, test }) =>
            test.holds(
              Object.hasOwn(other.fields, name) ? other.fields[name] : undefined,
              () => todayOf(context),
              found,
            ),
          ),
      ),
  }
}

export const momentConditions = {
  hours: entry({
    sentence: 'asks whether the desk is open now, by the calendar of the ticket',
    example: 'hours: closed',
    schema: z.enum(['open', 'closed']),
    read: (spec) =>
      leaf(
        `the desk is ${spec}`,
        (work) => isOpen(calendarOf(work.context, work.ticket), work.context.now.getTime()) === (spec === 'open'),
      ),
  }),
  weekday: entry({
    sentence: 'asks the day of the week at the desk',
    example: 'weekday: [sat, sun]',
    schema: z.union([z.enum(weekdays), z.array(z.enum(weekdays)).min(1)]),
    read: (spec) => {
      const days: readonly string[] = listed(spec)
      return leaf(`it is ${days.join(' or ')}`, (work) =>
        days.includes(weekdays[new Date(`${todayOf(work.context)}T00:00:00Z`).getUTCDay()] ?? ''),
      )
    },
  }),
  clock: entry({
    sentence: 'asks which clock is due',
    example: 'clock: first-response',
    events: ['clock'],
    schema: some,
    read: (spec, frame) => {
      for (const name of listed(spec))
        checkName(
          frame,
          'clock',
          name,
          frame.desk.clocks.map((clock) => clock.name),
        )
      return leaf(
        `the clock is ${listed(spec).join(' or ')}`,
        (work) => work.event.type === 'clock' && listed(spec).includes(work.event.clock),
      )
    },
  }),
  stage: entry({
    sentence: 'asks whether the clock warns or is breached',
    example: 'stage: breached',
    events: ['clock'],
    schema: z.enum(stages),
    read: (spec) => leaf(`the clock is ${spec}`, (work) => work.event.type === 'clock' && work.event.stage === spec),
  }),
  round: entry({
    sentence: 'asks how often the clock has come due, this time included',
    example: 'round: { over: 2 }',
    events: ['clock'],
    schema: range,
    read: (spec) =>
      leaf(`the clock came ${rangeWords(spec)} times`, (work) => {
        const { event } = work
        return (
          event.type === 'clock' &&
          inRange(spec, work.ticket.clocks.find((clock) => clock.name === event.clock)?.rounds ?? 0)
        )
      }),
  }),
  delivery: entry({
    sentence: 'asks what became of a mail of ours',
    example: 'delivery: [bounced, dead]',
    events: ['delivery'],
    schema: z.union([z.enum(deliveryStates), z.array(z.enum(deliveryStates)).min(1)]),
    read: (spec) => {
      const states: readonly string[] = listed(spec)
      return leaf(
        `delivery is ${states.join(' or ')}`,
        (work) => work.event.type === 'delivery' && states.includes(work.event.state),
      )
    },
  }),
  choice: entry({
    sentence: 'asks which signed choice the mail makes',
    example: 'choice: refute',
    events: ['choice'],
    schema: z.union([z.enum(choices), z.array(z.enum(choices)).min(1)]),
    read: (spec) => {
      const wanted = new Set<Purpose>((typeof spec === 'string' ? [spec] : spec).map((name) => choiceNames[name]))
      return leaf(`the choice is ${listed(spec).join(' or ')}`, (work) =>
        work.context.carried.some(({ carrier, signed }) => carrier === 'address' && wanted.has(signed.purpose)),
      )
    },
  }),
  released: entry({
    sentence: 'asks whether a person released the mail from a hold',
    example: 'released: false',
    schema: z.boolean(),
    read: (spec) =>
      leaf(
        spec ? 'a person released it' : 'nobody had to release it',
        (work) => (work.event.type === 'mail' && work.event.released !== null) === spec,
      ),
  }),
  age: entry({
    sentence: 'asks how long the ticket exists',
    example: 'age: { over: 5bd }',
    schema: lengthOfTime,
    read: (spec) => leaf(`the ticket is ${ageWords(spec)} old`, (work) => ageOf(work, spec, work.ticket.createdAt)),
  }),
  'since-customer': entry({
    sentence: 'asks how long ago the customer wrote last',
    example: 'since-customer: { over: 2bd }',
    schema: lengthOfTime,
    read: (spec) =>
      leaf(`the customer wrote ${ageWords(spec)} ago`, (work) => ageOf(work, spec, work.ticket.lastCustomerAt)),
  }),
  'since-agent': entry({
    sentence: 'asks how long ago an agent answered last; never holds when none has',
    example: 'since-agent: { under: 1h }',
    schema: lengthOfTime,
    read: (spec) =>
      leaf(`an agent answered ${ageWords(spec)} ago`, (work) => ageOf(work, spec, work.ticket.lastAgentAt)),
  }),
  history: entry({
    sentence: 'asks what the customer brought before',
    example: 'history: { open-tickets: { over: 0 }, tickets-today: { over: 5 }, earlier: true }',
    schema: z.strictObject({
      'open-tickets': range.optional().describe('open tickets of the same requester'),
      'tickets-today': range.optional().describe('tickets of the same requester within 24 hours, this one not counted'),
      earlier: z.boolean().optional().describe('whether there is an earlier ticket of the same requester'),
      ticket: z
        .strictObject({ type: some.optional(), field: z.record(z.string(), valueMatch).optional() })
        .optional()
        .describe(
          'one of the 20 latest other tickets of the same requester, open or closed, is of this type and has these fields',
        ),
    }),
    captures: (spec) => Object.values(spec.ticket?.field ?? {}).flatMap(valueCaptures),
    read: (spec, frame) => {
      const open = spec['open-tickets']
      const other = spec.ticket === undefined ? null : readOther(spec.ticket, frame)
      const today = spec['tickets-today']
      const words = [
        open === undefined ? '' : `open tickets ${rangeWords(open)}`,
        today === undefined ? '' : `tickets today ${rangeWords(today)}`,
        spec.earlier === undefined ? '' : spec.earlier ? 'an earlier ticket' : 'no earlier ticket',
        other?.sentence ?? '',
      ].filter(Boolean)
      return leaf(`the requester has ${words.join(' and ')}`, (work, found) => {
        const { context, ticket } = work
        const { history } = context
        if (other && !other.holds(work, found)) return false
        const others = history.openTickets.filter((other) => other.number !== ticket.number)
        if (open !== undefined && !inRange(open, others.length)) return false
        if (today !== undefined && !inRange(today, history.ticketsToday)) return false
        return (
          spec.earlier === undefined ||
          (history.lastTicket !== null && history.lastTicket !== ticket.number) === spec.earlier
        )
      })
    },
  }),
  'names-ticket': entry({
    sentence: 'asks whether the mail names another ticket of the desk',
    example: 'names-ticket: true',
    schema: z.boolean(),
    read: (spec) =>
      leaf(
        spec ? 'it names another ticket' : 'it names no other ticket',
        (work) => [...work.context.named.keys()].some((number) => number !== work.ticket.number) === spec,
      ),
  }),
}
