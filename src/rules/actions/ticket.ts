// Actions that change the ticket.

import { z } from 'zod'
import { checkName } from '../conditions/condition.ts'
import type { Work } from '../context.ts'
import { change, setField } from '../judgement.ts'
import { participant } from '../participants.ts'
import { nextInTurn } from '../turn.ts'
import { type ActionFrame, action } from './action.ts'
import { type Filled, readFill } from './fill.ts'

const some = z.union([z.string(), z.array(z.string()).min(1)])
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)
const MAX_TAGS = 50
const MAX_PEOPLE = 20

/** Moves the ticket, unless the status table forbids it; a ticket that is still being made may become anything. */
export function moveTo(work: Work, status: string, by: string): void {
  const allowed = work.context.desk.statuses[work.ticket.status]?.to
  if (work.ticket.number !== 0 && work.ticket.status !== status && allowed && !allowed.includes(status))
    work.trail.push({
      at: by,
      code: 'not-allowed',
      why: `The status table has no way from ${work.ticket.status} to ${status}: the status stays.`,
    })
  else change(work, 'status', status, by)
}

function assign(work: Work, to: string | null, by: string): void {
  const from = work.ticket.assignee
  if (from === to) return
  work.ticket.assignee = to
  work.changes.push({ field: 'assignee', from, to, by })
}

const setter = (
  field: 'priority' | 'type' | 'queue',
  known: (frame: ActionFrame) => readonly string[],
  sentence: string,
  example: string,
) =>
  action({
    sentence,
    example,
    schema: z.string(),
    read: (spec, frame) => {
      checkName(frame, field, spec, known(frame))
      return { sentence: `sets the ${field} to ${spec}`, act: (work) => void change(work, field, spec, frame.by) }
    },
  })

export const ticketActions = {
  priority: setter('priority', (frame) => Object.keys(frame.desk.priorities), 'sets the priority', 'priority: high'),
  type: setter('type', (frame) => Object.keys(frame.desk.types), 'sets the type', 'type: correction'),
  queue: setter(
    'queue',
    (frame) => Object.keys(frame.desk.queues),
    'puts the ticket into a queue; its team is told',
    'queue: second',
  ),
  status: action({
    sentence: 'sets the status; a ticket that exists moves only as its status table allows',
    example: 'status: waiting-customer',
    schema: z.string(),
    read: (spec, frame) => {
      checkName(frame, 'status', spec, Object.keys(frame.desk.statuses))
      return { sentence: `sets the status to ${spec}`, act: (work) => moveTo(work, spec, frame.by) }
    },
  }),
  assignee: action({
    sentence:
      'assigns the ticket to an agent, to the next of the team in turn ("round-robin"), to who answered last ("last-agent"), or to nobody',
    example: 'assignee: round-robin',
    schema: z.string(),
    read: (spec, frame) => {
      checkName(frame, 'agent', spec, [
        ...frame.desk.staff.map((staff) => staff.address),
        'round-robin',
        'last-agent',
        'nobody',
      ])
      return {
        sentence: spec === 'nobody' ? 'takes the assignee away' : `assigns it to ${spec}`,
        act: (work) => {
          const to =
            spec === 'nobody'
              ? null
              : spec === 'round-robin'
                ? nextInTurn(
                    work.context,
                    work.ticket,
                    work.event.type === 'mail' ? work.event.mail : work.ticket.number,
                  )
                : spec === 'last-agent'
                  ? (work.ticket.lastAgent ?? work.ticket.assignee)
                  : spec
          assign(work, to, frame.by)
        },
      }
    },
  }),
  tags: action({
    sentence: 'adds tags, or adds and removes them',
    example: 'tags: [vip, "bank-{bank}"]      # or: tags: { add: vip, remove: new }',
    schema: z.union([some, z.strictObject({ add: some.optional(), remove: some.optional() })]),
    read: (spec, frame) => {
      const full = typeof spec === 'string' || Array.isArray(spec) ? { add: spec, remove: undefined } : spec
      const add = listed(full.add ?? []).map((tag) => readFill(tag, frame))
      const remove = new Set(listed(full.remove ?? []))
      const sentence = (added: readonly string[]): string =>
        [
          added.length > 0 ? `tags it ${added.join(', ')}` : '',
          remove.size > 0 ? `removes the tags ${[...remove].join(', ')}` : '',
        ]
          .filter(Boolean)
          .join(' and ')
      const addedTo = (work: Work): readonly string[] =>
        add.map((tag) => tag.fill(work).trim().toLowerCase().slice(0, 64)).filter((tag) => tag !== '')
      return {
        sentence: sentence(add.map((tag) => tag.written)),
        ...(add.some((tag) => tag.filled) ? { said: (work) => sentence(addedTo(work)) || 'adds no tag' } : {}),
        act: (work) => {
          const before = work.ticket.tags
          const added = addedTo(work)
          const tags = [...new Set([...before.filter((tag) => !remove.has(tag)), ...added])].slice(0, MAX_TAGS)
          if (tags.join('\n') === before.join('\n')) return
          work.ticket.tags = tags
          work.changes.push({ field: 'tags', from: before.join(', '), to: tags.join(', '), by: frame.by })
        },
      }
    },
  }),
  subject: action({
    sentence: 'sets the subject of the ticket',
    example: 'subject: "{module}, {case}"',
    schema: z.string(),
    read: (spec, frame) => {
      const text = readFill(spec, frame)
      const subjectOf = (work: Work): string => text.fill(work).replace(/\s+/g, ' ').trim().slice(0, 500)
      return {
        sentence: `sets the subject to "${spec}"`,
        ...(text.filled ? { said: (work) => `sets the subject to "${subjectOf(work)}"` } : {}),
        act: (work) => {
          const subject = subjectOf(work)
          if (subject !== '') change(work, 'subject', subject, frame.by)
        },
      }
    },
  }),
  language: action({
    sentence: 'sets the language of the ticket',
    example: 'language: fr',
    schema: z.string(),
    read: (spec, frame) => {
      checkName(frame, 'language', spec, frame.desk.languages)
      return { sentence: `sets the language to ${spec}`, act: (work) => void change(work, 'language', spec, frame.by) }
    },
  }),
  calendar: action({
    sentence: 'counts the clocks of the ticket by another calendar of the desk',
    example: 'calendar: abidjan',
    schema: z.string(),
    read: (spec, frame) => {
      checkName(frame, 'calendar', spec, Object.keys(frame.desk.calendars))
      return { sentence: `counts by the calendar ${spec}`, act: (work) => setField(work, 'calendar', spec, frame.by) }
    },
  }),
  escalate: action({
    sentence:
      'hands the ticket to another queue: nobody is assigned any more, its team is told with the whole file, the history says why',
    example: 'escalate: { queue: second, status: waiting-expert, why: "No solution on the first level" }',
    schema: z.strictObject({ queue: z.string(), status: z.string().optional(), why: z.string().optional() }),
    read: (spec, frame) => {
      checkName(frame, 'queue', spec.queue, Object.keys(frame.desk.queues), ['queue'])
      if (spec.status !== undefined)
        checkName(frame, 'status', spec.status, Object.keys(frame.desk.statuses), ['status'])
      const why = readFill(spec.why ?? '', frame, ['why'])
      return {
        sentence: `escalates it to ${spec.queue}`,
        act: (work) => {
          if (work.ticket.queue !== spec.queue) {
            change(work, 'queue', spec.queue, frame.by)
            assign(work, null, frame.by)
            const reason = why.fill(work)
            work.notes.push(`${frame.by}: → ${spec.queue}${reason === '' ? '' : `: ${reason}`}`)
          }
          if (spec.status !== undefined) moveTo(work, spec.status, frame.by)
        },
      }
    },
  }),
  clock: action({
    sentence: 'starts or stops clocks by name',
    example: 'clock: { start: next-update, stop: first-response }',
    schema: z.strictObject({ start: some.optional(), stop: some.optional() }),
    read: (spec, frame) => {
      const names = frame.desk.clocks.map((clock) => clock.name)
      for (const name of [...listed(spec.start ?? []), ...listed(spec.stop ?? [])])
        checkName(frame, 'clock', name, names)
      return {
        sentence: [
          spec.start === undefined ? '' : `starts ${listed(spec.start).join(', ')}`,
          spec.stop === undefined ? '' : `stops ${listed(spec.stop).join(', ')}`,
        ]
          .filter(Boolean)
          .join(' and '),
        act: (work) => {
          for (const name of listed(spec.start ?? [])) work.clockWishes.set(name, 'start')
          for (const name of listed(spec.stop ?? [])) work.clockWishes.set(name, 'stop')
        },
      }
    },
  }),
  participant: action({
    sentence:
      'adds an address to the people of the ticket; one that comes out of the mail only when its author is authenticated',
    example: 'participant: accounts@client.example',
    schema: some,
    read: (spec, frame) => {
      const addresses = listed(spec).map((address) => readFill(address, frame))
      const addressOf = (text: Filled, work: Work): string => text.fill(work).trim().toLowerCase()
      return {
        sentence: `adds ${listed(spec).join(', ')} to its people`,
        ...(addresses.some((text) => text.filled)
          ? {
              said: (work) =>
                `adds ${addresses.map((text) => addressOf(text, work) || 'nobody').join(', ')} to its people`,
            }
          : {}),
        act: (work) => {
          for (const text of addresses) addPerson(work, addressOf(text, work), text.filled, frame.by)
        },
      }
    },
  }),
}

function addPerson(work: Work, address: string, fromMail: boolean, by: string): void {
  const { context, ticket } = work
  if (
    !/^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/.test(address) ||
    context.instance.isOurs(address) ||
    ticket.participants.some((person) => person.address === address)
  )
    return
  if (fromMail && context.authentication.result !== 'pass') {
    work.trail.push({
      at: by,
      code: 'not-added',
      why: `${address} is not added: the mail that names it is not authenticated.`,
    })
    return
  }
  if (ticket.participants.length >= MAX_PEOPLE) return
  const person = context.people.get(address)
  ticket.participants = [
    ...ticket.participants,
    participant(address, person?.contact?.name ?? person?.name ?? '', context.now, {
      person: person?.id ?? 0,
      contact: person?.contact?.id ?? null,
      language: person?.contact?.language ?? null,
    }),
  ]
  work.changes.push({ field: 'participant', from: null, to: address, by })
}
