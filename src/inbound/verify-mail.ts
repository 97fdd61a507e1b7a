// Our own verification of a mail's author: DKIM, SPF, DMARC and ARC by mailauth, with what it leaves open settled here.
//
// A signature counts when it is of the author's domain (relaxed, or strict where the domain asks for it), covers From and
// Subject, has no length limit (`l=`), is no older than seven days and not made with SHA-1 (RFC 8301), and the fields that
// readers rely on stand in the mail once. Everything is bounded before the library sees it: size, length of a line, number of
// signatures, look-ups.

import { arc as verifyArc } from 'mailauth/lib/arc/index.js'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { dmarc as verifyDmarc } from 'mailauth/lib/dmarc/index.js'
import { spf as verifySpf } from 'mailauth/lib/spf/index.js'
import { canonicalAddress } from '../mail/address.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { HeaderField } from '../mail/header.ts'
import { parseAuthenticationResults } from './authentication-results.ts'
import { domainOf, related } from './trust.ts'
import { verdictOf } from './trusted-results.ts'

/** Looks a name up: TXT answers as arrays of strings. Throws with code ENOTFOUND or ENODATA when there is nothing, with any other when it is not known. */
export type Resolver = (name: string, type: string) => Promise<string[][] | string[]>

export interface VerifyInput {
  readonly bytes: Buffer
  readonly fields: readonly HeaderField[]
  /** Offset of the body. */
  readonly bodyAt: number
  /** The strict author address. */
  readonly address: string
  /** The client of a direct connection whose address SPF can be asked about; null: there is none. */
  readonly client: { readonly ip: string; readonly helo: string | null; readonly mailFrom: string | null } | null
  readonly forwarders: readonly string[]
  readonly resolver: Resolver
  /** When the mail was received: signatures are judged by it. */
  readonly at: Date
}

const MAX_BYTES = 40 * 1024 * 1024
const MAX_HEADER = 256 * 1024
/** RFC 5322 §2.1.1 allows 998 octets; canonicalising a line of megabytes takes the library seconds. */
const MAX_LINE = 1024 * 1024
const MAX_SIGNATURES = 10
const MAX_SIGNATURE_FIELD = 8192
const MAX_LOOKUPS = 40
const WEEK = 7 * 86_400_000
const SKEW = 3_600_000
const SINGLE = ['from', 'subject', 'date', 'message-id', 'content-type', 'to', 'reply-to', 'in-reply-to', 'references']

const none = (detail: string): Authentication => ({ result: 'none', by: 'nobody', detail })

/** Verifies the author. `fail` only when the author's domain has a policy of quarantine or reject and nothing aligned passed. */
export async function verifyMail(input: VerifyInput): Promise<Authentication> {
  const { fields, address, client } = input
  const signed = fields.some(({ key }) => key === 'dkim-signature')
  const sealed = input.forwarders.length > 0 && fields.some(({ key }) => key === 'arc-seal')
  if (!signed && !sealed && client === null) return none('no signature')
  const unfit = unfitness(input)
  if (unfit !== null && client === null) return none(unfit)
  const domain = domainOf(address)
  const resolver = bounded(input.resolver)
  const dkim =
    unfit === null && signed
      ? await signatures(input, resolver)
      : { domains: [], temporary: false, why: unfit ?? 'no signature' }
  if (client === null) {
    const [by] = dkim.domains
    if (by !== undefined) return { result: 'pass', by: 'dkim', detail: `dkim=pass (${by})` }
    return (
      (sealed && unfit === null ? await seals(input, resolver) : null) ??
      (dkim.temporary ? undecided('the key of its signature could not be looked up') : none(dkim.why))
    )
  }
  const spf = await senderPolicy(input, client, resolver)
  const dmarc = await orNull(
    verifyDmarc({
      headerFrom: address,
      dkimDomains: dkim.domains.map((name) => ({ domain: name })),
      spfDomains: spf.domain === null ? [] : [spf.domain],
      resolver,
    }),
  )
  const exact = [...dkim.domains, ...(spf.domain === null ? [] : [spf.domain])].some((name) => name === domain)
  if (dmarc === null || dmarc === false) return none('its policy could not be read')
  const { result } = dmarc.status
  if (result === 'pass') {
    // The library falls back to relaxed alignment where the domain asks for strict (RFC 7489 §3.1).
    const dkimOk = dkim.domains.some((name) => !dmarc.alignment.dkim.strict || name === domain)
    const spfOk = spf.domain !== null && (!dmarc.alignment.spf.strict || spf.domain === domain)
    if (dkimOk || spfOk) return { result: 'pass', by: 'dmarc', detail: `dmarc=pass (${domain})` }
  }
  if (result === 'none' || result === 'temperror') {
    const [by] = dkim.domains
    const usable = result === 'none' || exact
    if (usable && by !== undefined) return { result: 'pass', by: 'dkim', detail: `dkim=pass (${by})` }
    if (usable && spf.domain !== null && related(spf.domain, domain))
      return { result: 'pass', by: 'dmarc', detail: `spf=pass (${spf.domain})` }
  }
  const forwarded = sealed && unfit === null ? await seals(input, resolver) : null
  if (forwarded !== null) return forwarded
  if (dkim.temporary || spf.temporary || result === 'temperror') return undecided('name servers did not answer')
  if (result === 'pass' || result === 'fail') {
    const policy = dmarc.policy?.toLowerCase()
    if (policy === 'reject' || policy === 'quarantine')
      return { result: 'fail', by: 'dmarc', detail: `dmarc=fail p=${policy} (${domain})` }
    return none(`dmarc=fail p=none (${domain})`)
  }
  return none(`no policy and nothing aligned (${domain})`)
}

/** The library reads what strangers wrote; where it stumbles over that, nothing is proved. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch {
    return null
  }
}

const undecided = (detail: string): Authentication => ({ result: 'undecided', by: 'nobody', detail })

/** Why no signature of this mail is looked at, or null. */
function unfitness({ bytes, bodyAt, fields }: VerifyInput): string | null {
  if (bytes.length > MAX_BYTES) return 'too large to verify'
  if (bodyAt > MAX_HEADER) return 'header too large to verify'
  for (let at = bodyAt; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at)
    if ((end < 0 ? bytes.length : end) - at > MAX_LINE) return 'a line is too long to verify'
    if (end < 0) break
    at = end + 1
  }
  const twice = SINGLE.find((name) => fields.filter(({ key }) => key === name).length > 1)
  // A signature covers the lowest of two equal fields, readers show the highest.
  return twice === undefined ? null : `two ${twice} fields`
}

/** The tag of a signature field (RFC 6376 §3.2), without blanks; null: absent. */
function tag(value: string, name: string): string | null {
  for (const part of value.slice(0, 8192).split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim().toLowerCase() === name)
      return part.slice(equals + 1).replace(/\s+/g, '')
  }
  return null
}

const lastTwo = (domain: string): string => domain.toLowerCase().split('.').slice(-2).join('.')

interface Signatures {
  /** Signing domains of signatures that hold and are aligned (relaxed), lower case. */
  readonly domains: readonly string[]
  readonly temporary: boolean
  /** Why there is none. */
  readonly why: string
}

/** What the library's declarations leave out. */
interface SignatureDetails {
  readonly signingHeaders?: { readonly keys?: string }
  readonly signTime?: string | null
}

async function signatures(input: VerifyInput, resolver: Resolver): Promise<Signatures> {
  const domain = domainOf(input.address)
  // Only signatures that could count are verified: each costs a look-up and a hash over the body, and anybody can add some.
  let kept = 0
  const bytes = withoutFields(input.bytes, input.bodyAt, (name, value) => {
    if (name !== 'dkim-signature') return false
    const wanted =
      value.length <= MAX_SIGNATURE_FIELD &&
      lastTwo(tag(value, 'd') ?? '') === lastTwo(domain) &&
      tag(value, 'l') === null &&
      tag(value, 'a')?.toLowerCase() !== 'rsa-sha1'
    return !wanted || ++kept > MAX_SIGNATURES
  })
  if (kept === 0) return { domains: [], temporary: false, why: 'no signature of the author’s domain that counts' }
  const verified = await orNull(dkimVerify(bytes, { resolver, curTime: input.at }))
  if (verified === null) return { domains: [], temporary: false, why: 'its signature could not be read' }
  // Two readers of one From field must agree about it.
  if (!sameAuthor(verified.headerFrom, input.address))
    return { domains: [], temporary: false, why: 'From is read differently by different readers' }
  const subject = input.fields.some(({ key }) => key === 'subject')
  const date = input.fields.find(({ key }) => key === 'date')?.value
  const domains: string[] = []
  let temporary = false
  let why = 'its signature does not hold'
  for (const result of verified.results) {
    if (result.status.result === 'temperror') temporary = true
    if (result.status.result !== 'pass' || !result.status.aligned) continue
    const { signingHeaders, signTime } = result as SignatureDetails
    const covered = new Set((signingHeaders?.keys ?? '').toLowerCase().split(/[\s:]+/))
    const madeAt = signTime ? Date.parse(signTime) : covered.has('date') ? Date.parse(date ?? '') : Number.NaN
    if (!covered.has('from') || (subject && !covered.has('subject')))
      why = 'its signature does not cover From and Subject'
    else if (!(madeAt <= input.at.getTime() + SKEW && madeAt >= input.at.getTime() - WEEK))
      why = 'its signature is older than seven days or has no date'
    else domains.push(result.signingDomain.toLowerCase())
  }
  return { domains, temporary: temporary && domains.length === 0, why }
}

/** The library read the same single author, in whatever spelling of the domain. */
const sameAuthor = (read: readonly string[], address: string): boolean =>
  read.length === 1 && canonicalAddress(read[0] ?? '') === canonicalAddress(address)

/** RFC 7208, asked only where its answer could be aligned with the author. */
async function senderPolicy(
  input: VerifyInput,
  client: NonNullable<VerifyInput['client']>,
  resolver: Resolver,
): Promise<{ readonly domain: string | null; readonly temporary: boolean }> {
  const sender = client.mailFrom ? domainOf(client.mailFrom) : (client.helo ?? '').toLowerCase()
  if (lastTwo(sender) !== lastTwo(domainOf(input.address))) return { domain: null, temporary: false }
  const result = await orNull(
    verifySpf({
      ip: client.ip,
      helo: client.helo ?? client.ip,
      sender: client.mailFrom ?? '',
      mta: 'localhost',
      resolver,
    }),
  )
  if (result === null) return { domain: null, temporary: false }
  if (result.status.result === 'pass') return { domain: sender, temporary: false }
  return { domain: null, temporary: result.status.result === 'temperror' || result.status.result === 'temperr' }
}

/** A chain of seals (RFC 8617) whose last members are trusted forwarders: what the first of them saw of the author counts. */
async function seals(input: VerifyInput, resolver: Resolver): Promise<Authentication | null> {
  const signature = input.fields.filter(({ key }) => key === 'dkim-signature' || key === 'arc-message-signature')
  if (
    signature.length > 3 * MAX_SIGNATURES ||
    signature.some(({ value }) => value.length > MAX_SIGNATURE_FIELD || tag(value, 'l') !== null)
  )
    return null
  const trusted = (domain: string) =>
    input.forwarders.some(
      (forwarder) => domain === forwarder.toLowerCase() || domain.endsWith(`.${forwarder.toLowerCase()}`),
    )
  const sealers = new Map<number, string>()
  for (const { key, value } of input.fields)
    if (key === 'arc-seal') sealers.set(Number(tag(value, 'i')), (tag(value, 'd') ?? '').toLowerCase())
  const last = sealers.size
  // No look-up for chains that cannot count anyway.
  if (last === 0 || last > MAX_SIGNATURES || !trusted(sealers.get(last) ?? '')) return null
  const verified = await orNull(
    dkimVerify(
      withoutFields(input.bytes, input.bodyAt, () => false),
      { resolver, curTime: input.at },
    ),
  )
  if (verified === null || !sameAuthor(verified.headerFrom, input.address) || verified.arc === undefined) return null
  const { chain: links, lastEntry, error } = verified.arc
  if (links === false) return null
  const chain = await verifyArc(
    { chain: links, ...(lastEntry && { lastEntry }), ...(error && { error }) },
    { resolver },
  )
  if (chain?.status.result !== 'pass') return null
  for (let i = last; i >= 1 && trusted(sealers.get(i) ?? ''); i--) {
    const field = input.fields.find(
      ({ key, value }) =>
        key === 'arc-authentication-results' && Number(/^\s*i\s*=\s*(\d{1,3})\s*;/.exec(value)?.[1]) === i,
    )
    const results = field ? parseAuthenticationResults(field.value.replace(/^\s*i\s*=\s*\d{1,3}\s*;/, '')) : null
    const verdict = results ? verdictOf(results.results, input.address, results.authservId) : null
    if (verdict?.result === 'pass') return { result: 'pass', by: 'arc', detail: `arc=pass, ${verdict.detail}` }
  }
  return null
}

/** The mail without the header fields that `drop` names (name in lower case, value unfolded). */
function withoutFields(bytes: Buffer, bodyAt: number, drop: (name: string, value: string) => boolean): Buffer {
  const kept: Buffer[] = []
  let at = 0
  while (at < bodyAt) {
    let end = lineEnd(bytes, at, bodyAt)
    while (end < bodyAt && (bytes[end] === 0x20 || bytes[end] === 0x09)) end = lineEnd(bytes, end, bodyAt)
    const text = bytes.toString('latin1', at, end)
    const colon = text.indexOf(':')
    const name = colon > 0 ? text.slice(0, colon).trim().toLowerCase() : ''
    if (name === '' || !drop(name, text.slice(colon + 1).replace(/[\r\n]+/g, ''))) kept.push(bytes.subarray(at, end))
    at = end
  }
  kept.push(bytes.subarray(bodyAt))
  return Buffer.concat(kept)
}

function lineEnd(bytes: Buffer, at: number, limit: number): number {
  const lf = bytes.indexOf(0x0a, at)
  return lf < 0 || lf >= limit ? limit : lf + 1
}

function bounded(resolver: Resolver): Resolver {
  let used = 0
  return async (name, type) => {
    if (++used > MAX_LOOKUPS) throw Object.assign(new Error('too many look-ups for one mail'), { code: 'ELIMIT' })
    return resolver(name, type)
  }
}
