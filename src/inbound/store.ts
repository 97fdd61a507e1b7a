// SQL of received mail: raw_mail, raw_chunk, receipt and the work rows of `inbound`. Mailboxes have `mailbox-store.ts`.

import type { Queryable, Sql } from '../db/pool.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import type { Envelope } from './message.ts'
import { storableJson, storableText } from './storable.ts'

/** Bytes of a mail kept in its own row; what is beyond continues in raw_chunk, in pieces of this size. */
export const chunkBytes = 1024 * 1024

/** A mail ready to be saved. */
export interface Arrival {
  readonly bytes: Buffer
  readonly envelope: Envelope
  readonly identity: Buffer
  readonly sha256: Buffer
  readonly desks: readonly string[]
}

/** What became of an arrival: the stored mail, whether it had been there, and the desks that have new work by it. */
export interface Receipt {
  readonly raw: number
  readonly duplicate: boolean
  readonly desks: readonly string[]
}

/**
 * Saves arrivals in the order given, in three statements (and one a further megabyte of a mail): the mail once by identity, a
 * receipt once by source id, a work row once by desk and mail. Wakes listeners of `guichet_inbound` at the commit.
 */
export async function saveArrivals(tx: Tx, arrivals: readonly Arrival[], now: Date): Promise<Receipt[]> {
  const first = new Map<string, Arrival>()
  for (const arrival of arrivals) {
    const key = arrival.identity.toString('hex')
    if (!first.has(key)) first.set(key, arrival)
  }
  const mails = [...first.values()]
  const fresh = await tx<{ id: number; identity: Buffer }[]>`
    insert into raw_mail (identity, sha256, size, stored_at, bytes)
    select decode(identity, 'base64'), decode(sha256, 'base64'), size, ${now}, decode(bytes, 'base64')
    from unnest(
      ${mails.map((m) => m.identity.toString('base64'))}::text[],
      ${mails.map((m) => m.sha256.toString('base64'))}::text[],
      ${mails.map((m) => m.bytes.length)}::int[],
      ${mails.map((m) => m.bytes.toString('base64', 0, chunkBytes))}::text[]
    ) with ordinality as given (identity, sha256, size, bytes, n)
    order by n
    on conflict (identity) do nothing
    returning id, identity`
  const ids = new Map(fresh.map((row) => [row.identity.toString('hex'), row.id]))
  const isNew = new Set(ids.keys())
  if (fresh.length < mails.length) {
    const missing = [...first.keys()].filter((key) => !ids.has(key))
    const known = await tx<{ id: number; identity: string }[]>`
      select id, encode(identity, 'hex') as identity from raw_mail
      where identity in (select decode(key, 'hex') from unnest(${missing}::text[]) as key)`
    for (const row of known) ids.set(row.identity, row.id)
  }
  for (const [key, mail] of first) if (isNew.has(key)) await saveChunks(tx, ids.get(key), mail.bytes)

  const rawOf = (arrival: Arrival): number => {
    const id = ids.get(arrival.identity.toString('hex'))
    if (id === undefined) throw new Error('a mail was neither saved nor found')
    return id
  }
  const work = arrivals.flatMap((arrival) =>
    arrival.desks.map((desk) => ({ desk, raw: rawOf(arrival), source: arrival.envelope.sourceId })),
  )
  const envelopes = arrivals.map((a) => a.envelope)
  const made = await tx<{ desk: string; raw: number }[]>`
    with saved as (
      insert into receipt (source_id, raw, source, account, mail_from, rcpt_to, ip, helo, auth_user, received_at)
      select source_id, raw, source, account, mail_from, array(select jsonb_array_elements_text(rcpt_to::jsonb)), ip, helo, auth_user, received_at
      from unnest(
        ${envelopes.map((e) => storableText(e.sourceId))}::text[],
        ${arrivals.map(rawOf)}::bigint[],
        ${envelopes.map((e) => e.source)}::text[],
        ${envelopes.map((e) => storableText(e.account))}::text[],
        ${envelopes.map((e) => (e.mailFrom === null ? null : storableText(e.mailFrom)))}::text[],
        ${envelopes.map((e) => JSON.stringify(e.rcptTo.map(storableText)))}::text[],
        ${envelopes.map((e) => e.ip)}::text[],
        ${envelopes.map((e) => (e.helo === null ? null : storableText(e.helo)))}::text[],
        ${envelopes.map((e) => (e.authUser === null ? null : storableText(e.authUser)))}::text[],
        ${envelopes.map((e) => e.receivedAt.toISOString())}::timestamptz[]
      ) with ordinality as given (source_id, raw, source, account, mail_from, rcpt_to, ip, helo, auth_user, received_at, n)
      order by n
      on conflict (source_id) do nothing
      returning id, source_id, received_at
    ), made as (
      insert into inbound (desk, raw, receipt, received_at, next_attempt_at, size)
      select work.desk, work.raw, saved.id, saved.received_at, ${now}, work.size
      from unnest(
        ${work.map((w) => w.desk)}::text[],
        ${work.map((w) => w.raw)}::bigint[],
        ${work.map((w) => storableText(w.source))}::text[],
        ${arrivals.flatMap((a) => a.desks.map(() => a.bytes.length))}::int[]
      ) with ordinality as work (desk, raw, source_id, size, n)
      join saved using (source_id)
      order by n
      on conflict (desk, raw) do nothing
      returning desk, raw
    ), woken as (
      select pg_notify('guichet_inbound', '') from (select 1 from made limit 1) as any_work
    )
    select desk, raw from made left join woken on true`
  const newWork = new Map<number, Set<string>>()
  for (const row of made) {
    const desks = newWork.get(row.raw) ?? new Set()
    desks.add(row.desk)
    newWork.set(row.raw, desks)
  }
  return arrivals.map((arrival) => {
    const raw = rawOf(arrival)
    const desks = newWork.get(raw)
    const mine = arrival.desks.filter((desk) => desks?.delete(desk) === true)
    return { raw, duplicate: !isNew.delete(arrival.identity.toString('hex')), desks: mine }
  })
}

async function saveChunks(tx: Tx, raw: number | undefined, bytes: Buffer): Promise<void> {
  if (raw === undefined) return
  for (let seq = 1; seq * chunkBytes < bytes.length; seq++)
    await tx`insert into raw_chunk (raw, seq, bytes)
      values (${raw}, ${seq}, decode(${bytes.toString('base64', seq * chunkBytes, Math.min((seq + 1) * chunkBytes, bytes.length))}, 'base64'))`
}

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

interface EnvelopeRow {
  source_id: string
  source: Envelope['source']
  account: string
  mail_from: string | null
  rcpt_to: string[]
  ip: string | null
  helo: string | null
  auth_user: string | null
  received_at: Date
}

const toEnvelope = (row: EnvelopeRow): Envelope => ({
  source: row.source,
  sourceId: row.source_id,
  account: row.account,
  mailFrom: row.mail_from,
  rcptTo: row.rcpt_to,
  ip: row.ip,
  helo: row.helo,
  authUser: row.auth_user,
  receivedAt: row.received_at,
})

/**
 * Takes due work in the order of receipt, at most `limit` rows and about `maxBytes` (one mail always), under a lease of `leaseMs`:
 * attempt and lease are committed here, before anything is read out of the bytes, so a worker that dies costs one attempt.
 * Rows another worker holds are passed over.
 */
export async function claimInbound(
  sql: Sql,
  options: { readonly limit: number; readonly maxBytes: number; readonly leaseMs: number; readonly now: Date },
): Promise<Claimed[]> {
  const { limit, maxBytes, leaseMs, now } = options
  const rows = await sql<(EnvelopeRow & { desk: string; raw: number; receipt: number; attempt: number })[]>`
    with due as materialized (
      select desk, raw, size, next_attempt_at from inbound
      where state = 'waiting' and next_attempt_at <= ${now}
      order by next_attempt_at, raw limit ${limit} for update skip locked
    ), fitting as (
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

async function loadRaws(sql: Queryable, raws: readonly number[]): Promise<Map<number, Buffer>> {
  const rows = await sql<{ id: number; size: number; bytes: Buffer | null }[]>`
    select id, size, bytes from raw_mail where id = any(${raws as number[]}::bigint[])`
  const found = new Map<number, Buffer>()
  for (const row of rows) {
    if (row.bytes === null) continue
    found.set(row.id, row.size <= row.bytes.length ? row.bytes : await joinChunks(sql, row.id, row.size, row.bytes))
  }
  return found
}

async function joinChunks(sql: Queryable, raw: number, size: number, head: Buffer): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(size)
  let at = head.copy(whole)
  for (let seq = 1; at < size; seq++) {
    const [row] = await sql<{ bytes: Buffer }[]>`select bytes from raw_chunk where raw = ${raw} and seq = ${seq}`
    if (row === undefined) throw new Error(`raw mail ${raw} lacks chunk ${seq}`)
    at += row.bytes.copy(whole, at)
  }
  return whole
}

/** The original bytes of a mail, or null when there is none or it was purged. */
export async function loadRaw(sql: Queryable, raw: number): Promise<Buffer | null> {
  return (await loadRaws(sql, [raw])).get(raw) ?? null
}

/** The original bytes in pieces of up to 1 MB, for a mail that need not be held whole; nothing when it was purged. */
export async function* streamRaw(sql: Queryable, raw: number): AsyncGenerator<Buffer> {
  const [head] = await sql<{ size: number; bytes: Buffer | null }[]>`select size, bytes from raw_mail where id = ${raw}`
  if (!head?.bytes) return
  yield head.bytes
  let at = head.bytes.length
  for (let seq = 1; at < head.size; seq++) {
    const [row] = await sql<{ bytes: Buffer }[]>`select bytes from raw_chunk where raw = ${raw} and seq = ${seq}`
    if (row === undefined) throw new Error(`raw mail ${raw} lacks chunk ${seq}`)
    yield row.bytes
    at += row.bytes.length
  }
}

/** How a mail reached us, first way first. */
export async function loadReceipts(sql: Queryable, raw: number): Promise<Envelope[]> {
  const rows = await sql<EnvelopeRow[]>`
    select source_id, source, account, mail_from, rcpt_to, ip, helo, auth_user, received_at
    from receipt where raw = ${raw} order by id`
  return rows.map(toEnvelope)
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

/** Gives claimed work back at once and uncounted, when a worker stops before it began; stale claims are left alone. */
export async function releaseInbound(
  sql: Queryable,
  claims: readonly { readonly desk: string; readonly raw: number; readonly attempt: number }[],
  now: Date,
): Promise<number> {
  if (claims.length === 0) return 0
  const released = await sql`
    update inbound set attempt = inbound.attempt - 1, next_attempt_at = ${now}
    from unnest(${claims.map((c) => c.desk)}::text[], ${claims.map((c) => c.raw)}::bigint[], ${claims.map((c) => c.attempt)}::int[])
      as c (desk, raw, attempt)
    where inbound.desk = c.desk and inbound.raw = c.raw and inbound.attempt = c.attempt and inbound.state = 'waiting'`
  return released.count
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

/** Runs `saveArrivals` in a transaction of its own. */
export function commitArrivals(sql: Sql, arrivals: readonly Arrival[], now: Date): Promise<Receipt[]> {
  return transaction(sql, (tx) => saveArrivals(tx, arrivals, now))
}
