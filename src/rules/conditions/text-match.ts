// How a text is asked: keywords by default, or words, an expression, a beginning, a length.

import { z } from 'zod'
import { compilePattern, type Pattern } from '../pattern.ts'
import { type Keyword, keywordIn, parseKeyword, viewWords, type WordView, wordLine } from '../words.ts'
import type { Found, Frame } from './condition.ts'

const some = z.union([z.string(), z.array(z.string()).min(1)])
const count = z.number().int().min(0)

export const textMatch = z
  .union(
    [
      z.string(),
      z.array(z.string()).min(1),
      z.strictObject({
        has: some.optional().describe('one of these words or phrases, whole words; * at an end leaves it open'),
        lacks: some.optional().describe('none of these words or phrases'),
        list: some.optional().describe('a word or phrase of these lists of the desk'),
        matches: some.optional().describe('a regular expression (RE2); named groups are captured'),
        is: some.optional().describe('nothing but this, whatever its case and accents'),
        starts: some.optional().describe('begins with these words'),
        'exact-case': z.boolean().default(false).describe('capitals count in matches'),
        longer: count.optional().describe('more characters than this'),
        shorter: count.optional().describe('fewer characters than this'),
        empty: z.boolean().optional().describe('nothing but space'),
      }),
    ],
    {
      error:
        'write a word, a list of words, or a mapping with has, lacks, list, matches, is, starts, longer, shorter, empty',
    },
  )
  .describe('a word or phrase, a list of them, or a mapping')
export type TextMatch = z.output<typeof textMatch>

/** A text and its words, made when first asked for. */
export interface Readable {
  readonly text: string
  readonly view: () => WordView
}

/** `make` gives the view when there is a cheaper way than reading the text. */
export const readable = (text: string, make: () => WordView = () => viewWords(text)): Readable => {
  let view: WordView | null = null
  return { text, view: () => (view ??= make()) }
}

export interface TextTest {
  readonly sentence: string
  /** Why it holds, or null when it does not; captures go to `found`. */
  readonly why: (text: Readable, found: Found) => string | null
  readonly needs: ReadonlySet<string> | null
}

const listed = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value
const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' or ')

/** The names that a text match will capture. */
export function textCaptures(spec: TextMatch): readonly string[] {
  if (typeof spec === 'string' || !('matches' in spec)) return []
  return listed(spec.matches).flatMap((source) => {
    const result = compilePattern(source, spec['exact-case'])
    return result.ok ? result.pattern.groups : []
  })
}

/** Reads a text match; faults go to the frame. `what` names the text in sentences. */
export function readTextMatch(what: string, spec: TextMatch, frame: Frame): TextTest {
  const full = typeof spec === 'string' || Array.isArray(spec) ? { has: spec, 'exact-case': false } : spec
  return joinTests(parts(what, full, frame))
}

type Full = Exclude<TextMatch, string | readonly string[]>

function parts(what: string, spec: Full, frame: Frame): TextTest[] {
  const tests: TextTest[] = []
  const keywords = (words: readonly string[], path: string): Keyword[] =>
    words.flatMap((word) => {
      const keyword = parseKeyword(word)
      if (!keyword)
        frame.fault(
          [...frame.path, path],
          `"${word}" has no letter or digit`,
          'for signs write matches: with a regular expression',
        )
      return keyword ? [keyword] : []
    })
  const anyOf = (words: readonly Keyword[]): TextTest => ({
    sentence: `${what} has ${quoted(words.map((word) => word.written))}`,
    why: (text) => {
      const hit = words.find((word) => keywordIn(text.view(), word))
      return hit ? `${what} has "${hit.written}"` : null
    },
    needs: words.some((word) => word.key === null) ? null : new Set(words.map((word) => word.key ?? '')),
  })
  if (spec.has !== undefined) tests.push(anyOf(keywords(listed(spec.has), 'has')))
  for (const name of listed(spec.list)) {
    const words = frame.desk.lists[name]
    if (words) tests.push({ ...anyOf(keywords(words, 'list')), sentence: `${what} has a word of the list ${name}` })
    else frame.fault([...frame.path, 'list'], `the desk has no list "${name}"`, 'lists: holds word lists by name')
  }
  if (spec.lacks !== undefined) {
    const words = keywords(listed(spec.lacks), 'lacks')
    tests.push(
      plain(
        `${what} lacks ${quoted(listed(spec.lacks))}`,
        (text) => !words.some((word) => keywordIn(text.view(), word)),
      ),
    )
  }
  if (spec.matches !== undefined)
    tests.push(anyPattern(what, patterns(listed(spec.matches), spec['exact-case'], frame)))
  if (spec.is !== undefined) {
    const lines = new Set(listed(spec.is).map(wordLine))
    tests.push(plain(`${what} is ${quoted(listed(spec.is))}`, (text) => lines.has(text.view().line)))
  }
  if (spec.starts !== undefined) {
    const lines = listed(spec.starts).map((words) => wordLine(words))
    tests.push(
      plain(`${what} begins with ${quoted(listed(spec.starts))}`, (text) =>
        lines.some((line) => text.view().line.startsWith(line)),
      ),
    )
  }
  const { longer, shorter, empty } = spec
  if (longer !== undefined)
    tests.push(plain(`${what} has more than ${longer} characters`, ({ text }) => text.length > longer))
  if (shorter !== undefined)
    tests.push(plain(`${what} has fewer than ${shorter} characters`, ({ text }) => text.length < shorter))
  if (empty !== undefined)
    tests.push(plain(`${what} is ${empty ? '' : 'not '}empty`, ({ text }) => (text.trim() === '') === empty))
  if (tests.length === 0)
    frame.fault(
      frame.path,
      'this asks nothing',
      'write has, lacks, list, matches, is, starts, longer, shorter or empty',
    )
  return tests
}

const plain = (sentence: string, holds: (text: Readable) => boolean): TextTest => ({
  sentence,
  why: (text) => (holds(text) ? sentence : null),
  needs: null,
})

/** Compiles expressions; those that cannot be are faults. */
export function patterns(sources: readonly string[], exactCase: boolean, frame: Frame): Pattern[] {
  return sources.flatMap((source) => {
    const result = compilePattern(source, exactCase)
    if (!result.ok) frame.fault([...frame.path, 'matches'], result.message)
    return result.ok ? [result.pattern] : []
  })
}

const anyPattern = (what: string, list: readonly Pattern[]): TextTest => {
  const sentence = `${what} matches ${list.map((pattern) => `/${pattern.source}/`).join(' or ')}`
  return {
    sentence,
    needs: null,
    why: ({ text }, found) => {
      for (const pattern of list) {
        const values = pattern.find(text)
        if (!values) continue
        for (const [name, value] of values) found.captures.set(name, value)
        return `${what} matches /${pattern.source}/`
      }
      return null
    },
  }
}

/** All must hold. */
function joinTests(tests: readonly TextTest[]): TextTest {
  const [only] = tests
  if (only && tests.length === 1) return only
  return {
    sentence: tests.map((test) => test.sentence).join(' and '),
    needs: tests.map((test) => test.needs).find((needs) => needs !== null) ?? null,
    why: (text, found) => {
      const reasons: string[] = []
      for (const test of tests) {
        const why = test.why(text, found)
        if (why === null) return null
        reasons.push(why)
      }
      return reasons.length > 0 ? reasons.join(' and ') : null
    },
  }
}
