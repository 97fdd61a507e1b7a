// Text as rules read it: words without case or accents, one space between them. Made once a text, looked into often.

/** What of a text rules look at, in UTF-16 units. */
export const MAX_INPUT = 65_536
const PREFIX = 3

const ligatures: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ß: 'ss', ſ: 's', ø: 'o', ł: 'l', đ: 'd' }

/** Lower case, without accents, vowel signs and ligatures: `Œuvre créée` and `oeuvre creee` are the same. */
export function foldText(text: string): string {
  const lower = text.toLowerCase()
  // Plain ASCII, most of all mail, has nothing to take away.
  if (!/[^\0-\x7f]/.test(lower)) return lower
  return lower
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[œæßſøłđ]/g, (letter) => ligatures[letter] ?? letter)
}

/** The folded words of a text between single spaces, with one at each end: ` la plateforme est en panne `. */
export function wordLine(text: string): string {
  const words = foldText(text.slice(0, MAX_INPUT)).replace(/[^\p{L}\p{N}]+/gu, ' ')
  return ` ${words.trim()} `
}

export interface WordView {
  readonly line: string
  /** Whether it has a key: a word, or the beginning of a word as `^abc`. */
  readonly has: (key: string) => boolean
  /** Each word once. */
  readonly words: ReadonlySet<string>
  /** The beginning of each word as `^abc`. */
  readonly beginnings: () => ReadonlySet<string>
}

/** A text made ready for `keywordIn`. */
export function viewWords(text: string): WordView {
  const line = wordLine(text)
  const words = new Set(line.split(' '))
  words.delete('')
  let made: Set<string> | null = null
  const beginnings = (): ReadonlySet<string> => {
    if (made) return made
    made = new Set()
    for (const word of words) if (word.length >= PREFIX) made.add(`^${word.slice(0, PREFIX)}`)
    return made
  }
  return { line, words, beginnings, has: (key) => (key.startsWith('^') ? beginnings().has(key) : words.has(key)) }
}

/** The view of two texts on lines of their own. */
export function joinViews(first: WordView, second: WordView): WordView {
  const both = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a, ...b])
  return {
    // An empty line is one space.
    line: first.line.length < 3 ? second.line : second.line.length < 3 ? first.line : first.line + second.line.slice(1),
    get words() {
      return both(first.words, second.words)
    },
    beginnings: () => both(first.beginnings(), second.beginnings()),
    has: (key) => first.has(key) || second.has(key),
  }
}

export interface Keyword {
  readonly written: string
  readonly needle: string
  /** A key that a view holding this keyword has for certain; null when there is none to name. */
  readonly key: string | null
}

/** A keyword or phrase as configuration writes it: whole words; `*` at an end leaves that end open. null when it has no letter or digit. */
export function parseKeyword(written: string): Keyword | null {
  const text = written.trim()
  const opensLeft = text.startsWith('*')
  const opensRight = text.endsWith('*')
  const words = wordLine(text).trim()
  if (words === '') return null
  const list = words.split(' ')
  const whole = list
    .filter((_, i) => !(i === 0 && opensLeft) && !(i === list.length - 1 && opensRight))
    .sort((a, b) => b.length - a.length)
  const last = list.at(-1) ?? ''
  const beginning =
    opensRight && !(list.length === 1 && opensLeft) && last.length >= PREFIX ? `^${last.slice(0, PREFIX)}` : null
  return {
    written: text,
    needle: `${opensLeft ? '' : ' '}${words}${opensRight ? '' : ' '}`,
    key: whole[0] ?? beginning,
  }
}

/** Whether a view holds a keyword. */
export const keywordIn = (view: WordView, keyword: Keyword): boolean =>
  (keyword.key === null || view.has(keyword.key)) && view.line.includes(keyword.needle)
