// SQL of alerts: what is known of the problems that monitoring told of.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import type { AlertKnown } from '../rules/decision.ts'

export interface AlertKey {
  readonly desk: string
  readonly source: string
  readonly key: string
  readonly reference: string | null
}

/** A row; its ticket is loaded with the others. */
export type AlertRow = Omit<AlertKnown, 'ticket'> & { readonly desk: string; readonly ticket: number | null }

/** What is known of these problems, by their key or by the number their system gives them. */
export async function findAlerts(sql: Queryable, keys: readonly AlertKey[]): Promise<AlertRow[]> {
  if (keys.length === 0) return []
  return sql<AlertRow[]>`
    select distinct on (a.desk, a.source, a.key) a.desk, a.source, a.key, a.reference, a.ticket, a.state, a.severity, a.title, a.repeats, a.flaps, a.turns, a.flapping, a.since,
      a.stated_at as "statedAt", a.version
    from json_to_recordset(${JSON.stringify(keys)}::text::json) as q (desk text, source text, key text, reference text)
    join alert a on a.desk = q.desk and a.source = q.source and (a.key = q.key or a.reference = q.reference)
    order by a.desk, a.source, a.key`
}

/** Problems of a desk whose tickets are open, the oldest first; at most 200. */
export async function openAlerts(
  sql: Queryable,
  desk: string,
): Promise<{ readonly source: string; readonly key: string; readonly ticket: number }[]> {
  return sql<{ source: string; key: string; ticket: number }[]>`
    select a.source, a.key, a.ticket from alert a join ticket t on t.desk = a.desk and t.number = a.ticket
    where a.desk = ${desk} and a.state = 'problem' and t.status_kind not in ('solved', 'closed') order by t.priority_rank, a.since limit 200`
}

/** Writes problems where their version is still the one that was read; how many rows were written. */
export async function saveAlerts(
  tx: Tx,
  alerts: readonly (AlertKnown & { readonly desk: string })[],
  now: Date,
): Promise<number> {
  if (alerts.length === 0) return 0
  const rows = alerts.map((a) => ({
    ...a,
    severity: a.severity.slice(0, 100),
    reference: a.reference === null ? null : a.reference.slice(0, 200),
    ticket: a.ticket && a.ticket.number > 0 ? a.ticket.number : null,
    stated_at: a.statedAt,
  }))
  const written = await tx`
    insert into alert as a (desk, source, key, reference, ticket, state, severity, title, repeats, flaps, turns, flapping, since, stated_at, seen_at, version)
    select desk, source, key, reference, ticket, state, severity, title, repeats, flaps, array(select json_array_elements_text(turns)::timestamptz), flapping, since, stated_at, ${now}, version + 1
    from json_to_recordset(${storableJson(rows)}::text::json) as n (desk text, source text, key text, reference text, ticket bigint, state text, severity text, title text, repeats integer, flaps integer,
      turns json, flapping boolean, since timestamptz, stated_at timestamptz, version integer)
    order by desk, source, key
    on conflict (desk, source, key) do update set reference = excluded.reference, ticket = excluded.ticket, state = excluded.state, severity = excluded.severity, title = excluded.title,
      repeats = excluded.repeats, flaps = excluded.flaps, turns = excluded.turns, flapping = excluded.flapping, since = excluded.since, stated_at = excluded.stated_at, seen_at = excluded.seen_at,
      version = excluded.version
    where a.version = excluded.version - 1
    returning a.key`
  return written.length
}
