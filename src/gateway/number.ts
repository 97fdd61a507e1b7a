// Gives numbers to what a batch of decisions makes new: tickets, people, outgoing mails, holds. One statement for the counters and one
// for the people, before the transaction: a number that is not used in the end leaves a gap, never a queue.

import type { Sql } from '../db/pool.ts'
import { ensurePeople, type NewPerson, personKey } from '../desks/store.ts'
import type { MailDraft } from '../outbound/draft.ts'
import type { Decision } from '../rules/decision.ts'
import { takeNumbers } from '../tickets/store.ts'
import type { Ticket } from '../tickets/ticket.ts'

export interface Numbered {
  readonly decision: Decision
  readonly desk: string
  /** Ids of the decision’s holds, in their order. */
  readonly holds: readonly number[]
  /** Outbound id and person of each mail, in their order. */
  readonly mails: readonly { readonly id: number; readonly person: number }[]
}

/** Numbers new tickets in place and returns the ids of the rest. */
export async function numberDecisions(
  sql: Sql,
  list: readonly { readonly desk: string; readonly decision: Decision }[],
  now: Date,
): Promise<Numbered[]> {
  const unknown = new Map<string, { desk: string; address: string; name: string; language: string | null }>()
  const meet = (desk: string, address: string, name: string, language: string | null): void => {
    const key = personKey({ desk, address })
    if (address !== '' && !unknown.has(key)) unknown.set(key, { desk, address, name, language })
  }
  const wanted = new Map<string, { tickets: number; persons: number; outbound: number; holds: number }>()
  for (const { desk, decision } of list) {
    const w = wanted.get(desk) ?? { tickets: 0, persons: 0, outbound: 0, holds: 0 }
    w.tickets += decision.tickets.filter((t) => t.ticket.number === 0).length
    w.outbound += decision.mails.length
    w.holds += decision.holds.length
    wanted.set(desk, w)
    for (const { ticket } of decision.tickets)
      for (const p of ticket.participants) if (p.person === 0) meet(desk, p.address, p.name, p.language)
    for (const mail of decision.mails) if (mail.to.person === 0) meet(desk, mail.to.address, mail.to.name, null)
    for (const contact of decision.contacts) meet(desk, contact.address, contact.name, null)
  }
  for (const { desk } of unknown.values()) {
    const w = wanted.get(desk)
    if (w) w.persons += 1
  }
  const first = await takeNumbers(sql, wanted)
  const next = (desk: string, what: 'ticket' | 'person' | 'outbound' | 'hold'): number => {
    const counter = first.get(desk)
    if (!counter) throw new Error(`no numbers for desk ${desk}`)
    const number = counter[what]
    counter[what] += 1
    return number
  }
  const newcomers: NewPerson[] = [...unknown.values()].map((p) => ({ ...p, id: next(p.desk, 'person') }))
  const ids = await ensurePeople(sql, newcomers, now)
  return list.map(({ desk, decision }) => {
    for (const { ticket } of decision.tickets) numberTicket(ticket, desk, ids, () => next(desk, 'ticket'))
    return {
      decision,
      desk,
      holds: decision.holds.map(() => next(desk, 'hold')),
      mails: decision.mails.map((mail: MailDraft) => ({
        id: next(desk, 'outbound'),
        person: mail.to.person || (ids.get(personKey({ desk, address: mail.to.address })) ?? 0),
      })),
    }
  })
}

function numberTicket(ticket: Ticket, desk: string, ids: ReadonlyMap<string, number>, take: () => number): void {
  if (ticket.number === 0) ticket.number = take()
  ticket.participants = ticket.participants
    .map((p) => (p.person === 0 ? { ...p, person: ids.get(personKey({ desk, address: p.address })) ?? 0 } : p))
    .filter((p) => p.person !== 0)
  ticket.requester = ticket.participants.find((p) => p.role === 'requester')?.person ?? ticket.requester
}
