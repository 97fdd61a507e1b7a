// What the supervisors' pages, /readyz and /metrics count: one statement a question, each by an index.

import type { Queryable } from '../db/pool.ts'
import { ageClasses } from '../gateway/weekly-store.ts'
import type { Finding } from '../rules/finding.ts'
import type { StatusKind } from '../tickets/status.ts'

export interface DeskFigures {
  readonly desk: string
  readonly open: number
  readonly breached: number
  readonly atRisk: number
  readonly holds: number
  readonly waiting: number
  readonly oldestWaitingAt: Date | null
  readonly parked: number
  readonly queued: number
  readonly delayed: number
  readonly uncertain: number
  /** Of the last 30 days, as the next one. */
  readonly bounced: number
  readonly dead: number
  readonly heldBack: number
  /** Of the last 7 days. */
  readonly suppressed: number
}

const day = 86_400_000

/** The figures of each desk, in the order of the keys. */
export async function loadDeskFigures(sql: Queryable, desks: readonly string[], now: Date): Promise<DeskFigures[]> {
  const month = new Date(now.getTime() - 30 * day)
  const week = new Date(now.getTime() - 7 * day)
  return sql<DeskFigures[]>`
    select k.desk, t.open, c.breached, c."atRisk", h.holds, i.waiting, i."oldestWaitingAt", z.parked, q.queued, o.*, s.suppressed
    from unnest(${[...desks]}::text[]) with ordinality k(desk, position)
    cross join lateral (select count(*)::int as open from ticket where desk = k.desk and status_kind <> 'closed') t
    cross join lateral (
      select count(*) filter (where c.stage = 'breached' or c.due_at <= ${now})::int as breached,
        count(*) filter (where c.stage = 'warned' and (c.due_at is null or c.due_at > ${now}))::int as "atRisk"
      from clock c join ticket t on t.desk = c.desk and t.number = c.ticket and t.status_kind <> 'closed'
      where c.desk = k.desk and c.stage <> 'counting' and c.state <> 'stopped') c
    cross join lateral (select count(*)::int as holds from hold where desk = k.desk and state = 'open') h
    cross join lateral (
      select count(*)::int as waiting, min(received_at) as "oldestWaitingAt" from inbound where state = 'waiting' and desk = k.desk) i
    cross join lateral (select count(*)::int as parked from inbound where desk = k.desk and state = 'parked') z
    cross join lateral (select count(*)::int as queued from outbound where state = 'queued' and desk = k.desk) q
    cross join lateral (
      select count(*) filter (where state = 'delayed')::int as delayed, count(*) filter (where state = 'uncertain')::int as uncertain,
        count(*) filter (where state = 'bounced' and created_at > ${month})::int as bounced,
        count(*) filter (where state = 'dead' and created_at > ${month})::int as dead,
        count(*) filter (where state = 'held')::int as "heldBack"
      from outbound where desk = k.desk and state in ('uncertain', 'delayed', 'bounced', 'dead', 'held')) o
    cross join lateral (
      select count(*)::int as suppressed from outbound where desk = k.desk and state = 'suppressed' and created_at > ${week}) s
    order by k.position`
}

export type OpenGroup = 'status' | 'priority' | 'queue' | 'type' | 'age'

export interface OpenCount {
  readonly group: OpenGroup
  /** The name in the desk's YAML; for ages the index of the class. */
  readonly key: string
  readonly count: number
}

/** The open tickets of a desk, counted five ways. */
export async function loadOpenCounts(sql: Queryable, desk: string, now: Date): Promise<OpenCount[]> {
  const seconds = ageClasses.map((days) => days * 86_400)
  return sql<OpenCount[]>`
    select case grouping(status, priority, queue, type, age)
        when 15 then 'status' when 23 then 'priority' when 27 then 'queue' when 29 then 'type' else 'age' end as "group",
      coalesce(status, priority, queue, type, age::text) as key, count(*)::int as count
    from (
      select status, priority, queue, type,
        width_bucket(extract(epoch from ${now}::timestamptz - created_at)::float8, ${seconds}::float8[]) as age
      from ticket where desk = ${desk} and status_kind <> 'closed') t
    group by grouping sets ((status), (priority), (queue), (type), (age))`
}

export interface ClockCount {
  readonly name: string
  readonly running: number
  readonly paused: number
  readonly atRisk: number
  readonly breached: number
}

/** The clocks of open tickets by name. A warned clock whose next stage is past counts as breached. */
export async function loadClockCounts(sql: Queryable, desk: string, now: Date): Promise<ClockCount[]> {
  return sql<ClockCount[]>`
    select c.name, count(*) filter (where c.state = 'running')::int as running, count(*) filter (where c.state = 'paused')::int as paused,
      count(*) filter (where c.stage = 'warned' and (c.due_at is null or c.due_at > ${now}))::int as "atRisk",
      count(*) filter (where c.stage = 'breached' or (c.stage = 'warned' and c.due_at <= ${now}))::int as breached
    from ticket t join clock c on c.desk = t.desk and c.ticket = t.number
    where t.desk = ${desk} and t.status_kind <> 'closed' and c.state <> 'stopped'
    group by c.name order by c.name`
}

export interface ClockRow {
  readonly ticket: number
  readonly subject: string
  readonly name: string
  readonly priority: string
  readonly assignee: string | null
  readonly breached: boolean
  readonly paused: boolean
  readonly dueAt: Date | null
}

/** Clocks at risk or breached, the worst first; at most 25. */
export async function loadTroubledClocks(sql: Queryable, desk: string, now: Date): Promise<ClockRow[]> {
  return sql<ClockRow[]>`
    select c.ticket, t.subject, c.name, t.priority, t.assignee, (c.stage = 'breached' or c.due_at <= ${now}) is true as breached,
      c.state = 'paused' as paused, c.due_at as "dueAt"
    from clock c join ticket t on t.desk = c.desk and t.number = c.ticket and t.status_kind <> 'closed'
    where c.desk = ${desk} and c.stage <> 'counting' and c.state <> 'stopped'
    order by 6 desc, t.priority_rank, c.due_at nulls last, c.ticket limit 25`
}

export interface HoldRow {
  readonly id: number
  readonly reason: string
  readonly why: string
  readonly finding: Finding | null
  readonly sender: string | null
  readonly subject: string | null
  readonly ticket: number | null
  readonly createdAt: Date
  /** All that are held, also beyond those listed. */
  readonly total: number
}

/** Held mails, the oldest first; at most 25. */
export async function loadHolds(sql: Queryable, desk: string): Promise<HoldRow[]> {
  return sql<HoldRow[]>`
    select id, reason, why, finding, sender, subject, ticket, created_at as "createdAt", count(*) over ()::int as total
    from hold where desk = ${desk} and state = 'open' order by created_at, id limit 25`
}

export interface MailboxRow {
  readonly account: string
  readonly folder: string
  readonly lastSeenAt: Date | null
  readonly lastError: string | null
  readonly failingSince: Date | null
}

/** The watched mailboxes, each by its latest UIDVALIDITY. */
export async function loadMailboxes(sql: Queryable): Promise<MailboxRow[]> {
  return sql<MailboxRow[]>`
    select distinct on (account, folder) account, folder, last_seen_at as "lastSeenAt", last_error as "lastError", failing_since as "failingSince"
    from mailbox order by account, folder, last_seen_at desc nulls last`
}

export interface DeliveryRow {
  readonly id: number
  readonly recipient: string
  readonly subject: string
  readonly state: string
  readonly response: string | null
  readonly reason: string | null
  readonly ticket: number | null
  readonly createdAt: Date
}

/** Deliveries in trouble, the latest first; at most 15. */
export async function loadTroubledDeliveries(sql: Queryable, desk: string): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    select id, recipient, subject, state, response, reason, ticket, created_at as "createdAt"
    from outbound where desk = ${desk} and state in ('uncertain', 'delayed', 'bounced', 'dead', 'held')
    order by id desc limit 15`
}

export interface IncidentRow {
  readonly title: string
  readonly ticket: number
  readonly subject: string
  readonly priority: string
  readonly type: string
  readonly since: Date
  readonly repeats: number
  readonly flaps: number
}

/** Problems that monitoring told of and that are not over, the most urgent first; at most 50. */
export async function loadIncidents(sql: Queryable, desk: string): Promise<IncidentRow[]> {
  return sql<IncidentRow[]>`
    select a.title, t.number as ticket, t.subject, t.priority, t.type, t.created_at as since, a.repeats, a.flaps
    from alert a join ticket t on t.desk = a.desk and t.number = a.ticket
    where a.desk = ${desk} and a.state = 'problem' and t.status_kind not in ('solved', 'closed')
    order by t.priority_rank, t.created_at limit 50`
}

export interface RecentRow {
  readonly number: number
  readonly subject: string
  readonly status: string
  readonly statusKind: StatusKind
  readonly priority: string
  readonly tags: readonly string[]
  readonly address: string | null
  readonly name: string | null
  readonly organisation: string | null
  readonly createdAt: Date
}

/** The latest requests with who asked; at most 15. */
export async function loadRecent(sql: Queryable, desk: string): Promise<RecentRow[]> {
  return sql<RecentRow[]>`
    select t.number, t.subject, t.status, t.status_kind as "statusKind", t.priority, t.tags, w.address, w.name, o.name as organisation,
      t.created_at as "createdAt"
    from ticket t
    left join person w on w.desk = t.desk and w.id = t.requester
    left join contact c on c.desk = w.desk and c.id = w.contact
    left join organisation o on o.desk = c.desk and o.key = c.organisation
    where t.desk = ${desk} order by t.number desc limit 15`
}

export interface DayCount {
  /** YYYY-MM-DD in the desk's zone. */
  readonly day: string
  readonly opened: number
  readonly closed: number
}

/** Opened and closed tickets of each of the last 30 days, today last, also the days without any. */
export async function loadDays(sql: Queryable, of: { desk: string; zone: string; now: Date }): Promise<DayCount[]> {
  const from = new Date(of.now.getTime() - 31 * day)
  return sql<DayCount[]>`
    with days as (
      select (${of.now}::timestamptz at time zone ${of.zone}::text)::date - n as day from generate_series(0, 29) n),
    opened as (
      select (created_at at time zone ${of.zone}::text)::date as day, count(*)::int as n
      from ticket where desk = ${of.desk} and created_at > ${from} group by 1),
    closed as (
      select (closed_at at time zone ${of.zone}::text)::date as day, count(*)::int as n
      from ticket where desk = ${of.desk} and closed_at > ${from} group by 1)
    select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(o.n, 0) as opened, coalesce(c.n, 0) as closed
    from days d left join opened o on o.day = d.day left join closed c on c.day = d.day
    order by d.day`
}

export interface Backlog {
  readonly oldestInboundAt: Date | null
  readonly oldestOutboundAt: Date | null
  readonly failingMailboxes: number
  readonly failingSince: Date | null
}

/** What tells whether the gateway moves: the oldest due work on either side, and mailboxes that fail since before `since`. */
export async function findBacklog(sql: Queryable, since: Date): Promise<Backlog | undefined> {
  const rows = await sql<Backlog[]>`
    select (select min(next_attempt_at) from inbound where state = 'waiting') as "oldestInboundAt",
      (select min(next_attempt_at) from outbound where state in ('queued', 'delayed')) as "oldestOutboundAt",
      count(*)::int as "failingMailboxes", min(failing_since) as "failingSince"
    from mailbox where failing_since < ${since}`
  return rows[0]
}
