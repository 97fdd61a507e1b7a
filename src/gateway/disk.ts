// Room on the disks that the gateway writes on: missed while there is still some.

import type { StatsFs } from 'node:fs'
import type { Sign } from './watch.ts'
import { within } from './within.ts'

/** Of a file system: octets of a block, and how many there are, are free, and are free for us. */
export type Room = Pick<StatsFs, 'bsize' | 'blocks' | 'bfree' | 'bavail'>

export interface DiskWatchDeps {
  /** One on each disk. */
  readonly folders: readonly string[]
  /** From how much used on it is told, counted as `df` does: room kept for root is neither used nor free. */
  readonly percent: number
  readonly statfs: (folder: string) => Promise<Room>
}

/** A disk is well again when this much more is free, in percent: one at the limit would come and go with every mail. */
const RELIEF = 5
/** A share of a network that is away does not answer for minutes. */
const PATIENCE_MS = 5_000

/**
 * Gives a sign for each folder; none for one that is not there or does not answer: what needs it fails, and tells. One that was
 * well is told at once when it fills; one that is full at the first look has been so, and is told as everything else.
 */
export function createDiskWatch({ folders, percent, statfs }: DiskWatchDeps): () => Promise<Sign[]> {
  const full = new Set<string>()
  const wasWell = new Set<string>()
  const signsOf = async (name: string): Promise<Sign[]> => {
    let room: Room | undefined
    await within(
      PATIENCE_MS,
      statfs(name).then((answer) => {
        room = answer
      }),
    )
    if (room === undefined) return []
    const { bsize, blocks, bfree, bavail } = room
    const used = blocks - bfree
    const share = used <= 0 ? 0 : Math.ceil((100 * used) / (used + bavail))
    if (share >= percent) full.add(name)
    else if (share <= percent - RELIEF) full.delete(name)
    if (!full.has(name)) wasWell.add(name)
    const detail = full.has(name) ? `${share} % used, ${((bsize * bavail) / 1e9).toFixed(1)} GB free` : null
    return [{ kind: 'disk', name, desk: null, detail, since: null, atOnce: wasWell.has(name) }]
  }
  return async () => (await Promise.all(folders.map(signsOf))).flat()
}
