// What the schemas object to, as faults with places and in words.

import type { z } from 'zod'
import { nearest } from '../rules/conditions/condition.ts'
import type { ConfigFile } from './document.ts'
import { type Fault, type Path, pathWords } from './fault.ts'
import { formsAt, keysAt } from './shape.ts'

type Issue = z.core.$ZodIssue

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
}
const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return kinds[typeof value] ?? 'something else'
}

const pathOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === 'number' ? part : String(part)))

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[part]
  }
  return value
}

interface Words {
  readonly path: Path
  readonly message: string
  readonly hint?: string
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean
}

/** Faults of a file that did not pass its schema. */
export function schemaFaults(file: ConfigFile, schema: z.ZodType, issues: readonly Issue[]): Fault[] {
  return issues
    .flatMap((issue) => wordsOf(issue, [], schema, file.value))
    .map(({ path, message, hint, atKey }) => {
      const place = atKey ? file.keyPlace(path) : file.place(path)
      return { file: file.file, ...place, path: pathWords(path), message, ...(hint === undefined ? {} : { hint }) }
    })
}

function wordsOf(issue: Issue, above: Path, schema: z.ZodType, root: unknown): Words[] {
  const path = [...above, ...pathOf(issue.path)]
  const value = valueAt(root, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = keysAt(schema, path)
        return { path: [...path, key], message: `unknown key "${key}"`, hint: nearest(key, known), atKey: true }
      })
    case 'invalid_type':
      if (value === undefined) return [{ path, message: 'is missing' }]
      return [
        {
          path,
          message: `${kinds[issue.expected] ?? issue.expected} is expected here, not ${kindOf(value)}`,
          // +33 6 12 and 1.10 are numbers to YAML, yes and no are texts.
          ...(issue.expected === 'string' && typeof value !== 'object' ? { hint: 'put it between quotes' } : {}),
          ...(issue.expected === 'boolean' && /^(?:yes|on)$/i.test(String(value)) ? { hint: 'write true' } : {}),
          ...(issue.expected === 'boolean' && /^(?:no|off)$/i.test(String(value)) ? { hint: 'write false' } : {}),
        },
      ]
    case 'invalid_value': {
      if (value === undefined) return [{ path, message: 'is missing', hint: `one of ${issue.values.join(', ')}` }]
      return [
        {
          path,
          message: `${shown(value, path)} is none of the values this can have`,
          hint: nearest(String(value), issue.values.map(String)),
        },
      ]
    }
    case 'invalid_union':
      return unionWords(issue, path, schema, root)
    case 'invalid_key': {
      const why = issue.issues[0]?.message ?? 'this key cannot stand here'
      return [
        {
          path,
          message: why.startsWith('Invalid') ? `"${String(path.at(-1))}" cannot be a key here` : why,
          atKey: true,
        },
      ]
    }
    case 'invalid_element':
      return issue.issues.flatMap((inner) => wordsOf(inner, path, schema, root))
    case 'too_small':
      return [
        {
          path,
          message:
            issue.origin === 'array'
              ? 'this list is empty'
              : issue.origin === 'string'
                ? 'this text is empty'
                : `${shown(value, path)} is too small: at least ${issue.minimum}`,
        },
      ]
    case 'too_big':
      if (issue.message !== '' && !issue.message.startsWith('Too big')) return [{ path, message: issue.message }]
      return [
        {
          path,
          message:
            issue.origin === 'string'
              ? `${shown(value, path)} is too long: at most ${issue.maximum} characters`
              : `${shown(value, path)} is too large: at most ${issue.maximum}`,
        },
      ]
    case 'invalid_format':
      return [
        {
          path,
          message: issue.message.startsWith('Invalid')
            ? `${shown(value, path)} is malformed`
            : isSecret(path)
              ? issue.message
              : `${shown(value, path)}: ${issue.message}`,
        },
      ]
    case 'not_multiple_of':
    case 'custom':
      return [{ path, message: issue.message }]
    default:
      issue satisfies never
      return []
  }
}

/** Keys whose value is perhaps a secret that was written in the open: it must not come into a message. */
const isSecret = (path: Path): boolean => /password|secret|token|key|url|webhook/.test(String(path.at(-1) ?? ''))

const shown = (value: unknown, path: Path): string => (isSecret(path) ? 'what stands here' : show(value))

const show = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 60)}"` : (JSON.stringify(value)?.slice(0, 60) ?? 'nothing')

/** Of several readings of a value the one that was nearly right is explained; with none, what the union itself says. */
function unionWords(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  schema: z.ZodType,
  root: unknown,
): Words[] {
  const value = valueAt(root, path)
  const isOwn = issue.message !== 'Invalid input'
  if (value === undefined) return [{ path, message: 'is missing', ...(isOwn ? { hint: issue.message } : {}) }]
  const readings = issue.errors.filter(
    (issues) => !issues.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'),
  )
  const inner = readings
    .filter((issues) => issues.some((one) => one.path.length > 0 || one.code === 'unrecognized_keys'))
    .sort((a, b) => a.length - b.length)[0]
  if (inner) return inner.flatMap((one) => wordsOf(one, path, schema, root))
  if (isOwn) return [{ path, message: issue.message }]
  // The longest of several says most.
  const speaking = readings
    .flat()
    .filter((one) => one.code === 'custom' || (one.code === 'invalid_format' && !one.message.startsWith('Invalid')))
    .sort((a, b) => b.message.length - a.message.length)[0]
  if (speaking) return wordsOf(speaking, path, schema, root)
  const values = readings.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []))
  if (values.length > 0)
    return [
      {
        path,
        message: `${shown(value, path)} is none of the values this can have`,
        hint: nearest(String(value), [...new Set(values), ...formsAt(schema, path)]),
      },
    ]
  const expected = [
    ...new Set(
      issue.errors.flat().flatMap((one) => (one.code === 'invalid_type' ? [kinds[one.expected] ?? one.expected] : [])),
    ),
  ]
  return [{ path, message: `${expected.join(' or ') || 'something else'} is expected here, not ${kindOf(value)}` }]
}
