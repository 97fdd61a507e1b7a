// `#report`: what an engineer reports on a ticket, such as after a visit. It stays among the staff and goes to the desk's lists;
// suggestions of the customer that it notes become tickets of their own.

import { type ReportPolicy, suggestionsIn } from '../desks/report.ts'
import { textIn } from '../desks/text.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { type CommandRun, done, failed } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { mailEntry } from './entry.ts'
import { languageFor, mail, setField, staffByAddress, type TicketSheet } from './judgement.ts'
import { openTicket } from './new-ticket.ts'
import { teamOf, toStaff } from './notify.ts'
import { allowedFiles } from './relay.ts'

export function reportCommand(
  run: CommandRun,
  sheet: TicketSheet,
  command: Extract<Command, { name: 'report' }>,
  line: string,
): void {
  const { judgement, agent } = run
  const { context, event } = judgement
  const policy = context.desk.reports
  const text = run.rest.trim()
  if (!policy) {
    failed(run, line, 'not-here')
    return
  }
  if (text === '' && event.message.attachments.every((file) => file.inline)) {
    failed(run, line, 'text-missing')
    return
  }
  const { ticket } = sheet
  const lists =
    command.list === null ? (policy.usual.length > 0 ? policy.usual : Object.keys(policy.lists)) : [command.list]
  sheet.entries.push(mailEntry(judgement, { kind: 'note', public: false, text, data: { report: lists } }))
  sheet.moments.push('agent-note')
  setField(sheet, 'reported', context.now.toISOString().slice(0, 10), agent.address)
  const files = allowedFiles(event.message).going.map((file) => file.index)
  const told = new Set([agent.address])
  for (const list of lists) {
    const { to = [], teams = [], language, name } = policy.lists[list] ?? {}
    const before = told.size
    for (const staff of [
      ...teams.flatMap((team) => teamOf(context, team, context.now)),
      ...to.flatMap((address) => staffByAddress(context.desk, address) ?? []),
    ])
      send(staff.address, { ...toStaff(context, staff) })
    for (const address of to)
      send(address, {
        to: { address, name: '', person: context.people.get(address)?.id ?? 0 },
        role: 'third-party',
        language: languageFor(context.desk, language),
        automatic: 'auto-generated',
        budget: 'staff',
      })
    done(run, 'reported', {
      what: textIn(name, run.language, context.desk.language) || list,
      to: String(told.size - before),
    })
  }
  noteSuggestions(run, ticket, policy, text)

  function send(address: string, to: ReturnType<typeof toStaff>): void {
    if (told.has(address)) return
    told.add(address)
    mail(judgement, {
      ...to,
      template: 'report',
      ticket,
      attachments: files,
      ...(to.role === 'third-party' ? { replyPurpose: 'q' as const } : {}),
      data: {
        text,
        agent: agent.name || agent.address,
        organisation: organisationOf(run, ticket),
        outside: to.role === 'third-party',
        mark: context.mark,
      },
    })
  }
}

function organisationOf(run: CommandRun, ticket: Ticket): string {
  const requester = ticket.participants.find((p) => p.role === 'requester')
  const person = requester ? run.judgement.context.people.get(requester.address) : undefined
  return person?.contact?.organisation?.name ?? ''
}

function noteSuggestions(run: CommandRun, ticket: Ticket, policy: ReportPolicy, text: string): void {
  const { suggestions } = policy
  const requester = ticket.participants.find((p) => p.role === 'requester')
  if (!suggestions || !requester) return
  for (const said of suggestionsIn(policy, text)) {
    openTicket(run.judgement, {
      refers: [],
      splits: ticket,
      by: run.agent.address,
      text: said,
      subject: said.length > 90 ? `${said.slice(0, 88).replace(/\s+\S*$/, '')} …` : said,
      channel: 'visit',
      language: ticket.language,
      type: suggestions.type,
      requester: {
        address: requester.address,
        name: requester.name,
        person: run.judgement.context.people.get(requester.address) ?? null,
        id: requester.person,
      },
    })
    done(run, 'suggestion-noted', { what: said.slice(0, 60) })
  }
}
