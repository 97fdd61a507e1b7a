// Checks a template before the first mail: syntax, helpers, and that every variable is one its mail has.

import Handlebars from 'handlebars'
import { inlineHelpers } from './template.ts'
import type { Shape, Variables } from './template-variable.ts'

export interface TemplateFault {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

interface Place {
  readonly line: number
  readonly column: number
}

type Node = hbs.AST.Node
type Report = (node: { readonly loc: { readonly start: Place } }, message: string) => void

const variablesIn = (shape: Shape): Variables | null =>
  typeof shape === 'object' && 'record' in shape ? shape.record : null
const join = (names: readonly string[]): string => names.join(', ')

/** What a path leads to; null after a fault was reported. `scopes` are the shapes of `this`, innermost last. */
function shapeOf(node: Node, scopes: readonly Shape[], report: Report): Shape | null {
  if (node.type !== 'PathExpression') return 'any'
  const path = node as hbs.AST.PathExpression
  let parts = path.parts as readonly string[]
  let shape: Shape | undefined = path.depth > 0 ? scopes[scopes.length - 1 - path.depth] : scopes.at(-1)
  if (path.data) {
    const [name = '', ...rest] = parts
    if (['index', 'first', 'last'].includes(name)) return 'any'
    if (name !== 'root') {
      report(path, `@${name} is unknown: write @index, @first or @last inside {{#each}}, or @root.NAME`)
      return null
    }
    shape = scopes[0]
    parts = rest
  }
  const walked: string[] = []
  for (const part of parts) {
    if (shape === 'any') return 'any'
    const fields: Variables | null = shape === undefined ? null : variablesIn(shape)
    const next: Shape | undefined = fields !== null && Object.hasOwn(fields, part) ? fields[part]?.shape : undefined
    if (next === undefined) {
      const where = walked.length === 0 ? '' : ` in ${walked.join('.')}`
      const known = fields === null ? 'nothing lies below it' : `there is ${join(Object.keys(fields))}`
      report(path, `unknown variable "${part}"${where}: ${known}`)
      return null
    }
    walked.push(part)
    shape = next
  }
  return shape ?? null
}

function checkProgram(program: hbs.AST.Program | undefined, scopes: readonly Shape[], report: Report): void {
  for (const statement of program?.body ?? []) checkStatement(statement, scopes, report)
}

function checkCall(
  node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
  scopes: readonly Shape[],
  report: Report,
): void {
  const path = node.path as hbs.AST.PathExpression
  const name = path.original
  if (!Object.hasOwn(inlineHelpers, name)) {
    report(node, `unknown helper "${name}": there is ${join(Object.keys(inlineHelpers))}`)
    return
  }
  const wanted = inlineHelpers[name as keyof typeof inlineHelpers]
  if (node.params.length !== wanted)
    report(node, `{{${name} …}} takes ${wanted === 1 ? 'one value' : `${wanted} values`}`)
  const [shape = null] = node.params.map((param) => shapeOf(param, scopes, report))
  const fits: Readonly<Record<string, boolean>> = {
    date: shape === 'date',
    time: shape === 'date',
    datetime: shape === 'date',
    short: shape === 'date',
    number: shape === 'number',
    amount: shape === 'number' || shape === 'text',
    list: typeof shape === 'object',
    word: shape === 'text',
  }
  if (shape !== null && shape !== 'any' && !fits[name]) report(node, `{{${name} …}} does not fit this variable`)
}

function checkStatement(statement: Node, scopes: readonly Shape[], report: Report): void {
  switch (statement.type) {
    case 'ContentStatement':
    case 'CommentStatement':
      return
    case 'MustacheStatement': {
      const mustache = statement as hbs.AST.MustacheStatement
      if (
        mustache.params.length > 0 ||
        Object.hasOwn(inlineHelpers, (mustache.path as hbs.AST.PathExpression).original)
      ) {
        checkCall(mustache, scopes, report)
        return
      }
      const shape = shapeOf(mustache.path, scopes, report)
      if (shape === 'date')
        report(mustache, 'this is an instant: write {{date …}}, {{time …}}, {{datetime …}} or {{short …}}')
      else if (shape !== null && typeof shape === 'object')
        report(
          mustache,
          'list' in shape
            ? 'this is a list: write {{list …}} or {{#each …}}'
            : 'this is no single value: name what lies below it',
        )
      return
    }
    case 'BlockStatement': {
      const block = statement as hbs.AST.BlockStatement
      const name = (block.path as hbs.AST.PathExpression).original
      const param = block.params[0]
      if (!['if', 'unless', 'each', 'with'].includes(name)) {
        report(block, `unknown block "${name}": there is if, unless, each, with`)
        return
      }
      if (!param || block.params.length > 1) {
        report(block, `{{#${name} …}} takes one variable`)
        return
      }
      const shape = shapeOf(param, scopes, report)
      let inner = scopes
      if (name === 'each') {
        if (shape !== null && shape !== 'any' && !(typeof shape === 'object' && 'list' in shape))
          report(block, 'this is no list')
        inner = [...scopes, typeof shape === 'object' && shape !== null && 'list' in shape ? shape.list : 'any']
      } else if (name === 'with') inner = [...scopes, shape ?? 'any']
      checkProgram(block.program, inner, report)
      checkProgram(block.inverse, scopes, report)
      return
    }
    default:
      report(statement, 'templates have no partials or decorators: write the text itself')
  }
}

/** Line and column of a Handlebars parse error, as it says them. */
function placeOf(error: unknown): Place {
  const known = error as { readonly lineNumber?: unknown; readonly column?: unknown; readonly message?: string }
  const line =
    typeof known.lineNumber === 'number' ? known.lineNumber : Number(/line (\d+)/.exec(known.message ?? '')?.[1] ?? 1)
  return { line, column: typeof known.column === 'number' ? known.column : 0 }
}

/** Faults of one piece (subject, body or html) that begins at `line` and `column` (both from 1) of `file`. */
export function checkPiece(
  piece: { readonly source: string; readonly file: string; readonly line: number; readonly column: number },
  variables: Variables,
): TemplateFault[] {
  const faults: TemplateFault[] = []
  const push = (place: Place, message: string): void => {
    faults.push({
      file: piece.file,
      line: piece.line + place.line - 1,
      column: (place.line === 1 ? piece.column - 1 : 0) + place.column + 1,
      message,
    })
  }
  try {
    checkProgram(Handlebars.parse(piece.source), [{ record: variables }], (node, message) =>
      push(node.loc.start, message),
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const expecting = /\nExpecting[^\n]*got '([A-Z_]+)'/.exec(message)?.[1]
    push(
      placeOf(error),
      expecting === undefined
        ? (message.split('\n')[0] ?? message)
        : `the braces do not fit together here (${expecting.toLowerCase().replaceAll('_', ' ')} is not expected)`,
    )
  }
  return faults
}
