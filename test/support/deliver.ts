// Hands the bytes of a mail to a gateway as a source would, so that they arrive exactly as written.

import type { TestGateway } from './gateway.ts'

let serial = 0

/** Stores the bytes as received for `to` and works them off. */
export async function deliver(
  gateway: TestGateway,
  bytes: Buffer | string,
  to: string,
  options: { readonly mailFrom?: string | null; readonly source?: 'smtp' | 'imap'; readonly ip?: string } = {},
): Promise<void> {
  serial += 1
  await gateway.app.save([
    {
      bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
      envelope: {
        source: options.source ?? 'smtp',
        sourceId: `deliver:${serial}`,
        account: 'test',
        mailFrom: options.mailFrom ?? null,
        rcptTo: [to],
        ip: options.ip ?? '127.0.0.1',
        helo: 'client.test',
        authUser: null,
        receivedAt: gateway.now(),
      },
    },
  ])
  await gateway.app.settle()
}

/** A mail of header lines and a body, with CRLF line ends. */
export const mailOf = (headers: readonly string[], body: string): string =>
  `${headers.join('\r\n')}\r\n\r\n${body.replace(/\r?\n/g, '\r\n')}`
