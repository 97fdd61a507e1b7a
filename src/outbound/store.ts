// The table `outbound`. A claim commits attempt and lease; `next_attempt_at` of a claimed row is the end of its lease, so a worker that
// dies leaves rows that come due again by themselves: with phase `idle` they are sent again, with phase `data` nobody can know (RFC 1047).

import type { Queryable, Sql } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import type { OutboundMail } from './draft.ts'

export const outboundStates = [
  'queued',
  'sent',
  'uncertain',
  'delayed',
  'bounced',
  'dead',
  'suppressed',
  'held',
] as const
export type OutboundState = (typeof outboundStates)[number]

export interface NewOutbound {
  readonly mail: OutboundMail
  /** `suppressed` and `held` are kept and not sent. */
  readonly state: 'queued' | 'suppressed' | 'held'
  /** Why it is suppressed or held. */
  readonly reason: string | null
  /** The raw mail it answers or relays. */
  readonly raw: number | null
}

/** Inserts a batch in few statements. Rows with the same desk and id are left as they are. */
export async function insertOutbound(tx: Tx, rows: readonly NewOutbound[], now: Date): Promise<void> {
  // Their bytes travel as one value, out of which the database cuts each: an array of them costs both sides twice as much.
  let together: NewOutbound[] = []
  let octets = 0
  for (const row of rows) {
    const { length } = row.mail.bytes
    if (together.length > 0 && octets + length > TOGETHER) {
      await insertRows(tx, together, now)
      together = []
      octets = 0
    }
    together.push(row)
    octets += length
  }
  if (together.length > 0) await insertRows(tx, together, now)
}

/** Octets of mails in one statement; a larger mail goes alone. */
const TOGETHER = 2 * 1024 * 1024

async function insertRows(tx: Tx, rows: readonly NewOutbound[], now: Date): Promise<void> {
  let at = 1
  const facts = rows.map(({ mail, state, reason, raw }) => {
    const from = at
    at += mail.bytes.length
    return {
      desk: mail.desk,
      id: mail.id,
      ticket: mail.ticket,
      person: mail.person,
      recipient: mail.recipient,
      envelope_from: mail.envelopeFrom,
      message_id: mail.messageId,
      subject: mail.subject,
      template: mail.template,
      automatic: mail.automatic,
      author: mail.author,
      raw,
      state,
      reason,
      at: from,
      size: mail.bytes.length,
    }
  })
  const [only] = rows
  const bytes = rows.length === 1 && only ? only.mail.bytes : Buffer.concat(rows.map(({ mail }) => mail.bytes))
  await tx`
    with whole as materialized (select decode(${bytes.toString('base64')}, 'base64') as bytes)
    insert into outbound (desk, id, ticket, person, recipient, envelope_from, message_id, subject, template, automatic, author, raw, state, reason, bytes, next_attempt_at, created_at)
    select f.desk, f.id, f.ticket, f.person, f.recipient, f.envelope_from, f.message_id, f.subject, f.template, f.automatic, f.author, f.raw, f.state, f.reason,
      substring(whole.bytes from f.at for f.size), case f.state when 'queued' then ${now}::timestamptz end, ${now}
    from whole, json_to_recordset(${JSON.stringify(facts)}::text::json) as f (desk text, id bigint, ticket bigint, person bigint, recipient text, envelope_from text,
      message_id text, subject text, template text, automatic boolean, author text, raw bigint, state text, reason text, at int, size int)
    on conflict (desk, id) do nothing`
}

export interface OutboundKey {
  readonly desk: string
  readonly id: number
}

/** A mail taken for one attempt; `attempt` fences every later write. */
export interface ClaimedMail extends OutboundKey {
  readonly attempt: number
  readonly ticket: number | null
  readonly recipient: string
  readonly envelopeFrom: string
  readonly template: string
  readonly author: string | null
  readonly createdAt: Date
  readonly bytes: Buffer
}

export interface Claim {
  readonly mails: readonly ClaimedMail[]
  /** Rows whose worker died after the body had begun to leave: they are `uncertain` now. */
  readonly lost: readonly OutboundKey[]
}

const LOST = 'the sending process ended while the mail was on its way: nobody can know whether it arrived'

/** Takes due mails, oldest first, at most `limit` and about `maxBytes`; the lease and the attempt are committed with it. */
export async function claimOutbound(
  sql: Sql,
  options: { readonly limit: number; readonly maxBytes: number; readonly now: Date; readonly leaseMs: number },
): Promise<Claim> {
  const until = new Date(options.now.getTime() + options.leaseMs)
  const rows = await sql<(ClaimedMail & { lost: boolean })[]>`
    with due as materialized (
      select desk, id, phase, next_attempt_at, octet_length(bytes) as size from outbound
      where state in ('queued', 'delayed') and next_attempt_at <= ${options.now}
      order by next_attempt_at limit ${options.limit} for update skip locked
    ), fitting as (
      select desk, id, phase, next_attempt_at, sum(size) over (order by next_attempt_at, desk, id) - size as before from due
    ), lost as (
      update outbound o set state = 'uncertain', reason = ${LOST}, next_attempt_at = null, lease_until = null
      from due d where o.desk = d.desk and o.id = d.id and d.phase = 'data'
      returning o.desk, o.id, o.attempt, o.ticket, o.recipient, o.envelope_from, o.template, o.author, o.created_at, ''::bytea as bytes, true as lost, d.next_attempt_at as due_at
    ), taken as (
      update outbound o set attempt = o.attempt + 1, lease_until = ${until}, next_attempt_at = ${until}
      from fitting f where o.desk = f.desk and o.id = f.id and f.phase = 'idle' and f.before < ${options.maxBytes}
      returning o.desk, o.id, o.attempt, o.ticket, o.recipient, o.envelope_from, o.template, o.author, o.created_at, o.bytes, false as lost, f.next_attempt_at as due_at
    )
    select desk, id, attempt, ticket, recipient, envelope_from as "envelopeFrom", template, author, created_at as "createdAt", bytes, lost
    from (select * from lost union all select * from taken) x order by due_at, desk, id`
  return {
    mails: rows.filter((row) => !row.lost),
    lost: rows.filter((row) => row.lost).map(({ desk, id }) => ({ desk, id })),
  }
}

export interface AttemptKey extends OutboundKey {
  readonly attempt: number
}

const keysJson = (keys: readonly AttemptKey[]): string =>
  JSON.stringify(keys.map(({ desk, id, attempt }) => ({ desk, id, attempt })))

/** Commits, before the first byte of a body leaves, that it may have left. Only the keys that come back may be sent: the others lost their lease. */
export async function markPhaseData(sql: Sql, keys: readonly AttemptKey[]): Promise<readonly OutboundKey[]> {
  return await sql<OutboundKey[]>`
    update outbound o set phase = 'data'
    from json_to_recordset(${keysJson(keys)}::text::json) as k(desk text, id bigint, attempt integer)
    where o.desk = k.desk and o.id = k.id and o.attempt = k.attempt and o.state in ('queued', 'delayed')
    returning o.desk, o.id`
}

/** What became of an attempt. */
export interface Settlement extends AttemptKey {
  readonly state: 'sent' | 'delayed' | 'bounced' | 'dead' | 'uncertain'
  /** What the next server answered. */
  readonly response: string | null
  /** In words, for people. */
  readonly reason: string | null
  /** When it is tried again; for `delayed` only. */
  readonly nextAttemptAt: Date | null
}

/** Writes results, alone and at once: "sent" is one committed fact. A definite answer also settles a row that was taken for uncertain meanwhile. */
export async function settleOutbound(sql: Sql, results: readonly Settlement[], now: Date): Promise<void> {
  if (results.length === 0) return
  const json = JSON.stringify(
    results.map((r) => ({
      desk: r.desk,
      id: r.id,
      attempt: r.attempt,
      state: r.state,
      response: r.response,
      reason: r.reason,
      next: r.nextAttemptAt,
    })),
  )
  await sql`
    update outbound o set state = r.state, response = r.response, reason = r.reason, next_attempt_at = r.next, lease_until = null,
      phase = case r.state when 'uncertain' then 'data' else 'idle' end, sent_at = case r.state when 'sent' then ${now}::timestamptz end
    from json_to_recordset(${json}::text::json) as r(desk text, id bigint, attempt integer, state text, response text, reason text, next timestamptz)
    where o.desk = r.desk and o.id = r.id and o.attempt = r.attempt and o.state in ('queued', 'delayed', 'uncertain')`
}

/** Gives claimed mails back untouched: they are due again at once. */
export async function returnOutbound(sql: Sql, keys: readonly AttemptKey[], now: Date): Promise<void> {
  if (keys.length === 0) return
  await sql`
    update outbound o set next_attempt_at = ${now}, lease_until = null
    from json_to_recordset(${keysJson(keys)}::text::json) as k(desk text, id bigint, attempt integer)
    where o.desk = k.desk and o.id = k.id and o.attempt = k.attempt and o.state in ('queued', 'delayed') and o.phase = 'idle'`
}

/** When the next mail is due; null when none waits. */
export async function findNextDue(sql: Queryable): Promise<Date | null> {
  const [row] = await sql<
    { at: Date | null }[]
  >`select min(next_attempt_at) as at from outbound where state in ('queued', 'delayed')`
  return row?.at ?? null
}

/** One mail of the outbox as people look at it; without its bytes. */
export interface OutboundRow extends OutboundKey {
  readonly ticket: number | null
  readonly person: number
  readonly recipient: string
  readonly subject: string
  readonly template: string
  readonly automatic: boolean
  readonly author: string | null
  readonly messageId: string
  readonly state: OutboundState
  readonly attempt: number
  readonly nextAttemptAt: Date | null
  readonly response: string | null
  readonly reason: string | null
  readonly createdAt: Date
  readonly sentAt: Date | null
}

const columns = (sql: Queryable) => sql`
  desk, id, ticket, person, recipient, subject, template, automatic, author, message_id as "messageId", state, attempt, next_attempt_at as "nextAttemptAt",
  response, reason, created_at as "createdAt", sent_at as "sentAt"`

/** The latest mails, newest first; of a desk, a ticket or in certain states where those are named. */
export async function listOutbound(
  sql: Queryable,
  of: {
    readonly desk?: string
    readonly ticket?: number
    readonly states?: readonly OutboundState[]
    readonly limit: number
  },
): Promise<readonly OutboundRow[]> {
  return await sql<OutboundRow[]>`
    select ${columns(sql)} from outbound
    where true ${of.desk === undefined ? sql`` : sql`and desk = ${of.desk}`} ${of.ticket === undefined ? sql`` : sql`and ticket = ${of.ticket}`}
      ${of.states === undefined ? sql`` : sql`and state in ${sql([...of.states])}`}
    order by created_at desc, id desc limit ${of.limit}`
}

export async function findOutbound(sql: Queryable, { desk, id }: OutboundKey): Promise<OutboundRow | undefined> {
  const [row] = await sql<OutboundRow[]>`select ${columns(sql)} from outbound where desk = ${desk} and id = ${id}`
  return row
}

/** The finished bytes as they left or will leave. */
export async function findOutboundBytes(sql: Queryable, { desk, id }: OutboundKey): Promise<Buffer | undefined> {
  const [row] = await sql<{ bytes: Buffer }[]>`select bytes from outbound where desk = ${desk} and id = ${id}`
  return row?.bytes
}

/** How many mails a desk has in each state. */
export async function countOutbound(
  sql: Queryable,
): Promise<readonly { readonly desk: string; readonly state: OutboundState; readonly mails: number }[]> {
  return await sql<{ desk: string; state: OutboundState; mails: number }[]>`
    select desk, state, count(*) as mails from outbound group by desk, state order by desk, state`
}

/** How long the oldest due mail has waited, and how many are due; for health checks. */
export async function measureBacklog(
  sql: Queryable,
  now: Date,
): Promise<{ readonly due: number; readonly oldest: Date | null }> {
  const [row] = await sql<{ due: number; oldest: Date | null }[]>`
    select count(*) as due, min(next_attempt_at) as oldest from outbound where state in ('queued', 'delayed') and next_attempt_at <= ${now}`
  return { due: row?.due ?? 0, oldest: row?.oldest ?? null }
}

/** What a person may do with a mail that stands still. */
export type OutboxAct = 'retry' | 'resolve' | 'release'

const actable: Readonly<Record<OutboxAct, readonly OutboundState[]>> = {
  // The same bytes leave once more, however often they left: a person has decided so.
  retry: ['uncertain', 'delayed', 'bounced', 'dead'],
  // It did arrive.
  resolve: ['uncertain'],
  // What was held back or suppressed leaves after all.
  release: ['held', 'suppressed'],
}

/** Carries out a person's decision; false when the mail is in no state for it. Who decided stands in its reason. */
export async function actOnOutbound(
  tx: Tx,
  act: OutboxAct,
  { desk, id }: OutboundKey,
  by: string,
  now: Date,
): Promise<boolean> {
  const reason = `${act} by ${by}`
  const rows = await tx`
    update outbound set reason = ${reason}, lease_until = null,
      state = ${act === 'resolve' ? 'sent' : 'queued'}, sent_at = ${act === 'resolve' ? now : null},
      phase = 'idle', next_attempt_at = ${act === 'resolve' ? null : now}
    where desk = ${desk} and id = ${id} and state in ${tx([...actable[act]])} returning id`
  return rows.length > 0
}

export interface FoundTrouble extends AttemptKey {
  readonly state: 'bounced' | 'dead' | 'uncertain'
  readonly reason: string
}

/** What `told` says of a trouble once its event was decided; an attempt that a person wished for may fail and be told anew. */
export const troubleKey = ({ id, state, attempt }: FoundTrouble): string => `delivery:${id}:${state}:${attempt}`

/**
 * Finds mails that need a person and of which nobody was told yet: `told` does not have their `troubleKey`. A bounce that came as a mail
 * is told by that mail's own decision.
 */
export async function findTrouble(sql: Queryable, limit: number): Promise<readonly FoundTrouble[]> {
  return await sql<FoundTrouble[]>`
    select o.desk, o.id, o.attempt, o.state, coalesce(o.reason, '') as reason from outbound o
    where o.state in ('bounced', 'dead', 'uncertain')
      and (o.state <> 'bounced' or (o.sent_at is null and o.response is not null))
      and not exists (select from told t where t.desk = o.desk and t.key = concat_ws(':', 'delivery', o.id, o.state, o.attempt))
    order by o.desk, o.id limit ${limit}`
}

/** Whether this transaction may tell of troubles: one process does at a time. */
export async function lockTrouble(tx: Tx): Promise<boolean> {
  const [row] = await tx<
    { got: boolean }[]
  >`select pg_try_advisory_xact_lock(hashtext('guichet outbound trouble')) as got`
  return row?.got === true
}
