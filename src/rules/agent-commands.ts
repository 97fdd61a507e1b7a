// Carries out what an agent wrote in the leading lines. Each command leaves a line of the receipt: done, or why not.

import { askAgreement } from './agreement.ts'
import { banCommand } from './banned.ts'
import { type CommandRun, failed } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { deskCommand } from './desk-commands.ts'
import { incidentCommand } from './incident-commands.ts'
import { sheetOf } from './judgement.ts'
import { linkingCommand } from './linking-commands.ts'
import { peopleCommand } from './people-commands.ts'
import { reportCommand } from './report-command.ts'
import { ticketCommand } from './ticket-commands.ts'
import { visitCommand } from './visit.ts'

/** `line` is the command as it was written, for the receipt. */
export function carryOut(run: CommandRun, command: Command, line: string): void {
  if (deskCommand(run, command, line)) return
  if (command.name === 'ban') {
    banCommand(run, command, line)
    return
  }
  const { judgement, ticket } = run
  if (!ticket) {
    failed(run, line, 'no-ticket')
    return
  }
  const sheet = sheetOf(judgement, ticket)
  switch (command.name) {
    case 'cc':
    case 'uncc':
    case 'requester':
    case 'mute':
    case 'unmute':
    case 'consult':
      peopleCommand(run, sheet, command, line)
      return
    case 'incident':
      incidentCommand(run, sheet, command, line)
      return
    case 'report':
      reportCommand(run, sheet, command, line)
      return
    case 'agreement':
      askAgreement(run, sheet, command, line)
      return
    case 'merge':
    case 'link':
    case 'split':
      linkingCommand(run, sheet, command, line)
      return
    case 'visit':
      visitCommand(run, sheet, command, line)
      return
    // What a ready answer says is part of the answer itself.
    case 'reply':
      return
    default:
      if (!ticketCommand(run, sheet, command, line)) failed(run, line, 'not-here')
  }
}
