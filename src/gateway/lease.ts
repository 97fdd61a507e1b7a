// Claimed mails stay claimed for as long as they are read, wait for the batch before them, and are written. A worker that claims ahead
// would otherwise take its own mails a second time, and after a few times give them up, when reading or the database is slow.

import { type Claim, renewInbound } from '../inbound/store.ts'
import type { ProcessDeps } from './process-deps.ts'

export const leaseMs = 120_000
/** What hangs for ten minutes is left to others. */
const mostRenewals = 20

export interface Lease {
  /** May be called twice. */
  readonly end: () => void
}

/** Prolongs the lease of mails that were claimed just now, until it is ended. */
export function keepLease(deps: Pick<ProcessDeps, 'sql' | 'now' | 'log'>, claims: readonly Claim[]): Lease {
  let left = mostRenewals
  const end = (): void => clearInterval(timer)
  const renew = async (): Promise<void> => {
    left -= 1
    if (left <= 0) end()
    const now = await deps.now()
    await renewInbound(deps.sql, claims, new Date(now.getTime() + leaseMs))
  }
  const timer = setInterval(() => {
    renew().catch((error: unknown) => deps.log.warn({ err: error }, 'the lease of mails in work was not prolonged'))
  }, leaseMs / 4)
  timer.unref()
  return { end }
}
