// Memory of large mails, given back at once. V8 frees the bytes of buffers when its own heap needs a collection, and mails of tens of
// megabytes hardly touch that heap: without a nudge, several of them stay behind at once.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Mails from this size on are worth a collection (some 20 ms). */
export const largeBytes = 8 * 1024 * 1024

let collect: (() => void) | undefined

/** Collects garbage now, in the thread that asks. */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    const made: unknown = runInNewContext('gc')
    collect = typeof made === 'function' ? () => made() : () => undefined
  }
  collect()
}
