import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  readStatusToken,
  readSupervisorToken,
  statusLink,
  statusToken,
  supervisorLink,
  supervisorToken,
} from '../../src/mail/status-link.ts'
import { createKeys } from '../../src/mail/token.ts'

const keys = createKeys(['a secret of the tests'])
const now = new Date('2026-03-02T10:00:00Z')
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000)
const of = { desk: 'blue-desk', ticket: 12, person: 7, now }

test('a status token names its desk, ticket and person', () => {
  expect(readStatusToken(keys, statusToken(keys, of), now)).toMatchObject({ desk: 'blue-desk', id: 12, person: 7 })
})

test('a status token is good for 90 days and not for 91', () => {
  const token = statusToken(keys, of)
  expect(readStatusToken(keys, token, later(90))).not.toBeNull()
  expect(readStatusToken(keys, token, later(91))).toBeNull()
})

test('a token of one page does not open the other', () => {
  expect(readSupervisorToken(keys, statusToken(keys, of), now)).toBeNull()
  expect(readStatusToken(keys, supervisorToken(keys, of), now)).toBeNull()
})

test('any change of one character, and any other desk, makes a token worthless', () => {
  const token = statusToken(keys, of)
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abz27.-'), (at, character) => {
      fc.pre(token[at] !== character)
      expect(readStatusToken(keys, token.slice(0, at) + character + token.slice(at + 1), now)).toBeNull()
    }),
  )
  expect(readStatusToken(keys, token.replace('blue-desk', 'red-desk'), now)).toBeNull()
})

test('no text at all makes reading a token fail', () => {
  fc.assert(fc.property(fc.string(), (text) => readStatusToken(keys, text, now) === null))
})

test('links stand under the public address, with or without its last slash', () => {
  expect(statusLink('https://help.example/', 'x.y')).toBe('https://help.example/t/x.y')
  expect(supervisorLink('https://help.example', 'blue', 'x.y')).toBe('https://help.example/desks/blue?link=x.y')
})
