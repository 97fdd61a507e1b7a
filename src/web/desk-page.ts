// The supervisors' page of one desk.

import { html } from 'hono/html'
import type { Desk } from '../desks/desk.ts'
import { type LocalisedText, textIn } from '../desks/text.ts'
import type { AnalysisRow } from '../gateway/analysis-store.ts'
import type { Progress } from '../gateway/announcement-store.ts'
import { ageClasses } from '../gateway/weekly-store.ts'
import { analysisPart } from './analysis.ts'
import { dayChart, rowChart } from './charts.ts'
import { announcementsPart, clocksPart, holdsPart, incidentsPart, outboxPart, recentPart } from './desk-tables.ts'
import type {
  ClockCount,
  ClockRow,
  DayCount,
  DeliveryRow,
  DeskFigures,
  HoldRow,
  IncidentRow,
  MailboxRow,
  OpenCount,
  OpenGroup,
  RecentRow,
} from './figures-store.ts'
import type { Format } from './format.ts'
import { type Html, page } from './layout.ts'
import { mailboxesPart } from './mailboxes.ts'
import type { Words } from './words/en.ts'
import { wordsOf } from './words.ts'

export interface DeskFacts {
  readonly desk: Desk
  readonly figures: DeskFigures
  readonly open: readonly OpenCount[]
  readonly clockCounts: readonly ClockCount[]
  readonly clocks: readonly ClockRow[]
  readonly incidents: readonly IncidentRow[]
  readonly announcements: readonly Progress[]
  readonly holds: readonly HoldRow[]
  readonly mailboxes: readonly MailboxRow[]
  readonly deliveries: readonly DeliveryRow[]
  readonly recent: readonly RecentRow[]
  readonly days: readonly DayCount[]
  readonly analysis: readonly AnalysisRow[]
  readonly format: Format
  readonly base: string
  readonly now: Date
}

export function deskPage(facts: DeskFacts): Html {
  const { desk, format, now } = facts
  const words = wordsOf(format.language)
  const name = textIn(desk.name, format.language, desk.language)
  const part = (id: string, title: string, body: Html) =>
    html`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`
  return page(
    {
      language: format.language,
      base: facts.base,
      title: `${name} · ${words.desk}`,
      owner: desk.prefix,
      zone: format.zone,
    },
    html`<h1><small><a href="${facts.base}/desks">${words.desks}</a></small>${name}</h1>
<p class="soft">${words.asOf} <time datetime="${now.toISOString()}">${format.instant(now)}</time></p>
${part('open', words.change(words.openRequests, '', format.number(facts.figures.open)), openPart(facts, words))}
${part('days', words.days30, daysPart(facts, words))}
${facts.analysis.length === 0 ? '' : part('analysis', words.analysis, analysisPart(facts, words))}
${desk.alerts.length === 0 ? '' : part('incidents', words.incidents, incidentsPart(facts, words))}
${facts.announcements.length === 0 ? '' : part('announcements', words.announcements, announcementsPart(facts, words))}
${part('clocks', words.clocks, clocksPart(facts, words))}
${part('holds', words.holds, holdsPart(facts, words))}
${part('outbox', words.outbox, outboxPart(facts, words))}
${part('intake', words.intake, intakePart(facts, words))}
${part('mailboxes', words.mailboxes, mailboxesPart(facts.mailboxes, format, now, words))}
${part('recent', words.recent, recentPart(facts, words))}`,
  )
}

function openPart({ desk, open, format }: DeskFacts, words: Words): Html {
  const named = (table: Readonly<Record<string, { name: LocalisedText }>>) => (key: string) =>
    Object.hasOwn(table, key) ? textIn(table[key]?.name, format.language, desk.language) : key
  const counts = (group: OpenGroup) =>
    new Map(open.filter((row) => row.group === group).map((row) => [row.key, row.count]))
  const table = (title: string, group: OpenGroup, entries: Readonly<Record<string, { name: LocalisedText }>>) => {
    const found = counts(group)
    const keys = [
      ...Object.keys(entries).filter((key) => found.has(key)),
      ...[...found.keys()].filter((key) => !Object.hasOwn(entries, key)),
    ]
    const label = named(entries)
    if (keys.length === 0) return ''
    return html`<table><caption>${title}</caption><tbody>${keys.map((key) => html`<tr><th scope="row">${label(key)}</th><td class="n">${format.number(found.get(key) ?? 0)}</td></tr>`)}</tbody></table>`
  }
  if (open.length === 0) return html`<p class="soft">${words.none}</p>`
  const ages = counts('age')
  const rows = words.ages
    .slice(0, ageClasses.length + 1)
    .map((label, index) => ({ label, value: ages.get(String(index)) ?? 0 }))
  const summary = rows.map((row) => `${row.label}: ${row.value}`).join('; ')
  return html`<div class="tiles">
<div>${table(words.byStatus, 'status', desk.statuses)}</div>
<div>${table(words.byPriority, 'priority', desk.priorities)}</div>
<div>${table(words.byQueue, 'queue', desk.queues)}</div>
<div>${table(words.byType, 'type', desk.types)}</div>
<div><p class="label">${words.byAge}</p>${rowChart({ id: 'ages', rows, title: words.byAge, summary })}</div>
</div>`
}

function daysPart({ days, format }: DeskFacts, words: Words): Html {
  const opened = days.reduce((sum, day) => sum + day.opened, 0)
  const closed = days.reduce((sum, day) => sum + day.closed, 0)
  return html`<div class="wide" role="group" tabindex="0" aria-label="${words.days30}">${dayChart({
    id: 'per-day',
    days: days.map((day) => ({ label: format.shortDay(day.day), opened: day.opened, closed: day.closed })),
    title: words.days30,
    summary: words.chartDays(opened, closed),
    opened: words.change(words.opened, '', String(opened)),
    closed: words.change(words.closed, '', String(closed)),
  })}</div><details><summary>${words.figures}</summary><table class="counts"><thead><tr><th scope="col">${words.day}</th><th scope="col" class="n">${words.opened}</th><th scope="col" class="n">${words.closed}</th></tr></thead><tbody>${[
    ...days,
  ]
    .reverse()
    .map(
      (day) =>
        html`<tr><th scope="row">${format.day(day.day)}</th><td class="n">${day.opened}</td><td class="n">${day.closed}</td></tr>`,
    )}</tbody></table></details>`
}

function intakePart({ figures, format, now }: DeskFacts, words: Words): Html {
  const oldest = figures.oldestWaitingAt
  return html`<dl><dt>${words.waiting}</dt><dd>${format.number(figures.waiting)}</dd>${
    oldest === null ? '' : html`<dt>${words.oldest}</dt><dd>${format.span(now.getTime() - oldest.getTime())}</dd>`
  }<dt>${words.parked}</dt><dd class="${figures.parked > 0 ? 'bad' : ''}">${format.number(figures.parked)}</dd></dl>`
}
