// The open cases of a mail's author, for desks that want no second ticket for one of them.

import type { Queryable } from '../db/pool.ts'
import type { Context } from '../rules/context.ts'
import { loadRecent } from '../tickets/history-store.ts'
import { loadThreads } from '../tickets/message-store.ts'
import { keyOf, loadTickets, type TicketKey } from '../tickets/store.ts'

/** The contexts with `openCases`, in the same order; nothing is asked for mails that found a ticket already. */
export async function withOpenCases(sql: Queryable, contexts: readonly Context[]): Promise<Context[]> {
  const wanted = contexts.map((context): readonly TicketKey[] => {
    const { desk, history, candidates } = context
    const joined = context.carried.find((c) => c.carrier === 'address' && c.signed.purpose === 'j')
    if (joined) {
      const target = candidates.find((c) => c.signed === joined.signed)?.ticket.fields.resembles
      return typeof target === 'number' ? [{ desk: desk.desk, number: target }] : []
    }
    if (!desk['open-cases'] || candidates.length > 0) return []
    return history.openTickets.map(({ number }) => ({ desk: desk.desk, number }))
  })
  const keys = [...new Map(wanted.flat().map((key) => [keyOf(key), key])).values()]
  if (keys.length === 0) return [...contexts]
  const [tickets, recent, threads] = await Promise.all([
    loadTickets(sql, keys),
    loadRecent(sql, keys, 12),
    loadThreads(sql, keys),
  ])
  return contexts.map((context, n): Context => {
    const cases = (wanted[n] ?? []).flatMap((key) => {
      // The same ticket is the same object, however the mail names it.
      const known =
        context.named.get(key.number) ?? context.candidates.find((c) => c.ticket.number === key.number)?.ticket
      const ticket = known ?? tickets.get(keyOf(key))
      const text = (recent.get(keyOf(key)) ?? [])
        .filter((entry) => entry.kind === 'customer')
        .map((entry) => entry.text)
        .join('\n')
      return ticket && ticket.mergedInto === null ? [{ ticket, text }] : []
    })
    if (cases.length === 0) return context
    return {
      ...context,
      openCases: cases,
      recent: new Map([
        ...context.recent,
        ...cases.map(({ ticket }) => [ticket.number, recent.get(keyOf(ticket)) ?? []] as const),
      ]),
      thread: new Map([
        ...context.thread,
        ...cases.map(({ ticket }) => [ticket.number, threads.get(keyOf(ticket)) ?? []] as const),
      ]),
    }
  })
}
