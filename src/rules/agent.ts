// An agent’s mail. Nothing is relayed in an agent’s name before signed address, registered From and authentication agree (T01);
// what falls short is held and its author confirms it from the directory address.

import type { Staff } from '../desks/desk.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { staffChoice } from './agent-choice.ts'
import { type CommandRun, carryOut, type Receipt } from './agent-commands.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import { parseCommands } from './commands/grammar.ts'
import { namesOf } from './commands/names.ts'
import { entryOf } from './commands/vocabulary.ts'
import { mailEntry, systemEntry } from './entry.ts'
import type { Gate } from './gates.ts'
import { todayOf } from './hours.ts'
import { conclude, hold, type Judgement, languageFor, mail, newText, say, sheetOf } from './judgement.ts'
import { foreignToken, type Level, levelOf, rights } from './level.ts'
import { openTicket } from './new-ticket.ts'
import { toStaff } from './notify.ts'
import { looksLikeVacation } from './out-of-office.ts'
import { receiptLine } from './receipt-words.ts'
import { relay } from './relay.ts'

export const agentMail: Gate = (judgement) => {
  const { context, event } = judgement
  const { agent } = context
  if (!agent) return false
  if (staffChoice(judgement, agent)) return true
  const ticket = context.candidates[0]?.ticket ?? null
  const level = agentLevel(judgement, agent, ticket)
  const right = rights('agent', level, context.authentication, true)
  const confirmed = event.released?.as === 'relay' || event.released?.as === 'append'
  const smtpAgent = context.authentication.by === 'smtp-auth'
  if (context.authentication.result === 'fail' && !confirmed) {
    hold(
      judgement,
      'agent',
      'authentication-failed',
      `It claims to come from ${agent.address} but failed authentication (${context.authentication.detail}).`,
      { ticket, release: ticket ? 'relay' : 'open' },
    )
    alertAgent(judgement, agent, ticket)
    return conclude(judgement, 'held')
  }
  const parsed = parseCommands(
    newText(event),
    namesOf(context.desk, {
      me: agent.address,
      today: todayOf(context),
      language: languageFor(context.desk, agent.language),
    }),
  )
  if (!ticket)
    return withoutTicket(judgement, agent, parsed, right.deskCommand === 'do' || confirmed || event.released !== null)
  if (context.candidates.some((c) => c.rung === 'subject') && context.candidates[0]?.rung === 'subject')
    say(judgement, 'agent', 'by-number', `The number in the subject names ticket ${ticket.number}.`)
  if (!confirmed && right.answer !== 'relay' && !(smtpAgent && context.authentication.result === 'pass'))
    return holdAnswer(judgement, agent, ticket, level, right.answer === 'confirm')
  say(
    judgement,
    'agent',
    confirmed ? 'confirmed' : level,
    confirmed
      ? 'The agent confirmed this mail from the directory address.'
      : smtpAgent
        ? `${agent.address} sent it with an SMTP password.`
        : `Signed address, From and authentication agree: it is ${agent.address}.`,
  )
  if (looksLikeVacation(judgement)) {
    hold(
      judgement,
      'agent',
      'agent-vacation',
      'It looks like an automatic out-of-office answer of the agent: it is not relayed.',
      { ticket, release: 'relay', author: agent.address },
    )
    return conclude(judgement, 'held')
  }
  return onTicket(judgement, agent, ticket, parsed)
}

function agentLevel(judgement: Judgement, agent: Staff, ticket: Ticket | null): Level {
  const { context, event } = judgement
  const persons = [agent.address, ...agent.also]
    .map((address) => context.people.get(address)?.id ?? 0)
    .filter((id) => id > 0)
  const claim = {
    desk: context.desk.desk,
    role: 'agent' as const,
    strictFrom: event.message.from !== null,
    persons,
    ticket: ticket?.number ?? null,
    carried: context.carried,
    belongs: true,
    authentication: context.authentication,
    now: context.now,
  }
  if (foreignToken(claim))
    say(judgement, 'agent', 'foreign-token', 'It carries a signed address that was made for somebody else.')
  return levelOf(claim)
}

function holdAnswer(judgement: Judgement, agent: Staff, ticket: Ticket, level: Level, confirmable: boolean): boolean {
  const { context } = judgement
  const why =
    level === 'L2'
      ? 'The mail carries the agent’s signed address, but nothing proves who sent it.'
      : level === 'L1'
        ? 'The sender is proved, but the mail carries no signed address of this agent for this ticket.'
        : 'Nothing proves that the agent wrote it.'
  hold(judgement, 'agent', level === 'L2' ? 'not-authenticated-agent' : 'agent-without-token', why, {
    ticket,
    release: 'relay',
    author: confirmable ? agent.address : null,
  })
  sheetOf(judgement, ticket).entries.push(
    mailEntry(judgement, {
      kind: 'held',
      public: false,
      data: { level, authentication: context.authentication.result },
    }),
  )
  if (!confirmable) alertAgent(judgement, agent, ticket)
  return conclude(judgement, 'held')
}

/** Tells an agent, at the directory address and at most once an hour, that mail in their name was held. */
function alertAgent(judgement: Judgement, agent: Staff, ticket: Ticket | null): void {
  const { context, event } = judgement
  mail(judgement, {
    ...toStaff(context, agent),
    template: 'hold-notice',
    ticket,
    subjectId: 0,
    once: `agent-alert:${agent.address}:${context.now.toISOString().slice(0, 13)}`,
    data: {
      reason: '',
      why: judgement.decision.holds[0]?.why ?? '',
      release: '',
      from: agent.address,
      subject: event.message.subject.slice(0, 200),
      text: newText(event).slice(0, 500),
      at: event.envelope.receivedAt,
      mark: context.mark,
    },
  })
}

/** A new mail of an agent: commands about the desk, a ticket on behalf of somebody, a forwarded mail, or a request of their own. */
function withoutTicket(judgement: Judgement, agent: Staff, parsed: ParsedCommands, sure: boolean): boolean {
  const { context, event } = judgement
  const language = languageFor(context.desk, agent.language)
  const hasCommands = parsed.commands.length > 0 || parsed.faults.length > 0
  const { forwarded } = event.message
  const behalf = parsed.commands.find((c) => c.command.name === 'requester')?.command
  if (!sure) {
    if (!hasCommands && !forwarded) return false
    hold(
      judgement,
      'agent',
      'not-authenticated-agent',
      'An agent’s commands, or a mail forwarded for somebody else, need a sender who is proved.',
      { release: 'open', author: context.authentication.result === 'none' ? agent.address : null },
    )
    return conclude(judgement, 'held')
  }
  const receipt: Receipt = { done: [], failed: [] }
  const run: CommandRun = { judgement, agent, language, ticket: null, rest: parsed.rest, receipt }
  const author =
    behalf?.name === 'requester' ? { address: behalf.address, name: behalf.personName } : (forwarded?.from ?? null)
  const deskOnly =
    hasCommands &&
    !author &&
    parsed.rest.trim() === '' &&
    !parsed.commands.some((c) => entryOf(c.command.name).about === 'ticket')
  if (deskOnly) {
    for (const { command, text } of parsed.commands) carryOut(run, command, text)
    sendReceipt(judgement, agent, null, parsed, receipt, [], [])
    return conclude(judgement, 'commanded')
  }
  if (!author && !hasCommands) return false
  const channelCommand = parsed.commands.find((c) => c.command.name === 'channel')?.command
  const person = author ? (context.people.get(author.address) ?? null) : null
  const text = behalf || !forwarded ? parsed.rest : forwarded.text
  const opened = openTicket(judgement, {
    refers: [],
    by: agent.address,
    text,
    ...(author ? { requester: { ...author, person } } : {}),
    ...(forwarded && !behalf && forwarded.subject ? { subject: forwarded.subject } : {}),
    channel:
      channelCommand?.name === 'channel' ? channelCommand.channel : forwarded ? 'mail' : author ? 'phone' : 'mail',
  })
  const sheet = judgement.decision.tickets.find((s) => s.isNew)
  if (!sheet) return opened
  if (forwarded && !behalf && parsed.rest.trim())
    sheet.entries.push(systemEntry(parsed.rest.trim().slice(0, 4000), { note: true, by: agent.address }))
  for (const given of parsed.commands) {
    if (given.command.name !== 'requester' && given.command.name !== 'channel')
      carryOut({ ...run, ticket: sheet.ticket }, given.command, given.text)
  }
  if (author) receipt.done.push(receiptLine('opened', language, { what: author.address }))
  sendReceipt(judgement, agent, sheet.ticket, parsed, receipt, [], [])
  return opened
}

/** A proved agent on a ticket: commands, then a note or an answer to its people. */
function onTicket(judgement: Judgement, agent: Staff, ticket: Ticket, parsed: ParsedCommands): boolean {
  const { context } = judgement
  const language = languageFor(context.desk, agent.language)
  const receipt: Receipt = { done: [], failed: [] }
  const run: CommandRun = { judgement, agent, language, ticket, rest: parsed.rest, receipt }
  const sheet = sheetOf(judgement, ticket)
  const moved = parsed.commands.some((c) =>
    ['status', 'close', 'solve', 'reopen', 'spam', 'merge', 'undo'].includes(c.command.name),
  )
  const text = parsed.rest.trim()
  const answers = parsed.restIs === 'reply' || parsed.restIs === 'resolution'
  const hasAttachments = judgement.event.message.attachments.some((a) => !a.inline)
  let relayed: { readonly to: readonly string[]; readonly dropped: readonly string[] } = { to: [], dropped: [] }
  const last = (name: string): boolean => name === 'close' || name === 'solve' || name === 'status'
  for (const given of parsed.commands) if (!last(given.command.name)) carryOut(run, given.command, given.text)
  if (answers && (text || hasAttachments)) {
    const outcome = relay(judgement, sheet, agent, text, { keepStatus: moved })
    if (!outcome.ok) {
      sendReceipt(judgement, agent, ticket, parsed, receipt, [], [])
      return conclude(judgement, 'held')
    }
    relayed = outcome
    if (outcome.direct) receipt.failed.push({ line: '', why: receiptLine('direct', language), instead: '' })
  } else if (text) {
    sheet.entries.push({ ...mailEntry(judgement, { kind: 'note', public: false, text }) })
    sheet.moments.push('agent-note')
    if (!receipt.done.includes(receiptLine('noted', language))) receipt.done.push(receiptLine('noted', language))
  }
  for (const given of parsed.commands) if (last(given.command.name)) carryOut(run, given.command, given.text)
  for (const { command } of parsed.commands) {
    if (command.name === 'note' && command.text)
      sheet.entries.push({ ...mailEntry(judgement, { kind: 'note', public: false, text: command.text }) })
  }
  sendReceipt(judgement, agent, ticket, parsed, receipt, relayed.to, relayed.dropped)
  return conclude(judgement, relayed.to.length > 0 ? 'relayed' : text && !answers ? 'noted' : 'commanded')
}

/** What was done and what was not; a plain answer without anything to say gets none. */
function sendReceipt(
  judgement: Judgement,
  agent: Staff,
  ticket: Ticket | null,
  parsed: ParsedCommands,
  receipt: Receipt,
  relayedTo: readonly string[],
  dropped: readonly string[],
): void {
  const { context, event } = judgement
  for (const fault of parsed.faults) receipt.failed.push({ line: fault.text, why: fault.why, instead: '' })
  if (receipt.done.length === 0 && receipt.failed.length === 0 && dropped.length === 0) return
  const sheet = ticket ? judgement.decision.tickets.find((s) => s.ticket === ticket) : undefined
  mail(judgement, {
    ...toStaff(context, agent),
    template: 'agent-receipt',
    automatic: 'auto-replied',
    ticket,
    inReplyTo: event.message.messageId,
    choices: sheet && !sheet.isNew && sheet.changes.length > 0 ? ['z'] : [],
    data: { done: receipt.done, failed: receipt.failed, relayedTo, dropped },
  })
}
