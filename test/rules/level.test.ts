import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKeys, dayOf, type Purpose } from '../../src/mail/token.ts'
import type { Authentication, Carried } from '../../src/rules/context.ts'
import { type Claim, foreignToken, type Level, levelOf, type Role, rights } from '../../src/rules/level.ts'

const now = new Date('2026-11-21T10:00:00Z')
const today = dayOf(now)
const keys = createKeys(['a secret of the level test'])
const strangers = createKeys(['a secret of somebody else'])

const carriers = ['address', 'message-id', 'references', 'alias', 'footer'] as const
const states = ['present', 'missing', 'tampered', 'other ticket', 'other principal', 'expired', 'unknown kid'] as const
const results = ['pass', 'fail', 'none', 'undecided'] as const
const roles = ['agent', 'customer', 'stranger'] as const
type State = (typeof states)[number]

const me = 41
const ticket = 124
const authentication = (result: Authentication['result']): Authentication => ({ result, by: 'dmarc', detail: '' })
const replyPurpose = (role: Role): Purpose => (role === 'agent' ? 'a' : 'c')

function payloadFor(state: State, purpose: Purpose): string | null {
  const base = { desk: 'north', purpose, id: ticket, person: me, day: today - 3 }
  switch (state) {
    case 'present':
      return keys.sign(base)
    case 'missing':
      return null
    case 'tampered': {
      const good = keys.sign(base)
      return `${good.slice(0, -1)}${good.endsWith('a') ? 'b' : 'a'}`
    }
    case 'other ticket':
      return keys.sign({ ...base, id: ticket + 1 })
    case 'other principal':
      return keys.sign({ ...base, person: me + 1 })
    case 'expired':
      return keys.sign({ ...base, day: today - (purpose === 'a' ? 31 : 366) })
    case 'unknown kid':
      return strangers.sign(base)
    default:
      return state satisfies never
  }
}

function carriedIn(carrier: (typeof carriers)[number], payload: string | null): Carried[] {
  const signed = payload === null ? null : keys.verify('north', payload, now)
  return signed === null ? [] : [{ carrier: carrier === 'references' ? 'message-id' : carrier, signed }]
}

/** threats 5b, read off the table. Customers and agents here belong to the ticket, strangers do not. */
function expected(role: Role, state: State, result: Authentication['result']): Level {
  if (role === 'stranger' || result === 'fail') return 'L0'
  if (state === 'present') return result === 'pass' ? 'L3' : 'L2'
  if (state === 'other principal') return 'L0'
  return result === 'pass' ? 'L1' : 'L0'
}

const claimOf = (role: Role, carried: readonly Carried[], result: Authentication['result']): Claim => ({
  desk: 'north',
  role,
  strictFrom: true,
  persons: role === 'stranger' ? [me + 100] : [me],
  ticket,
  carried,
  belongs: role !== 'stranger',
  authentication: authentication(result),
  now,
})

describe('the level of a mail', () => {
  const cases = carriers.flatMap((carrier) =>
    states.flatMap((state) => results.flatMap((result) => roles.map((role) => ({ carrier, state, result, role })))),
  )

  test('is asked in 420 generated cases', () => expect(cases).toHaveLength(420))

  test.each(cases)(
    '$role, token $state in the $carrier, authentication $result',
    ({ carrier, state, result, role }) => {
      const carried = carriedIn(carrier, payloadFor(state, replyPurpose(role)))
      expect(levelOf(claimOf(role, carried, result))).toBe(expected(role, state, result))
    },
  )

  test('of a Message-ID with our mark is that of a reply token, but only for the lifetime of one', () => {
    const mark = (day: number): Carried[] => [
      { carrier: 'message-id', signed: { desk: 'north', purpose: 'f', id: ticket, person: me, day } },
    ]
    expect(levelOf(claimOf('agent', mark(today - 30), 'pass'))).toBe('L3')
    expect(levelOf(claimOf('agent', mark(today - 31), 'pass'))).toBe('L1')
    expect(levelOf(claimOf('customer', mark(today - 365), 'pass'))).toBe('L3')
    expect(levelOf(claimOf('customer', mark(today - 366), 'pass'))).toBe('L1')
  })

  test.each(['b', 's', 'w', 'm', 'y', 'r', 'z', 'c'] as const)(
    'of an agent is not raised by a token of purpose %s',
    (purpose) => {
      const carried: Carried[] = [
        { carrier: 'address', signed: { desk: 'north', purpose, id: ticket, person: me, day: today } },
      ]
      expect(levelOf(claimOf('agent', carried, 'pass'))).toBe('L1')
    },
  )

  test('of an agent who writes from a further address is that of the directory address', () => {
    const carried: Carried[] = [
      { carrier: 'address', signed: { desk: 'north', purpose: 'a', id: ticket, person: me, day: today } },
    ]
    expect(levelOf({ ...claimOf('agent', carried, 'pass'), persons: [77, me] })).toBe('L3')
  })

  test('with an ambiguous From is L0 whatever it carries (T20)', () => {
    const carried = carriedIn('address', payloadFor('present', 'a'))
    expect(levelOf({ ...claimOf('agent', carried, 'pass'), strictFrom: false })).toBe('L0')
  })

  test('with a token for nobody is not raised by it', () => {
    const carried: Carried[] = [
      { carrier: 'address', signed: { desk: 'north', purpose: 'a', id: ticket, person: 0, day: today } },
    ]
    expect(levelOf({ ...claimOf('agent', carried, 'pass'), persons: [0] })).not.toBe('L3')
  })

  test('is never L3 after any of 10,000 mutations of an L3 mail', () => {
    const good = keys.sign({ desk: 'north', purpose: 'a', id: ticket, person: me, day: today })
    expect(levelOf(claimOf('agent', carriedIn('address', good), 'pass'))).toBe('L3')
    const alphabet = [...'abcdefghijklmnopqrstuvwxyz0123456789.-_+=@ é'.split(''), '\u0000']
    const tokenChange = fc.record({
      at: fc.nat(good.length - 1),
      char: fc.constantFrom(...alphabet),
      act: fc.constantFrom('replace', 'insert', 'delete', 'swap'),
    })
    const mutation = fc.oneof(
      fc.record({
        kind: fc.constant('token' as const),
        changes: fc.array(tokenChange, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant('from' as const), person: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ kind: fc.constant('malformed' as const) }),
      fc.record({ kind: fc.constant('authentication' as const), result: fc.constantFrom('fail', 'none', 'undecided') }),
      fc.record({ kind: fc.constant('ticket' as const), number: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ kind: fc.constant('desk' as const), desk: fc.constantFrom('south', 'north2', 'nort', '') }),
      fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 31, max: 4000 }) }),
    )
    fc.assert(
      fc.property(mutation, (change) => {
        const claim = claimOf('agent', carriedIn('address', good), 'pass')
        switch (change.kind) {
          case 'token': {
            let text = good
            for (const { at, char, act } of change.changes) {
              if (act === 'replace') text = text.slice(0, at) + char + text.slice(at + 1)
              else if (act === 'insert') text = text.slice(0, at) + char + text.slice(at)
              else if (act === 'delete') text = text.slice(0, at) + text.slice(at + 1)
              else
                text =
                  text.slice(0, at) +
                  text
                    .slice(at, at + 2)
                    .split('')
                    .reverse()
                    .join('') +
                  text.slice(at + 2)
            }
            fc.pre(text.toLowerCase() !== good)
            return levelOf({ ...claim, carried: carriedIn('address', text) }) !== 'L3'
          }
          case 'from':
            fc.pre(change.person !== me)
            return levelOf({ ...claim, persons: [change.person] }) !== 'L3'
          case 'malformed':
            return levelOf({ ...claim, strictFrom: false }) !== 'L3'
          case 'authentication':
            return levelOf({ ...claim, authentication: authentication(change.result) }) !== 'L3'
          case 'ticket':
            fc.pre(change.number !== ticket)
            return levelOf({ ...claim, ticket: change.number }) !== 'L3'
          case 'desk':
            return levelOf({ ...claim, desk: change.desk }) !== 'L3'
          case 'days': {
            const later = new Date(now.getTime() + change.days * 86_400_000)
            const signed = keys.verify('north', good, later)
            return levelOf({ ...claim, now: later, carried: signed ? [{ carrier: 'address', signed }] : [] }) !== 'L3'
          }
          default:
            return change satisfies never
        }
      }),
      { numRuns: 10_000 },
    )
  })

  test('a token made for somebody else is recognised as such', () => {
    const carried = carriedIn('address', payloadFor('other principal', 'c'))
    expect(foreignToken({ desk: 'north', persons: [me], carried })?.person).toBe(me + 1)
    expect(
      foreignToken({ desk: 'north', persons: [me], carried: carriedIn('address', payloadFor('present', 'c')) }),
    ).toBeNull()
  })
})

describe('what a level allows', () => {
  test.each([
    [
      'an agent at L3 is relayed and obeyed',
      'agent',
      'L3',
      'pass',
      true,
      { answer: 'relay', command: 'do', deskCommand: 'do' },
    ],
    [
      'an agent at L2 confirms from the directory address',
      'agent',
      'L2',
      'none',
      true,
      { answer: 'confirm', command: 'confirm', deskCommand: 'confirm' },
    ],
    [
      'an agent at L1 confirms an answer and is told how to command',
      'agent',
      'L1',
      'pass',
      true,
      { answer: 'confirm', command: 'refuse', deskCommand: 'do' },
    ],
    [
      'an agent at L0 without authentication is held',
      'agent',
      'L0',
      'none',
      true,
      { answer: 'hold', command: 'ignore', deskCommand: 'confirm' },
    ],
    [
      'an agent whose authentication failed is held and not obeyed',
      'agent',
      'L0',
      'fail',
      true,
      { answer: 'hold', command: 'ignore', deskCommand: 'ignore', open: 'quarantine' },
    ],
    [
      'a customer at L3 is appended',
      'customer',
      'L3',
      'pass',
      true,
      { append: 'append', invite: true, command: 'ignore', answer: 'hold' },
    ],
    ['a customer at L2 is appended and marked', 'customer', 'L2', 'none', true, { append: 'marked', invite: false }],
    ['a customer at L1 is appended', 'customer', 'L1', 'pass', true, { append: 'append', invite: true }],
    [
      'a participant without authentication is appended and marked',
      'customer',
      'L0',
      'none',
      true,
      { append: 'marked', invite: false, open: 'quiet' },
    ],
    [
      'a participant whose authentication DNS could not settle is appended and marked',
      'customer',
      'L0',
      'undecided',
      true,
      { append: 'marked', invite: false, open: 'quiet' },
    ],
    [
      'a participant whose authentication failed is held',
      'customer',
      'L0',
      'fail',
      true,
      { append: 'hold', choice: false, open: 'quarantine' },
    ],
    [
      'a customer who does not belong to the ticket is held',
      'customer',
      'L0',
      'pass',
      false,
      { append: 'hold', invite: false, open: 'open' },
    ],
    [
      'a stranger opens but joins nothing',
      'stranger',
      'L0',
      'pass',
      false,
      { append: 'hold', answer: 'hold', command: 'ignore', open: 'open', invite: false },
    ],
  ] as const)('%s', (_title, role, level, result, belongs, wanted) => {
    expect(rights(role, level, authentication(result), belongs)).toMatchObject(wanted)
  })

  test('only an L3 agent is relayed or obeyed on a ticket, in every combination', () => {
    for (const role of roles) {
      for (const level of ['L0', 'L1', 'L2', 'L3'] as const) {
        for (const result of results) {
          for (const belongs of [true, false]) {
            const allowed = rights(role, level, authentication(result), belongs)
            const trusted = role === 'agent' && level === 'L3'
            expect(allowed.answer === 'relay').toBe(trusted)
            expect(allowed.command === 'do').toBe(trusted)
          }
        }
      }
    }
  })
})
