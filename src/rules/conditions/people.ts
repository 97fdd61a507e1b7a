// Conditions on who wrote and to whom.

import { z } from 'zod'
import type { Organisation } from '../../desks/person.ts'
import type { Work } from '../context.ts'
import { todayOf } from '../hours.ts'
import { staffByAddress } from '../judgement.ts'
import { type Condition, checkName, entry, type Frame, leaf } from './condition.ts'
import { glob, messageOf } from './mail.ts'
import { readValueMatch, type ValueMatch, valueCaptures, valueMatch } from './value-match.ts'

const some = z
  .union([z.string(), z.array(z.string()).min(1)])
  .describe('an address, a domain, or a pattern such as *@*.example.org')
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

/** `client.test` means the domain and those below it; anything with `@` is an address, `*` stands for anything. */
export function addressMatch(pattern: string): (address: string) => boolean {
  const wanted = pattern.trim().toLowerCase()
  if (wanted.includes('@')) return glob(wanted)
  const domain = wanted.replace(/^\*\./, '')
  return (address) => {
    const at = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
    return at === domain || at.endsWith(`.${domain}`)
  }
}

const anyAddress = (patterns: readonly string[]): ((address: string) => boolean) => {
  const tests = patterns.map(addressMatch)
  return (address) => tests.some((test) => test(address))
}

/** The address the mail is from; for other events that of the ticket's requester. */
export function senderAddress(work: Work): string {
  const message = messageOf(work)
  if (message) return message.from?.address ?? ''
  return work.ticket.participants.find((person) => person.role === 'requester')?.address ?? ''
}

export function contactOf(work: Work): {
  readonly attributes: Readonly<Record<string, string>>
  readonly organisation: Organisation | null
  readonly name: string
  readonly key: string
  readonly phone: string | null
} | null {
  const person = personOf(work)
  return person?.contact ?? null
}

/** The organisation of the customer: by registration, else by the domain of a proved address. */
export const organisationOf = (work: Work): Organisation | null =>
  contactOf(work)?.organisation ?? work.context.organisation ?? null

/** The requester for events that no mail brought, and for agents' mails: what is asked of a contact is asked of the customer. */
export function personOf(work: Work) {
  const { context, event } = work
  if (event.type === 'mail' && work.name !== 'agent' && context.agent === null) return context.sender
  const requester = work.ticket.participants.find((person) => person.role === 'requester')
  return requester ? (context.people.get(requester.address) ?? null) : null
}

function attributes(
  what: string,
  spec: Readonly<Record<string, ValueMatch>>,
  frame: Frame,
  read: (work: Work, name: string) => string | undefined,
): Condition {
  const tests = Object.entries(spec).map(([name, match]) => ({
    name,
    test: readValueMatch(`${what} ${name}`, match, { ...frame, path: [...frame.path, name] }),
  }))
  return leaf(tests.map(({ test }) => test.sentence).join(' and '), (work, found) =>
    tests.every(({ name, test }) => test.holds(read(work, name), () => todayOf(work.context), found)),
  )
}

const attributeMatch = z.record(z.string().min(1).max(64), valueMatch)
const attributeNames = (spec: Readonly<Record<string, ValueMatch>>): readonly string[] =>
  Object.values(spec).flatMap(valueCaptures)

export const peopleConditions = {
  sender: entry({
    sentence: 'asks the address of the author',
    example: 'sender: [alerts@monitor.example.org, bank.example]',
    schema: some,
    read: (spec) => {
      const test = anyAddress(listed(spec))
      return leaf(`sender is ${listed(spec).join(' or ')}`, (work) => test(senderAddress(work)))
    },
  }),
  recipients: entry({
    sentence: 'asks whether one of the recipients is like this',
    example: 'recipients: urgent@help.example.org',
    schema: some,
    read: (spec) => {
      const test = anyAddress(listed(spec))
      return leaf(`a recipient is ${listed(spec).join(' or ')}`, (work) => {
        if (work.event.type !== 'mail') return false
        return work.event.message.recipients.some(test) || work.event.envelope.rcptTo.some(test)
      })
    },
  }),
  registered: entry({
    sentence: 'asks whether the customer is a registered contact',
    example: 'registered: false',
    schema: z.boolean(),
    read: (spec) =>
      leaf(
        spec ? 'the customer is registered' : 'the customer is not registered',
        (work) => (personOf(work)?.contact?.active ?? false) === spec,
      ),
  }),
  authenticated: entry({
    sentence: 'asks whether the author was authenticated (DMARC, DKIM, SMTP AUTH, portal)',
    example: 'authenticated: true',
    schema: z.boolean(),
    read: (spec) =>
      leaf(
        spec ? 'the author is authenticated' : 'the author is not authenticated',
        (work) => (work.context.authentication.result === 'pass') === spec,
      ),
  }),
  agent: entry({
    sentence: 'asks whether the author is staff of the desk: true, false, a group, or an address',
    example: 'agent: sales',
    schema: z.union([z.boolean(), some]),
    read: (spec, frame) => {
      if (typeof spec === 'boolean')
        return leaf(
          spec ? 'the author is staff' : 'the author is no staff',
          (work) => (work.context.agent !== null) === spec,
        )
      const groups = [
        ...Object.keys(frame.desk.teams),
        ...frame.desk.staff.flatMap((staff) => [staff.address, ...staff.groups]),
      ]
      for (const name of listed(spec)) checkName(frame, 'team, group or agent', name, groups)
      return leaf(`the author is of ${listed(spec).join(' or ')}`, (work) => {
        const agent =
          work.context.agent ??
          (work.event.type === 'mail' ? null : (staffByAddress(work.context.desk, senderAddress(work)) ?? null))
        if (!agent) return false
        return listed(spec).some(
          (name) =>
            agent.address === name ||
            agent.groups.includes(name) ||
            (work.context.desk.teams[name]?.members.includes(agent.address) ?? false),
        )
      })
    },
  }),
  contact: entry({
    sentence: 'asks attributes of the contact (also name, key, phone)',
    example: 'contact: { trained: true, category: [bank, importer] }',
    schema: attributeMatch,
    captures: attributeNames,
    read: (spec, frame) =>
      attributes('contact', spec, frame, (work, name) => {
        const contact = contactOf(work)
        if (!contact) return undefined
        if (Object.hasOwn(contact.attributes, name)) return contact.attributes[name]
        return name === 'name'
          ? contact.name
          : name === 'key'
            ? contact.key
            : name === 'phone'
              ? (contact.phone ?? undefined)
              : undefined
      }),
  }),
  organisation: entry({
    sentence: 'asks attributes of the organisation of the contact (also name and key)',
    example: 'organisation: { country: [CM, GA], support-end: { before: today } }',
    schema: attributeMatch,
    captures: attributeNames,
    read: (spec, frame) =>
      attributes('organisation', spec, frame, (work, name) => {
        const organisation = organisationOf(work)
        if (!organisation) return undefined
        if (Object.hasOwn(organisation.attributes, name)) return organisation.attributes[name]
        return name === 'name' ? organisation.name : name === 'key' ? organisation.key : undefined
      }),
  }),
}
