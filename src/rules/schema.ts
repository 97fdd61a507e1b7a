// What a desk's YAML may say of rules.

import { z } from 'zod'
import { thenSchema } from './actions/read.ts'
import { whenSchema } from './conditions/read.ts'
import { eventNames } from './context.ts'

export const ruleSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(120)
    .describe('what the rule is called in the history and in explain; unique within its list'),
  on: z
    .union([z.enum(eventNames), z.array(z.enum(eventNames)).min(1)])
    .default(['new'])
    .describe(
      'what it waits for: new (ticket), reply (of the customer), agent (an answer), clock (due), delivery (failed), status (or priority changed), choice (signed), alert (of monitoring)',
    ),
  when: whenSchema.default({}).describe('conditions that must all hold; absent: always'),
  then: thenSchema.describe('what is done'),
  stop: z.boolean().default(false).describe('no later rule is looked at for this event when this one matched'),
})
export type RuleDefinition = z.output<typeof ruleSchema>

export const rulesSchema = z.array(ruleSchema)
