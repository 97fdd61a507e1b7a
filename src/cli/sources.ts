// The mail sources of a configuration: mailboxes by IMAP, watched folders.

import type { Source, SourceDeps } from '../app.ts'
import type { Configuration } from '../config/load.ts'
import type { Sql } from '../db/pool.ts'
import { createAccountLocks } from '../inbound/sources/account-lock.ts'
import { createFolderSource } from '../inbound/sources/folder.ts'
import { type AccountHealth, createImapAccount } from '../inbound/sources/imap-account.ts'
import type { Log } from '../log.ts'

export function sourcesOf(
  configuration: Configuration,
  { sql, url }: { readonly sql: Sql; readonly url: string },
  log: Log,
): (deps: SourceDeps) => readonly Source[] {
  return ({ save, now, metrics }) => {
    const counted =
      (source: string): SourceDeps['save'] =>
      async (mails) => {
        const receipts = await save(mails)
        metrics.counters.received(source, mails.length)
        return receipts
      }
    const secret = async (reference: string): Promise<string> => {
      const read = await configuration.readSecret(reference)
      if (!read.ok) throw new Error(read.message)
      return read.value
    }
    const locks = createAccountLocks(url)
    const mailboxes = configuration.settings.mailboxes.map((box): Source => {
      if (box.tls === 'insecure')
        log.warn({ mailbox: box.name }, 'the certificate of this mail server is not verified (tls: insecure)')
      const account = createImapAccount(box, {
        sql,
        receive: counted('imap'),
        secret,
        locks,
        now,
        random: Math.random,
        log,
      })
      // A mailbox that is looked at once an hour is not silent after fifteen minutes.
      const silentMs = Math.max(configuration.settings.alarms['after-minutes'] * 60_000, 3_000 * box['poll-seconds'])
      return {
        name: box.name,
        start: account.start,
        runOnce: account.runOnce,
        stop: account.stop,
        health: (at) => ({ desk: box.desk ?? null, ...mailboxSign(account.health(), at, silentMs) }),
      }
    })
    const folders = configuration.settings.folders.map((folder): Source => {
      const source = createFolderSource(folder, { sql, receive: counted('folder'), now, log })
      return {
        name: folder.name,
        start: source.start,
        runOnce: source.runOnce,
        stop: source.stop,
        health: () => ({ desk: folder.desk ?? null, detail: source.health().lastError, since: null }),
      }
    })
    return [...mailboxes, ...folders]
  }
}

/** What is wrong with a mailbox: it fails, or nothing has been heard of it for too long. One that another process watches is well. */
export function mailboxSign(
  {
    state,
    failingSince,
    lastError,
    lastSuccessAt,
  }: Pick<AccountHealth, 'state' | 'failingSince' | 'lastError' | 'lastSuccessAt'>,
  at: Date,
  silentMs: number,
): { readonly detail: string | null; readonly since: Date | null } {
  if (state === 'standby' || state === 'stopped') return { detail: null, since: null }
  if (failingSince !== null) return { detail: lastError ?? 'it fails', since: failingSince }
  if (lastSuccessAt === null) return { detail: state === 'connecting' ? 'no answer' : null, since: null }
  const silent = at.getTime() - lastSuccessAt.getTime() > silentMs
  return { detail: silent ? 'nothing heard of it' : null, since: silent ? lastSuccessAt : null }
}
