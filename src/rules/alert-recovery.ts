// A problem is over, or its system remarks on it.

import { tellSubscribers, tellTeamOfAlert } from './alert-news.ts'
import {
  type AlertStory,
  enter,
  kindOf,
  nameOf,
  remember,
  runAlertRules,
  tagFlapping,
  valuesOf,
} from './alert-story.ts'
import type { AlertTurn } from './context.ts'
import { change, say, sheetOf } from './judgement.ts'

/** The end of a problem: its ticket is solved; one that nobody knew of is remembered. */
export function judgeRecovery(story: AlertStory): AlertTurn {
  const { judgement, known, source } = story
  if (known === null || known.ticket === null) {
    say(
      judgement,
      'alert',
      'recovery-first',
      `${source.name} says that ${nameOf(story)} is over, which nobody knew of: remembered, should the problem arrive late.`,
    )
    remember(story, { ticket: null, state: 'recovered', repeats: 0, flaps: 0, turns: [], flapping: false })
    return 'noted'
  }
  const { ticket } = known
  const sheet = sheetOf(judgement, ticket)
  enter(story, sheet, 'recovered')
  const target = statusAfter(story)
  const kind = kindOf(story, ticket)
  const open = kind !== 'closed' && kind !== 'solved'
  if (open && target) {
    change(sheet, 'status', target, `alert ${source.name}`)
    sheet.told = true
  }
  say(
    judgement,
    'alert',
    'recovered',
    open
      ? `${source.name} says that ${nameOf(story)} is over: its ticket is ${target ?? 'as it was'}.`
      : `${nameOf(story)} is over.`,
  )
  remember(story, { ...known, ticket, state: 'recovered' })
  runAlertRules(story, sheet, 'recovered')
  if (open && !known.flapping) {
    tellTeamOfAlert(story, sheet, 'recovered')
    tellSubscribers(story, sheet.ticket, 'recovery', valuesOf(story, 1, 0))
  }
  return 'recovered'
}

function statusAfter(story: AlertStory): string | undefined {
  const { statuses } = story.judgement.context.desk
  const ofKind = (kind: string): string | undefined =>
    Object.entries(statuses).find(([, status]) => status.kind === kind)?.[0]
  return story.source['on-recovery'] ?? ofKind('solved') ?? ofKind('closed')
}

/** The system’s own remark about a problem. */
export function judgeRemark(story: AlertStory): AlertTurn {
  const { judgement, known, source, reading } = story
  if (known?.ticket) {
    const sheet = sheetOf(judgement, known.ticket)
    enter(story, sheet, 'noted')
    if (reading.state === 'flapping') {
      tagFlapping(story, sheet)
      remember(story, { ...known, flapping: true })
    }
  }
  say(
    judgement,
    'alert',
    reading.state,
    `${source.name} remarks on ${nameOf(story)}: ${known?.ticket ? 'noted on its ticket' : 'there is no ticket of it'}.`,
  )
  return 'noted'
}
