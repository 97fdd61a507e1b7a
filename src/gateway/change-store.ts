// SQL of change records: what was changed in a period, who tested it, who approved it.

import type { Queryable } from '../db/pool.ts'
import type { ExportedTicket, Period } from './analysis-store.ts'

export interface ChangeRecord extends ExportedTicket {
  /** What was written first. */
  readonly description: string
  readonly testedAt: Date | null
  readonly approvedAt: Date | null
}

/** Tickets of these types that were opened or closed in a period, by number. */
export async function loadChangeRecords(
  sql: Queryable,
  { desk, from, to }: Period,
  types: readonly string[],
): Promise<ChangeRecord[]> {
  return sql<ChangeRecord[]>`
    select t.number, t.subject, t.type, t.status, t.created_at as "createdAt", t.closed_at as "closedAt", t.assignee,
      coalesce(nullif(c.name, ''), p.name, '') as requester, coalesce(p.address, '') as address, coalesce(o.name, c.organisation, '') as organisation, t.fields,
      coalesce((select left(e.text, 4000) from entry e where e.desk = t.desk and e.ticket = t.number and e.kind in ('customer', 'agent', 'note') order by e.id limit 1), '') as description,
      (select max(e.created_at) from entry e where e.desk = t.desk and e.ticket = t.number and e.data @> '{"changes":[{"field":"fields.tested-by"}]}') as "testedAt",
      (select max(e.created_at) from entry e where e.desk = t.desk and e.ticket = t.number and e.data @> '{"changes":[{"field":"fields.approved-by"}]}') as "approvedAt"
    from ticket t
    left join person p on p.desk = t.desk and p.id = t.requester
    left join contact c on c.desk = p.desk and c.id = p.contact
    left join organisation o on o.desk = c.desk and o.key = c.organisation
    where t.desk = ${desk} and t.type = any (${types as string[]}::text[]) and t.merged_into is null
      and ((t.created_at >= ${from} and t.created_at < ${to}) or (t.closed_at >= ${from} and t.closed_at < ${to}))
    order by t.number`
}
