// What a command of the vocabulary is made of, and the small readers its arguments share.

import { strictAddrSpec } from '../../mail/address.ts'
import type { Command, CommandName, RestUse } from './command.ts'
import { findName, type Named, type Names } from './names.ts'
import type { Refusal } from './refusal.ts'
import { parseDay } from './when.ts'

/** One text in each language of the vocabulary. */
export interface InThree {
  readonly en: string
  readonly fr: string
  readonly es: string
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export interface CommandEntry<C extends Command = Command> {
  /** Words after `#`, the first is the one shown; accents and case do not matter. */
  readonly words: { readonly en: readonly string[]; readonly fr: readonly string[]; readonly es: readonly string[] }
  /** `ticket`: about a ticket that exists or that this mail opens. `desk`: about the desk or the agent. */
  readonly about: 'ticket' | 'desk'
  /** `text`: everything to the end of the line belongs to it; else a further `#word` on the line begins another command. */
  readonly takes: 'nothing' | 'words' | 'text'
  /** What to write after the word, '' for nothing. */
  readonly usage: InThree
  /** A sentence for the help. */
  readonly does: InThree
  readonly example: InThree
  /** What the command claims the rest of the mail for. */
  readonly rest?: (command: C) => RestUse | null
  readonly read: (given: string, names: Names) => Read<C>
}

export type Entries<N extends CommandName> = { readonly [K in N]: CommandEntry<Extract<Command, { name: K }>> }

export const good = <T>(value: T): Read<T> => ({ ok: true, value })
export const refused = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal })

const pairs: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ['‘', '’'],
  ["'", "'"],
  ['<', '>'],
]

/** Without quotes of any kind around it and without punctuation at its end. Autocorrect and phones add both. */
export function bare(given: string): string {
  let text = given.trim().replace(/[\s.,;!…]+$/, '')
  for (const [open, close] of pairs) {
    if (text.length >= 2 && text.startsWith(open) && text.endsWith(close)) text = text.slice(1, -1).trim()
  }
  return text
}

/** Words that say "nothing" or "nobody". */
export const isNone = (text: string): boolean =>
  /^(?:-|none|nobody|no one|nothing|aucune?|personne|rien|nadie|nada|ningun[oa]?|ninguna?)$/i.test(bare(text))

export function nothing<C extends Command>(command: C): (given: string) => Read<C> {
  return (given) => (bare(given) === '' ? good(command) : refused({ code: 'surplus', given: bare(given).slice(0, 60) }))
}

export function oneOf(entries: readonly Named[], given: string): Read<string> {
  const text = bare(given)
  if (text === '') return refused({ code: 'missing' })
  const found = findName(entries, text)
  if (found.ok) return good(found.key)
  return refused({
    code: found.code === 'unknown' ? 'unknown-name' : 'ambiguous-name',
    given: text.slice(0, 60),
    near: found.near,
  })
}

export function map<A, B>(read: Read<A>, make: (value: A) => B): Read<B> {
  return read.ok ? good(make(read.value)) : read
}

/** A text of one line, at most `max` characters. */
export function text(given: string, max = 500): Read<string> {
  const line = given.trim().slice(0, max)
  return line === '' ? refused({ code: 'missing' }) : good(line)
}

const MAX_ADDRESSES = 20

/** Addresses, separated as one likes; `Ann <ann@example.org>` and what clients make of links (`a@b<mailto:a@b>`) are read too. */
export function addresses(given: string): Read<readonly string[]> {
  const found = new Set<string>()
  for (const match of given.slice(0, 4000).matchAll(/[^\s<>,;:"'“”«»()[\]]{1,64}@[^\s<>,;:"'“”«»()[\]]{1,253}/gu)) {
    const address = strictAddrSpec(match[0].replace(/[.!?…]+$/, ''))
    if (address === undefined) return refused({ code: 'no-address', given: match[0].slice(0, 60) })
    if (found.size < MAX_ADDRESSES) found.add(address)
  }
  if (found.size > 0) return good([...found])
  return refused(bare(given) === '' ? { code: 'missing' } : { code: 'no-address', given: bare(given).slice(0, 60) })
}

/** One address, and what stands beside it as a name. */
export function person(given: string): Read<{ readonly address: string; readonly personName: string }> {
  const found = addresses(given)
  if (!found.ok) return found
  const [address] = found.value
  if (address === undefined || found.value.length > 1)
    return refused({ code: 'surplus', given: (found.value[1] ?? '').slice(0, 60) })
  const personName = given
    .slice(0, 400)
    .replace(/<?(?:mailto:)?[^\s<>]{1,64}@[^\s<>]{1,253}>?/giu, ' ')
    .replace(/["“”«»()<>,;:]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120)
  return good({ address, personName })
}

/** `12`, `#12`, `ABC-12`, `[ABC-12]`, with any hyphen. */
export function ticketNumber(given: string, names: Names): Read<number> {
  const word = bare(given)
    .replace(/^\[|\]$/g, '')
    .replace(/^[#＃]\s?/, '')
  if (word === '') return refused({ code: 'missing' })
  const match = /^(?:([A-Za-z][A-Za-z0-9]{0,9})\s?[-\u2010-\u2015]\s?)?(\d{1,9})$/.exec(word)
  const number = Number(match?.[2] ?? '0')
  if (!match || number === 0) return refused({ code: 'no-ticket', given: word.slice(0, 60), prefix: names.prefix })
  if (match[1] !== undefined && match[1].toUpperCase() !== names.prefix)
    return refused({ code: 'other-desk', given: word.slice(0, 60) })
  return good(number)
}

export function day(given: string, names: Names): Read<string> {
  const word = bare(given)
  if (word === '') return refused({ code: 'missing' })
  const found = parseDay(word, names.today, names.language)
  return found === null ? refused({ code: 'no-date', given: word.slice(0, 60) }) : good(found)
}
