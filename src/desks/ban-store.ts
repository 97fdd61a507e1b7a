// SQL of bans that agents said by mail.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import type { Ban } from './banned.ts'

const MOST = 1000

/** The bans of desks, those of subjects and those of addresses, oldest first. */
export async function loadBans(
  sql: Queryable,
  desks: readonly string[],
): Promise<readonly (Ban & { readonly desk: string; readonly by: string })[]> {
  return sql<(Ban & { desk: string; by: string })[]>`
    select desk, kind, value, created_by as by from ban where desk = any(${[...desks]}) order by desk, created_at, value limit ${MOST}`
}

export async function saveBans(
  tx: Tx,
  bans: readonly (Ban & { readonly desk: string; readonly by: string })[],
  now: Date,
): Promise<void> {
  if (bans.length === 0) return
  await tx`
    insert into ban (desk, kind, value, created_at, created_by)
    select desk, kind, value, ${now}, by from json_to_recordset(${JSON.stringify(bans)}::text::json) as n (desk text, kind text, value text, by text)
    on conflict do nothing`
}

/** Takes a ban back; false when nobody had banned that. */
export async function liftBan(sql: Queryable, desk: string, value: string): Promise<boolean> {
  const gone = await sql`delete from ban where desk = ${desk} and value = ${value.toLowerCase()}`
  return gone.count > 0
}
