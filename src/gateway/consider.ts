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

/** `options.without` is the ticket that this very mail opened: it is judged as if that were not there yet. */
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
  options: { readonly without?: number | null } = {},
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
    const [context] = await loadContexts(sql, instance, [subject], now, [''])
    const { without } = options
    if (!context || without === undefined || without === null) return context
    const { history } = context
    return {
      ...context,
      candidates: context.candidates.filter(({ ticket }) => ticket.number !== without),
      ...(context.openCases ? { openCases: context.openCases.filter(({ ticket }) => ticket.number !== without) } : {}),
      named: new Map([...context.named].filter(([number]) => number !== without)),
      history: {
        ...history,
        openTickets: history.openTickets.filter(({ number }) => number !== without),
        latest: (history.latest ?? []).filter(({ number }) => number !== without),
      },
    }
  }
}
