// Group commit: while one commit runs, the mails that arrive gather for the next one. An idle gateway adds no wait; a busy one
// takes many mails a commit. One caller's mail waits for its own commit and for nothing else.

import { octetsOf, type RawMail } from './message.ts'
import { batchLimits, type Receipt } from './receive.ts'
import { saveApart } from './refusal.ts'

export interface GroupCommit {
  /** Resolves when the mail is committed; rejects when it is not known to be. */
  readonly store: (mail: RawMail) => Promise<Receipt>
}

interface Waiting {
  readonly mail: RawMail
  readonly done: (receipt: Receipt) => void
  readonly failed: (error: unknown) => void
}

export function createGroupCommit(save: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>): GroupCommit {
  let waiting: Waiting[] = []
  let running = false

  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await saveApart(
        save,
        batch.map((one) => one.mail),
      )
      for (const [i, one] of batch.entries()) {
        const answer = answers[i] ?? new Error('the batch was saved without an answer for each mail')
        if (answer instanceof Error) one.failed(answer)
        else one.done(answer)
      }
    } catch (error) {
      for (const one of batch) one.failed(error)
    }
  }

  const run = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const batch: Waiting[] = []
      let bytes = 0
      for (const one of waiting) {
        if (batch.length === batchLimits.mails) break
        if (batch.length > 0 && bytes + octetsOf(one.mail) > batchLimits.bytes) break
        batch.push(one)
        bytes += octetsOf(one.mail)
      }
      waiting = waiting.slice(batch.length)
      await commit(batch)
    }
    running = false
  }

  return {
    store: (mail) =>
      new Promise<Receipt>((done, failed) => {
        waiting.push({ mail, done, failed })
        if (!running) void run()
      }),
  }
}
