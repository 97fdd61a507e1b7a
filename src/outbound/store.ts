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

/** Inserts a batch in one statement. Rows with the same desk and id are left as they are. */
export async function insertOutbound(tx: Tx, rows: readonly NewOutbound[], now: Date): Promise<void> {
  if (rows.length === 0) return
  const facts = rows.map(({ mail, state, reason, raw }) => ({
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
  }))
  await tx`
    insert into outbound (desk, id, ticket, person, recipient, envelope_from, message_id, subject, template, automatic, author, raw, state, reason, bytes, next_attempt_at, created_at)
    select f.desk, f.id, f.ticket, f.person, f.recipient, f.envelope_from, f.message_id, f.subject, f.template, f.automatic, f.author, f.raw, f.state, f.reason,
      f.bytes, case f.state when 'queued' then ${now}::timestamptz end, ${now}
    from rows from (
      json_to_recordset(${JSON.stringify(facts)}::text::json) as (desk text, id bigint, ticket bigint, person bigint, recipient text, envelope_from text,
        message_id text, subject text, template text, automatic boolean, author text, raw bigint, state text, reason text),
      unnest(${tx.array(
        rows.map((row) => row.mail.bytes),
        17,
      )}::bytea[])
    ) as f (desk, id, ticket, person, recipient, envelope_from, message_id, subject, template, automatic, author, raw, state, reason, bytes)
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
