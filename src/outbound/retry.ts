// When a mail is tried again (threats F14).

/** What happened before: a 4xx answer to this mail, or no conversation at all (relay down, login refused, TLS missing). */
export type Delay = 'refused' | 'unreachable'

const minutes = [1, 5, 15, 30, 60] as const
const HOURLY = 60
/** A relay that was down is back for everybody at once: nobody waits an hour for it. */
const UNREACHABLE_AT_MOST = 5

/** Days after which a mail that nobody took is given up. */
export const giveUpAfterDays = 5

/**
 * The instant of the next attempt after `attempt` attempts (from 1): 1, 5, 15, 30, 60 minutes, then hourly; null when the mail is older
 * than five days by then and is given up.
 */
export function nextAttempt(delay: Delay, attempt: number, createdAt: Date, now: Date): Date | null {
  const scheduled = minutes[Math.max(0, attempt - 1)] ?? HOURLY
  const wait = delay === 'unreachable' ? Math.min(scheduled, UNREACHABLE_AT_MOST) : scheduled
  const at = now.getTime() + wait * 60_000
  return at > createdAt.getTime() + giveUpAfterDays * 86_400_000 ? null : new Date(at)
}
