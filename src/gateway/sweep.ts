// Turns due clocks into events and carries out what is decided of them.

import { loadStaffSettings, withStaffSettings } from '../desks/staff-store.ts'
import { loadPeople } from '../desks/store.ts'
import type { Context } from '../rules/context.ts'
import { decide } from '../rules/decide.ts'
import { clockFacts, clockPlan } from '../rules/ticket-clock.ts'
import { dueStage } from '../tickets/clock.ts'
import { findDueClocks } from '../tickets/clock-store.ts'
import { loadRecent } from '../tickets/history-store.ts'
import { loadThreads } from '../tickets/message-store.ts'
import { keyOf, loadTickets } from '../tickets/store.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { applyDecisions, Conflict, type Judged } from './apply.ts'
import type { ProcessDeps } from './process-deps.ts'
import { instanceFacts, type RunningDesk, type RunningInstance } from './running-desk.ts'

/** Works off clocks that are due; how many events that made. */
export async function sweepOnce(deps: ProcessDeps): Promise<number> {
  const now = await deps.now()
  const due = await findDueClocks(deps.sql, now, 100)
  if (due.length === 0) return 0
  const instance = deps.instance()
  const tickets = await loadTickets(deps.sql, [
    ...new Map(due.map((d) => [`${d.desk}#${d.ticket}`, { desk: d.desk, number: d.ticket }])).values(),
  ])
  const seen = new Set<string>()
  let events = 0
  for (const { desk, ticket: number, name } of due) {
    const key = keyOf({ desk, number })
    const ticket = tickets.get(key)
    const running = instance.desks.get(desk)
    // One event a ticket and turn: the second sees what the first did.
    if (!ticket || !running || seen.has(key)) continue
    seen.add(key)
    const [context] = await ticketContexts(deps, instance, running, [ticket], now)
    const clock = ticket.clocks.find((c) => c.name === name)
    if (!context || !clock) continue
    const stage = dueStage(clock, clockPlan(context, ticket), clockFacts(ticket), now) ?? 'breached'
    const decision = decide({ type: 'clock', ticket, clock: name, stage }, context)
    const judged: Judged = { running, context, decision, mail: null }
    try {
      const applied = await applyDecisions(deps, [judged], now)
      if (applied.queued > 0) deps.wakeOutbox()
      deps.counters.decided(desk, 'clock')
      deps.log.info({ desk, ticket: number, clock: name, stage }, 'clock due')
      events += 1
    } catch (error) {
      if (error instanceof Conflict) {
        // A mail changed the ticket meanwhile: the clock is looked at again with what it changed.
        deps.log.debug({ desk, ticket: number, clock: name }, 'due clock waits: its ticket is busy')
        continue
      }
      deps.counters.failed('sweep')
      deps.log.error({ desk, ticket: number, clock: name, err: error }, 'due clock failed')
    }
  }
  return events
}

/** Contexts for events that are no mail. */
export async function ticketContexts(
  deps: ProcessDeps,
  instance: RunningInstance,
  running: RunningDesk,
  tickets: readonly (Ticket | null)[],
  now: Date,
): Promise<Context[]> {
  const desk = withStaffSettings(running.desk, await loadStaffSettings(deps.sql, [running.desk.desk]))
  const keys = tickets.flatMap((t) => (t ? [{ desk: t.desk, number: t.number }] : []))
  const addresses = [
    ...new Set([
      ...desk.staff.map((s) => s.address),
      ...desk.supervisors,
      ...tickets.flatMap((t) => t?.participants.map((p) => p.address) ?? []),
    ]),
  ]
  const [people, recent, threads] = await Promise.all([
    loadPeople(
      deps.sql,
      addresses.map((address) => ({ desk: desk.desk, address })),
    ),
    loadRecent(deps.sql, keys, 12),
    loadThreads(deps.sql, keys),
  ])
  return tickets.map((ticket) => ({
    now,
    desk,
    rules: running.rules,
    sender: null,
    agent: null,
    authentication: { result: 'none', by: 'nobody', detail: '' },
    instance: instanceFacts(instance),
    carried: [],
    own: false,
    candidates: ticket ? [{ rung: 'message-id', ticket, signed: null }] : [],
    people: new Map([...people.values()].map((p) => [p.address, p])),
    holds: [],
    heldSender: null,
    deliveries: [],
    history: { lastTicket: null, openTickets: [], ticketsToday: 0 },
    twins: [],
    mark: deps.mark(),
    recent: new Map(ticket ? [[ticket.number, recent.get(keyOf(ticket)) ?? []]] : []),
    thread: new Map(ticket ? [[ticket.number, threads.get(keyOf(ticket)) ?? []]] : []),
    named: new Map(),
    calendar: running.calendar,
    similar: [],
    undoable: [],
    notifiedAt: null,
    answersAutomaticAt: null,
    reopeningsSpent: new Set(),
  }))
}
