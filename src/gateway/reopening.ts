// Reopenings by mail take from a budget of their ticket, so that a robot which answers “solved” with “received” opens nothing for ever.
// The decision is told beforehand whether anything is left; what it used is taken in its transaction. The ticket’s version keeps two
// workers from taking the same.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { reopenBucket, takeTokens } from '../rules/budget.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { type BucketState, lockBuckets, readBuckets, saveBuckets } from './budget-store.ts'
import type { Judged } from './judged.ts'
import type { RunningInstance } from './running-desk.ts'

/** Those of the tickets that no mail reopens now, as `desk#number`. */
export async function spentReopenings(
  sql: Queryable,
  instance: RunningInstance,
  tickets: Iterable<Ticket>,
  now: Date,
): Promise<ReadonlySet<string>> {
  const wanted = [...tickets].flatMap((ticket) => {
    const desk = instance.desks.get(ticket.desk)?.desk
    const kind = desk?.statuses[ticket.status]?.kind
    return desk && (kind === 'solved' || kind === 'closed')
      ? [{ desk: desk.desk, number: ticket.number, bucket: reopenBucket(ticket.number, desk.budgets) }]
      : []
  })
  const rows = await readBuckets(
    sql,
    wanted.map(({ desk, bucket }) => ({ desk, key: bucket.key })),
  )
  return new Set(
    wanted
      .filter(({ desk, bucket }) => !takeTokens(statesOf(rows, desk, bucket.key), [bucket], now).ok)
      .map(({ desk, number }) => `${desk}#${number}`),
  )
}

/** Takes a token for each ticket that a mail of this batch has reopened. */
export async function noteReopenings(tx: Tx, judged: readonly Judged[], now: Date): Promise<void> {
  const reopened = judged.flatMap(({ decision, running: { desk }, mail }) => {
    if (!mail) return []
    const kindOf = (status: unknown): string => desk.statuses[String(status)]?.kind ?? ''
    const ended = (status: unknown): boolean => kindOf(status) === 'solved' || kindOf(status) === 'closed'
    return decision.tickets
      .filter(({ changes }) =>
        changes.some((c) => c.field === 'status' && c.by === 'on-reply' && ended(c.from) && !ended(c.to)),
      )
      .map(({ ticket }) => ({ desk: desk.desk, bucket: reopenBucket(ticket.number, desk.budgets) }))
  })
  const rows = await lockBuckets(
    tx,
    reopened.map(({ desk, bucket }) => ({ desk, key: bucket.key })),
  )
  await saveBuckets(
    tx,
    reopened.flatMap(({ desk, bucket }) => {
      const taken = takeTokens(statesOf(rows, desk, bucket.key), [bucket], now)
      return taken.ok ? [...taken.changed].map(([key, state]) => ({ desk, key, state })) : []
    }),
  )
}

function statesOf(rows: ReadonlyMap<string, BucketState>, desk: string, key: string): ReadonlyMap<string, BucketState> {
  const state = rows.get(`${desk} ${key}`)
  return new Map(state ? [[key, state]] : [])
}
