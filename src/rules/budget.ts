// How many automatic mails may leave. Headers alone do not stop loops, since robots hide; so every automatic mail takes a token
// from several buckets at once, keyed by recipient, subject, ticket, desk and domain, and leaves only when all have one. Buckets
// are rows shared by all workers: whatever any set of peers sends, it gets at most the sum of what the buckets hold a period.
//
// A bucket is filled again, as a whole, one period after the first token was taken from it. So 3 an hour is three in the hour
// that the first one begins, never three and then one every twenty minutes; and a clock that goes back fills nothing.

import { createHash } from 'node:crypto'
import type { Desk } from '../desks/desk.ts'
import { normaliseSubject } from '../mail/subject.ts'
import type { MailDraft } from '../outbound/draft.ts'

const hour = 3_600_000
const day = 24 * hour

export type BucketScope = 'address' | 'subject' | 'ticket' | 'reopen' | 'domain' | 'desk' | 'staff' | 'fast'

export interface Bucket {
  readonly key: string
  readonly scope: BucketScope
  readonly capacity: number
  readonly periodMs: number
  /**
   * Taken from instead while no bucket of scope `address` has been touched in its period: what robots use up in repetitions
   * must not cost somebody else the first answer.
   */
  readonly firstKey: string | null
}

/** What is left of a bucket, and since when its period runs. A bucket without a row is full. */
export interface BucketState {
  readonly tokens: number
  readonly refilledAt: Date
}

export interface BudgetFacts {
  /** Sender authentication of the mail that caused the draft passed; true for drafts that no mail caused. */
  readonly authenticated: boolean
  /** The recipient is a registered contact of the desk. */
  readonly registered: boolean
  /** null: the mail belongs to no ticket. */
  readonly ticket: number | null
  /** From `subjectKey`. */
  readonly subject: string
  readonly limits: Desk['budgets']
}

/** Eight bytes of hash, the same for all subjects that differ by reply prefixes, ticket tokens, case or digits only. */
export function subjectKey(subject: string): string {
  const plain = normaliseSubject(subject)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{N}+/gu, '0')
    .replace(/\s+/g, ' ')
    .trim()
  return createHash('sha256').update(plain).digest('hex').slice(0, 16)
}

/** The buckets a draft has to take a token from; none for what a person wrote (`budget: null`). */
export function bucketsFor(
  draft: Pick<MailDraft, 'budget' | 'automatic'> & { readonly to: { readonly address: string } },
  facts: BudgetFacts,
): Bucket[] {
  const { limits } = facts
  const to = draft.to.address.toLowerCase()
  const bucket = (
    scope: BucketScope,
    name: keyof Desk['budgets'],
    of: string,
    firstKey: string | null = null,
  ): Bucket => ({
    key: of === '' ? name : `${name}:${of}`,
    scope,
    capacity: limits[name],
    periodMs: name.endsWith('-day') ? day : hour,
    firstKey,
  })
  const ticket =
    facts.ticket === null
      ? []
      : [
          bucket('ticket', 'ticket-hour', `${facts.ticket}:${to}`),
          bucket('ticket', 'ticket-day', `${facts.ticket}:${to}`),
        ]
  const address = [bucket('address', 'address-hour', to), bucket('address', 'address-day', to)]
  const desk = bucket('desk', 'desk-hour', '', 'desk-hour:first')
  const domain = bucket('domain', 'domain-hour', to.slice(to.lastIndexOf('@') + 1))
  switch (draft.budget) {
    case null:
      return []
    case 'staff':
      // Staff are told of everything; this only keeps a flood from becoming theirs.
      return [
        { key: `staff-hour:${to}`, scope: 'staff', capacity: limits['desk-hour'] * 5, periodMs: hour, firstKey: null },
      ]
    case 'registered':
      return [bucket('address', 'registered-hour', to), ...ticket]
    case 'notice':
      // What follows from a clock or an agent is no answer: somebody with many tickets gets a notice for each.
      if (draft.automatic === 'auto-generated')
        return [...ticket, ...(facts.registered ? [bucket('address', 'registered-hour', to)] : address), desk]
      return [
        ...ticket,
        ...address,
        ...(facts.authenticated ? [] : [bucket('address', 'unauthenticated-day', to)]),
        desk,
        domain,
      ]
    case 'acknowledgement':
      return [
        ...address,
        ...(facts.authenticated ? [] : [bucket('address', 'unauthenticated-day', to)]),
        bucket('subject', 'subject-day', `${to}:${facts.subject}`),
        ...ticket,
        desk,
        domain,
      ]
    default:
      return draft.budget satisfies never
  }
}

/** The bucket a reopening by mail takes from; when it is empty, the ticket stays as it is and one agent is told. */
export function reopenBucket(ticket: number, limits: Desk['budgets']): Bucket {
  return {
    key: `reopen-hour:${ticket}`,
    scope: 'reopen',
    capacity: limits['reopen-hour'],
    periodMs: hour,
    firstKey: null,
  }
}

/** Answers to automatic mail that come faster than people write: two a day of an address are answered again. */
export function fastBucket(address: string): Bucket {
  return { key: `fast-day:${address.toLowerCase()}`, scope: 'fast', capacity: 2, periodMs: day, firstKey: null }
}

/** All keys that `takeTokens` may read or write for these buckets. */
export function bucketKeys(buckets: readonly Bucket[]): string[] {
  return buckets.flatMap(({ key, firstKey }) => (firstKey === null ? [key] : [key, firstKey]))
}

export type Taken =
  | { readonly ok: true; readonly changed: ReadonlyMap<string, BucketState> }
  | { readonly ok: false; readonly scope: BucketScope; readonly key: string; readonly why: string }

/** What a bucket holds at `now`. */
function contents(state: BucketState | undefined, bucket: Bucket, now: Date): BucketState {
  if (state === undefined) return { tokens: bucket.capacity, refilledAt: now }
  const elapsed = now.getTime() - state.refilledAt.getTime()
  if (elapsed >= bucket.periodMs) return { tokens: bucket.capacity, refilledAt: now }
  const tokens = Math.min(state.tokens, bucket.capacity)
  // After a clock that was ahead has been put right, the period begins now, with nothing given back.
  return elapsed < -bucket.periodMs ? { tokens, refilledAt: now } : { tokens, refilledAt: state.refilledAt }
}

const scopeNames: Readonly<Record<BucketScope, string>> = {
  address: 'to this address',
  subject: 'to this address about this subject',
  ticket: 'about this ticket to this address',
  reopen: 'reopenings of this ticket',
  domain: 'to this domain',
  desk: 'of this desk',
  staff: 'to this member of staff',
  fast: 'to this address, which answers automatic mail at once,',
}

/** Takes one token from each bucket, or none at all and says which one was empty. `states` holds the rows there are. */
export function takeTokens(states: ReadonlyMap<string, BucketState>, buckets: readonly Bucket[], now: Date): Taken {
  const first = buckets.every(
    (bucket) => bucket.scope !== 'address' || contents(states.get(bucket.key), bucket, now).tokens >= bucket.capacity,
  )
  const changed = new Map<string, BucketState>()
  for (const bucket of buckets) {
    const key = first && bucket.firstKey !== null ? bucket.firstKey : bucket.key
    const state = contents(changed.get(key) ?? states.get(key), bucket, now)
    if (state.tokens < 1) {
      const period = bucket.periodMs === hour ? 'an hour' : 'a day'
      return {
        ok: false,
        scope: bucket.scope,
        key,
        why: `the limit of ${bucket.capacity} ${period} ${scopeNames[bucket.scope]} is reached`,
      }
    }
    // The period begins with the first token taken.
    changed.set(key, { tokens: state.tokens - 1, refilledAt: state.tokens >= bucket.capacity ? now : state.refilledAt })
  }
  return { ok: true, changed }
}
