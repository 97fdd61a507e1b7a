// The example desks as they judge a mail: their own YAML, rules and contacts, without a database.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatFaults } from '../../src/config/fault.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { parseContactsCsv } from '../../src/desks/contacts-csv.ts'
import type { Desk } from '../../src/desks/desk.ts'
import type { Person } from '../../src/desks/person.ts'
import type { InboundMessage } from '../../src/inbound/message.ts'
import { packageRoot } from '../../src/package-root.ts'
import type { Context, Event } from '../../src/rules/context.ts'
import { decide } from '../../src/rules/decide.ts'
import type { Decision } from '../../src/rules/decision.ts'
import { type Calendar, compileCalendar } from '../../src/tickets/calendar.ts'
import type { Ticket } from '../../src/tickets/ticket.ts'
import { context, mailEvent, ticket } from './rule-work.ts'

const { configuration, faults } = await loadConfiguration(join(packageRoot, 'guichet.yaml'), {})
if (!configuration) throw new Error(formatFaults(faults))

export interface ExampleDesk {
  readonly desk: Desk
  /** A registered person of the desk's table of contacts; undefined for strangers. */
  readonly person: (address: string) => Person | undefined
  readonly context: (over?: Partial<Context>) => Context
  readonly ticket: (over?: Partial<Ticket>) => Ticket
  /** Judges a new mail of `from`; on `on` when a ticket is given. */
  readonly judge: (
    from: string,
    mail: Partial<InboundMessage>,
    options?: {
      readonly now?: string
      readonly on?: Ticket
      readonly history?: Context['history']
      readonly over?: Partial<Context>
    },
  ) => Decision
  readonly decide: (event: Event, over?: Partial<Context>) => Decision
}

const normally = '2026-11-18T13:00:00Z'

export function exampleDesk(key: string): ExampleDesk {
  const desk = configuration?.desks.get(key)
  const rules = configuration?.rules.get(key)
  if (!desk || !rules) throw new Error(`there is no desk ${key}`)
  const people = peopleOf(desk)
  const calendars = new Map<string, Calendar>([
    ['', compileCalendar(desk.calendar)],
    ...Object.entries(desk.calendars).map(([name, calendar]) => [name, compileCalendar(calendar)] as const),
  ])
  const made = (over: Partial<Context> = {}): Context =>
    context({
      desk,
      rules,
      now: new Date(normally),
      calendar: (name) => calendars.get(name ?? '') ?? compileCalendar(desk.calendar),
      instance: {
        keys: { sign: () => '' },
        publicUrl: 'http://127.0.0.1',
        replyDomain: 'reply.guichet.test',
        deskAddresses: new Set([desk.address]),
        isOurs: (address) => address === desk.address,
      },
      people,
      ...over,
    })
  return {
    desk,
    person: (address) => people.get(address),
    context: made,
    ticket: (over = {}) => ticket({ desk: key, ...desk.start, language: desk.language, participants: [], ...over }),
    decide: (event, over) => decide(event, made(over)),
    judge: (from, mail, options = {}) => {
      const sender = people.get(from) ?? null
      const event = mailEvent({
        from: { address: from, name: '' },
        to: [{ address: desk.address, name: '' }],
        language: null,
        ...mail,
      })
      return decide(
        event,
        made({
          sender,
          ...(options.now === undefined ? {} : { now: new Date(options.now) }),
          ...(options.history === undefined ? {} : { history: options.history }),
          ...options.over,
          ...(options.on === undefined ? {} : { candidates: [{ rung: 'address', ticket: options.on, signed: null }] }),
        }),
      )
    },
  }
}

function peopleOf(desk: Desk): Map<string, Person> {
  const file = desk.contacts === undefined ? null : join(packageRoot, 'desks', desk.contacts)
  const { contacts, organisations } =
    file === null ? parseContactsCsv('') : parseContactsCsv(readFileSync(file, 'utf8'))
  return new Map(
    contacts.flatMap((row, i) =>
      row.addresses.map((address): [string, Person] => {
        const organisation = organisations.find((one) => one.key === row.organisation)
        return [
          address,
          {
            id: i + 1,
            address,
            name: row.name ?? '',
            language: null,
            blockedUntil: null,
            contact: {
              id: i + 1,
              key: address,
              name: row.name ?? '',
              language: row.language ?? null,
              phone: row.phone ?? null,
              attributes: Object.fromEntries([...row.attributes].filter(([, value]) => value !== '')),
              active: row.active ?? true,
              organisation: organisation
                ? {
                    key: organisation.key,
                    name: organisation.name,
                    domains: organisation.domains ?? [],
                    attributes: Object.fromEntries([...organisation.attributes].filter(([, value]) => value !== '')),
                  }
                : null,
            },
          },
        ]
      }),
    ),
  )
}
