import type { Ticket } from './ticket.ts'

/** What has to be said of a ticket that is about to be opened; everything else begins empty. */
export type TicketBeginning = Pick<
  Ticket,
  'desk' | 'subject' | 'status' | 'priority' | 'type' | 'queue' | 'language' | 'channel'
>

/** A ticket without number and people. */
export function emptyTicket(beginning: TicketBeginning, now: Date): Ticket {
  return {
    ...beginning,
    number: 0,
    version: 0,
    assignee: null,
    requester: 0,
    fields: {},
    tags: [],
    mergedInto: null,
    createdAt: now,
    updatedAt: now,
    firstResponseAt: null,
    solvedAt: null,
    closedAt: null,
    lastCustomerAt: now,
    lastAgentAt: null,
    lastAgent: null,
    reopens: 0,
    participants: [],
    clocks: [],
  }
}
