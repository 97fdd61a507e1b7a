import type { Sheet } from '../rules/judgement.ts'
import { applyDecisions } from './apply.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { RunningDesk } from './running-desk.ts'

/** Sends what was decided without any mail as its occasion, such as a reminder or a report; how many mails were queued. */
export async function sendSheet(deps: ProcessDeps, running: RunningDesk, sheet: Sheet, now: Date): Promise<number> {
  if (sheet.decision.mails.length === 0) return 0
  const decision = { ...sheet.decision, outcome: 'changed' as const }
  const applied = await applyDecisions(deps, [{ running, context: sheet.context, decision, mail: null }], now)
  if (applied.queued > 0) deps.wakeOutbox()
  return applied.queued
}
