// One incident, many tickets: an agent declares it, ties tickets to it, answers all of them at once, and ends it. While it is open,
// acknowledgements say so.

import type { Ticket } from '../tickets/ticket.ts'
import { type CommandRun, done, failed, statusOfKind } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { mailEntry } from './entry.ts'
import { change, link, setField, sheetOf, type TicketSheet, tokenOf } from './judgement.ts'
import { allowedFiles, copyFor, relay } from './relay.ts'

export type IncidentCommand = Extract<Command, { name: 'incident' }>

export function incidentCommand(run: CommandRun, sheet: TicketSheet, command: IncidentCommand, line: string): void {
  switch (command.act) {
    case 'declare':
      declare(run, sheet, command.title)
      return
    case 'join':
      join(run, sheet, command.to, line)
      return
    case 'answer':
      answer(run, sheet, line)
      return
    case 'end':
      end(run, sheet, line)
      return
    default:
      command satisfies never
  }
}

function declare(run: CommandRun, sheet: TicketSheet, title: string): void {
  const { address } = run.agent
  if (sheet.ticket.fields.incident !== 'open')
    setField(sheet, 'incident-since', run.judgement.context.now.toISOString(), address)
  setField(sheet, 'incident', 'open', address)
  if (title !== '') setField(sheet, 'incident-title', title, address)
  done(run, 'incident-declared', { what: title || sheet.ticket.subject })
}

function join(run: CommandRun, sheet: TicketSheet, to: number, line: string): void {
  const { context } = run.judgement
  const incident = context.named.get(to)
  if (!incident || incident === sheet.ticket || incident.fields.incident !== 'open') {
    failed(run, line, 'no-incident', { what: tokenOf(context.desk, to) })
    return
  }
  link(run.judgement, { from: sheet.ticket, to: incident.number, toDesk: context.desk.desk, kind: 'incident' })
  setField(sheet, 'incident-of', incident.number, run.agent.address)
  done(run, 'linked', { what: tokenOf(context.desk, incident.number) })
}

/** The text goes to everybody of the incident and of its tickets, one copy a person and ticket. */
function answer(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { judgement, agent } = run
  const { context, event } = judgement
  const text = run.rest.trim()
  if (sheet.ticket.fields.incident !== 'open') {
    failed(run, line, 'no-incident', { what: tokenOf(context.desk, sheet.ticket.number) })
    return
  }
  if (text === '') {
    failed(run, line, 'text-missing')
    return
  }
  // Somebody of an incident is always writing: news for all of them does not wait for that.
  const first = relay(judgement, sheet, agent, text, {
    keepStatus: true,
    confirm: false,
    agreement: null,
    canned: [],
    moved: null,
  })
  if (!first.ok) {
    failed(run, line, first.why)
    return
  }
  const files = allowedFiles(event.message).going.map((file) => file.index)
  let people = first.to.length
  for (const member of membersOf(run, sheet.ticket)) {
    const other = sheetOf(judgement, member)
    other.entries.push(
      mailEntry(judgement, {
        kind: 'agent',
        public: true,
        text,
        data: { agent: agent.address, incident: sheet.ticket.number },
      }),
    )
    for (const person of member.participants) {
      if (person.address === '') continue
      copyFor(judgement, other, agent, person, () => text, files, { confirm: false, agreement: null })
      people += 1
    }
    member.firstResponseAt ??= context.now
    member.lastAgentAt = context.now
    member.lastAgent = agent.address
    other.moments.push('agent-reply', 'public-news')
    other.told = true
  }
  done(run, 'incident-answered', { what: String(people) })
}

/** The incident is over: its tickets are solved, and each requester is asked as for any other. */
function end(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { judgement, agent } = run
  const { desk } = judgement.context
  if (sheet.ticket.fields.incident !== 'open') {
    failed(run, line, 'no-incident', { what: tokenOf(desk, sheet.ticket.number) })
    return
  }
  setField(sheet, 'incident', 'ended', agent.address)
  const solved = statusOfKind(run, 'solved')
  let moved = 0
  for (const member of membersOf(run, sheet.ticket)) {
    const allowed = desk.statuses[member.status]?.to
    if (solved === undefined || (allowed && !allowed.includes(solved))) continue
    change(sheetOf(judgement, member), 'status', solved, agent.address)
    moved += 1
  }
  done(run, 'incident-ended', { what: String(moved) })
}

const membersOf = (run: CommandRun, incident: Ticket): readonly Ticket[] =>
  (run.judgement.context.members ?? []).filter((member) => member !== incident)
