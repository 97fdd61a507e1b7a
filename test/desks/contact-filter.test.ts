import { expect, test } from 'vitest'
import { type ContactFilter, fitsFilter } from '../../src/desks/contact-filter.ts'
import type { Contact } from '../../src/desks/person.ts'

const contact: Contact = {
  id: 1,
  key: 'ann',
  name: 'Ann',
  language: 'fr',
  phone: null,
  attributes: { category: 'bank', subscriptions: 'transactions; incidents', 'sms-consent': 'Oui', empty: '' },
  active: true,
  organisation: { key: 'b1', name: 'River Bank', domains: [], attributes: { country: 'CD', empty: 'theirs' } },
}

test.each<[string, ContactFilter, boolean]>([
  ['nothing is asked', {}, true],
  ['an attribute', { category: 'Bank' }, true],
  ['one of several values', { category: ['agency', 'bank'] }, true],
  ['all attributes must fit', { category: 'bank', country: 'CF' }, false],
  ['an attribute of the organisation', { country: 'CD' }, true],
  ['the organisation’s, where the contact’s own is empty', { empty: 'theirs' }, true],
  ['a word of a cell with several', { subscriptions: 'incidents' }, true],
  ['the organisation by name', { organisation: 'river bank' }, true],
  ['the organisation by key', { organisation: ['x', 'b1'] }, true],
  ['the language', { language: 'fr' }, true],
  ['yes in another language', { 'sms-consent': true }, true],
  ['an attribute that nobody has', { trained: 'yes' }, false],
  ['an empty value fits nobody', { category: '' }, false],
  ['names of JavaScript are no attributes', { constructor: 'x' }, false],
])('%s', (_title, filter, fits) => {
  expect(fitsFilter(contact, filter)).toBe(fits)
})

test('who is no longer active never fits', () => {
  expect(fitsFilter({ ...contact, active: false }, {})).toBe(false)
})
