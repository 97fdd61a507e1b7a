// The first half of a worker's turn: claim a batch, read it, authenticate it. Nothing is decided here.

import { transaction } from '../db/transaction.ts'
import { staffAt } from '../desks/staff.ts'
import { markLogos } from '../inbound/logo-store.ts'
import type { ParseResult } from '../inbound/parse-pool.ts'
import { noDesk } from '../inbound/route.ts'
import { type Claimed, claimInbound, postponeInbound, settleInbound } from '../inbound/store.ts'
import { findReleases, type WrittenRelease } from '../inbound/twin-store.ts'
import type { Authentication } from '../mail/authentication.ts'
import { takeNumbers } from '../tickets/store.ts'
import { fail, parkAfter, reasonOf } from './attempt.ts'
import { insertHolds } from './hold-store.ts'
import { keepLease, type Lease, leaseMs } from './lease.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { afterAll, verifyAgainAt } from './undecided.ts'

const limit = 100
const maxBytes = 4 * 1024 * 1024

/** A mail that is read and can be decided. */
export interface Ready {
  readonly claimed: Claimed & { readonly bytes: Buffer }
  readonly parsed: ParseResult
  readonly authentication: Authentication
  readonly running: RunningDesk
  readonly release: WrittenRelease | null
}

/** A claimed batch; `ready` leaves out what was settled, postponed or given up while it was read. */
export interface Batch {
  readonly claimed: readonly Claimed[]
  readonly ready: readonly Ready[]
  /** As many as a turn takes: more may wait. */
  readonly full: boolean
  readonly octets: number
  readonly now: Date
  /** Ended by who works it off or gives it back. */
  readonly lease: Lease
}

/** Claims the next mails and reads them. */
export async function claimBatch(deps: ProcessDeps): Promise<Batch> {
  const now = await deps.now()
  const first = await claimInbound(deps.sql, { limit, maxBytes, leaseMs, now })
  const flooder = first.length === limit ? onlySender(first) : null
  // A flood of one sender keeps nobody else waiting behind it (T41).
  const claimed =
    flooder === null
      ? first
      : [...first, ...(await claimInbound(deps.sql, { limit: limit / 4, maxBytes, leaseMs, now, beside: flooder }))]
  const octets = claimed.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0)
  const lease = keepLease(deps, claimed)
  try {
    const ready = claimed.length === 0 ? [] : await readBatch(deps, claimed, now)
    if (ready.length === 0) lease.end()
    return { claimed, ready, full: first.length === limit || octets >= maxBytes / 2, octets, now, lease }
  } catch (error) {
    lease.end()
    throw error
  }
}

/** The return path that all of them have; null: several, or none. */
function onlySender(claimed: readonly Claimed[]): string | null {
  const from = claimed[0]?.envelope.mailFrom ?? null
  return from !== null && claimed.every(({ envelope }) => envelope.mailFrom === from) ? from : null
}

async function readBatch(deps: ProcessDeps, claimed: readonly Claimed[], now: Date): Promise<Ready[]> {
  const instance = deps.instance()
  const known: { claimed: Ready['claimed']; running: RunningDesk }[] = []
  for (const work of claimed) {
    const running = instance.desks.get(work.desk)
    if (work.bytes === null) await fail(deps, work, 'the original was purged', now)
    else if (work.attempt > parkAfter) await fail(deps, work, 'given up after three attempts', now)
    else if (!running)
      await holdWithoutDesk(deps, { ...work, bytes: work.bytes }, now).catch((error: unknown) =>
        fail(deps, work, reasonOf(error), now, error),
      )
    else known.push({ claimed: { ...work, bytes: work.bytes }, running })
  }
  if (known.length === 0) return []
  const [parsed, releases] = await Promise.all([
    deps.parse([
      ...new Map(known.map(({ claimed: c }) => [String(c.raw), { id: String(c.raw), bytes: c.bytes }])).values(),
    ]),
    findReleases(
      deps.sql,
      known.map(({ claimed: c }) => c),
    ),
  ])
  const ready = await Promise.all(
    known.map(async ({ claimed: work, running }): Promise<Ready | null> => {
      const result = parsed.get(String(work.raw))
      if (!result) return null
      const release = releases.get(`${work.desk} ${work.raw}`) ?? null
      try {
        return await readOne(deps, { work, running, result, release }, now)
      } catch (error) {
        // The others of the batch are not to blame.
        await fail(deps, work, reasonOf(error), now, error)
        return null
      }
    }),
  )
  const read = ready.filter((r) => r !== null)
  const messages = await markLogos(
    deps.sql,
    read.map((r) => ({ desk: r.running.desk.desk, message: r.parsed.message })),
  )
  return read.map((r, n) => ({ ...r, parsed: { ...r.parsed, message: messages[n] ?? r.parsed.message } }))
}

/** Verifies the author of a mail; null: it waits until name servers answer. */
async function readOne(
  deps: ProcessDeps,
  {
    work,
    running,
    result,
    release,
  }: {
    readonly work: Ready['claimed']
    readonly running: RunningDesk
    readonly result: ParseResult
    readonly release: WrittenRelease | null
  },
  now: Date,
): Promise<Ready | null> {
  if (!result.ok)
    deps.log.warn({ raw: work.raw, desk: work.desk, reason: result.reason }, 'mail could not be read as usual')
  const authentication = await deps.authenticate(work, result, now)
  const from = result.message.from?.address
  const byStaff = from !== undefined && staffAt(running.desk, from) !== undefined
  const again = verifyAgainAt(authentication, { envelope: work.envelope, byStaff, released: release !== null }, now)
  if (again === null)
    return { claimed: work, parsed: result, authentication: afterAll(authentication), running, release }
  await postponeInbound(deps.sql, { ...work, why: `sender not verified yet: ${authentication.detail}` }, again)
  deps.log.info({ raw: work.raw, desk: work.desk, again }, 'name servers do not answer: the mail waits')
  return null
}

/** Mail for no desk of ours is kept and shown to supervisors; nobody is answered. */
async function holdWithoutDesk(
  deps: ProcessDeps,
  work: Claimed & { readonly bytes: Buffer },
  now: Date,
): Promise<void> {
  const parsed = (await deps.parse([{ id: 'one', bytes: work.bytes }])).get('one')
  const message = parsed?.message
  const desk = work.desk
  const numbers = await takeNumbers(deps.sql, new Map([[desk, { tickets: 0, persons: 0, outbound: 0, holds: 1 }]]))
  const why = desk === noDesk ? 'No recipient address belongs to a desk.' : `The desk ${desk} is no longer configured.`
  await transaction(deps.sql, async (tx) => {
    await insertHolds(
      tx,
      [
        {
          desk,
          id: numbers.get(desk)?.hold ?? 0,
          raw: work.raw,
          reason: 'no-desk',
          why,
          ticket: null,
          release: 'open',
          author: null,
          sender: message?.from?.address ?? null,
          subject: message?.subject ?? null,
        },
      ],
      now,
    )
    await settleInbound(
      tx,
      [
        {
          desk,
          raw: work.raw,
          attempt: work.attempt,
          outcome: 'held',
          ticket: null,
          trail: [{ at: 'desk', code: 'held:no-desk', why }],
          authentication: null,
          messageId: message?.messageId ?? null,
          sender: message?.from?.address ?? null,
          subject: message?.subject ?? null,
        },
      ],
      now,
    )
  })
}
