// The thread of `ParsePool`: reads the mails of a batch one after the other. Results go back in groups; a shared
// counter says which mail is being read, should the thread die.

import { parentPort } from 'node:worker_threads'
import { createCollector } from '../memory.ts'
import type { InboundMessage } from './message.ts'
import { parseMail, readAttachments } from './parse.ts'

export interface ParseJob {
  readonly id: string
  readonly bytes: Uint8Array
}

export interface AttachmentBytes {
  readonly index: number
  readonly filename: string | null
  readonly contentType: string
  readonly content: Buffer
}

export type ToWorker =
  | { readonly kind: 'parse'; readonly jobs: readonly ParseJob[]; readonly progress: Int32Array }
  | { readonly kind: 'attachments'; readonly bytes: Uint8Array; readonly indexes: readonly number[] }

export type FromWorker =
  | {
      readonly kind: 'parsed'
      readonly results: readonly { readonly id: string; readonly message: InboundMessage }[]
      readonly last: boolean
    }
  | { readonly kind: 'attachments'; readonly attachments: readonly AttachmentBytes[] }

const MAX_GROUP = 32

const port = parentPort
if (port === null) throw new Error('parse-worker runs as a thread only')
const send = (report: FromWorker) => port.postMessage(report)

async function parseJobs(jobs: readonly ParseJob[], progress: Int32Array): Promise<void> {
  let ready: { id: string; message: InboundMessage }[] = []
  for (const [n, job] of jobs.entries()) {
    // Shared memory: the other side sees which mail is being read even when this thread never comes back from it.
    Atomics.store(progress, 0, n)
    const message = await parseMail(Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength))
    ready.push({ id: job.id, message })
    const last = n === jobs.length - 1
    if (!last && ready.length < MAX_GROUP) continue
    send({ kind: 'parsed', results: ready, last })
    ready = []
  }
}

async function answer(message: ToWorker): Promise<void> {
  if (message.kind === 'parse') {
    await parseJobs(message.jobs, message.progress)
    return
  }
  const bytes = Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength)
  send({ kind: 'attachments', attachments: await readAttachments(bytes, message.indexes) })
}

const passed = createCollector()
port.on('message', (message: ToWorker) => {
  const octets = octetsOf(message)
  // When the message itself is let go of.
  void answer(message).finally(() => setImmediate(passed, octets))
})

const octetsOf = (message: ToWorker): number =>
  message.kind === 'parse'
    ? message.jobs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    : message.bytes.byteLength
