// What a decision may know beside the mail's own tickets: tickets that share a reference, open incidents and their members, bans,
// whose turn it is, and the organisation behind a domain. One question each for the whole batch, asked only where a desk wants it.

import type { Queryable } from '../db/pool.ts'
import { loadBans } from '../desks/ban-store.ts'
import { findOrganisationsByDomain } from '../desks/organisation-store.ts'
import type { InboundMessage } from '../inbound/message.ts'
import type { Context } from '../rules/context.ts'
import { referencesIn } from '../rules/references.ts'
import { findByReference, findIncidents, findLatestGiven, findMembers } from '../tickets/group-store.ts'
import { loadRecent } from '../tickets/history-store.ts'
import { loadThreads } from '../tickets/message-store.ts'
import { keyOf, loadTickets } from '../tickets/store.ts'

/** The contexts with what stands around them, in the same order. */
export async function withSurroundings(
  sql: Queryable,
  messages: readonly InboundMessage[],
  contexts: readonly Context[],
): Promise<Context[]> {
  const deskOf = (context: Context): string => context.desk.desk
  const desks = [...new Set(contexts.map(deskOf))]
  if (desks.length === 0) return []
  const references = contexts.map((context, n) => {
    const message = messages[n]
    return message && context.desk.references.length > 0 ? referencesIn(context.desk, message) : []
  })
  const domains = contexts.map((context, n) => unknownDomain(context, messages[n]))
  const incidentOf = (context: Context) => {
    const ticket = context.candidates[0]?.ticket
    return context.agent && ticket?.fields.incident === 'open' ? ticket : undefined
  }
  const turning = contexts.filter(
    (context, n) =>
      contexts.findIndex((other) => deskOf(other) === deskOf(context)) === n &&
      Object.values(context.desk.teams).some((team) => team.assign === 'round-robin'),
  )
  const [bans, incidents, referring, members, given, organisations] = await Promise.all([
    loadBans(sql, desks),
    findIncidents(sql, desks),
    findByReference(
      sql,
      contexts.flatMap((context, n) =>
        (references[n] ?? []).map((reference) => ({ desk: deskOf(context), reference })),
      ),
    ),
    findMembers(
      sql,
      contexts.flatMap((context) => {
        const incident = incidentOf(context)
        return incident ? [{ desk: incident.desk, number: incident.number }] : []
      }),
    ),
    findLatestGiven(
      sql,
      turning.flatMap((context) =>
        context.desk.staff.map((staff) => ({ desk: deskOf(context), address: staff.address })),
      ),
    ),
    findOrganisationsByDomain(
      sql,
      contexts.flatMap((context, n) => {
        const domain = domains[n]
        return domain ? [{ desk: deskOf(context), domain }] : []
      }),
    ),
  ])
  const keys = [...new Map([...referring, ...members].map((key) => [keyOf(key), key])).values()]
  const tickets = await loadTickets(sql, keys)
  const [recent, threads] =
    keys.length === 0
      ? [new Map(), new Map()]
      : await Promise.all([loadRecent(sql, referring, 12), loadThreads(sql, keys)])
  const places = new Map<string, number>()
  return contexts.map((context, n): Context => {
    const desk = deskOf(context)
    const place = places.get(desk) ?? 0
    places.set(desk, place + 1)
    // A ticket that the mail itself is about is one object in the whole context.
    const own = new Map(context.candidates.map((c) => [keyOf(c.ticket), c.ticket]))
    const ticketsOf = (list: readonly { readonly desk: string; readonly number: number }[]) =>
      list.flatMap((key) => own.get(keyOf(key)) ?? tickets.get(keyOf(key)) ?? [])
    const mine = referring.filter((r) => r.desk === desk && references[n]?.includes(r.reference))
    const incident = incidentOf(context)
    const mineMembers = members.filter((m) => incident && m.desk === desk && m.incident === incident.number)
    const extra = [...mine, ...mineMembers]
    return {
      ...context,
      referring: ticketsOf(mine),
      incidents: incidents.filter((i) => i.desk === desk),
      members: ticketsOf(mineMembers),
      bans: bans.filter((b) => b.desk === desk),
      organisation: organisations.find((o) => o.desk === desk && o.domain === domains[n])?.organisation ?? null,
      ...(turning.some((t) => deskOf(t) === desk)
        ? { turns: { latest: new Map(given.filter((g) => g.desk === desk).map((g) => [g.address, g.number])), place } }
        : {}),
      recent: new Map([...extra.map((k) => [k.number, recent.get(keyOf(k)) ?? []] as const), ...context.recent]),
      thread: new Map([...extra.map((k) => [k.number, threads.get(keyOf(k)) ?? []] as const), ...context.thread]),
    }
  })
}

/** The domain of a proved sender whom the desk has not registered. */
function unknownDomain(context: Context, message: InboundMessage | undefined): string | null {
  const address = message?.from?.address
  if (address === undefined || context.agent || context.sender?.contact || context.authentication.result !== 'pass')
    return null
  return address.slice(address.lastIndexOf('@') + 1)
}
