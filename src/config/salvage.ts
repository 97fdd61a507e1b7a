// What can still be checked of a file that did not pass its schema, so that its other faults are said at once.

import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Container = Record<PropertyKey, unknown>

/** Rounds of taking out: a rule whose only action had an unknown name lacks its action in the second. */
const rounds = 3

/**
 * The value as the schema reads it without its unknown keys, and with rules that cannot be read replaced by one that says nothing
 * (the others keep their places). Undefined when more than that is wrong: what is missing there would be missed by everything that
 * names it.
 */
export function salvage<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  issues: readonly Issue[],
): z.output<Schema> | undefined {
  const rest = structuredClone(value)
  let left = issues
  for (let round = 0; round < rounds; round++) {
    for (const issue of left) if (!takeOut(rest, issue)) return undefined
    const parsed = schema.safeParse(rest)
    if (parsed.success) return parsed.data
    left = parsed.error.issues
  }
  return undefined
}

/** Whether what the issue is about could be taken out. */
function takeOut(root: unknown, issue: Issue): boolean {
  if (issue.code === 'unrecognized_keys') {
    const place = containerAt(root, issue.path)
    if (!place) return false
    for (const key of issue.keys) delete place[key]
    return true
  }
  // rules[2].… of a desk, rules.common[2].… of the instance
  const index = issue.path[0] === 'rules' ? issue.path.findIndex((part) => typeof part === 'number') : -1
  if (index !== 1 && index !== 2) return false
  const list = containerAt(root, issue.path.slice(0, index))
  const at = issue.path[index]
  if (!list || at === undefined) return false
  const name = containerAt(list, [at])?.name
  list[at] = { name: typeof name === 'string' && name !== '' ? name : `rule ${String(at)}`, then: { tags: 'unread' } }
  return true
}

function containerAt(root: unknown, path: readonly PropertyKey[]): Container | undefined {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Container)[part]
  }
  return typeof value === 'object' && value !== null ? (value as Container) : undefined
}
