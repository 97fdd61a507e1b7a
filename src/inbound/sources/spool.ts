// Where large mails wait until they are stored: files without a name, so that what a crash leaves behind is nothing.

import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { MailRest } from '../message.ts'
import { type ByteBudget, createByteBudget } from './byte-budget.ts'

/** Octets on disk that grow at the end and go away with `drop`. */
export interface SpoolFile {
  /** False: there is no room, in the budget or on the disk. Throws what else the disk says. */
  readonly append: (piece: Buffer) => Promise<boolean>
  readonly rest: () => MailRest
  /** May be called twice. What is being written or read ends first. */
  readonly drop: () => void
}

export interface Spool {
  readonly file: () => SpoolFile
  readonly used: () => number
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

/** `maxBytes` bounds all files together. */
export function createSpool(options: { readonly folder: string; readonly maxBytes: number }): Spool {
  const budget: ByteBudget = createByteBudget(options.maxBytes)
  return { file: () => createSpoolFile(options.folder, budget), used: budget.used }
}

function createSpoolFile(folder: string, budget: ByteBudget): SpoolFile {
  let opened: Promise<FileHandle> | null = null
  let last: Promise<unknown> = Promise.resolve()
  let size = 0
  let gone = false

  /** One operation after the other, so that closing never overtakes one. */
  const inTurn = <T>(operation: (handle: FileHandle) => Promise<T>): Promise<T> => {
    opened ??= openNameless(folder)
    const handle = opened
    const done = last.then(async () => operation(await handle))
    last = done.catch(() => undefined)
    return done
  }
  return {
    async append(piece) {
      if (gone || !budget.take(piece.length)) return false
      const at = size
      size += piece.length
      try {
        await inTurn(async (handle) => {
          for (let done = 0; done < piece.length; ) {
            const { bytesWritten } = await handle.write(piece, done, piece.length - done, at + done)
            done += bytesWritten
          }
        })
        return true
      } catch (error) {
        if (isFull(error)) return false
        throw error
      }
    },
    rest: () => ({
      size,
      read: (from, to) =>
        inTurn(async (handle) => {
          const bytes = Buffer.allocUnsafeSlow(to - from)
          for (let done = 0; done < bytes.length; ) {
            const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done)
            if (bytesRead === 0) throw new Error('a mail in the spool ended early')
            done += bytesRead
          }
          return bytes
        }),
    }),
    drop() {
      if (gone) return
      gone = true
      budget.give(size)
      if (opened !== null) inTurn((handle) => handle.close()).catch(() => undefined)
    },
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, randomUUID())
  const opening = (): Promise<FileHandle> => open(path, 'wx+', 0o600)
  const handle = await opening().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    // This folder alone: with those above it Node never ends below a file system that refuses with ENOENT (seen on Node 20).
    await mkdir(folder, 0o700).catch((made: NodeJS.ErrnoException) => {
      if (made.code !== 'EEXIST') throw made
    })
    return opening()
  })
  try {
    await unlink(path)
  } catch (error) {
    await handle.close()
    throw error
  }
  return handle
}
