// Whether the gateway is ready: its database answers, its mailboxes are not failing for long, its mails move.

import type { Queryable } from '../db/pool.ts'
import { type Backlog, findBacklog } from './figures-store.ts'

/** One thing that was looked at. The reason names no mailbox, host or address: anybody may read it. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly reason: string | null
}

/** What the process itself knows, beyond what stands in the database: its listeners, whether it is stopping. */
export interface Health {
  readonly checks: readonly Check[]
}

export interface Patience {
  /** Milliseconds a mailbox may fail. */
  readonly mailboxMs: number
  /** Milliseconds a mail may be due, in either direction, before it counts as stuck. */
  readonly overdueMs: number
  /** Milliseconds the database may take to answer. */
  readonly databaseMs: number
}

export const usualPatience: Patience = { mailboxMs: 15 * 60_000, overdueMs: 15 * 60_000, databaseMs: 3_000 }

/** Judges a backlog as of `now`. */
export function judgeBacklog(backlog: Backlog, now: Date, patience: Patience): Check[] {
  const overdue = (name: string, at: Date | null): Check => {
    const late = at === null ? 0 : now.getTime() - at.getTime()
    return {
      name,
      ok: late <= patience.overdueMs,
      reason: late <= patience.overdueMs ? null : `the oldest mail is due since ${at?.toISOString()}`,
    }
  }
  const failing = backlog.failingMailboxes
  return [
    {
      name: 'mailboxes',
      ok: failing === 0,
      reason: failing === 0 ? null : `${failing} failing, the longest since ${backlog.failingSince?.toISOString()}`,
    },
    overdue('inbound', backlog.oldestInboundAt),
    overdue('outbox', backlog.oldestOutboundAt),
  ]
}

/** All checks. A database that is silent or refuses is a failed check, whatever it says. */
export async function checkReadiness(of: {
  readonly sql: Queryable
  readonly now: () => Promise<Date> | Date
  readonly health: Health
  readonly patience: Patience
}): Promise<{ ready: boolean; checks: Check[] }> {
  const database = await within(of.patience.databaseMs, async () => {
    const now = await of.now()
    const backlog = await findBacklog(of.sql, new Date(now.getTime() - of.patience.mailboxMs))
    return backlog ? judgeBacklog(backlog, now, of.patience) : []
  })
  const checks: Check[] = [
    { name: 'database', ok: database !== null, reason: database === null ? 'no answer' : null },
    ...(database ?? []),
    ...of.health.checks,
  ]
  return { ready: checks.every((check) => check.ok), checks }
}

/** What `ask` gives within `ms`, else null: also when it throws. */
async function within<T>(ms: number, ask: () => Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
    timer.unref()
  })
  try {
    return await Promise.race([ask(), patience])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
