// "Solved, please confirm": what the requester is asked, and when.

import { type CommandRun, failed, moveStatus, statusOfKind } from './command-run.ts'
import type { ParsedCommands } from './commands/grammar.ts'
import { languageFor, mail, recipientOf, type Sheet, setField, type TicketSheet } from './judgement.ts'

/** True when these commands solve the ticket and its type asks the requester to confirm: the answer itself then asks for it. */
export function asksConfirmation({ context }: Sheet, sheet: TicketSheet, parsed: ParsedCommands): boolean {
  const { desk } = context
  const solves = parsed.commands.some(
    ({ command }) =>
      command.name === 'solve' || (command.name === 'status' && desk.statuses[command.status]?.kind === 'solved'),
  )
  return solves && (desk.types[sheet.ticket.type]?.confirm ?? true)
}

/** Desks without a solved status ask in the waiting status (decisions 8); an answer of the same mail has asked already. */
export function askConfirmation(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { context, decision } = run.judgement
  const { desk } = context
  const { ticket } = sheet
  const waiting = statusOfKind(run, 'waiting')
  if (!waiting) {
    failed(run, line, 'not-here')
    return
  }
  if (!moveStatus(run, sheet, line, waiting)) return
  setField(sheet, 'awaiting', 'confirmation', run.agent.address)
  sheet.told = true
  const requester = ticket.participants.find((p) => p.role === 'requester')
  if (!requester || decision.mails.some((m) => m.template === 'solved-confirm' && m.ticket === ticket)) return
  mail(run.judgement, {
    template: 'solved-confirm',
    role: 'customer',
    to: recipientOf(requester),
    language: languageFor(desk, requester.language, ticket.language),
    ticket,
    // An agent asks: the requester must get to see it.
    budget: null,
    author: run.agent.address,
    choices: ['y', 'n', 'm'],
    references: context.thread.get(ticket.number) ?? [],
    data: {
      text: typeof ticket.fields.resolution === 'string' ? ticket.fields.resolution : '',
      closesAt: null,
    },
  })
}
