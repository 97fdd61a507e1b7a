// SQL of lists that agents ask for by mail.

import type { Queryable } from '../db/pool.ts'

export interface TicketLine {
  readonly number: number
  readonly subject: string
  readonly status: string
  readonly priority: string
  readonly assignee: string | null
  readonly updatedAt: Date
}

export interface ListQuestion {
  readonly kind: 'mine' | 'open' | 'unassigned' | 'waiting' | 'overdue' | 'incidents' | 'queue' | 'status'
  /** Key of the queue or status. */
  readonly key: string
  /** Address of the agent who asks. */
  readonly agent: string
}

/** Tickets that are neither solved nor closed, most urgent first; those of a status whatever it means, short of closed. */
export async function listTickets(
  sql: Queryable,
  desk: string,
  { kind, key, agent }: ListQuestion,
  now: Date,
  limit: number,
): Promise<TicketLine[]> {
  return sql<TicketLine[]>`
    select number, subject, status, priority, assignee, updated_at as "updatedAt" from ticket t
    where desk = ${desk} and status_kind <> 'closed' and (status_kind <> 'solved' or ${kind} = 'status') and case ${kind}
      when 'mine' then assignee = ${agent}
      when 'open' then true
      when 'unassigned' then assignee is null
      when 'waiting' then status_kind = 'waiting'
      when 'queue' then queue = ${key}
      when 'status' then status = ${key}
      when 'incidents' then 'incident' = any(tags)
      when 'overdue' then exists (select 1 from clock c where c.desk = t.desk and c.ticket = t.number and c.stage = 'breached' and c.state = 'running') or
        exists (select 1 from clock c where c.desk = t.desk and c.ticket = t.number and c.due_at < ${now})
      else false end
    order by priority_rank, updated_at limit ${limit}`
}

/** Tickets whose subject or history has all the words, latest first. */
export async function searchTickets(sql: Queryable, desk: string, words: string, limit: number): Promise<TicketLine[]> {
  const query = words.slice(0, 200)
  return sql<TicketLine[]>`
    select number, subject, status, priority, assignee, updated_at as "updatedAt" from ticket t
    where desk = ${desk} and (to_tsvector('simple', subject) @@ plainto_tsquery('simple', ${query})
      or exists (select 1 from entry e where e.desk = t.desk and e.ticket = t.number and to_tsvector('simple', left(e.text, 20000)) @@ plainto_tsquery('simple', ${query})))
    order by updated_at desc limit ${limit}`
}
