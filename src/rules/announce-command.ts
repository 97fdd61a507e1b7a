// `#announce`: a supervisor’s mail goes to the contacts chosen, one mail each.

import type { ContactFilter } from '../desks/contact-filter.ts'
import { normaliseSubject } from '../mail/subject.ts'
import { type CommandRun, done, failed } from './command-run.ts'
import type { Command } from './commands/command.ts'

export function announceCommand(run: CommandRun, command: Extract<Command, { name: 'announce' }>, line: string): void {
  const { judgement, agent } = run
  const { desk } = judgement.context
  const supervisor = [agent.address, ...agent.also].some((address) => desk.supervisors.includes(address))
  if (!supervisor) {
    failed(run, line, 'only-supervisors')
    return
  }
  const text = run.rest.trim()
  const title = normaliseSubject(judgement.event.message.subject).trim()
  if (text === '' || title === '') {
    failed(run, line, 'announcement-empty')
    return
  }
  judgement.decision.announcements.push({
    title: title.slice(0, 300),
    text: text.slice(0, 50_000),
    filter: filterOf(command.filter),
    by: agent.address,
  })
  done(run, 'announced', { what: title.slice(0, 60) })
}

/** `category=bank category=agency` means either; different attributes must all fit. */
export function filterOf(list: readonly { readonly attribute: string; readonly value: string }[]): ContactFilter {
  const filter = new Map<string, string[]>()
  for (const { attribute, value } of list) filter.set(attribute, [...(filter.get(attribute) ?? []), value])
  return Object.fromEntries(filter)
}
