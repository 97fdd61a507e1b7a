// A Maildir as a source, for servers that deliver to files: what lies in new/ is stored and then moved to cur/, unseen. A crash
// between the two is made good by the next look, which finds the receipt.

import { watch } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from '../../db/pool.ts'
import { noteMailboxFailed, noteMailboxSeen } from '../mailbox-store.ts'
import type { RawMail } from '../message.ts'
import type { Receipt } from '../receive.ts'
import { deliveryEnvelope } from '../recipients.ts'
import { saveApart } from '../refusal.ts'
import { isMaildir, listMaildir, type MaildirFile, readMaildirFile } from './maildir.ts'
import type { FolderConfig } from './schema.ts'
import { errorText, type SourceLog, silent } from './source-log.ts'

export interface FolderSourceDeps {
  readonly sql: Sql
  /** Saves a batch in one commit (`receive`). */
  readonly receive: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>
  readonly now: () => Promise<Date>
  readonly log?: SourceLog
  /** Octets; of a larger mail the beginning is stored. */
  readonly maxSize?: number
}

export interface FolderSource {
  readonly start: () => void
  /** Stores and moves what lies in new/ now; rejects with what went wrong. */
  readonly runOnce: () => Promise<{ readonly stored: number }>
  readonly stop: () => Promise<void>
  readonly health: () => { readonly account: string; readonly folder: string; readonly lastError: string | null }
}

const BATCH = { mails: 100, bytes: 16 * 1024 * 1024 } as const

export function createFolderSource(config: FolderConfig, deps: FolderSourceDeps): FolderSource {
  const log = deps.log ?? silent
  const maxSize = deps.maxSize ?? 50 * 1024 * 1024
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  let lastError: string | null = null
  let wake = (): void => undefined

  const storeBatch = async (files: readonly MaildirFile[], mails: readonly RawMail[]): Promise<number> => {
    if (mails.length === 0) return 0
    let stored = 0
    const answers = await saveApart(deps.receive, mails)
    for (const [i, file] of files.entries()) {
      const answer = answers[i]
      if (answer === undefined || answer instanceof Error) {
        // It stays in new/, and each look tries it again; it holds up nothing.
        log.error({ account: config.name, file: file.unique, error: answer?.message }, 'mail cannot be stored')
        continue
      }
      if (!answer.duplicate) stored++
      await rename(file.path, join(config.path, 'cur', `${file.unique}:2,`)).catch((error: unknown) =>
        log.warn(
          { account: config.name, file: file.unique, error: errorText(error) },
          'stored mail could not be moved',
        ),
      )
    }
    return stored
  }

  const look = async (): Promise<number> => {
    if (!(await isMaildir(config.path))) throw new Error(`${config.path} is no Maildir (a folder with new/ and cur/)`)
    let stored = 0
    let files: MaildirFile[] = []
    let mails: RawMail[] = []
    let bytes = 0
    const receivedAt = await deps.now()
    for (const file of await listMaildir(config.path, 'new')) {
      const read = await readMaildirFile(file.path, maxSize).catch((error: unknown) => {
        log.error({ account: config.name, file: file.unique, error: errorText(error) }, 'mail cannot be read')
        return null
      })
      if (read === null) continue
      files.push(file)
      mails.push({
        bytes: read.bytes,
        envelope: {
          source: 'folder',
          sourceId: `folder:${config.name}:${file.unique}`,
          account: config.name,
          ...deliveryEnvelope(read.bytes),
          ip: null,
          helo: null,
          authUser: null,
          receivedAt,
        },
      })
      bytes += read.bytes.length
      if (mails.length < BATCH.mails && bytes < BATCH.bytes) continue
      stored += await storeBatch(files, mails)
      files = []
      mails = []
      bytes = 0
    }
    stored += await storeBatch(files, mails)
    return stored
  }

  const runOnce = async (): Promise<{ stored: number }> => {
    try {
      const stored = await look()
      lastError = null
      await noteMailboxSeen(deps.sql, config.name, config.path, await deps.now())
      if (stored > 0) log.info({ account: config.name, stored }, 'mails stored')
      return { stored }
    } catch (error) {
      lastError = errorText(error)
      log.warn({ account: config.name, error: lastError }, 'folder cannot be read')
      const at = await deps.now().catch(() => null)
      if (at !== null) await noteMailboxFailed(deps.sql, config.name, config.path, lastError, at).catch(() => undefined)
      throw error
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve
      })
      const timer = setTimeout(() => wake(), config['poll-seconds'] * 1000)
      // Where the file system gives no notices (some network mounts), the timer does.
      let notices: { close: () => void } | null = null
      try {
        notices = watch(join(config.path, 'new'), { persistent: false }, () => wake()).on('error', () => undefined)
      } catch {
        // The folder is not there; looking says so.
      }
      await runOnce().catch(() => undefined)
      if (!stopping.signal.aborted) await changed
      clearTimeout(timer)
      notices?.close()
    }
  }

  return {
    start() {
      running ??= loop()
    },
    runOnce,
    async stop() {
      stopping.abort()
      wake()
      await running
    },
    health: () => ({ account: config.name, folder: config.path, lastError }),
  }
}
