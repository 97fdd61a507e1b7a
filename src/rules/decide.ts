// The one place of policy: `decide(event, context) → Decision`. It asks nothing, sends nothing and changes nothing; the same
// event and context always give the same answer. The order of the gates below is the policy (decisions 4).

import { runAfterRules } from './after-step.ts'
import { agentMail } from './agent.ts'
import { alert } from './alert.ts'
import { banned } from './banned.ts'
import { clockDue } from './clock-due.ts'
import type { Context, Event, MailEvent } from './context.ts'
import { customerMail } from './customer.ts'
import type { Decision } from './decision.ts'
import { deliveryTrouble } from './delivery-trouble.ts'
import { finish } from './finish.ts'
import {
  automatic,
  blank,
  flood,
  forTheRecord,
  knownAuthor,
  ourselves,
  portalMismatch,
  registered,
  reports,
  requirements,
} from './gates.ts'
import { noticeHolds } from './hold-notice.ts'
import { type Gate, judgementOf } from './judgement.ts'
import { outsideReference } from './references.ts'
import { registrationForm } from './registration.ts'
import { visitAnswered } from './visit-answer.ts'

/** In this order; the first that says true ends the mail’s way. */
const gates: readonly Gate[] = [
  ourselves,
  forTheRecord,
  reports,
  banned,
  outsideReference,
  visitAnswered,
  alert,
  automatic,
  knownAuthor,
  blank,
  portalMismatch,
  agentMail,
  registrationForm,
  registered,
  requirements,
  flood,
  customerMail,
]

export function decide(event: Event, context: Context): Decision {
  switch (event.type) {
    case 'mail':
      return decideMail(event, context)
    case 'clock':
      return clockDue(event, context)
    case 'delivery':
      return deliveryTrouble(event, context)
    default:
      return event satisfies never
  }
}

function decideMail(event: MailEvent, context: Context): Decision {
  const judgement = judgementOf(event, context)
  gates.some((gate) => gate(judgement))
  for (const sheet of judgement.decision.tickets) {
    runAfterRules(judgement, sheet)
    const history = event.envelope.source === 'import' && sheet.ticket.channel === 'import'
    finish(judgement, sheet, context.agent?.address ?? null, history)
  }
  if (event.released)
    judgement.decision.settled.push({ hold: event.released.hold, state: 'released', by: event.released.by })
  noticeHolds(judgement)
  return judgement.decision
}
