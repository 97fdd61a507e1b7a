// What a template sees: the ticket, the desk, the person and the draft's own values, in the recipient's language.

import { clockTitle } from '../desks/clock-title.ts'
import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import { calendarNameOf, ticketCalendar } from '../desks/ticket-calendar.ts'
import { nameAndAddress } from '../mail/address.ts'
import { footerMark } from '../mail/message-id.ts'
import { compileCalendar } from '../tickets/calendar.ts'
import { describeHours } from '../tickets/hours-sentence.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { DraftValue, MailDraft } from './draft.ts'
import { fieldText } from './field-text.ts'
import { protectView, type View, type ViewValue } from './template.ts'

/** Links and marks, signed before. */
export interface SignedLinks {
  readonly status: string | null
  readonly portal: string | null
  /** By the name templates use. */
  readonly choices: ReadonlyMap<string, string>
  readonly replyPayload: string | null
}

const deskViews = new WeakMap<Desk, Map<string, { readonly desk: ViewValue; readonly text: ViewValue }>>()

/** The part that is the same in every mail of a desk in a language and with the same hours, made once. */
function deskView(
  desk: Desk,
  ticket: Ticket | null,
  language: string,
): { readonly desk: ViewValue; readonly text: ViewValue } {
  let views = deskViews.get(desk)
  if (!views) {
    views = new Map()
    deskViews.set(desk, views)
  }
  const key = `${language} ${calendarNameOf(desk, ticket) ?? ''}`
  const known = views.get(key)
  if (known) return known
  const made = {
    desk: protectView({
      name: textIn(desk.name, language, desk.language),
      address: desk.address,
      hours: describeHours(compileCalendar(ticketCalendar(desk, ticket)), language),
      phones: desk.phones,
      signature: textIn(desk.signature, language, desk.language).trim(),
      repliesByPortal: desk.replies === 'portal',
    }),
    text: protectView(
      Object.fromEntries(
        Object.entries(desk.texts).map(([key, value]) => [key, textIn(value, language, desk.language)]),
      ),
    ),
  }
  views.set(key, made)
  return made
}

function ticketView(ticket: Ticket, desk: Desk, draft: MailDraft): ViewValue {
  const { language } = draft
  const say = (text: Parameters<typeof textIn>[0]): string => textIn(text, language, desk.language)
  const status = desk.statuses[ticket.status]
  const priority = desk.priorities[ticket.priority]
  const staff = draft.role === 'agent' || draft.role === 'supervisor'
  const hidden = draft.withoutSender === true
  const requester =
    ticket.participants.find((p) => p.person === ticket.requester && p.role === 'requester') ??
    ticket.participants.find((p) => p.role === 'requester')
  const requesterName = hidden ? '' : requester?.name || requester?.address || ''
  const customersTurn = status?.kind === 'waiting' || status?.kind === 'solved'
  // In the order in which the desk lists them.
  const fields = hidden
    ? []
    : Object.entries(desk.fields).flatMap(([key, field]): [string, string, string][] => {
        const value = ticket.fields[key] ?? null
        return value === null || value === '' || !(field.public || staff)
          ? []
          : [[key, say(field.name) || key, fieldText(field, value, { language, fallback: desk.language })]]
      })
  return {
    token: ticket.number > 0 ? `${desk.prefix}-${ticket.number}` : '',
    subject: hidden ? '' : ticket.subject,
    status: status ? say(status.name) : ticket.status,
    statusMeaning: say(status?.meaning),
    // The desk's word for the customer is "you", which staff would read of themselves.
    acts: customersTurn && staff ? requesterName : say(status?.acts),
    waiting: status?.kind === 'waiting',
    closed: status?.kind === 'closed',
    priority: priority ? say(priority.name) : ticket.priority,
    priorityMeaning: say(priority?.meaning),
    type: say(desk.types[ticket.type]?.name) || ticket.type,
    queue: say(desk.queues[ticket.queue]?.name) || ticket.queue,
    assignee:
      ticket.assignee === null ? '' : (desk.staff.find((s) => s.address === ticket.assignee)?.name ?? ticket.assignee),
    requester: requesterName,
    requesterAddress: hidden ? '' : (requester?.address ?? ''),
    requesterWithAddress: hidden || !requester ? '' : nameAndAddress(requester),
    createdAt: ticket.createdAt,
    updatedAt: ticket.updatedAt,
    fields: fields.map(([, name, value]) => ({ name, value })),
    field: Object.fromEntries(fields.map(([key, , value]) => [key, value])),
    people: staff ? ticket.participants.map(nameAndAddress) : [],
  }
}

/** Values a sender wrote; left out of mails that must not repeat them. */
const senderValues = new Set(['text', 'subject', 'from', 'given', 'captures'])

/** The whole view of a draft, protected. */
export function buildView(draft: MailDraft, desk: Desk, links: SignedLinks, now: Date): View {
  const { ticket, language } = draft
  const fixed = deskView(desk, ticket, language)
  const data: Record<string, DraftValue> =
    draft.withoutSender === true
      ? Object.fromEntries(Object.entries(draft.data).filter(([key]) => !senderValues.has(key)))
      : draft.data
  const token = ticket !== null && ticket.number > 0 ? `${desk.prefix}-${ticket.number}` : null
  return {
    desk: fixed.desk,
    text: fixed.text,
    ticket: ticket === null ? null : protectView(ticketView(ticket, desk, draft)),
    person: protectView({ name: draft.withoutSender === true ? '' : draft.to.name, address: draft.to.address }),
    link: protectView({ status: links.status }),
    portal: protectView({ url: links.portal }),
    choice: protectView(Object.fromEntries(links.choices)),
    mark: token !== null && links.replyPayload !== null ? protectView(footerMark(token, links.replyPayload)) : null,
    data: protectView(
      typeof data.clock === 'string' ? { ...data, clock: clockTitle(desk, data.clock, language) } : data,
    ),
    now,
  }
}
