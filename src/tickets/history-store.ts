// SQL of a ticket's history: entry and attachment.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import { keyOf, type TicketKey } from './store.ts'
import type { Change, EntryDraft, PastEntry } from './ticket.ts'

/** A line of history that is about to be written. */
export interface NewEntry {
  readonly desk: string
  readonly ticket: number
  readonly entry: EntryDraft
  /** The mail it came by. */
  readonly raw: number | null
}

const longest = 500_000

export async function insertEntries(tx: Tx, entries: readonly NewEntry[], now: Date): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(({ desk, ticket, entry: e, raw }, n) => ({
    n,
    desk,
    ticket,
    kind: e.kind,
    public: e.public,
    author: e.author,
    author_name: e.authorName,
    text: e.text.slice(0, longest),
    quoted: e.quoted.slice(0, longest),
    signature: e.signature.slice(0, longest),
    data: e.data,
    raw,
  }))
  const ids = await tx<{ id: number }[]>`
    insert into entry (desk, ticket, kind, public, author, author_name, text, quoted, signature, data, raw, created_at)
    select desk, ticket, kind, public, author, author_name, text, quoted, signature, data, raw, ${now}
    from json_to_recordset(${storableJson(rows)}::text::json) as e (n int, desk text, ticket bigint, kind text, public boolean, author text, author_name text, text text, quoted text, signature text, data jsonb, raw bigint)
    order by n
    returning id`
  const files = entries.flatMap(({ desk, ticket, entry, raw }, n) =>
    entry.attachments.map((a, seq) => ({
      desk,
      ticket,
      entry: ids[n]?.id ?? 0,
      seq,
      filename: a.filename,
      content_type: a.contentType,
      size: a.size,
      sha256: a.sha256,
      inline: a.inline,
      content_id: a.contentId,
      raw,
      part: a.index,
    })),
  )
  if (files.length === 0) return
  await tx`
    insert into attachment (desk, entry, seq, ticket, filename, content_type, size, sha256, inline, content_id, raw, part)
    select desk, entry, seq, ticket, filename, content_type, size, decode(sha256, 'hex'), inline, content_id, raw, part
    from json_to_recordset(${storableJson(files)}::text::json) as a (desk text, entry bigint, seq int, ticket bigint, filename text, content_type text, size int, sha256 text, inline boolean, content_id text, raw bigint, part int)`
}

export interface RecentEntry extends PastEntry {
  readonly data: Record<string, unknown>
}

/** The latest entries with words in them, newest first, at most `most` a ticket, each cut to 4,000 characters. */
export async function loadRecent(
  sql: Queryable,
  keys: readonly TicketKey[],
  most: number,
): Promise<Map<string, RecentEntry[]>> {
  const found = new Map<string, RecentEntry[]>()
  if (keys.length === 0) return found
  const rows = await sql<(TicketKey & RecentEntry)[]>`
    select q.desk, q.number, e.created_at as at, e.kind, e.public, coalesce(nullif(e.author_name, ''), e.author, '') as author, e.author as address, left(e.text, 4000) as text, e.data
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.number)}::bigint[]) as q (desk, number)
    cross join lateral (select * from entry where entry.desk = q.desk and entry.ticket = q.number order by id desc limit ${most}) as e
    order by q.desk, q.number, e.id desc`
  for (const row of rows) {
    const key = keyOf(row)
    const list = found.get(key) ?? []
    const { desk: _desk, number: _number, ...entry } = row
    list.push(entry)
    found.set(key, list)
  }
  return found
}

/** The latest changes an agent made to a ticket since `since`, for undo. */
export async function findUndoable(sql: Queryable, key: TicketKey, agent: string, since: Date): Promise<Change[]> {
  const [row] = await sql<{ changes: Change[] }[]>`
    select data->'changes' as changes from entry
    where desk = ${key.desk} and ticket = ${key.number} and kind = 'system' and not public and data->>'actor' = ${agent} and created_at >= ${since}
    order by id desc limit 1`
  return row?.changes ?? []
}
