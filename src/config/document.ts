// A YAML file with the places of its parts.

import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Fault, Path } from './fault.ts'

export interface Place {
  readonly line: number
  readonly column: number
}

export interface ConfigFile {
  readonly file: string
  /** undefined when the text is no YAML. */
  readonly value: unknown
  readonly faults: readonly Fault[]
  /** Where a value stands; the nearest part around it when it is not there. */
  readonly place: (path: Path) => Place
  /** Where the key of a value stands. */
  readonly keyPlace: (path: Path) => Place
}

const explained: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice in the same mapping',
  TAB_AS_INDENT: 'tabs cannot indent: use spaces',
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  MISSING_CHAR: 'a colon, bracket or quote is missing',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line; is a quote or a colon missing above?',
  BLOCK_AS_IMPLICIT_KEY: 'two keys on one line; a text with a colon needs quotes',
  UNRESOLVED_ALIAS: 'this alias (*name) names no anchor (&name) above it',
  UNEXPECTED_TOKEN: 'this is not expected here; a text that begins with a sign needs quotes',
}

/** Reads YAML 1.2 with `<<` merges; syntax faults come with their places, all at once. */
export function readConfigFile(file: string, text: string): ConfigFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' })
  const at = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(Math.max(0, offset ?? 0))
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const faults: Fault[] = document.errors.map((error) => ({
    file,
    ...at(error.pos[0]),
    path: '',
    message: explained[error.code] ?? `this is no YAML: ${error.message}`,
  }))
  const { value, fault } = plainValue(document)
  if (fault !== null && faults.length === 0) faults.push({ file, line: 1, column: 1, path: '', message: fault })

  const walk = (path: Path, key: boolean): Place => {
    let node: unknown = document.contents
    let offset = isNode(node) ? node.range?.[0] : 0
    for (const [i, part] of path.entries()) {
      const last = i === path.length - 1
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
        if (!pair) break
        const keyOffset = isNode(pair.key) ? pair.key.range?.[0] : undefined
        node = pair.value
        const empty = isScalar(node) && node.value === null
        offset = (last && key) || empty || !isNode(node) ? (keyOffset ?? offset) : (node.range?.[0] ?? offset)
      } else if (isSeq(node) && typeof part === 'number') {
        node = node.items[part]
        if (!isNode(node)) break
        offset = node.range?.[0] ?? offset
      } else break
    }
    return at(offset)
  }
  return {
    file,
    value: faults.length > 0 ? undefined : value,
    faults,
    place: (path) => walk(path, false),
    keyPlace: (path) => walk(path, true),
  }
}

function plainValue(document: ReturnType<typeof parseDocument>): {
  readonly value: unknown
  readonly fault: string | null
} {
  if (document.errors.length > 0) return { value: undefined, fault: null }
  try {
    return { value: document.toJS({ maxAliasCount: 1_000 }), fault: null }
  } catch (error) {
    return { value: undefined, fault: error instanceof Error ? error.message : String(error) }
  }
}
