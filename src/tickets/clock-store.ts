// SQL of clocks: what is counted for tickets, and when the next is due.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import type { Ticket } from './ticket.ts'

/** Writes the clocks of tickets as they stand. */
export async function saveClocks(tx: Tx, tickets: readonly Ticket[]): Promise<void> {
  const clocks = tickets.flatMap((t) =>
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
    from json_to_recordset(${storableJson(clocks)}::text::json) as c (desk text, ticket bigint, name text, state text, started_at timestamptz, running_since timestamptz, counted_ms bigint, intervals jsonb, target_ms bigint,
      due_at timestamptz, stage text, rounds int)
    on conflict (desk, ticket, name) do update set state = excluded.state, started_at = excluded.started_at, running_since = excluded.running_since, counted_ms = excluded.counted_ms, intervals = excluded.intervals,
      target_ms = excluded.target_ms, due_at = excluded.due_at, stage = excluded.stage, rounds = excluded.rounds`
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
