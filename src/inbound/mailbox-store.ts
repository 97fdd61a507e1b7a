// SQL of watched mailboxes. A mailbox's state is its UIDVALIDITY and the UIDs known of it (RFC 3501 §2.3.1.1): receipts, and
// rows of mailbox_uid for those without. Flags are never state. The row with uid_validity 0 carries the health of an account.

import type { Queryable } from '../db/pool.ts'
import { storableText } from './storable.ts'

/** UIDs below `firstUid` are none of ours; those up to `lastUid` have been looked at. */
export interface MailboxState {
  readonly firstUid: number
  readonly lastUid: number
}

export interface MailboxKey {
  readonly account: string
  readonly folder: string
  readonly uidValidity: number
}

/** Name of a mail in a mailbox, for ever: the `source_id` of its receipt. */
export const mailboxSourceId = (key: MailboxKey, uid: number): string =>
  `imap:${key.account}:${key.folder}:${key.uidValidity}:${uid}`

export async function findMailbox(sql: Queryable, key: MailboxKey): Promise<MailboxState | undefined> {
  const [row] = await sql<{ firstUid: number; lastUid: number }[]>`
    select first_uid as "firstUid", last_uid as "lastUid" from mailbox
    where account = ${key.account} and folder = ${key.folder} and uid_validity = ${key.uidValidity}`
  return row
}

/** When the folder was last seen in order under whatever UIDVALIDITY; undefined when it was never opened. */
export async function findFolderSeen(
  sql: Queryable,
  account: string,
  folder: string,
): Promise<{ readonly at: Date | null } | undefined> {
  const [row] = await sql<{ known: boolean; at: Date | null }[]>`
    select bool_or(uid_validity > 0) as known, max(last_seen_at) as at from mailbox where account = ${account} and folder = ${folder}`
  return row?.known === true ? { at: row.at } : undefined
}

/** Saves a state; `lastUid` never goes back. */
export async function saveMailbox(sql: Queryable, key: MailboxKey, state: MailboxState): Promise<void> {
  await sql`
    insert into mailbox (account, folder, uid_validity, first_uid, last_uid)
    values (${key.account}, ${key.folder}, ${key.uidValidity}, ${state.firstUid}, ${state.lastUid})
    on conflict (account, folder, uid_validity) do update set last_uid = greatest(mailbox.last_uid, excluded.last_uid)`
}

/** Which of the UIDs are known: 'stored' by a receipt, or noted without one. */
export async function findKnownUids(
  sql: Queryable,
  key: MailboxKey,
  uids: readonly number[],
): Promise<Map<number, 'stored' | 'noted'>> {
  if (uids.length === 0) return new Map()
  const rows = await sql<{ uid: number; stored: boolean }[]>`
    select uid, stored from (
      select uid,
        exists (select 1 from receipt where source_id = ${mailboxSourceId(key, 0).slice(0, -1)} || uid) as stored,
        exists (select 1 from mailbox_uid m where m.account = ${key.account} and m.folder = ${key.folder}
          and m.uid_validity = ${key.uidValidity} and m.uid = given.uid) as noted
      from unnest(${uids as number[]}::bigint[]) as given (uid)
    ) as known where stored or noted`
  return new Map(rows.map((row) => [row.uid, row.stored ? 'stored' : 'noted']))
}

/** Why a UID has no receipt: `older` than the start, `gone` before it was fetched, `unfetchable`, or `moved` here by us. */
export type NotedUid = 'older' | 'gone' | 'unfetchable' | 'moved'

export async function noteUids(
  sql: Queryable,
  key: MailboxKey,
  uids: readonly number[],
  state: NotedUid,
  now: Date,
): Promise<void> {
  if (uids.length === 0) return
  await sql`
    insert into mailbox_uid (account, folder, uid_validity, uid, state, noted_at)
    select ${key.account}, ${key.folder}, ${key.uidValidity}, uid, ${state}, ${now} from unnest(${uids as number[]}::bigint[]) as uid
    on conflict do nothing`
}

export async function noteMailboxSeen(sql: Queryable, account: string, folder: string, now: Date): Promise<void> {
  await sql`
    insert into mailbox (account, folder, uid_validity, first_uid, last_uid, last_seen_at)
    values (${account}, ${folder}, 0, 0, 0, ${now})
    on conflict (account, folder, uid_validity)
    do update set last_seen_at = excluded.last_seen_at, last_error = null, failing_since = null`
}

export async function noteMailboxFailed(
  sql: Queryable,
  account: string,
  folder: string,
  error: string,
  now: Date,
): Promise<void> {
  await sql`
    insert into mailbox (account, folder, uid_validity, first_uid, last_uid, last_error, failing_since)
    values (${account}, ${folder}, 0, 0, 0, ${storableText(error).slice(0, 500)}, ${now})
    on conflict (account, folder, uid_validity)
    do update set last_error = excluded.last_error, failing_since = coalesce(mailbox.failing_since, excluded.failing_since)`
}

export interface MailboxHealth {
  readonly account: string
  readonly folder: string
  /** When the folder was last read to its end. */
  readonly lastSeenAt: Date | null
  readonly lastError: string | null
  /** Since when nothing has succeeded; null while all is well. */
  readonly failingSince: Date | null
}

export async function loadMailboxHealth(sql: Queryable): Promise<MailboxHealth[]> {
  return sql<
    { account: string; folder: string; lastSeenAt: Date | null; lastError: string | null; failingSince: Date | null }[]
  >`
    select account, folder, last_seen_at as "lastSeenAt", last_error as "lastError", failing_since as "failingSince"
    from mailbox where uid_validity = 0 order by account, folder`
}
