// Whether a mail may be answered by a machine at all (RFC 3834 §2, RFC 5230 §4.5 and .6), before any budget is asked.

import type { Origin } from '../inbound/message.ts'
import type { Authentication } from '../mail/authentication.ts'

export interface AnswerFacts {
  /** Whom the answer would go to; null: the mail has no single author. */
  readonly to: string | null
  /** All addresses of all desks of this instance, lower case. */
  readonly ownAddresses: ReadonlySet<string>
  readonly origin: Origin
  readonly authentication: Authentication
  /** RFC 5321 MAIL FROM; '' is the null return path, null is unknown. */
  readonly mailFrom: string | null
  /** A desk address stands in To or Cc, or the mail came through a list or group that the desk names. */
  readonly addressed: boolean
  /** Number of Received fields. */
  readonly received: number
  /** How many gateways of this kind it passed, from their loop headers. */
  readonly hops: number
  /** No automatic mail goes to that address before this instant. */
  readonly blockedUntil: Date | null
  readonly now: Date
}

export type Answerable = { readonly ok: true } | { readonly ok: false; readonly why: string }

const roles =
  /^(?:(?:no|do-?not|ne-?pas|nao|non?)[-_.]?(?:reply|repondre|responder|responda|rispondere)|donotreply|noreply|mailer-?daemon|postmaster|bounces?|abuse|root|daemon|nobody|listserv|majordomo|mdaemon|owner-.*|.*-(?:request|owner|bounces?|relay|errors)|(?:bounces?|prvs|srs[01]?)[-+=].*)$/

/** Addresses behind which nobody reads: no-reply of several languages, daemons, list managers, return paths. */
export function isRoleAddress(address: string): boolean {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase()
  return local === '' || local.length > 128 || roles.test(local) || /^(?:no-?reply|noreply)/.test(local)
}

const maxReceived = 50
const maxHops = 3

/** May a machine answer this mail? Else why not, in words for the trail. */
export function mayAnswerAutomatically(facts: AnswerFacts): Answerable {
  const no = (why: string): Answerable => ({ ok: false, why })
  const { origin } = facts
  if (facts.to === null) return no('it has no single author')
  if (facts.authentication.result === 'fail') return no(`its author is not proved: ${facts.authentication.detail}`)
  if (facts.mailFrom === '') return no('its return path is empty')
  if (origin.kind !== 'human') return no(`it is no mail of a person (${origin.kind})`)
  if (origin.vacation) return no('it is an absence notice')
  if (origin.suppressAutoReply) return no('its author asks to be spared automatic answers')
  if (facts.ownAddresses.has(facts.to.toLowerCase())) return no('its author is a desk of this instance')
  if (isRoleAddress(facts.to)) return no('nobody reads mail at the author’s address')
  if (!facts.addressed) return no('no desk address stands in To or Cc')
  if (facts.received > maxReceived) return no(`it passed ${facts.received} servers`)
  if (facts.hops >= maxHops) return no(`it passed ${facts.hops} gateways`)
  if (facts.blockedUntil !== null && facts.blockedUntil > facts.now) return no('mail to the author’s address came back')
  return { ok: true }
}
