// A daily mail with the problems that are not over: to supervisors, to the team, and to those outside who are told of them; to each
// once a day, when the desk opens, and only while there are any.

import type { Queryable } from '../db/pool.ts'
import { transaction } from '../db/transaction.ts'
import type { AlertSource } from '../desks/alert.ts'
import { fitsFilter } from '../desks/contact-filter.ts'
import type { Desk } from '../desks/desk.ts'
import { loadRegistered } from '../desks/store.ts'
import { textIn } from '../desks/text.ts'
import type { DraftValue, MailDraft } from '../outbound/draft.ts'
import { filledFilter, publicFacts } from '../rules/alert-news.ts'
import { openNow, todayOf } from '../rules/hours.ts'
import { emptyDecision, languageFor, mail, recipientOf, type Sheet, tokenOf } from '../rules/judgement.ts'
import { teamOf, toStaff, toSupervisors } from '../rules/notify.ts'
import { keyOf, loadTickets } from '../tickets/store.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { openAlerts } from './alert-store.ts'
import { findTold, tellOnce } from './budget-store.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { sendSheet } from './send-sheet.ts'
import { ticketContexts } from './sweep.ts'

interface Incident {
  readonly source: AlertSource
  readonly ticket: Ticket
}

type Reader = Pick<MailDraft, 'to' | 'role' | 'language' | 'automatic' | 'budget'>

/** How many mails were queued for this desk. */
export async function sendIncidentDigests(deps: ProcessDeps, running: RunningDesk, now: Date): Promise<number> {
  const { desk, calendar } = running
  const sources = desk.alerts.filter((source) => source.digest.length > 0)
  const hours = { calendar, now }
  if (sources.length === 0 || !openNow(hours)) return 0
  const today = todayOf(hours)
  const mark = { desk: desk.desk, key: `incident-digest:${today}` }
  if ((await findTold(deps.sql, [mark])).size > 0) return 0
  const incidents = await openIncidents(deps.sql, desk, sources)
  const [context] = await ticketContexts(deps, deps.instance(), running, [null], now)
  if (!context) return 0
  const sheet: Sheet = { context, decision: emptyDecision() }
  const write = (reader: Reader, seen: readonly Incident[], staff: boolean): void => {
    if (seen.length === 0 || sheet.decision.mails.some((m) => m.to.address === reader.to.address)) return
    mail(sheet, {
      ...reader,
      template: 'incident-digest',
      once: `incident-digest:${today}:${reader.to.address}`,
      data: { incidents: seen.map(({ ticket }) => shown(desk, ticket, reader.language, staff)), count: seen.length },
    })
  }
  const of = (who: AlertSource['digest'][number]): Incident[] =>
    incidents.filter(({ source }) => source.digest.includes(who))
  for (const reader of toSupervisors(context)) write(reader, of('supervisors'), true)
  const teams = new Set(of('team').map(({ ticket }) => desk.queues[ticket.queue]?.team ?? ''))
  for (const team of teams)
    for (const staff of teamOf(context, team, now))
      write(
        toStaff(context, staff),
        of('team').filter(({ ticket }) => (desk.queues[ticket.queue]?.team ?? '') === team),
        true,
      )
  const outside = of('contacts')
  for (const person of outside.length === 0 ? [] : await loadRegistered(deps.sql, desk.desk)) {
    const { contact } = person
    if (!contact || sheet.decision.mails.some((m) => m.to.person === person.id)) continue
    const theirs = outside.filter(({ source, ticket }) =>
      source.tell.some(({ contacts }) => fitsFilter(contact, filledFilter(contacts, valuesOf(source, ticket)))),
    )
    const language = languageFor(desk, contact.language, person.language)
    write(
      { to: recipientOf(person), role: 'customer', language, automatic: 'auto-generated', budget: 'staff' },
      theirs,
      false,
    )
  }
  const queued = await sendSheet(deps, running, sheet, now)
  // What opens later today stands in tomorrow’s.
  await transaction(deps.sql, (tx) => tellOnce(tx, [mark], now))
  return queued
}

async function openIncidents(sql: Queryable, desk: Desk, sources: readonly AlertSource[]): Promise<Incident[]> {
  const open = await openAlerts(sql, desk.desk)
  const tickets = await loadTickets(
    sql,
    open.map(({ ticket }) => ({ desk: desk.desk, number: ticket })),
  )
  return open.flatMap((row): Incident[] => {
    const source = sources.find((one) => one.name === row.source)
    const ticket = tickets.get(keyOf({ desk: desk.desk, number: row.ticket }))
    return source && ticket ? [{ source, ticket }] : []
  })
}

/** The values that the alert once filled into fields, by their names in the source. */
function valuesOf(source: AlertSource, ticket: Ticket): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(source.fields).flatMap(([field, text]): [string, string][] => {
      const name = /^\{([\w-]+)\}$/.exec(text)?.[1]
      const value = ticket.fields[field] ?? null
      return name === undefined || value === null ? [] : [[name, String(value)]]
    }),
  )
}

function shown(desk: Desk, ticket: Ticket, language: string, staff: boolean): DraftValue {
  const say = (text: Parameters<typeof textIn>[0]): string => textIn(text, language, desk.language)
  return {
    token: staff ? tokenOf(desk, ticket.number) : '',
    subject: ticket.subject,
    status: say(desk.statuses[ticket.status]?.name) || ticket.status,
    priority: say(desk.priorities[ticket.priority]?.name) || ticket.priority,
    since: ticket.createdAt,
    facts: publicFacts({ desk }, ticket, language),
  }
}
