// SQL of tickets: ticket, participant, clock, entry, attachment, message_ref, ticket_link. Set-based: one statement a table and batch.

import type { Queryable, Sql } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import type { Change, Channel, ClockState, EntryDraft, FieldValue, LinkKind, Participant, Ticket } from './ticket.ts'

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

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'string' ? inner.replaceAll('\0', '').toWellFormed() : inner,
  )

/**
 * Inserts new tickets and updates known ones where their version is still the one that was read; how many rows were written.
 * Fewer than given: another worker was there, and the caller rolls back.
 */
export async function saveTickets(tx: Tx, saved: readonly SavedTicket[]): Promise<number> {
  const facts = (list: readonly SavedTicket[]): string =>
    json(
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
  await saveClocks(tx, saved)
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
      delete from participant p using json_to_recordset(${json(known.map(({ ticket: t }) => ({ desk: t.desk, ticket: t.number, keep: t.participants.map((q) => q.person) })))}::text::json) as k (desk text, ticket bigint, keep bigint[])
      where p.desk = k.desk and p.ticket = k.ticket and not p.person = any(k.keep)`
  }
  if (people.length === 0) return
  await tx`
    insert into participant (desk, ticket, person, role, muted, added_at)
    select desk, ticket, person, role, muted, added_at
    from json_to_recordset(${json(people)}::text::json) as p (desk text, ticket bigint, person bigint, role text, muted boolean, added_at timestamptz)
    on conflict (desk, ticket, person) do update set role = excluded.role, muted = excluded.muted
    where participant.role <> excluded.role or participant.muted <> excluded.muted`
}

async function saveClocks(tx: Tx, saved: readonly SavedTicket[]): Promise<void> {
  const clocks = saved.flatMap(({ ticket: t }) =>
    t.clocks.map((c) => ({
      desk: t.desk,
      ticket: t.number,
      name: c.name,
      state: c.state,
      started_at: c.startedAt,
      running_since: c.runningSince,
      counted_ms: c.countedMs,
      intervals: c.intervals,
      target_ms: c.targetMs,
      due_at: c.dueAt,
      stage: c.stage,
      rounds: c.rounds,
    })),
  )
  if (clocks.length === 0) return
  await tx`
    insert into clock (desk, ticket, name, state, started_at, running_since, counted_ms, intervals, target_ms, due_at, stage, rounds)
    select desk, ticket, name, state, started_at, running_since, counted_ms, intervals, target_ms, due_at, stage, rounds
    from json_to_recordset(${json(clocks)}::text::json) as c (desk text, ticket bigint, name text, state text, started_at timestamptz, running_since timestamptz, counted_ms bigint, intervals jsonb, target_ms bigint,
      due_at timestamptz, stage text, rounds int)
    on conflict (desk, ticket, name) do update set state = excluded.state, started_at = excluded.started_at, running_since = excluded.running_since, counted_ms = excluded.counted_ms, intervals = excluded.intervals,
      target_ms = excluded.target_ms, due_at = excluded.due_at, stage = excluded.stage, rounds = excluded.rounds`
}

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
    from json_to_recordset(${json(rows)}::text::json) as e (n int, desk text, ticket bigint, kind text, public boolean, author text, author_name text, text text, quoted text, signature text, data jsonb, raw bigint)
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
    from json_to_recordset(${json(files)}::text::json) as a (desk text, entry bigint, seq int, ticket bigint, filename text, content_type text, size int, sha256 text, inline boolean, content_id text, raw bigint, part int)`
}

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
    from json_to_recordset(${json(refs)}::text::json) as r (desk text, hash text, ticket bigint, "messageId" text, ours boolean, person bigint)
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
    from json_to_recordset(${json(links)}::text::json) as l (desk text, ticket bigint, "toDesk" text, "to" bigint, kind text)
    on conflict do nothing`
}

export interface RecentEntry {
  readonly at: Date
  readonly kind: string
  readonly public: boolean
  readonly author: string
  readonly text: string
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
  const rows = await sql<
    {
      desk: string
      number: number
      at: Date
      kind: string
      public: boolean
      author: string
      text: string
      data: Record<string, unknown>
    }[]
  >`
    select q.desk, q.number, e.created_at as at, e.kind, e.public, coalesce(nullif(e.author_name, ''), e.author, '') as author, left(e.text, 4000) as text, e.data
    from unnest(${keys.map((k) => k.desk)}::text[], ${keys.map((k) => k.number)}::bigint[]) as q (desk, number)
    cross join lateral (select * from entry where entry.desk = q.desk and entry.ticket = q.number order by id desc limit ${most}) as e
    order by q.desk, q.number, e.id desc`
  for (const row of rows) {
    const key = keyOf(row)
    const list = found.get(key) ?? []
    list.push({ at: row.at, kind: row.kind, public: row.public, author: row.author, text: row.text, data: row.data })
    found.set(key, list)
  }
  return found
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

export interface RequesterHistory {
  readonly lastTicket: number | null
  readonly openTickets: { number: number; subject: string; status: string; createdAt: Date }[]
  readonly ticketsToday: number
  readonly latest: { number: number; type: string; fields: Record<string, FieldValue> }[]
}

/** Earlier tickets of people as requesters: the five latest that are open, the latest 20 of all, how many since `since`. */
export async function loadHistories(
  sql: Queryable,
  people: readonly { readonly desk: string; readonly person: number }[],
  since: Date,
): Promise<Map<string, RequesterHistory>> {
  const found = new Map<string, RequesterHistory>()
  if (people.length === 0) return found
  const rows = await sql<
    {
      desk: string
      person: number
      number: number
      subject: string
      status: string
      kind: string
      created_at: Date
      type: string
      fields: Record<string, FieldValue>
    }[]
  >`
    select q.desk, q.person, t.number, t.subject, t.status, t.status_kind as kind, t.created_at, t.type, t.fields
    from unnest(${people.map((p) => p.desk)}::text[], ${people.map((p) => p.person)}::bigint[]) as q (desk, person)
    cross join lateral (select number, subject, status, status_kind, created_at, type, fields from ticket where ticket.desk = q.desk and ticket.requester = q.person order by number desc limit 20) as t`
  for (const row of rows) {
    const key = `${row.desk}#${row.person}`
    const history = found.get(key) ?? { lastTicket: row.number, openTickets: [], ticketsToday: 0, latest: [] }
    history.latest.push({ number: row.number, type: row.type, fields: row.fields })
    if (row.kind !== 'closed' && history.openTickets.length < 5)
      history.openTickets.push({
        number: row.number,
        subject: row.subject,
        status: row.status,
        createdAt: row.created_at,
      })
    found.set(key, row.created_at >= since ? { ...history, ticketsToday: history.ticketsToday + 1 } : history)
  }
  return found
}

/** Clocks that are due, oldest first. */
export async function findDueClocks(
  sql: Queryable,
  now: Date,
  limit: number,
): Promise<{ desk: string; ticket: number; name: string }[]> {
  return sql<{ desk: string; ticket: number; name: string }[]>`
    select desk, ticket, name from clock where due_at is not null and due_at <= ${now} order by due_at limit ${limit}`
}

/** When the next clock is due; null when none runs. */
export async function findNextClock(sql: Queryable): Promise<Date | null> {
  const [row] = await sql<{ due: Date | null }[]>`select min(due_at) as due from clock where due_at is not null`
  return row?.due ?? null
}

/** The latest changes an agent made to a ticket since `since`, for undo. */
export async function findUndoable(sql: Queryable, key: TicketKey, agent: string, since: Date): Promise<Change[]> {
  const [row] = await sql<{ changes: Change[] }[]>`
    select data->'changes' as changes from entry
    where desk = ${key.desk} and ticket = ${key.number} and kind = 'system' and not public and data->>'actor' = ${agent} and created_at >= ${since}
    order by id desc limit 1`
  return row?.changes ?? []
}
