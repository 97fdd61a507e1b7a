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
  /** The mail itself has not come: one of the ticket answers it. */
  readonly awaited: boolean
}

/** A mail that was awaited and comes is awaited no longer. */
export async function insertRefs(tx: Tx, refs: readonly MessageRef[], now: Date): Promise<void> {
  if (refs.length === 0) return
  const each = new Map<string, MessageRef>()
  for (const ref of refs) {
    const key = `${ref.desk} ${ref.hash} ${ref.ticket}`
    if (!ref.awaited || !each.has(key)) each.set(key, ref)
  }
  await tx`
    insert into message_ref (desk, id_hash, ticket, message_id, ours, person, awaited, created_at)
    select desk, decode(hash, 'hex'), ticket, left("messageId", 900), ours, person, awaited, ${now}
    from json_to_recordset(${storableJson([...each.values()])}::text::json) as r (desk text, hash text, ticket bigint, "messageId" text, ours boolean, person bigint, awaited boolean)
    on conflict (desk, id_hash, ticket) do update set awaited = false, ours = excluded.ours, person = excluded.person, created_at = excluded.created_at
    where message_ref.awaited and not excluded.awaited`
}

export async function findRefs(
  sql: Queryable,
  wanted: readonly { readonly desk: string; readonly hash: string }[],
): Promise<Pick<MessageRef, 'desk' | 'hash' | 'ticket' | 'ours' | 'awaited'>[]> {
  if (wanted.length === 0) return []
  return sql<Pick<MessageRef, 'desk' | 'hash' | 'ticket' | 'ours' | 'awaited'>[]>`
    select r.desk, encode(r.id_hash, 'hex') as hash, r.ticket, r.ours, r.awaited
    from unnest(${wanted.map((w) => w.desk)}::text[], ${wanted.map((w) => w.hash)}::text[]) as q (desk, hash)
    join message_ref r on r.desk = q.desk and r.id_hash = decode(q.hash, 'hex')`
}

/** Message-IDs of tickets’ mails, newest first, at most 10 each. */
export async function loadThreads(sql: Queryable, keys: readonly TicketKey[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  if (keys.length === 0) return found
  const rows = await sql<{ desk: string; number: number; ids: string[] }[]>`
    select q.desk, q.number, array(select message_id from message_ref r where r.desk = q.desk and r.ticket = q.number and not r.ours and not r.awaited order by created_at desc limit 10) as ids
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.number)}::bigint[]) as q (desk, number)`
  for (const row of rows) found.set(keyOf(row), row.ids)
  return found
}
