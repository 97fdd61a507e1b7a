// One mail as it arrives: its first megabyte in memory, what follows in the spool.

import type { RawMail } from '../message.ts'
import { chunkBytes } from '../raw-store.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Spool, SpoolFile } from './spool.ts'

export interface MailBody {
  /**
   * False, and everything given back: there is no room. A promise: the disk is busy, the next piece waits for it; it rejects
   * with what the disk says.
   */
  readonly add: (piece: Buffer) => boolean | Promise<boolean>
  /** The whole mail, once, when the last piece is taken; budget and spool stay taken until `drop`. */
  readonly join: () => Pick<RawMail, 'bytes' | 'rest'>
  /** Gives everything back; may be called twice. */
  readonly drop: () => void
}

export function createMailBody(budget: ByteBudget, spool: Spool): MailBody {
  let pieces: Buffer[] = []
  let held = 0
  let file: SpoolFile | null = null

  const drop = (): void => {
    budget.give(held)
    held = 0
    pieces = []
    file?.drop()
    file = null
  }
  const refused = (): false => {
    drop()
    return false
  }
  const append = async (to: SpoolFile, piece: Buffer): Promise<boolean> => {
    try {
      return (await to.append(piece)) || refused()
    } catch (error) {
      drop()
      throw error
    }
  }
  return {
    add(piece) {
      if (file !== null) return append(file, piece)
      const here = Math.min(piece.length, chunkBytes - held)
      if (!budget.take(here)) return refused()
      held += here
      pieces.push(here < piece.length ? piece.subarray(0, here) : piece)
      if (here === piece.length) return true
      file = spool.file()
      pieces = [Buffer.concat(pieces, held)]
      return append(file, piece.subarray(here))
    },
    join() {
      const [only] = pieces
      const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, held)
      return file === null ? { bytes } : { bytes, rest: file.rest() }
    },
    drop,
  }
}
