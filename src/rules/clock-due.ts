// A clock that is due is an event like a mail: rules for it run first; where none speaks, the staff are told.

import { textIn } from '../desks/text.ts'
import { advance } from '../tickets/clock.ts'
import type { ClockEvent, Context } from './context.ts'
import type { Decision } from './decision.ts'
import { systemEntry } from './entry.ts'
import { finish } from './finish.ts'
import { emptyDecision, languageFor, mail, type Sheet, say, setField, sheetOf } from './judgement.ts'
import { staffOf, tellStaff, toSupervisors } from './notify.ts'
import { workOf } from './rule-step.ts'
import { runRules } from './run.ts'
import { clockFacts, clockPlan } from './ticket-clock.ts'

export function clockDue(event: ClockEvent, context: Context): Decision {
  const judgement: Sheet = { context, decision: emptyDecision() }
  const { ticket } = event
  const clock = ticket.clocks.find((c) => c.name === event.clock)
  if (!clock) return judgement.decision
  const sheet = sheetOf(judgement, ticket)
  say(
    judgement,
    `clock ${event.clock}`,
    event.stage,
    event.stage === 'warned' ? `The clock ${event.clock} comes near its end.` : `The clock ${event.clock} ran out.`,
  )
  sheet.entries.push(systemEntry('', { clock: event.clock, stage: event.stage }))
  const dueAt = clock.dueAt
  ticket.clocks = ticket.clocks.map((c) =>
    c === clock ? advance(c, event.stage, clockPlan(context, ticket), clockFacts(ticket), context.now) : c,
  )
  const work = workOf(judgement, event, sheet, 'clock')
  const before = judgement.decision.trail.length
  runRules(work)
  for (const note of work.notes) sheet.entries.push(systemEntry(note, { by: 'rule' }))
  if (judgement.decision.trail.length === before) tellByDefault(judgement, event, dueAt)
  if (judgement.decision.mails.some((m) => m.role === 'customer')) sheet.told = true
  if (context.desk.statuses[ticket.status]?.kind === 'closed') setField(sheet, 'closed-by', 'clock', event.clock)
  finish(judgement, sheet, null)
  judgement.decision.outcome = 'changed'
  return judgement.decision
}

function tellByDefault(judgement: Sheet, event: ClockEvent, dueAt: Date | null): void {
  const { context } = judgement
  const { ticket } = event
  const template = event.stage === 'warned' ? 'clock-warning' : 'clock-breached'
  const data = { clock: event.clock, dueAt }
  tellStaff(judgement, staffOf(context, ticket), template, ticket, data)
  if (event.stage === 'breached') {
    for (const supervisor of toSupervisors(context)) {
      if (judgement.decision.mails.some((m) => m.to.address === supervisor.to.address)) continue
      mail(judgement, {
        ...supervisor,
        template,
        ticket,
        language: languageFor(context.desk, supervisor.language),
        data: {
          ...data,
          mark: context.mark,
          desk: textIn(context.desk.name, supervisor.language, context.desk.language),
        },
      })
    }
  }
}
