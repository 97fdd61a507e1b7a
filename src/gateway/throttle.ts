// May a mail leave? What was told once is not told again, and automatic mail takes its tokens. Returns null, or why it is suppressed.

import type { Tx } from '../db/transaction.ts'
import type { MailDraft } from '../outbound/draft.ts'
import type { Judged } from './apply.ts'
import { tellOnce } from './budget-store.ts'
import type { RunningDesk } from './running-desk.ts'

export interface Asked {
  readonly draft: MailDraft
  readonly judged: Judged | null
  readonly running: RunningDesk
}

export async function throttle(tx: Tx, asked: readonly Asked[], now: Date): Promise<(string | null)[]> {
  const onces = asked.flatMap(({ draft }) => (draft.once === null ? [] : [{ desk: draft.desk, key: draft.once }]))
  const fresh = await tellOnce(tx, onces, now)
  return asked.map(({ draft }) =>
    draft.once !== null && !fresh.has(`${draft.desk} ${draft.once}`) ? `told before: ${draft.once}` : null,
  )
}
