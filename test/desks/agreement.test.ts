import { expect, test } from 'vitest'
import { agreementSchema, needsAgreement } from '../../src/desks/agreement.ts'

const policy = agreementSchema.parse({ needed: { types: ['adaptation'], tags: ['billable'] } })
const ticket = (over: Partial<Parameters<typeof needsAgreement>[1]> = {}) => ({
  type: 'help',
  tags: [],
  fields: {},
  ...over,
})

test.each([
  ['other work', ticket(), false],
  ['work of such a type', ticket({ type: 'adaptation' }), true],
  ['work with such a tag', ticket({ tags: ['billable'] }), true],
  ['work that was agreed to', ticket({ type: 'adaptation', fields: { approval: 'approved' } }), false],
  ['work that was refused', ticket({ type: 'adaptation', fields: { approval: 'refused' } }), true],
])('agreement is needed: %s', (_title, one, needed) => {
  expect(needsAgreement(policy, one)).toBe(needed)
  expect(needsAgreement(undefined, one)).toBe(false)
})
