// The whole of the configuration, put together from the rooms' own schemas.

import { z } from 'zod'
import { deskSchema, secretReference } from '../desks/desk.ts'
import { receptionSchema } from '../inbound/sources/schema.ts'
import { dkimSchema, relaySchema } from '../outbound/schema.ts'
import { rulesSchema } from '../rules/schema.ts'

const domain = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'a domain is written in small letters, such as reply.example.org',
  )

const trustedService = z.strictObject({
  'authserv-id': z
    .string()
    .min(1)
    .transform((text) => text.toLowerCase())
    .describe('the name at the beginning of the field'),
  from: z
    .union([z.literal('loopback'), z.strictObject({ account: z.string().min(1) })], {
      error: 'write loopback, or { account: NAME } with the name of a mailbox',
    })
    .describe(
      'where mails come from whose fields are believed: SMTP clients on this machine, or one configured mailbox',
    ),
  hops: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      'Received fields that the trusted servers write above their result; 0 when it stands on top, a hosted mailbox usually has 1 or 2',
    ),
})

/** `guichet.yaml` */
export const instanceSchema = z.strictObject({
  desks: z.string().default('./desks').describe('folder whose *.yaml files are the desks, one each'),
  templates: z
    .string()
    .default('./templates')
    .describe('folder of the mail templates; those in it replace the ones that come with the program'),
  'reply-domain': domain.describe('domain of the signed reply addresses; its mail comes to this gateway'),
  trust: z
    .strictObject({
      'authentication-results': z
        .array(trustedService)
        .default([])
        .describe(
          'servers whose Authentication-Results fields are believed; from anybody else the field is ignored and the mail is verified here',
        ),
    })
    .prefault({})
    .describe('whose word counts about senders'),
  rules: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a name is lower-case letters, digits and hyphens'), rulesSchema)
    .default({})
    .describe('shared rule sets by name; a desk takes them with uses: [NAME]'),
  ...receptionSchema,
  relay: relaySchema.describe('where outgoing mail goes'),
  dkim: dkimSchema.optional().describe('signs outgoing mail'),
  alarms: z
    .strictObject({
      'after-minutes': z
        .number()
        .int()
        .min(1)
        .default(15)
        .describe('how long a mailbox, the relay or the database may be silent or refuse before an alarm'),
      'disk-percent': z
        .number()
        .int()
        .min(10)
        .max(100)
        .default(85)
        .describe(
          'how much of a disk may be used, in percent, before an alarm: the disk of the data folder, and of the embedded database where that lies elsewhere',
        ),
      webhook: secretReference.optional().describe('web address that is called with the alarm as JSON'),
      mail: z
        .array(z.string().regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'an address reads name@example.org'))
        .default([])
        .describe('addresses that get alarms, beside the supervisors of the desk'),
      relay: secretReference
        .optional()
        .describe(
          'another way out for the mails of alarms, smtp://user:password@host:587, for when the usual relay is what is wrong',
        ),
    })
    .prefault({})
    .describe('alarms when something has been wrong for too long'),
  log: z
    .strictObject({
      addresses: z
        .enum(['whole', 'masked'])
        .default('masked')
        .describe('mail addresses in the log: as they are, or cut to their first letter'),
    })
    .prefault({})
    .describe('what the log shows'),
})

/** A file of the desks' folder: the desk and its rules. */
export const deskFileSchema = deskSchema.extend({
  rules: rulesSchema.default([]).describe('rules of the desk, in order, after those of the shared sets it uses'),
})

export type InstanceSettings = z.output<typeof instanceSchema>
export type DeskFile = z.output<typeof deskFileSchema>
