// How often a desk has seen a picture before.

import type { Queryable } from '../db/pool.ts'
import { logoFrom, mayBeLogo } from './logo.ts'
import type { InboundMessage } from './message.ts'

/** Marks the pictures that at least three earlier entries of the same desk held; the messages come back in their order. */
export async function markLogos(
  sql: Queryable,
  mails: readonly { readonly desk: string; readonly message: InboundMessage }[],
): Promise<InboundMessage[]> {
  const wanted = mails.flatMap(({ desk, message }) =>
    message.attachments.filter(mayBeLogo).map((attachment) => ({ desk, sha256: attachment.sha256 })),
  )
  if (wanted.length === 0) return mails.map(({ message }) => message)
  const rows = await sql<{ desk: string; sha256: string }[]>`
    select q.desk, q.sha256
    from (select distinct desk, sha256 from unnest(${wanted.map((w) => w.desk)}::text[], ${wanted.map((w) => w.sha256)}::text[]) as w (desk, sha256)) as q
    where (select count(distinct f.entry) from (
      select a.entry from attachment a where a.desk = q.desk and a.sha256 = decode(q.sha256, 'hex') limit 100) as f) >= ${logoFrom}`
  const logos = new Set(rows.map((row) => `${row.desk} ${row.sha256}`))
  return mails.map(({ desk, message }) => ({
    ...message,
    attachments: message.attachments.map((attachment) =>
      logos.has(`${desk} ${attachment.sha256}`) ? { ...attachment, logo: true as const } : attachment,
    ),
  }))
}
