// SQL of what became of sent mail: what reports and people say of a row, found by an id that a signed mark proved.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'

export interface Delivery {
  readonly desk: string
  readonly id: number
  readonly ticket: number | null
  readonly recipient: string
  readonly template: string
  readonly subject: string
  readonly author: string | null
  readonly automatic: boolean
  readonly createdAt: Date
}

export async function findDeliveries(
  sql: Queryable,
  keys: readonly { readonly desk: string; readonly id: number }[],
): Promise<Delivery[]> {
  if (keys.length === 0) return []
  return sql<Delivery[]>`
    select o.desk, o.id, o.ticket, o.recipient, o.template, o.subject, o.author, o.automatic, o.created_at as "createdAt"
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.id)}::bigint[]) as q (desk, id)
    join outbound o on o.desk = q.desk and o.id = q.id`
}

/** What a delivery report says: a bounce once, an uncertain mail that did arrive after all, a delay as a remark. */
export async function reportDeliveries(
  tx: Tx,
  reports: readonly {
    readonly desk: string
    readonly id: number
    readonly state: 'bounced' | 'delayed' | 'delivered'
    readonly reason: string | null
  }[],
): Promise<void> {
  if (reports.length === 0) return
  await tx`
    update outbound o set
      state = case r.state when 'bounced' then 'bounced' when 'delivered' then 'sent' else o.state end,
      next_attempt_at = case when r.state = 'delayed' then o.next_attempt_at end,
      reason = coalesce(r.reason, o.reason)
    from unnest(${reports.map((r) => r.desk)}::text[], ${reports.map((r) => r.id)}::bigint[], ${reports.map((r) => r.state)}::text[], ${reports.map((r) => r.reason?.replaceAll('\0', '').slice(0, 500) ?? null)}::text[])
      as r (desk, id, state, reason)
    where o.desk = r.desk and o.id = r.id and o.state in ('sent', 'uncertain')`
}

/** A person settles uncertain deliveries: it arrived, or it shall be sent again with the same bytes. */
export async function settleUncertain(
  tx: Tx,
  choices: readonly {
    readonly desk: string
    readonly id: number
    readonly act: 'resolve' | 'retry'
    readonly by: string
  }[],
  now: Date,
): Promise<number> {
  if (choices.length === 0) return 0
  const done = await tx`
    update outbound o set
      state = case c.act when 'resolve' then 'sent' else 'queued' end, phase = 'idle',
      next_attempt_at = case c.act when 'retry' then ${now}::timestamptz end,
      sent_at = case c.act when 'resolve' then coalesce(o.sent_at, ${now}::timestamptz) else o.sent_at end,
      reason = c.act || ' by ' || c.by
    from unnest(${choices.map((c) => c.desk)}::text[], ${choices.map((c) => c.id)}::bigint[], ${choices.map((c) => c.act)}::text[], ${choices.map((c) => c.by)}::text[]) as c (desk, id, act, by)
    where o.desk = c.desk and o.id = c.id and o.state = 'uncertain'`
  return done.count
}
