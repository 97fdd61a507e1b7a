// What `guichet.yaml` may say of outgoing mail.

import { z } from 'zod'
import { secretReference } from '../desks/desk.ts'

export const relaySchema = z
  .strictObject({
    url: z
      .union([
        secretReference,
        z
          .string()
          .regex(
            /^smtps?:\/\/[^\s:/@]+(:\d+)?\/?(\?tls=required)?$/,
            'a relay reads smtp://host:587?tls=required or smtps://host; one with a password stands outside: env:NAME or file:PATH',
          ),
      ])
      .optional()
      .describe(
        'where outgoing mail goes; GUICHET_RELAY_URL comes before it. Absent: each mail is written to the folder outgoing/ of the data folder',
      ),
    connections: z.number().int().min(1).max(50).default(5).describe('connections at once'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9.-]+$/, 'a name is a host name')
      .optional()
      .describe('our name in EHLO; absent: the name of the machine'),
    ca: z
      .string()
      .regex(/^file:.+$/, 'a certificate is a file: file:PATH')
      .optional()
      .describe('certificate authority of the relay, in PEM, when it is none of the usual'),
  })
  .prefault({})

export const dkimSchema = z.strictObject({
  domain: z
    .string()
    .regex(/^[a-z0-9.-]+$/, 'a domain is written in small letters')
    .describe('d= of the signature; the domain of the desks’ addresses or one above it'),
  selector: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/)
    .describe('s= of the signature: the public key stands at SELECTOR._domainkey.DOMAIN'),
  key: secretReference.describe('private key in PEM, RSA or Ed25519'),
})
