// A mail of ours that the next server refused, that was given up or of which nobody can know becomes an event like any other.

import { findDeliveries } from '../outbound/delivery-store.ts'
import { decide } from '../rules/decide.ts'
import { loadTickets } from '../tickets/store.ts'
import { applyDecisions } from './apply.ts'
import type { ProcessDeps } from './process.ts'
import { ticketContexts } from './sweep.ts'

export async function tellTrouble(
  deps: ProcessDeps,
  trouble: {
    readonly desk: string
    readonly id: number
    readonly state: 'bounced' | 'dead' | 'uncertain'
    readonly reason: string
  },
): Promise<void> {
  const instance = deps.instance()
  const running = instance.desks.get(trouble.desk)
  const [delivery] = await findDeliveries(deps.sql, [trouble])
  if (!running || !delivery) return
  const now = await deps.now()
  const ticket =
    delivery.ticket === null
      ? null
      : ([...(await loadTickets(deps.sql, [{ desk: trouble.desk, number: delivery.ticket }])).values()][0] ?? null)
  const [context] = await ticketContexts(deps, instance, running, [ticket], now)
  if (!context) return
  const decision = decide({ type: 'delivery', delivery, ticket, state: trouble.state, reason: trouble.reason }, context)
  const applied = await applyDecisions(deps, [{ running, context, decision, mail: null }], now)
  if (applied.queued > 0) deps.wakeOutbox()
}
