// A few worker threads that read mail, so that a mail which hangs or eats memory costs one mail and not the process (threats
// T10). A batch travels in one message; a counter in shared memory says which mail is being read, so that after a timeout
// or the death of a worker only the guilty mail fails, with a message made of its header, and the rest goes on in a new thread.

import { Worker } from 'node:worker_threads'
import type { InboundMessage } from './message.ts'
import { readByHand } from './parse.ts'
import type { AttachmentBytes, FromWorker, ParseJob, ToWorker } from './parse-worker.ts'

export type ParseResult =
  | { readonly ok: true; readonly message: InboundMessage }
  | { readonly ok: false; readonly reason: string; readonly message: InboundMessage }

export interface ParsePoolOptions {
  readonly threads: number
  /** Milliseconds that one mail may take. */
  readonly wallClockMs?: number
  readonly heapMb?: number
  /** The thread's program; another one in tests of what happens when it hangs or dies. */
  readonly workerFile?: URL
}

interface Mail {
  readonly id: string
  readonly bytes: Buffer
}

interface Task {
  readonly message: ToWorker
  /** A number that changes when another mail is begun; `notBegun` while the thread still starts. */
  place(): number
  onReport(report: FromWorker): void
  /** The worker died or ran out of time. */
  onDeath(reason: string): void
}

/** Sources run from `dist` too: Node 20 cannot start a thread from TypeScript, so the built worker is used (tests build first). */
const builtWorker = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/inbound/parse-worker.js', import.meta.url)
  : new URL('./parse-worker.js', import.meta.url)

export class ParsePool {
  readonly #threads: Thread[] = []
  readonly #queue: Task[] = []
  readonly #size: number
  readonly #wallClockMs: number
  readonly #heapMb: number
  readonly #workerFile: URL
  #closed = false

  constructor(options: ParsePoolOptions) {
    this.#size = Math.max(1, options.threads)
    this.#wallClockMs = options.wallClockMs ?? 10_000
    this.#heapMb = options.heapMb ?? 512
    this.#workerFile = options.workerFile ?? builtWorker
  }

  /** Reads mails; the result has an entry for every id. Never rejects, but when the pool is closed. */
  async parseBatch(mails: readonly Mail[]): Promise<Map<string, ParseResult>> {
    const results = new Map<string, ParseResult>()
    let rest = mails
    while (rest.length > 0) rest = await this.#parseSome(rest, results)
    return results
  }

  /** One attempt at the rest of a batch; gives back what still has to be read after a worker died. */
  #parseSome(mails: readonly Mail[], results: Map<string, ParseResult>): Promise<readonly Mail[]> {
    const jobs: ParseJob[] = mails.map((mail) => ({ id: mail.id, bytes: mail.bytes }))
    const progress = new Int32Array(new SharedArrayBuffer(4)).fill(notBegun)
    return new Promise((resolve) => {
      this.#submit({
        message: { kind: 'parse', jobs, progress },
        place: () => Atomics.load(progress, 0),
        onReport(report) {
          if (report.kind !== 'parsed') return
          for (const { id, message } of report.results)
            results.set(
              id,
              message.problem === null ? { ok: true, message } : { ok: false, reason: message.problem, message },
            )
          if (report.last) resolve([])
        },
        onDeath(reason) {
          const guilty = mails[Math.max(0, Atomics.load(progress, 0))]
          if (guilty !== undefined)
            results.set(guilty.id, { ok: false, reason, message: readByHand(guilty.bytes, reason) })
          // What was read but not handed over yet is read again.
          resolve(mails.filter((mail) => !results.has(mail.id)))
        },
      })
    })
  }

  /** The decoded attachments with these indexes, read in a worker; empty when the mail cannot be read in its bounds. */
  readAttachments(bytes: Buffer, indexes: readonly number[]): Promise<AttachmentBytes[]> {
    return new Promise((resolve) => {
      this.#submit({
        message: { kind: 'attachments', bytes, indexes: [...indexes] },
        place: () => 0,
        onReport(report) {
          if (report.kind === 'attachments')
            resolve(report.attachments.map((found) => ({ ...found, content: Buffer.from(found.content) })))
        },
        onDeath: () => resolve([]),
      })
    })
  }

  /** Stops the threads. What is still being read ends as failed. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#threads.splice(0).map((thread) => thread.stop('the reader was closed')))
    for (const task of this.#queue.splice(0)) task.onDeath('the reader was closed')
  }

  #submit(task: Task): void {
    if (this.#closed) {
      task.onDeath('the reader was closed')
      return
    }
    this.#queue.push(task)
    this.#feed()
  }

  #feed(): void {
    while (this.#queue.length > 0) {
      let idle = this.#threads.find((thread) => !thread.busy)
      if (idle === undefined && this.#threads.length < this.#size) {
        const thread = new Thread(this.#workerFile, this.#wallClockMs, this.#heapMb, (gone) => this.#onFree(gone))
        this.#threads.push(thread)
        idle = thread
      }
      if (idle === undefined) return
      const task = this.#queue.shift()
      if (task !== undefined) idle.run(task)
    }
  }

  #onFree(gone: Thread | null): void {
    if (gone !== null) {
      const at = this.#threads.indexOf(gone)
      if (at >= 0) this.#threads.splice(at, 1)
    }
    if (!this.#closed) this.#feed()
  }
}

/** Makes a pool; threads start when there is work. */
export function createParsePool(options: ParsePoolOptions): ParsePool {
  return new ParsePool(options)
}

const LOOKS = 4
const notBegun = -1
/** A thread that starts on a busy machine loads its program first; no mail is to blame for that. */
const startMs = 60_000

class Thread {
  readonly #worker: Worker
  readonly #wallClockMs: number
  readonly #onFree: (gone: Thread | null) => void
  #task: Task | null = null
  #timer: NodeJS.Timeout | null = null
  #dead = false

  constructor(workerFile: URL, wallClockMs: number, heapMb: number, onFree: (gone: Thread | null) => void) {
    this.#wallClockMs = wallClockMs
    this.#onFree = onFree
    this.#worker = new Worker(workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      stdout: true,
      stderr: true,
    })
    this.#worker.unref()
    this.#worker.on('message', (report: FromWorker) => this.#report(report))
    this.#worker.on('error', (error: NodeJS.ErrnoException) =>
      this.#die(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'needs too much memory to be read'
          : `cannot be read: ${error.message}`,
      ),
    )
    this.#worker.on('exit', () => this.#die('the reading thread ended'))
  }

  get busy(): boolean {
    return this.#task !== null || this.#dead
  }

  run(task: Task): void {
    this.#task = task
    // A thread that waits for work keeps no process alive; one that works does.
    this.#worker.ref()
    this.#watch(task, task.place(), 1)
    this.#worker.postMessage(task.message)
  }

  async stop(reason: string): Promise<void> {
    this.#die(reason)
    await this.#worker.terminate()
  }

  #report(report: FromWorker): void {
    if (this.#dead) return
    this.#task?.onReport(report)
    if (report.kind === 'parsed' && !report.last) return
    this.#clearTimer()
    this.#task = null
    this.#worker.unref()
    this.#onFree(null)
  }

  /** Looks four times within the limit whether the same mail is still being read. */
  #watch(task: Task, place: number, looks: number): void {
    this.#clearTimer()
    this.#timer = setTimeout(() => {
      const now = task.place()
      if (now !== place) this.#watch(task, now, 1)
      else if (looks < LOOKS || (now === notBegun && (looks * this.#wallClockMs) / LOOKS < startMs))
        this.#watch(task, place, looks + 1)
      else {
        this.#die(`not read within ${this.#wallClockMs / 1000} s`)
        void this.#worker.terminate()
      }
    }, this.#wallClockMs / LOOKS)
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #die(reason: string): void {
    if (this.#dead) return
    this.#dead = true
    this.#clearTimer()
    const task = this.#task
    this.#task = null
    task?.onDeath(reason)
    this.#onFree(this)
  }
}
