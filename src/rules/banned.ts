// Senders and subjects that open nothing any more: the gate that keeps their mail, and the command that adds to them.

import { banOf } from '../desks/banned.ts'
import { type CommandRun, done, failed } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { conclude, type Gate, hold } from './judgement.ts'

/** Nobody is answered: whoever is banned learns nothing from it. Staff cannot be banned. */
export const banned: Gate = (judgement) => {
  const { context, event } = judgement
  const { desk } = context
  if (event.released || context.agent) return false
  const ban = banOf(
    [
      ...desk.banned.senders.map((value) => ({ kind: 'address' as const, value })),
      ...desk.banned.subjects.map((value) => ({ kind: 'subject' as const, value })),
      ...(context.bans ?? []),
    ],
    { address: event.message.from?.address ?? '', subject: event.message.subject },
  )
  if (!ban) return false
  hold(
    judgement,
    'banned',
    'banned',
    ban.kind === 'address'
      ? `Mail from ${ban.value} opens nothing at this desk.`
      : `Mail about "${ban.value}" opens nothing at this desk.`,
  )
  return conclude(judgement, 'held')
}

/** `#ban`: by the ticket's requester when nothing else is named. */
export function banCommand(run: CommandRun, command: Extract<Command, { name: 'ban' }>, line: string): void {
  const { context, decision } = run.judgement
  const { what } = command
  const requester = run.ticket?.participants.find((p) => p.role === 'requester')?.address
  const value = what === null ? requester : 'address' in what ? what.address : what.subject
  if (value === undefined || value === '') {
    failed(run, line, 'no-ticket')
    return
  }
  const kind = what !== null && 'subject' in what ? 'subject' : 'address'
  if (kind === 'address' && (context.instance.isOurs(value) || context.desk.staff.some((s) => s.address === value))) {
    failed(run, line, 'not-banned', { what: value })
    return
  }
  decision.bans.push({ kind, value: value.toLowerCase(), by: run.agent.address })
  done(run, 'banned', { what: value })
}
