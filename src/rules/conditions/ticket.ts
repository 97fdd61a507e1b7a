// Conditions on the ticket as the rules before left it.

import { z } from 'zod'
import { missingFields } from '../../desks/checklist.ts'
import { statusKinds } from '../../tickets/status.ts'
import type { Channel, FieldValue } from '../../tickets/ticket.ts'
import type { Work } from '../context.ts'
import { todayOf } from '../hours.ts'
import { type Condition, checkName, entry, type Frame, leaf } from './condition.ts'
import { inRange, range, rangeWords, readValueMatch, valueCaptures, valueMatch } from './value-match.ts'

const some = z.union([z.string(), z.array(z.string()).min(1)])
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)
const channels = ['mail', 'portal', 'phone', 'visit', 'chat', 'alert', 'import'] as const satisfies readonly Channel[]

function named(
  what: string,
  spec: string | readonly string[],
  frame: Frame,
  known: readonly string[],
  read: (work: Work) => string,
): Condition {
  const wanted = new Set(listed(spec))
  for (const name of wanted) checkName(frame, what, name, known)
  return leaf(`${what} is ${listed(spec).join(' or ')}`, (work) => wanted.has(read(work)))
}

export const ticketConditions = {
  status: entry({
    sentence: 'asks the status of the ticket',
    example: 'status: [open, qualified]',
    schema: some,
    read: (spec, frame) => named('status', spec, frame, Object.keys(frame.desk.statuses), (work) => work.ticket.status),
  }),
  'status-kind': entry({
    sentence: 'asks the kind of the status: open, waiting, pending, solved, closed',
    example: 'status-kind: [open, waiting]',
    schema: z.union([z.enum(statusKinds), z.array(z.enum(statusKinds)).min(1)]),
    read: (spec, frame) =>
      named(
        'status kind',
        spec,
        frame,
        statusKinds,
        (work) => work.context.desk.statuses[work.ticket.status]?.kind ?? '',
      ),
  }),
  priority: entry({
    sentence: 'asks the priority of the ticket',
    example: 'priority: urgent',
    schema: some,
    read: (spec, frame) =>
      named('priority', spec, frame, Object.keys(frame.desk.priorities), (work) => work.ticket.priority),
  }),
  type: entry({
    sentence: 'asks the type of the ticket',
    example: 'type: correction',
    schema: some,
    read: (spec, frame) => named('type', spec, frame, Object.keys(frame.desk.types), (work) => work.ticket.type),
  }),
  queue: entry({
    sentence: 'asks the queue of the ticket',
    example: 'queue: first',
    schema: some,
    read: (spec, frame) => named('queue', spec, frame, Object.keys(frame.desk.queues), (work) => work.ticket.queue),
  }),
  assignee: entry({
    sentence: 'asks to whom the ticket is assigned: an address, "anybody" or "nobody"',
    example: 'assignee: nobody',
    schema: some,
    read: (spec, frame) => {
      const known = [...frame.desk.staff.map((staff) => staff.address), 'anybody', 'nobody']
      for (const name of listed(spec)) checkName(frame, 'agent', name, known)
      return leaf(`it is assigned to ${listed(spec).join(' or ')}`, (work) =>
        listed(spec).some((name) =>
          name === 'nobody'
            ? work.ticket.assignee === null
            : name === 'anybody'
              ? work.ticket.assignee !== null
              : work.ticket.assignee === name,
        ),
      )
    },
  }),
  tags: entry({
    sentence: 'asks whether the ticket has one of these tags',
    example: 'tags: [vip]',
    schema: some,
    read: (spec) =>
      leaf(`it is tagged ${listed(spec).join(' or ')}`, (work) =>
        listed(spec).some((tag) => work.ticket.tags.includes(tag)),
      ),
  }),
  field: entry({
    sentence: 'asks fields of the ticket',
    example: 'field: { amount: { over: 1000 }, run-date: { on: today } }',
    schema: z.record(z.string(), valueMatch),
    captures: (spec) => Object.values(spec).flatMap(valueCaptures),
    read: (spec, frame) => {
      const tests = Object.entries(spec).map(([name, match]) => {
        checkName(frame, 'field', name, [...Object.keys(frame.desk.fields), ...ownFields], [name])
        return { name, test: readValueMatch(`field ${name}`, match, { ...frame, path: [...frame.path, name] }) }
      })
      return leaf(tests.map(({ test }) => test.sentence).join(' and '), (work, found) =>
        tests.every(({ name, test }) =>
          test.holds(
            Object.hasOwn(work.ticket.fields, name) ? work.ticket.fields[name] : undefined,
            () => todayOf(work.context),
            found,
          ),
        ),
      )
    },
  }),
  missing: entry({
    sentence: 'asks whether one of these fields of the ticket is still empty',
    example: 'missing: [invoice, run-date]',
    schema: some,
    read: (spec, frame) => {
      for (const name of listed(spec)) checkName(frame, 'field', name, Object.keys(frame.desk.fields))
      return leaf(`${listed(spec).join(' or ')} is missing`, (work) =>
        listed(spec).some((name) => isEmpty(work.ticket.fields[name])),
      )
    },
  }),
  checklist: entry({
    sentence: 'asks whether all data that the checklists of the desk want of the ticket are there',
    example: 'checklist: incomplete',
    schema: z.enum(['complete', 'incomplete']),
    read: (spec) =>
      leaf(
        `its data are ${spec}`,
        (work) => (missingFields(work.context.desk.checklists, work.ticket).length === 0) === (spec === 'complete'),
      ),
  }),
  channel: entry({
    sentence: 'asks how the ticket came',
    example: 'channel: [portal, phone]',
    schema: z.union([z.enum(channels), z.array(z.enum(channels)).min(1)]),
    read: (spec, frame) => named('channel', spec, frame, channels, (work) => work.ticket.channel),
  }),
  reopened: entry({
    sentence: 'asks how often the ticket was opened again',
    example: 'reopened: { over: 1 }',
    schema: range,
    read: (spec) => leaf(`it was reopened ${rangeWords(spec)} times`, (work) => inRange(spec, work.ticket.reopens)),
  }),
  captured: entry({
    sentence: 'asks values that earlier rules captured',
    example: 'captured: { invoice: { set: true } }',
    schema: z.record(z.string(), valueMatch),
    captures: (spec) => Object.values(spec).flatMap(valueCaptures),
    read: (spec, frame) => {
      const tests = Object.entries(spec).map(([name, match]) => {
        if (!frame.captures.has(name))
          frame.fault(
            [...frame.path, name],
            `no rule of the desk captures "${name}"`,
            `a group (?<${name}>…) in a matches: captures it`,
          )
        return { name, test: readValueMatch(`captured ${name}`, match, { ...frame, path: [...frame.path, name] }) }
      })
      return leaf(tests.map(({ test }) => test.sentence).join(' and '), (work, found) =>
        tests.every(({ name, test }) => test.holds(work.captures.get(name), () => todayOf(work.context), found)),
      )
    },
  }),
}

/** Whether a field of a ticket holds nothing. */
export const isEmpty = (value: FieldValue | undefined): boolean => value === undefined || value === null || value === ''

/** Fields of a ticket that the gateway itself writes. */
export const ownFields: readonly string[] = ['resolution', 'awaiting', 'calendar']
