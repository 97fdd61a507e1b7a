// Judges a mail without carrying anything out: for `explain`, `replay` and `plan`.

import type { Queryable } from '../db/pool.ts'
import type { Envelope, InboundMessage } from '../inbound/message.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Context, MailEvent } from '../rules/context.ts'
import { decide } from '../rules/decide.ts'
import type { Decision } from '../rules/decision.ts'
import { explainRules, type RuleExplanation } from '../rules/explain-rule.ts'
import { judgementOf, sheetOf } from '../rules/judgement.ts'
import { blankTicket } from '../rules/new-ticket.ts'
import { workOf } from '../rules/rule-step.ts'
import { loadContexts } from './load-context.ts'
import type { RunningDesk, RunningInstance } from './running-desk.ts'

export interface Considered {
  readonly decision: Decision
  readonly context: Context
  /** Every rule with its conditions’ values, as the mail meets them first. */
  readonly rules: readonly RuleExplanation[]
}

export async function consider(
  sql: Queryable,
  instance: RunningInstance,
  subject: {
    readonly running: RunningDesk
    readonly raw: number
    readonly message: InboundMessage
    readonly envelope: Envelope
    readonly authentication: Authentication
  },
  now: Date,
): Promise<Considered | null> {
  // Deciding writes on the tickets it was given, so the rules are explained on tickets of their own.
  const [context, other] = await Promise.all([one(), one()])
  if (!context || !other) return null
  const event: MailEvent = {
    type: 'mail',
    message: subject.message,
    envelope: subject.envelope,
    mail: subject.raw,
    released: null,
  }
  const known = other.candidates[0]?.ticket
  const judgement = judgementOf(event, other)
  const sheet = sheetOf(judgement, known ?? blankTicket(judgement, {}), known === undefined)
  const rules = explainRules(workOf(judgement, event, sheet, other.agent && known ? 'agent' : known ? 'reply' : 'new'))
  return { decision: decide(event, context), context, rules }

  async function one(): Promise<Context | undefined> {
    return (await loadContexts(sql, instance, [subject], now, ['']))[0]
  }
}
