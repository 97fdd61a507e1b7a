// Finding what an agent meant among a desk's names: key or name in any language, accents and case aside, or the unique
// beginning of one. Folding and lookup are linear in what is compared.

import type { Desk } from '../../desks/desk.ts'
import type { LocalisedText } from '../../desks/text.ts'

export interface Named {
  readonly key: string
  /** Everything people call it, as written; the first is shown. */
  readonly names: readonly string[]
}

export interface NamedField extends Named {
  readonly kind: 'text' | 'number' | 'amount' | 'date' | 'boolean' | 'choice' | 'country'
  readonly choices: readonly Named[]
}

/** What commands may name. Made once a desk and mail by `namesOf`. */
export interface Names {
  readonly statuses: readonly Named[]
  readonly priorities: readonly Named[]
  readonly types: readonly Named[]
  readonly queues: readonly Named[]
  /** Active staff; the key is the directory address. */
  readonly agents: readonly Named[]
  readonly fields: readonly NamedField[]
  readonly languages: readonly Named[]
  /** Canned answers. */
  readonly replies: readonly Named[]
  /** Distribution lists of reports. */
  readonly lists: readonly Named[]
  readonly prefix: string
  /** Directory address of the agent who writes. */
  readonly me: string
  /** Today in the desk's time zone, `YYYY-MM-DD`. */
  readonly today: string
  /** Language of the answers. */
  readonly language: string
}

export interface NamesInput {
  readonly me: string
  readonly today: string
  readonly language: string
  readonly replies?: readonly Named[]
  readonly lists?: readonly Named[]
}

const inAllLanguages = (key: string, text: LocalisedText | undefined, language: string): Named => {
  const names =
    text === undefined
      ? []
      : typeof text === 'string'
        ? [text]
        : Object.entries(text)
            .sort(([a], [b]) => Number(b === language) - Number(a === language))
            .map(([, name]) => name)
  return { key, names: names.length > 0 ? names : [key] }
}

/** The distribution lists of reports. */
export const listNames = (desk: Desk): Named[] =>
  Object.entries(desk.reports?.lists ?? {}).map(([key, { name }]) => inAllLanguages(key, name, desk.language))

/** The names of a desk as one of its agents may use them. */
export function namesOf(desk: Desk, input: NamesInput): Names {
  const named = (record: Readonly<Record<string, { readonly name: LocalisedText }>>): Named[] =>
    Object.entries(record).map(([key, { name }]) => inAllLanguages(key, name, input.language))
  return {
    statuses: named(desk.statuses),
    priorities: named(desk.priorities),
    types: named(desk.types),
    queues: named(desk.queues),
    agents: desk.staff
      .filter((staff) => staff.active)
      .map((staff) => ({
        key: staff.address,
        names: [staff.name, ...staff.also, staff.address.slice(0, staff.address.indexOf('@'))],
      })),
    fields: Object.entries(desk.fields).map(([key, field]) => ({
      ...inAllLanguages(key, field.name, input.language),
      kind: field.kind,
      choices: (field.choices ?? []).map((choice) => inAllLanguages(choice, field.values?.[choice], input.language)),
    })),
    languages: desk.languages.map((code) => ({
      key: code,
      names: ['en', 'fr', 'es', code].map(
        (locale) => new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code,
      ),
    })),
    replies: input.replies ?? [],
    lists: input.lists ?? [],
    prefix: desk.prefix,
    me: input.me,
    today: input.today,
    language: input.language,
  }
}

/** Lower case without accents; hyphens, underscores and runs of blanks are one blank. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’‘`]/g, "'")
    .replace(/[\s\u00a0_\-\u2010-\u2015]+/g, ' ')
    .trim()
}

export type Found =
  | { readonly ok: true; readonly key: string }
  | { readonly ok: false; readonly code: 'unknown' | 'ambiguous'; readonly near: readonly string[] }

/**
 * Looks `text` up: whole key or name first, then a beginning of at least two letters that only one entry has, of the whole
 * name or of one of its words. `near` names what was perhaps meant, as shown names, at most five.
 */
export function findName(entries: readonly Named[], text: string): Found {
  const wanted = fold(text.slice(0, 200))
  const shown = (entry: Named) => entry.names[0] ?? entry.key
  if (wanted === '') return { ok: false, code: 'unknown', near: entries.slice(0, 5).map(shown) }
  const exact = entries.filter(
    (entry) => fold(entry.key) === wanted || entry.names.some((name) => fold(name) === wanted),
  )
  const [only] = exact
  if (only !== undefined && exact.length === 1) return { ok: true, key: only.key }
  if (exact.length > 1) return { ok: false, code: 'ambiguous', near: exact.slice(0, 5).map(describe) }
  if (wanted.length >= 2) {
    for (const begins of [(name: string) => name.startsWith(wanted), (name: string) => name.includes(` ${wanted}`)]) {
      const hits = entries.filter((entry) => [entry.key, ...entry.names].some((name) => begins(fold(name))))
      const [hit] = hits
      if (hit !== undefined && hits.length === 1) return { ok: true, key: hit.key }
      if (hits.length > 1) return { ok: false, code: 'ambiguous', near: hits.slice(0, 5).map(describe) }
    }
  }
  const near = nearest(
    entries.flatMap((entry) => [entry.key, ...entry.names].map((name) => ({ word: fold(name), shown: shown(entry) }))),
    wanted,
  )
  return { ok: false, code: 'unknown', near: near === null ? entries.slice(0, 8).map(shown) : [near] }
}

const describe = (entry: Named): string =>
  entry.key.includes('@') ? `${entry.names[0] ?? ''} (${entry.key})` : (entry.names[0] ?? entry.key)

/** The entry whose word differs least, when it differs by no more than a third of its letters. */
export function nearest(
  words: readonly { readonly word: string; readonly shown: string }[],
  wanted: string,
): string | null {
  const limit = Math.max(1, Math.floor(Math.min(wanted.length, 24) / 3))
  let best: { shown: string; distance: number } | null = null
  for (const { word, shown } of words) {
    if (word.length > 40 || Math.abs(word.length - wanted.length) > limit) continue
    const distance = editDistance(word, wanted, limit)
    if (distance <= limit && (best === null || distance < best.distance)) best = { shown, distance }
  }
  return best?.shown ?? null
}

/** Levenshtein distance; more than `limit` may be given as any number above it. Both words are short. */
function editDistance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    if (Math.min(...next) > limit) return limit + 1
    row = next
  }
  return row[b.length] ?? limit + 1
}
