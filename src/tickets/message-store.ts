// SQL of message_ref: which mails belong to which ticket.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import { keyOf, type TicketKey } from './store.ts'

/** A Message-ID that leads to a ticket; `hash` is its SHA-256 as hex. */
export interface MessageRef {
  readonly desk: string
  readonly hash: string
  readonly ticket: number
  readonly messageId: string
  readonly ours: boolean
  readonly person: number | null
}

export async function insertRefs(tx: Tx, refs: readonly MessageRef[], now: Date): Promise<void> {
  if (refs.length === 0) return
  await tx`
    insert into message_ref (desk, id_hash, ticket, message_id, ours, person, created_at)
    select desk, decode(hash, 'hex'), ticket, left("messageId", 900), ours, person, ${now}
    from json_to_recordset(${storableJson(refs)}::text::json) as r (desk text, hash text, ticket bigint, "messageId" text, ours boolean, person bigint)
    on conflict (desk, id_hash, ticket) do nothing`
}

export async function findRefs(
  sql: Queryable,
  wanted: readonly { readonly desk: string; readonly hash: string }[],
): Promise<{ desk: string; hash: string; ticket: number; ours: boolean }[]> {
  if (wanted.length === 0) return []
  return sql<{ desk: string; hash: string; ticket: number; ours: boolean }[]>`
    select r.desk, encode(r.id_hash, 'hex') as hash, r.ticket, r.ours
    from unnest(${wanted.map((w) => w.desk)}::text[], ${wanted.map((w) => w.hash)}::text[]) as q (desk, hash)
    join message_ref r on r.desk = q.desk and r.id_hash = decode(q.hash, 'hex')`
}

/** Message-IDs of tickets’ mails, newest first, at most 10 each. */
export async function loadThreads(sql: Queryable, keys: readonly TicketKey[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  if (keys.length === 0) return found
  const rows = await sql<{ desk: string; number: number; ids: string[] }[]>`
    select q.desk, q.number, array(select message_id from message_ref r where r.desk = q.desk and r.ticket = q.number and not r.ours order by created_at desc limit 10) as ids
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.number)}::bigint[]) as q (desk, number)`
  for (const row of rows) found.set(keyOf(row), row.ids)
  return found
}
