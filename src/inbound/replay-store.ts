// SQL of looking at a judged mail again: why it was judged as it was, and giving it back to be judged anew.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'

export interface MailTrail {
  readonly raw: number
  readonly outcome: string | null
  readonly trail: readonly { readonly at: string; readonly code: string; readonly why: string }[] | null
}

/** The mails of a ticket with their trails, newest first; at most 50. */
export async function findTrails(sql: Queryable, desk: string, ticket: number): Promise<MailTrail[]> {
  return sql<MailTrail[]>`
    select raw, outcome, trail from inbound where desk = ${desk} and ticket = ${ticket} order by raw desc limit 50`
}

/** A settled or parked mail waits again; false when it is in work or unknown. */
export async function giveBack(
  tx: Tx,
  { desk, raw }: { readonly desk: string; readonly raw: number },
  now: Date,
): Promise<boolean> {
  const { count } = await tx`
    update inbound set state = 'waiting', attempt = 0, error = null, settled_at = null, next_attempt_at = ${now}
    where desk = ${desk} and raw = ${raw} and state in ('done', 'parked')`
  if (count > 0) await tx`select pg_notify('guichet_inbound', '')`
  return count > 0
}
