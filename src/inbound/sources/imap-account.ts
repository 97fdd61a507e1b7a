// One IMAP account, watched: connect, compare, fetch, acknowledge, then wait for news by IDLE and look by itself every now and
// then, whatever IDLE says. Anything that fails ends the connection; the next one is a new object after a back-off with jitter.
// Accounts share nothing but the database, so a dead one delays no other.

import { readFile } from 'node:fs/promises'
import type { Sql } from '../../db/pool.ts'
import { noteMailboxFailed, noteMailboxSeen } from '../mailbox-store.ts'
import type { RawMail } from '../message.ts'
import type { Receipt } from '../receive.ts'
import type { AccountLocks } from './account-lock.ts'
import { type ImapSession, LoginRefused, openImapSession } from './imap-session.ts'
import { type FolderPlan, syncFolder } from './imap-sync.ts'
import type { MailboxConfig } from './schema.ts'
import { errorText, type SourceLog, silent } from './source-log.ts'

export interface ImapAccountDeps {
  readonly sql: Sql
  /** Saves a batch in one commit (`receive`). */
  readonly receive: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>
  /** The text behind `env:NAME` or `file:PATH`; asked again at each login. */
  readonly secret: (reference: string) => string | Promise<string>
  /** Absent: nobody else can be watching. */
  readonly locks?: AccountLocks
  /** The database's clock. */
  readonly now: () => Promise<Date>
  /** In [0, 1), for the jitter. */
  readonly random: () => number
  readonly log?: SourceLog
  /** Silence of the server after which the connection counts as lost; 60 s. */
  readonly silenceMs?: number
  /** Time without any progress after which a connection is given up; 5 min. */
  readonly stallMs?: number
}

export interface AccountHealth {
  readonly account: string
  readonly folder: string
  /** 'standby': another process watches the mailbox. */
  readonly state: 'stopped' | 'connecting' | 'watching' | 'failing' | 'standby'
  readonly lastSuccessAt: Date | null
  readonly lastError: string | null
  readonly failingSince: Date | null
  /** Mails known to lie on the server that are not stored yet. */
  readonly behind: number
}

export interface ImapAccount {
  /** Watches until `stop`. */
  readonly start: () => void
  /** One connection: full comparison, fetch, acknowledge. Rejects with what went wrong. */
  readonly runOnce: () => Promise<{ readonly stored: number; readonly missed: number }>
  /** Resolves when the connection is closed and the lock given back. */
  readonly stop: () => Promise<void>
  readonly health: () => AccountHealth
}

const STANDBY_MS = 30_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 15 * 60_000
/** A refused login is not tried again sooner: servers lock accounts. */
const LOGIN_RETRY_MS = 60_000

/** Between half and one and a half times 1 s, 2 s, 4 s … 15 min; `failures` from 1 on. */
export function retryDelayMs(failures: number, loginRefused: boolean, random: number): number {
  const plain = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, failures - 1))
  return Math.round(Math.max(plain, loginRefused ? LOGIN_RETRY_MS : 0) * (0.5 + random))
}

export function createImapAccount(config: MailboxConfig, deps: ImapAccountDeps): ImapAccount {
  const log = deps.log ?? silent
  const account = config.name
  const watched: FolderPlan = {
    account,
    folder: config.folder,
    first: config.first,
    after: config.after,
    retentionDays: config['retention-days'],
    maxSize: config['max-size'],
  }
  const target: FolderPlan | null =
    typeof config.after === 'object' && 'move' in config.after
      ? { ...watched, folder: config.after.move, first: 'now', after: 'leave' }
      : null
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  let session: ImapSession | null = null
  let health: AccountHealth = {
    account,
    folder: config.folder,
    state: 'stopped',
    lastSuccessAt: null,
    lastError: null,
    failingSince: null,
    behind: 0,
  }
  if (config.tls === 'insecure') log.warn({ account }, 'certificate of the server is not verified')
  if (config.security === 'none') log.warn({ account }, 'password goes over the line in clear text')

  const connect = async (): Promise<ImapSession> =>
    openImapSession({
      host: config.host,
      port: config.port,
      security: config.security,
      verify: config.tls === 'verify',
      ca: config.ca === undefined ? undefined : await readFile(config.ca, 'utf8'),
      user: config.user,
      password: config.password === undefined ? undefined : await deps.secret(config.password),
      token: config.token === undefined ? undefined : await deps.secret(config.token),
      silenceMs: deps.silenceMs ?? 60_000,
    })

  /** Runs `work` on a connection and gives the connection up when nothing moves for long. */
  const guarded = async <T>(open: ImapSession, work: (progress: () => void) => Promise<T>): Promise<T> => {
    const stallMs = deps.stallMs ?? 5 * 60_000
    let timer: NodeJS.Timeout | undefined
    let progress = (): void => undefined
    const stalled = new Promise<never>((_resolve, reject) => {
      const arm = (): void => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          void open.close()
          reject(new Error(`nothing has moved for ${stallMs / 1000} s`))
        }, stallMs)
      }
      arm()
      progress = arm
    })
    try {
      return await Promise.race([work(() => progress()), stalled])
    } finally {
      clearTimeout(timer)
    }
  }

  const behind = (mails: number): void => {
    health = { ...health, behind: mails }
  }

  const sync = (open: ImapSession, full: boolean) =>
    guarded(open, async (moved) => {
      const syncDeps = { sql: deps.sql, receive: deps.receive, now: deps.now, log, progress: moved, behind }
      let stored = 0
      let missed = 0
      if (full && target !== null) {
        await open.ensureFolder(target.folder)
        const result = await syncFolder(open, target, true, syncDeps)
        stored += result.stored
        missed += result.missed
      }
      const result = await syncFolder(open, watched, full, syncDeps)
      stored += result.stored
      missed += result.missed
      const now = await deps.now()
      await noteMailboxSeen(deps.sql, account, config.folder, now)
      health = { ...health, lastSuccessAt: now, lastError: null, failingSince: null }
      if (stored > 0) log.info({ account, stored }, 'mails stored')
      return { stored, missed }
    })

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopping.signal.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        stopping.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      stopping.signal.addEventListener('abort', done, { once: true })
    })

  /** Watches on one connection until it ends; `worked` is called after each look that succeeded. */
  const watch = async (worked: () => void): Promise<void> => {
    const open = await connect()
    session = open
    try {
      let comparedAt = Number.NEGATIVE_INFINITY
      while (!stopping.signal.aborted) {
        if (deps.locks !== undefined && !(await deps.locks.hold(account))) return
        const full = performance.now() - comparedAt >= config['reconcile-minutes'] * 60_000
        await sync(open, full)
        if (full) comparedAt = performance.now()
        if (health.state !== 'watching') log.info({ account, folder: config.folder }, 'mailbox is watched')
        health = { ...health, state: 'watching' }
        worked()
        await open.waitForNews(config['poll-seconds'] * 1000, stopping.signal)
      }
    } finally {
      session = null
      await open.close()
    }
  }

  const failed = async (error: unknown, failures: number): Promise<void> => {
    const words = errorText(error)
    log.warn({ account, error: words, failures }, 'mailbox cannot be read')
    const at = await deps.now().catch(() => null)
    health = { ...health, state: 'failing', lastError: words, failingSince: health.failingSince ?? at }
    if (at !== null) await noteMailboxFailed(deps.sql, account, config.folder, words, at).catch(() => undefined)
  }

  const loop = async (): Promise<void> => {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        if (deps.locks !== undefined && !(await deps.locks.hold(account))) {
          health = { ...health, state: 'standby' }
          await pause(STANDBY_MS)
          continue
        }
        health = { ...health, state: failures > 0 ? 'failing' : 'connecting' }
        await watch(() => {
          failures = 0
        })
      } catch (error) {
        if (stopping.signal.aborted) break
        failures++
        await failed(error, failures)
        await pause(retryDelayMs(failures, error instanceof LoginRefused, deps.random()))
      }
    }
    health = { ...health, state: 'stopped' }
  }

  return {
    start() {
      running ??= loop()
    },
    async runOnce() {
      try {
        const open = await connect()
        try {
          return await sync(open, true)
        } finally {
          await open.close()
        }
      } catch (error) {
        await failed(error, 1)
        throw error
      }
    },
    async stop() {
      stopping.abort()
      // What is in the middle of a command is cut: nothing is lost by it that is not fetched again.
      await session?.close()
      await running
      await deps.locks?.release(account)
    },
    health: () => health,
  }
}
