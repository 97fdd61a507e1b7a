// Commands about the ticket itself: its fields, its status, what is written down.

import { textIn } from '../desks/text.ts'
import { fieldText } from '../outbound/field-text.ts'
import type { Change } from '../tickets/ticket.ts'
import { localTime } from './appointment.ts'
import {
  type CommandRun,
  done,
  failed,
  fieldWord,
  moveStatus,
  set,
  shownValue,
  statusOfKind,
  unassign,
} from './command-run.ts'
import type { Command, When } from './commands/command.ts'
import { systemEntry } from './entry.ts'
import { after } from './hours.ts'
import { change, setField, type TicketSheet } from './judgement.ts'
import { askConfirmation } from './solving.ts'

/** False when the desk has no such command. */
export function ticketCommand(run: CommandRun, sheet: TicketSheet, command: Command, line: string): boolean {
  const { judgement, agent } = run
  const { context } = judgement
  const { desk, now } = context
  const { ticket } = sheet
  switch (command.name) {
    case 'status':
      moveStatus(run, sheet, line, command.status)
      return true
    case 'close': {
      const closed = statusOfKind(run, 'closed')
      if (closed) moveStatus(run, sheet, line, closed)
      else failed(run, line, 'not-here')
      return true
    }
    case 'solve': {
      const solved = statusOfKind(run, 'solved')
      if (solved) moveStatus(run, sheet, line, solved)
      else askConfirmation(run, sheet, line)
      return true
    }
    case 'reopen':
      moveStatus(run, sheet, line, statusOfKind(run, 'open') ?? desk.start.status)
      return true
    case 'resolution': {
      const text = (command.text || run.rest).trim()
      setField(sheet, 'resolution', text.slice(0, 4000), agent.address)
      done(run, 'resolution', { what: text.slice(0, 60) })
      return true
    }
    case 'priority':
      set(run, sheet, 'priority', command.priority)
      return true
    case 'type': {
      const groups = desk.types[command.type]?.['opened-by']
      if (groups && !groups.some((group) => agent.groups.includes(group)))
        failed(run, line, 'not-group', {
          what: groups.map((group) => textIn(desk.teams[group]?.name, run.language, desk.language) || group).join(', '),
        })
      else set(run, sheet, 'type', command.type)
      return true
    }
    case 'queue':
      hand(run, sheet, command.queue)
      return true
    case 'escalate':
      escalate(run, sheet, command.queue, line)
      return true
    case 'assign':
      if (command.agent === null) {
        done(run, 'changed', {
          what: fieldWord('assignee', run.language),
          from: shownValue(run, 'assignee', ticket.assignee),
          to: '—',
        })
        unassign(run, sheet)
        return true
      }
      set(run, sheet, 'assignee', command.agent)
      sheet.moments.push('assigned')
      return true
    case 'take':
      set(run, sheet, 'assignee', agent.address)
      sheet.moments.push('assigned')
      return true
    case 'subject':
      set(run, sheet, 'subject', command.subject)
      return true
    case 'language':
      set(run, sheet, 'language', command.language)
      return true
    case 'channel':
      if (ticket.channel !== command.channel) {
        sheet.changes.push({ field: 'channel', from: ticket.channel, to: command.channel, by: agent.address })
        ticket.channel = command.channel
      }
      done(run, 'set', { what: 'channel', to: command.channel })
      return true
    case 'tag': {
      const added = command.tags.filter((tag) => !ticket.tags.includes(tag))
      ticket.tags = [...ticket.tags, ...added].slice(0, 50)
      for (const tag of added) sheet.changes.push({ field: 'tag', from: null, to: tag, by: agent.address })
      done(run, 'tagged', { what: command.tags.join(', ') })
      return true
    }
    case 'untag':
      for (const tag of command.tags.filter((t) => ticket.tags.includes(t)))
        sheet.changes.push({ field: 'tag', from: tag, to: null, by: agent.address })
      ticket.tags = ticket.tags.filter((tag) => !command.tags.includes(tag))
      done(run, 'untagged', { what: command.tags.join(', ') })
      return true
    case 'field': {
      setField(sheet, command.field, command.value, agent.address)
      const [what, to] = fieldShown(run, command.field, command.value)
      done(run, 'set', { what, to })
      return true
    }
    case 'due': {
      const at = command.when === null ? null : whenAt(context, command.when)
      setField(sheet, 'due', at === null ? null : at.toISOString(), agent.address)
      done(run, 'due', { what: at === null ? '—' : localTime(run.judgement, ticket, at, run.language) })
      return true
    }
    case 'reference':
      setField(sheet, 'reference', command.reference, agent.address)
      done(run, 'linked', { what: command.reference })
      return true
    case 'note':
      done(run, 'noted')
      return true
    case 'time': {
      const spent = Number(ticket.fields.minutes ?? 0) + command.minutes
      setField(sheet, 'minutes', spent, agent.address)
      if (command.minutes < 0) done(run, 'time-back', { what: String(-command.minutes), to: String(spent) })
      else done(run, 'time', { what: String(command.minutes) })
      return true
    }
    case 'spam': {
      const closed = statusOfKind(run, 'closed')
      ticket.tags = [...new Set([...ticket.tags, 'spam'])]
      sheet.changes.push({ field: 'tag', from: null, to: 'spam', by: agent.address })
      sheet.told = true
      if (closed) set(run, sheet, 'status', closed)
      const requester = ticket.participants.find((p) => p.role === 'requester')
      if (requester)
        judgement.decision.blocks.push({
          address: requester.address,
          until: new Date(now.getTime() + 60 * 86_400_000),
          why: 'marked as spam by an agent',
        })
      return true
    }
    case 'undo':
      undo(run, sheet, line)
      return true
    case 'tested':
      setField(sheet, 'tested-by', command.by || agent.address, agent.address)
      done(run, 'set', { what: 'tested-by', to: command.by || agent.address })
      return true
    case 'approve':
      setField(sheet, 'approved-by', command.by || agent.address, agent.address)
      done(run, 'set', { what: 'approved-by', to: command.by || agent.address })
      return true
    case 'refuse':
      setField(sheet, 'approved-by', null, agent.address)
      sheet.entries.push(systemEntry(command.why, { refusedBy: agent.address }))
      done(run, 'noted')
      return true
    default:
      return false
  }
}

/** To the next tier, or to the queue that was named; nobody has it there yet. */
function escalate(run: CommandRun, sheet: TicketSheet, named: string | null, line: string): void {
  const { desk } = run.judgement.context
  const tier = desk.queues[sheet.ticket.queue]?.tier ?? 1
  const next =
    named ??
    Object.entries(desk.queues)
      .filter(([, q]) => q.tier > tier)
      .sort(([, a], [, b]) => a.tier - b.tier)[0]?.[0]
  if (!next) {
    failed(run, line, 'no-higher-tier')
    return
  }
  hand(run, sheet, next)
  unassign(run, sheet)
}

/** Into a queue, and into the status that tickets have there; a status that the agent has named stays. */
function hand(run: CommandRun, sheet: TicketSheet, queue: string): void {
  const { desk } = run.judgement.context
  const from = sheet.ticket.queue
  set(run, sheet, 'queue', queue)
  const status = desk.queues[queue]?.status
  if (from === queue || status === undefined || status === sheet.ticket.status) return
  const named = sheet.changes.some((one) => one.field === 'status' && one.by === run.agent.address)
  const allowed = desk.statuses[sheet.ticket.status]?.to
  if (!named && (allowed?.includes(status) ?? true)) set(run, sheet, 'status', status)
}

function undo(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { undoable } = run.judgement.context
  const before = run.receipt.done.length
  for (const was of [...undoable].reverse()) takeBack(run, sheet, was)
  if (run.receipt.done.length === before) failed(run, line, 'nothing-to-undo')
}

function takeBack(run: CommandRun, sheet: TicketSheet, was: Change): void {
  const { ticket } = sheet
  const by = run.agent.address
  const said = (what: string, to: string): void => done(run, 'undone', { what, to })
  switch (was.field) {
    case 'assignee':
      sheet.changes.push({ field: 'assignee', from: ticket.assignee, to: was.from, by })
      ticket.assignee = was.from === null ? null : String(was.from)
      said(fieldWord('assignee', run.language), shownValue(run, 'assignee', ticket.assignee))
      return
    case 'tag':
      ticket.tags = was.to === null ? [...ticket.tags, String(was.from)] : ticket.tags.filter((tag) => tag !== was.to)
      sheet.changes.push({ field: 'tag', from: was.to, to: was.from, by })
      done(run, was.to === null ? 'tagged' : 'untagged', { what: String(was.to ?? was.from) })
      return
    case 'participant': {
      if (was.to === null) return
      ticket.participants = ticket.participants.filter((p) => p.address !== was.to || p.role === 'requester')
      sheet.changes.push({ field: 'participant', from: was.to, to: null, by })
      done(run, 'removed', { what: String(was.to) })
      return
    }
    case 'status':
    case 'priority':
    case 'type':
    case 'queue':
    case 'subject':
    case 'language':
      change(sheet, was.field, String(was.from), by)
      said(fieldWord(was.field, run.language), shownValue(run, was.field, String(was.from)))
      return
    default:
      if (!was.field.startsWith('fields.')) return
      setField(sheet, was.field.slice(7), was.from, by)
      said(...fieldShown(run, was.field.slice(7), was.from))
      return
  }
}

/** A field of the desk and its value, as the agent reads them. */
function fieldShown({ judgement, language }: CommandRun, key: string, value: Change['from']): [string, string] {
  const { desk } = judgement.context
  const name = textIn(desk.fields[key]?.name, language, desk.language) || key
  return [name, fieldText(desk.fields[key], value, { language, fallback: desk.language }) || '—']
}

function whenAt(context: Parameters<typeof after>[0], when: When): Date {
  if ('span' in when) return after(context, context.now, when.span)
  const [hour = 0, minute = 0] = (when.time ?? '23:59').split(':').map(Number)
  const date = Math.floor(Date.parse(`${when.date}T00:00:00Z`) / 86_400_000)
  return new Date(context.calendar().atWall(date, (hour * 60 + minute) * 60_000))
}
