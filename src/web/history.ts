// The history of a request as its people read it.

import { html } from 'hono/html'
import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import { safeName } from '../mail/address.ts'
import { fieldText } from '../outbound/field-text.ts'
import { type Format, maskAddress, plainLine, plainText } from './format.ts'
import { type Html, langOf } from './layout.ts'
import { type HistoryRow, type PersonRow, type RequestRow, textLimit } from './store.ts'
import type { Words } from './words/en.ts'

export interface HistoryFacts {
  readonly desk: Desk
  readonly request: RequestRow
  readonly person: number
  readonly people: readonly PersonRow[]
  readonly history: readonly HistoryRow[]
  readonly older: boolean
  readonly description: HistoryRow | undefined
  readonly format: Format
}

export function historyPart(facts: HistoryFacts, words: Words): Html {
  const entries = facts.history.flatMap((row) => entryItem(row, facts, words) ?? [])
  if (entries.length === 0) return html`<p class="soft">${words.historyEmpty}</p>`
  return html`<ol class="history" reversed>${entries}</ol>${facts.older ? html`<p class="soft">${words.older}</p>` : ''}`
}

function entryItem(row: HistoryRow, facts: HistoryFacts, words: Words): Html | null {
  const { format, request, description } = facts
  const changes = [...choiceLine(row, words), ...changeLines(row.changes, facts, words)]
  const text = row.kind === 'system' && changes.length > 0 ? '' : plainText(row.text.slice(0, textLimit)).trim()
  if (row.kind === 'system' && text === '' && changes.length === 0) return null
  const foreign = row.kind === 'system' ? '' : langOf(request.language, format.language)
  return html`<li class="${row.kind}"><div class="entry"><b dir="auto">${authorOf(row, facts, words)}</b><time datetime="${row.createdAt.toISOString()}">${format.instant(row.createdAt)}</time></div>
${row.id === description?.id && text !== '' ? html`<p><a href="#description">${words.description}</a></p>` : text === '' ? '' : html`<p class="text" dir="auto"${foreign}>${text}</p>`}
${row.text.length > textLimit ? html`<p class="soft">${words.cut}</p>` : ''}
${changes.map((line) => html`<p class="text" dir="auto">${line}</p>`)}
${filesPart(row, format, words)}</li>`
}

function authorOf(row: HistoryRow, { desk, people, person, format }: HistoryFacts, words: Words): string {
  const deskName = textIn(desk.name, format.language, desk.language)
  if (row.kind === 'system') return deskName
  if (row.kind === 'agent')
    return desk['show-agent-name'] ? safeName({ name: row.authorName, address: '' }) || deskName : deskName
  if (row.onBehalf)
    return desk['show-agent-name'] ? safeName({ name: row.authorName, address: '' }) || deskName : deskName
  const address = row.author ?? ''
  const one = people.find((known) => known.address.toLowerCase() === address.toLowerCase())
  const name = safeName({ name: one && one.name !== '' ? one.name : row.authorName, address })
  const shown = name !== '' ? name : address === '' ? words.participant : maskAddress(address)
  return one?.person === person ? `${shown} (${words.you})` : shown
}

function filesPart(row: HistoryRow, format: Format, words: Words): Html | '' {
  if (row.attachments.length === 0) return ''
  return html`<ul class="files" aria-label="${words.attachments}">${row.attachments.map(
    (file) =>
      html`<li><bdi>${plainLine(file.filename ?? '', 120) || words.unnamed}</bdi> <span class="soft">(${format.bytes(file.size)})</span></li>`,
  )}</ul><p class="small soft">${words.attachmentHint}</p>`
}

/** What somebody chose by mail, as a line: by name when the entry is not their own mail. */
function choiceLine(row: HistoryRow, words: Words): string[] {
  const said: Readonly<Record<string, string>> = words.choices
  const line = row.choice !== null && Object.hasOwn(said, row.choice) ? said[row.choice] : undefined
  if (line === undefined) return []
  if (row.kind !== 'system') return [line]
  const name = safeName({ name: row.chooser ?? '', address: '' })
  return [words.change(name === '' ? words.participant : name, '', line)]
}

/** Changes that customers may read, as lines: status, priority, type and public fields. */
function changeLines(changes: unknown, { desk, format }: HistoryFacts, words: Words): string[] {
  if (!Array.isArray(changes)) return []
  return changes.flatMap((change: unknown) => {
    if (typeof change !== 'object' || change === null || !('field' in change) || typeof change.field !== 'string')
      return []
    const named = namesOf(change.field, desk, format, words)
    if (!named) return []
    const say = (value: unknown): string =>
      value === null || value === undefined ? '' : named.value(plainLine(String(value)))
    const from = say('from' in change ? change.from : null)
    const to = say('to' in change ? change.to : null)
    return to === '' || from === to ? [] : [words.change(named.name, from, to)]
  })
}

function namesOf(
  field: string,
  desk: Desk,
  { language }: Format,
  words: Words,
): { name: string; value: (key: string) => string } | null {
  const among = (table: Readonly<Record<string, { name: Parameters<typeof textIn>[0] }>>) => (key: string) =>
    Object.hasOwn(table, key) ? textIn(table[key]?.name, language, desk.language) : key
  switch (field) {
    case 'status':
      return { name: words.status, value: among(desk.statuses) }
    case 'priority':
      return { name: words.priority, value: among(desk.priorities) }
    case 'subject':
      return { name: words.subject, value: (value) => value }
    case 'type':
      return { name: words.type, value: among(desk.types) }
    default: {
      const key = field.replace(/^fields?\./, '')
      const known = Object.hasOwn(desk.fields, key) ? desk.fields[key] : undefined
      return known?.public
        ? {
            name: textIn(known.name, language, desk.language),
            value: (value) => fieldText(known, value, { language, fallback: desk.language }),
          }
        : null
    }
  }
}
