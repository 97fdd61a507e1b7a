// The outbox at work: claim, send, settle.
//
// A claim commits one more attempt and a lease. Each mail goes to the transport with a callback that commits phase `data` before the
// first byte of the body leaves; phases and results of all connections share statements (`groupCommit`). Below the phase a retry is
// safe; above it a lost answer makes the row `uncertain`, and a person decides (threats 2b).

import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from '../db/pool.ts'
import type { Log } from '../log.ts'
import type { Counters } from '../metrics.ts'
import { groupCommit } from './group-commit.ts'
import { nextAttempt } from './retry.ts'
import {
  type AttemptKey,
  type ClaimedMail,
  claimOutbound,
  findNextDue,
  markPhaseData,
  returnOutbound,
  type Settlement,
  settleOutbound,
} from './store.ts'
import type { Delivery, Transport } from './transport.ts'

/** A mail that needs a person: refused for good, given up, or nobody can know. */
export interface Trouble {
  readonly desk: string
  readonly id: number
  readonly state: 'bounced' | 'dead' | 'uncertain'
  readonly reason: string
}

/** A mail that left under another Message-ID than ours: answers will name that one. */
export interface Renamed {
  readonly desk: string
  readonly id: number
  readonly ticket: number | null
  /** Without brackets. */
  readonly messageId: string
}

export interface OutboxDeps {
  readonly sql: Sql
  readonly transport: Transport
  readonly now: () => Date | Promise<Date>
  readonly log: Log
  readonly counters: Counters
  /** Told after it is committed; `findTrouble` finds what was not told because the process ended in between. */
  readonly onTrouble: (trouble: Trouble) => void
  readonly onRenamed: (renamed: Renamed) => void
  readonly limits?: Partial<OutboxLimits>
}

export interface OutboxLimits {
  /** Mails a claim. */
  readonly claim: number
  /** Octets a claim. */
  readonly maxBytes: number
  /** Longer than the longest delivery: ten minutes for the answer to the body, and the way there. */
  readonly leaseMs: number
  /** How often to look when nobody wakes us. */
  readonly pollMs: number
}

const limitsByDefault: OutboxLimits = { claim: 100, maxBytes: 16 * 1024 * 1024, leaseMs: 30 * 60_000, pollMs: 5_000 }

/** What a run did, in mails. */
export interface OutboxRun {
  readonly sent: number
  readonly delayed: number
  readonly bounced: number
  readonly dead: number
  readonly uncertain: number
}

export interface OutboxHealth {
  /** Since when no conversation with the relay came about; null when the last one did. */
  readonly failingSince: Date | null
  readonly lastError: string | null
  readonly lastSentAt: Date | null
}

export interface Outbox {
  /** Delivers what is due, until nothing is or the relay does not answer. */
  readonly runOnce: () => Promise<OutboxRun>
  /** Delivers until `stop`. */
  readonly start: () => void
  /** Looks at once: something was queued. */
  readonly wake: () => void
  /** Takes no more and gives back what has not begun; waits for what is on its way, then cuts it, which leaves it to its phase. */
  readonly stop: (options?: { readonly drainMs?: number }) => Promise<void>
  readonly health: () => OutboxHealth
}

/** So many attempts in a row without a conversation mean the relay, not the mail: the rest of the claim is not tried. */
const UNREACHABLE_IN_A_ROW = 3

type Tally = { -readonly [State in keyof OutboxRun]: OutboxRun[State] }

const newTally = (): Tally => ({ sent: 0, delayed: 0, bounced: 0, dead: 0, uncertain: 0 })

const keyOf = (mail: AttemptKey): AttemptKey => ({ desk: mail.desk, id: mail.id, attempt: mail.attempt })

const later = (mail: ClaimedMail, at: Date | null, response: string | null, reason: string): Settlement => ({
  ...keyOf(mail),
  state: at === null ? 'dead' : 'delayed',
  response,
  reason,
  nextAttemptAt: at,
})

/** The row's new state after a delivery; null when the row is no longer ours. */
export function settlementOf(mail: ClaimedMail, delivery: Delivery, now: Date): Settlement | null {
  const key = keyOf(mail)
  switch (delivery.state) {
    case 'sent':
      return { ...key, state: 'sent', response: delivery.response, reason: null, nextAttemptAt: null }
    case 'bounced':
      return { ...key, state: 'bounced', response: delivery.response, reason: delivery.response, nextAttemptAt: null }
    case 'uncertain':
      return { ...key, state: 'uncertain', response: null, reason: delivery.reason, nextAttemptAt: null }
    case 'delayed':
      return later(
        mail,
        nextAttempt('refused', mail.attempt, mail.createdAt, now),
        delivery.response,
        delivery.response,
      )
    case 'unreachable':
      return later(mail, nextAttempt('unreachable', mail.attempt, mail.createdAt, now), null, delivery.reason)
    case 'withdrawn':
      return null
    default:
      return delivery satisfies never
  }
}

export function createOutbox(deps: OutboxDeps): Outbox {
  const { sql, transport, log, counters } = deps
  const limits = { ...limitsByDefault, ...deps.limits }
  let stopping = false
  let cut = false
  let looping: Promise<void> | null = null
  let wakeUp: (() => void) | null = null
  let woken = false
  let health: OutboxHealth = { failingSince: null, lastError: null, lastSentAt: null }

  const mayBegin = groupCommit<AttemptKey, boolean>(async (keys) => {
    const granted = new Set((await markPhaseData(sql, keys)).map(({ desk, id }) => `${desk}/${id}`))
    return keys.map(({ desk, id }) => granted.has(`${desk}/${id}`))
  })

  /** A known result outlives a database that is away for a while: forgetting it would make a delivered mail uncertain. */
  const settle = groupCommit<Settlement, true>(async (results) => {
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        await settleOutbound(sql, results, await deps.now())
        return results.map(() => true)
      } catch (error) {
        if (cut) throw error
        counters.failed('outbound')
        log.error({ err: error, mails: results.length }, 'result of deliveries not stored, trying again')
        await pause(wait)
      }
    }
  })

  const tellTrouble = (trouble: Trouble): void => {
    counters.delivered(trouble.desk, trouble.state)
    log.warn(
      { desk: trouble.desk, mail: trouble.id, state: trouble.state, reason: trouble.reason },
      'mail not delivered',
    )
    deps.onTrouble(trouble)
  }

  const note = (delivery: Delivery, now: Date): void => {
    if (delivery.state === 'unreachable')
      health = { ...health, failingSince: health.failingSince ?? now, lastError: delivery.reason }
    else if (delivery.state !== 'withdrawn')
      health = { failingSince: null, lastError: null, lastSentAt: delivery.state === 'sent' ? now : health.lastSentAt }
  }

  let queue: ClaimedMail[] = []
  let busy = 0
  let failures = 0
  let waiting: (() => void)[] = []
  /** The end of any delivery. */
  const freed = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))

  const refill = async (tally: Tally): Promise<boolean> => {
    const { claim: limit, maxBytes, leaseMs } = limits
    const claim = await claimOutbound(sql, { limit, maxBytes, now: await deps.now(), leaseMs })
    for (const key of claim.lost) {
      tally.uncertain++
      tellTrouble({ ...key, state: 'uncertain', reason: 'the sending process ended while the mail was on its way' })
    }
    queue = [...claim.mails]
    return claim.mails.length + claim.lost.length > 0
  }

  const attempt = async (mail: ClaimedMail): Promise<Delivery> =>
    failures >= UNREACHABLE_IN_A_ROW
      ? { state: 'unreachable', reason: health.lastError ?? 'the relay does not answer' }
      : await transport.send(mail, () => mayBegin(keyOf(mail)))

  const deliver = async (mail: ClaimedMail, tally: Tally): Promise<void> => {
    const delivery = await attempt(mail)
    failures = delivery.state === 'unreachable' ? failures + 1 : 0
    const at = await deps.now()
    note(delivery, at)
    const result = settlementOf(mail, delivery, at)
    if (result === null) {
      log.warn({ desk: mail.desk, mail: mail.id }, 'mail withdrawn from delivery: its lease had ended')
      return
    }
    await settle(result)
    if (delivery.state === 'sent' && delivery.renamed !== undefined)
      deps.onRenamed({ desk: mail.desk, id: mail.id, ticket: mail.ticket, messageId: delivery.renamed })
    tally[result.state]++
    const { desk, id } = mail
    switch (result.state) {
      case 'sent':
        counters.delivered(desk, 'sent')
        log.info({ desk, mail: id, attempt: mail.attempt }, 'sent')
        break
      case 'delayed':
        counters.delivered(desk, 'delayed')
        log.info(
          { desk, mail: id, attempt: mail.attempt, reason: result.reason, next: result.nextAttemptAt },
          'delayed',
        )
        break
      case 'bounced':
      case 'dead':
      case 'uncertain':
        tellTrouble({ desk, id, state: result.state, reason: result.reason ?? '' })
        break
      default:
        result.state satisfies never
    }
  }

  /** Keeps all lines of the transport busy until nothing is due; one that hangs holds up no other. */
  const pump = async (tally: Tally): Promise<void> => {
    // Each pass tries the relay again: one more failure in a row is enough to leave it alone.
    failures = Math.min(failures, UNREACHABLE_IN_A_ROW - 1)
    while (!stopping) {
      if (busy >= transport.width) {
        await freed()
        continue
      }
      const mail = queue.shift()
      if (mail === undefined) {
        if (failures >= UNREACHABLE_IN_A_ROW || !(await refill(tally))) return
        continue
      }
      busy++
      void deliver(mail, tally)
        .catch((error: unknown) => {
          counters.failed('outbound')
          log.error(
            { err: error, desk: mail.desk, mail: mail.id },
            'delivery not settled: the lease of the mail decides',
          )
        })
        .finally(() => {
          busy--
          const all = waiting
          waiting = []
          for (const resume of all) resume()
        })
    }
  }

  const quiet = async (): Promise<void> => {
    while (busy > 0) await freed()
  }

  const runOnce = async (): Promise<OutboxRun> => {
    const tally = newTally()
    await pump(tally)
    await quiet()
    return tally
  }

  const waitForWork = async (): Promise<void> => {
    if (woken || stopping) return
    const due = await findNextDue(sql).catch(() => null)
    const ahead =
      due === null ? limits.pollMs : due.getTime() - Number(await Promise.resolve(deps.now()).catch(() => 0))
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(50, Math.min(limits.pollMs, ahead)))
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
      if (woken || stopping) wakeUp()
    })
    wakeUp = null
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      woken = false
      try {
        await pump(newTally())
      } catch (error) {
        counters.failed('outbound')
        log.error({ err: error }, 'outbox run failed')
        await Promise.race([
          pause(1_000),
          new Promise<void>((resolve) => {
            wakeUp = resolve
          }),
        ])
      }
      await waitForWork()
    }
  }

  return {
    runOnce,
    start: () => {
      looping ??= loop()
    },
    wake: () => {
      woken = true
      wakeUp?.()
    },
    stop: async ({ drainMs = 30_000 } = {}) => {
      stopping = true
      wakeUp?.()
      const timer = setTimeout(() => {
        cut = true
        transport.close()
      }, drainMs)
      await quiet()
      await looping
      clearTimeout(timer)
      const untouched = queue.map(keyOf)
      queue = []
      if (untouched.length > 0) await returnOutbound(sql, untouched, await deps.now())
      cut = true
      transport.close()
    },
    health: () => health,
  }
}
