// The figures of a desk's week, as its supervisors get them by mail.

import type { Queryable } from '../db/pool.ts'
import type { Period } from './analysis-store.ts'

export interface WeekFigures {
  readonly opened: number
  readonly closed: number
  readonly reopened: number
  /** Open now. */
  readonly open: number
  readonly unassigned: number
  /** Promises that were broken in the week. */
  readonly breached: number
  /** Middle value of hours from opening to the first answer; null when none was answered. */
  readonly firstAnswerHours: number | null
  readonly good: number
  readonly bad: number
}

export async function loadWeek(sql: Queryable, { desk, from, to }: Period): Promise<WeekFigures> {
  const [row] = await sql<WeekFigures[]>`
    select a.*, b.*, c.*, d.breached
    from (select count(*)::int as opened,
        (percentile_cont(0.5) within group (order by extract(epoch from first_response_at - created_at)) / 3600)::float as "firstAnswerHours"
      from ticket where desk = ${desk} and created_at >= ${from} and created_at < ${to} and merged_into is null) a,
      (select count(*)::int as closed, (count(*) filter (where fields ->> 'satisfaction' = 'good'))::int as good,
        (count(*) filter (where fields ->> 'satisfaction' = 'bad'))::int as bad
      from ticket where desk = ${desk} and closed_at >= ${from} and closed_at < ${to} and merged_into is null) b,
      (select count(*)::int as open, (count(*) filter (where assignee is null))::int as unassigned, (count(*) filter (where reopens > 0))::int as reopened
      from ticket where desk = ${desk} and status_kind <> 'closed') c,
      (select count(*)::int as breached from entry
      where desk = ${desk} and created_at >= ${from} and created_at < ${to} and kind = 'system' and data ->> 'stage' = 'breached') d`
  if (!row) throw new Error('a count gave no row')
  return row
}

/** Opened and closed a local day of the week, oldest first. */
export async function loadWeekDays(
  sql: Queryable,
  days: readonly (Period & { readonly date: string })[],
): Promise<{ readonly date: string; readonly opened: number; readonly closed: number }[]> {
  return sql<{ date: string; opened: number; closed: number }[]>`
    select d.date, (select count(*)::int from ticket t where t.desk = d.desk and t.created_at >= d.since and t.created_at < d.until and t.merged_into is null) as opened,
      (select count(*)::int from ticket t where t.desk = d.desk and t.closed_at >= d.since and t.closed_at < d.until and t.merged_into is null) as closed
    from json_to_recordset(${JSON.stringify(days.map(({ desk, date, from, to }) => ({ desk, date, since: from, until: to })))}::text::json)
      as d (desk text, date text, since timestamptz, until timestamptz) order by d.date`
}

/** Upper ends of the classes of age, in days; the last class has none. */
export const ageClasses: readonly number[] = [1, 3, 7, 14, 30]

/** How many requests are open now, a class of age. */
export async function loadOpenAges(sql: Queryable, desk: string, now: Date): Promise<number[]> {
  const rows = await sql<{ age: number; count: number }[]>`
    select width_bucket(extract(epoch from ${now}::timestamptz - created_at)::float8, ${ageClasses.map((days) => days * 86_400)}::float8[]) as age,
      count(*)::int as count
    from ticket where desk = ${desk} and status_kind <> 'closed' group by 1`
  const counts = new Map(rows.map(({ age, count }) => [age, count]))
  return [0, ...ageClasses].map((_, index) => counts.get(index) ?? 0)
}
