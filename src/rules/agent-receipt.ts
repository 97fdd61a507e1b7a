// The receipt of an agent's commands.

import type { Desk, Staff } from '../desks/desk.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Receipt } from './command-run.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import { type Judgement, languageFor, mail, type TicketSheet } from './judgement.ts'
import { toStaff } from './notify.ts'
import { receiptLine } from './receipt-words.ts'

/** What an answer did, for the receipt; nothing when there was none. */
export const noRelay: { readonly to: readonly string[]; readonly dropped: readonly string[] } = { to: [], dropped: [] }

/** The agent has just solved it and said nowhere how: the case base is short of it. */
function wantsResolution(desk: Desk, { ticket, before }: TicketSheet): boolean {
  const kind = desk.statuses[ticket.status]?.kind
  const wasOver = ['solved', 'closed'].includes(desk.statuses[before.status]?.kind ?? '')
  const over = kind === 'solved' || kind === 'closed'
  return (
    (desk.cases?.ask ?? false) &&
    over &&
    !wasOver &&
    ticket.mergedInto === null &&
    !ticket.tags.includes('spam') &&
    !ticket.fields.resolution
  )
}

/** What was done and what was not; a plain answer without anything to say gets none. */
export function sendReceipt(
  judgement: Judgement,
  agent: Staff,
  ticket: Ticket | null,
  parsed: ParsedCommands,
  receipt: Receipt,
  relayed: { readonly to: readonly string[]; readonly dropped: readonly string[] },
): void {
  const { context, event } = judgement
  for (const fault of parsed.faults) receipt.failed.push({ line: fault.text, why: fault.why, instead: '' })
  const language = languageFor(context.desk, agent.language)
  for (const { text } of parsed.late)
    receipt.failed.push({ line: text, why: receiptLine('late', language), instead: '' })
  const sheet = ticket ? judgement.decision.tickets.find((s) => s.ticket === ticket) : undefined
  const wanted = sheet !== undefined && wantsResolution(context.desk, sheet)
  if (receipt.done.length === 0 && receipt.failed.length === 0 && relayed.dropped.length === 0 && !wanted) return
  mail(judgement, {
    ...toStaff(context, agent),
    template: 'agent-receipt',
    automatic: 'auto-replied',
    ticket,
    inReplyTo: event.message.messageId,
    choices: sheet && !sheet.isNew && sheet.changes.length > 0 ? ['z'] : [],
    data: { done: receipt.done, failed: receipt.failed, relayedTo: relayed.to, dropped: relayed.dropped, wanted },
  })
}
