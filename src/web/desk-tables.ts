// The tables of a desk's page: clocks, held mails, deliveries, latest requests.

import { html } from 'hono/html'
import { clockTitle } from '../desks/clock-title.ts'
import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import type { Progress } from '../gateway/announcement-store.ts'
import { safeName, showAddress } from '../mail/address.ts'
import { holdReasons } from '../rules/decision.ts'
import { findingSentence } from '../rules/finding.ts'
import { holdSentence } from '../rules/hold-reason.ts'
import type {
  ClockCount,
  ClockRow,
  DeliveryRow,
  DeskFigures,
  HoldRow,
  IncidentRow,
  RecentRow,
} from './figures-store.ts'
import { type Format, plainLine } from './format.ts'
import type { Html } from './layout.ts'
import type { Words } from './words/en.ts'

interface Frame {
  readonly desk: Desk
  readonly format: Format
  readonly now: Date
}

const wide = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="wide" role="group" tabindex="0" aria-label="${label}"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`

const subjectOf = (subject: string | null): Html => html`<bdi>${plainLine(subject ?? '', 160)}</bdi>`

const tokenOf = (desk: Desk, ticket: number | null): string => (ticket === null ? '' : `${desk.prefix}-${ticket}`)

export function clocksPart(
  {
    desk,
    clockCounts,
    clocks,
    format,
    now,
  }: Frame & { clockCounts: readonly ClockCount[]; clocks: readonly ClockRow[] },
  words: Words,
): Html {
  const counts = clockCounts.map(
    (row) =>
      html`<tr><th scope="row">${clockTitle(desk, row.name, format.language)}</th><td class="n">${row.running}</td><td class="n">${row.paused}</td><td class="n">${row.atRisk}</td><td class="n${row.breached > 0 ? ' bad' : ''}">${row.breached}</td></tr>`,
  )
  const heads = [words.running, words.paused, words.atRisk, words.breached]
  const rows = clocks.map((row) => {
    const priority = desk.priorities[row.priority]
    const state = row.breached ? html`<span class="bad">${words.clockStates.breached}</span>` : words.clockStates.atRisk
    return html`<tr><th scope="row" class="keep">${tokenOf(desk, row.ticket)}</th><td class="free">${subjectOf(row.subject)}</td><td>${clockTitle(desk, row.name, format.language)}</td><td>${priority ? textIn(priority.name, format.language, desk.language) : row.priority}</td><td>${state}${row.paused ? html` <span class="soft">(${words.clockStates.paused})</span>` : ''}</td><td>${row.dueAt === null ? '' : html`<time datetime="${row.dueAt.toISOString()}">${format.instant(row.dueAt)}</time>${row.dueAt < now ? '' : html`<br><span class="soft">${format.span(row.dueAt.getTime() - now.getTime())}</span>`}`}</td></tr>`
  })
  return html`${
    counts.length === 0
      ? ''
      : html`<div class="wide narrow" role="group" tabindex="0" aria-label="${words.clock}"><table><thead><tr><th scope="col">${words.clock}</th>${heads.map((head) => html`<th scope="col" class="n">${head}</th>`)}</tr></thead><tbody>${counts}</tbody></table></div>`
  }${
    rows.length === 0
      ? html`<p class="soft">${words.noClocks}</p>`
      : wide(words.clocks, [words.request, words.subject, words.clock, words.priority, words.stage, words.due], rows)
  }`
}

function reasonOf({ reason }: HoldRow, { language }: Format): string {
  const known = holdReasons.find((one) => one === reason)
  return known ? holdSentence(known, language) : reason
}

export function holdsPart({ desk, holds, format, now }: Frame & { holds: readonly HoldRow[] }, words: Words): Html {
  if (holds.length === 0) return html`<p class="soft">${words.noHolds}</p>`
  const more = (holds[0]?.total ?? 0) - holds.length
  const rows = holds.map(
    (row) =>
      html`<tr><th scope="row" class="keep">${row.id}</th><td class="free" dir="auto">${reasonOf(row, format)}<br><span class="soft">${plainLine(row.finding ? findingSentence(row.finding, format.language) : row.why)}</span></td><td class="free"><bdi>${row.sender === null ? '' : showAddress({ address: plainLine(row.sender), name: '' })}</bdi></td><td class="free">${subjectOf(row.subject)}${row.ticket === null ? '' : html` <span class="soft keep">${tokenOf(desk, row.ticket)}</span>`}</td><td class="keep">${format.span(now.getTime() - row.createdAt.getTime())}</td></tr>`,
  )
  return html`${wide(words.holds, ['#', words.reason, words.sender, words.subject, words.age], rows)}${more > 0 ? html`<p class="soft">${words.moreHolds(more)}</p>` : ''}`
}

const isState = (state: string, words: Words): state is keyof Words['outboxStates'] =>
  Object.hasOwn(words.outboxStates, state)

function stateOf(state: string, words: Words): string {
  const known: Readonly<Record<string, string>> = words.deliveryStates
  return (Object.hasOwn(known, state) ? known[state] : undefined) ?? state
}

export function outboxPart(
  { desk, deliveries, figures, format }: Frame & { deliveries: readonly DeliveryRow[]; figures: DeskFigures },
  words: Words,
): Html {
  const { queued, delayed, uncertain, bounced, dead, suppressed, heldBack: held } = figures
  const counts = Object.entries({ queued, delayed, uncertain, bounced, dead, suppressed, held })
  const rows = deliveries.map(
    (row) =>
      html`<tr><th scope="row" class="keep">${row.id}</th><td>${stateOf(row.state, words)}</td><td class="free"><bdi>${showAddress({ address: plainLine(row.recipient), name: '' })}</bdi></td><td class="free">${subjectOf(row.subject)}${row.ticket === null ? '' : html` <span class="soft keep">${tokenOf(desk, row.ticket)}</span>`}</td><td class="free" dir="auto">${plainLine(row.response ?? row.reason ?? '', 200)}</td><td><time datetime="${row.createdAt.toISOString()}">${format.instant(row.createdAt)}</time></td></tr>`,
  )
  return html`<table class="counts"><tbody>${counts.map(([state, count]) => html`<tr><th scope="row">${isState(state, words) ? words.outboxStates[state] : state}</th><td class="n${count > 0 && state !== 'queued' && state !== 'suppressed' ? ' bad' : ''}">${format.number(count)}</td></tr>`)}</tbody></table>${
    rows.length === 0
      ? html`<p class="soft">${words.noTrouble}</p>`
      : wide(words.outbox, ['#', words.state, words.recipient, words.subject, words.answer, words.created], rows)
  }`
}

/** Announcements of late, and how far they are. */
export function announcementsPart(
  { announcements, format }: Frame & { announcements: readonly Progress[] },
  words: Words,
): Html {
  const rows = announcements.map((row) => {
    const numbers = [row.recipients, row.waiting + row.queued, row.sent, row.bounced, row.failed + row.suppressed]
    return html`<tr><th scope="row" class="free">${subjectOf(row.title)}</th>${numbers.map((n) => html`<td class="n">${format.number(n)}</td>`)}<td><time datetime="${row.createdAt.toISOString()}">${format.instant(row.createdAt)}</time></td></tr>`
  })
  return wide(words.announcements, words.announcementHeads, rows)
}

/** What monitoring reports and what is not over yet. */
export function incidentsPart(
  { desk, incidents, format, now }: Frame & { incidents: readonly IncidentRow[] },
  words: Words,
): Html {
  if (incidents.length === 0) return html`<p class="soft">${words.noIncidents}</p>`
  const rows = incidents.map((row) => {
    const priority = desk.priorities[row.priority]
    const type = desk.types[row.type]
    return html`<tr><th scope="row" class="keep">${tokenOf(desk, row.ticket)}</th><td class="free">${subjectOf(row.subject)}<br><span class="soft">${type ? textIn(type.name, format.language, desk.language) : row.type}</span></td><td>${priority ? textIn(priority.name, format.language, desk.language) : row.priority}</td><td><time datetime="${row.since.toISOString()}">${format.instant(row.since)}</time><br><span class="soft">${format.span(now.getTime() - row.since.getTime())}</span></td><td class="n">${format.number(row.repeats)}</td><td class="n">${format.number(row.flaps)}</td></tr>`
  })
  return wide(
    words.incidents,
    [words.request, words.problem, words.priority, words.since, words.reports, words.cameBack],
    rows,
  )
}

export function recentPart({ desk, recent, format }: Frame & { recent: readonly RecentRow[] }, words: Words): Html {
  if (recent.length === 0) return html`<p class="soft">${words.none}</p>`
  const rows = recent.map((row) => {
    const status = desk.statuses[row.status]
    const name = safeName({ name: row.name ?? '', address: row.address ?? '' })
    const address = row.address === null ? '' : showAddress({ address: row.address, name: '' })
    return html`<tr><th scope="row" class="keep">${tokenOf(desk, row.number)}</th><td class="free">${subjectOf(row.subject)}${row.tags.length === 0 ? '' : html`<br><span class="soft">${plainLine(row.tags.join(', '), 120)}</span>`}</td><td>${status ? textIn(status.name, format.language, desk.language) : row.status}</td><td class="free">${name === '' ? '' : html`<bdi>${name}</bdi><br>`}<bdi>${address}</bdi></td><td class="free"><bdi>${row.organisation ?? ''}</bdi></td><td><time datetime="${row.createdAt.toISOString()}">${format.instant(row.createdAt)}</time></td></tr>`
  })
  return wide(
    words.recent,
    [words.request, words.subject, words.status, words.requester, words.organisation, words.created],
    rows,
  )
}
