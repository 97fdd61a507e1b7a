// What every command of an agent works on: the judgement, who asks, the ticket, and the receipt that is being written.

import { needsAgreement } from '../desks/agreement.ts'
import type { Staff } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { change, type Judgement, staffByAddress, type TicketSheet } from './judgement.ts'
import { type ReceiptWord, receiptLine } from './receipt-words.ts'

export interface Receipt {
  readonly done: string[]
  readonly failed: { line: string; why: string; instead: string }[]
}

export interface CommandRun {
  readonly judgement: Judgement
  readonly agent: Staff
  readonly language: string
  readonly ticket: Ticket | null
  /** The agent’s text below the commands. */
  readonly rest: string
  readonly receipt: Receipt
}

type Values = Readonly<Record<string, string>>

export function done(run: CommandRun, word: ReceiptWord, values: Values = {}): void {
  run.receipt.done.push(receiptLine(word, run.language, values))
}

export function failed(run: CommandRun, line: string, word: ReceiptWord, values: Values = {}): void {
  run.receipt.failed.push({ line, why: receiptLine(word, run.language, values), instead: '' })
}

const fieldWords = {
  status: { fr: 'statut', en: 'status', es: 'estado' },
  priority: { fr: 'priorité', en: 'priority', es: 'prioridad' },
  type: { fr: 'type', en: 'type', es: 'tipo' },
  queue: { fr: 'file', en: 'queue', es: 'cola' },
  assignee: { fr: 'responsable', en: 'assignee', es: 'responsable' },
  subject: { fr: 'objet', en: 'subject', es: 'asunto' },
  language: { fr: 'langue', en: 'language', es: 'idioma' },
} as const

export type PlainField = keyof typeof fieldWords

export function fieldWord(field: PlainField, language: string): string {
  return fieldWords[field][language === 'fr' ? 'fr' : language === 'es' ? 'es' : 'en']
}

/** A value of a field as the desk names it in the agent’s language. */
export function shownValue(run: CommandRun, field: PlainField, value: string | null): string {
  const { desk } = run.judgement.context
  if (value === null) return '—'
  switch (field) {
    case 'status':
      return textIn(desk.statuses[value]?.name, run.language, desk.language) || value
    case 'priority':
      return textIn(desk.priorities[value]?.name, run.language, desk.language) || value
    case 'type':
      return textIn(desk.types[value]?.name, run.language, desk.language) || value
    case 'queue':
      return textIn(desk.queues[value]?.name, run.language, desk.language) || value
    case 'assignee':
      return staffByAddress(desk, value)?.name || value
    case 'subject':
    case 'language':
      return value
    default:
      return field satisfies never
  }
}

/** Sets a field and says so in the receipt. */
export function set(run: CommandRun, sheet: TicketSheet, field: PlainField, to: string): void {
  const from = shownValue(run, field, sheet.ticket[field])
  const changed = change(sheet, field, to, run.agent.address)
  done(run, changed ? 'changed' : 'unchanged', {
    what: fieldWord(field, run.language),
    from,
    to: shownValue(run, field, to),
  })
}

/** Gives the ticket to nobody. */
export function unassign(run: CommandRun, sheet: TicketSheet): void {
  const from = sheet.ticket.assignee
  sheet.ticket.assignee = null
  if (from !== null) sheet.changes.push({ field: 'assignee', from, to: null, by: run.agent.address })
}

/** Names of the fields that the type needs before such a ticket is over, and that are empty. */
function unmetNeeds(run: CommandRun, { ticket }: TicketSheet, to: string): readonly string[] {
  const { desk } = run.judgement.context
  const over = ['solved', 'closed']
  const kind = desk.statuses[to]?.kind ?? ''
  if (!over.includes(kind) || over.includes(desk.statuses[ticket.status]?.kind ?? '')) return []
  return (desk.types[ticket.type]?.needs ?? [])
    .filter((field) => (ticket.fields[field] ?? '') === '')
    .map((field) => textIn(desk.fields[field]?.name, run.language, desk.language) || field)
}

/** Moves the ticket where the desk allows it; false when it does not, which the receipt says. */
export function moveStatus(run: CommandRun, sheet: TicketSheet, line: string, to: string): boolean {
  const { desk } = run.judgement.context
  const { ticket } = sheet
  const allowed = desk.statuses[ticket.status]?.to
  if (ticket.status !== to && allowed && !allowed.includes(to)) {
    failed(run, line, 'not-allowed-move', {
      from: shownValue(run, 'status', ticket.status),
      to: shownValue(run, 'status', to),
      what: allowed.map((key) => shownValue(run, 'status', key)).join(', ') || '—',
    })
    return false
  }
  const missing = unmetNeeds(run, sheet, to)
  if (missing.length > 0) {
    failed(run, line, 'needs-fields', { what: missing.join(', ') })
    return false
  }
  if (desk.statuses[to]?.kind === 'solved' && ticket.status !== to && needsAgreement(desk.agreement, ticket)) {
    failed(run, line, 'agreement-needed')
    return false
  }
  set(run, sheet, 'status', to)
  return true
}

/** The desk’s status of a kind: the first it names; for `open` the one that answers take tickets back to. */
export function statusOfKind(run: CommandRun, kind: 'solved' | 'closed' | 'waiting' | 'open'): string | undefined {
  const { desk } = run.judgement.context
  if (kind === 'open') return desk['on-reply'].status ?? desk.start.status
  return Object.entries(desk.statuses).find(([, status]) => status.kind === kind)?.[0]
}
