// SQL of tickets with their numbers, people and links: desk_counter, ticket, participant, ticket_link. Set-based: one statement a table and batch.

import type { Queryable, Sql } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import { saveClocks } from './clock-store.ts'
import type { Channel, ClockState, FieldValue, LinkKind, Participant, Ticket } from './ticket.ts'

/** A ticket is named by its desk and number. */
export interface TicketKey {
  readonly desk: string
  readonly number: number
}

export const keyOf = ({ desk, number }: TicketKey): string => `${desk}#${number}`

interface TicketRow {
  desk: string
  number: number
  version: number
  subject: string
  status: string
  priority: string
  type: string
  queue: string
  assignee: string | null
  requester: number
  language: string
  channel: Channel
  fields: Record<string, FieldValue>
  tags: string[]
  merged_into: number | null
  created_at: Date
  updated_at: Date
  first_response_at: Date | null
  solved_at: Date | null
  closed_at: Date | null
  last_customer_at: Date | null
  last_agent_at: Date | null
  last_agent: string | null
  reopens: number
  people:
    | {
        person: number
        address: string
        name: string
        role: Participant['role']
        muted: boolean
        language: string | null
        added_at: string
        zone: string | null
        contact: number | null
      }[]
    | null
  clocks:
    | {
        name: string
        state: ClockState['state']
        started_at: string
        running_since: string | null
        counted_ms: number
        intervals: [number, number][]
        target_ms: number
        due_at: string | null
        stage: ClockState['stage']
        rounds: number
      }[]
    | null
}

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text))

function toTicket(row: TicketRow): Ticket {
  return {
    desk: row.desk,
    number: row.number,
    version: row.version,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    type: row.type,
    queue: row.queue,
    assignee: row.assignee,
    requester: row.requester,
    language: row.language,
    channel: row.channel,
    fields: row.fields,
    tags: row.tags,
    mergedInto: row.merged_into,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    firstResponseAt: row.first_response_at,
    solvedAt: row.solved_at,
    closedAt: row.closed_at,
    lastCustomerAt: row.last_customer_at,
    lastAgentAt: row.last_agent_at,
    lastAgent: row.last_agent,
    reopens: row.reopens,
    participants: (row.people ?? []).map((p) => ({
      person: p.person,
      address: p.address,
      name: p.name,
      role: p.role,
      muted: p.muted,
      language: p.language,
      addedAt: new Date(p.added_at),
      zone: p.zone,
      contact: p.contact,
    })),
    clocks: (row.clocks ?? []).map((c) => ({
      name: c.name,
      state: c.state,
      startedAt: new Date(c.started_at),
      runningSince: instant(c.running_since),
      countedMs: c.counted_ms,
      intervals: c.intervals,
      targetMs: c.target_ms,
      dueAt: instant(c.due_at),
      stage: c.stage,
      rounds: c.rounds,
    })),
  }
}

/** Tickets with their people and clocks, in the order of their keys. */
export async function loadTickets(sql: Queryable, keys: readonly TicketKey[]): Promise<Map<string, Ticket>> {
  const found = new Map<string, Ticket>()
  if (keys.length === 0) return found
  const rows = await sql<TicketRow[]>`
    select t.*,
      (select json_agg(json_build_object('person', p.person, 'address', h.address, 'name', coalesce(nullif(c.name, ''), h.name), 'role', p.role, 'muted', p.muted,
          'language', coalesce(c.language, h.language), 'added_at', p.added_at, 'contact', h.contact, 'zone', c.attributes ->> 'zone') order by p.role desc, p.person)
        from participant p join person h on h.desk = p.desk and h.id = p.person left join contact c on c.desk = h.desk and c.id = h.contact
        where p.desk = t.desk and p.ticket = t.number) as people,
      (select json_agg(json_build_object('name', k.name, 'state', k.state, 'started_at', k.started_at, 'running_since', k.running_since, 'counted_ms', k.counted_ms, 'intervals', k.intervals,
          'target_ms', k.target_ms, 'due_at', k.due_at, 'stage', k.stage, 'rounds', k.rounds) order by k.name)
        from clock k where k.desk = t.desk and k.ticket = t.number) as clocks
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.number)}::bigint[]) as q (desk, number)
    join ticket t on t.desk = q.desk and t.number = q.number
    order by t.desk, t.number`
  for (const row of rows) found.set(keyOf(row), toTicket(row))
  return found
}

/** Hands out the next numbers of desks in one statement of its own, so that no counter is locked while mails are worked on. */
export async function takeNumbers(
  sql: Sql,
  wanted: ReadonlyMap<
    string,
    { readonly tickets: number; readonly persons: number; readonly outbound: number; readonly holds: number }
  >,
): Promise<Map<string, { ticket: number; person: number; outbound: number; hold: number }>> {
  const first = new Map<string, { ticket: number; person: number; outbound: number; hold: number }>()
  if (wanted.size === 0) return first
  const rows = [...wanted].map(([desk, n]) => ({ desk, ...n })).sort((a, b) => (a.desk < b.desk ? -1 : 1))
  const given = await sql<{ desk: string; ticket: number; person: number; outbound: number; hold: number }[]>`
    insert into desk_counter as c (desk, next_ticket, next_person, next_outbound, next_hold)
    select desk, 1 + tickets, 1 + persons, 1 + outbound, 1 + holds
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as w (desk text, tickets bigint, persons bigint, outbound bigint, holds bigint)
    on conflict (desk) do update set next_ticket = c.next_ticket + excluded.next_ticket - 1, next_person = c.next_person + excluded.next_person - 1,
      next_outbound = c.next_outbound + excluded.next_outbound - 1, next_hold = c.next_hold + excluded.next_hold - 1
    returning desk, next_ticket as ticket, next_person as person, next_outbound as outbound, next_hold as hold`
  for (const row of given) {
    const n = wanted.get(row.desk)
    if (n)
      first.set(row.desk, {
        ticket: row.ticket - n.tickets,
        person: row.person - n.persons,
        outbound: row.outbound - n.outbound,
        hold: row.hold - n.holds,
      })
  }
  return first
}

/** What a desk's tables say of a ticket beside the ticket itself. */
export interface SavedTicket {
  readonly ticket: Ticket
  readonly statusKind: string
  readonly priorityRank: number
  readonly isNew: boolean
}

/**
 * Inserts new tickets and updates known ones where their version is still the one that was read; how many rows were written.
 * Fewer than given: another worker was there, and the caller rolls back.
 */
export async function saveTickets(tx: Tx, saved: readonly SavedTicket[]): Promise<number> {
  const facts = (list: readonly SavedTicket[]): string =>
    storableJson(
      list.map(({ ticket: t, statusKind, priorityRank }) => ({
        desk: t.desk,
        number: t.number,
        version: t.version,
        subject: t.subject,
        status: t.status,
        status_kind: statusKind,
        priority: t.priority,
        priority_rank: priorityRank,
        type: t.type,
        queue: t.queue,
        assignee: t.assignee,
        requester: t.requester,
        language: t.language,
        channel: t.channel,
        fields: t.fields,
        tags: t.tags,
        merged_into: t.mergedInto,
        created_at: t.createdAt,
        updated_at: t.updatedAt,
        first_response_at: t.firstResponseAt,
        solved_at: t.solvedAt,
        closed_at: t.closedAt,
        last_customer_at: t.lastCustomerAt,
        last_agent_at: t.lastAgentAt,
        last_agent: t.lastAgent,
        reopens: t.reopens,
      })),
    )
  const fresh = saved.filter((s) => s.isNew)
  const known = saved.filter((s) => !s.isNew)
  let written = 0
  if (fresh.length > 0) {
    const done = await tx`
      insert into ticket (desk, number, subject, status, status_kind, priority, priority_rank, type, queue, assignee, requester, language, channel, fields, tags, merged_into, created_at, updated_at, first_response_at,
        solved_at, closed_at, last_customer_at, last_agent_at, last_agent, reopens)
      select desk, number, subject, status, status_kind, priority, priority_rank, type, queue, assignee, requester, language, channel, fields, tags, merged_into, created_at, updated_at, first_response_at,
        solved_at, closed_at, last_customer_at, last_agent_at, last_agent, reopens
      from json_to_recordset(${facts(fresh)}::text::json) as t (desk text, number bigint, subject text, status text, status_kind text, priority text, priority_rank int, type text, queue text, assignee text, requester bigint,
        language text, channel text, fields jsonb, tags text[], merged_into bigint, created_at timestamptz, updated_at timestamptz, first_response_at timestamptz, solved_at timestamptz, closed_at timestamptz,
        last_customer_at timestamptz, last_agent_at timestamptz, last_agent text, reopens int)`
    written += done.count
  }
  if (known.length > 0) {
    const done = await tx`
      update ticket set version = ticket.version + 1, subject = t.subject, status = t.status, status_kind = t.status_kind, priority = t.priority, priority_rank = t.priority_rank, type = t.type, queue = t.queue,
        assignee = t.assignee, requester = t.requester, language = t.language, channel = t.channel, fields = t.fields, tags = t.tags, merged_into = t.merged_into, updated_at = t.updated_at,
        first_response_at = t.first_response_at, solved_at = t.solved_at, closed_at = t.closed_at, last_customer_at = t.last_customer_at, last_agent_at = t.last_agent_at, last_agent = t.last_agent, reopens = t.reopens
      from json_to_recordset(${facts(known)}::text::json) as t (desk text, number bigint, version int, subject text, status text, status_kind text, priority text, priority_rank int, type text, queue text, assignee text,
        requester bigint, language text, channel text, fields jsonb, tags text[], merged_into bigint, updated_at timestamptz, first_response_at timestamptz, solved_at timestamptz, closed_at timestamptz,
        last_customer_at timestamptz, last_agent_at timestamptz, last_agent text, reopens int)
      where ticket.desk = t.desk and ticket.number = t.number and ticket.version = t.version`
    written += done.count
  }
  await savePeople(tx, saved)
  await saveClocks(
    tx,
    saved.map((s) => s.ticket),
  )
  return written
}

async function savePeople(tx: Tx, saved: readonly SavedTicket[]): Promise<void> {
  const people = saved.flatMap(({ ticket: t }) =>
    t.participants.map((p) => ({
      desk: t.desk,
      ticket: t.number,
      person: p.person,
      role: p.role,
      muted: p.muted,
      added_at: p.addedAt,
    })),
  )
  const known = saved.filter((s) => !s.isNew)
  if (known.length > 0) {
    await tx`
      delete from participant p using json_to_recordset(${storableJson(known.map(({ ticket: t }) => ({ desk: t.desk, ticket: t.number, keep: t.participants.map((q) => q.person) })))}::text::json) as k (desk text, ticket bigint, keep bigint[])
      where p.desk = k.desk and p.ticket = k.ticket and not p.person = any(k.keep)`
  }
  if (people.length === 0) return
  await tx`
    insert into participant (desk, ticket, person, role, muted, added_at)
    select desk, ticket, person, role, muted, added_at
    from json_to_recordset(${storableJson(people)}::text::json) as p (desk text, ticket bigint, person bigint, role text, muted boolean, added_at timestamptz)
    on conflict (desk, ticket, person) do update set role = excluded.role, muted = excluded.muted
    where participant.role <> excluded.role or participant.muted <> excluded.muted`
}

export async function insertLinks(
  tx: Tx,
  links: readonly {
    readonly desk: string
    readonly ticket: number
    readonly toDesk: string
    readonly to: number
    readonly kind: LinkKind
  }[],
  now: Date,
): Promise<void> {
  if (links.length === 0) return
  await tx`
    insert into ticket_link (desk, ticket, to_desk, to_ticket, kind, created_at)
    select desk, ticket, "toDesk", "to", kind, ${now}
    from json_to_recordset(${storableJson(links)}::text::json) as l (desk text, ticket bigint, "toDesk" text, "to" bigint, kind text)
    on conflict do nothing`
}
