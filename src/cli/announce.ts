// `guichet announce`: a message to many contacts of a desk. The running gateway sends it; this command orders it, or shows how far it is.

import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { transaction } from '../db/transaction.ts'
import type { ContactFilter } from '../desks/contact-filter.ts'
import { chosenPeople, orderAnnouncement } from '../gateway/announcement-order.ts'
import { loadProgress, stopAnnouncement } from '../gateway/announcement-store.ts'
import { withConfiguration } from './configuration.ts'
import { deskArgument, keyArgument, table } from './print.ts'
import { Refusal } from './refusal.ts'

export interface AnnounceOptions {
  readonly desk?: string
  readonly filter?: readonly string[]
  readonly subject?: string
  readonly text?: string
  readonly file?: string
  readonly by?: string
  readonly dryRun?: boolean
}

/** `category=bank,agency` `country=CD`: one attribute each, several values with commas. */
export function readFilter(list: readonly string[]): ContactFilter {
  const filter = new Map<string, string[]>()
  for (const part of list) {
    const match = /^([^=\s]{1,80})=(.{1,500})$/.exec(part.trim())
    const values = (match?.[2] ?? '')
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '')
    if (!match || values.length === 0)
      throw new Refusal(`"${part}" should read ATTRIBUTE=VALUE, such as category=bank,agency.`)
    const name = match[1] ?? ''
    filter.set(name, [...(filter.get(name) ?? []), ...values])
  }
  return Object.fromEntries(filter)
}

async function textOf({ text, file }: AnnounceOptions): Promise<string> {
  if ((text === undefined) === (file === undefined))
    throw new Refusal('Write the message with --text, or name its file with --file (- is standard input).')
  if (text !== undefined) return text
  if (file === '-') return readAll(process.stdin)
  return readFile(file ?? '', 'utf8').catch(() => {
    throw new Refusal(`The file ${file} cannot be read.`)
  })
}

export async function announce(options: AnnounceOptions): Promise<void> {
  const { desk: key, subject } = options
  if (key === undefined) throw new Refusal('Name the desk with --desk.')
  if (subject === undefined || subject.trim() === '') throw new Refusal('Write the subject with --subject.')
  const text = (await textOf(options)).trim()
  if (text === '') throw new Refusal('The message is empty.')
  const filter = readFilter(options.filter ?? [])
  await withConfiguration(async ({ sql, configuration }) => {
    const desk = deskArgument(configuration, key)
    const people = await chosenPeople(sql, desk.desk, filter)
    if (people.length === 0) throw new Refusal('No active contact of the desk fits; nothing was ordered.', 1)
    if (options.dryRun) {
      process.stdout.write(
        table(
          ['address', 'name', 'organisation'],
          people.map((p) => [p.address, p.contact?.name ?? '', p.contact?.organisation?.name ?? '']),
        ),
      )
      process.stdout.write(`${people.length} people; nothing was ordered.\n`)
      return
    }
    const order = {
      desk: desk.desk,
      title: subject.trim().slice(0, 300),
      text: text.slice(0, 50_000),
      filter,
      by: options.by ?? '',
    }
    const { id, people: count } = await transaction(sql, (tx) => orderAnnouncement(tx, order, new Date()))
    process.stdout.write(
      `${desk.desk}/${id}: ${count} people. The running gateway sends it, at most ${desk.announcements['per-minute']} mails a minute;\n"guichet announce list" shows how far it is, "guichet announce stop ${desk.desk}/${id}" ends it.\n`,
    )
  })
}

export async function listAnnouncements(key: string | undefined): Promise<void> {
  await withConfiguration(async ({ sql, configuration }) => {
    if (key !== undefined) deskArgument(configuration, key)
    const rows = await loadProgress(sql, { desk: key ?? null, limit: 50 })
    if (rows.length === 0) process.stdout.write('Nothing was announced.\n')
    else
      process.stdout.write(
        table(
          [
            'announcement',
            'subject',
            'state',
            'people',
            'waiting',
            'on the way',
            'sent',
            'bounced',
            'failed',
            'suppressed',
          ],
          rows.map((row) => [
            `${row.desk}/${row.id}`,
            row.title,
            row.state,
            ...[row.recipients, row.waiting, row.queued, row.sent, row.bounced, row.failed, row.suppressed].map(String),
          ]),
        ),
      )
  })
}

export async function stopAnnouncing(name: string): Promise<void> {
  const key = keyArgument(name)
  await withConfiguration(async ({ sql }) => {
    if (!(await stopAnnouncement(sql, key, new Date()))) throw new Refusal(`${name} is over, or was never ordered.`, 1)
    process.stdout.write(`${name} is stopped: who has no mail yet gets none.\n`)
  })
}
