// Alerts of monitoring systems (a gate): one problem is one ticket however often it repeats; its recovery resolves it; what comes and
// goes is counted. A source is believed by its declared address, unless its authentication failed.

import { alertSourceOf } from '../desks/alert.ts'
import { judgeProblem } from './alert-problem.ts'
import { alertsIn } from './alert-reading.ts'
import { judgeRecovery, judgeRemark } from './alert-recovery.ts'
import { type AlertStory, storyOf } from './alert-story.ts'
import type { AlertTurn } from './context.ts'
import { finding } from './finding.ts'
import { conclude, type Gate, hold, say } from './judgement.ts'

export const alert: Gate = (judgement) => {
  const { context, event } = judgement
  const { message } = event
  if (event.released) return false
  const source = alertSourceOf(context.desk.alerts, message.from?.address ?? null)
  if (!source) return false
  const { result } = context.authentication
  if (result === 'fail' || (source.authenticated && result !== 'pass')) {
    say(judgement, 'alert', 'not-believed', `It names ${source.name} as its sender, which is not proved: no alert.`)
    return false
  }
  const readings = alertsIn(source, message)
  if (readings.length === 0) {
    hold(judgement, 'alert', 'alert-unreadable', finding('alert-unread', { who: source.name, what: source.format }), {
      release: 'open',
    })
    return conclude(judgement, 'held')
  }
  const turns = readings.map((reading) => judge(storyOf(judgement, source, reading)))
  return conclude(judgement, turns.includes('opened') ? 'created' : turns.some(isQuiet) ? 'noted' : 'changed')
}

const isQuiet = (turn: AlertTurn): boolean => turn === 'repeated' || turn === 'noted' || turn === 'late'

function judge(story: AlertStory): AlertTurn {
  switch (story.reading.state) {
    case 'problem':
      return judgeProblem(story)
    case 'recovery':
      return judgeRecovery(story)
    case 'flapping':
    case 'note':
      return judgeRemark(story)
    default:
      return story.reading.state satisfies never
  }
}
