// References of others that tickets wait for: a developer's issue, a vendor's case. Their sender is declared, so that a mail from there
// that names one comes to the tickets that wait for it.

import { z } from 'zod'
import { localisedText } from './text.ts'

export const referenceSchema = z.strictObject({
  name: z.string().min(1).max(60).describe('who it is, in the history'),
  senders: z
    .array(z.string().transform((text) => text.toLowerCase()))
    .min(1)
    .describe('addresses, or domains, that write about it'),
  pattern: z.string().describe('a regular expression with a group `value`: what a reference looks like'),
  solved: z
    .array(z.string())
    .min(1)
    .describe(
      'words of a mail that brings the solution, * leaves an end open; other mails, and those whose sender is not proved, are kept as notes',
    ),
  from: z.array(z.string()).optional().describe('only tickets in these statuses move; absent: all that are not closed'),
  status: z.string().optional().describe('status a ticket takes when the solution came'),
  says: localisedText.optional().describe('what the customer is told then; absent: nothing'),
})
export type ReferenceSource = z.output<typeof referenceSchema>
