// The rules of a desk as one step of a judgement: what they wish is written on the sheet, what they forbid ends the mail’s way.

import type { Event, EventName, Work } from './context.ts'
import { systemEntry } from './entry.ts'
import { finding } from './finding.ts'
import { hold, type Judgement, mail, recipientOf, type Sheet, senderLanguage, type TicketSheet } from './judgement.ts'
import { runRules } from './run.ts'

export function workOf(judgement: Sheet, event: Event, sheet: TicketSheet, name: EventName): Work {
  return {
    event,
    name,
    context: judgement.context,
    ticket: sheet.ticket,
    captures: new Map(),
    changes: sheet.changes,
    mails: judgement.decision.mails,
    trail: judgement.decision.trail,
    links: judgement.decision.links,
    calls: judgement.decision.calls,
    clockWishes: sheet.clockWishes,
    hold: null,
    refuse: null,
    notes: [],
    acknowledgement: sheet.acknowledgement,
    going: true,
  }
}

/** Runs the rules for an event of a ticket. `hold` and `refuse` mean that the mail’s way ends here; it is kept in both cases. */
export function runTicketRules(judgement: Judgement, sheet: TicketSheet, name: EventName): 'go' | 'hold' | 'refuse' {
  const work = workOf(judgement, judgement.event, sheet, name)
  runRules(work)
  for (const note of work.notes) sheet.entries.push(systemEntry(note, { by: 'rule' }))
  const ticket = sheet.isNew ? null : sheet.ticket
  if (judgement.event.released) return 'go'
  if (work.hold) {
    hold(judgement, 'rules', work.hold.reason, finding('said', { what: work.hold.why }), {
      ticket,
      release: ticket ? 'append' : 'open',
    })
    return 'hold'
  }
  if (work.refuse) {
    const { template, why } = work.refuse
    const because = why ? finding('said', { what: why }) : finding('refused-with', { what: template })
    hold(judgement, 'rules', 'rule', because, { ticket, release: ticket ? 'append' : 'open' })
    const requester = sheet.ticket.participants[0]
    if (requester) {
      mail(judgement, {
        template: work.refuse.template,
        role: 'customer',
        to: recipientOf(requester),
        language: senderLanguage(judgement),
        automatic: 'auto-replied',
        budget: 'acknowledgement',
        ticket,
        withoutSender: judgement.context.authentication.result !== 'pass',
        inReplyTo: judgement.event.message.messageId,
        data: { captures: Object.fromEntries(work.captures), why: work.refuse.why },
      })
    }
    return 'refuse'
  }
  return 'go'
}
