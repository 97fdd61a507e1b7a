// Every rule for an event with the value of each of its conditions: for `guichet explain`, made only when asked for.

import type { ConditionValue, Work } from './context.ts'

export interface RuleExplanation {
  readonly name: string
  readonly from: string
  /** Whether it waits for this event at all. */
  readonly concerned: boolean
  readonly holds: boolean
  readonly when: ConditionValue
  readonly actions: readonly string[]
}

/** The rules of the desk against the work as it stands; nothing is carried out. */
export function explainRules(work: Work): readonly RuleExplanation[] {
  return work.context.rules.map((rule) => {
    const when = rule.when(work).explain()
    const concerned = rule.on.includes(work.name)
    return {
      name: rule.name,
      from: rule.from,
      concerned,
      holds: concerned && when.holds,
      when,
      actions: rule.actions.map((action) => action.sentence),
    }
  })
}

/** An explanation as indented lines: `✓` holds, `·` does not. */
export function explanationLines(explanation: RuleExplanation): readonly string[] {
  const lines = [
    `${explanation.holds ? '✓' : '·'} ${explanation.name}${explanation.from === 'desk' ? '' : ` (${explanation.from})`}${explanation.concerned ? '' : ' — not for this event'}`,
  ]
  const walk = (value: ConditionValue, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${value.holds ? '✓' : '·'} ${value.sentence}`)
    for (const child of value.children) walk(child, depth + 1)
  }
  walk(explanation.when, 1)
  if (explanation.holds) lines.push(`  → ${explanation.actions.join(', ')}`)
  return lines
}
