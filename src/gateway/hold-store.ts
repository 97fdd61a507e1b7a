// SQL of held mails. A hold is settled once; releasing it gives its mail back to the workers with the release written beside it.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import type { HoldFound } from '../rules/context.ts'
import type { HoldReason } from '../rules/decision.ts'
import type { Finding } from '../rules/finding.ts'

export interface NewHold {
  readonly desk: string
  readonly id: number
  readonly raw: number | null
  readonly reason: HoldReason
  readonly why: string
  /** Absent: nobody is told by mail. */
  readonly finding?: Finding | null
  readonly ticket: number | null
  readonly release: HoldFound['release']
  readonly author: string | null
  readonly sender: string | null
  readonly subject: string | null
}

const LONGEST = 500

export async function insertHolds(tx: Tx, holds: readonly NewHold[], now: Date): Promise<void> {
  if (holds.length === 0) return
  const rows = holds.map((h) => ({
    ...h,
    why: h.why.slice(0, LONGEST),
    sender: h.sender === null ? null : h.sender.slice(0, LONGEST),
    subject: h.subject === null ? null : h.subject.slice(0, LONGEST),
  }))
  await tx`
    insert into hold (desk, id, raw, reason, why, finding, ticket, release, author, sender, subject, created_at)
    select desk, id, raw, reason, why, finding, ticket, release, author, sender, subject, ${now}
    from json_to_recordset(${storableJson(rows)}::text::json) as h (desk text, id bigint, raw bigint, reason text, why text, finding jsonb, ticket bigint, release text, author text, sender text, subject text)`
}

export interface HoldRow extends HoldFound {
  readonly raw: number | null
  readonly why: string
  readonly finding: Finding | null
  readonly sender: string | null
  readonly subject: string | null
  readonly createdAt: Date
  readonly settledAt: Date | null
  readonly settledBy: string | null
}

export async function findHolds(
  sql: Queryable,
  keys: readonly { readonly desk: string; readonly id: number }[],
): Promise<HoldRow[]> {
  if (keys.length === 0) return []
  return sql<HoldRow[]>`
    select h.desk, h.id, h.raw, h.reason, h.why, h.finding, h.ticket, h.release, h.author, h.sender, h.subject, h.state, h.created_at as "createdAt", h.settled_at as "settledAt", h.settled_by as "settledBy"
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.id)}::bigint[]) as q (desk, id)
    join hold h on h.desk = q.desk and h.id = q.id`
}

export async function listHolds(
  sql: Queryable,
  options: { readonly desk: string | null; readonly state: 'open' | 'all'; readonly limit: number },
): Promise<HoldRow[]> {
  return sql<HoldRow[]>`
    select desk, id, raw, reason, why, finding, ticket, release, author, sender, subject, state, created_at as "createdAt", settled_at as "settledAt", settled_by as "settledBy"
    from hold
    where (${options.desk}::text is null or desk = ${options.desk}) and (${options.state} = 'all' or state = 'open')
    order by created_at desc limit ${options.limit}`
}

/** Open holds that wait for their author and were made between the two instants, unless the author was reminded. */
export async function findUnconfirmed(
  sql: Queryable,
  { after, before, limit }: { readonly after: Date; readonly before: Date; readonly limit: number },
): Promise<HoldRow[]> {
  return sql<HoldRow[]>`
    select desk, id, raw, reason, why, finding, ticket, release, author, sender, subject, state, created_at as "createdAt", settled_at as "settledAt", settled_by as "settledBy"
    from hold
    where state = 'open' and author is not null and release = 'relay' and reason <> 'agent-vacation' and created_at between ${after} and ${before}
      and not exists (select from told where told.desk = hold.desk and told.key = 'hold-reminder:' || hold.id)
    order by created_at limit ${limit}`
}

/** Settles open holds; the keys that were open until now. */
export async function settleHolds(
  tx: Tx,
  settled: readonly {
    readonly desk: string
    readonly id: number
    readonly state: 'released' | 'discarded'
    readonly by: string
  }[],
  now: Date,
): Promise<number> {
  if (settled.length === 0) return 0
  const done = await tx`
    update hold set state = s.state, settled_by = s.by, settled_at = ${now}
    from unnest(${settled.map((s) => s.desk)}::text[], ${settled.map((s) => s.id)}::bigint[], ${settled.map((s) => s.state)}::text[], ${settled.map((s) => s.by)}::text[]) as s (desk, id, state, by)
    where hold.desk = s.desk and hold.id = s.id and hold.state = 'open'`
  return done.count
}

export interface Release {
  readonly as: HoldFound['release']
  readonly by: string
  readonly hold: number
}

/** Gives the mail of an open hold back to the workers, who judge it again with the release; false when the hold is settled or has no mail. */
export async function releaseHold(
  tx: Tx,
  key: { readonly desk: string; readonly id: number },
  release: Omit<Release, 'hold'>,
  now: Date,
): Promise<boolean> {
  const done = await tx`
    update inbound i set state = 'waiting', attempt = 0, error = null, settled_at = null, next_attempt_at = ${now},
      release = ${JSON.stringify({ ...release, hold: key.id })}::text::jsonb
    from hold h
    where h.desk = ${key.desk} and h.id = ${key.id} and h.state = 'open' and i.desk = h.desk and i.raw = h.raw and i.state in ('done', 'parked')`
  if (done.count === 0) return false
  await tx`select pg_notify('guichet_inbound', '')`
  return true
}
