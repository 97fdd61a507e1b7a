// What a text must contain for a regular expression to match it, found by reading the expression: looking for a few literals first
// spares the automaton nearly every text. Only necessary conditions are ever claimed; where reading gets difficult, nothing is.

const LEAST = 3
const MOST = 24

/** Lower case as literals are compared: of letters that several capitals share, one. */
export function lowerForLiterals(text: string): string {
  const lower = text.toLowerCase()
  return lower.includes('ſ') ? lower.replaceAll('ſ', 's') : lower
}

/** Letters whose case is simple: ASCII, Latin-1 and Latin Extended-A but the dotted and dotless i; digits, space and punctuation. */
const isPlain = (char: string): boolean => /^[ -~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u012f\u0132-\u017e]$/.test(char)

type Literals = readonly string[]

/** The shortest of longer ones is worth more; of equal ones the smaller set. */
const worth = (literals: Literals): number => Math.min(...literals.map((one) => one.length)) * 100 - literals.length

/**
 * Literals in lower case (`lowerForLiterals`) of which every match contains at least one; null when there is no certain one of three
 * characters. The expression must be one that RE2 accepts.
 */
export function requiredLiterals(source: string): Literals | null {
  const reader: Reader = { source, at: 0, lost: false }
  const found = readAlternatives(reader)
  return reader.lost || reader.at < source.length ? null : found
}

interface Reader {
  readonly source: string
  at: number
  /** Something was met that is not understood here: nothing is certain. */
  lost: boolean
}

/** What one part of a sequence is: some characters to choose from, a group, something unknown, or nothing that takes room. */
type Part =
  | { readonly kind: 'chars'; readonly chars: readonly string[] }
  | { readonly kind: 'group'; readonly literals: Literals | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'empty' }

function readAlternatives(reader: Reader): Literals | null {
  let all: string[] | null = []
  for (;;) {
    const one = readSequence(reader)
    all = one && all ? [...all, ...one] : null
    if (reader.source[reader.at] !== '|') break
    reader.at++
  }
  return all && all.length <= MOST ? all : null
}

function readSequence(reader: Reader): Literals | null {
  let best: Literals | null = null
  let runs: readonly string[] = ['']
  const consider = (literals: Literals | null): void => {
    if (
      literals &&
      literals.length <= MOST &&
      literals.every((one) => one.length >= LEAST) &&
      (best === null || worth(literals) > worth(best))
    )
      best = literals
  }
  const flush = (): void => {
    consider(runs)
    runs = ['']
  }
  while (reader.at < reader.source.length) {
    const next = reader.source[reader.at]
    if (next === '|' || next === ')') break
    const part = readPart(reader)
    const times = readTimes(reader)
    if (part.kind === 'empty') continue
    if (times === 'maybe' || part.kind === 'unknown') {
      flush()
      continue
    }
    if (part.kind === 'group') {
      flush()
      consider(part.literals)
      continue
    }
    if (runs.length * part.chars.length > MOST) flush()
    runs = runs.flatMap((run) => part.chars.map((char) => run + char))
    if (times === 'more') flush()
  }
  flush()
  return best
}

/** How often the part before comes: once, at least once, or perhaps never. */
function readTimes(reader: Reader): 'once' | 'more' | 'maybe' {
  const rest = reader.source.slice(reader.at, reader.at + 12)
  const counted = /^\{(\d+)(?:,\d*)?\}/.exec(rest)
  const times = counted
    ? counted[1] === '0'
      ? 'maybe'
      : 'more'
    : rest[0] === '+'
      ? 'more'
      : rest[0] === '?' || rest[0] === '*'
        ? 'maybe'
        : 'once'
  if (times === 'once') return times
  reader.at += counted ? counted[0].length : 1
  if (reader.source[reader.at] === '?') reader.at++
  return times
}

function readPart(reader: Reader): Part {
  const { source } = reader
  const char = source[reader.at] ?? ''
  switch (char) {
    case '(':
      return readGroup(reader)
    case '[':
      return readClass(reader)
    case '\\':
      return readEscape(reader)
    case '^':
    case '$':
      reader.at++
      return { kind: 'empty' }
    case '.':
      reader.at++
      return { kind: 'unknown' }
    default: {
      const point = String.fromCodePoint(source.codePointAt(reader.at) ?? 0)
      reader.at += point.length
      return charsOf([point])
    }
  }
}

const charsOf = (chars: readonly string[]): Part =>
  chars.every(isPlain)
    ? { kind: 'chars', chars: [...new Set(chars.map((char) => lowerForLiterals(char)))] }
    : { kind: 'unknown' }

function readGroup(reader: Reader): Part {
  const opening = /^\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?/.exec(reader.source.slice(reader.at, reader.at + 300))?.[0] ?? '('
  const flags = /^\(\?[a-zA-Z-]+\)/.exec(reader.source.slice(reader.at, reader.at + 12))?.[0]
  if (flags !== undefined) {
    reader.at += flags.length
    return { kind: 'empty' }
  }
  reader.at += opening.length
  const literals = readAlternatives(reader)
  if (reader.source[reader.at] !== ')') return giveUp(reader)
  reader.at++
  return { kind: 'group', literals }
}

function giveUp(reader: Reader): Part {
  reader.lost = true
  reader.at = reader.source.length
  return { kind: 'unknown' }
}

function readEscape(reader: Reader): Part {
  const next = reader.source[reader.at + 1] ?? ''
  if (next === 'Q') return giveUp(reader)
  const long = /^\\(?:x\{[^}]*\}|x[0-9A-Fa-f]{2}|[pP]\{[^}]*\}|[pP].|[0-7]{1,3}|u[0-9A-Fa-f]{4})/.exec(
    reader.source.slice(reader.at, reader.at + 60),
  )
  if (long) {
    reader.at += long[0].length
    return { kind: 'unknown' }
  }
  reader.at += 2
  if (/[bBAzZ]/.test(next)) return { kind: 'empty' }
  return /[A-Za-z0-9]/.test(next) ? { kind: 'unknown' } : charsOf([next])
}

/** A class is a choice when it names a few characters, and unknown otherwise. */
function readClass(reader: Reader): Part {
  const { source } = reader
  let at = reader.at + 1
  let simple = source[at] !== '^'
  if (!simple) at++
  const chars: string[] = []
  for (let first = true; at < source.length && (first || source[at] !== ']'); first = false) {
    if (source.startsWith('[:', at)) {
      const close = source.indexOf(':]', at)
      if (close < 0) return giveUp(reader)
      at = close + 2
      simple = false
    } else if (source[at] === '\\') {
      const escaped = /^\\(?:x\{[^}]*\}|[pP]\{[^}]*\}|.)/su.exec(source.slice(at, at + 60))?.[0] ?? '\\'
      at += escaped.length
      simple = false
    } else {
      const point = String.fromCodePoint(source.codePointAt(at) ?? 0)
      at += point.length
      if (point === '-') simple = false
      chars.push(point)
    }
  }
  if (source[at] !== ']') return giveUp(reader)
  reader.at = at + 1
  return simple && chars.length <= 4 ? charsOf(chars) : { kind: 'unknown' }
}
