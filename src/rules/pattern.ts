// Regular expressions of rules. They run in RE2's way, in time linear in the input, so no expression can be written that a mail
// could make explode; what RE2 cannot do (look-around, back references) is refused when the configuration is read.

import { RE2JS } from 're2js'
import { lowerForLiterals, requiredLiterals } from './literals.ts'
import { MAX_INPUT } from './words.ts'

const MAX_PATTERN = 2_000
const MAX_CAPTURE = 500

export interface Pattern {
  readonly source: string
  /** Names of its groups, `(?<name>…)` or `(?P<name>…)`. */
  readonly groups: readonly string[]
  /** The values of its named groups when the first 64 K of the text match; else null. */
  readonly find: (text: string) => ReadonlyMap<string, string> | null
}

export type PatternResult =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string }

const cache = new Map<string, PatternResult>()

/** Compiles an expression; letters match in either case unless `exactCase`, `^` and `$` match at line ends. A fault says what to write instead. */
export function compilePattern(source: string, exactCase = false): PatternResult {
  const key = `${exactCase ? 'c' : 'i'}${source}`
  const known = cache.get(key)
  if (known) return known
  const result = build(source, exactCase)
  if (cache.size > 10_000) cache.clear()
  cache.set(key, result)
  return result
}

function build(source: string, exactCase: boolean): PatternResult {
  if (source.length > MAX_PATTERN)
    return { ok: false, message: `a regular expression has at most ${MAX_PATTERN} characters` }
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(source, RE2JS.MULTILINE | (exactCase ? 0 : RE2JS.CASE_INSENSITIVE))
  } catch (error) {
    return { ok: false, message: explainFault(source, error instanceof Error ? error.message : String(error)) }
  }
  const groups = [...source.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== '' && !isEscaped(source, name))
  const literals = requiredLiterals(source)
  const none: ReadonlyMap<string, string> = new Map()
  return {
    ok: true,
    pattern: {
      source,
      groups,
      find: (text) => {
        const input = text.length > MAX_INPUT ? text.slice(0, MAX_INPUT) : text
        if (literals && !hasOne(lowered(input), literals)) return null
        if (!compiled.test(input)) return null
        if (groups.length === 0) return none
        const matcher = compiled.matcher(input)
        if (!matcher.find()) return null
        const values = new Map<string, string>()
        for (const name of groups) {
          const value = matcher.group(name)
          if (typeof value === 'string') values.set(name, value.slice(0, MAX_CAPTURE).trim())
        }
        return values
      },
    },
  }
}

const isEscaped = (source: string, name: string): boolean => {
  const at = source.search(new RegExp(`\\(\\?P?<${name}>`))
  return at > 0 && source[at - 1] === '\\' && source[at - 2] !== '\\'
}

const hasOne = (text: string, literals: readonly string[]): boolean => literals.some((one) => text.includes(one))

let lastText = ''
let lastLower = ''
/** Lower case of a text, remembered for the next expression on the same text. */
function lowered(text: string): string {
  if (text !== lastText) {
    lastText = text
    lastLower = lowerForLiterals(text)
  }
  return lastLower
}

function explainFault(source: string, message: string): string {
  const reason = message.replace(/^error parsing regexp: /, '')
  if (/\(\?[=!]|\(\?<[=!]/.test(source))
    return `look-ahead and look-behind are not supported (rules run in linear time): ${reason}. Use two conditions, with not: for the one that must be absent`
  if (/\\[1-9]/.test(source)) return `back references are not supported (rules run in linear time): ${reason}`
  return `this regular expression cannot be read: ${reason}`
}
