// SQL of the work: the rows of `inbound`. The mails themselves have `raw-store.ts`, mailboxes `mailbox-store.ts`.

import type { Queryable, Sql } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import type { Envelope } from './message.ts'
import { type EnvelopeRow, loadRaws, toEnvelope } from './raw-store.ts'
import { storableText } from './storable.ts'

export { loadRaw, loadReceipts, streamRaw } from './raw-store.ts'

/** How far back mails of others are looked for in a flood. */
const LATEST = 2000

/** A mail to be worked on by one desk; `attempt` counts this one and fences the settling. */
export interface Claimed {
  readonly desk: string
  readonly raw: number
  readonly receipt: number
  readonly attempt: number
  /** null when the original was purged meanwhile. */
  readonly bytes: Buffer | null
  readonly envelope: Envelope
}

/**
 * Takes due work in the order of receipt, at most `limit` rows and about `maxBytes` (one mail always), under a lease of `leaseMs`:
 * attempt and lease are committed here, before anything is read out of the bytes, so a worker that dies costs one attempt.
 * Rows another worker holds are passed over. `beside`: only mails with another return path, among those that came last.
 */
export async function claimInbound(
  sql: Sql,
  options: {
    readonly limit: number
    readonly maxBytes: number
    readonly leaseMs: number
    readonly now: Date
    readonly beside?: string
  },
): Promise<Claimed[]> {
  const { limit, maxBytes, leaseMs, now, beside } = options
  const due =
    beside === undefined
      ? sql`select desk, raw, size, next_attempt_at from inbound
          where state = 'waiting' and next_attempt_at <= ${now}
          order by next_attempt_at, raw limit ${limit} for update skip locked`
      : sql`select i.desk, i.raw, i.size, i.next_attempt_at from inbound i join receipt r on r.id = i.receipt
          where (i.desk, i.raw) in (
              select desk, raw from inbound where state = 'waiting' and next_attempt_at <= ${now}
              order by next_attempt_at desc, raw desc limit ${LATEST})
            and i.state = 'waiting' and i.next_attempt_at <= ${now} and r.mail_from is distinct from ${beside}
          order by i.next_attempt_at, i.raw limit ${limit} for update of i skip locked`
  const rows = await sql<(EnvelopeRow & { desk: string; raw: number; receipt: number; attempt: number })[]>`
    with due as materialized (${due}), fitting as (
      select desk, raw, row_number() over w as n, sum(size) over w - size as before from due
      window w as (order by next_attempt_at, raw, desk)
    ), claimed as (
      update inbound set attempt = inbound.attempt + 1, next_attempt_at = ${new Date(now.getTime() + leaseMs)}
      from fitting
      where inbound.desk = fitting.desk and inbound.raw = fitting.raw and fitting.before < ${maxBytes}
      returning inbound.desk, inbound.raw, inbound.receipt, inbound.attempt, fitting.n
    )
    select claimed.desk, claimed.raw, claimed.receipt, claimed.attempt,
      r.source_id, r.source, r.account, r.mail_from, r.rcpt_to, r.ip, r.helo, r.auth_user, r.received_at
    from claimed join receipt r on r.id = claimed.receipt
    order by claimed.n`
  if (rows.length === 0) return []
  const bytes = await loadRaws(sql, [...new Set(rows.map((row) => row.raw))])
  return rows.map((row) => ({
    desk: row.desk,
    raw: row.raw,
    receipt: row.receipt,
    attempt: row.attempt,
    bytes: bytes.get(row.raw) ?? null,
    envelope: toEnvelope(row),
  }))
}

/** What came of a claimed mail. `trail` and `authentication` are any JSON values. */
export interface Settled {
  readonly desk: string
  readonly raw: number
  readonly attempt: number
  readonly outcome: string
  readonly ticket: number | null
  readonly trail: unknown
  readonly authentication: unknown
  readonly messageId: string | null
  readonly sender: string | null
  readonly subject: string | null
}

/**
 * Marks work done, in the transaction that carries its decision out. Rows whose lease went to another worker meanwhile do not
 * count: when fewer than given are returned, the caller rolls back.
 */
export async function settleInbound(tx: Tx, rows: readonly Settled[], now: Date): Promise<number> {
  if (rows.length === 0) return 0
  const json = (value: unknown): string | null => (value === null || value === undefined ? null : storableJson(value))
  const text = (value: string | null): string | null => (value === null ? null : storableText(value))
  const done = await tx`
    update inbound set state = 'done', outcome = s.outcome, ticket = s.ticket, trail = s.trail::jsonb,
      authentication = s.authentication::jsonb, message_id = s.message_id, sender = s.sender, subject = s.subject,
      error = null, settled_at = ${now}
    from unnest(
      ${rows.map((r) => r.desk)}::text[],
      ${rows.map((r) => r.raw)}::bigint[],
      ${rows.map((r) => r.attempt)}::int[],
      ${rows.map((r) => storableText(r.outcome))}::text[],
      ${rows.map((r) => r.ticket)}::bigint[],
      ${rows.map((r) => json(r.trail))}::text[],
      ${rows.map((r) => json(r.authentication))}::text[],
      ${rows.map((r) => text(r.messageId))}::text[],
      ${rows.map((r) => text(r.sender))}::text[],
      ${rows.map((r) => text(r.subject))}::text[]
    ) as s (desk, raw, attempt, outcome, ticket, trail, authentication, message_id, sender, subject)
    where inbound.desk = s.desk and inbound.raw = s.raw and inbound.attempt = s.attempt and inbound.state = 'waiting'`
  return done.count
}

/**
 * Records that an attempt failed: tried again after `retryInMs`, or parked from the attempt `parkAfter` on. 'stale' when another
 * worker has the row by now or it is settled.
 */
export async function failInbound(
  sql: Queryable,
  failure: {
    readonly desk: string
    readonly raw: number
    readonly attempt: number
    readonly error: string
    readonly now: Date
    readonly parkAfter: number
    readonly retryInMs: number
  },
): Promise<'retry' | 'parked' | 'stale'> {
  const { desk, raw, attempt, now, parkAfter, retryInMs } = failure
  const state = attempt >= parkAfter ? 'parked' : 'waiting'
  const updated = await sql`
    update inbound set state = ${state}, error = ${storableText(failure.error).slice(0, 2000)},
      next_attempt_at = ${new Date(now.getTime() + retryInMs)},
      settled_at = ${state === 'parked' ? now : null}
    where desk = ${desk} and raw = ${raw} and attempt = ${attempt} and state = 'waiting'`
  if (updated.count === 0) return 'stale'
  return state === 'parked' ? 'parked' : 'retry'
}

/** A claim as it is fenced: stale when another worker has the row by now, or it is settled. */
export type Claim = Pick<Claimed, 'desk' | 'raw' | 'attempt'>

/**
 * Gives claimed work back at once and uncounted, when a worker stops before it began; stale claims are left alone. It takes its old
 * place: before what was stored after it.
 */
export async function releaseInbound(sql: Queryable, claims: readonly Claim[]): Promise<number> {
  if (claims.length === 0) return 0
  const released = await sql`
    update inbound set attempt = inbound.attempt - 1, next_attempt_at = r.stored_at
    from unnest(${claims.map((c) => c.desk)}::text[], ${claims.map((c) => c.raw)}::bigint[], ${claims.map((c) => c.attempt)}::int[])
      as c (desk, raw, attempt)
    join raw_mail r on r.id = c.raw
    where inbound.desk = c.desk and inbound.raw = c.raw and inbound.attempt = c.attempt and inbound.state = 'waiting'`
  return released.count
}

/** Prolongs the lease of claimed work that is still being worked on; stale claims, and rows that are just being written, are left alone. */
export async function renewInbound(sql: Queryable, claims: readonly Claim[], until: Date): Promise<number> {
  if (claims.length === 0) return 0
  const renewed = await sql`
    update inbound set next_attempt_at = ${until}
    where state = 'waiting' and (desk, raw, attempt) in (
      select i.desk, i.raw, i.attempt from inbound i
      join unnest(${claims.map((c) => c.desk)}::text[], ${claims.map((c) => c.raw)}::bigint[], ${claims.map((c) => c.attempt)}::int[])
        as c (desk, raw, attempt) on i.desk = c.desk and i.raw = c.raw and i.attempt = c.attempt
      where i.state = 'waiting' for update of i skip locked)`
  return renewed.count
}

/** Gives claimed work back until later, uncounted: something outside that it needs does not answer now. Stale claims are left alone. */
export async function postponeInbound(
  sql: Queryable,
  work: Claim & { readonly why: string },
  until: Date,
): Promise<boolean> {
  const done = await sql`
    update inbound set attempt = attempt - 1, next_attempt_at = ${until}, error = ${storableText(work.why).slice(0, 2000)}
    where desk = ${work.desk} and raw = ${work.raw} and attempt = ${work.attempt} and state = 'waiting'`
  return done.count > 0
}

/** Puts parked work back into the queue with its attempts forgotten; how many rows. */
export async function retryParked(tx: Tx, raws: readonly number[], now: Date): Promise<number> {
  const rows = await tx`
    update inbound set state = 'waiting', attempt = 0, error = null, settled_at = null, next_attempt_at = ${now}
    where raw = any(${raws as number[]}::bigint[]) and state = 'parked'`
  return rows.count
}

/** A work row as an operator or a replay sees it. */
export interface InboundRow {
  readonly desk: string
  readonly raw: number
  readonly state: 'waiting' | 'done' | 'parked'
  readonly attempt: number
  readonly size: number
  readonly receivedAt: Date
  readonly outcome: string | null
  readonly ticket: number | null
  readonly trail: unknown
  readonly authentication: unknown
  readonly messageId: string | null
  readonly sender: string | null
  readonly subject: string | null
  readonly error: string | null
  readonly settledAt: Date | null
  /** Of the receipt that made the work. */
  readonly envelope: Envelope
}

/** The work rows of stored mails, in the order of receipt. */
export async function findInbound(sql: Queryable, raws: readonly number[]): Promise<InboundRow[]> {
  const rows = await sql<
    (EnvelopeRow & {
      desk: string
      raw: number
      state: InboundRow['state']
      attempt: number
      size: number
      outcome: string | null
      ticket: number | null
      trail: unknown
      authentication: unknown
      message_id: string | null
      sender: string | null
      subject: string | null
      error: string | null
      settled_at: Date | null
    })[]
  >`
    select i.desk, i.raw, i.state, i.attempt, i.size, i.outcome, i.ticket, i.trail, i.authentication, i.message_id, i.sender,
      i.subject, i.error, i.settled_at,
      r.source_id, r.source, r.account, r.mail_from, r.rcpt_to, r.ip, r.helo, r.auth_user, r.received_at
    from inbound i join receipt r on r.id = i.receipt
    where i.raw = any(${raws as number[]}::bigint[]) order by i.receipt, i.desk`
  return rows.map((row) => ({
    desk: row.desk,
    raw: row.raw,
    state: row.state,
    attempt: row.attempt,
    size: row.size,
    receivedAt: row.received_at,
    outcome: row.outcome,
    ticket: row.ticket,
    trail: row.trail,
    authentication: row.authentication,
    messageId: row.message_id,
    sender: row.sender,
    subject: row.subject,
    error: row.error,
    settledAt: row.settled_at,
    envelope: toEnvelope(row),
  }))
}

/** The latest mails of desks that were decided, the latest first. */
export async function findLatestInbound(
  sql: Queryable,
  desks: readonly string[],
  limit: number,
): Promise<{ readonly desk: string; readonly raw: number }[]> {
  return sql<{ desk: string; raw: number }[]>`
    select desk, raw from inbound where desk = any(${[...desks]}) and state = 'done' and settled_at is not null
    order by settled_at desc, raw desc limit ${limit}`
}

/** Unfinished work of a desk. `oldestAt` is the receipt of the mail that has waited longest. */
export interface InboundCount {
  readonly desk: string
  readonly waiting: number
  readonly parked: number
  readonly oldestAt: Date | null
}

export async function countInbound(sql: Queryable): Promise<InboundCount[]> {
  return sql<{ desk: string; waiting: number; parked: number; oldestAt: Date | null }[]>`
    select desk, count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'parked')::int as parked,
      min(received_at) filter (where state = 'waiting') as "oldestAt"
    from inbound where state in ('waiting', 'parked') group by desk order by desk`
}
