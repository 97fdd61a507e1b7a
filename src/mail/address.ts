// Mailbox addresses. Two readings of one field: a lenient one for showing and for recipients (RFC 5322 §4.4 and worse), and a
// strict one for identity (threats T20, T33): exactly one mailbox, dot-atom or quoted local part, a domain that is valid as
// A-labels. Identities are compared in lower case on A-labels. Linear in the length of the field.

import { domainToASCII, domainToUnicode } from 'node:url'
import { decodeEncodedWords } from './encoded-word.ts'

/** One mailbox: `address` is lower case with the domain as A-labels, `name` is decoded display text ('' when absent). */
export interface Address {
  readonly address: string
  readonly name: string
}

/** A strict reading either gives the one mailbox or says in a few words why there is none. */
export type StrictAddress =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly why: string }

const MAX_ADDRESSES = 1000
const MAX_ADDRESS_LENGTH = 320

interface Mailbox {
  /** The text before `<`, decoded; or the comment beside a bare address. */
  readonly name: string
  /** What stands in `<…>`, or the bare text. */
  readonly spec: string
  readonly angles: number
  /** Text outside quotes, comments and angle brackets, as written. */
  readonly phrase: string
  readonly after: string
}

interface AddressList {
  readonly mailboxes: readonly Mailbox[]
  readonly groups: number
  readonly unclosed: boolean
}

/** Splits a From, To or Cc value into its mailboxes; the members of a group (RFC 5322 §3.4) stand in the list like others. */
function readList(raw: string): AddressList {
  const mailboxes: Mailbox[] = []
  let groups = 0
  let phrase = ''
  let shown = ''
  let comment = ''
  let spec: string | null = null
  let angles = 0
  let after = ''
  let state: 'text' | 'quoted' | 'comment' | 'angle' = 'text'
  let depth = 0
  const flush = () => {
    if ((spec !== null || shown.trim() !== '') && mailboxes.length < MAX_ADDRESSES) {
      const bare = spec === null
      // Seen in practice: `Name (user@example.org)`.
      const swapped = bare && !shown.includes('@') && comment.includes('@')
      mailboxes.push({
        name: cleanName(
          bare ? (shown.includes('@') ? comment : swapped ? shown : '') : shown.trim() !== '' ? shown : comment,
        ),
        spec: (bare ? (swapped ? comment : shown) : (spec ?? '')).trim(),
        angles,
        phrase: phrase.trim(),
        after: after.trim(),
      })
    }
    phrase = ''
    shown = ''
    comment = ''
    spec = null
    angles = 0
    after = ''
  }
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] ?? ''
    if (state === 'quoted') {
      if (char === '\\' && i + 1 < raw.length) {
        shown += raw[++i] ?? ''
      } else if (char === '"') {
        state = 'text'
        if (spec === null && raw[i + 1] === '@') shown = `"${shown}"`
      } else shown += char
    } else if (state === 'comment') {
      if (char === '\\') comment += raw[++i] ?? ''
      else if (char === '(') depth++
      else if (char === ')' && --depth === 0) state = 'text'
      else comment += char
    } else if (state === 'angle') {
      if (char === '>') state = 'text'
      else if (char === '(' && !(spec ?? '').includes('"')) {
        // RFC 5322 §3.2.2 allows comments there too: <pete(his account)@silly.example>.
        const close = raw.indexOf(')', i)
        if (close > 0) i = close
      } else spec = (spec ?? '') + char
    } else if (char === '"') {
      if (spec === null) state = 'quoted'
      else after += char
    } else if (char === '(') {
      state = 'comment'
      depth = 1
      if (comment !== '') comment += ' '
    } else if (char === '<') {
      angles++
      state = 'angle'
      spec = ''
    } else if (char === ',' || char === ';') flush()
    else if (char === ':' && spec === null && !phrase.includes('@')) {
      groups++
      phrase = ''
      shown = ''
      comment = ''
    } else if (spec === null) {
      phrase += char
      shown += char
    } else after += char
  }
  const unclosed = state !== 'text'
  flush()
  return { mailboxes, groups, unclosed }
}

function cleanName(text: string): string {
  return decodeEncodedWords(text)
    .replace(/\p{Cc}/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(/^'(.*)'$/, '$1')
}

/** Lower case with the domain as A-labels; a domain that IDNA refuses stays as it is, in lower case. */
export function canonicalAddress(spec: string): string {
  // Blanks belong to a quoted local part: "ann smith" and "annsmith" are two people.
  const quoted = spec.startsWith('"') && spec.lastIndexOf('"@') > 0
  const bare = spec
    .replace(quoted ? /[\r\n\t\p{Cc}]+/gu : /[\s\p{Cc}]+/gu, '')
    .slice(0, MAX_ADDRESS_LENGTH)
    .toLowerCase()
  const at = bare.lastIndexOf('@')
  if (at < 0) return bare
  const domain = bare.slice(at + 1)
  // domainToASCII normalises far more than IDNA ("127.1", "%41"): it is asked only about what is not ASCII. An address
  // whose local part is not ASCII either travels by SMTPUTF8 alone, with U-labels (RFC 6531 §3.2), and is no identity here.
  if (isAscii(domain) || !isAscii(bare.slice(0, at))) return bare
  const ascii = domainToASCII(domain)
  return ascii === '' ? bare : `${bare.slice(0, at)}@${ascii}`
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7e) return false
  return true
}

/** Whom a From value names first, for showing only: `address` is '' where it names nobody reachable ("From: Somebody"). */
export function claimedSender(raw: string): Address | null {
  const [named] = parseAddressList(raw)
  if (named !== undefined) return named
  const [first] = readList(raw).mailboxes
  if (first === undefined) return null
  return { address: '', name: first.name !== '' ? first.name : cleanName(first.spec) }
}

/** All mailboxes of a To, Cc, Reply-To or From value (raw, unfolded), leniently; at most 1,000. Entries without `@` are left out. */
export function parseAddressList(raw: string): Address[] {
  const addresses: Address[] = []
  for (const mailbox of readList(raw).mailboxes) {
    const spec = pickSpec(mailbox)
    if (spec !== undefined) addresses.push({ address: canonicalAddress(spec), name: mailbox.name })
  }
  return addresses
}

function pickSpec(mailbox: Mailbox): string | undefined {
  // Source routes (RFC 5322 §4.4): <@a,@b:user@c>.
  const spec = decodeEncodedWords(mailbox.spec.replace(/^@[^:]{0,200}:/, '')).replace(/^mailto:/i, '')
  if (spec.includes('@'))
    return spec.includes(' ') && !spec.startsWith('"') ? (/[^\s<>"]+@[^\s<>"]+/.exec(spec)?.[0] ?? spec) : spec
  return undefined
}

// RFC 5322 §3.2.3 atext.
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
// Quoted signs at which readers disagree where the address begins or ends (@ < > , ; : parentheses, backslash) are refused (threats T33).
const QUOTED_LOCAL =
  /^"[\x21#-'*+\-./0-9=?A-Z[\]^_`a-z{|}~](?:[\x20\x21#-'*+\-./0-9=?A-Z[\]^_`a-z{|}~]*[\x21#-'*+\-./0-9=?A-Z[\]^_`a-z{|}~])?"$/
// RFC 6532 §3.2 adds what is not ASCII: of that, letters with their marks and digits, so that nothing hides in it.
const UTF8_ATOM =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\p{L}\p{N}\p{M}]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\p{L}\p{N}\p{M}]+)*$/u
const LDH_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** An addr-spec that may name somebody: RFC 5322 dot-atom or quoted string, or RFC 6532 letters, `@`, a domain of LDH labels after IDNA. */
export function strictAddrSpec(spec: string): string | undefined {
  const at = spec.lastIndexOf('@')
  if (at <= 0 || spec.length > 254) return undefined
  const local = spec.slice(0, at)
  const international = !isAscii(local)
  if (international ? !isInternationalLocal(local) : !(DOT_ATOM.test(local) || QUOTED_LOCAL.test(local)))
    return undefined
  // An encoded word is no part of an address (RFC 2047 §5), and readers that decode it all the same read another one.
  if (local.length > 64 || local.includes('=?')) return undefined
  const written = spec.slice(at + 1).toLowerCase()
  if (/[%/\\:?#[\]\s]/.test(written)) return undefined
  const domain = isAscii(written) ? written : domainToASCII(written)
  // IDNA maps away what it does not know (soft hyphens, full-width letters, other full stops): such a name has two readings.
  if (domain !== written && domainToUnicode(domain) !== written.normalize('NFC')) return undefined
  if (domain === '' || domain.length > 253 || /^[\d.]+$/.test(domain)) return undefined
  if (!domain.split('.').every((label) => LDH_LABEL.test(label))) return undefined
  // Such an address goes by SMTPUTF8 alone, with U-labels (RFC 6531 §3.2), as `canonicalAddress` has it.
  return `${local.toLowerCase()}@${international ? written.normalize('NFC') : domain}`
}

/** One way of writing it, one script beside ASCII, 64 octets at most (RFC 6531 §3.3 keeps RFC 5321's limit). */
function isInternationalLocal(local: string): boolean {
  return (
    UTF8_ATOM.test(local) &&
    local === local.normalize('NFKC') &&
    !mixesScripts(local) &&
    new TextEncoder().encode(local).length <= 64
  )
}

/** Reads the values of all From fields of a mail as one identity (RFC 5322 §3.6.2 allows several; a desk cannot trust them). */
export function parseStrictFrom(values: readonly string[]): StrictAddress {
  const value = values[0]
  if (value === undefined) return { ok: false, why: 'no From field' }
  if (values.length > 1) return { ok: false, why: `${values.length === 2 ? 'two' : 'several'} From fields` }
  if (/\p{Cc}/u.test(value.replaceAll('\t', ' '))) return { ok: false, why: 'control characters in From' }
  const list = readList(value)
  if (list.mailboxes.length === 0) return { ok: false, why: 'From names no address' }
  if (list.groups > 0) return { ok: false, why: 'From is a group' }
  if (list.mailboxes.length > 1) return { ok: false, why: 'several addresses in From' }
  const [mailbox] = list.mailboxes
  if (mailbox === undefined) return { ok: false, why: 'From names no address' }
  if (list.unclosed) return { ok: false, why: 'From has an unclosed quote, comment or bracket' }
  if (mailbox.angles > 1 || /[@<>]/.test(mailbox.after)) return { ok: false, why: 'several addresses in From' }
  if (mailbox.after !== '') return { ok: false, why: 'text after the address in From' }
  if (mailbox.angles === 1 && mailbox.phrase.includes('@') && !mailbox.phrase.includes('=?')) {
    // `agent@corp <evil@x>` without quotes is no display name (RFC 5322 §3.2.5) and is read as two addresses by some.
    const inName = /[^\s<>"]+@[^\s<>"]+/.exec(mailbox.phrase)?.[0]?.toLowerCase()
    if (inName !== mailbox.spec.toLowerCase())
      return { ok: false, why: 'a second address stands before the bracket in From' }
  }
  const address = strictAddrSpec(mailbox.spec)
  if (address === undefined) return { ok: false, why: 'the From address is malformed' }
  return { ok: true, address: { address, name: mailbox.name } }
}

/** Characters without a shape of their own: soft hyphen, joiners, direction marks, fillers, variation selectors. */
const INVISIBLE =
  /[\u00ad\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufeff]|[\u180b-\u180e]|[\u200b-\u200f]|[\u202a-\u202e]|[\u2060-\u206f]|\p{Variation_Selector}|\u034f|\u061c/gu

const SCRIPTS: readonly RegExp[] = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Thai}/u,
]

/** Latin letters that are neither a to z nor those of a European alphabet, accents taken off: small capitals, ı, phonetic signs. */
const RARE_LATIN = /[^\P{Script=Latin}a-zßæœøłđðþħŋ]/u

/** True when one label of a domain mixes scripts that look alike; Han, kana and Hangul beside Latin are ordinary. */
function mixesScripts(label: string): boolean {
  return SCRIPTS.filter((script) => script.test(label)).length > 1
}

/**
 * A mailbox for the eyes of staff and customers (threats T31): the real address always, the domain as A-labels unless every
 * label is of one non-Latin script family or plain ASCII, and no name that itself shows an address, hides characters or
 * turns the direction of writing. `Ann <ann@example.org>`, or the bare address.
 */
export function showAddress(address: Address): string {
  const at = address.address.lastIndexOf('@')
  const domain = address.address.slice(at + 1)
  const ascii = isAscii(domain) ? domain : domainToASCII(domain) || domain
  const unicode = ascii.includes('xn--') ? domainToUnicode(ascii) : ascii
  // A whole label in Cyrillic or Greek can imitate a Latin one, and phonetic letters single ones, so those stay as A-labels.
  const safe =
    unicode !== '' &&
    !unicode
      .split('.')
      .some(
        (label) =>
          mixesScripts(label) ||
          RARE_LATIN.test(label.normalize('NFD')) ||
          /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(label),
      )
  const shown = `${address.address.slice(0, at + 1)}${safe ? unicode : ascii}`
  const name = safeName(address)
  return name === '' ? shown : `${name} <${shown}>`
}

/** The display name without tricks: '' when it shows an address other than the real one. */
export function safeName(address: Address): string {
  const name = address.name
    .replace(INVISIBLE, '')
    .replace(/[<>"\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120)
  if (/[@\uff20\ufe6b]/.test(name)) return ''
  return name
}

/** `Ann <ann@example.org>`; the address alone when there is no name, or when the name is that address. */
export const nameAndAddress = ({ name, address }: Address): string =>
  name === '' || name.toLowerCase() === address.toLowerCase() ? address : `${name} <${address}>`

/** The sub-address part after the first '+' of the local part, in lower case, or undefined. RFC 5233. */
export function subAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@')
  const plus = address.indexOf('+')
  return plus > 0 && plus < at - 1 ? address.slice(plus + 1, at) : undefined
}
