// Who of the staff is told, and with what.

import type { Staff } from '../desks/desk.ts'
import type { DraftValue, MailDraft } from '../outbound/draft.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Context } from './context.ts'
import { languageFor, mail, type Sheet, staffByAddress } from './judgement.ts'
import { shownHistory } from './shown-history.ts'

/** The assignee, else the members of the queue's team; absent people are left out while somebody else is there. */
export function staffOf(context: Context, ticket: Ticket): readonly Staff[] {
  const { desk, now } = context
  const assignee = ticket.assignee === null ? undefined : staffByAddress(desk, ticket.assignee)
  const team = desk.queues[ticket.queue]?.team ?? ''
  if (!assignee) return teamOf(context, team, now)
  // Whoever is away finds it in the mailbox later; somebody who is there has to see it now.
  return isAway(assignee, now)
    ? [assignee, ...teamOf(context, team, now).filter((staff) => staff !== assignee)]
    : [assignee]
}

export function teamOf(context: Context, team: string, now: Date): readonly Staff[] {
  const { desk } = context
  const named = desk.teams[team]?.members ?? []
  const members = desk.staff.filter(
    (staff) => staff.active && (named.includes(staff.address) || staff.groups.includes(team)),
  )
  const present = members.filter((staff) => !isAway(staff, now))
  return present.length > 0 ? present : members
}

export function isAway(staff: Staff, now: Date): boolean {
  const today = now.toISOString().slice(0, 10)
  return staff.away.some((absence) => absence.from <= today && today <= absence.until)
}

export function toStaff(
  context: Context,
  staff: Staff,
): Pick<MailDraft, 'to' | 'role' | 'language' | 'automatic' | 'budget'> {
  return {
    to: {
      address: staff.address,
      name: staff.name,
      person: context.people.get(staff.address)?.id ?? 0,
      zone: staff.zone ?? null,
    },
    role: 'agent',
    language: languageFor(context.desk, staff.language),
    automatic: 'auto-generated',
    budget: 'staff',
  }
}

/** Supervisors are addresses; those who are staff too are written to in their language. */
export function toSupervisors(
  context: Context,
): readonly Pick<MailDraft, 'to' | 'role' | 'language' | 'automatic' | 'budget'>[] {
  return context.desk.supervisors.map((address) => {
    const staff = staffByAddress(context.desk, address)
    return {
      to: {
        address,
        name: staff?.name ?? '',
        person: context.people.get(address)?.id ?? 0,
        zone: staff?.zone ?? null,
      },
      role: 'supervisor' as const,
      language: languageFor(context.desk, staff?.language),
      automatic: 'auto-generated' as const,
      budget: 'staff' as const,
    }
  })
}

/** One mail to each of `people` about a ticket; an agent who caused the event is not told of it. */
export function tellStaff(
  sheet: Sheet,
  people: readonly Staff[],
  template: string,
  ticket: Ticket,
  data: Readonly<Record<string, DraftValue>>,
  options: {
    readonly except?: string | null
    readonly attachments?: readonly number[]
    readonly inReplyTo?: string | null
    readonly fill?: MailDraft['fill']
    /** See `MailDraft.once`. */
    readonly once?: string
  } = {},
): void {
  for (const staff of people) {
    if (staff.address === options.except) continue
    mail(sheet, {
      ...toStaff(sheet.context, staff),
      template,
      ticket,
      data: { mark: sheet.context.mark, ...data },
      attachments: options.attachments ?? [],
      references: sheet.context.thread.get(ticket.number) ?? [],
      ...(options.fill === undefined ? {} : { fill: options.fill }),
      ...(options.once === undefined ? {} : { once: options.once }),
    })
  }
}

/** Earlier entries of the ticket as the agent's mail shows them, newest first. */
export function historyOf(context: Context, ticket: Ticket, language: string): DraftValue {
  // Entries of the gateway itself have no text: changes, links, numbers. They stand on the page and in `guichet show`.
  return shownHistory(context.desk, context.recent.get(ticket.number) ?? [], language, { most: 5, longest: 2000 })
}
