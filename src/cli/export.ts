// `guichet export`: tables of a desk's tickets over a period, as CSV on standard output.

import type { Queryable } from '../db/pool.ts'
import { writeCsv } from '../desks/csv.ts'
import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import {
  analysisColumns,
  type ExportedTicket,
  loadAnalysis,
  loadTagged,
  type Period,
} from '../gateway/analysis-store.ts'
import { loadChangeRecords } from '../gateway/change-store.ts'
import { compileCalendar } from '../tickets/calendar.ts'
import { withConfiguration } from './configuration.ts'
import type { OpenDatabase } from './database.ts'
import { deskArgument } from './print.ts'
import { Refusal } from './refusal.ts'

export interface ExportOptions {
  readonly desk: string
  readonly from?: string
  readonly to?: string
  readonly by?: string
  readonly tag?: string
}

/** The local days from..to of a desk, both included; absent: the last 90 days. */
export function periodOf(desk: Desk, options: Pick<ExportOptions, 'from' | 'to'>, now: Date): Period {
  const calendar = compileCalendar(desk.calendar)
  const today = calendar.dateOf(now.getTime())
  const last = options.to === undefined ? today : dayArgument(options.to)
  const first = options.from === undefined ? last - 89 : dayArgument(options.from)
  if (first > last) throw new Refusal(`--from ${options.from ?? ''} comes after --to ${options.to ?? 'today'}.`)
  return { desk: desk.desk, from: new Date(calendar.atWall(first, 0)), to: new Date(calendar.atWall(last + 1, 0)) }
}

function dayArgument(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text)
    throw new Refusal(`"${text}" is no date: write 2026-01-31.`)
  return at / 86_400_000
}

async function exported(
  options: ExportOptions,
  work: (sql: OpenDatabase['sql'], desk: Desk, period: Period) => Promise<string>,
): Promise<void> {
  await withConfiguration(async ({ sql, configuration }) => {
    const desk = deskArgument(configuration, options.desk)
    process.stdout.write(await work(sql, desk, periodOf(desk, options, new Date())))
  })
}

const nameOf = (desk: Desk, key: string): string => textIn(desk.fields[key]?.name, desk.language, desk.language) || key

/** Tickets counted by what the desk’s `analysis:` names, or by `--by`. */
export async function exportAnalysis(options: ExportOptions): Promise<void> {
  await exported(options, (sql, desk, period) => analysisTable(sql, desk, period, options.by))
}

/** Tickets that are to be invoiced: those with the tag `billable`, or `--tag`. */
export async function exportBillables(options: ExportOptions): Promise<void> {
  await exported(options, async (sql, desk, period) =>
    ticketTable(desk, await loadTagged(sql, period, options.tag ?? 'billable')),
  )
}

/** Change records of the period: what was changed, who tested and who approved it. */
export async function exportChanges(options: ExportOptions): Promise<void> {
  await exported(options, changesTable)
}

export async function changesTable(sql: Queryable, desk: Desk, period: Period): Promise<string> {
  const types = Object.entries(desk.types).flatMap(([key, type]) => (type.record ? [key] : []))
  if (types.length === 0)
    throw new Refusal(`No type of the desk ${desk.desk} is a change record (types: … record: true).`)
  const fields = Object.keys(desk.fields).filter((key) => key !== 'tested-by' && key !== 'approved-by')
  return tableOf(
    [
      'ticket',
      'opened',
      'closed',
      'type',
      'status',
      'subject',
      'description',
      'opened-by',
      'agent',
      'tested-by',
      'tested-at',
      'approved-by',
      'approved-at',
      'resolution',
      ...fields,
    ],
    (await loadChangeRecords(sql, period, types)).map((t): Cell[] => [
      `${desk.prefix}-${t.number}`,
      t.createdAt,
      t.closedAt,
      textIn(desk.types[t.type]?.name, desk.language, desk.language) || t.type,
      textIn(desk.statuses[t.status]?.name, desk.language, desk.language) || t.status,
      t.subject,
      t.description,
      t.address,
      t.assignee,
      t.fields['tested-by'],
      t.testedAt,
      t.fields['approved-by'],
      t.approvedAt,
      t.fields.resolution,
      ...fields.map((key) => t.fields[key]),
    ]),
  )
}

export async function analysisTable(sql: Queryable, desk: Desk, period: Period, by?: string): Promise<string> {
  const keys = by === undefined ? desk.analysis : by.split(',').map((key) => key.trim())
  const known = [...analysisColumns, ...Object.keys(desk.fields)]
  for (const key of keys)
    if (!known.includes(key)) throw new Refusal(`--by ${key}: tickets are counted by ${known.join(', ')}.`)
  const rows = await loadAnalysis(sql, period, keys)
  return tableOf(
    [...keys.map((key) => nameOf(desk, key)), 'tickets', 'closed', 'reopened', 'minutes', 'median-hours'],
    rows.map((row): Cell[] => [
      ...row.values,
      row.count,
      row.closed,
      row.reopened,
      row.minutes,
      row.hours === null ? null : Math.round(row.hours * 10) / 10,
    ]),
  )
}

type Cell = string | number | boolean | Date | null | undefined

const tableOf = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  writeCsv([
    head,
    ...rows.map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString() : String(cell ?? '')))),
  ])

/** One line a ticket, with every field of the desk. */
export function ticketTable(desk: Desk, tickets: readonly ExportedTicket[]): string {
  const fields = Object.keys(desk.fields)
  return tableOf(
    [
      'ticket',
      'opened',
      'closed',
      'organisation',
      'requester',
      'address',
      'subject',
      'type',
      'status',
      'agent',
      'minutes',
      ...fields,
    ],
    tickets.map((t): Cell[] => [
      `${desk.prefix}-${t.number}`,
      t.createdAt,
      t.closedAt,
      t.organisation,
      t.requester,
      t.address,
      t.subject,
      textIn(desk.types[t.type]?.name, desk.language, desk.language) || t.type,
      textIn(desk.statuses[t.status]?.name, desk.language, desk.language) || t.status,
      t.assignee,
      Number(t.fields.minutes ?? 0),
      ...fields.map((key) => t.fields[key]),
    ]),
  )
}
