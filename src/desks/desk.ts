// What a desk is: its YAML, checked. Sections of single mechanisms have files of their own beside this one.

import { z } from 'zod'
import { calendarSchema, timeZone } from '../tickets/calendar-schema.ts'
import { clockSchema } from '../tickets/clock-schema.ts'
import { duration } from '../tickets/duration.ts'
import { statusSchema } from '../tickets/status.ts'
import { agreementSchema } from './agreement.ts'
import { alertSourcesSchema } from './alert.ts'
import { bannedSchema } from './banned.ts'
import { casesSchema } from './case-base.ts'
import { askSchema, checklistSchema } from './checklist.ts'
import { faqSchema } from './faq.ts'
import { mailbox, key as name } from './names.ts'
import { openCasesSchema } from './open-cases.ts'
import { referenceSchema } from './references.ts'
import { registrationFormSchema } from './registration-form.ts'
import { reportSchema } from './report.ts'
import { smsSchema } from './sms.ts'
import { localisedText } from './text.ts'
import { weeklySchema } from './weekly.ts'

export const secretReference = z
  .string()
  .regex(/^(env:[A-Z_][A-Z0-9_]*|file:.+)$/, 'a secret stands outside the configuration: write env:NAME or file:PATH')

export const staffSchema = z.strictObject({
  address: mailbox.describe('the directory address: mails for this agent go there, and the agent writes from there'),
  name: z.string().describe('shown to customers when the desk shows names'),
  also: z.array(mailbox).default([]).describe('further addresses the agent writes from'),
  groups: z.array(name).default([]).describe('teams and groups'),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional(),
  zone: timeZone
    .optional()
    .describe('IANA time zone in which the agent reads dates; absent: that of the ticket’s hours'),
  password: secretReference.optional().describe('SMTP password; the user is the address'),
  away: z
    .array(z.strictObject({ from: z.string(), until: z.string() }))
    .default([])
    .describe('absences, as dates'),
  digest: z.enum(['none', 'daily']).default('none').describe('a daily mail with the open tickets'),
  active: z.boolean().default(true),
})

export const fieldSchema = z.strictObject({
  name: localisedText.describe('what people read'),
  kind: z
    .enum(['text', 'number', 'amount', 'date', 'boolean', 'choice', 'country'])
    .default('text')
    .describe(
      'what it holds; amounts, dates and countries (two letters, DJ) are written out in the language of whoever reads them',
    ),
  choices: z.array(z.string()).optional().describe('of the kind choice: the values there are'),
  values: z
    .record(z.string(), localisedText)
    .optional()
    .describe('what people read instead of a value, and may write in commands: { remote: { fr: à distance } }'),
  pattern: z.string().optional().describe('a regular expression with a group `value`, looked for in the mail'),
  public: z.boolean().default(false).describe('shown to the requester'),
  ask: askSchema.optional(),
})

const closedPolicy = z
  .union([z.literal('refuse'), z.literal('new-linked'), z.strictObject({ 'reopen-within': duration })])
  .describe(
    'mail on a closed ticket: refuse (polite answer, nothing opened), new-linked (a new ticket that names the old one), { reopen-within: 5bd } (then new-linked)',
  )

export const deskSchema = z.strictObject({
  desk: name
    .max(16, 'a desk key has at most 16 characters, so that signed addresses stay within 64 octets')
    .describe('key of the desk; never changes'),
  prefix: z
    .string()
    .regex(/^[A-Z][A-Z0-9]{0,9}$/, 'a prefix is capital letters and digits')
    .describe('ticket prefix, ABC in [ABC-123]'),
  name: localisedText.describe('the name customers see'),
  address: mailbox.describe('where people write'),
  aliases: z.array(mailbox).default([]).describe('further addresses of this desk'),
  'reply-domain': z.string().optional().describe('domain of the signed reply addresses; absent: that of the instance'),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .describe('language of the desk, used when neither contact nor mail tells'),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/))
    .min(1)
    .describe('languages the desk answers in; each needs its templates'),
  replies: z
    .enum(['mail', 'portal'])
    .default('mail')
    .describe(
      'portal: replies of requesters are taken by the portal only; by mail they are kept and answered with its link',
    ),
  agents: z.enum(['mail', 'portal']).default('mail').describe('portal: agents do not answer by mail either'),
  portal: z
    .strictObject({
      url: z.string().describe('link to a request: {ticket} and {number} are filled in'),
      user: z.string().optional().describe('SMTP AUTH user by which the portal hands replies over'),
      password: secretReference.optional(),
    })
    .optional(),
  contacts: z
    .string()
    .optional()
    .describe(
      'CSV file of contacts, beside the desk files, that is imported at each start; others come by `guichet contacts import`',
    ),
  registration: z
    .enum(['required', 'open'])
    .default('open')
    .describe('required: only registered contacts open tickets'),
  require: z
    .array(
      z.strictObject({
        attribute: z.string(),
        equals: z.union([z.string(), z.boolean()]),
        template: z.string(),
        why: localisedText.optional(),
      }),
    )
    .default([])
    .describe('attributes a contact must have to open tickets; others get the template and their mail is held'),
  strangers: z
    .enum(['hold', 'new-ticket'])
    .default('hold')
    .describe('what becomes of a stranger who quotes a ticket number'),
  closed: closedPolicy.default('new-linked'),
  cc: z
    .enum(['suggest', 'add'])
    .default('suggest')
    .describe(
      'other recipients of a customer mail: suggested to the agent, or added as participants when the sender is authenticated',
    ),
  'show-agent-name': z.boolean().default(false).describe('customers see the name of the agent who answers'),
  collision: z
    .enum(['send', 'hold'])
    .default('send')
    .describe('an answer to a ticket that moved since the notification: sent or held'),
  'tickets-a-day': z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe(
      'what one sender who is not registered may open in 24 hours; what comes beyond is held, and staff are told once an hour; absent: no limit',
    ),
  'arrives-through': z
    .array(z.string())
    .default([])
    .describe('mailing lists or groups through which people write: their List-Id'),
  'trusted-forwarders': z.array(z.string()).default([]).describe('domains whose ARC seal counts'),
  calendar: calendarSchema,
  calendars: z.record(name, calendarSchema).default({}).describe('further calendars, chosen by rule'),
  statuses: z.record(name, statusSchema(localisedText)),
  start: z
    .strictObject({ status: name, priority: name, type: name, queue: name })
    .describe('what a new ticket starts as'),
  'on-reply': z
    .strictObject({
      status: name.optional().describe('status a ticket takes when its customer writes'),
      from: z.array(name).optional().describe('only from these statuses; absent: from waiting and solved ones'),
    })
    .default({}),
  'on-answer': z
    .strictObject({
      status: name.optional().describe('status a ticket takes when an agent answers the customer'),
      from: z.array(name).optional(),
    })
    .default({}),
  'on-confirm': z
    .strictObject({
      status: name
        .optional()
        .describe('status when the requester confirms that it is solved; absent: an agent closes it'),
    })
    .default({}),
  'on-refute': z
    .strictObject({
      status: name
        .optional()
        .describe('status when the requester says that it is not solved; absent: the one a new ticket starts as'),
    })
    .default({}),
  priorities: z.record(
    name,
    z.strictObject({
      name: localisedText,
      meaning: localisedText.optional(),
      rank: z.number().int().describe('1 is the most urgent'),
    }),
  ),
  types: z.record(
    name,
    z.strictObject({
      name: localisedText,
      category: localisedText.optional(),
      'opened-by': z.array(z.string()).optional().describe('groups of staff that may open it; absent: customers too'),
      refusal: z.string().optional().describe('template for a customer who asks for a type that staff open'),
      confirm: z.boolean().default(true).describe('solving asks the requester to confirm'),
      clocks: z.boolean().default(true).describe('false: no clock runs on such tickets'),
      needs: z
        .array(name)
        .default([])
        .describe('fields that have to be filled before an agent solves or closes it, e.g. tested-by and approved-by'),
      record: z.boolean().default(false).describe('such tickets are change records: guichet export changes lists them'),
    }),
  ),
  queues: z.record(
    name,
    z.strictObject({
      name: localisedText,
      team: name,
      tier: z.number().int().default(1),
      calendar: name.optional(),
      status: name
        .optional()
        .describe('status of a ticket that an agent hands to this queue, where the table of statuses has that way'),
      language: z
        .string()
        .optional()
        .describe('language of its new tickets when neither contact nor mail tells; absent: that of the desk'),
    }),
  ),
  teams: z.record(
    name,
    z.strictObject({
      name: localisedText,
      members: z.array(mailbox).default([]),
      address: mailbox.optional().describe('one address for the whole team'),
      assign: z.enum(['none', 'round-robin']).default('none'),
    }),
  ),
  staff: z.array(staffSchema).min(1),
  supervisors: z
    .array(mailbox)
    .default([])
    .describe('people told of breaches, holds and alarms; a signed link to the desk is mailed to them on #page'),
  clocks: z
    .array(
      clockSchema.extend({
        title: localisedText.optional().describe('what staff read for it on the page and in mails; absent: its name'),
      }),
    )
    .default([]),
  fields: z.record(name, fieldSchema).default({}),
  agreement: agreementSchema
    .optional()
    .describe('what customers agree to, before the work and after it, and where tickets go then'),
  reports: reportSchema.optional().describe('where reports go that agents write with #report'),
  references: z
    .array(referenceSchema)
    .default([])
    .describe('references of others that tickets wait for (#reference), and who writes about them'),
  banned: bannedSchema.describe('senders and subjects whose mail opens nothing; agents add to them with #ban'),
  analysis: z
    .array(z.string())
    .default(['type'])
    .describe(
      'what the supervisors’ page and `guichet export analysis` count tickets by: type, priority, queue, channel, status, organisation, or fields',
    ),
  weekly: weeklySchema.optional().describe('a mail to the supervisors with the figures of the week; absent: none'),
  faq: faqSchema
    .optional()
    .describe('questions that come again and again; the acknowledgement carries the answers that fit'),
  checklists: z
    .array(checklistSchema)
    .default([])
    .describe('data that cases need; the acknowledgement asks for what is missing'),
  alerts: alertSourcesSchema
    .default([])
    .describe('alert mails of monitoring: who sends them, how they are read, what becomes of them'),
  'registration-form': registrationFormSchema
    .optional()
    .describe('what people who are not registered fill in by mail; the staff register them by one signed mail'),
  'open-cases': openCasesSchema
    .optional()
    .describe(
      'no new ticket for an open case: new mails about one are added to it, or offer to be; absent: they open tickets',
    ),
  cases: casesSchema
    .optional()
    .describe(
      'a case base: solved tickets with their resolution are kept and shown with new ones that resemble them; absent: none',
    ),
  texts: z.record(name, localisedText).default({}).describe('texts of the desk that its templates use: {{text.NAME}}'),
  lists: z
    .record(name, z.array(z.string()).min(1))
    .default({})
    .describe('word lists that rules ask for by name: { list: NAME }'),
  sms: smsSchema
    .optional()
    .describe('short messages: who takes them and who has agreed to get them; absent: none are sent'),
  'private-webhooks': z
    .boolean()
    .default(false)
    .describe('webhooks of rules may lead into the own network; else such addresses are refused'),
  announcements: z
    .strictObject({
      'per-minute': z.number().int().min(1).max(6000).default(60).describe('mails of announcements a minute at most'),
    })
    .prefault({})
    .describe('messages to many contacts: #announce of supervisors, guichet announce'),
  phones: z.array(z.string()).default([]),
  signature: localisedText.optional().describe('closing lines of every mail to customers'),
  templates: z.string().optional().describe('folder under templates/ whose files replace the common ones'),
  uses: z.array(z.string()).default([]).describe('shared rule sets, applied before the rules of the desk'),
  budgets: z
    .strictObject({
      'address-hour': z.number().int().default(3),
      'address-day': z.number().int().default(10),
      'unauthenticated-day': z.number().int().default(1),
      'registered-hour': z.number().int().default(20),
      'subject-day': z.number().int().default(1),
      'ticket-hour': z.number().int().default(3),
      'ticket-day': z.number().int().default(10),
      'reopen-hour': z.number().int().default(3),
      'desk-hour': z.number().int().default(60),
      'domain-hour': z.number().int().default(30),
    })
    .prefault({})
    .describe('how many automatic mails may leave; what is refused is recorded as suppressed'),
})

export type Desk = z.infer<typeof deskSchema>
export type Staff = z.infer<typeof staffSchema>
export type DeskField = z.infer<typeof fieldSchema>
