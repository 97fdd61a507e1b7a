// Name servers that do not answer prove nothing, neither for the author nor against (decisions 1): the mail waits, and its author is
// verified again. After a while it is judged as one whose author nothing proves.

import type { Envelope } from '../inbound/message.ts'
import { isPrivateAddress } from '../inbound/trust.ts'
import type { Authentication } from '../mail/authentication.ts'

const seconds = 1_000
/** A mail that could turn out to be forged, or that speaks in an agent's name, may wait for an hour. */
const longPatienceMs = 3_600 * seconds
/** Of all others verification can only say more good than nothing: they do not wait long for it. */
const shortPatienceMs = 20 * seconds

/** When the author of a mail is to be verified again; null: judge it now. */
export function verifyAgainAt(
  authentication: Authentication,
  mail: { readonly envelope: Envelope; readonly byStaff: boolean; readonly released: boolean },
  now: Date,
): Date | null {
  if (authentication.result !== 'undecided' || mail.released) return null
  const { source, ip, receivedAt } = mail.envelope
  const direct = source === 'smtp' && ip !== null && !isPrivateAddress(ip)
  const patience = direct || mail.byStaff ? longPatienceMs : shortPatienceMs
  const waited = now.getTime() - receivedAt.getTime()
  if (waited >= patience) return null
  // Five seconds, then as long again as it has waited, five minutes at most.
  return new Date(
    now.getTime() + Math.min(Math.max(5 * seconds, waited), 300 * seconds, patience - Math.max(0, waited)),
  )
}

/** What it counts as when nobody answered in time: absent, which is no failure. */
export const afterAll = (authentication: Authentication): Authentication =>
  authentication.result === 'undecided'
    ? { ...authentication, result: 'none', detail: `${authentication.detail}; not verified in time` }
    : authentication
