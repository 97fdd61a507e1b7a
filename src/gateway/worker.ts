// The worker: one batch is decided while the next one is claimed and read, so that the reading thread, this one and the database
// work at the same time. Order is kept: batches are decided one after the other, in the order they were claimed.

import { releaseInbound } from '../inbound/store.ts'
import { createCollector } from '../memory.ts'
import { workOff } from './process.ts'
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

export function createWorker(deps: ProcessDeps): Worker {
  let ahead: Promise<Batch> | null = null
  const passed = createCollector()

  const takeAhead = async (): Promise<Batch | null> => {
    const claimed = ahead
    ahead = null
    const batch = await claimed
    // What came after an empty claim waits for nothing.
    return batch !== null && batch.claimed.length > 0 ? batch : null
  }
  const next = async (): Promise<{ readonly mails: number; readonly octets: number }> => {
    const batch = (await takeAhead()) ?? (await claimBatch(deps))
    if (batch.full && batch.octets <= aheadBytes) {
      ahead = claimBatch(deps)
      // Looked at by the next turn, not as an unhandled rejection meanwhile.
      ahead.catch(() => undefined)
    }
    await workOff(deps, batch)
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
      const batch = await ahead?.catch(() => null)
      ahead = null
      if (!batch) return
      const unworked = batch.ready.map(({ claimed }) => claimed)
      await releaseInbound(deps.sql, unworked, await deps.now())
    },
  }
}
