// What follows from a changed ticket, whoever changed it: clocks, dates, the mails a new status brings, the team it goes to.

import { staffName } from '../desks/staff.ts'
import { textIn } from '../desks/text.ts'
import type { MailDraft } from '../outbound/draft.ts'
import { applyMoment, breachAt, enterStatus, recompute, startClock, stopClock } from '../tickets/clock.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { closesAt } from './closing.ts'
import type { Context } from './context.ts'
import { systemEntry } from './entry.ts'
import {
  languageFor,
  mail,
  recipientOf,
  type Sheet,
  say,
  setField,
  staffByAddress,
  type TicketSheet,
} from './judgement.ts'
import { historyOf, teamOf, tellStaff } from './notify.ts'
import { clockFacts, clockPlan } from './ticket-clock.ts'

/**
 * Carries a changed ticket to its end. `actor` is the agent who changed it and need not be told. Clocks of `history` stand still: a
 * backlog that was imported is late by itself, and nobody is to be reminded of it.
 */
export function finish(judgement: Sheet, sheet: TicketSheet, actor: string | null, history = false): void {
  const { context } = judgement
  const { ticket, before, isNew } = sheet
  const { desk, now } = context
  if (!history) moveClocks(context, sheet)
  const statusChanged = isNew || ticket.status !== before.status
  const kind = desk.statuses[ticket.status]?.kind
  if (statusChanged) {
    if (kind === 'solved') ticket.solvedAt = now
    if (kind === 'closed') ticket.closedAt = now
    if (kind !== 'closed' && kind !== 'solved') {
      ticket.closedAt = null
      ticket.solvedAt = null
    }
  }
  if (sheet.changes.length > 0 || sheet.entries.some((e) => e.kind !== 'held')) ticket.updatedAt = now
  noteChanges(sheet, actor)
  if (isNew) promiseAnswer(judgement, sheet)
  else sayWhenItCloses(judgement, sheet)
  if (!isNew && statusChanged && !sheet.told) tellOfStatus(judgement, sheet, actor)
  tellTeams(judgement, sheet, actor)
}

/** The acknowledgement says by when an answer is due: the first clock that an answer stops. */
function promiseAnswer(judgement: Sheet, sheet: TicketSheet): void {
  const { decision, context } = judgement
  const answered = new Set(context.desk.clocks.filter((c) => c.stops.includes('agent-reply')).map((c) => c.name))
  const plan = clockPlan(context, sheet.ticket)
  const facts = clockFacts(sheet.ticket)
  const due = sheet.ticket.clocks
    .filter((clock) => answered.has(clock.name))
    .map((clock) => breachAt(clock, plan, facts))
    .filter((at) => at !== null)
    .sort((a, b) => a.getTime() - b.getTime())[0]
  if (!due) return
  decision.mails = decision.mails.map((draft) =>
    draft.ticket === sheet.ticket && draft.template === 'acknowledged'
      ? { ...draft, data: { ...draft.data, dueAt: due } }
      : draft,
  )
}

/** Whoever is asked whether it is solved reads until when it waits for them. */
function sayWhenItCloses({ decision, context }: Sheet, { ticket }: TicketSheet): void {
  decision.mails = decision.mails.map((draft) =>
    draft.ticket === ticket && draft.template === 'solved-confirm'
      ? { ...draft, data: { ...draft.data, closesAt: closesAt(context, ticket) } }
      : draft,
  )
}

function moveClocks(context: Context, sheet: TicketSheet): void {
  const { ticket, before, isNew, moments, clockWishes } = sheet
  const { now } = context
  const plan = clockPlan(context, ticket)
  const facts = clockFacts(ticket)
  let clocks = [...ticket.clocks]
  for (const moment of moments) clocks = applyMoment(clocks, moment, plan, facts, now)
  if (isNew || ticket.status !== before.status)
    clocks = enterStatus(clocks, isNew ? null : before.status, plan, facts, now)
  for (const [name, wish] of clockWishes)
    clocks = wish === 'start' ? startClock(clocks, name, plan, facts, now) : stopClock(clocks, name, plan, facts, now)
  const recounts =
    ticket.priority !== before.priority ||
    ticket.type !== before.type ||
    ticket.queue !== before.queue ||
    sheet.changes.some(({ field }) => field === 'fields.calendar')
  if (!isNew && recounts) clocks = recompute(clocks, plan, facts, now)
  ticket.clocks = clocks
}

const shown: readonly string[] = ['status', 'priority', 'type', 'subject']

/** Changes stand in the history: what customers may see without who or which rule did it, and all of them for staff. */
function noteChanges(sheet: TicketSheet, actor: string | null): void {
  if (sheet.isNew || sheet.changes.length === 0) return
  const open = sheet.changes.filter((c) => shown.includes(c.field)).map(({ field, from, to }) => ({ field, from, to }))
  if (open.length > 0) sheet.entries.push(systemEntry('', { changes: open }, true))
  sheet.entries.push(systemEntry('', { changes: sheet.changes, actor }))
}

/** The mails a new status brings to the ticket’s people; those who muted it get none. */
function tellOfStatus(judgement: Sheet, sheet: TicketSheet, actor: string | null): void {
  const { context } = judgement
  const { desk } = context
  const { ticket, before } = sheet
  const status = desk.statuses[ticket.status]
  if (!status) return
  const confirm = status.kind === 'solved' && (desk.types[ticket.type]?.confirm ?? true)
  // Who was told that it is over has to know that it is not.
  const again = status.kind !== 'closed' && desk.statuses[before.status]?.kind === 'closed'
  if (!confirm && !status.tells && !again) return
  const resolution = typeof ticket.fields.resolution === 'string' ? ticket.fields.resolution : ''
  for (const person of ticket.participants) {
    if (person.muted) continue
    // Whom the same turn already writes why it is closed needs no second mail.
    if (status.kind === 'closed' && judgement.decision.mails.some((m) => tells(m, person.address))) continue
    const asks = confirm && person.role === 'requester'
    const language = languageFor(desk, person.language, ticket.language)
    mail(judgement, {
      template: asks ? 'solved-confirm' : 'status-changed',
      role: 'customer',
      to: recipientOf(person),
      language,
      automatic: 'auto-generated',
      ticket,
      // What an agent decides is told, however much the rules have written before.
      budget: actor === null ? 'notice' : null,
      choices: asks ? ['y', 'n', 'm'] : ['m'],
      references: context.thread.get(ticket.number) ?? [],
      inReplyTo: context.thread.get(ticket.number)?.[0] ?? null,
      data: {
        from: textIn(desk.statuses[before.status]?.name, language, desk.language),
        why: '',
        reference: goesOnAs(status.kind, ticket),
        text: resolution,
        closesAt: closesAt(context, ticket),
      },
    })
  }
  if (confirm) setField(sheet, 'awaiting', 'confirmation', 'finish')
}

const tells = (draft: MailDraft, address: string): boolean => draft.role === 'customer' && draft.to.address === address

/** What a closed ticket goes on as elsewhere, where an agent named it. */
function goesOnAs(kind: string, ticket: Ticket): string {
  const reference = ticket.fields.reference
  return kind === 'closed' && typeof reference === 'string' ? reference : ''
}

function tellTeams(judgement: Sheet, sheet: TicketSheet, actor: string | null): void {
  const { context } = judgement
  const { desk, now } = context
  const { ticket, before, isNew } = sheet
  if (isNew) return
  if (ticket.assignee !== null && ticket.assignee !== before.assignee && ticket.assignee !== actor) {
    const assignee = staffByAddress(desk, ticket.assignee)
    if (assignee) {
      tellStaff(judgement, [assignee], 'agent-assigned', ticket, {
        by: actor === null ? '' : staffName(desk, actor),
        text: '',
        from: '',
        history: historyOf(context, ticket, languageFor(desk, assignee.language)),
        replies: desk.agents === 'mail',
      })
    }
    return
  }
  const statusTeam = ticket.status !== before.status ? desk.statuses[ticket.status]?.team : undefined
  const team = ticket.queue !== before.queue ? desk.queues[ticket.queue]?.team : statusTeam
  if (!team) return
  say(judgement, 'finish', 'team-told', `The team ${team} is told.`)
  // Whoever is told of what brought it there need not be told of the queue as well.
  const told = new Set(judgement.decision.mails.filter((m) => m.ticket === ticket).map((m) => m.to.address))
  for (const staff of teamOf(context, team, now).filter((member) => !told.has(member.address))) {
    const language = languageFor(desk, staff.language)
    const by = sheet.changes.find((c) => c.field === 'queue' || c.field === 'status')?.by ?? ''
    const why = by.startsWith('rule ') ? by.slice('rule '.length) : ''
    tellStaff(
      judgement,
      [staff],
      'escalation',
      ticket,
      {
        why,
        by: actor === null ? '' : staffName(desk, actor),
        to: textIn(desk.teams[team]?.name, language, desk.language) || team,
        text:
          sheet.entries.findLast(({ kind, text }) => (kind === 'note' || kind === 'agent') && text !== '')?.text ?? '',
        history: historyOf(context, ticket, language),
      },
      // Another team knows nothing of the ticket yet: it gets the whole of it, with its files.
      { except: actor, fill: { what: 'show', ticket: ticket.number, files: true } },
    )
  }
}
