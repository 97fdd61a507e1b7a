// A proved agent writes about a ticket: commands, a note, an answer to its people, and the receipt.

import type { Staff } from '../desks/desk.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { carryOut } from './agent-commands.ts'
import { noRelay, sendReceipt } from './agent-receipt.ts'
import { askedAgreement } from './agreement.ts'
import type { CommandRun, Receipt } from './command-run.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import { mailEntry } from './entry.ts'
import { findingSentence } from './finding.ts'
import { conclude, hold, type Judgement, languageFor, sheetOf } from './judgement.ts'
import { welcome } from './people-commands.ts'
import { type ReceiptWord, receiptLine } from './receipt-words.ts'
import { movedSince, relay } from './relay.ts'
import { asksConfirmation } from './solving.ts'

/** Commands whose effect the answer’s own status must not undo; they come after it. */
const late = (name: string): boolean => ['close', 'solve', 'status', 'agreement', 'visit'].includes(name)
const moves = (name: string): boolean => late(name) || ['reopen', 'spam', 'merge', 'undo'].includes(name)

/** A proved agent on a ticket: commands, then a note or an answer to its people. */
export function onTicket(judgement: Judgement, agent: Staff, ticket: Ticket, parsed: ParsedCommands): boolean {
  const { context } = judgement
  const language = languageFor(context.desk, agent.language)
  const receipt: Receipt = { done: [], failed: [] }
  const run: CommandRun = { judgement, agent, language, ticket, rest: parsed.rest, receipt }
  const sheet = sheetOf(judgement, ticket)
  const before = ticket.participants
  const text = parsed.rest.trim()
  const answers = parsed.restIs === 'reply' || parsed.restIs === 'resolution'
  const hasAttachments = judgement.event.message.attachments.some((a) => !a.inline)
  const canned = parsed.commands.flatMap(({ command }) => (command.name === 'reply' ? [command.template] : []))
  let relayed = noRelay
  const speaks = answers && (text !== '' || hasAttachments || canned.length > 0)
  const moved = speaks ? movedSince(judgement, agent) : null
  // Before the commands: they are carried out when the whole mail is confirmed, once.
  if (moved && context.desk.collision === 'hold' && context.desk.agents !== 'portal') {
    hold(judgement, 'relay', 'collision', moved, { ticket, release: 'relay', author: agent.address })
    return conclude(judgement, 'held')
  }
  for (const given of parsed.commands) if (!late(given.command.name)) carryOut(run, given.command, given.text)
  if (speaks) {
    const outcome = relay(judgement, sheet, agent, text, {
      keepStatus: parsed.commands.some((c) => moves(c.command.name)),
      confirm: asksConfirmation(judgement, sheet, parsed),
      agreement: askedAgreement(parsed),
      canned,
      moved,
    })
    if (!outcome.ok) {
      receipt.failed.push({ line: '', why: receiptLine(outcome.why, language), instead: '' })
      sendReceipt(judgement, agent, ticket, parsed, receipt, noRelay)
      return conclude(judgement, 'held')
    }
    relayed = outcome
    const remark = (word: ReceiptWord, what = ''): void => {
      receipt.failed.push({ line: '', why: receiptLine(word, language, { what }), instead: '' })
    }
    if (outcome.direct) remark('direct')
    else if (outcome.to.length === 0) remark('nobody')
    if (outcome.moved) remark('collision', findingSentence(outcome.moved, language).replace(/\.$/, ''))
  } else if (text && parsed.restIs === 'note') {
    sheet.entries.push(mailEntry(judgement, { kind: 'note', public: false, text: noteOf(parsed) }))
    sheet.moments.push('agent-note')
    if (!parsed.commands.some((c) => c.command.name === 'note'))
      receipt.done.push(receiptLine(parsed.faults.length > 0 ? 'kept-inside' : 'noted', language))
  } else {
    const line = noteOf(parsed)
    if (line) sheet.entries.push(mailEntry(judgement, { kind: 'note', public: false, text: line }))
    if (text === '' && parsed.commands.length === 0 && parsed.faults.length === 0)
      receipt.failed.push({ line: '', why: receiptLine('empty', language), instead: '' })
  }
  for (const given of parsed.commands) if (late(given.command.name)) carryOut(run, given.command, given.text)
  welcome(judgement, agent, ticket, before, relayed.to)
  sendReceipt(judgement, agent, ticket, parsed, receipt, relayed)
  return conclude(judgement, relayed.to.length > 0 ? 'relayed' : text && !answers ? 'noted' : 'commanded')
}

/** What `#note` kept inside: its own line, then the text below it. */
function noteOf(parsed: ParsedCommands): string {
  const lines = parsed.commands.flatMap(({ command }) =>
    command.name === 'note' && command.text ? [command.text] : [],
  )
  return [...lines, ...(parsed.restIs === 'note' && parsed.rest.trim() ? [parsed.rest.trim()] : [])].join('\n\n')
}
