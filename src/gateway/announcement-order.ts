// An announcement is ordered: its recipients are fixed then.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { type ContactFilter, fitsFilter } from '../desks/contact-filter.ts'
import type { Person } from '../desks/person.ts'
import { loadRegistered } from '../desks/store.ts'
import { insertAnnouncement } from './announcement-store.ts'

/** Whom a filter means: one address of each contact, the first that the desk met. */
export async function chosenPeople(sql: Queryable, desk: string, filter: ContactFilter): Promise<Person[]> {
  const chosen = new Map<string, Person>()
  for (const person of await loadRegistered(sql, desk)) {
    const { contact } = person
    if (contact && !chosen.has(contact.key) && fitsFilter(contact, filter)) chosen.set(contact.key, person)
  }
  return [...chosen.values()]
}

/** Orders an announcement; its number and how many people it goes to. */
export async function orderAnnouncement(
  tx: Tx,
  order: {
    readonly desk: string
    readonly title: string
    readonly text: string
    readonly filter: ContactFilter
    readonly by: string
  },
  now: Date,
): Promise<{ readonly id: number; readonly people: number }> {
  const people = await chosenPeople(tx, order.desk, order.filter)
  return { id: await insertAnnouncement(tx, { ...order, people }, now), people: people.length }
}
