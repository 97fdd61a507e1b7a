// A decision as `explain --json` and `replay` print it.

import type { Desk } from '../desks/desk.ts'
import type { Decision } from '../rules/decision.ts'

export interface DecisionJson {
  readonly kind: string
  readonly desk: string | null
  readonly ticket: string | null
  readonly trail: readonly string[]
  readonly changes: readonly {
    readonly field: string
    readonly from: unknown
    readonly to: unknown
    readonly by: string
  }[]
  readonly mails: readonly { readonly template: string; readonly to: string; readonly automatic: boolean }[]
}

/** No decision: the mail belongs to no desk and would be held. */
export function decisionOf(desk: Desk | null, decision: Decision | null): DecisionJson {
  if (desk === null || decision === null)
    return {
      kind: 'held',
      desk: null,
      ticket: null,
      trail: ['desk: no recipient address belongs to a desk'],
      changes: [],
      mails: [],
    }
  const ticket = decision.tickets[0]?.ticket ?? decision.holds.find((h) => h.ticket !== null)?.ticket ?? null
  return {
    kind: decision.outcome,
    desk: desk.desk,
    ticket: ticket === null ? null : ticket.number === 0 ? 'new' : `${desk.prefix}-${ticket.number}`,
    trail: decision.trail.map((line) => `${line.at}: ${line.why}`),
    changes: decision.tickets.flatMap((t) => t.changes),
    mails: decision.mails.map((mail) => ({
      template: mail.template,
      to: mail.to.address,
      automatic: mail.automatic !== null,
    })),
  }
}
