// Commands about the desk or about the agent. Their answers go to the directory address, whoever wrote.

import type { MailDraft } from '../outbound/draft.ts'
import { fieldText } from '../outbound/field-text.ts'
import { announceCommand } from './announce-command.ts'
import { type CommandRun, done, failed } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { describeCommands } from './commands/help.ts'
import { mail, tokenOf } from './judgement.ts'
import { toStaff } from './notify.ts'

const dayIn = ({ language, judgement }: CommandRun, day: string): string =>
  fieldText({ kind: 'date' }, day, { language, fallback: judgement.context.desk.language })

/** True when it was such a command; the others are about a ticket. */
export function deskCommand(run: CommandRun, command: Command, line: string): boolean {
  const { judgement, agent } = run
  const { context, decision } = judgement
  const { desk } = context
  const answer = (input: Pick<MailDraft, 'template'> & Partial<MailDraft>): void =>
    mail(judgement, {
      ...toStaff(context, agent),
      ...input,
      automatic: 'auto-replied',
      inReplyTo: judgement.event.message.messageId,
    })
  switch (command.name) {
    case 'help':
      answer({ template: 'commands-help', data: { text: describeCommands(run.language) } })
      done(run, 'sent', { what: line })
      return true
    case 'show': {
      const number = command.ticket ?? run.ticket?.number
      if (number === undefined || (command.ticket !== null && !context.named.has(command.ticket))) {
        failed(run, line, number === undefined ? 'no-ticket' : 'no-such-ticket', { what: tokenOf(desk, number ?? 0) })
        return true
      }
      const shown = context.named.get(number) ?? run.ticket
      answer({
        template: 'show',
        ticket: shown,
        fill: { what: 'show', ticket: shown?.number ?? number },
        data: { mark: context.mark },
      })
      done(run, 'sent', { what: tokenOf(desk, number) })
      return true
    }
    case 'list': {
      const { wish } = command
      answer({
        template: 'list',
        fill: { what: 'list', kind: wish.kind, key: 'key' in wish ? wish.key : '', agent: agent.address },
        data: { title: 'key' in wish ? `${wish.kind} ${wish.key}` : wish.kind },
      })
      done(run, 'sent', { what: line })
      return true
    }
    case 'search':
      answer({ template: 'list', fill: { what: 'search', words: command.words }, data: { title: command.words } })
      done(run, 'sent', { what: line })
      return true
    case 'announce':
      announceCommand(run, command, line)
      return true
    case 'page':
      if (!desk.supervisors.includes(agent.address)) failed(run, line, 'only-supervisors')
      else {
        answer({ template: 'page-link', fill: { what: 'page' } })
        done(run, 'sent', { what: line })
      }
      return true
    case 'unblock':
      if (!desk.supervisors.includes(agent.address)) failed(run, line, 'only-supervisors')
      else {
        decision.resume = true
        done(run, 'resumed')
      }
      return true
    case 'register':
      decision.contacts.push({
        address: command.address,
        name: command.personName,
        attributes: Object.fromEntries(command.attributes),
      })
      done(run, 'registered', { what: command.address })
      return true
    case 'away':
      decision.staff.push({ address: agent.address, away: { from: command.from, until: command.until } })
      done(run, 'away', { from: dayIn(run, command.from), to: dayIn(run, command.until) })
      return true
    case 'back':
      decision.staff.push({ address: agent.address, away: null })
      done(run, 'back')
      return true
    case 'digest':
      decision.staff.push({ address: agent.address, digest: command.digest })
      done(run, command.digest === 'daily' ? 'digest-on' : 'digest-off')
      return true
    default:
      return false
  }
}
