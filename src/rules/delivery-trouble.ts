// A mail of ours that the next server refused, that was given up, or of which nobody can know: it stands on the ticket and its author is told.

import { runEventRules } from './after-step.ts'
import type { Context, DeliveryEvent } from './context.ts'
import type { Decision } from './decision.ts'
import { systemEntry } from './entry.ts'
import { finish } from './finish.ts'
import { emptyDecision, mail, type Sheet, say, sheetOf, staffByAddress } from './judgement.ts'
import { toStaff } from './notify.ts'

export function deliveryTrouble(event: DeliveryEvent, context: Context): Decision {
  const judgement: Sheet = { context, decision: emptyDecision() }
  const { delivery, ticket, state, reason } = event
  say(judgement, 'delivery', state, `The mail "${delivery.subject}" to ${delivery.recipient} is ${state}: ${reason}`)
  if (ticket) {
    const sheet = sheetOf(judgement, ticket)
    sheet.entries.push({
      ...systemEntry('', {
        delivery: delivery.id,
        state,
        recipient: delivery.recipient,
        reason: reason.slice(0, 500),
        template: delivery.template,
      }),
      kind: 'report',
    })
    runEventRules(judgement, event, sheet, 'delivery')
    finish(judgement, sheet, null)
  }
  const author = delivery.author === null ? undefined : staffByAddress(context.desk, delivery.author)
  if (author) {
    mail(judgement, {
      ...toStaff(context, author),
      template: state === 'uncertain' ? 'delivery-unknown' : 'delivery-failed',
      ticket,
      subjectId: delivery.id,
      choices: state === 'uncertain' ? ['x', 'v'] : [],
      data: {
        recipient: delivery.recipient,
        reason: reason.slice(0, 500),
        status: '',
        subject: delivery.subject,
        at: delivery.createdAt,
      },
    })
  }
  judgement.decision.outcome = 'changed'
  return judgement.decision
}
