import { randomUUID } from 'node:crypto'
import type { Envelope, RawMail } from '../../src/inbound/message.ts'

const lines = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n')

/** The bytes of a small mail; `headers` replace or add fields (undefined leaves one out), in the order given. */
export function mailBytes(
  options: { headers?: Record<string, string | undefined>; body?: string; trace?: readonly string[] } = {},
): Buffer {
  const fields: Record<string, string | undefined> = {
    From: 'Awa Diallo <awa@client.test>',
    To: 'desk@guichet.test',
    Subject: 'imprimante',
    'Message-ID': `<${randomUUID()}@client.test>`,
    Date: 'Mon, 02 Nov 2026 09:00:00 +0000',
    ...options.headers,
  }
  const header = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(lines([...(options.trace ?? []), ...header, '', options.body ?? 'Bonjour.\n'].join('\n')))
}

/** A mail as a source hands it over: by SMTP from 192.0.2.1 to desk@guichet.test unless told otherwise. */
export function rawMail(bytes: Buffer, envelope: Partial<Envelope> = {}): RawMail {
  return {
    bytes,
    envelope: {
      source: 'smtp',
      sourceId: `test:${randomUUID()}`,
      account: 'smtp',
      mailFrom: 'awa@client.test',
      rcptTo: ['desk@guichet.test'],
      ip: '192.0.2.1',
      helo: 'mx.client.test',
      authUser: null,
      receivedAt: new Date('2026-11-02T09:00:01Z'),
      ...envelope,
    },
  }
}
