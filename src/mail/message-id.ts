// The carriers of a signed token (threats 5a): reply address, Message-ID, footer line; and the marks of our own mail. Each gets lost
// somewhere (sub-addressing, rewritten ids, trimmed quotes), so a mail has them all. Reading here is shape only: `Keys.verify` judges.

import type { Keys, Purpose } from './token.ts'

/** A payload found in a carrier, with the desk it claims. Nothing is known of it until `Keys.verify(desk, payload, now)`. */
export interface CarriedPayload {
  readonly desk: string
  readonly payload: string
}

/** What a token of an outgoing mail says; `day` as of `dayOf`. */
export interface Grant {
  readonly desk: string
  readonly purpose: Purpose
  readonly id: number
  readonly person: number
  readonly day: number
}

const PAYLOAD = '[a-z]{1,2}[a-z2-7]{2}\\.[0-9a-z]{1,9}\\.[0-9a-z]{1,9}\\.[0-9a-z]{1,4}\\.[a-z2-7]{26}'
const DESK = '[a-z0-9][a-z0-9-]{0,15}'
const LOCAL_PART = new RegExp(`^(${DESK})\\+(${PAYLOAD})$`)
const ID_LEFT = new RegExp(`^(${PAYLOAD})\\.([0-9a-z]{1,11})\\.(${DESK})$`)
const FOOTER = new RegExp(`\\bRef:[ \\u00a0]{0,3}([A-Z][A-Z0-9]{0,9})-(\\d{1,12})/(${PAYLOAD})(?![0-9a-z])`, 'gi')
const LOOP = new RegExp(`^v1; (${DESK}); (${PAYLOAD})$`)
const MAX_CARRIER = 320
const MAX_FOOTER_TEXT = 1_000_000

/**
 * `KEY+payload@domain`: a reply, choice or bounce (RFC 5321 §4.5.5 VERP) address. The local part stays within 64 octets (RFC 5321
 * §4.5.3.1.1) while id and person together have at most ten digits in base 36.
 */
export function mintReplyAddress(keys: Pick<Keys, 'sign'>, grant: Grant, domain: string): string {
  return `${grant.desk}+${keys.sign(grant)}@${domain}`
}

/** The payload in a signed sub-address on one of `domains` (lower case); null when it has another shape. */
export function readReplyAddress(address: string, domains: ReadonlySet<string>): CarriedPayload | null {
  if (address.length > MAX_CARRIER) return null
  const at = address.lastIndexOf('@')
  if (at < 0 || !domains.has(address.slice(at + 1).toLowerCase())) return null
  const match = LOCAL_PART.exec(address.slice(0, at).toLowerCase())
  return match ? { desk: match[1] ?? '', payload: match[2] ?? '' } : null
}

/** `payload.OUTBOUND36.KEY@domain`, without brackets: an answer's In-Reply-To and References carry the same grant as the reply address. */
export function mintMessageId(payload: string, desk: string, outbound: number, domain: string): string {
  return `${payload}.${outbound.toString(36)}.${desk}@${domain}`
}

/** What an id of ours says: desk, payload and the outbound mail's id; null for ids of others. Brackets are allowed, the domain is not looked at. */
export function readMessageId(id: string): (CarriedPayload & { readonly outbound: number }) | null {
  if (id.length > MAX_CARRIER) return null
  const bare = id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id
  const at = bare.lastIndexOf('@')
  if (at < 0) return null
  const match = ID_LEFT.exec(bare.slice(0, at).toLowerCase())
  return match ? { payload: match[1] ?? '', outbound: Number.parseInt(match[2] ?? '', 36), desk: match[3] ?? '' } : null
}

/** The footer line by which a mail finds its ticket when everything in its header was rewritten. */
export const footerMark = (ticket: string, payload: string): string => `Ref: ${ticket}/${payload}`

/** All footer lines in a text, quoted ones too, each payload once; at most 20. The desk is the one whose prefix it names. */
export function readFooterMarks(
  text: string,
): { readonly prefix: string; readonly number: number; readonly payload: string }[] {
  const found = new Map<string, { prefix: string; number: number; payload: string }>()
  for (const match of text.slice(0, MAX_FOOTER_TEXT).matchAll(FOOTER)) {
    const payload = (match[3] ?? '').toLowerCase()
    if (!found.has(payload))
      found.set(payload, { prefix: (match[1] ?? '').toUpperCase(), number: Number(match[2]), payload })
    if (found.size >= 20) break
  }
  return [...found.values()]
}

/** Name of the header field by which we know our own mail. */
export const loopField = 'X-Guichet-Loop'

/** Value of the loop field. `payload` is of purpose `f`, so nobody else can make a mail that we would pass over as our own. */
export const loopValue = (desk: string, payload: string): string => `v1; ${desk}; ${payload}`

/** The payload of a loop field's value; null when it is none of ours. */
export function readLoopValue(value: string): CarriedPayload | null {
  const match = LOOP.exec(value.trim().slice(0, MAX_CARRIER))
  return match ? { desk: match[1] ?? '', payload: match[2] ?? '' } : null
}
