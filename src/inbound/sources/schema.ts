// The sections `smtp:`, `mailboxes:` and `folders:` of the instance's configuration.

import { z } from 'zod'
import { secretReference } from '../../desks/desk.ts'

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name is lower-case letters, digits and hyphens, at most 40')

const firstRun = z
  .union([z.literal('now'), z.literal('all'), z.strictObject({ days: z.number().int().min(1).max(3650) })])
  .describe(
    'what of the mail that is there at the first start becomes tickets: now (none of it), { days: 7 } (that of the last days), all',
  )

const afterwards = z
  .union([
    z.literal('leave'),
    z.strictObject({
      flag: z.string().regex(/^[A-Za-z0-9$_-]{1,40}$/, 'a keyword is letters, digits, $, _ and hyphens'),
    }),
    z.strictObject({ move: z.string().min(1) }),
  ])
  .describe('what becomes of a stored mail on the server: leave, { flag: KEYWORD }, { move: FOLDER }')

export const mailboxSchema = z.strictObject({
  name: name.describe(
    'name of the account in logs and pages; what has been read is remembered under it, so it never changes',
  ),
  host: z.string().min(1).describe('IMAP server'),
  port: z.number().int().min(1).max(65535).default(993),
  security: z
    .enum(['tls', 'starttls', 'none'])
    .default('tls')
    .describe(
      'tls: from the first byte; starttls: before the login, and no login without; none: clear text, for a server on this machine',
    ),
  tls: z
    .enum(['verify', 'insecure'])
    .default('verify')
    .describe('insecure: take any certificate (a warning at every start says so)'),
  ca: z.string().optional().describe('file with the certificates (PEM) of an authority of your own'),
  user: z.string().min(1),
  password: secretReference.optional(),
  token: secretReference.optional().describe('OAuth 2 access token instead of a password; read again at every login'),
  folder: z.string().min(1).default('INBOX').describe('the one folder that is watched; never the folder of sent mail'),
  desk: name.optional().describe('desk of every mail in this mailbox; absent: by the addresses it was delivered to'),
  first: firstRun.default('now'),
  after: afterwards.default('leave'),
  'poll-seconds': z
    .number()
    .int()
    .min(5)
    .max(3600)
    .default(120)
    .describe('new mail is looked for this often, beside the notices of the server'),
  'reconcile-minutes': z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(10)
    .describe('the whole folder is compared with what is stored this often'),
  'retention-days': z.number().int().min(1).max(365).default(14).describe('how far back the comparison looks'),
  'max-size': z
    .number()
    .int()
    .min(65536)
    .default(50 * 1024 * 1024)
    .describe('octets; of a larger mail the beginning is stored, marked as cut off'),
})

export const smtpSchema = z
  .strictObject({
    hostname: z.string().default('localhost').describe('name in the greeting'),
    certificate: z
      .string()
      .optional()
      .describe('file with the certificate chain (PEM) for STARTTLS; absent: self-signed'),
    key: z.string().optional().describe('file with the private key (PEM) of the certificate'),
    'max-size': z
      .number()
      .int()
      .min(65536)
      .default(30 * 1024 * 1024)
      .describe('octets of a mail at most, announced as SIZE'),
    'max-memory': z
      .number()
      .int()
      .min(1024 * 1024)
      .default(128 * 1024 * 1024)
      .describe(
        'octets of memory for mails in transfer, a megabyte of each at most; beyond, clients are asked to come again',
      ),
    'max-spool': z
      .number()
      .int()
      .min(1024 * 1024)
      .default(1024 ** 3)
      .describe(
        'octets on disk, in the data folder, for what exceeds a megabyte of mails in transfer; beyond, clients are asked to come again',
      ),
    'max-connections': z.number().int().min(1).default(300),
    'max-connections-per-address': z.number().int().min(1).default(100),
    'max-recipients': z.number().int().min(1).default(100),
    'idle-seconds': z.number().int().min(10).default(300).describe('how long a client may stay silent'),
    'transfer-seconds': z.number().int().min(30).default(600).describe('how long one mail may take'),
  })
  .refine(
    (smtp) => (smtp.certificate === undefined) === (smtp.key === undefined),
    'certificate and key belong together',
  )

export const folderSchema = z.strictObject({
  name: name.describe('name of the source in logs and pages'),
  path: z.string().min(1).describe('a Maildir: mails in new/ are stored and moved to cur/'),
  desk: name.optional().describe('desk of every mail in it; absent: by the addresses it was delivered to'),
  'poll-seconds': z
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .describe('it is looked at this often, beside the notices of the file system'),
})

/** Keys of the instance's configuration that belong to reception. */
export const receptionSchema = {
  smtp: smtpSchema.prefault({}).describe('reception by SMTP and LMTP; addresses and ports stand in the environment'),
  mailboxes: z
    .array(
      mailboxSchema.refine(
        (box) => (box.password === undefined) !== (box.token === undefined),
        'either password or token',
      ),
    )
    .default([])
    .describe('IMAP accounts that are watched'),
  folders: z.array(folderSchema).default([]).describe('Maildirs that are watched'),
}

export type MailboxConfig = z.infer<typeof mailboxSchema>
export type FolderConfig = z.infer<typeof folderSchema>
