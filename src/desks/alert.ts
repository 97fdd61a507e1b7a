// Alert mails of monitoring systems: who may send them, how they are read, what becomes of them.

import { z } from 'zod'
import { duration } from '../tickets/duration.ts'
import { contactFilterSchema } from './contact-filter.ts'
import { key as name } from './names.ts'

const minutes = (amount: number) => ({ amount, unit: 'minute', time: 'elapsed' }) as const

export const alertFormats = ['nagios', 'zabbix', 'alertmanager', 'pattern'] as const
/** What subscribers may be told of. */
export const alertNews = ['problem', 'recovery', 'flapping'] as const

export const alertSourceSchema = z.strictObject({
  name: name.describe('what the source is called in the history; part of what tells problems apart, so it stays'),
  from: z
    .array(
      z
        .string()
        .regex(/^[^\s@<>"]*@[^\s@<>"]+$/, 'an address reads name@example.org, a whole domain @example.org')
        .transform((text) => text.toLowerCase()),
    )
    .min(1)
    .describe('who sends them: addresses, or @domain; a mail that fails authentication is none of theirs'),
  authenticated: z
    .boolean()
    .default(false)
    .describe('only mails that pass authentication; else those that do not fail it'),
  format: z
    .enum(alertFormats)
    .describe(
      'nagios (Icinga too), zabbix and alertmanager: the mails as these send them; pattern: read by the expressions below',
    ),
  patterns: z
    .array(z.string())
    .default([])
    .describe(
      'for format pattern: regular expressions, looked for in subject and text, whose named groups are the values of the alert; all that match add theirs',
    ),
  key: z
    .string()
    .optional()
    .describe(
      'for format pattern: what makes two mails the same problem, of captured values: "{transaction}"; the other formats know',
    ),
  recovered: z
    .array(z.string())
    .default([])
    .describe('for format pattern: words of the value {state} that mean that the problem is over'),
  groups: z
    .enum(['each', 'one'])
    .default('each')
    .describe('a mail with several problems: a ticket for each, or one for the whole group'),
  type: name.describe('type of the tickets'),
  queue: name.optional().describe('queue of the tickets; absent: where all tickets start'),
  subject: z.string().optional().describe('subject of the tickets, of captured values; absent: as the system names it'),
  priorities: z.record(z.string(), name).default({}).describe('priority by severity or state: { critical: high }'),
  fields: z
    .record(name, z.string())
    .default({})
    .describe(
      'fields of the ticket, of captured values: { host: "{host}" }; known are {key}, {state}, {severity}, {title}, {repeats}, {flaps}, {host} and {service} where the system names them, labels of Alertmanager, and the groups of patterns',
    ),
  'on-recovery': name
    .optional()
    .describe('status a ticket takes when its problem is over; absent: the first that is solved, else closed'),
  again: duration
    .default(minutes(60))
    .describe(
      'a problem that comes back within this time after it was over opens its ticket again; later it opens a new one that names the old (elapsed time: 90m, 2h, 1d)',
    ),
  late: duration
    .default(minutes(10))
    .describe('a problem that arrives this long after its own recovery, but was written before it, opens nothing'),
  flapping: z
    .strictObject({
      times: z.number().int().min(2).max(100).default(3).describe('how often it must come back'),
      within: duration.default(minutes(60)).describe('in which time (elapsed)'),
    })
    .prefault({})
    .describe(
      'a problem that comes and goes: the ticket is tagged flapping, its changes are counted, and nobody is told of each',
    ),
  tell: z
    .array(
      z.strictObject({
        contacts: contactFilterSchema.describe(
          'registered people that are told; values may be captured ones: { organisation: "{bank}" }',
        ),
        on: z.array(z.enum(alertNews)).min(1).default(['problem', 'recovery']),
      }),
    )
    .default([])
    .describe('who outside the staff is told, one mail each'),
  digest: z
    .array(z.enum(['team', 'supervisors', 'contacts']))
    .default([])
    .describe(
      'who gets a daily mail with the problems that are not over, when the desk opens and there are any; contacts: those of tell, with the problems they were told of',
    ),
})
export type AlertSource = z.output<typeof alertSourceSchema>

export const alertSourcesSchema = z.array(alertSourceSchema)

/** The source whose declared sender wrote; by the strict From address. */
export function alertSourceOf(sources: readonly AlertSource[], from: string | null): AlertSource | undefined {
  if (from === null) return undefined
  const domain = from.slice(from.lastIndexOf('@'))
  return sources.find((source) => source.from.includes(from) || source.from.includes(domain))
}
