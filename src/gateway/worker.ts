// The worker: while one batch is written, the next is decided and the one after it claimed and read, so that the reading thread, this
// one and the database work at the same time. Order is kept: a batch is decided when the one before it has its numbers, and where
// the two share a sender or a ticket, when that one is written.

import { releaseInbound } from '../inbound/store.ts'
import { createCollector } from '../memory.ts'
import { keysOfBatch, workOff } from './process.ts'
import type { ProcessDeps } from './process-deps.ts'
import { type Batch, claimBatch } from './read-batch.ts'

export interface Worker {
  /** Works off a batch; how many mails it had. */
  readonly turn: () => Promise<number>
  /** Gives back what was claimed ahead. */
  readonly close: () => Promise<void>
}

/** Mails that are read ahead hold no more than this together. */
const aheadBytes = 8 * 1024 * 1024

/** Works off one batch and reads nothing ahead; how many mails were claimed. */
export async function processOnce(deps: ProcessDeps): Promise<number> {
  const batch = await claimBatch(deps)
  await workOff(deps, batch)
  return batch.claimed.length
}

/** A batch that is being worked off. */
interface Flight {
  readonly keys: ReadonlySet<string>
  /** Its tickets have their numbers; what is left is writing. */
  readonly numbered: Promise<void>
  readonly done: Promise<void>
}

export function createWorker(deps: ProcessDeps): Worker {
  let ahead: Promise<Batch> | null = null
  let flight: Flight | null = null
  const passed = createCollector()

  const takeAhead = async (): Promise<Batch | null> => {
    const claimed = ahead
    ahead = null
    const batch = await claimed
    // What came after an empty claim waits for nothing.
    return batch !== null && batch.claimed.length > 0 ? batch : null
  }
  /** Lets the batch before come as far as this one needs: to its numbers, or where they have something in common to its end. */
  const follow = async (keys: ReadonlySet<string>, large: boolean): Promise<void> => {
    if (flight === null) return
    const { keys: others } = flight
    const related = [...keys].some((key) => others.has(key))
    // What became of it is told when it lands: this batch is not to blame.
    await (related || large ? flight.done.catch(() => undefined) : flight.numbered)
  }
  const begin = (batch: Batch, keys: ReadonlySet<string>): Flight => {
    let onNumbered = (): void => undefined
    const numbered = new Promise<void>((resolve) => {
      onNumbered = resolve
    })
    const done = workOff(deps, batch, onNumbered).finally(onNumbered)
    // Looked at by the next turn, not as an unhandled rejection meanwhile.
    done.catch(() => undefined)
    return { keys, numbered, done }
  }
  /** Ends the batch that is being written, if there is one. */
  const land = async (): Promise<void> => {
    const last = flight
    flight = null
    await last?.done
  }
  const next = async (): Promise<{ readonly mails: number; readonly octets: number }> => {
    const batch = (await takeAhead()) ?? (await claimBatch(deps))
    const large = batch.octets > aheadBytes
    if (batch.full && !large) {
      ahead = claimBatch(deps)
      ahead.catch(() => undefined)
    }
    const keys = keysOfBatch(batch)
    await follow(keys, large)
    const before = flight
    flight = batch.ready.length === 0 ? null : begin(batch, keys)
    await before?.done
    if (ahead === null) await land()
    return { mails: batch.claimed.length, octets: batch.octets }
  }
  return {
    async turn() {
      const { mails, octets } = await next()
      // Here and not in there, where the mails are still held.
      passed(octets)
      return mails
    },
    async close() {
      try {
        await land()
      } finally {
        const batch = await ahead?.catch(() => null)
        ahead = null
        if (batch) {
          batch.lease.end()
          const unworked = batch.ready.map(({ claimed }) => claimed)
          await releaseInbound(deps.sql, unworked)
        }
      }
    },
  }
}
