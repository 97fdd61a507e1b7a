// An agent’s mail. Nothing is relayed in an agent’s name before signed address, registered From and authentication agree (T01);
// what falls short is held and its author confirms it from the directory address.

import type { Staff } from '../desks/desk.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { onTicket } from './agent-answer.ts'
import { staffChoice } from './agent-choice.ts'
import { carryOut } from './agent-commands.ts'
import { noRelay, sendReceipt } from './agent-receipt.ts'
import { customerChoices } from './choice.ts'
import type { CommandRun, Receipt } from './command-run.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import { parseCommands } from './commands/grammar.ts'
import { listNames, namesOf } from './commands/names.ts'
import { systemEntry } from './entry.ts'
import { finding } from './finding.ts'
import { findingIn } from './hold-notice.ts'
import { holdSentence } from './hold-reason.ts'
import { todayOf } from './hours.ts'
import { conclude, type Gate, hold, type Judgement, languageFor, mail, newText, say } from './judgement.ts'
import { foreignToken, type Level, levelOf, rights } from './level.ts'
import { openTicket } from './new-ticket.ts'
import { toStaff } from './notify.ts'
import { looksLikeVacation } from './out-of-office.ts'
import { receiptLine } from './receipt-words.ts'

export const agentMail: Gate = (judgement) => {
  const { context, event } = judgement
  const { agent } = context
  if (!agent || context.authentication.by === 'portal' || event.released?.as === 'append') return false
  if (event.released?.as === 'open' && context.authentication.result === 'fail') return false
  if (staffChoice(judgement, agent)) return true
  if (context.authentication.result !== 'fail' && speaksAsCustomer(judgement, agent)) return false
  const ticket = context.candidates[0]?.ticket ?? null
  const level = agentLevel(judgement, agent, ticket)
  const right = rights('agent', level, context.authentication, true)
  // Never after a failure, whoever released it (decisions 3).
  const confirmed = event.released?.as === 'relay' && context.authentication.result !== 'fail'
  const smtpAgent = context.authentication.by === 'smtp-auth'
  if (context.authentication.result === 'fail' && !confirmed) {
    hold(
      judgement,
      'agent',
      'authentication-failed',
      finding('agent-failed', { who: agent.address, detail: context.authentication.detail }),
      { ticket, release: ticket ? 'record' : 'open', data: believed(judgement, level) },
    )
    alertAgent(judgement, agent, ticket)
    return conclude(judgement, 'held')
  }
  const parsed = parseCommands(
    saidNow(newText(event)),
    namesOf(context.desk, {
      me: agent.address,
      today: todayOf(context),
      language: languageFor(context.desk, agent.language),
      replies: Object.keys(context.desk.texts).map((key) => ({ key, names: [key] })),
      lists: listNames(context.desk),
    }),
  )
  if (!ticket)
    return withoutTicket(judgement, agent, parsed, right.deskCommand === 'do' || confirmed || event.released !== null)
  if (context.candidates.some((c) => c.rung === 'subject') && context.candidates[0]?.rung === 'subject')
    say(judgement, 'agent', 'by-number', `The number in the subject names ticket ${ticket.number}.`)
  if (!confirmed && right.command === 'refuse' && !smtpAgent && commandsAlone(judgement, parsed))
    return refuseCommands(judgement, agent, parsed)
  if (!confirmed && right.answer !== 'relay' && !(smtpAgent && context.authentication.result === 'pass'))
    return holdAnswer(judgement, agent, ticket, level, right.answer === 'confirm')
  const disputed = confirmed ? null : otherTicketNamed(judgement, ticket)
  if (disputed) return holdDisputed(judgement, agent, ticket, disputed)
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
  if (!confirmed && looksLikeVacation(judgement)) {
    hold(judgement, 'agent', 'agent-vacation', finding('absence-answers'), {
      ticket,
      release: 'relay',
      author: agent.address,
    })
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

/** There is nothing to confirm for the customer: no text, no file, nobody to open a ticket for. */
function commandsAlone({ event }: Judgement, parsed: ParsedCommands): boolean {
  return (
    parsed.commands.length + parsed.faults.length > 0 &&
    parsed.rest.trim() === '' &&
    event.message.forwarded === null &&
    event.message.attachments.every((a) => a.inline) &&
    parsed.commands.every(({ command }) => command.name !== 'requester')
  )
}

/** The number alone names the ticket: what is about the desk is done, the rest needs the signed address (L1). */
function refuseCommands(judgement: Judgement, agent: Staff, parsed: ParsedCommands): boolean {
  say(judgement, 'agent', 'by-number-alone', 'Commands on a ticket are taken at its signed address only.')
  return withoutTicket(judgement, agent, parsed, true)
}

function holdAnswer(judgement: Judgement, agent: Staff, ticket: Ticket, level: Level, confirmable: boolean): boolean {
  const why =
    level === 'L2'
      ? finding('sender-unproved')
      : level === 'L1'
        ? finding('address-unsigned')
        : finding('nothing-proved')
  hold(judgement, 'agent', level === 'L2' ? 'not-authenticated-agent' : 'agent-without-token', why, {
    ticket,
    release: confirmable ? 'relay' : 'record',
    author: confirmable ? agent.address : null,
    data: believed(judgement, level),
  })
  if (!confirmable) alertAgent(judgement, agent, ticket)
  return conclude(judgement, 'held')
}

/** The subject names a ticket, and it is not the one that the signed address is for (T01): an answer in the wrong place helps nobody. */
function otherTicketNamed({ context }: Judgement, ticket: Ticket): Ticket | null {
  const named = context.candidates.filter((c) => c.rung === 'subject')
  return named.some((c) => c.ticket === ticket) ? null : (named[0]?.ticket ?? null)
}

function holdDisputed(judgement: Judgement, agent: Staff, ticket: Ticket, named: Ticket): boolean {
  hold(
    judgement,
    'agent',
    'agent-without-token',
    finding('two-tickets', { what: String(ticket.number), other: String(named.number) }),
    { ticket, release: 'relay', author: agent.address, data: believed(judgement, 'L1') },
  )
  return conclude(judgement, 'held')
}

/** The reply text is never empty, so that nothing gets lost: of a bare quotation it is the quotation, which is no answer. */
function saidNow(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.every((line) => line.trimStart().startsWith('>')) ? '' : text
}

/** What is said of a held mail in an agent’s name: how far it was believed. */
function believed({ context }: Judgement, level: Level): { readonly level: Level; readonly authentication: string } {
  return { level, authentication: context.authentication.result }
}

/** Staff can be customers too: an answer to a mail that reached them as such, or a choice it offered. */
function speaksAsCustomer({ context }: Judgement, agent: Staff): boolean {
  const mine = [agent.address, ...agent.also].map((address) => context.people.get(address)?.id ?? 0)
  const own = context.carried.filter(({ signed }) => signed.person > 0 && mine.includes(signed.person))
  const asCustomer = own.some(
    ({ signed }) =>
      signed.purpose === 'c' || signed.purpose === 'q' || customerChoices.some((c) => c === signed.purpose),
  )
  return asCustomer && !own.some(({ signed }) => signed.purpose === 'a')
}

/** Tells an agent, at the directory address and at most once an hour, that mail in their name was held. */
function alertAgent(judgement: Judgement, agent: Staff, ticket: Ticket | null): void {
  const { context, event } = judgement
  const [held] = judgement.decision.holds
  const language = languageFor(context.desk, agent.language)
  mail(judgement, {
    ...toStaff(context, agent),
    template: 'hold-notice',
    ticket,
    subjectId: 0,
    choices: ['d'],
    // Its answer button must not write to the customer.
    replyPurpose: 'r',
    once: `agent-alert:${agent.address}:${context.now.toISOString().slice(0, 13)}`,
    data: {
      reason: holdSentence(held?.reason ?? 'authentication-failed', language),
      why: held ? findingIn(held, language) : '',
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
    hold(judgement, 'agent', 'not-authenticated-agent', finding('commands-unproved'), {
      release: 'open',
      author: context.authentication.result === 'none' ? agent.address : null,
    })
    return conclude(judgement, 'held')
  }
  const receipt: Receipt = { done: [], failed: [] }
  const run: CommandRun = { judgement, agent, language, ticket: null, rest: parsed.rest, receipt }
  const author =
    behalf?.name === 'requester' ? { address: behalf.address, name: behalf.personName } : (forwarded?.from ?? null)
  if (!author && !hasCommands) return false
  if (!author && (parsed.rest.trim() === '' || parsed.restIs === 'announcement')) {
    for (const { command, text } of parsed.commands) carryOut(run, command, text)
    sendReceipt(judgement, agent, null, parsed, receipt, noRelay)
    return conclude(judgement, 'commanded')
  }
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
  sendReceipt(judgement, agent, sheet.ticket, parsed, receipt, noRelay)
  return opened
}
