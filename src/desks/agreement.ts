// What the customer is asked to agree to: before work that is executed or paid, and after it. A desk says where its tickets go then.

import { z } from 'zod'

const stage = (when: string, absent: string) =>
  z
    .strictObject({
      status: z.string().optional().describe(`status while the customer is asked ${when}; absent: ${absent}`),
      agreed: z.string().optional().describe('status once the customer agrees'),
      refused: z.string().optional().describe('status once the customer refuses'),
    })
    .prefault({})

export const agreementSchema = z.strictObject({
  price: z.string().default('price').describe('field that keeps the price that was proposed'),
  date: z.string().default('planned').describe('field that keeps the date that was proposed'),
  before: stage('before the work', 'the first of kind waiting; agreed goes on as after a reply'),
  after: stage('after the work', 'the first of kind solved; agreed and refused as a confirmation does'),
  needed: z
    .strictObject({
      types: z.array(z.string()).default([]).describe('tickets of these types'),
      tags: z.array(z.string()).default([]).describe('tickets with one of these tags'),
    })
    .prefault({})
    .describe('tickets that cannot be called solved before their customer agreed to the work'),
})
export type AgreementPolicy = z.output<typeof agreementSchema>

/** The policy of a desk that writes none. */
export const plainAgreement: AgreementPolicy = agreementSchema.parse({})

/** Whether the work of a ticket waits for its customer's agreement. */
export function needsAgreement(
  policy: AgreementPolicy | undefined,
  ticket: {
    readonly type: string
    readonly tags: readonly string[]
    readonly fields: Readonly<Record<string, unknown>>
  },
): boolean {
  if (!policy || ticket.fields.approval === 'approved') return false
  return policy.needed.types.includes(ticket.type) || policy.needed.tags.some((tag) => ticket.tags.includes(tag))
}
