// A mail of ours that the next server refused, that was given up or of which nobody can know becomes an event like any other.

import { transaction } from '../db/transaction.ts'
import { findDeliveries } from '../outbound/delivery-store.ts'
import { findTrouble, lockTrouble, troubleKey } from '../outbound/store.ts'
import { decide } from '../rules/decide.ts'
import { loadTickets } from '../tickets/store.ts'
import { applyDecisions } from './apply.ts'
import { tellOnce } from './budget-store.ts'
import type { ProcessDeps } from './process-deps.ts'
import { ticketContexts } from './sweep.ts'

/**
 * Tells of the mails in trouble of which nobody was told yet, also of those that a process left when it ended; how many. One process
 * does so at a time, and notes it after the decision is committed: a crash in between tells twice rather than never.
 */
export async function tellTroubles(deps: ProcessDeps): Promise<number> {
  return await transaction(deps.sql, async (tx) => {
    if (!(await lockTrouble(tx))) return 0
    const troubles = await findTrouble(tx, 50)
    let told = 0
    for (const trouble of troubles) {
      const { desk, id, state } = trouble
      try {
        await tellTrouble(deps, trouble)
        await tellOnce(tx, [{ desk, key: troubleKey(trouble) }], await deps.now())
        told++
      } catch (error) {
        deps.counters.failed('trouble')
        deps.log.error({ err: error, desk, mail: id, state }, 'trouble could not be told')
      }
    }
    return told
  })
}

async function tellTrouble(
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
