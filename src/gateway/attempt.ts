// What becomes of a claimed mail whose attempt came to nothing.

import { type Claimed, failInbound, releaseInbound } from '../inbound/store.ts'
import { openMinimalTicket } from './park.ts'
import type { ProcessDeps } from './process-deps.ts'

/** Attempts a mail is given. */
export const parkAfter = 3

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Overtaken again and again is no fault of the mail: it waits its turn, and no attempt is counted. */
export async function giveBack(deps: ProcessDeps, { desk, raw, attempt }: Claimed): Promise<void> {
  await releaseInbound(deps.sql, [{ desk, raw, attempt }])
  deps.log.debug({ raw, desk }, 'mail given back: its ticket is busy')
}

/** One attempt failed; after the third the mail is set aside, where people see it, and never holds up another. */
export async function fail(
  deps: ProcessDeps,
  work: Claimed,
  reason: string,
  now: Date,
  error?: unknown,
): Promise<void> {
  const state = await failInbound(deps.sql, {
    desk: work.desk,
    raw: work.raw,
    attempt: work.attempt,
    error: reason,
    now,
    parkAfter,
    retryInMs: 30_000 * work.attempt,
  })
  deps.counters.failed('gateway')
  if (state === 'parked') {
    deps.counters.parked(work.desk)
    try {
      await openMinimalTicket(deps, work, reason, now)
    } catch (minimal) {
      deps.log.error({ raw: work.raw, desk: work.desk, err: minimal }, 'no minimal ticket could be opened')
    }
  }
  deps.log.error(
    { raw: work.raw, desk: work.desk, attempt: work.attempt, state, reason, err: error },
    state === 'parked' ? 'mail set aside after three attempts' : 'mail failed',
  )
}
