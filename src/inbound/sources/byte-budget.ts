/** Memory that mails in transfer may hold together; one budget for all listeners of a process. */
export interface ByteBudget {
  /** False, and nothing taken, when it would not fit. */
  readonly take: (bytes: number) => boolean
  readonly give: (bytes: number) => void
  readonly full: () => boolean
  readonly used: () => number
}

export function createByteBudget(max: number): ByteBudget {
  let used = 0
  return {
    take(bytes) {
      if (used + bytes > max) return false
      used += bytes
      return true
    },
    give(bytes) {
      used -= bytes
    },
    full: () => used >= max,
    used: () => used,
  }
}

/** Collects the pieces of one mail out of a budget. */
export interface MailBody {
  /** False when the budget has no room: what was collected is given back. */
  readonly add: (piece: Buffer) => boolean
  /** The whole mail, once; the budget stays taken until `drop`. */
  readonly join: () => Buffer
  /** Gives everything back; may be called twice. */
  readonly drop: () => void
}

const PIECES_BYTES = 1024 * 1024

/**
 * `expected` is what the client says the size will be (RFC 1870), else the largest size allowed. Beyond a megabyte a mail goes into
 * one buffer of that size as it arrives, so that a large mail is never held twice; what of the buffer is not written to costs
 * address space only. A mail larger than expected is still whole.
 */
export function createMailBody(budget: ByteBudget, expected: number): MailBody {
  let pieces: Buffer[] = []
  let size = 0
  let whole: Buffer | null = null

  const drop = (): void => {
    budget.give(size)
    size = 0
    pieces = []
    whole = null
  }
  return {
    add(piece) {
      if (!budget.take(piece.length)) {
        drop()
        return false
      }
      if (whole === null && expected > PIECES_BYTES && size + piece.length > PIECES_BYTES && size < expected) {
        whole = Buffer.allocUnsafeSlow(expected + 1024)
        let at = 0
        for (const one of pieces) at += one.copy(whole, at)
        pieces = []
      }
      if (whole !== null && size + piece.length <= whole.length) piece.copy(whole, size)
      else {
        if (whole !== null) {
          pieces = [whole.subarray(0, size)]
          whole = null
          expected = 0
        }
        pieces.push(piece)
      }
      size += piece.length
      return true
    },
    join() {
      if (whole !== null) return whole.subarray(0, size)
      const [only] = pieces
      return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, size)
    },
    drop,
  }
}
