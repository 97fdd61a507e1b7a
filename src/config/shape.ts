// Walks a schema to say which keys stand where: for hints, and for the reference.

import type { z } from 'zod'
import type { Path } from './fault.ts'

/** The parts of zod's definitions that are looked at (zod 4 core). */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly out?: z.ZodType
  readonly getter?: () => z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly keyType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly entries?: Readonly<Record<string, string | number>>
  readonly values?: readonly unknown[]
  readonly defaultValue?: unknown
}

export const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition

/** The schema without what only wraps it: defaults, optionals, transforms. */
export function bare(schema: z.ZodType): z.ZodType {
  const { type, innerType, in: input, getter } = definitionOf(schema)
  if (type === 'lazy' && getter) return bare(getter())
  if (type === 'pipe' && input) return bare(input)
  return innerType ? bare(innerType) : schema
}

/** Every schema that a value at `path` may be checked by. */
export function schemasAt(schema: z.ZodType, path: Path): readonly z.ZodType[] {
  const plain = bare(schema)
  const { options, shape, element, valueType } = definitionOf(plain)
  if (options) return options.flatMap((option) => schemasAt(option, path))
  const [first, ...rest] = path
  if (first === undefined) return [plain]
  if (shape) {
    const next = Object.hasOwn(shape, String(first)) ? shape[String(first)] : undefined
    return next ? schemasAt(next, rest) : []
  }
  if (element && typeof first === 'number') return schemasAt(element, rest)
  return valueType ? schemasAt(valueType, rest) : []
}

/** The keys a mapping at `path` may have. */
export const keysAt = (schema: z.ZodType, path: Path): readonly string[] => [
  ...new Set(schemasAt(schema, path).flatMap((one) => Object.keys(definitionOf(one).shape ?? {}))),
]

/** The mappings that may stand at `path`, as one would begin to write them: `{ days: … }`. */
export const formsAt = (schema: z.ZodType, path: Path): readonly string[] =>
  schemasAt(schema, path).flatMap((one) => {
    const { shape } = definitionOf(one)
    if (!shape) return []
    const needed = Object.keys(shape).filter(
      (key) => !['optional', 'default'].includes(definitionOf(shape[key] ?? one).type),
    )
    return [`{ ${(needed.length > 0 ? needed : Object.keys(shape).slice(0, 1)).map((key) => `${key}: …`).join(', ')} }`]
  })
