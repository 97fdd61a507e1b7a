// SQL of what people asked before.

import type { Queryable } from '../db/pool.ts'
import type { FieldValue } from './ticket.ts'

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
