// `guichet import`: the backlog of an mbox or a Maildir, as receipts that are the same at every run, so that a run which was
// interrupted, or a file that has grown, is imported by running it again.

import { createReadStream } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import type { RawMail } from '../inbound/message.ts'
import type { Receipt } from '../inbound/receive.ts'
import { deliveryEnvelope } from '../inbound/recipients.ts'
import { isMaildir, listMaildir, readMaildirFile } from '../inbound/sources/maildir.ts'
import { readMbox } from '../inbound/sources/mbox.ts'
import { createProgress, type ProgressOutput } from './progress.ts'

export interface ImportOptions {
  /** An mbox file or a Maildir folder. */
  readonly path: string
  /** Saves a batch in one commit (`receive`). */
  readonly receive: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>
  readonly now: () => Promise<Date>
  /** Where progress goes: a bar on a terminal, lines elsewhere. */
  readonly out: ProgressOutput
  /** Milliseconds of any clock that never goes back. */
  readonly ticks: () => number
  /** Stops between two batches. */
  readonly signal?: AbortSignal
  /** Octets; of a larger mail the beginning is stored, marked as cut off. */
  readonly maxSize?: number
}

export interface Imported {
  /** Mails read. */
  readonly mails: number
  /** Of these, new ones. */
  readonly stored: number
  /** Of these, known before, by an earlier run or another way. */
  readonly known: number
  /** Of these, too large and stored in part. */
  readonly cutOff: number
  /** Files that could not be read. */
  readonly unreadable: number
}

/** `reason` is a sentence for a person. */
export type ImportOutcome = ({ readonly ok: true } & Imported) | { readonly ok: false; readonly reason: string }

interface Found {
  readonly sourceId: string
  readonly bytes: Buffer
  readonly cut: boolean
  /** Of the whole, for the progress. */
  readonly done: number
}

const BATCH = { mails: 200, bytes: 16 * 1024 * 1024 } as const
const MAX_SIZE = 50 * 1024 * 1024

/** Imports a backlog; throws when the database does. What was stored until then stays, and is known at the next run. */
export async function importBacklog(options: ImportOptions): Promise<ImportOutcome> {
  const { path } = options
  const what = await stat(path).catch(() => null)
  if (what === null) return { ok: false, reason: `${path} does not exist or may not be read` }
  const maxSize = options.maxSize ?? MAX_SIZE
  const name = await realpath(path)
  let unreadable = 0
  let total: number
  let found: AsyncIterable<Found>
  if (what.isDirectory()) {
    if (!(await isMaildir(path))) return { ok: false, reason: `${path} is no Maildir: it has no folders new and cur` }
    const files = [...(await listMaildir(path, 'cur')), ...(await listMaildir(path, 'new'))]
    total = files.length
    found = (async function* () {
      for (const [i, file] of files.entries()) {
        const read = await readMaildirFile(file.path, maxSize).catch(() => null)
        if (read === null) unreadable++
        else
          yield { sourceId: `import:${name}:${file.unique}`, bytes: read.bytes, cut: read.size > maxSize, done: i + 1 }
      }
    })()
  } else {
    if (!(await startsAsMbox(path)))
      return { ok: false, reason: `${path} is neither a Maildir nor an mbox: it does not begin with a line "From …"` }
    total = what.size
    found = (async function* () {
      for await (const mail of readMbox(createReadStream(path, { highWaterMark: 1024 * 1024 }), maxSize))
        yield {
          sourceId: `import:${name}:${mail.offset}`,
          bytes: mail.bytes,
          cut: mail.cutFrom !== null,
          done: mail.end,
        }
    })()
  }

  const progress = createProgress({
    out: options.out,
    ticks: options.ticks,
    total,
    unit: what.isDirectory() ? 'files' : 'bytes',
  })
  let counts: Imported = { mails: 0, stored: 0, known: 0, cutOff: 0, unreadable: 0 }
  let batch: Found[] = []
  let bytes = 0
  const save = async (): Promise<void> => {
    const last = batch.at(-1)
    if (last === undefined) return
    const receivedAt = await options.now()
    const receipts = await options.receive(
      batch.map((mail) => ({
        bytes: mail.bytes,
        envelope: {
          source: 'import',
          sourceId: mail.sourceId,
          account: 'import',
          ...deliveryEnvelope(mail.bytes),
          ip: null,
          helo: null,
          authUser: null,
          receivedAt,
        },
      })),
    )
    const stored = receipts.filter((receipt) => !receipt.duplicate).length
    counts = {
      mails: counts.mails + batch.length,
      stored: counts.stored + stored,
      known: counts.known + batch.length - stored,
      cutOff: counts.cutOff + batch.filter((mail) => mail.cut).length,
      unreadable,
    }
    progress.at(last.done, `${counts.mails} mails, ${counts.stored} new`)
    batch = []
    bytes = 0
  }
  for await (const mail of found) {
    if (options.signal?.aborted === true) break
    batch.push(mail)
    bytes += mail.bytes.length
    if (batch.length >= BATCH.mails || bytes >= BATCH.bytes) await save()
  }
  await save()
  progress.end()
  return { ok: true, ...counts, unreadable }
}

async function startsAsMbox(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0)
    return bytesRead === 0 || buffer.toString('latin1', 0, bytesRead) === 'From '
  } finally {
    await file.close()
  }
}
