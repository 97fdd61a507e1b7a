// Rules read once: names checked against the desk, expressions compiled, each with the words without which it cannot hold.

import type { Desk } from '../desks/desk.ts'
import { readThen } from './actions/read.ts'
import { closingClocks } from './closing.ts'
import type { Condition, Found, Frame } from './conditions/condition.ts'
import { capturesOf, readWhen } from './conditions/read.ts'
import type { CompiledRule, ConditionValue, Work } from './context.ts'
import type { RuleDefinition } from './schema.ts'

export interface RuleFault {
  /** Place within the list of rules: `[2, 'when', 'subject']`. */
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly hint?: string
}

export interface CompileOptions {
  /** 'desk', or the name of the shared set. */
  readonly from: string
  readonly hasTemplate?: (name: string) => boolean
  readonly hasFile?: (name: string) => boolean
  /** Names captured by rules that run before these: of shared sets. */
  readonly captures?: Iterable<string>
}

const nothing: ReadonlyMap<string, string> = new Map()

/** Names that the conditions of these rules capture. */
export const capturedBy = (rules: readonly RuleDefinition[]): string[] => rules.flatMap((rule) => capturesOf(rule.when))

/** Compiles rules for a desk; every fault of all of them at once, each with its place. Rules with faults are left out. */
export function compileRules(
  rules: readonly RuleDefinition[],
  desk: Desk,
  options: CompileOptions,
): { readonly rules: CompiledRule[]; readonly faults: RuleFault[] } {
  const faults: RuleFault[] = []
  const captures = new Set([...(options.captures ?? []), ...capturedBy(rules)])
  const names = new Set<string>()
  const compiled = rules.flatMap((rule, index) => {
    const before = faults.length
    const frame: Frame = {
      desk,
      captures,
      on: typeof rule.on === 'string' ? [rule.on] : rule.on,
      path: [index],
      hasTemplate: options.hasTemplate ?? (() => true),
      hasFile: options.hasFile ?? (() => true),
      fault: (path, message, hint) => faults.push(hint === undefined ? { path, message } : { path, message, hint }),
    }
    if (names.has(rule.name))
      faults.push({
        path: [index, 'name'],
        message: `another rule is called "${rule.name}" too`,
        hint: 'the history tells rules apart by their names',
      })
    names.add(rule.name)
    const condition = readWhen(rule.when, { ...frame, path: [index, 'when'] })
    const actions = readThen(rule.then, { ...frame, path: [index, 'then'], by: `rule ${rule.name}` })
    return faults.length > before ? [] : [assemble(rule, condition, actions, desk, options.from)]
  })
  return { rules: compiled, faults }
}

function assemble(
  rule: RuleDefinition,
  condition: Condition,
  actions: CompiledRule['actions'],
  desk: Desk,
  from: string,
): CompiledRule {
  return {
    name: rule.name,
    from,
    on: typeof rule.on === 'string' ? [rule.on] : rule.on,
    needs: condition.needs,
    sentence: condition.sentence,
    stop: rule.stop,
    closes: closingClocks(rule, desk),
    actions,
    when: (work) => {
      const found: Found = { captures: new Map(), reasons: [] }
      const holds = condition.holds(work, found)
      return {
        holds,
        captures: holds ? found.captures : nothing,
        reasons: holds ? found.reasons : [],
        explain: () => explain(condition, work),
      }
    },
  }
}

function explain(condition: Condition, work: Work): ConditionValue {
  return {
    sentence: condition.sentence,
    holds: condition.holds(work, { captures: new Map(), reasons: [] }),
    children: condition.children.map((child) => explain(child, work)),
  }
}
