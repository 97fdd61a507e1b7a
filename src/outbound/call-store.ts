// SQL of requests for the outside that are no mail. A claim commits attempt and lease, so that a worker that dies loses nothing.

import type { Sql } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'

export interface NewCall {
  readonly desk: string
  readonly ticket: number | null
  readonly kind: 'sms' | 'webhook'
  /** A telephone number, or a web address of the configuration. */
  readonly target: string
  readonly data: Readonly<Record<string, string>>
  /** At most so many to this target a day; null: no limit. */
  readonly perDay: number | null
}

/** Queues calls; those beyond what a target gets in a day are kept as suppressed. How many were queued. */
export async function insertCalls(tx: Tx, calls: readonly NewCall[], now: Date): Promise<number> {
  if (calls.length === 0) return 0
  const since = new Date(now.getTime() - 86_400_000)
  const rows = calls.map((call) => ({
    desk: call.desk,
    ticket: call.ticket,
    kind: call.kind,
    target: call.target,
    data: call.data,
    per_day: call.perDay,
  }))
  const written = await tx<{ state: string }[]>`
    with asked as (
      select *, row_number() over (partition by desk, kind, target) as turn
      from json_to_recordset(${storableJson(rows)}::text::json) as c (desk text, ticket bigint, kind text, target text, data jsonb, per_day int)
    ), counted as (
      select a.*, a.per_day is not null and a.turn + (
        select count(*) from call c where c.desk = a.desk and c.kind = a.kind and c.target = a.target and c.created_at > ${since} and c.state <> 'suppressed'
      ) > a.per_day as beyond from asked a
    )
    insert into call (desk, ticket, kind, target, data, state, reason, next_attempt_at, created_at)
    select desk, ticket, kind, target, data, case when beyond then 'suppressed' else 'queued' end, case when beyond then 'the limit of a day is reached' end,
      case when beyond then null else ${now}::timestamptz end, ${now}
    from counted returning state`
  return written.filter(({ state }) => state === 'queued').length
}

export interface ClaimedCall {
  readonly desk: string
  readonly id: number
  readonly ticket: number | null
  readonly kind: 'sms' | 'webhook'
  readonly target: string
  readonly data: Readonly<Record<string, string>>
  readonly attempt: number
  readonly createdAt: Date
}

/** Takes calls that are due, the oldest first. */
export async function claimCalls(
  sql: Sql,
  options: { readonly limit: number; readonly now: Date; readonly leaseMs: number },
): Promise<ClaimedCall[]> {
  const until = new Date(options.now.getTime() + options.leaseMs)
  return sql<ClaimedCall[]>`
    update call c set attempt = c.attempt + 1, next_attempt_at = ${until}
    from (select desk, id from call where state = 'queued' and next_attempt_at <= ${options.now} order by next_attempt_at limit ${options.limit} for update skip locked) d
    where c.desk = d.desk and c.id = d.id
    returning c.desk, c.id, c.ticket, c.kind, c.target, c.data, c.attempt, c.created_at as "createdAt"`
}

export interface CallResult {
  readonly desk: string
  readonly id: number
  readonly attempt: number
  readonly state: 'sent' | 'queued' | 'dead'
  readonly reason: string | null
  readonly nextAttemptAt: Date | null
}

/** Writes what became of an attempt; nothing when the lease was lost. */
export async function settleCall(sql: Sql, result: CallResult, now: Date): Promise<void> {
  await sql`
    update call set state = ${result.state}, reason = ${result.reason}, next_attempt_at = ${result.nextAttemptAt}, sent_at = ${result.state === 'sent' ? now : null}
    where desk = ${result.desk} and id = ${result.id} and attempt = ${result.attempt} and state = 'queued'`
}
