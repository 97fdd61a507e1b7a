// What supervisors ask of all tickets of a period: why they came, from where, how they ended, what is to be invoiced.

import type { Queryable } from '../db/pool.ts'
import type { FieldValue } from '../tickets/ticket.ts'

/** What tickets can be counted by beside their fields. */
export const analysisColumns = ['type', 'priority', 'queue', 'channel', 'status', 'organisation'] as const
const MOST_GROUPS = 2000

export interface AnalysisRow {
  /** One value a key, in their order; '' where a ticket has none. */
  readonly values: readonly string[]
  readonly count: number
  readonly closed: number
  readonly reopened: number
  /** Minutes of work that agents wrote down. */
  readonly minutes: number
  /** Middle value of hours from opening to closing; null while none is closed. */
  readonly hours: number | null
}

export interface Period {
  readonly desk: string
  /** Opened at or after. */
  readonly from: Date
  /** Opened before. */
  readonly to: Date
}

/** Tickets of a period counted by columns and fields, the largest groups first. */
export async function loadAnalysis(
  sql: Queryable,
  { desk, from, to }: Period,
  keys: readonly string[],
): Promise<AnalysisRow[]> {
  return sql<AnalysisRow[]>`
    select v.values, count(*)::int as count, count(t.closed_at)::int as closed, (count(*) filter (where t.reopens > 0))::int as reopened,
      coalesce(sum(case when t.fields ->> 'minutes' ~ '^[0-9]{1,7}([.][0-9]+)?$' then (t.fields ->> 'minutes')::numeric end), 0)::float as minutes,
      (percentile_cont(0.5) within group (order by extract(epoch from t.closed_at - t.created_at)) / 3600)::float as hours
    from ticket t
    left join person p on p.desk = t.desk and p.id = t.requester
    left join contact c on c.desk = p.desk and c.id = p.contact
    left join organisation o on o.desk = c.desk and o.key = c.organisation
    cross join lateral (
      select array_agg(coalesce(case k.key when 'type' then t.type when 'priority' then t.priority when 'queue' then t.queue when 'channel' then t.channel
          when 'status' then t.status when 'organisation' then coalesce(o.name, c.organisation) else t.fields ->> k.key end, '') order by k.place) as values
      from unnest(${[...keys]}::text[]) with ordinality k (key, place)) v
    where t.desk = ${desk} and t.created_at >= ${from} and t.created_at < ${to} and t.merged_into is null and not t.tags @> '{spam}'
    group by v.values order by count(*) desc, v.values limit ${MOST_GROUPS}`
}

export interface ExportedTicket {
  readonly number: number
  readonly subject: string
  readonly type: string
  readonly status: string
  readonly createdAt: Date
  readonly closedAt: Date | null
  readonly assignee: string | null
  readonly requester: string
  readonly address: string
  readonly organisation: string
  readonly fields: Readonly<Record<string, FieldValue>>
}

/** Tickets of a period with a tag, by number. */
export async function loadTagged(sql: Queryable, { desk, from, to }: Period, tag: string): Promise<ExportedTicket[]> {
  return sql<ExportedTicket[]>`
    select t.number, t.subject, t.type, t.status, t.created_at as "createdAt", t.closed_at as "closedAt", t.assignee,
      coalesce(nullif(c.name, ''), p.name, '') as requester, coalesce(p.address, '') as address, coalesce(o.name, c.organisation, '') as organisation, t.fields
    from ticket t
    left join person p on p.desk = t.desk and p.id = t.requester
    left join contact c on c.desk = p.desk and c.id = p.contact
    left join organisation o on o.desk = c.desk and o.key = c.organisation
    where t.desk = ${desk} and t.created_at >= ${from} and t.created_at < ${to} and t.merged_into is null and t.tags @> array[${tag}]
    order by t.number`
}
