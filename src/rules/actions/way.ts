// Actions that end or bend the way of a mail: hold, refuse, link, note, stop.

import { z } from 'zod'
import type { LinkKind } from '../../tickets/ticket.ts'
import { action } from './action.ts'
import { readFill } from './fill.ts'

const linkKinds = ['refers', 'follows', 'incident'] as const satisfies readonly LinkKind[]

export const wayActions = {
  hold: action({
    sentence: 'holds the mail for a person to look at; nothing of it reaches the ticket before',
    events: ['new', 'reply'],
    example: 'hold: "A change of bank details is looked at first"',
    schema: z.string().min(1),
    read: (spec, frame) => {
      const why = readFill(spec, frame)
      return {
        sentence: 'holds the mail',
        act: (work) => {
          work.hold = { reason: 'rule', why: `${frame.by}: ${why.fill(work)}` }
        },
      }
    },
  }),
  refuse: action({
    sentence: 'answers politely with a template instead of taking the mail, which is kept',
    events: ['new', 'reply'],
    example:
      'refuse: { template: urgent-refused, why: "Urgent without one of the listed reasons" }      # or: refuse: urgent-refused',
    schema: z.union([z.string(), z.strictObject({ template: z.string(), why: z.string().optional() })]),
    read: (spec, frame) => {
      const { template, why } = typeof spec === 'string' ? { template: spec, why: undefined } : spec
      if (!frame.hasTemplate(template))
        frame.fault(
          frame.path,
          `there is no template "${template}" in the languages of the desk`,
          'a template is templates/NAME/LANGUAGE.md',
        )
      const text = readFill(why ?? '', frame, ['why'])
      return {
        sentence: `refuses with ${template}`,
        act: (work) => {
          work.refuse = { template, why: text.fill(work) }
        },
      }
    },
  }),
  link: action({
    sentence: 'links the ticket to another one of the desk, named by number or token',
    example: 'link: "{old}"      # or: link: { to: "{old}", kind: follows }',
    schema: z.union([z.string(), z.strictObject({ to: z.string(), kind: z.enum(linkKinds).default('refers') })]),
    read: (spec, frame) => {
      const { to, kind } = typeof spec === 'string' ? { to: spec, kind: 'refers' as const } : spec
      const text = readFill(to, frame)
      return {
        sentence: `links it to ${to}`,
        ...(text.filled ? { said: (work) => `links it to ${text.fill(work).trim() || 'nothing'}` } : {}),
        act: (work) => {
          const number = Number(/(\d{1,9})\s*\]?\s*$/.exec(text.fill(work))?.[1] ?? 0)
          if (number === 0 || number === work.ticket.number) return
          if (work.context.named.has(number))
            work.links.push({ from: work.ticket, to: number, toDesk: work.context.desk.desk, kind })
          else
            work.trail.push({ at: frame.by, code: 'no-such-ticket', why: `There is no ticket ${number} to link to.` })
        },
      }
    },
  }),
  note: action({
    sentence: 'writes an internal note into the history',
    example: 'note: "Invoice {invoice} named in the mail"',
    schema: z.string().min(1),
    read: (spec, frame) => {
      const text = readFill(spec, frame)
      return { sentence: 'writes a note', act: (work) => void work.notes.push(text.fill(work).slice(0, 5_000)) }
    },
  }),
  stop: action({
    sentence: 'ends the list: no later rule is looked at for this event',
    example: 'stop: true',
    schema: z.literal(true),
    read: () => ({
      sentence: 'ends the list',
      act: (work) => {
        work.going = false
      },
    }),
  }),
}
