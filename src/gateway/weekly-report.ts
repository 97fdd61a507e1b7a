// The week of a desk, mailed to its supervisors at the first opening of the day that the desk names, or of the next day it opens.

import type { DraftValue } from '../outbound/draft.ts'
import { countedText } from '../outbound/field-text.ts'
import { formatNumber } from '../outbound/format.ts'
import { openNow } from '../rules/hours.ts'
import { emptyDecision, languageFor, mail, type Sheet, staffByAddress } from '../rules/judgement.ts'
import { toStaff, toSupervisors } from '../rules/notify.ts'
import { loadAnalysis, type Period } from './analysis-store.ts'
import { findTold } from './budget-store.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'
import { sendSheet } from './send-sheet.ts'
import { ticketContexts } from './sweep.ts'
import { ageClasses, loadOpenAges, loadWeek, loadWeekDays } from './weekly-store.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const MOST_GROUPS = 10
const BAR = 16

/** How many mails were queued for this desk. */
export async function sendWeeklyReport(deps: ProcessDeps, running: RunningDesk, now: Date): Promise<number> {
  const { desk } = running
  const { weekly } = desk
  const calendar = running.calendar()
  if (!weekly || !openNow({ calendar: running.calendar, now })) return 0
  const today = calendar.dateOf(now.getTime())
  // 1970-01-01 was a Thursday. The week begins on the day that is named.
  const since = (((today + 3 - weekdays.indexOf(weekly.day)) % 7) + 7) % 7
  const first = today - since
  const key = `weekly:${dateText(first)}`
  if ((await findTold(deps.sql, [{ desk: desk.desk, key }])).size > 0) return 0
  const period: Period = {
    desk: desk.desk,
    from: new Date(calendar.atWall(first - 7, 0)),
    to: new Date(calendar.atWall(first, 0)),
  }
  const days = Array.from({ length: 7 }, (_, n) => ({
    desk: desk.desk,
    date: dateText(first - 7 + n),
    from: new Date(calendar.atWall(first - 7 + n, 0)),
    to: new Date(calendar.atWall(first - 6 + n, 0)),
  }))
  const [week, perDay, ages, groups, contexts] = await Promise.all([
    loadWeek(deps.sql, period),
    loadWeekDays(deps.sql, days),
    loadOpenAges(deps.sql, desk.desk, now),
    loadAnalysis(deps.sql, period, desk.analysis),
    ticketContexts(deps, deps.instance(), running, [null], now),
  ])
  const [context] = contexts
  if (!context) return 0
  const sheet: Sheet = { context, decision: emptyDecision() }
  const mostDay = Math.max(1, ...perDay.flatMap(({ opened, closed }) => [opened, closed]))
  const mostAge = Math.max(1, ...ages)
  const readers = [
    ...toSupervisors(context),
    ...weekly.to.flatMap((address) => {
      const staff = staffByAddress(desk, address)
      return staff
        ? [toStaff(context, staff)]
        : [
            {
              to: { address, name: '', person: context.people.get(address)?.id ?? 0 },
              role: 'third-party' as const,
              language: desk.language,
              automatic: 'auto-generated' as const,
              budget: 'staff' as const,
            },
          ]
    }),
  ]
  for (const reader of readers) {
    if (sheet.decision.mails.some((m) => m.to.address === reader.to.address)) continue
    const language = languageFor(desk, reader.language)
    const hours = (value: number | null): string =>
      value === null ? '' : formatNumber(Math.round(value * 10) / 10, { language, zone: 'UTC' })
    const { firstAnswerHours, ...counts } = week
    mail(sheet, {
      ...reader,
      template: 'weekly-report',
      // The key of the whole week stands on the first of them: one that is told, all are told.
      once: sheet.decision.mails.length === 0 ? key : `${key}:${reader.to.address}`,
      data: {
        ...counts,
        rated: week.good + week.bad,
        firstAnswerHours: hours(firstAnswerHours),
        from: period.from,
        until: new Date(period.to.getTime() - 1),
        days: perDay.map(
          ({ date, opened, closed }): DraftValue => ({
            at: new Date(`${date}T12:00:00Z`),
            opened,
            closed,
            openedBar: bar(opened, mostDay),
            closedBar: bar(closed, mostDay),
          }),
        ),
        ages: ages.map(
          (count, n): DraftValue => ({
            from: ageClasses[n - 1] ?? 0,
            below: ageClasses[n] ?? 0,
            count,
            bar: bar(count, mostAge),
          }),
        ),
        groups: groups.slice(0, MOST_GROUPS).map(
          (row): DraftValue => ({
            name: row.values
              .map((value, n) => countedText(desk, desk.analysis[n] ?? '', value, language))
              .filter((value) => value !== '')
              .join(', '),
            count: row.count,
            hours: hours(row.hours),
          }),
        ),
      },
    })
  }
  return sendSheet(deps, running, sheet, now)
}

/** A bar of signs: mail programs show neither inline SVG nor, unasked, pictures, and readers of text see it too. */
const bar = (count: number, most: number): string =>
  '▇'.repeat(Math.max(count > 0 ? 1 : 0, Math.round((count / most) * BAR)))

const dateText = (date: number): string => new Date(date * 86_400_000).toISOString().slice(0, 10)
