// SQL of the loop budgets: what was told once, and the token buckets, locked for the moment of taking. Both live in the transaction
// that queues the mail, so all workers share them and a crash takes nothing twice.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'

/** Notes keys as told; the ones that were new. */
export async function tellOnce(
  tx: Tx,
  keys: readonly { readonly desk: string; readonly key: string }[],
  now: Date,
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await tx<{ desk: string; key: string }[]>`
    insert into told (desk, key, created_at)
    select desk, key, ${now} from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.key)}::text[]) as k (desk, key)
    order by desk, key
    on conflict do nothing returning desk, key`
  return new Set(rows.map((row) => `${row.desk} ${row.key}`))
}

/** Which of these keys were told. */
export async function findTold(
  sql: Queryable,
  keys: readonly { readonly desk: string; readonly key: string }[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await sql<{ desk: string; key: string }[]>`
    select t.desk, t.key from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.key)}::text[]) as k (desk, key)
    join told t on t.desk = k.desk and t.key = k.key`
  return new Set(rows.map((row) => `${row.desk} ${row.key}`))
}

export interface BucketState {
  readonly tokens: number
  readonly refilledAt: Date
}

/** Keys of buckets that many batches take from at once. */
const shared = /^(?:desk|staff)-hour/

/** The buckets of the keys, locked in one order until the transaction ends; keys without a row are full. */
export async function lockBuckets(
  tx: Tx,
  keys: readonly { readonly desk: string; readonly key: string }[],
): Promise<Map<string, BucketState>> {
  if (keys.length === 0) return new Map()
  const found = await lockRows(tx, keys)
  const names = keys.filter(({ key }) => shared.test(key)).map(({ desk, key }) => `${desk} ${key}`)
  const missing = names.filter((name) => !found.has(name)).sort()
  if (missing.length === 0) return found
  // What has no row cannot be locked as one: two batches at once would each take from a full bucket.
  await tx`
    select pg_advisory_xact_lock(hashtext('guichet budget'), hashtext(name)) from unnest(${missing}::text[]) as name`
  return lockRows(tx, keys)
}

async function lockRows(
  tx: Tx,
  keys: readonly { readonly desk: string; readonly key: string }[],
): Promise<Map<string, BucketState>> {
  const rows = await tx<{ desk: string; key: string; tokens: number; refilled_at: Date }[]>`
    select b.desk, b.key, b.tokens, b.refilled_at from budget b
    where (b.desk, b.key) in (select * from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.key)}::text[]))
    order by b.desk, b.key for update`
  return new Map(rows.map((row) => [`${row.desk} ${row.key}`, { tokens: row.tokens, refilledAt: row.refilled_at }]))
}

/** The buckets of the keys as they are, without a lock. */
export async function readBuckets(
  sql: Queryable,
  keys: readonly { readonly desk: string; readonly key: string }[],
): Promise<Map<string, BucketState>> {
  if (keys.length === 0) return new Map()
  const rows = await sql<{ desk: string; key: string; tokens: number; refilled_at: Date }[]>`
    select b.desk, b.key, b.tokens, b.refilled_at from budget b
    where (b.desk, b.key) in (select * from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.key)}::text[]))`
  return new Map(
    rows.map((row) => [`${row.desk} ${row.key}`, { tokens: row.tokens, refilledAt: row.refilled_at }] as const),
  )
}

/** The hour of the desks begins anew. */
export async function refillDesks(tx: Tx, desks: readonly string[]): Promise<void> {
  if (desks.length === 0) return
  await tx`delete from budget where desk = any(${desks as string[]}::text[]) and key in ('desk-hour', 'desk-hour:first')`
}

export async function saveBuckets(
  tx: Tx,
  buckets: readonly { readonly desk: string; readonly key: string; readonly state: BucketState }[],
): Promise<void> {
  if (buckets.length === 0) return
  const sorted = [...buckets].sort((a, b) => (`${a.desk} ${a.key}` < `${b.desk} ${b.key}` ? -1 : 1))
  await tx`
    insert into budget (desk, key, tokens, refilled_at)
    select desk, key, tokens, refilled_at
    from unnest(${sorted.map((b) => b.desk)}::text[], ${sorted.map((b) => b.key)}::text[], ${sorted.map((b) => b.state.tokens)}::float8[], ${sorted.map((b) => b.state.refilledAt.toISOString())}::timestamptz[])
      as b (desk, key, tokens, refilled_at)
    on conflict (desk, key) do update set tokens = excluded.tokens, refilled_at = excluded.refilled_at`
}
