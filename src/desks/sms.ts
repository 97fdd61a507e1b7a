// Short messages: the provider that takes them, and who has agreed to get them.

import { z } from 'zod'

const secret = z
  .string()
  .regex(/^(env:[A-Z_][A-Z0-9_]*|file:.+)$/, 'a secret stands outside the configuration: write env:NAME or file:PATH')

const plainValue = z.union([z.string(), z.number(), z.boolean()])
const jsonValue = z.union([plainValue, z.array(plainValue), z.record(z.string(), plainValue)])

export const smsSchema = z
  .strictObject({
    consent: z
      .string()
      .min(1)
      .describe('attribute of contacts that has to say yes; short messages go to nobody else outside the staff'),
    'per-day': z.number().int().min(1).default(10).describe('short messages to one number a day at most'),
    http: z
      .strictObject({
        url: z
          .string()
          .regex(/^https?:\/\/[^\s]+$/, 'an address begins with https://')
          .describe('{to}, {text} and {secret} are filled in, encoded for an address'),
        method: z.enum(['POST', 'PUT', 'GET']).default('POST'),
        headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).default({}),
        json: z
          .record(z.string(), jsonValue)
          .optional()
          .describe('the body as JSON, its texts filled in; lists and one level of objects within'),
        form: z.record(z.string(), z.string()).optional().describe('the body as a form, its values filled in'),
        secret: secret.optional().describe('what {secret} stands for'),
        'private-network': z
          .boolean()
          .default(false)
          .describe('the address may be one of the own network; else such addresses are refused'),
      })
      .optional()
      .describe('a provider that is called by HTTP'),
    mail: z
      .string()
      .regex(/^[^\s@<>"]*\{number\}[^\s@<>"]*@[^\s@<>"]+$/, 'write {number}@sms.example.org')
      .optional()
      .describe('a provider that takes mail: {number} is the number without +'),
  })
  .refine((sms) => (sms.http === undefined) !== (sms.mail === undefined), 'write either http: or mail:')
export type Sms = z.output<typeof smsSchema>
export type SmsProvider = NonNullable<Sms['http']>
