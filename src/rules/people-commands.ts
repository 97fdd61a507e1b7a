// Commands about a ticket’s people: who is on it, whose it is, who is asked for advice.

import type { Staff } from '../desks/desk.ts'
import type { Participant, Ticket } from '../tickets/ticket.ts'
import { type CommandRun, done, failed } from './command-run.ts'
import type { Command } from './commands/command.ts'
import { systemEntry } from './entry.ts'
import { type Judgement, languageFor, mail, recipientOf, type TicketSheet } from './judgement.ts'
import { participant } from './participants.ts'
import { allowedFiles } from './relay.ts'

export type PeopleCommand = Extract<Command, { name: 'cc' | 'uncc' | 'requester' | 'mute' | 'unmute' | 'consult' }>

export function peopleCommand(run: CommandRun, sheet: TicketSheet, command: PeopleCommand, line: string): void {
  const { ticket } = sheet
  switch (command.name) {
    case 'cc':
      for (const address of command.addresses) addPerson(run, sheet, address)
      return
    case 'uncc':
      for (const address of command.addresses) {
        const gone = ticket.participants.find((p) => p.address === address && p.role !== 'requester')
        if (!gone) {
          failed(run, line, 'not-on-ticket', { what: address })
          continue
        }
        ticket.participants = ticket.participants.filter((p) => p !== gone)
        sheet.changes.push({ field: 'participant', from: address, to: null, by: run.agent.address })
        done(run, 'removed', { what: address })
      }
      return
    case 'requester':
      changeRequester(run, sheet, command.address, command.personName)
      return
    case 'mute':
    case 'unmute': {
      const muted = command.name === 'mute'
      ticket.participants = ticket.participants.map((p) => (p.role === 'requester' ? { ...p, muted } : p))
      sheet.changes.push({ field: 'muted', from: !muted, to: muted, by: run.agent.address })
      done(run, muted ? 'muted' : 'unmuted')
      return
    }
    case 'consult':
      consult(run, sheet, command.addresses, line)
      return
    default:
      command satisfies never
  }
}

/** A person who joins gets what comes from now on and nothing of before (T04). */
export function addPerson(run: CommandRun, sheet: TicketSheet, address: string): void {
  const { context } = run.judgement
  const { ticket } = sheet
  if (context.instance.isOurs(address) || ticket.participants.some((p) => p.address === address)) {
    done(run, 'added', { what: address })
    return
  }
  ticket.participants = [...ticket.participants, personAt(run, address, '', 'participant')]
  sheet.changes.push({ field: 'participant', from: null, to: address, by: run.agent.address })
  done(run, 'added', { what: address })
}

function personAt(run: CommandRun, address: string, name: string, role: Participant['role']): Participant {
  const { context } = run.judgement
  const person = context.people.get(address)
  return participant(address, person?.contact?.name || person?.name || name, context.now, {
    role,
    person: person?.id ?? 0,
    contact: person?.contact?.id ?? null,
    language: person?.contact?.language ?? null,
  })
}

/** People who were added without an answer going to them get a line, so that they can write; nothing of before comes along. */
export function welcome(
  judgement: Judgement,
  agent: Staff,
  ticket: Ticket,
  before: readonly Participant[],
  answered: readonly string[],
): void {
  const { desk } = judgement.context
  for (const person of ticket.participants) {
    if (before.some((p) => p.address === person.address) || answered.includes(person.address)) continue
    if (person.role === 'requester' || ticket.mergedInto !== null) continue
    mail(judgement, {
      template: 'participant-added',
      role: 'customer',
      to: recipientOf(person),
      language: languageFor(desk, person.language, ticket.language),
      ticket,
      budget: 'notice',
      choices: ['m'],
      data: { by: desk['show-agent-name'] ? agent.name : '' },
    })
  }
}

/** The requester changes only here, by an agent who is sure of the mail’s author (T13). The earlier one stays a participant. */
function changeRequester(run: CommandRun, sheet: TicketSheet, address: string, name: string): void {
  const { context } = run.judgement
  const { ticket } = sheet
  const before = ticket.participants.find((p) => p.role === 'requester')
  const others = ticket.participants
    .filter((p) => p.address !== address && !(sheet.isNew && p === before))
    .map((p) => ({ ...p, role: 'participant' as const }))
  const next = personAt(run, address, name, 'requester')
  ticket.participants = [next, ...others]
  ticket.requester = next.person
  const language = context.people.get(address)?.contact?.language
  if (language) ticket.language = languageFor(context.desk, language)
  sheet.changes.push({ field: 'requester', from: before?.address ?? null, to: address, by: run.agent.address })
  done(run, 'requester', { what: address })
}

/** Asks people outside for advice: the text goes to them alone, and what they answer stays among the staff. */
function consult(run: CommandRun, sheet: TicketSheet, addresses: readonly string[], line: string): void {
  const { judgement, agent } = run
  const { context, event } = judgement
  const { ticket } = sheet
  const text = run.rest.trim()
  if (text === '') {
    failed(run, line, 'text-missing')
    return
  }
  const asked = addresses.filter((address) => !context.instance.isOurs(address))
  for (const address of asked) {
    const person = context.people.get(address)
    const language = languageFor(context.desk, person?.contact?.language, person?.language, run.language)
    mail(judgement, {
      template: 'consult',
      role: 'third-party',
      to: { address, name: person?.contact?.name || person?.name || '', person: person?.id ?? 0 },
      language,
      automatic: null,
      ticket,
      replyPurpose: 'q',
      author: agent.address,
      budget: null,
      attachments: allowedFiles(event.message).going.map((file) => file.index),
      data: { text, agent: context.desk['show-agent-name'] ? agent.name : '' },
    })
    done(run, 'consulted', { what: address })
  }
  sheet.entries.push(systemEntry(text, { consulted: asked, by: agent.address }))
}
