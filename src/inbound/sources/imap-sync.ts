// Bringing one folder's unknown mails in. Everything above the last UID looked at is fetched each time (no date decides), and in a
// full comparison every UID of the retention window that is neither stored nor noted as well, so that a fault of server, library
// or our own becomes a delay instead of a loss (threats 2d). A mail is flagged or moved only after its commit; where that
// failed or a crash came between, the next comparison does it.
//
// When UIDVALIDITY changes, old UIDs mean nothing: the mails of the window are fetched again and recognised by their content.

import type { Sql } from '../../db/pool.ts'
import {
  findFolderSeen,
  findKnownUids,
  findMailbox,
  type MailboxKey,
  type MailboxState,
  mailboxSourceId,
  noteUids,
  saveMailbox,
} from '../mailbox-store.ts'
import type { RawMail } from '../message.ts'
import type { Receipt } from '../receive.ts'
import { deliveryEnvelope } from '../recipients.ts'
import { saveApart } from '../refusal.ts'
import { cutOff, headBytes } from './cut-off.ts'
import type { ImapSession } from './imap-session.ts'
import type { SourceLog } from './source-log.ts'

export interface FolderPlan {
  readonly account: string
  readonly folder: string
  /** What of a folder never seen before counts as new. */
  readonly first: 'now' | 'all' | { readonly days: number }
  readonly after: 'leave' | { readonly flag: string } | { readonly move: string }
  readonly retentionDays: number
  readonly maxSize: number
}

export interface SyncDeps {
  readonly sql: Sql
  readonly receive: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>
  readonly now: () => Promise<Date>
  readonly log: SourceLog
  /** Called whenever something has moved on, for a watchdog. */
  readonly progress: () => void
  /** Told how many mails are known to lie there and are not stored yet. */
  readonly behind: (mails: number) => void
}

export interface SyncResult {
  /** Mails stored that had not been there. */
  readonly stored: number
  /** Mails below the last UID that were found missing by the comparison. */
  readonly missed: number
}

const DAY_MS = 86_400_000
const BATCH = { uids: 100, bytes: 4 * 1024 * 1024 } as const
/** RFC 9738: servers may refuse longer lists. */
const LIST = 500

/** Reads a folder to its end; `full` compares the retention window too. The session has the folder selected afterwards. */
export async function syncFolder(
  session: ImapSession,
  plan: FolderPlan,
  full: boolean,
  deps: SyncDeps,
): Promise<SyncResult> {
  const open = await session.open(plan.folder, plan.after === 'leave')
  const key: MailboxKey = { account: plan.account, folder: plan.folder, uidValidity: open.uidValidity }
  const known = await findMailbox(deps.sql, key)
  const state = known ?? (await firstLook(session, plan, key, open.uidNext, deps))
  const above = (await session.search({ uid: `${state.lastUid + 1}:*` })).filter((uid) => uid > state.lastUid)
  const below =
    full && known !== undefined
      ? (await session.search({ since: new Date((await deps.now()).getTime() - plan.retentionDays * DAY_MS) })).filter(
          (uid) => uid >= state.firstUid && uid <= state.lastUid,
        )
      : []
  deps.progress()
  const settled = new Map<number, 'stored' | 'noted'>()
  for (const some of slices([...below, ...above], 10_000))
    for (const [uid, how] of await findKnownUids(deps.sql, key, some)) settled.set(uid, how)

  const missed = below.filter((uid) => !settled.has(uid))
  if (missed.length > 0)
    deps.log.warn({ account: plan.account, folder: plan.folder, count: missed.length }, 'comparison found mails')
  await acknowledge(session, plan, key, await unacknowledged(session, plan, settled), deps)

  let stored = 0
  const wanted = [...missed, ...above.filter((uid) => !settled.has(uid))]
  let behind = wanted.length
  deps.behind(behind)
  for (const some of slices(wanted, LIST)) {
    stored += await bringIn(session, plan, key, some, deps)
    behind -= some.length
    deps.behind(behind)
  }
  const last = above.at(-1)
  if (last !== undefined) await saveMailbox(deps.sql, key, { ...state, lastUid: last })
  return { stored, missed: missed.length }
}

async function firstLook(
  session: ImapSession,
  plan: FolderPlan,
  key: MailboxKey,
  uidNext: number,
  deps: SyncDeps,
): Promise<MailboxState> {
  const now = await deps.now()
  const seen = await findFolderSeen(deps.sql, plan.account, plan.folder)
  let first = plan.first
  if (seen !== undefined) {
    const outageDays = seen.at === null ? 0 : Math.ceil((now.getTime() - seen.at.getTime()) / DAY_MS) + 2
    first = plan.first === 'all' ? 'all' : { days: Math.max(plan.retentionDays, outageDays) }
    deps.log.warn({ account: plan.account, folder: plan.folder, days: outageDays }, 'mailbox was renumbered')
  }
  let state: MailboxState = { firstUid: uidNext, lastUid: uidNext - 1 }
  if (first === 'all') state = { firstUid: 1, lastUid: 0 }
  else if (first !== 'now') {
    const wanted = new Set(await session.search({ since: new Date(now.getTime() - first.days * DAY_MS) }))
    const firstUid = Math.min(uidNext, ...[...wanted].slice(0, 1))
    const older = (await session.search({ uid: `${firstUid}:*` })).filter((uid) => uid >= firstUid && !wanted.has(uid))
    for (const some of slices(older, 10_000)) await noteUids(deps.sql, key, some, 'older', now)
    state = { firstUid, lastUid: firstUid - 1 }
  }
  await saveMailbox(deps.sql, key, state)
  return state
}

/** Stored mails that still lie there as if they were not: the crash came between commit and flag. */
async function unacknowledged(
  session: ImapSession,
  plan: FolderPlan,
  settled: ReadonlyMap<number, 'stored' | 'noted'>,
): Promise<number[]> {
  if (plan.after === 'leave' || settled.size === 0) return []
  const stored = [...settled].filter(([, how]) => how === 'stored').map(([uid]) => uid)
  if ('move' in plan.after || stored.length === 0) return stored
  const bare = new Set(await session.search({ unKeyword: plan.after.flag }))
  return stored.filter((uid) => bare.has(uid))
}

/** Fetches and stores UIDs; the commit of one batch runs while the next one is fetched. */
async function bringIn(
  session: ImapSession,
  plan: FolderPlan,
  key: MailboxKey,
  uids: readonly number[],
  deps: SyncDeps,
): Promise<number> {
  const sizes = await session.sizes(uids)
  let stored = 0
  let committing: Promise<readonly number[]> = Promise.resolve([])
  // A rejection is looked at when its turn comes, not as an unhandled one meanwhile.
  const commit = (mails: ReadonlyMap<number, Buffer>): Promise<readonly number[]> => {
    const done = store(plan, key, mails, deps).then((result) => {
      stored += result.fresh
      deps.progress()
      return result.uids
    })
    done.catch(() => undefined)
    return done
  }
  for (const batch of batches(uids, sizes, plan.maxSize)) {
    const mails = await fetchBatch(session, plan, key, batch, sizes, deps)
    deps.progress()
    const before = await committing
    committing = commit(mails)
    await acknowledge(session, plan, key, before, deps)
  }
  await acknowledge(session, plan, key, await committing, deps)
  return stored
}

function* batches(uids: readonly number[], sizes: ReadonlyMap<number, number>, maxSize: number): Generator<number[]> {
  let batch: number[] = []
  let bytes = 0
  for (const uid of uids) {
    const size = sizes.get(uid) ?? 0
    const alone = size > maxSize
    if (batch.length > 0 && (alone || batch.length === BATCH.uids || bytes + size > BATCH.bytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(uid)
    bytes += size
    if (alone) {
      yield batch
      batch = []
      bytes = 0
    }
  }
  if (batch.length > 0) yield batch
}

async function fetchBatch(
  session: ImapSession,
  plan: FolderPlan,
  key: MailboxKey,
  batch: readonly number[],
  sizes: ReadonlyMap<number, number>,
  deps: SyncDeps,
): Promise<Map<number, Buffer>> {
  const [only] = batch
  const size = only === undefined ? 0 : (sizes.get(only) ?? 0)
  if (batch.length === 1 && only !== undefined && size > plan.maxSize) {
    const head = (await session.fetch([only], headBytes)).get(only)
    deps.log.warn({ account: plan.account, uid: only, size }, 'mail is too large, its beginning is stored')
    return head === undefined ? new Map() : new Map([[only, cutOff(head, size)]])
  }
  const mails = await session.fetch(batch)
  for (const uid of batch) {
    const mail = mails.get(uid)
    // Seen in practice: a batch that comes back short, or a mail shorter than its size (Yahoo, iCloud). Once more, alone.
    if (mail !== undefined && mail.length >= (sizes.get(uid) ?? 0)) continue
    const again = (await session.fetch([uid])).get(uid)
    if (again !== undefined) mails.set(uid, again)
    else if (mail === undefined) {
      const there = (await session.sizes([uid])).has(uid)
      await noteUids(deps.sql, key, [uid], there ? 'unfetchable' : 'gone', await deps.now())
      deps.log[there ? 'error' : 'info'](
        { account: plan.account, folder: plan.folder, uid },
        there ? 'mail cannot be fetched' : 'mail was gone before it was fetched',
      )
    }
  }
  return mails
}

async function store(
  plan: FolderPlan,
  key: MailboxKey,
  mails: ReadonlyMap<number, Buffer>,
  deps: SyncDeps,
): Promise<{ readonly uids: readonly number[]; readonly fresh: number }> {
  const now = await deps.now()
  const raw = (uid: number, bytes: Buffer): RawMail => ({
    bytes,
    envelope: {
      source: 'imap',
      sourceId: mailboxSourceId(key, uid),
      account: plan.account,
      ...deliveryEnvelope(bytes),
      ip: null,
      helo: null,
      authUser: null,
      receivedAt: now,
    },
  })
  const uids = [...mails.keys()].sort((a, b) => a - b)
  const list = uids.flatMap((uid) => {
    const bytes = mails.get(uid)
    return bytes === undefined ? [] : [raw(uid, bytes)]
  })
  if (list.length === 0) return { uids: [], fresh: 0 }
  // What the database refuses is left unknown, so that each comparison tries it again; it holds up nothing.
  const answers = await saveApart(deps.receive, list)
  const saved: number[] = []
  let fresh = 0
  for (const [i, uid] of uids.entries()) {
    const answer = answers[i]
    if (answer instanceof Error)
      deps.log.error(
        { account: plan.account, folder: plan.folder, uid, error: answer.message },
        'mail cannot be stored',
      )
    else if (answer !== undefined) {
      saved.push(uid)
      if (!answer.duplicate) fresh++
    }
  }
  return { uids: saved, fresh }
}

/** Flags or moves stored mails. What the server refuses is only said: the mail is stored, and known by its UID. */
async function acknowledge(
  session: ImapSession,
  plan: FolderPlan,
  key: MailboxKey,
  uids: readonly number[],
  deps: SyncDeps,
): Promise<void> {
  if (plan.after === 'leave' || uids.length === 0) return
  for (const some of slices(uids, LIST)) {
    if ('flag' in plan.after) {
      if (!(await session.flag(some, plan.after.flag)))
        deps.log.warn({ account: plan.account }, 'stored mails could not be flagged')
    } else if (!session.canMove())
      deps.log.warn({ account: plan.account }, 'server can neither MOVE nor UIDPLUS, stored mails stay')
    else {
      const { move: target } = plan.after
      const moved = await session.move(some, target)
      if (moved === 'refused') deps.log.warn({ account: plan.account, target }, 'stored mails could not be moved')
      else if (moved !== 'unknown')
        await noteUids(
          deps.sql,
          { account: key.account, folder: target, uidValidity: moved.uidValidity },
          [...moved.uids.values()],
          'moved',
          await deps.now(),
        )
    }
    deps.progress()
  }
}

function* slices<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
