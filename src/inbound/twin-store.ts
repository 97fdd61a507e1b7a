// What a claimed mail has beside itself: the tickets that other desks made of it, and the release a person wrote on it.

import type { Queryable } from '../db/pool.ts'

export async function findTwins(
  sql: Queryable,
  raws: readonly number[],
): Promise<{ raw: number; desk: string; ticket: number }[]> {
  if (raws.length === 0) return []
  return sql<{ raw: number; desk: string; ticket: number }[]>`
    select raw, desk, ticket from inbound where raw = any(${raws as number[]}::bigint[]) and ticket is not null and outcome = 'created'`
}

export interface WrittenRelease {
  readonly as: 'append' | 'relay' | 'open' | 'record'
  readonly by: string
  readonly hold: number
}

export async function findReleases(
  sql: Queryable,
  work: readonly { readonly desk: string; readonly raw: number }[],
): Promise<Map<string, WrittenRelease>> {
  const rows = await sql<{ desk: string; raw: number; release: WrittenRelease }[]>`
    select i.desk, i.raw, i.release
    from unnest(${work.map((w) => w.desk)}::text[], ${work.map((w) => w.raw)}::bigint[]) as q (desk, raw)
    join inbound i on i.desk = q.desk and i.raw = q.raw
    where i.release is not null`
  return new Map(rows.map((row) => [`${row.desk} ${row.raw}`, row.release]))
}
