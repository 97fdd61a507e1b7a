import { expect, test } from 'vitest'
import { calendarNameOf, ticketCalendar } from '../../src/desks/ticket-calendar.ts'
import { exampleDesk } from '../support/example-desk.ts'

const { desk } = exampleDesk('onyx')

test.each([
  ['no ticket', null, undefined, 'Asia/Aden'],
  ['a queue without hours of its own', { queue: 'reception', fields: {} }, undefined, 'Asia/Aden'],
  ['the queue of a branch', { queue: 'casablanca', fields: {} }, 'casablanca', 'Africa/Casablanca'],
  ['a calendar that a rule chose', { queue: 'casablanca', fields: { calendar: 'riyadh' } }, 'riyadh', 'Asia/Riyadh'],
  ['a calendar that is there no longer', { queue: 'malabo', fields: { calendar: 'oslo' } }, 'malabo', 'Africa/Malabo'],
])('%s', (_title, ticket, name, zone) => {
  expect(calendarNameOf(desk, ticket)).toBe(name)
  expect(ticketCalendar(desk, ticket).zone).toBe(zone)
})
