// Commands that tie a ticket to others: merge, link, split off.

import { type CommandRun, done, failed, statusOfKind } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { systemEntry } from './entry.ts'
import { change, link, sheetOf, type TicketSheet, tokenOf } from './judgement.ts'
import { openTicket } from './new-ticket.ts'

export type LinkingCommand = Extract<Command, { name: 'merge' | 'link' | 'split' }>

export function linkingCommand(run: CommandRun, sheet: TicketSheet, command: LinkingCommand, line: string): void {
  const { judgement } = run
  const { desk, named } = judgement.context
  switch (command.name) {
    case 'link': {
      const other = named.get(command.to)
      if (!other || other === sheet.ticket) {
        failed(run, line, other ? 'same-ticket' : 'no-such-ticket', { what: tokenOf(desk, command.to) })
        return
      }
      link(judgement, { from: sheet.ticket, to: other.number, toDesk: desk.desk, kind: 'refers' })
      done(run, 'linked', { what: tokenOf(desk, other.number) })
      return
    }
    case 'merge':
      merge(run, sheet, command.into, line)
      return
    case 'split':
      split(run, sheet, command, line)
      return
    default:
      command satisfies never
  }
}

function merge(run: CommandRun, sheet: TicketSheet, into: number, line: string): void {
  const { judgement } = run
  const { context } = judgement
  const { ticket } = sheet
  const target = context.named.get(into)
  if (!target || target === ticket) {
    failed(run, line, target ? 'same-ticket' : 'no-such-ticket', { what: tokenOf(context.desk, into) })
    return
  }
  const targetSheet = sheetOf(judgement, target)
  for (const person of ticket.participants) {
    if (target.participants.some((p) => p.address === person.address)) continue
    target.participants = [...target.participants, { ...person, role: 'participant' }]
  }
  targetSheet.changes.push({ field: 'merged', from: null, to: ticket.number, by: run.agent.address })
  targetSheet.entries.push(systemEntry('', { mergedFrom: ticket.number, by: run.agent.address }))
  ticket.mergedInto = target.number
  sheet.changes.push({ field: 'merged-into', from: null, to: target.number, by: run.agent.address })
  sheet.told = true
  const closed = statusOfKind(run, 'closed')
  if (closed) change(sheet, 'status', closed, run.agent.address)
  link(judgement, { from: ticket, to: target.number, toDesk: context.desk.desk, kind: 'merged' })
  done(run, 'merged', { what: tokenOf(context.desk, target.number) })
}

/** The text below becomes a ticket of its own for the same requester, who is told of its number. */
function split(
  run: CommandRun,
  sheet: TicketSheet,
  command: Extract<LinkingCommand, { name: 'split' }>,
  line: string,
): void {
  const { judgement, agent } = run
  const { ticket } = sheet
  const requester = ticket.participants.find((p) => p.role === 'requester')
  const text = run.rest.trim() || command.subject
  if (!requester || text === '') {
    failed(run, line, 'text-missing')
    return
  }
  openTicket(judgement, {
    refers: [],
    splits: ticket,
    by: agent.address,
    text,
    subject: command.subject || ticket.subject,
    channel: ticket.channel,
    language: ticket.language,
    ...(command.type === null ? {} : { type: command.type }),
    requester: {
      address: requester.address,
      name: requester.name,
      person: judgement.context.people.get(requester.address) ?? null,
      id: requester.person,
    },
  })
  sheet.entries.push(systemEntry(command.subject, { split: true, by: agent.address }))
  done(run, 'split')
}
