// Who may do what by mail, decided from the mail to the decision: the rows of the threat table that need no network.

import { describe, expect, test } from 'vitest'
import type { Staff } from '../../src/desks/desk.ts'
import type { Person } from '../../src/desks/person.ts'
import type { InboundMessage } from '../../src/inbound/message.ts'
import { createKeys, dayOf, type Purpose } from '../../src/mail/token.ts'
import type { Authentication, Candidate, Carried, Context, MailEvent } from '../../src/rules/context.ts'
import { decide } from '../../src/rules/decide.ts'
import type { Decision } from '../../src/rules/decision.ts'
import type { Ticket } from '../../src/tickets/ticket.ts'
import { context, mailEvent, message, mia, orchard, ticket } from '../support/rule-work.ts'

const now = new Date('2026-11-18T10:00:00Z')
const today = dayOf(now)
const keys = createKeys(['a secret of the trust test'])
const ada: Person = {
  id: 9,
  address: 'ada@orchard.test',
  name: 'Ada',
  language: null,
  contact: null,
  blockedUntil: null,
}
const eve: Person = { id: 66, address: 'eve@evil.test', name: 'Eve', language: null, contact: null, blockedUntil: null }
const staff = (address: string): Staff | null => orchard.staff.find((one) => one.address === address) ?? null
const auth = (result: Authentication['result']): Authentication => ({
  result,
  by: result === 'pass' ? 'dmarc' : 'nobody',
  detail: `dmarc=${result}`,
})

interface Row {
  readonly from: Person
  readonly token?: {
    readonly purpose: Purpose
    readonly id?: number
    readonly person?: number
    readonly day?: number
    readonly spoil?: boolean
  }
  readonly subject?: string
  readonly by?: Authentication['result']
  readonly text?: string
  readonly ticket?: Partial<Ticket>
  readonly over?: Partial<InboundMessage>
  readonly context?: Partial<Context>
}

/** A mail to the desk as the gateway would hand it over, and what is decided. */
function judge(row: Row): Decision {
  const about = ticket(row.ticket)
  const others = ticket({ number: 13, requester: 70, participants: [] })
  const { token } = row
  let payload = token
    ? keys.sign({
        desk: 'orchard',
        purpose: token.purpose,
        id: token.id ?? about.number,
        person: token.person ?? row.from.id,
        day: token.day ?? today,
      })
    : null
  if (payload !== null && token?.spoil) payload = `${payload.slice(0, -1)}${payload.endsWith('a') ? 'b' : 'a'}`
  const signed = payload === null ? null : keys.verify('orchard', payload, now)
  const carried: Carried[] = signed ? [{ carrier: 'address', signed }] : []
  const subject = row.subject ?? 'Re: [ORC-12] The press'
  const candidates: Candidate[] = []
  if (signed) candidates.push({ rung: 'address', ticket: signed.id === 12 ? about : others, signed })
  if (/\[ORC-12\]/i.test(subject)) candidates.push({ rung: 'subject', ticket: about, signed: null })
  const event = mailEvent({
    ...message({
      from: { address: row.from.address, name: row.from.name },
      subject,
      text: row.text ?? 'It works now.',
      headers: [['Subject', subject]],
    }),
    ...row.over,
  }) as MailEvent
  return decide(
    { ...event, envelope: { ...event.envelope, mailFrom: row.from.address } },
    context({
      now,
      sender: row.from,
      agent: staff(row.from.address),
      authentication: auth(row.by ?? 'pass'),
      carried,
      candidates,
      people: new Map([mia, ada, eve].map((person) => [person.address, person])),
      ...row.context,
    }),
  )
}

const toCustomer = (decision: Decision) => decision.mails.filter(({ to }) => to.address === mia.address)
const relayed = (decision: Decision) =>
  decision.mails.filter((mail) => mail.to.address === mia.address && mail.automatic === null)
const changes = (decision: Decision) => decision.tickets.flatMap((sheet) => sheet.changes.map(({ field }) => field))

describe('T01: only a proved agent speaks in the desk’s name', () => {
  test.each([
    ['no token', {}, 0],
    ['a token with one letter changed', { token: { purpose: 'a', spoil: true } }, 0],
    ['the token of another agent', { token: { purpose: 'a', person: 10 } }, 0],
    ['an expired token', { token: { purpose: 'a', day: today - 31 } }, 0],
    ['a good token and failed authentication', { token: { purpose: 'a' }, by: 'fail' }, 0],
    ['a good token and no authentication', { token: { purpose: 'a' }, by: 'none' }, 0],
    ['a good token and an undecided authentication', { token: { purpose: 'a' }, by: 'undecided' }, 0],
    ['a customer’s token', { token: { purpose: 'c' } }, 0],
    ['a good token and authentication', { token: { purpose: 'a' } }, 1],
  ] as const)('%s', (_title, row, copies) => {
    const decision = judge({ from: ada, ...row })
    expect(relayed(decision)).toHaveLength(copies)
    if (copies === 0) {
      expect(toCustomer(decision)).toEqual([])
      expect(decision.holds.length).toBeGreaterThan(0)
    }
  })

  test('the token of another ticket than the one the subject names is held, and its author confirms it', () => {
    const decision = judge({ from: ada, token: { purpose: 'a', id: 13 } })
    expect(decision.outcome).toBe('held')
    expect(decision.holds).toMatchObject([
      { reason: 'agent-without-token', author: ada.address, ticket: { number: 13 } },
    ])
    expect(toCustomer(decision)).toEqual([])
    expect(changes(decision)).toEqual([])
  })

  test('a failed mail with an address that was made for the agent as a customer is held too', () => {
    const decision = judge({ from: ada, token: { purpose: 'c' }, by: 'fail' })
    expect(decision.outcome).toBe('held')
    expect(changes(decision)).toEqual([])
    expect(decision.tickets.flatMap((sheet) => sheet.entries).filter((entry) => entry.public)).toEqual([])
  })

  test('a hold after failed authentication can never be confirmed into an answer', () => {
    const decision = judge({ from: ada, token: { purpose: 'a' }, by: 'fail' })
    expect(decision.holds.map(({ release }) => release)).not.toContain('relay')
    expect(decision.holds.every(({ author }) => author === null)).toBe(true)
  })
})

describe('T02: a number in the subject opens nothing', () => {
  test.each([['pass'], ['none'], ['fail']] as const)('a stranger who quotes it is held (%s)', (by) => {
    const decision = judge({ from: eve, by })
    expect(decision.outcome).toBe('held')
    expect(decision.tickets.flatMap(({ entries }) => entries.filter((entry) => entry.public))).toEqual([])
    expect(decision.tickets.flatMap((sheet) => sheet.ticket.participants.map(({ address }) => address))).not.toContain(
      eve.address,
    )
    expect(changes(decision)).toEqual([])
    for (const mail of decision.mails.filter(({ to }) => to.address === eve.address)) expect(mail.ticket).toBeNull()
  })

  test('a participant without authentication is appended and marked, and shown to staff as such', () => {
    const decision = judge({ from: mia, by: 'none' })
    expect(decision.outcome).toBe('appended')
    expect(JSON.stringify(decision.tickets.flatMap(({ entries }) => entries.map(({ data }) => data)))).toMatch(
      /not.?authenticated|none/i,
    )
  })

  test('a participant whose authentication failed is held', () => {
    expect(judge({ from: mia, by: 'fail' }).outcome).toBe('held')
  })
})

describe('T04: nobody is added to a ticket by a mail that proves nothing', () => {
  test.each([['none'], ['fail']] as const)('a Cc of the requester’s unproved mail (%s)', (by) => {
    const decision = judge({
      from: mia,
      by,
      over: { cc: [{ address: eve.address, name: 'Eve' }] },
      context: { desk: { ...orchard, cc: 'add' } },
    })
    expect(decision.tickets.flatMap((sheet) => sheet.ticket.participants.map(({ address }) => address))).not.toContain(
      eve.address,
    )
    expect(decision.mails.filter(({ to }) => to.address === eve.address)).toEqual([])
  })
})

describe('T13: the requester never changes by itself', () => {
  test('a reply with the customer’s token from another address', () => {
    const decision = judge({ from: eve, token: { purpose: 'c', person: mia.id } })
    expect(decision.outcome).toBe('held')
    expect(decision.tickets.every((sheet) => sheet.ticket.requester === mia.id)).toBe(true)
    expect(decision.tickets.flatMap((sheet) => sheet.ticket.participants.map(({ address }) => address))).not.toContain(
      eve.address,
    )
  })
})

describe('T14: rights are those of now', () => {
  test('an agent who has left the desk is not relayed', () => {
    const decision = judge({ from: ada, token: { purpose: 'a' }, context: { agent: null } })
    expect(toCustomer(decision)).toEqual([])
    expect(decision.holds.length).toBeGreaterThan(0)
  })
})

describe('T15: commands come from a proved agent only', () => {
  const text = '#status waiting\n#priority urgent\n#assign ada@orchard.test'
  test.each([
    ['a stranger', { from: eve }],
    ['a customer with a token', { from: mia, token: { purpose: 'c' } }],
    ['an agent without a token', { from: ada }],
    ['an agent without authentication', { from: ada, token: { purpose: 'a' }, by: 'none' }],
    ['an agent whose authentication failed', { from: ada, token: { purpose: 'a' }, by: 'fail' }],
  ] as const)('%s changes nothing', (_title, row) => {
    const fields = changes(judge({ text, ...row }))
    for (const field of ['status', 'priority', 'assignee']) expect(fields).not.toContain(field)
  })

  test('an agent at L3 changes what was commanded, and the customer hears nothing', () => {
    const decision = judge({ from: ada, token: { purpose: 'a' }, text })
    expect(changes(decision)).toEqual(expect.arrayContaining(['status', 'priority', 'assignee']))
    expect(relayed(decision)).toEqual([])
    expect(decision.mails.some(({ to, template }) => to.address === ada.address && template === 'agent-receipt')).toBe(
      true,
    )
  })

  test('fifty control headers change nothing', () => {
    const headers = Array.from(
      { length: 50 },
      (_, i) => [`X-${['OTRS', 'Zammad', 'RT', 'Guichet', 'Ticket'][i % 5]}-Set-${i}`, 'closed'] as const,
    )
    expect(
      changes(judge({ from: mia, token: { purpose: 'c' }, over: { headers } })).filter((field) => field !== 'muted'),
    ).toEqual(changes(judge({ from: mia, token: { purpose: 'c' } })))
  })

  test('what stays with the staff never reaches the customer, even when the command is misspelt or late', () => {
    for (const secret of [
      '#note\nHe is difficult.',
      '#notte\nHe is difficult.',
      'Dear Mia,\n#note\nHe is difficult.',
      '#consult nobody\nHe is difficult.',
    ]) {
      const decision = judge({ from: ada, token: { purpose: 'a' }, text: secret })
      expect(JSON.stringify(toCustomer(decision))).not.toContain('difficult')
    }
  })
})

describe('T28: an absence notice of an agent is not an answer', () => {
  const origin = {
    kind: 'auto-reply',
    vacation: true,
    suppressAutoReply: false,
    list: false,
    evidence: ['Auto-Submitted: auto-replied'],
  } as const
  test.each([
    ['with its header', { over: { origin } }],
    ['by its words alone', { over: { origin: { ...origin, kind: 'human', evidence: [] } } }],
    [
      'empty, a minute after the notification',
      { text: '> It does not start.', context: { notifiedAt: new Date(now.getTime() - 60_000) } },
    ],
  ] as const)('%s', (_title, row) => {
    expect(toCustomer(judge({ from: ada, token: { purpose: 'a' }, ...row }))).toEqual([])
  })
  test('an answer of words after a minute is one', () => {
    expect(
      relayed(judge({ from: ada, token: { purpose: 'a' }, context: { notifiedAt: new Date(now.getTime() - 60_000) } })),
    ).toHaveLength(1)
  })
})

describe('T46: a signed address outweighs a number', () => {
  test('the token of one ticket and the number of another', () => {
    const decision = judge({ from: mia, token: { purpose: 'c' }, subject: 'Re: [ORC-12] Fwd: [OTH-2]' })
    expect(decision.tickets.map((sheet) => sheet.ticket.number)).toEqual([12])
  })
})
