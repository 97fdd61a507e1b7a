import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Origin } from '../../src/inbound/message.ts'
import { type AnswerFacts, isRoleAddress, mayAnswerAutomatically } from '../../src/rules/answerable.ts'
import {
  type Bucket,
  type BucketState,
  type BudgetFacts,
  bucketKeys,
  bucketsFor,
  reopenBucket,
  subjectKey,
  takeTokens,
} from '../../src/rules/budget.ts'
import { limits } from './budget-model.ts'

const facts = (change: Partial<BudgetFacts> = {}): BudgetFacts => ({
  authenticated: true,
  registered: false,
  ticket: 12,
  subject: subjectKey('A printer'),
  limits,
  ...change,
})
const start = new Date('2026-11-21T10:00:00Z')
const after = (minutes: number) => new Date(start.getTime() + minutes * 60_000)

/** A row store: takes and remembers, says whether the mail may leave. */
function store() {
  const rows = new Map<string, BucketState>()
  return {
    rows,
    take: (buckets: readonly Bucket[], at: Date) => {
      const known = new Map(
        bucketKeys(buckets).flatMap((key) => {
          const row = rows.get(key)
          return row ? [[key, row] as const] : []
        }),
      )
      const taken = takeTokens(known, buckets, at)
      if (taken.ok) for (const [key, state] of taken.changed) rows.set(key, state)
      return taken
    },
  }
}

const ack = (n: number, change: Partial<BudgetFacts> = {}, address = 'ann@corp.test') =>
  bucketsFor(
    { budget: 'acknowledgement', automatic: 'auto-replied', to: { address } },
    facts({ ticket: n, subject: `s${n}`, ...change }),
  )

describe('automatic mail', () => {
  test('to an authenticated address leaves three times an hour and ten times a day', () => {
    const { take } = store()
    const left: number[] = []
    for (let minute = 0; minute < 24 * 60; minute += 5) if (take(ack(minute), after(minute)).ok) left.push(minute)
    expect(left).toHaveLength(10)
    expect(left.slice(0, 6)).toEqual([0, 5, 10, 60, 65, 70])
    expect(take(ack(9999), after(24 * 60)).ok).toBe(true)
  })
  test('to an address that is not authenticated leaves once a day', () => {
    const { take } = store()
    const left = Array.from({ length: 48 }, (_, i) => i * 30).filter(
      (minute) => take(ack(minute, { authenticated: false }), after(minute)).ok,
    )
    expect(left).toEqual([0])
  })
  test('about the same subject leaves once a day, whatever prefixes, tokens and counters are added', () => {
    const { take } = store()
    const about = (subject: string, n: number) => take(ack(n, { subject: subjectKey(subject) }), after(n)).ok
    expect(about('Backup failed 17', 1)).toBe(true)
    expect(about('Re: backup  FAILED 18', 2)).toBe(false)
    expect(about('AW: Re: Backup failed 19', 3)).toBe(false)
    expect(about('Restore failed 19', 4)).toBe(true)
  })
  test('about one ticket leaves three times an hour', () => {
    const { take } = store()
    const notice = bucketsFor(
      { budget: 'notice', automatic: 'auto-generated', to: { address: 'ann@corp.test' } },
      facts({ registered: true }),
    )
    expect([0, 1, 2, 3, 59, 60].map((minute) => take(notice, after(minute)).ok)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
    ])
  })
  test('acknowledging a registered contact is exempt up to twenty an hour', () => {
    const { take } = store()
    const one = (n: number) =>
      bucketsFor(
        { budget: 'registered', automatic: 'auto-replied', to: { address: 'ann@corp.test' } },
        facts({ ticket: n }),
      )
    expect(Array.from({ length: 25 }, (_, n) => take(one(n), after(n)).ok).filter(Boolean)).toHaveLength(20)
  })
  test('of a desk leaves sixty times an hour, and the breaker says so', () => {
    const { take } = store()
    const wide = { ...limits, 'domain-hour': 10_000 }
    const results = Array.from({ length: 100 }, (_, n) => take(ack(n, { limits: wide }, `p${n}@corp.test`), after(0)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(60)
    expect(results.find(({ ok }) => !ok)).toMatchObject({
      scope: 'desk',
      why: 'the limit of 60 an hour of this desk is reached',
    })
  })
  test('repeated to robots does not use up the first answers to others', () => {
    const { take } = store()
    const wide = { ...limits, 'domain-hour': 10_000, 'address-hour': 1000, 'address-day': 1000 }
    take(ack(0, { limits: wide }, 'robot@corp.test'), after(0))
    let repeated = 0
    for (let n = 1; n < 200; n++) if (take(ack(n, { limits: wide }, 'robot@corp.test'), after(1)).ok) repeated++
    expect(repeated).toBe(60)
    expect(take(ack(500, { limits: wide }, 'newcomer@corp.test'), after(2)).ok).toBe(true)
  })
  test('to a domain leaves thirty times an hour', () => {
    const { take } = store()
    expect(
      Array.from({ length: 40 }, (_, n) => take(ack(n, {}, `p${n}@corp.test`), after(0)).ok).filter(Boolean),
    ).toHaveLength(30)
  })
  test('that a person wrote has no bucket', () => {
    expect(bucketsFor({ budget: null, automatic: null, to: { address: 'ann@corp.test' } }, facts())).toEqual([])
  })
  test('refused takes nothing from any bucket', () => {
    const { take, rows } = store()
    for (let n = 0; n < 3; n++) take(ack(n), after(0))
    const before = structuredClone([...rows])
    expect(take(ack(50), after(1))).toMatchObject({
      ok: false,
      scope: 'address',
      why: 'the limit of 3 an hour to this address is reached',
    })
    expect([...rows]).toEqual(before)
  })
  test('a ticket is reopened by mail three times an hour', () => {
    const { take } = store()
    expect([0, 1, 2, 3, 60].map((minute) => take([reopenBucket(12, limits)], after(minute)).ok)).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
  })
})

describe('a clock', () => {
  const one: Bucket = { key: 'k', scope: 'ticket', capacity: 2, periodMs: 3_600_000, firstKey: null }
  test('that goes back fills nothing', () => {
    const { take } = store()
    take([one], after(0))
    take([one], after(1))
    for (const minute of [-10, -59, -600, -100_000]) expect(take([one], after(minute)).ok).toBe(false)
  })
  test('that was far ahead does not block for longer than a period', () => {
    const { take } = store()
    take([one], after(500_000))
    take([one], after(500_001))
    expect(take([one], after(0)).ok).toBe(false)
    // A refusal writes nothing, so the period is counted from the wrong time until a token is free again.
    expect(takeTokens(new Map([['k', { tokens: 1, refilledAt: after(500_000) }]]), [one], after(0))).toMatchObject({
      ok: true,
    })
  })
  test('never lets more than the capacity through within one period of the first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: -30, max: 50 }), { maxLength: 80 }),
        (capacity, steps) => {
          const bucket: Bucket = { ...one, capacity }
          const { take, rows } = store()
          let minute = 0
          const left = new Map<number, number>()
          for (const step of steps) {
            minute += step
            if (!take([bucket], after(minute)).ok) continue
            const since = rows.get('k')?.refilledAt.getTime() ?? 0
            left.set(since, (left.get(since) ?? 0) + 1)
          }
          for (const count of left.values()) expect(count).toBeLessThanOrEqual(capacity)
        },
      ),
    )
  })
})

describe('a machine answers', () => {
  const origin: Origin = { kind: 'human', vacation: false, suppressAutoReply: false, list: false, evidence: [] }
  const base: AnswerFacts = {
    to: 'ann@corp.test',
    ownAddresses: new Set(['desk@north.test', 'desk@south.test']),
    origin,
    authentication: { result: 'none', by: 'nobody', detail: '' },
    mailFrom: 'ann@corp.test',
    addressed: true,
    received: 3,
    hops: 0,
    blockedUntil: null,
    now: start,
  }
  test('an ordinary mail of a person', () => expect(mayAnswerAutomatically(base)).toEqual({ ok: true }))

  test.each([
    ['without a single author', { to: null }],
    ['whose author failed authentication', { authentication: { result: 'fail', by: 'dmarc', detail: 'dmarc=fail' } }],
    ['with a null return path', { mailFrom: '' }],
    ['that is a bounce', { origin: { ...origin, kind: 'bounce' } }],
    ['that was generated', { origin: { ...origin, kind: 'generated' } }],
    ['of a list', { origin: { ...origin, kind: 'list' } }],
    ['that is an absence notice by its words alone', { origin: { ...origin, vacation: true } }],
    ['that asks to be spared', { origin: { ...origin, suppressAutoReply: true } }],
    ['of another desk of ours', { to: 'Desk@South.test' }],
    ['of a no-reply address', { to: 'no-reply@corp.test' }],
    ['that names the desk neither in To nor in Cc', { addressed: false }],
    ['that passed 51 servers', { received: 51 }],
    ['that passed three gateways', { hops: 3 }],
    ['of an address that bounced', { blockedUntil: after(1) }],
  ] as const)('no mail %s', (_title, change) => {
    expect(mayAnswerAutomatically({ ...base, ...change } as AnswerFacts).ok).toBe(false)
  })
  test.each([
    ['whose address has not bounced lately', { blockedUntil: after(-1) }],
    ['whose authentication is undecided', { authentication: { result: 'undecided', by: 'nobody', detail: '' } }],
  ] as const)('a mail %s', (_title, change) =>
    expect(mayAnswerAutomatically({ ...base, ...change } as AnswerFacts)).toEqual({ ok: true }),
  )

  test.each([
    ['noreply@x.test', true],
    ['no-reply@x.test', true],
    ['No_Reply@x.test', true],
    ['noreply-billing@x.test', true],
    ['ne-pas-repondre@x.test', true],
    ['no-responder@x.test', true],
    ['donotreply@x.test', true],
    ['mailer-daemon@x.test', true],
    ['postmaster@x.test', true],
    ['bounce@x.test', true],
    ['bounces+12=a@x.test', true],
    ['owner-list@x.test', true],
    ['list-request@x.test', true],
    ['srs0=ab=cd@x.test', true],
    ['@x.test', true],
    ['ann@x.test', false],
    ['norbert@x.test', false],
    ['nora.reply@x.test', false],
    ['bouncer.club@x.test', false],
    ['owner@x.test', false],
    ['abuse.team@x.test', false],
    ['root.ann@x.test', false],
  ])('%s is an address that nobody reads: %s', (address, wanted) => expect(isRoleAddress(address)).toBe(wanted))
})
