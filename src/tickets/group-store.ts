// Tickets found by what they share: an outside reference, an incident, an agent.

import type { Queryable } from '../db/pool.ts'
import type { OpenIncident } from './incident.ts'
import type { TicketKey } from './store.ts'

const MOST_MEMBERS = 500

/** Tickets that wait for one of these references, in any case, and are not closed; at most 100. */
export async function findByReference(
  sql: Queryable,
  wanted: readonly { readonly desk: string; readonly reference: string }[],
): Promise<(TicketKey & { readonly reference: string })[]> {
  if (wanted.length === 0) return []
  return sql<(TicketKey & { reference: string })[]>`
    select t.desk, t.number, q.reference
    from unnest(${wanted.map((w) => w.desk)}::text[], ${wanted.map((w) => w.reference.toLowerCase())}::text[]) as q (desk, reference)
    join ticket t on t.desk = q.desk and lower(t.fields ->> 'reference') = q.reference and t.fields ->> 'reference' is not null
    where t.status_kind <> 'closed' order by t.desk, t.number limit 100`
}

/** Open incidents of desks, the latest first; at most 20. */
export async function findIncidents(sql: Queryable, desks: readonly string[]): Promise<OpenIncident[]> {
  return sql<OpenIncident[]>`
    select desk, number, coalesce(fields ->> 'incident-title', '') as title, coalesce((fields ->> 'incident-since')::timestamptz, created_at) as since
    from ticket where desk = any(${[...desks]}) and fields ->> 'incident' = 'open' order by number desc limit 20`
}

/** Tickets that belong to an incident and are not closed. */
export async function findMembers(
  sql: Queryable,
  incidents: readonly TicketKey[],
): Promise<(TicketKey & { readonly incident: number })[]> {
  if (incidents.length === 0) return []
  return sql<(TicketKey & { incident: number })[]>`
    select l.desk, l.ticket as number, l.to_ticket as incident
    from unnest(${incidents.map((i) => i.desk)}::text[], ${incidents.map((i) => i.number)}::bigint[]) as q (desk, number)
    join ticket_link l on l.to_desk = q.desk and l.to_ticket = q.number and l.kind = 'incident' and l.desk = q.desk
    join ticket t on t.desk = l.desk and t.number = l.ticket and t.status_kind <> 'closed'
    order by l.desk, l.ticket limit ${MOST_MEMBERS}`
}

/** Where the files of a ticket's mails stand: each content once, the latest first; at most 40. */
export async function loadTicketFiles(
  sql: Queryable,
  { desk, number }: TicketKey,
): Promise<{ readonly raw: number; readonly part: number; readonly size: number }[]> {
  return sql<{ raw: number; part: number; size: number }[]>`
    select raw, part, size from (
      select distinct on (sha256) raw, part, size, entry from attachment
      where desk = ${desk} and ticket = ${number} and not inline and raw is not null order by sha256, entry desc) f
    order by entry desc, part limit 40`
}

/** The latest ticket that each of these people was given; those who had none are absent. */
export async function findLatestGiven(
  sql: Queryable,
  people: readonly { readonly desk: string; readonly address: string }[],
): Promise<{ readonly desk: string; readonly address: string; readonly number: number }[]> {
  if (people.length === 0) return []
  return sql<{ desk: string; address: string; number: number }[]>`
    select q.desk, q.address, t.number
    from unnest(${people.map((p) => p.desk)}::text[], ${people.map((p) => p.address)}::text[]) as q (desk, address)
    cross join lateral (select number from ticket where desk = q.desk and assignee = q.address order by number desc limit 1) t`
}
