// Carries decisions out: numbers, finished mails, then every row in one transaction. It decides nothing but one thing (decisions 9):
// an automatic mail over its budget, or one that was told before, is kept as suppressed with its reason.

import type { Sql } from '../db/pool.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { saveBans } from '../desks/ban-store.ts'
import { saveStaffSettings } from '../desks/staff-store.ts'
import { blockPeople, loadPeople, saveContacts } from '../desks/store.ts'
import type { Settled } from '../inbound/store.ts'
import { settleInbound } from '../inbound/store.ts'
import { insertCalls } from '../outbound/call-store.ts'
import { reportDeliveries, settleUncertain } from '../outbound/delivery-store.ts'
import type { OutboundMail } from '../outbound/draft.ts'
import { insertOutbound } from '../outbound/store.ts'
import { numberPlace } from '../rules/actions/fill.ts'
import type { Decision } from '../rules/decision.ts'
import { insertEntries, type NewEntry } from '../tickets/history-store.ts'
import { insertRefs, type MessageRef } from '../tickets/message-store.ts'
import { insertLinks, type SavedTicket, saveTickets } from '../tickets/store.ts'
import { saveAlerts } from './alert-store.ts'
import { orderAnnouncement } from './announcement-order.ts'
import { refillDesks } from './budget-store.ts'
import { keepCases } from './case-base.ts'
import { composeBatch, type DraftWork, readsFirst } from './compose-batch.ts'
import type { ComposeDeps } from './compose-deps.ts'
import { insertHolds, releaseHold, settleHolds } from './hold-store.ts'
import type { Judged } from './judged.ts'
import { hashOf } from './load-context.ts'
import { type Numbered, numberDecisions } from './number.ts'
import { noteReopenings } from './reopening.ts'
import { throttle } from './throttle.ts'

export type { Judged } from './judged.ts'

/** Another worker changed what was read: the batch is tried again. */
export class Conflict extends Error {}

export interface ApplyDeps extends ComposeDeps {
  readonly sql: Sql
  /** A desk has used up what it may send by itself in an hour: mails are kept back, a person has to look. */
  readonly breaker: (desk: string, why: string) => void
}

export interface Applied {
  readonly queued: number
  readonly suppressed: number
  /** Desks whose hourly limit was reached, with a sentence each. */
  readonly breakers: ReadonlyMap<string, string>
}

function sourceOf({ mail, original }: Judged): DraftWork['source'] {
  const from = mail ?? original ?? null
  return from === null ? null : { key: String(from.raw), bytes: from.bytes }
}

/** `onNumbered` is called when the numbers are given, and the rest is writing. */
export async function applyDecisions(
  deps: ApplyDeps,
  judged: readonly Judged[],
  now: Date,
  onNumbered: () => void = () => undefined,
): Promise<Applied> {
  const numbered = await numberDecisions(
    deps.sql,
    judged.map((j) => ({ desk: j.running.desk.desk, decision: j.decision })),
    now,
  )
  onNumbered()
  const work: DraftWork[] = judged.flatMap((j, n) =>
    j.decision.mails.map((draft, m): DraftWork => {
      const given = numbered[n]?.mails[m]
      const hold = draft.subjectId === 0 ? (numbered[n]?.holds[0] ?? 0) : draft.subjectId
      return {
        draft:
          draft.bare === true && typeof draft.data.text === 'string'
            ? { ...draft, data: { ...draft.data, text: withNumber(draft.data.text, j.decision) } }
            : draft,
        running: j.running,
        id: given?.id ?? 0,
        person: given?.person ?? 0,
        subjectId: hold,
        source: sourceOf(j),
      }
    }),
  )
  // Mails are written while the database takes the tickets: neither needs the other. What has to be read first is read before: the
  // thread that reads may be busy for long with the next batch, and a connection may have to be waited for.
  const composing = composeBatch(deps, work, now)
  composing.catch(() => undefined)
  if (work.some(readsFirst)) await composing
  const applied = await transaction(deps.sql, async (tx) => {
    await saveHistory(tx, judged, now)
    await saveHoldsOf(tx, judged, numbered, now)
    const queued = await queueMails(tx, judged, numbered, work, await composing, now)
    await saveRest(tx, judged, now)
    const rows = judged.flatMap((j) => settlement(j))
    if ((await settleInbound(tx, rows, now)) !== rows.length)
      throw new Conflict('the work was taken over by another worker')
    return queued
  })
  for (const [desk, why] of applied.breakers) deps.breaker(desk, why)
  return applied
}

/** What was written before the new ticket had its number. */
const withNumber = (text: string, decision: Decision): string =>
  text.replaceAll(numberPlace, String(decision.tickets[0]?.ticket.number ?? ''))

/** Ids a mail refers to; longer chains hold the near ones (RFC 5322 §3.6.4). */
const maxAwaited = 10

async function saveHistory(tx: Tx, judged: readonly Judged[], now: Date): Promise<void> {
  const tickets: SavedTicket[] = []
  const entries: NewEntry[] = []
  const refs: MessageRef[] = []
  const links: Parameters<typeof insertLinks>[1][number][] = []
  for (const { decision, running, mail, original, context } of judged) {
    const { desk } = running
    for (const { ticket, isNew, entries: written } of decision.tickets) {
      tickets.push({
        ticket,
        isNew,
        statusKind: desk.statuses[ticket.status]?.kind ?? 'open',
        priorityRank: desk.priorities[ticket.priority]?.rank ?? 99,
      })
      for (const entry of written)
        entries.push({
          desk: ticket.desk,
          ticket: ticket.number,
          entry,
          raw: entry.kind === 'system' ? null : (mail?.raw ?? original?.raw ?? null),
        })
      const fromCustomer = written.some((e) => e.kind === 'customer')
      if (mail?.message.messageId && fromCustomer) {
        refs.push({
          desk: ticket.desk,
          hash: hashOf(mail.message.messageId),
          ticket: ticket.number,
          messageId: mail.message.messageId,
          ours: false,
          person: ticket.requester,
          awaited: false,
        })
      }
      // Of a mail that answers what nobody here knows, the rest of the conversation may still come.
      if (mail && fromCustomer && isNew && context.candidates.length === 0)
        for (const messageId of [...mail.message.inReplyTo, ...mail.message.references].slice(-maxAwaited))
          refs.push({
            desk: ticket.desk,
            hash: hashOf(messageId),
            ticket: ticket.number,
            messageId,
            ours: false,
            person: null,
            awaited: true,
          })
    }
    for (const link of decision.links)
      links.push({ desk: link.from.desk, ticket: link.from.number, toDesk: link.toDesk, to: link.to, kind: link.kind })
  }
  if ((await saveTickets(tx, tickets)) !== tickets.length) throw new Conflict('a ticket was changed by another worker')
  await noteReopenings(tx, judged, now)
  const alerts = judged.flatMap((j) => j.decision.alerts.map((one) => ({ ...one, desk: j.running.desk.desk })))
  if ((await saveAlerts(tx, alerts, now)) !== alerts.length)
    throw new Conflict('a problem was changed by another worker')
  await insertEntries(tx, entries, now)
  await insertRefs(tx, refs, now)
  await keepCases(tx, judged, now)
  const calls = judged.flatMap(({ decision, running }) =>
    decision.calls.map(({ kind, target, data }) => ({
      desk: running.desk.desk,
      ticket: decision.tickets[0]?.ticket.number ?? null,
      kind,
      target,
      data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, withNumber(text, decision)])),
      perDay: kind === 'sms' ? (running.desk.sms?.['per-day'] ?? null) : null,
    })),
  )
  await insertCalls(tx, calls, now)
  for (const { decision, running } of judged)
    for (const order of decision.announcements) await orderAnnouncement(tx, { desk: running.desk.desk, ...order }, now)
  await insertLinks(tx, links, now)
}

async function saveHoldsOf(tx: Tx, judged: readonly Judged[], numbered: readonly Numbered[], now: Date): Promise<void> {
  const settled = judged.flatMap((j) =>
    j.decision.settled.map((s) => ({ desk: j.running.desk.desk, id: s.hold, state: s.state, by: s.by })),
  )
  await settleHolds(tx, settled, now)
  await insertHolds(
    tx,
    judged.flatMap((j, n) =>
      j.decision.holds.map((hold, h) => ({
        desk: j.running.desk.desk,
        id: numbered[n]?.holds[h] ?? 0,
        raw: j.mail?.raw ?? null,
        reason: hold.reason,
        why: hold.why,
        finding: hold.finding,
        ticket: hold.ticket && hold.ticket.number > 0 ? hold.ticket.number : null,
        release: hold.release,
        author: hold.author,
        sender: j.mail?.message.from?.address ?? null,
        subject: j.mail?.message.subject ?? null,
      })),
    ),
    now,
  )
  for (const { decision, running } of judged) {
    if (decision.again)
      await releaseHold(
        tx,
        { desk: running.desk.desk, id: decision.again.hold },
        { as: decision.again.as, by: decision.again.by },
        now,
      )
  }
}

async function queueMails(
  tx: Tx,
  judged: readonly Judged[],
  numbered: readonly Numbered[],
  work: readonly DraftWork[],
  composed: readonly OutboundMail[],
  now: Date,
): Promise<Applied> {
  const owners = judged.flatMap((j, n) => (numbered[n]?.mails ?? []).map(() => j))
  const { verdicts, breakers } = await throttle(
    tx,
    work.map((w, n) => ({ draft: w.draft, judged: owners[n] ?? null, running: w.running })),
    now,
  )
  const rows = composed.map((mail, n) => ({
    mail,
    state: verdicts[n] === null ? ('queued' as const) : ('suppressed' as const),
    reason: verdicts[n] ?? null,
    raw: owners[n]?.mail?.raw ?? null,
  }))
  await insertOutbound(tx, rows, now)
  const queued = rows.filter((r) => r.state === 'queued').length
  if (queued > 0) await tx`select pg_notify('guichet_outbound', '')`
  return { queued, suppressed: rows.length - queued, breakers }
}

async function saveRest(tx: Tx, judged: readonly Judged[], now: Date): Promise<void> {
  const of = <T>(pick: (decision: Decision) => readonly T[]): (T & { readonly desk: string })[] =>
    judged.flatMap((j) => pick(j.decision).map((item) => ({ ...item, desk: j.running.desk.desk })))
  await reportDeliveries(
    tx,
    of((d) =>
      d.reports.map((r) => ({ id: r.outbound, state: r.state, reason: r.bounce?.reason ?? r.bounce?.status ?? null })),
    ),
  )
  await settleUncertain(
    tx,
    of((d) => d.deliveries.map((c) => ({ id: c.outbound, act: c.act, by: c.by }))),
    now,
  )
  await refillDesks(
    tx,
    judged.flatMap((j) => (j.decision.resume ? [j.running.desk.desk] : [])),
  )
  await blockPeople(
    tx,
    of((d) => d.blocks),
  )
  await saveStaffSettings(
    tx,
    of((d) =>
      d.staff.map(({ address, away, digest }) => ({
        address,
        ...(away === undefined ? {} : { away: away === null ? [] : [away] }),
        ...(digest === undefined ? {} : { digest }),
      })),
    ),
  )
  await saveBans(
    tx,
    of((d) => d.bans),
    now,
  )
  const contacts = of((d) => d.contacts)
  if (contacts.length === 0) return
  const people = await loadPeople(tx, contacts)
  await saveContacts(
    tx,
    contacts.map((c) => {
      const person = people.get(`${c.desk} ${c.address}`)
      // Who is registered already keeps what was not said anew.
      const known = person?.contact ?? null
      return {
        desk: c.desk,
        key: known?.key ?? c.address,
        name: c.name || known?.name || c.address,
        language: known?.language ?? null,
        phone: c.attributes.phone ?? known?.phone ?? null,
        organisation: known?.organisation?.key ?? null,
        attributes: { ...known?.attributes, ...c.attributes },
        active: true,
        addresses: [{ address: c.address, id: person?.id ?? 0 }],
      }
    }),
    now,
  )
}

function settlement({ decision, mail, running }: Judged): Settled[] {
  if (!mail) return []
  const first = decision.tickets[0]?.ticket ?? decision.holds[0]?.ticket ?? null
  return [
    {
      desk: running.desk.desk,
      raw: mail.raw,
      attempt: mail.attempt,
      outcome: decision.outcome,
      ticket: first && first.number > 0 ? first.number : null,
      trail: decision.trail,
      authentication: mail.authentication,
      messageId: mail.message.messageId,
      sender: mail.message.from?.address ?? null,
      subject: mail.message.subject,
    },
  ]
}
