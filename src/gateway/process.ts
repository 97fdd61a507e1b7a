// The worker’s turn: claim a batch, read it, authenticate it, decide it in waves, carry each wave out in one transaction. Mails of one
// ticket or sender that come in the same batch go into different waves, so that each sees what the one before it did.

import { collectGarbage, largeBytes } from '../collect.ts'
import { transaction } from '../db/transaction.ts'
import { staffAt } from '../desks/staff.ts'
import { markLogos } from '../inbound/logo-store.ts'
import type { ParseResult } from '../inbound/parse-pool.ts'
import { noDesk } from '../inbound/route.ts'
import {
  type Claimed,
  claimInbound,
  failInbound,
  postponeInbound,
  releaseInbound,
  settleInbound,
} from '../inbound/store.ts'
import { findReleases, type WrittenRelease } from '../inbound/twin-store.ts'
import type { Authentication } from '../mail/authentication.ts'
import { decide } from '../rules/decide.ts'
import { takeNumbers } from '../tickets/store.ts'
import { applyDecisions, Conflict, type Judged } from './apply.ts'
import { insertHolds } from './hold-store.ts'
import { loadContexts } from './load-context.ts'
import { openMinimalTicket } from './park.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { afterAll, verifyAgainAt } from './undecided.ts'

export type { ProcessDeps } from './process-deps.ts'

const limit = 100
const maxBytes = 16 * 1024 * 1024
const leaseMs = 120_000
const parkAfter = 3
const conflictTries = 5

interface Ready {
  readonly claimed: Claimed & { readonly bytes: Buffer }
  readonly parsed: ParseResult
  readonly authentication: Authentication
  readonly running: RunningDesk
  readonly release: WrittenRelease | null
}

/** Works off one batch; how many mails were claimed. */
export async function processOnce(deps: ProcessDeps): Promise<number> {
  const { mails, large } = await workOff(deps)
  // Here and not in there, where the mails are still held.
  if (large) collectGarbage()
  return mails
}

async function workOff(deps: ProcessDeps): Promise<{ readonly mails: number; readonly large: boolean }> {
  const now = await deps.now()
  const first = await claimInbound(deps.sql, { limit, maxBytes, leaseMs, now })
  const flooder = first.length === limit ? onlySender(first) : null
  // A flood of one sender keeps nobody else waiting behind it (T41).
  const claimed =
    flooder === null
      ? first
      : [...first, ...(await claimInbound(deps.sql, { limit: limit / 4, maxBytes, leaseMs, now, beside: flooder }))]
  if (claimed.length === 0) return { mails: 0, large: false }
  const ready = await readBatch(deps, claimed, now)
  for (const wave of waves(ready)) await carryOut(deps, wave, now)
  return { mails: claimed.length, large: claimed.some((work) => (work.bytes?.length ?? 0) >= largeBytes) }
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
    else if (!running) await holdWithoutDesk(deps, { ...work, bytes: work.bytes }, now)
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
      if (!result.ok)
        deps.log.warn({ raw: work.raw, desk: work.desk, reason: result.reason }, 'mail could not be read as usual')
      const authentication = await deps.authenticate(work, result, now)
      const release = releases.get(`${work.desk} ${work.raw}`) ?? null
      const from = result.message.from?.address
      const byStaff = from !== undefined && staffAt(running.desk, from) !== undefined
      const again = verifyAgainAt(authentication, { envelope: work.envelope, byStaff, released: release !== null }, now)
      if (again !== null) {
        await postponeInbound(deps.sql, { ...work, why: `sender not verified yet: ${authentication.detail}` }, again)
        deps.log.info({ raw: work.raw, desk: work.desk, again }, 'name servers do not answer: the mail waits')
        return null
      }
      return { claimed: work, parsed: result, authentication: afterAll(authentication), running, release }
    }),
  )
  const read = ready.filter((r) => r !== null)
  const messages = await markLogos(
    deps.sql,
    read.map((r) => ({ desk: r.running.desk.desk, message: r.parsed.message })),
  )
  return read.map((r, n) => ({ ...r, parsed: { ...r.parsed, message: messages[n] ?? r.parsed.message } }))
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

/** Splits a batch so that no two mails of a wave share a sender, a ticket mark or the mail itself. Order within each is kept. */
export function waves(ready: readonly Ready[]): Ready[][] {
  const list: { members: Ready[]; keys: Set<string> }[] = []
  const lastWave = new Map<string, number>()
  for (const one of ready) {
    const keys = keysOf(one)
    const after = keys.reduce((most, key) => Math.max(most, lastWave.get(key) ?? -1), -1) + 1
    const wave = list[after] ?? { members: [], keys: new Set() }
    list[after] = wave
    wave.members.push(one)
    for (const key of keys) lastWave.set(key, after)
  }
  return list.map((wave) => wave.members)
}

function keysOf({ claimed, parsed, running }: Ready): string[] {
  const { message } = parsed
  const { desk } = running.desk
  const keys = [`raw ${claimed.raw}`, `${desk} from ${message.from?.address ?? ''}`]
  if (message.messageId) keys.push(`${desk} id ${message.messageId}`)
  for (const id of [...message.inReplyTo, ...message.references.slice(-20)]) keys.push(`${desk} id ${id}`)
  for (const match of message.subject.matchAll(/(\d{1,9})\]/g)) keys.push(`${desk} number ${match[1]}`)
  for (const token of message.recipientTokens) keys.push(`${desk} token ${token.split('.')[1] ?? token}`)
  return keys
}

async function carryOut(deps: ProcessDeps, wave: readonly Ready[], now: Date): Promise<void> {
  try {
    await judgeAndApply(deps, wave, now)
  } catch (error) {
    const [only] = wave
    if (wave.length === 1 && only && !(error instanceof Conflict))
      return fail(deps, only.claimed, reasonOf(error), now, error)
    deps.log.warn({ mails: wave.length, reason: reasonOf(error) }, 'a batch failed and is tried mail by mail')
    for (const one of wave) {
      try {
        await judgeAlone(deps, one, now)
      } catch (single) {
        if (single instanceof Conflict) await giveBack(deps, one.claimed, now)
        else await fail(deps, one.claimed, reasonOf(single), now, single)
      }
    }
  }
}

/** Overtaken again and again is no fault of the mail: it waits its turn, and no attempt is counted. */
async function giveBack(deps: ProcessDeps, { desk, raw, attempt }: Claimed, now: Date): Promise<void> {
  await releaseInbound(deps.sql, [{ desk, raw, attempt }], now)
  deps.log.debug({ raw, desk }, 'mail given back: its ticket is busy')
}

/** Judges again what another worker or a due clock overtook: what it reads then is new. */
async function judgeAlone(deps: ProcessDeps, one: Ready, now: Date): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await judgeAndApply(deps, [one], now)
    } catch (error) {
      if (!(error instanceof Conflict) || tries >= conflictTries) throw error
    }
  }
}

async function judgeAndApply(deps: ProcessDeps, wave: readonly Ready[], now: Date): Promise<void> {
  const contexts = await loadContexts(
    deps.sql,
    deps.instance(),
    wave.map((r) => ({
      running: r.running,
      raw: r.claimed.raw,
      message: r.parsed.message,
      envelope: r.claimed.envelope,
      authentication: r.authentication,
    })),
    now,
    wave.map(() => deps.mark()),
  )
  const judged: Judged[] = wave.flatMap((r, n) => {
    const context = contexts[n]
    if (!context) return []
    const decision = decide(
      {
        type: 'mail',
        message: r.parsed.message,
        envelope: r.claimed.envelope,
        mail: r.claimed.raw,
        released: r.release,
      },
      context,
    )
    return [
      {
        running: r.running,
        context,
        decision,
        mail: {
          raw: r.claimed.raw,
          attempt: r.claimed.attempt,
          bytes: r.claimed.bytes,
          message: r.parsed.message,
          envelope: r.claimed.envelope,
          authentication: r.authentication,
        },
      },
    ]
  })
  const applied = await applyDecisions(deps, judged, now)
  for (const { decision, mail, running } of judged) {
    deps.counters.decided(running.desk.desk, decision.outcome)
    deps.log.info(
      {
        raw: mail?.raw,
        desk: running.desk.desk,
        outcome: decision.outcome,
        ticket: decision.tickets[0]?.ticket.number,
        held: decision.holds[0]?.reason,
        mails: decision.mails.length,
      },
      'mail decided',
    )
  }
  if (applied.queued > 0) deps.wakeOutbox()
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** One attempt failed; after the third the mail is set aside, where people see it, and never holds up another. */
async function fail(deps: ProcessDeps, work: Claimed, reason: string, now: Date, error?: unknown): Promise<void> {
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
