// Carries out what an agent wrote in the leading lines. Each command leaves a line of the receipt: done, or why not.

import type { Staff } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Command, When } from './commands/command.ts'
import { describeCommands } from './commands/help.ts'
import { systemEntry } from './entry.ts'
import { after } from './hours.ts'
import {
  change,
  draftMail,
  type Judgement,
  languageFor,
  link,
  recipientOf,
  setField,
  sheetOf,
  type TicketSheet,
  tokenOf,
} from './judgement.ts'
import { toStaff } from './notify.ts'
import { participant } from './participants.ts'
import { type ReceiptWord, receiptLine } from './receipt-words.ts'

export interface Receipt {
  readonly done: string[]
  readonly failed: { line: string; why: string; instead: string }[]
}

export interface CommandRun {
  readonly judgement: Judgement
  readonly agent: Staff
  readonly language: string
  readonly ticket: Ticket | null
  /** The agent’s text below the commands. */
  readonly rest: string
  readonly receipt: Receipt
}

const done = (run: CommandRun, word: ReceiptWord, values: Readonly<Record<string, string>> = {}): void => {
  run.receipt.done.push(receiptLine(word, run.language, values))
}
const failed = (
  run: CommandRun,
  line: string,
  word: ReceiptWord,
  values: Readonly<Record<string, string>> = {},
): void => {
  run.receipt.failed.push({ line, why: receiptLine(word, run.language, values), instead: '' })
}

/** Sets a field and says so; names are shown as the desk writes them. */
function set(
  run: CommandRun,
  sheet: TicketSheet,
  field: 'status' | 'priority' | 'type' | 'queue' | 'assignee' | 'subject' | 'language',
  to: string,
): void {
  const { desk } = run.judgement.context
  const shown = (value: string | null): string => {
    if (value === null) return '—'
    const named =
      field === 'status'
        ? desk.statuses[value]?.name
        : field === 'priority'
          ? desk.priorities[value]?.name
          : field === 'type'
            ? desk.types[value]?.name
            : field === 'queue'
              ? desk.queues[value]?.name
              : undefined
    return named === undefined ? value : textIn(named, run.language, desk.language)
  }
  const from = shown(sheet.ticket[field])
  const changed = change(sheet, field, to, run.agent.address)
  done(run, changed ? 'changed' : 'unchanged', {
    what: fieldWords[field][run.language === 'fr' ? 'fr' : run.language === 'es' ? 'es' : 'en'],
    from,
    to: shown(to),
  })
}

const fieldWords = {
  status: { fr: 'statut', en: 'status', es: 'estado' },
  priority: { fr: 'priorité', en: 'priority', es: 'prioridad' },
  type: { fr: 'type', en: 'type', es: 'tipo' },
  queue: { fr: 'file', en: 'queue', es: 'cola' },
  assignee: { fr: 'responsable', en: 'assignee', es: 'responsable' },
  subject: { fr: 'objet', en: 'subject', es: 'asunto' },
  language: { fr: 'langue', en: 'language', es: 'idioma' },
} as const

/** Moves the ticket when the desk allows the move. */
export function moveStatus(run: CommandRun, sheet: TicketSheet, line: string, to: string): boolean {
  const { desk } = run.judgement.context
  const { ticket } = sheet
  const allowed = desk.statuses[ticket.status]?.to
  const name = (key: string): string => textIn(desk.statuses[key]?.name, run.language, desk.language) || key
  if (ticket.status !== to && allowed && !allowed.includes(to)) {
    failed(run, line, 'not-allowed-move', {
      from: name(ticket.status),
      to: name(to),
      what: allowed.map(name).join(', ') || '—',
    })
    return false
  }
  set(run, sheet, 'status', to)
  return true
}

const statusOfKind = (run: CommandRun, kind: 'solved' | 'closed' | 'open'): string | undefined => {
  const { desk } = run.judgement.context
  if (kind === 'open') return desk['on-reply'].status ?? desk.start.status
  return Object.entries(desk.statuses).find(([, status]) => status.kind === kind)?.[0]
}

export function carryOut(run: CommandRun, command: Command, line: string): void {
  const { judgement, ticket, agent } = run
  if (deskCommand(run, command, line)) return
  if (!ticket) {
    failed(run, line, 'no-ticket')
    return
  }
  const sheet = sheetOf(judgement, ticket)
  ticketCommand(run, sheet, command, line, agent)
}

function ticketCommand(run: CommandRun, sheet: TicketSheet, command: Command, line: string, agent: Staff): void {
  const { judgement } = run
  const { context } = judgement
  const { desk, now } = context
  const { ticket } = sheet
  switch (command.name) {
    case 'status':
      moveStatus(run, sheet, line, command.status)
      return
    case 'close': {
      const closed = statusOfKind(run, 'closed')
      if (closed) moveStatus(run, sheet, line, closed)
      else failed(run, line, 'not-here')
      return
    }
    case 'solve': {
      const solved = statusOfKind(run, 'solved')
      if (solved) moveStatus(run, sheet, line, solved)
      else askConfirmation(run, sheet, line)
      return
    }
    case 'reopen':
      moveStatus(run, sheet, line, statusOfKind(run, 'open') ?? desk.start.status)
      return
    case 'resolution':
      setField(sheet, 'resolution', (command.text || run.rest).trim().slice(0, 4000), agent.address)
      done(run, 'changed', { what: 'resolution', from: '', to: (command.text || run.rest).trim().slice(0, 60) })
      return
    case 'priority':
      set(run, sheet, 'priority', command.priority)
      return
    case 'type': {
      const groups = desk.types[command.type]?.['opened-by']
      if (groups && !groups.some((group) => agent.groups.includes(group)))
        failed(run, line, 'not-group', { what: groups.join(', ') })
      else set(run, sheet, 'type', command.type)
      return
    }
    case 'queue':
      set(run, sheet, 'queue', command.queue)
      return
    case 'escalate': {
      const tier = desk.queues[ticket.queue]?.tier ?? 1
      const next =
        command.queue ??
        Object.entries(desk.queues)
          .filter(([, q]) => q.tier > tier)
          .sort(([, a], [, b]) => a.tier - b.tier)[0]?.[0]
      if (next) {
        set(run, sheet, 'queue', next)
        ticket.assignee = null
      } else failed(run, line, 'not-here')
      return
    }
    case 'assign':
      if (command.agent === null) {
        const from = ticket.assignee
        ticket.assignee = null
        sheet.changes.push({ field: 'assignee', from, to: null, by: agent.address })
        done(run, 'changed', {
          what: fieldWords.assignee[run.language === 'fr' ? 'fr' : run.language === 'es' ? 'es' : 'en'],
          from: from ?? '—',
          to: '—',
        })
      } else {
        set(run, sheet, 'assignee', command.agent)
        sheet.moments.push('assigned')
      }
      return
    case 'take':
      set(run, sheet, 'assignee', agent.address)
      sheet.moments.push('assigned')
      return
    case 'subject':
      set(run, sheet, 'subject', command.subject)
      return
    case 'language':
      set(run, sheet, 'language', command.language)
      return
    case 'channel':
      if (ticket.channel !== command.channel) {
        sheet.changes.push({ field: 'channel', from: ticket.channel, to: command.channel, by: agent.address })
        ticket.channel = command.channel
      }
      done(run, 'changed', { what: 'channel', from: '', to: command.channel })
      return
    case 'tag': {
      const added = command.tags.filter((tag) => !ticket.tags.includes(tag))
      ticket.tags = [...ticket.tags, ...added].slice(0, 50)
      for (const tag of added) sheet.changes.push({ field: 'tag', from: null, to: tag, by: agent.address })
      done(run, 'tagged', { what: command.tags.join(', ') })
      return
    }
    case 'untag':
      for (const tag of command.tags.filter((t) => ticket.tags.includes(t)))
        sheet.changes.push({ field: 'tag', from: tag, to: null, by: agent.address })
      ticket.tags = ticket.tags.filter((tag) => !command.tags.includes(tag))
      done(run, 'untagged', { what: command.tags.join(', ') })
      return
    case 'field':
      setField(sheet, command.field, command.value, agent.address)
      done(run, 'changed', {
        what: textIn(desk.fields[command.field]?.name, run.language, desk.language) || command.field,
        from: '',
        to: String(command.value ?? '—'),
      })
      return
    case 'due': {
      const at = command.when === null ? null : whenAt(context, command.when)
      setField(sheet, 'due', at === null ? null : at.toISOString(), agent.address)
      done(run, 'due', { what: at === null ? '—' : at.toISOString().slice(0, 16).replace('T', ' ') })
      return
    }
    case 'reference':
      setField(sheet, 'reference', command.reference, agent.address)
      done(run, 'linked', { what: command.reference })
      return
    case 'note':
      done(run, 'noted')
      return
    case 'cc':
      for (const address of command.addresses) addPerson(run, sheet, address, '')
      return
    case 'uncc':
      for (const address of command.addresses) {
        const gone = ticket.participants.find((p) => p.address === address && p.role !== 'requester')
        if (!gone) continue
        ticket.participants = ticket.participants.filter((p) => p !== gone)
        sheet.changes.push({ field: 'participant', from: address, to: null, by: agent.address })
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
      sheet.changes.push({ field: 'muted', from: !muted, to: muted, by: agent.address })
      done(run, muted ? 'muted' : 'unmuted')
      return
    }
    case 'time': {
      const spent = Number(ticket.fields['minutes'] ?? 0) + command.minutes
      setField(sheet, 'minutes', spent, agent.address)
      done(run, 'time', { what: String(command.minutes) })
      return
    }
    case 'link': {
      const other = context.named.get(command.to)
      if (!other) {
        failed(run, line, 'no-such-ticket', { what: tokenOf(desk, command.to) })
        return
      }
      link(judgement, { from: ticket, to: command.to, toDesk: desk.desk, kind: 'refers' })
      done(run, 'linked', { what: tokenOf(desk, command.to) })
      return
    }
    case 'merge':
      merge(run, sheet, command.into, line)
      return
    case 'spam': {
      const closed = statusOfKind(run, 'closed')
      ticket.tags = [...new Set([...ticket.tags, 'spam'])]
      sheet.told = true
      if (closed) set(run, sheet, 'status', closed)
      const requester = ticket.participants[0]
      if (requester)
        judgement.decision.blocks.push({
          address: requester.address,
          until: new Date(now.getTime() + 60 * 86_400_000),
          why: 'marked as spam by an agent',
        })
      return
    }
    case 'undo':
      undo(run, sheet, line)
      return
    case 'tested':
      setField(sheet, 'tested-by', command.by || agent.address, agent.address)
      done(run, 'changed', { what: 'tested-by', from: '', to: command.by || agent.address })
      return
    case 'approve':
      setField(sheet, 'approved-by', command.by || agent.address, agent.address)
      done(run, 'changed', { what: 'approved-by', from: '', to: command.by || agent.address })
      return
    case 'refuse':
      setField(sheet, 'approved-by', null, agent.address)
      sheet.entries.push(systemEntry(command.why, { refusedBy: agent.address }))
      done(run, 'noted')
      return
    default:
      failed(run, line, 'not-here')
  }
}

/** Commands about the desk or another ticket; true when it was one. Answers go to the directory address. */
function deskCommand(run: CommandRun, command: Command, line: string): boolean {
  const { judgement, agent } = run
  const { context, decision } = judgement
  const { desk } = context
  const to = toStaff(context, agent)
  const answer = (input: Parameters<typeof draftMail>[1]): void => {
    decision.mails.push(
      draftMail(desk.desk, { ...input, automatic: 'auto-replied', inReplyTo: judgement.event.message.messageId }),
    )
  }
  switch (command.name) {
    case 'help':
      answer({ ...to, template: 'commands-help', data: { text: describeCommands(run.language) } })
      done(run, 'sent', { what: 'help' })
      return true
    case 'show': {
      const number = command.ticket ?? run.ticket?.number
      if (number === undefined || (command.ticket !== null && !context.named.has(command.ticket))) {
        failed(run, line, number === undefined ? 'no-ticket' : 'no-such-ticket', { what: tokenOf(desk, number ?? 0) })
        return true
      }
      answer({
        ...to,
        template: 'show',
        ticket: context.named.get(number) ?? run.ticket,
        fill: { what: 'show', ticket: number },
        data: { mark: context.mark },
      })
      done(run, 'sent', { what: tokenOf(desk, number) })
      return true
    }
    case 'list': {
      const { wish } = command
      answer({
        ...to,
        template: 'list',
        fill: { what: 'list', kind: wish.kind, key: 'key' in wish ? wish.key : '', agent: agent.address },
        data: { title: 'key' in wish ? `${wish.kind} ${wish.key}` : wish.kind },
      })
      done(run, 'sent', { what: line })
      return true
    }
    case 'search':
      answer({
        ...to,
        template: 'list',
        fill: { what: 'search', words: command.words },
        data: { title: command.words },
      })
      done(run, 'sent', { what: line })
      return true
    case 'page':
      if (!desk.supervisors.includes(agent.address)) failed(run, line, 'only-supervisors')
      else {
        answer({ ...to, template: 'page-link', fill: { what: 'page' } })
        done(run, 'sent', { what: 'page' })
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
    default:
      return false
  }
}

function addPerson(run: CommandRun, sheet: TicketSheet, address: string, name: string): void {
  const { context } = run.judgement
  const { ticket } = sheet
  if (context.instance.isOurs(address) || ticket.participants.some((p) => p.address === address)) return
  const person = context.people.get(address)
  ticket.participants = [
    ...ticket.participants,
    participant(address, person?.contact?.name || name, context.now, {
      person: person?.id ?? 0,
      contact: person?.contact?.id ?? null,
      language: person?.contact?.language ?? null,
    }),
  ]
  sheet.changes.push({ field: 'participant', from: null, to: address, by: run.agent.address })
  done(run, 'added', { what: address })
}

/** The requester changes only here, by an agent who is sure of the mail’s author (T13). The earlier one stays a participant. */
function changeRequester(run: CommandRun, sheet: TicketSheet, address: string, name: string): void {
  const { context } = run.judgement
  const { ticket } = sheet
  const person = context.people.get(address)
  const before = ticket.participants.find((p) => p.role === 'requester')
  const others = ticket.participants
    .filter((p) => p.address !== address && !(sheet.isNew && p === before))
    .map((p) => ({ ...p, role: 'participant' as const }))
  const next = participant(address, person?.contact?.name || name, context.now, {
    role: 'requester',
    person: person?.id ?? 0,
    contact: person?.contact?.id ?? null,
    language: person?.contact?.language ?? null,
  })
  ticket.participants = [next, ...others]
  ticket.requester = person?.id ?? 0
  if (person?.contact?.language) ticket.language = languageFor(context.desk, person.contact.language)
  sheet.changes.push({ field: 'requester', from: before?.address ?? null, to: address, by: run.agent.address })
  done(run, 'requester', { what: address })
}

function merge(run: CommandRun, sheet: TicketSheet, into: number, line: string): void {
  const { judgement } = run
  const { context } = judgement
  const { ticket } = sheet
  const target = context.named.get(into)
  if (!target || into === ticket.number) {
    failed(run, line, 'no-such-ticket', { what: tokenOf(context.desk, into) })
    return
  }
  const targetSheet = sheetOf(judgement, target)
  for (const person of ticket.participants) {
    if (target.participants.some((p) => p.address === person.address)) continue
    target.participants = [...target.participants, { ...person, role: 'participant' }]
  }
  targetSheet.changes.push({ field: 'merged', from: null, to: ticket.number, by: run.agent.address })
  targetSheet.entries.push(systemEntry('', { mergedFrom: ticket.number, by: run.agent.address }))
  ticket.mergedInto = into
  sheet.changes.push({ field: 'merged-into', from: null, to: into, by: run.agent.address })
  sheet.told = true
  const closed = statusOfKind(run, 'closed')
  if (closed) change(sheet, 'status', closed, run.agent.address)
  link(judgement, { from: ticket, to: into, toDesk: context.desk.desk, kind: 'merged' })
  done(run, 'merged', { what: tokenOf(context.desk, into) })
}

function undo(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { undoable } = run.judgement.context
  if (undoable.length === 0) {
    failed(run, line, 'nothing-to-undo')
    return
  }
  for (const was of [...undoable].reverse()) {
    const { ticket } = sheet
    if (was.field.startsWith('fields.')) setField(sheet, was.field.slice(7), was.from, run.agent.address)
    else if (was.field === 'assignee') {
      sheet.changes.push({ field: 'assignee', from: ticket.assignee, to: was.from, by: run.agent.address })
      ticket.assignee = was.from === null ? null : String(was.from)
    } else if (was.field === 'tag')
      ticket.tags = was.to === null ? [...ticket.tags, String(was.from)] : ticket.tags.filter((tag) => tag !== was.to)
    else if (
      was.field === 'status' ||
      was.field === 'priority' ||
      was.field === 'type' ||
      was.field === 'queue' ||
      was.field === 'subject' ||
      was.field === 'language'
    )
      change(sheet, was.field, String(was.from), run.agent.address)
    else continue
    done(run, 'undone', { what: was.field, to: String(was.from ?? '—') })
  }
}

/** Desks without a solved status ask for confirmation in the waiting status (decisions 8). */
function askConfirmation(run: CommandRun, sheet: TicketSheet, line: string): void {
  const { context, decision } = run.judgement
  const { desk } = context
  const { ticket } = sheet
  const waiting = Object.entries(desk.statuses).find(([, status]) => status.kind === 'waiting')?.[0]
  if (!waiting || !moveStatus(run, sheet, line, waiting)) return
  setField(sheet, 'awaiting', 'confirmation', run.agent.address)
  sheet.told = true
  const requester = ticket.participants.find((p) => p.role === 'requester')
  if (!requester) return
  decision.mails.push(
    draftMail(desk.desk, {
      template: 'solved-confirm',
      role: 'customer',
      to: recipientOf(requester),
      language: languageFor(desk, requester.language, ticket.language),
      automatic: 'auto-generated',
      ticket,
      budget: 'notice',
      choices: ['y', 'n', 'm'],
      references: context.thread.get(ticket.number) ?? [],
      data: {
        text: typeof ticket.fields['resolution'] === 'string' ? ticket.fields['resolution'] : '',
        closesAt: null,
      },
    }),
  )
}

function whenAt(context: Parameters<typeof after>[0], when: When): Date {
  if ('span' in when) return after(context, context.now, when.span)
  const [hour = 0, minute = 0] = (when.time ?? '23:59').split(':').map(Number)
  const date = Math.floor(Date.parse(`${when.date}T00:00:00Z`) / 86_400_000)
  return new Date(context.calendar().atWall(date, (hour * 60 + minute) * 60_000))
}
