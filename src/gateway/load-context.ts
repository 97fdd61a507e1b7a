// All that a batch of decisions may know, in a handful of set-based questions.

import { createHash } from 'node:crypto'
import type { Queryable } from '../db/pool.ts'
import type { Person } from '../desks/person.ts'
import { staffAt } from '../desks/staff.ts'
import { loadStaffSettings, withStaffSettings } from '../desks/staff-store.ts'
import { loadPeople, personKey } from '../desks/store.ts'
import type { Envelope, InboundMessage } from '../inbound/message.ts'
import { findTwins } from '../inbound/twin-store.ts'
import type { Authentication } from '../mail/authentication.ts'
import { findTokens } from '../mail/subject.ts'
import type { Purpose } from '../mail/token.ts'
import { findDeliveries } from '../outbound/delivery-store.ts'
import type { Candidate, Context, DeliveryFound } from '../rules/context.ts'
import { continues } from '../rules/thread.ts'
import { findUndoable, loadRecent } from '../tickets/history-store.ts'
import { findRefs, loadThreads, type MessageRef } from '../tickets/message-store.ts'
import { loadHistories } from '../tickets/requester-store.ts'
import { keyOf, loadTickets, type TicketKey } from '../tickets/store.ts'
import type { Change, Ticket } from '../tickets/ticket.ts'
import { alertContext, loadAlerts } from './alert-context.ts'
import { type Marks, readMarks } from './carried.ts'
import { loadSimilar } from './case-base.ts'
import { findHolds, type HoldRow } from './hold-store.ts'
import { withOpenCases } from './open-cases.ts'
import { spentReopenings } from './reopening.ts'
import { instanceFacts, type RunningDesk, type RunningInstance } from './running-desk.ts'
import { withSurroundings } from './surroundings.ts'

/** A mail whose context is wanted. */
export interface Subject {
  readonly running: RunningDesk
  readonly raw: number
  readonly message: InboundMessage
  readonly envelope: Envelope
  readonly authentication: Authentication
}

/** Purposes whose token names a ticket; the others name a hold, a delivery or nothing. */
const aboutTickets: readonly Purpose[] = ['c', 'a', 'f', 'm', 'u', 'y', 'n', 'ok', 'no', 'g', 'h', 'j', 'q', 'z']
const aboutHolds: readonly Purpose[] = ['r', 'd', 'k', 'p']

export const hashOf = (messageId: string): string => createHash('sha256').update(messageId).digest('hex')

interface Wanted {
  readonly subject: Subject
  readonly marks: Marks
  readonly addresses: ReadonlySet<string>
  readonly hashes: readonly string[]
  /** Of its own id, which others may have referred to before it came. */
  readonly own: string | null
  readonly subjectNumbers: readonly number[]
  readonly named: readonly number[]
}

const addressPattern = /[^\s<>,;:"'()[\]]{1,64}@[^\s<>,;:"'()[\]]{1,253}/gu

function want(subject: Subject, instance: RunningInstance, now: Date): Wanted {
  const { message, running } = subject
  const { desk } = running
  const addresses = new Set<string>()
  const add = (address: string): void => {
    if (addresses.size < 200) addresses.add(address.toLowerCase())
  }
  if (message.from) add(message.from.address)
  for (const staff of desk.staff) for (const address of [staff.address, ...staff.also]) add(address)
  for (const address of desk.supervisors) add(address)
  for (const a of [...message.to, ...message.cc].slice(0, 50)) add(a.address)
  if (message.forwarded?.from) add(message.forwarded.from.address)
  const head = message.replyText.slice(0, 4000)
  if (head.includes('@')) for (const match of head.matchAll(addressPattern)) add(match[0].replace(/[.!?]+$/, ''))
  const named = new Set<number>()
  for (const match of head.matchAll(/#\s?\p{L}+\s+#?(\d{1,9})\b/gu)) named.add(Number(match[1]))
  for (const token of findTokens(`${head} ${message.subject}`, [desk.prefix])) named.add(token.number)
  for (const match of head.matchAll(new RegExp(`\\b${desk.prefix}[-\\u2010-\\u2015](\\d{1,9})\\b`, 'gi')))
    named.add(Number(match[1]))
  return {
    subject,
    marks: readMarks(message, subject.envelope, desk.desk, desk.prefix, instance, now),
    addresses,
    hashes: [...message.inReplyTo, ...[...message.references].reverse()].slice(0, 20).map(hashOf),
    own: message.messageId === null ? null : hashOf(message.messageId),
    subjectNumbers: findTokens(message.subject, [desk.prefix]).map((t) => t.number),
    named: [...named].slice(0, 10),
  }
}

/** One context a subject, in the same order. `marks` are random texts, one a subject. */
export async function loadContexts(
  sql: Queryable,
  instance: RunningInstance,
  subjects: readonly Subject[],
  now: Date,
  marks: readonly string[],
): Promise<Context[]> {
  const settings = await loadStaffSettings(sql, [...new Set(subjects.map((s) => s.running.desk.desk))])
  const wanted = subjects.map((subject) => want(subject, instance, now))
  const deskOf = (w: Wanted): string => w.subject.running.desk.desk
  const mails = subjects.map(({ running, message }) => ({ desk: running.desk, message }))
  const [people, refs, holds, deliveries, twins, alerts] = await Promise.all([
    loadPeople(
      sql,
      distinct(
        wanted.flatMap((w) => [...w.addresses].map((address) => ({ desk: deskOf(w), address }))),
        personKey,
      ),
    ),
    findRefs(
      sql,
      distinct(
        wanted.flatMap((w) =>
          [...w.hashes, ...(w.own === null ? [] : [w.own])].map((hash) => ({ desk: deskOf(w), hash })),
        ),
        (r) => `${r.desk} ${r.hash}`,
      ),
    ),
    findHolds(
      sql,
      wanted.flatMap((w) =>
        w.marks.carried
          .filter((c) => aboutHolds.includes(c.signed.purpose))
          .map((c) => ({ desk: deskOf(w), id: c.signed.id })),
      ),
    ),
    findDeliveries(
      sql,
      wanted.flatMap((w) => w.marks.outbound.map((id) => ({ desk: deskOf(w), id }))),
    ),
    findTwins(
      sql,
      subjects.map((s) => s.raw),
    ),
    loadAlerts(sql, mails),
  ])
  const rungs = wanted.map((w) => climb(w, refs, holds, deliveries))
  const keys = distinct(
    [
      ...rungs.flatMap((r, n) => [
        ...r.map((rung) => rung.key),
        ...(wanted[n]?.named ?? []).map((number) => ({ desk: subjects[n]?.running.desk.desk ?? '', number })),
      ]),
      ...alerts.rows.flatMap(({ desk, ticket }) => (ticket === null ? [] : [{ desk, number: ticket }])),
    ],
    keyOf,
  )
  const senderIds = wanted.flatMap((w) => {
    const person = senderOf(w, people)
    return person ? [{ desk: deskOf(w), person: person.id }] : []
  })
  const [tickets, histories] = await Promise.all([
    loadTickets(sql, keys),
    loadHistories(
      sql,
      distinct(senderIds, (p) => `${p.desk}#${p.person}`),
      new Date(now.getTime() - 86_400_000),
    ),
  ])
  await followMerges(sql, tickets)
  const candidateKeys = [...tickets.values()].map((t) => ({ desk: t.desk, number: t.number }))
  // An agent’s mail names nobody of the ticket; rules ask about its requester all the same.
  const ofTickets = distinct(
    [...tickets.values()].flatMap((t) => t.participants.map(({ address }) => ({ desk: t.desk, address }))),
    personKey,
  ).filter((key) => !people.has(personKey(key)))
  const [recent, threads, spent, similar, others] = await Promise.all([
    loadRecent(sql, candidateKeys, 12),
    loadThreads(sql, candidateKeys),
    spentReopenings(sql, instance, tickets.values(), now),
    loadSimilar(
      sql,
      mails.map((mail, n) => ({ ...mail, opens: (rungs[n] ?? []).every(({ rung }) => rung === 'awaited') })),
    ),
    loadPeople(sql, ofTickets),
  ])
  const contexts = wanted.map((w, n): Context => {
    const { running, message, envelope, authentication, raw } = w.subject
    const desk = withStaffSettings(running.desk, settings)
    const sender = senderOf(w, people)
    const candidates: Candidate[] = []
    for (const { key, rung, signed } of rungs[n] ?? []) {
      const ticket = tickets.get(keyOf(key))
      if (rung === 'awaited' && !(ticket && continues({ sender, message, envelope }, ticket, desk))) continue
      if (ticket && !candidates.some((c) => c.ticket === ticket && c.rung === rung))
        candidates.push({ rung, ticket, signed })
    }
    const named = new Map<number, Ticket>()
    for (const number of w.named) {
      const ticket = tickets.get(keyOf({ desk: desk.desk, number }))
      if (ticket) named.set(ticket.number, ticket)
    }
    const alert = alertContext(alerts, { desk, message }, tickets)
    const ofAlert = (alert.alerts ?? []).flatMap((one) => one.ticket ?? [])
    const mine = deliveries.filter((d) => d.desk === desk.desk && w.marks.outbound.includes(d.id))
    const held = holds.filter((h) => h.desk === desk.desk)
    const from = message.from?.address ?? null
    return {
      now,
      desk,
      rules: running.rules,
      sender,
      authentication,
      instance: instanceFacts(instance),
      agent: from === null ? null : (staffAt(desk, from) ?? null),
      carried: w.marks.carried,
      own: w.marks.own,
      candidates,
      people: new Map(
        [
          ...w.addresses,
          ...[...candidates.map((c) => c.ticket), ...ofAlert].flatMap((t) => t.participants.map((p) => p.address)),
        ].flatMap((address): [string, Person][] => {
          const key = personKey({ desk: desk.desk, address })
          const person = people.get(key) ?? others.get(key)
          return person ? [[address, person]] : []
        }),
      ),
      holds: held,
      heldSender: held[0]?.sender ? { address: held[0].sender, name: '' } : null,
      deliveries: message.origin.kind === 'human' ? [] : mine,
      history: (sender && histories.get(`${desk.desk}#${sender.id}`)) || {
        lastTicket: null,
        openTickets: [],
        ticketsToday: 0,
      },
      twins: twins
        .filter((t) => t.raw === raw && t.desk !== desk.desk)
        .map((t) => ({ desk: t.desk, ticket: t.ticket })),
      mark: marks[n] ?? '',
      recent: new Map(candidates.map((c) => [c.ticket.number, recent.get(keyOf(c.ticket)) ?? []])),
      thread: new Map(
        [...candidates.map((c) => c.ticket), ...ofAlert].map((t) => [t.number, threads.get(keyOf(t)) ?? []]),
      ),
      ...alert,
      named,
      calendar: running.calendar,
      similar: similar[n] ?? [],
      undoable: [],
      notifiedAt: notifiedAt(mine),
      answersAutomaticAt: notifiedAt(mine.filter((d) => d.automatic && d.recipient === from)),
      reopeningsSpent: new Set(candidates.flatMap((c) => (spent.has(keyOf(c.ticket)) ? [c.ticket.number] : []))),
    }
  })
  const surrounded = await withSurroundings(
    sql,
    subjects.map((s) => s.message),
    await withUndoable(sql, contexts, now),
  )
  return withOpenCases(sql, surrounded)
}

const senderOf = (w: Wanted, people: ReadonlyMap<string, Person>): Person | null =>
  (w.subject.message.from &&
    people.get(personKey({ desk: w.subject.running.desk.desk, address: w.subject.message.from.address }))) ??
  null

interface Rung {
  readonly key: TicketKey
  readonly rung: Candidate['rung']
  readonly signed: Candidate['signed']
}

/** The ladder of threats 5d, strongest rung first. */
function climb(
  w: Wanted,
  refs: readonly Pick<MessageRef, 'desk' | 'hash' | 'ticket' | 'ours' | 'awaited'>[],
  holds: readonly HoldRow[],
  deliveries: readonly (DeliveryFound & { desk: string })[],
): Rung[] {
  const { desk } = w.subject.running.desk
  const rungs: Rung[] = []
  for (const carrier of ['address', 'message-id', 'footer'] as const) {
    for (const c of w.marks.carried) {
      if (c.carrier !== carrier || c.signed.id === 0 || !aboutTickets.includes(c.signed.purpose)) continue
      rungs.push({ key: { desk, number: c.signed.id }, rung: carrier, signed: c.signed })
    }
  }
  for (const hash of w.hashes)
    for (const ref of refs)
      if (ref.desk === desk && ref.hash === hash && !ref.awaited)
        rungs.push({ key: { desk, number: ref.ticket }, rung: ref.ours ? 'alias' : 'inbound-id', signed: null })
  for (const ref of refs)
    if (ref.awaited && ref.desk === desk && (ref.hash === w.own || w.hashes.includes(ref.hash)))
      rungs.push({ key: { desk, number: ref.ticket }, rung: 'awaited', signed: null })
  for (const number of w.subjectNumbers) rungs.push({ key: { desk, number }, rung: 'subject', signed: null })
  const carriedIds = w.marks.carried.filter((c) => aboutHolds.includes(c.signed.purpose)).map((c) => c.signed.id)
  for (const hold of holds)
    if (hold.desk === desk && hold.ticket !== null && carriedIds.includes(hold.id))
      rungs.push({ key: { desk, number: hold.ticket }, rung: 'message-id', signed: null })
  if (w.subject.message.origin.kind !== 'human') {
    for (const d of deliveries)
      if (d.desk === desk && d.ticket !== null && w.marks.outbound.includes(d.id))
        rungs.push({ key: { desk, number: d.ticket }, rung: 'message-id', signed: null })
  }
  return rungs
}

/** A merged ticket’s mail goes to the one it was merged into. */
async function followMerges(sql: Queryable, tickets: Map<string, Ticket>): Promise<void> {
  for (let depth = 0; depth < 5; depth++) {
    const merged = [...tickets].filter(([, t]) => t.mergedInto !== null)
    if (merged.length === 0) return
    const missing = merged
      .map(([, t]) => ({ desk: t.desk, number: t.mergedInto ?? 0 }))
      .filter((k) => !tickets.has(keyOf(k)))
    const loaded = await loadTickets(sql, missing)
    for (const [key, ticket] of merged) {
      const target = { desk: ticket.desk, number: ticket.mergedInto ?? 0 }
      const into = loaded.get(keyOf(target)) ?? tickets.get(keyOf(target))
      if (into && into !== ticket) tickets.set(key, into)
      else return
    }
  }
}

function notifiedAt(deliveries: readonly (DeliveryFound & { createdAt: Date })[]): Date | null {
  return deliveries.reduce<Date | null>(
    (latest, d) => (latest === null || d.createdAt > latest ? d.createdAt : latest),
    null,
  )
}

/** Only mails of agents about a ticket may undo; the question is asked for those alone. */
async function withUndoable(sql: Queryable, contexts: readonly Context[], now: Date): Promise<Context[]> {
  const since = new Date(now.getTime() - 86_400_000)
  return Promise.all(
    contexts.map(async (context) => {
      const ticket = context.candidates[0]?.ticket
      if (!context.agent || !ticket) return context
      const undoable: Change[] = await findUndoable(sql, ticket, context.agent.address, since)
      return { ...context, undoable }
    }),
  )
}

function distinct<T>(list: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(list.map((item) => [key(item), item])).values()]
}
