// What the pages ask: one statement a question, each by an index. The only write is the withdrawal of links.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { dayOf } from '../mail/token.ts'
import type { StatusKind } from '../tickets/status.ts'
import type { EntryKind, FieldValue, LinkKind } from '../tickets/ticket.ts'

/** Who looks at what: the contents of a status token. */
export interface Look {
  readonly desk: string
  readonly ticket: number
  readonly person: number
  /** The token's day of issue. */
  readonly day: number
}

export interface RequestRow {
  readonly number: number
  readonly subject: string
  readonly status: string
  readonly statusKind: StatusKind
  readonly priority: string
  readonly type: string
  readonly queue: string
  readonly assignee: string | null
  readonly language: string
  readonly fields: Readonly<Record<string, FieldValue>>
  readonly mergedInto: number | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly role: 'requester' | 'participant'
  readonly muted: boolean
  readonly addedAt: Date
  readonly address: string
  readonly personLanguage: string | null
}

/** The request as one of its people may see it; undefined when there is none, they are not among its people, or the link was withdrawn. */
export async function findRequest(sql: Queryable, look: Look): Promise<RequestRow | undefined> {
  const rows = await sql<RequestRow[]>`
    select t.number, t.subject, t.status, t.status_kind as "statusKind", t.priority, t.type, t.queue, t.assignee, t.language, t.fields,
      t.merged_into as "mergedInto", t.created_at as "createdAt", t.updated_at as "updatedAt",
      p.role, p.muted, p.added_at as "addedAt", w.address, w.language as "personLanguage"
    from participant p
    join ticket t on t.desk = p.desk and t.number = p.ticket
    join person w on w.desk = p.desk and w.id = p.person
    where p.desk = ${look.desk} and p.ticket = ${look.ticket} and p.person = ${look.person}
      and not exists (
        select 1 from link_revoked r
        where r.desk = p.desk and r.ticket in (0, p.ticket) and r.person in (0, p.person) and r.before_day > ${look.day})`
  return rows[0]
}

export interface PersonRow {
  readonly person: number
  readonly address: string
  readonly name: string
  readonly role: 'requester' | 'participant'
}

/** The people of a request, its requester first. */
export async function loadPeople(sql: Queryable, desk: string, ticket: number): Promise<PersonRow[]> {
  return sql<PersonRow[]>`
    select p.person, w.address, w.name, p.role
    from participant p join person w on w.desk = p.desk and w.id = p.person
    where p.desk = ${desk} and p.ticket = ${ticket}
    order by p.role desc, p.added_at, p.person limit 100`
}

export interface HistoryRow {
  readonly id: number
  readonly kind: EntryKind
  readonly author: string | null
  readonly authorName: string
  /** At most `textLimit` + 1 characters: one more says that the text was cut. */
  readonly text: string
  readonly changes: unknown
  /** What a person of the request chose with this mail: the letter of its purpose. */
  readonly choice: string | null
  /** Name of who chose, where the entry is not their mail. */
  readonly chooser: string | null
  /** Written by staff for the requester. */
  readonly onBehalf: boolean
  readonly createdAt: Date
  readonly attachments: readonly { readonly filename: string | null; readonly size: number }[]
}

export const textLimit = 20_000

/**
 * Public entries, one more than `limit` when there are older ones. A customer's words count only when their author is one of
 * the request's people (by any address of the same contact) or staff: what a third party mailed to a reply address is never
 * shown (threats T05). Pictures inside an agent's mail, mostly a signature's, are not listed. With `since`, nothing written before it, for people who were added later (T04).
 */
export async function loadHistory(
  sql: Queryable,
  of: {
    desk: string
    ticket: number
    since: Date | null
    staff: readonly string[]
    order: 'newest' | 'oldest'
    limit: number
  },
): Promise<HistoryRow[]> {
  const order = of.order === 'newest' ? sql`order by e.id desc` : sql`and e.kind <> 'system' order by e.id`
  return sql<HistoryRow[]>`
    select e.id, e.kind, e.author, e.author_name as "authorName", left(e.text, ${textLimit + 1}) as text, e.data->'changes' as changes,
      e.data->>'choice' as choice, e.data->>'by' as chooser, e.data->'openedBy' is not null as "onBehalf",
      e.created_at as "createdAt",
      coalesce((select json_agg(json_build_object('filename', left(a.filename, 300), 'size', a.size) order by a.seq)
        from attachment a where a.desk = e.desk and a.entry = e.id and a.seq < 200 and not (e.kind = 'agent' and a.inline)
          and not (a.content_type like 'image/%' and a.size <= 65536 and (select count(*) from (
            select 1 from attachment b where b.desk = a.desk and b.sha256 = a.sha256 and b.entry <> a.entry limit 3) as again) = 3)), '[]') as attachments
    from entry e
    where e.desk = ${of.desk} and e.ticket = ${of.ticket} and e.public and e.kind in ('customer', 'agent', 'system')
      and (${of.since}::timestamptz is null or e.created_at >= ${of.since}::timestamptz)
      and (e.kind <> 'customer' or e.author is null or e.data->'openedBy' is not null or lower(e.author) = any(${[...of.staff]}::text[]) or exists (
        select 1 from participant p join person w on w.desk = p.desk and w.id = p.person
        where p.desk = e.desk and p.ticket = e.ticket and (lower(w.address) = lower(e.author) or exists (
          select 1 from person o where o.desk = w.desk and o.contact = w.contact and lower(o.address) = lower(e.author)))))
    ${order} limit ${of.limit + 1}`
}

export interface LinkRow {
  readonly desk: string
  readonly ticket: number
  readonly kind: LinkKind
  readonly forward: boolean
}

/** Linked requests: those this one names itself, and others only when the person is among their people too. */
export async function loadLinks(
  sql: Queryable,
  of: { desk: string; ticket: number; address: string },
): Promise<LinkRow[]> {
  return sql<LinkRow[]>`
    with linked as (
      select to_desk as desk, to_ticket as ticket, kind, true as forward from ticket_link where desk = ${of.desk} and ticket = ${of.ticket}
      union all
      select desk, ticket, kind, false from ticket_link where to_desk = ${of.desk} and to_ticket = ${of.ticket})
    select l.desk, l.ticket, l.kind, l.forward from linked l
    where (l.forward and l.desk = ${of.desk} and l.kind in ('follows', 'refers', 'merged', 'split'))
      or exists (select 1 from person w join participant p on p.desk = w.desk and p.person = w.id and p.ticket = l.ticket
        where w.desk = l.desk and w.address = ${of.address})
    order by l.desk, l.ticket, l.forward desc limit 50`
}

/** The address behind a supervisor's link; undefined when the desk has no such person or the link was withdrawn. */
export async function findSupervisor(
  sql: Queryable,
  of: { desk: string; person: number; day: number },
): Promise<string | undefined> {
  const rows = await sql<{ address: string }[]>`
    select w.address from person w
    where w.desk = ${of.desk} and w.id = ${of.person} and not exists (
      select 1 from link_revoked r
      where r.desk = w.desk and r.ticket = 0 and r.person in (0, w.id) and r.before_day > ${of.day})`
  return rows[0]?.address
}

/**
 * Withdraws the links issued until today; `ticket` 0 means all of the desk, `person` 0 everybody. Tokens count in days, so a link
 * of the same day that is issued afterwards is withdrawn too; from tomorrow on, new mails carry good ones.
 */
export async function revokeLinks(
  tx: Tx,
  of: { desk: string; ticket: number; person: number; now: Date; by: string },
): Promise<void> {
  await tx`
    insert into link_revoked (desk, ticket, person, before_day, revoked_at, revoked_by)
    values (${of.desk}, ${of.ticket}, ${of.person}, ${dayOf(of.now) + 1}, ${of.now}, ${of.by})
    on conflict (desk, ticket, person) do update
    set before_day = excluded.before_day, revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by`
}
