// SQL of the mails themselves: raw_mail, raw_chunk and receipt, and the saving of what arrives.

import type { Queryable, Sql } from '../db/pool.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { type Envelope, octetsOf, type RawMail } from './message.ts'
import { storableText } from './storable.ts'

/** Bytes of a mail kept in its own row; what is beyond continues in raw_chunk, in pieces of this size. */
export const chunkBytes = 1024 * 1024

/** A mail ready to be saved. */
export interface Arrival extends RawMail {
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
 * Saves arrivals in the order given, in a few statements (and one a further megabyte of a mail): the mail once by identity, a
 * receipt once by source id, a work row once by desk and mail. Wakes listeners of `guichet_inbound` at the commit.
 */
export async function saveArrivals(tx: Tx, arrivals: readonly Arrival[], now: Date): Promise<Receipt[]> {
  const first = new Map<string, Arrival>()
  for (const arrival of arrivals) {
    const key = arrival.identity.toString('hex')
    if (!first.has(key)) first.set(key, arrival)
  }
  const mails = [...first.values()]
  const fresh: { id: number; identity: Buffer }[] = []
  for (const group of groups(mails)) fresh.push(...(await insertMails(tx, group, now)))
  const ids = new Map(fresh.map((row) => [row.identity.toString('hex'), row.id]))
  const isNew = new Set(ids.keys())
  if (fresh.length < mails.length) {
    const missing = [...first.keys()].filter((key) => !ids.has(key))
    const known = await tx<{ id: number; identity: string }[]>`
      select id, encode(identity, 'hex') as identity from raw_mail
      where identity in (select decode(key, 'hex') from unnest(${missing}::text[]) as key)`
    for (const row of known) ids.set(row.identity, row.id)
  }
  for (const [key, mail] of first) if (isNew.has(key)) await saveChunks(tx, ids.get(key), mail)

  const rawOf = (arrival: Arrival): number => {
    const id = ids.get(arrival.identity.toString('hex'))
    if (id === undefined) throw new Error('a mail was neither saved nor found')
    return id
  }
  const work = arrivals.flatMap((arrival, i) => arrival.desks.map((desk) => ({ desk, n: i + 1 })))
  const envelopes = arrivals.map((a) => a.envelope)
  // A source that shows another mail under a name it has used (an mbox written anew) must not lose it: it gets a name of its own.
  const made = await tx<{ desk: string; raw: number }[]>`
    with given as (
      select g.*, case when exists (select 1 from receipt r where r.source_id = g.source_id and r.raw <> g.raw)
        then g.source_id || '#' || g.raw else g.source_id end as name
      from unnest(
        ${envelopes.map((e) => storableText(e.sourceId))}::text[],
        ${arrivals.map(rawOf)}::bigint[],
        ${arrivals.map(octetsOf)}::int[],
        ${envelopes.map((e) => e.source)}::text[],
        ${envelopes.map((e) => storableText(e.account))}::text[],
        ${envelopes.map((e) => (e.mailFrom === null ? null : storableText(e.mailFrom)))}::text[],
        ${envelopes.map((e) => JSON.stringify(e.rcptTo.map(storableText)))}::text[],
        ${envelopes.map((e) => e.ip)}::text[],
        ${envelopes.map((e) => (e.helo === null ? null : storableText(e.helo)))}::text[],
        ${envelopes.map((e) => (e.authUser === null ? null : storableText(e.authUser)))}::text[],
        ${envelopes.map((e) => e.receivedAt.toISOString())}::timestamptz[]
      ) with ordinality as g (source_id, raw, size, source, account, mail_from, rcpt_to, ip, helo, auth_user, received_at, n)
    ), saved as (
      insert into receipt (source_id, raw, source, account, mail_from, rcpt_to, ip, helo, auth_user, received_at)
      select name, raw, source, account, mail_from, array(select jsonb_array_elements_text(rcpt_to::jsonb)), ip, helo, auth_user, received_at
      from given order by n
      on conflict (source_id) do nothing
      returning id, source_id
    ), made as (
      insert into inbound (desk, raw, receipt, received_at, next_attempt_at, size)
      select work.desk, given.raw, saved.id, given.received_at, ${now}, given.size
      from unnest(${work.map((w) => w.desk)}::text[], ${work.map((w) => w.n)}::bigint[]) with ordinality as work (desk, n, position)
      join given on given.n = work.n
      join saved on saved.source_id = given.name
      order by work.position
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

const smallBytes = 16 * 1024
const groupBytes = 2 * 1024 * 1024

/**
 * Mails in their order, as one statement takes them. Measured with 60 KB mails: in an array they cost PostgreSQL two to three times
 * what they cost as parameters of their own; small ones are cheaper for both sides in an array. Few lengths of the list of
 * values, so that few statements are prepared.
 */
function* groups(mails: readonly Arrival[]): Generator<readonly Arrival[]> {
  for (let at = 0; at < mails.length; ) {
    const small = (mails[at]?.bytes.length ?? 0) <= smallBytes
    let end = at
    let bytes = 0
    for (; end < mails.length; end++) {
      const size = mails[end]?.bytes.length ?? 0
      if (size <= smallBytes !== small || (small && end > at && bytes + size > groupBytes)) break
      bytes += size
    }
    if (!small) end = at + ([16, 4].find((length) => length <= end - at) ?? 1)
    yield mails.slice(at, end)
    at = end
  }
}

function insertMails(tx: Tx, group: readonly Arrival[], now: Date): Promise<{ id: number; identity: Buffer }[]> {
  const head = (mail: Arrival): string => mail.bytes.toString('base64', 0, chunkBytes)
  if ((group[0]?.bytes.length ?? 0) <= smallBytes)
    return tx<{ id: number; identity: Buffer }[]>`
      insert into raw_mail (identity, sha256, size, stored_at, bytes)
      select decode(identity, 'base64'), decode(sha256, 'base64'), size, ${now}, decode(bytes, 'base64')
      from unnest(
        ${group.map((m) => m.identity.toString('base64'))}::text[],
        ${group.map((m) => m.sha256.toString('base64'))}::text[],
        ${group.map(octetsOf)}::int[],
        ${group.map(head)}::text[]
      ) as given (identity, sha256, size, bytes)
      on conflict (identity) do nothing
      returning id, identity`
  const values = group.map(
    (_, i) => `($${i * 4 + 2}::text, $${i * 4 + 3}::text, $${i * 4 + 4}::int, $${i * 4 + 5}::text)`,
  )
  return tx.unsafe<{ id: number; identity: Buffer }[]>(
    `insert into raw_mail (identity, sha256, size, stored_at, bytes)
    select decode(identity, 'base64'), decode(sha256, 'base64'), size, $1::timestamptz, decode(bytes, 'base64')
    from (values ${values.join(', ')}) as given (identity, sha256, size, bytes)
    on conflict (identity) do nothing
    returning id, identity`,
    [now, ...group.flatMap((m) => [m.identity.toString('base64'), m.sha256.toString('base64'), octetsOf(m), head(m)])],
    { prepare: true },
  )
}

async function saveChunks(tx: Tx, raw: number | undefined, mail: RawMail): Promise<void> {
  if (raw === undefined) return
  const size = octetsOf(mail)
  for (let seq = 1; seq * chunkBytes < size; seq++) {
    const piece = await octets(mail, seq * chunkBytes, Math.min((seq + 1) * chunkBytes, size))
    await tx`insert into raw_chunk (raw, seq, bytes) values (${raw}, ${seq}, decode(${piece}, 'base64'))`
  }
}

/** Octets of a mail as base64, from wherever they lie. */
async function octets({ bytes, rest }: RawMail, from: number, to: number): Promise<string> {
  const here = bytes.length
  if (rest === undefined || to <= here) return bytes.toString('base64', from, to)
  const further = await rest.read(Math.max(0, from - here), to - here)
  return (from < here ? Buffer.concat([bytes.subarray(from), further]) : further).toString('base64')
}

/** Columns of a receipt that make an envelope. */
export interface EnvelopeRow {
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

export const toEnvelope = (row: EnvelopeRow): Envelope => ({
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

/** Original bytes by id; what was purged is left out. */
export async function loadRaws(sql: Queryable, raws: readonly number[]): Promise<Map<number, Buffer>> {
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
  // Shared memory: the thread that reads it needs no copy.
  const whole = Buffer.from(new SharedArrayBuffer(size))
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

/** Runs `saveArrivals` in a transaction of its own. */
export function commitArrivals(sql: Sql, arrivals: readonly Arrival[], now: Date): Promise<Receipt[]> {
  return transaction(sql, (tx) => saveArrivals(tx, arrivals, now))
}
