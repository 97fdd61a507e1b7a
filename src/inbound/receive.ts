// Reception of any source: store first, in one commit, before anything is read out of the mail; the source acknowledges after it.

import type { Sql } from '../db/pool.ts'
import { contentIdentity, largeIdentity } from './identity.ts'
import { type Envelope, octetsOf, type RawMail } from './message.ts'
import { commitArrivals, type Receipt } from './raw-store.ts'
import { headerRecipients } from './recipients.ts'

export type { Receipt } from './raw-store.ts'

/** A commit takes no more than this; more mails are more commits. */
export const batchLimits = { mails: 500, bytes: 16 * 1024 * 1024 } as const

export interface Reception {
  readonly sql: Sql
  /** The desks of a mail, at least one (`routeMail`). */
  readonly route: (envelope: Envelope, headerRecipients: readonly string[]) => readonly string[]
  /** The database's clock (decided once a batch). */
  readonly now: () => Promise<Date>
  /** Called after each commit that made work. */
  readonly wake?: () => void
}

/**
 * Saves mails in the order given and answers for each, in the same order. When it throws, the batch it stopped in is not saved;
 * giving the same mails again is harmless.
 */
export async function receive(deps: Reception, mails: readonly RawMail[]): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  for (let at = 0; at < mails.length; ) {
    const batch: RawMail[] = []
    let bytes = 0
    for (const mail of mails.slice(at, at + batchLimits.mails)) {
      if (batch.length > 0 && bytes + octetsOf(mail) > batchLimits.bytes) break
      batch.push(mail)
      bytes += octetsOf(mail)
    }
    const now = await deps.now()
    const saved = await commitArrivals(
      deps.sql,
      await Promise.all(
        batch.map(async (mail) => ({
          ...mail,
          ...(mail.rest === undefined
            ? contentIdentity(mail.bytes, mail.envelope.sourceId)
            : await largeIdentity(mail.bytes, mail.rest, mail.envelope.sourceId)),
          desks: deps.route(mail.envelope, hasOwnRecipients(mail.envelope) ? [] : headerRecipients(mail.bytes)),
        })),
      ),
      now,
    )
    receipts.push(...saved)
    if (saved.some((receipt) => receipt.desks.length > 0)) deps.wake?.()
    at += batch.length
  }
  return receipts
}

const hasOwnRecipients = (envelope: Envelope): boolean => envelope.source === 'smtp' || envelope.source === 'lmtp'
