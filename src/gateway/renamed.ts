// Some relays replace our Message-ID by one of their own: what they say they put there leads to the ticket like ours.

import { transaction } from '../db/transaction.ts'
import type { Renamed } from '../outbound/deliver.ts'
import { insertRefs } from '../tickets/message-store.ts'
import { hashOf } from './load-context.ts'
import type { ProcessDeps } from './process-deps.ts'

export async function noteRenamed(deps: Pick<ProcessDeps, 'sql' | 'now'>, renamed: Renamed): Promise<void> {
  const { desk, ticket, messageId } = renamed
  if (ticket === null) return
  const now = await deps.now()
  const ref = { desk, hash: hashOf(messageId), ticket, messageId, ours: true, person: null, awaited: false }
  await transaction(deps.sql, (tx) => insertRefs(tx, [ref], now))
}
