// SQL of announcements.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import type { ContactFilter } from '../desks/contact-filter.ts'
import { storable } from '../mail/storable.ts'

export interface NewAnnouncement {
  readonly desk: string
  readonly title: string
  readonly text: string
  readonly filter: ContactFilter
  /** The agent who gets the summary; another name when no agent ordered it. */
  readonly by: string
  readonly people: readonly { readonly id: number; readonly address: string }[]
}

/** Orders an announcement with its recipients; its number. */
export async function insertAnnouncement(tx: Tx, order: NewAnnouncement, now: Date): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into announcement (desk, title, text, filter, ordered_by, recipients, created_at)
    values (${order.desk}, ${storable(order.title)}, ${storable(order.text)}, ${JSON.stringify(order.filter)}::text::jsonb, ${order.by}, ${order.people.length}, ${now})
    returning id`
  const id = row?.id ?? 0
  await tx`
    insert into announcement_recipient (desk, announcement, person, address)
    select ${order.desk}, ${id}, person, address from json_to_recordset(${JSON.stringify(order.people.map(({ id: person, address }) => ({ person, address })))}::text::json) as p (person bigint, address text)
    on conflict do nothing`
  return id
}

export interface Announcement {
  readonly desk: string
  readonly id: number
  readonly title: string
  readonly text: string
  readonly orderedBy: string
  readonly recipients: number
  readonly state: 'sending' | 'sent' | 'stopped'
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

const columns =
  'desk, id, title, text, ordered_by as "orderedBy", recipients, state, created_at as "createdAt", finished_at as "finishedAt"'

/** The oldest announcement of each desk of which nobody was told that it is over. */
export async function findUnfinished(sql: Queryable): Promise<Announcement[]> {
  return sql<
    Announcement[]
  >`select distinct on (desk) ${sql.unsafe(columns)} from announcement where told_at is null order by desk, id`
}

/** One process at a time sends the announcements of a desk. */
export async function lockAnnouncements(tx: Tx, desk: string): Promise<boolean> {
  const [row] = await tx<
    { got: boolean }[]
  >`select pg_try_advisory_xact_lock(hashtext('guichet announcement'), hashtext(${desk})) as got`
  return row?.got === true
}

/** Recipients that have no mail yet: as many as the limit a minute leaves. */
export async function nextRecipients(
  sql: Queryable,
  { desk, id }: { readonly desk: string; readonly id: number },
  options: { readonly perMinute: number; readonly now: Date },
): Promise<{ readonly person: number; readonly address: string }[]> {
  const since = new Date(options.now.getTime() - 60_000)
  return sql<{ person: number; address: string }[]>`
    select person, address from announcement_recipient where desk = ${desk} and announcement = ${id} and queued_at is null order by person
    limit greatest(0, ${options.perMinute}::int - (select count(*)::int from announcement_recipient where desk = ${desk} and queued_at > ${since}))`
}

/** Notes the mails that were made for recipients; each belongs to one announcement. One that was told before has its first mail. */
export async function markQueued(
  tx: Tx,
  { desk, id }: { readonly desk: string; readonly id: number },
  persons: readonly number[],
  now: Date,
): Promise<void> {
  await tx`
    update announcement_recipient r set queued_at = ${now}, outbound = (
      select o.id from outbound o
      where o.desk = r.desk and o.person = r.person and o.template = 'announcement' and o.created_at >= (select created_at from announcement a where a.desk = r.desk and a.id = r.announcement)
        and not exists (select from announcement_recipient other where other.desk = r.desk and other.outbound = o.id)
      order by o.state = 'suppressed', o.id desc limit 1
    )
    where r.desk = ${desk} and r.announcement = ${id} and r.person = any (${persons as number[]}::bigint[])`
}

export async function markFinished(
  tx: Tx,
  { desk, id }: { readonly desk: string; readonly id: number },
  now: Date,
): Promise<void> {
  await tx`update announcement set state = 'sent', finished_at = ${now} where desk = ${desk} and id = ${id} and state = 'sending'`
}

export async function markTold(
  tx: Tx,
  { desk, id }: { readonly desk: string; readonly id: number },
  now: Date,
): Promise<void> {
  await tx`update announcement set told_at = ${now} where desk = ${desk} and id = ${id}`
}

/** Ends an announcement: who has no mail yet gets none. False when it was over. */
export async function stopAnnouncement(
  sql: Queryable,
  { desk, id }: { readonly desk: string; readonly id: number },
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update announcement set state = 'stopped', finished_at = ${now} where desk = ${desk} and id = ${id} and state = 'sending' returning id`
  return rows.length > 0
}

/** How far announcements are. */
export interface Progress extends Announcement {
  readonly waiting: number
  readonly queued: number
  readonly sent: number
  readonly bounced: number
  readonly failed: number
  readonly suppressed: number
}

/** Announcements with what became of their mails, the newest first. */
export async function loadProgress(
  sql: Queryable,
  options: { readonly desk: string | null; readonly id?: number; readonly limit: number },
): Promise<Progress[]> {
  return sql<Progress[]>`
    select a.desk, a.id, a.title, a.text, a.ordered_by as "orderedBy", a.recipients, a.state, a.created_at as "createdAt", a.finished_at as "finishedAt",
      count(r.person) filter (where r.queued_at is null)::int as waiting,
      count(*) filter (where o.state in ('queued', 'delayed', 'held'))::int as queued,
      count(*) filter (where o.state = 'sent')::int as sent,
      count(*) filter (where o.state = 'bounced')::int as bounced,
      count(*) filter (where o.state in ('dead', 'uncertain'))::int as failed,
      count(*) filter (where o.state = 'suppressed' or (r.queued_at is not null and o.id is null))::int as suppressed
    from announcement a
    left join announcement_recipient r on r.desk = a.desk and r.announcement = a.id
    left join outbound o on o.desk = r.desk and o.id = r.outbound
    where (${options.desk}::text is null or a.desk = ${options.desk}) and (${options.id ?? null}::bigint is null or a.id = ${options.id ?? null})
    group by a.desk, a.id order by a.created_at desc, a.id desc limit ${options.limit}`
}
