// Rules carried out: in order, each seeing what those before it changed. Rules whose words the mail does not have are not looked at.

import { messageOf, textsOf } from './conditions/mail.ts'
import type { CompiledRule, EventName, Work } from './context.ts'

/** How deep rules may follow from what rules did, and how often for one event. */
export const MAX_DEPTH = 10
const MAX_FOLLOWING = 50

interface Index {
  /** Positions of rules to look at whatever the mail says. */
  readonly always: readonly number[]
  readonly byWord: ReadonlyMap<string, readonly number[]>
  readonly byBeginning: ReadonlyMap<string, readonly number[]>
  readonly all: readonly number[]
}

const indexes = new WeakMap<readonly CompiledRule[], Map<EventName, Index>>()

function indexOf(rules: readonly CompiledRule[], name: EventName): Index {
  const known = indexes.get(rules) ?? new Map<EventName, Index>()
  indexes.set(rules, known)
  const made = known.get(name)
  if (made) return made
  const always: number[] = []
  const all: number[] = []
  const byWord = new Map<string, number[]>()
  const byBeginning = new Map<string, number[]>()
  for (const [position, rule] of rules.entries()) {
    if (!rule.on.includes(name)) continue
    all.push(position)
    if (rule.needs === null) always.push(position)
    else
      for (const key of rule.needs) {
        const map = key.startsWith('^') ? byBeginning : byWord
        const list = map.get(key)
        if (list) list.push(position)
        else map.set(key, [position])
      }
  }
  const index: Index = { always, byWord, byBeginning, all }
  known.set(name, index)
  return index
}

/** Positions of the rules that can hold for this event, in order. */
export function candidateRules(work: Work, name: EventName): readonly number[] {
  const index = indexOf(work.context.rules, name)
  const message = messageOf(work)
  if (!message) return index.all
  if (index.byWord.size + index.byBeginning.size === 0) return index.always
  const found = new Set(index.always)
  for (const view of textsOf(message).views()) {
    collect(view.words, index.byWord, found)
    if (index.byBeginning.size > 0) collect(view.beginnings(), index.byBeginning, found)
  }
  return found.size === index.always.length ? index.always : [...found].sort((a, b) => a - b)
}

/** Adds the positions of every key that both sides have; the smaller side is walked. */
function collect(keys: ReadonlySet<string>, byKey: Index['byWord'], found: Set<number>): void {
  if (keys.size < byKey.size) {
    for (const key of keys) for (const position of byKey.get(key) ?? []) found.add(position)
  } else for (const [key, positions] of byKey) if (keys.has(key)) for (const position of positions) found.add(position)
}

/** Runs the rules of the desk for the event of the work. Each that matched leaves a line in the trail with what made it match. */
export function runRules(work: Work): void {
  runList(work, work.name, 0, { left: MAX_FOLLOWING })
}

function runList(work: Work, name: EventName, depth: number, following: { left: number }): void {
  work.going = true
  for (const position of candidateRules(work, name)) {
    const rule = work.context.rules[position]
    if (!rule) continue
    const { holds, captures, reasons } = rule.when(work)
    if (!holds) continue
    for (const [key, value] of captures) work.captures.set(key, value)
    const { status, priority } = work.ticket
    const place = work.trail.length
    const done = rule.actions.map(({ sentence, said, act }) => {
      // Before it acts, and after those before it: with the values it takes.
      const words = said ? shown(said(work)) : sentence
      act(work)
      return words
    })
    work.trail.splice(place, 0, {
      at: `rule ${rule.name}`,
      code: 'matched',
      why: `${reasons.length > 0 ? reasons.join(' and ') : 'always'}: ${done.join(', ')}.`,
    })
    const stopped = rule.stop || !work.going
    if (work.ticket.status !== status || work.ticket.priority !== priority) follow(work, rule, depth, following)
    if (stopped || work.hold || work.refuse) {
      work.going = false
      return
    }
    work.going = true
  }
}

const MAX_SHOWN = 300

/** What was filled in may be words of a mail: one line, without controls. */
const shown = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, MAX_SHOWN)

/** Rules for a changed status or priority run at once; a circle of them ends at `MAX_DEPTH`, and nothing follows for this event any more. */
function follow(work: Work, rule: CompiledRule, depth: number, following: { left: number }): void {
  if (following.left < 0) return
  if (depth >= MAX_DEPTH || following.left-- === 0) {
    following.left = -1
    work.trail.push({
      at: `rule ${rule.name}`,
      code: 'too-deep',
      why: 'Rules go on changing status or priority: no further rules follow from that.',
    })
    return
  }
  runList(work, 'status', depth + 1, following)
}
