// The header block of a message or of one of its parts, read by hand, so that nothing in it can stop the reading: RFC 5322
// §2.2 with the deviations of real mail (LF line ends, `Name :`, mbox "From " lines, raw 8-bit text, lines that are no field).
// Linear in the size of the block; sizes are bounded by `HEADER_LIMITS`.

import { decodeHeaderBytes } from './charset.ts'
import { decodeEncodedWords } from './encoded-word.ts'

/** One field: `name` as written, `key` in lower case, `value` unfolded text before RFC 2047 decoding. */
export interface HeaderField {
  readonly name: string
  readonly key: string
  readonly value: string
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[]
  /** Offset of the first octet of the body. */
  readonly bodyAt: number
  /** True when a limit was met and fields or parts of values were left out. */
  readonly truncated: boolean
}

/** Beyond these a field is left out, or its value cut; the fields that `ALWAYS` names are kept wherever they stand. */
export const HEADER_LIMITS = { fields: 2000, valueBytes: 128 * 1024, blockBytes: 1024 * 1024 } as const

const ALWAYS = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'message-id',
  'in-reply-to',
  'references',
  'date',
  'content-type',
  'auto-submitted',
])
const MAX_ALWAYS = 4000

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}

/** Reads the header block in `bytes[from, to)`. A first line `From …` or `>From …` of an mbox is no field and is skipped. */
export function readHeaderBlock(source: Buffer, from = 0, to = source.length): HeaderBlock {
  // A view that ends where the part ends: a search for a line end must not run on to the end of the mail.
  const bytes = to === source.length ? source : source.subarray(0, to)
  const fields: HeaderField[] = []
  let truncated = false
  let used = 0
  let always = 0
  let at = from
  while (at < to) {
    const lineEnd = endOfLine(bytes, at, to)
    if (isEmptyLine(bytes, at, lineEnd)) return { fields, bodyAt: lineEnd, truncated }
    let end = lineEnd
    while (end < to && isBlank(bytes[end]) && !isEmptyLine(bytes, end, endOfLine(bytes, end, to)))
      end = endOfLine(bytes, end, to)
    const name = fieldName(bytes, at, lineEnd)
    if (name === undefined) {
      // RFC 5322 knows no such line. Where the text begins without an empty line, what follows is the body.
      if (fields.length > 0 && looksLikeBody(bytes, at, lineEnd, to)) return { fields, bodyAt: at, truncated }
      at = end
      continue
    }
    const key = name.text.toLowerCase()
    const size = Math.min(end - name.valueAt, HEADER_LIMITS.valueBytes)
    const wanted = ALWAYS.has(key) && always < MAX_ALWAYS
    if (wanted) always++
    if (wanted || (fields.length < HEADER_LIMITS.fields && used + size <= HEADER_LIMITS.blockBytes)) {
      fields.push({ name: name.text, key, value: unfold(bytes.subarray(name.valueAt, name.valueAt + size)) })
      used += size
      if (size < end - name.valueAt) truncated = true
    } else truncated = true
    at = end
  }
  return { fields, bodyAt: to, truncated }
}

function endOfLine(bytes: Buffer, at: number, to: number): number {
  const lf = bytes.indexOf(LF, at)
  return lf < 0 || lf >= to ? to : lf + 1
}

function isEmptyLine(bytes: Buffer, at: number, end: number): boolean {
  const length = end - at
  if (length === 1) return bytes[at] === LF
  return length === 2 && bytes[at] === CR && bytes[at + 1] === LF
}

function fieldName(bytes: Buffer, at: number, end: number): { text: string; valueAt: number } | undefined {
  let i = at
  while (i < end && i - at < 200) {
    const byte = bytes[i] ?? 0
    if (byte === COLON) break
    if (byte < 0x21 || byte > 0x7e) break
    i++
  }
  if (i === at) return undefined
  const nameEnd = i
  // `Subject : text` is obsolete syntax (RFC 5322 §4.5) and still seen.
  while (i < end && isBlank(bytes[i])) i++
  if (bytes[i] !== COLON) return undefined
  return { text: bytes.toString('latin1', at, nameEnd), valueAt: i + 1 }
}

/** Fields that a body hardly ever has at the beginning of a line, so that nonsense above them is nonsense in a header. */
const UNMISTAKABLE = new Set([
  'from',
  'subject',
  'message-id',
  'mime-version',
  'content-type',
  'received',
  'return-path',
  'date',
])

/**
 * A line without a field name ends the header when no field follows it (a lost empty line), unless it is an mbox separator
 * or stands above fields that only a header has.
 */
function looksLikeBody(bytes: Buffer, at: number, end: number, to: number): boolean {
  const line = bytes.toString('latin1', at, Math.min(end, at + 80))
  if (/^>?From /.test(line) || /^[ \t]/.test(line)) return false
  if (line.startsWith('--')) return true
  let next = end
  for (let i = 0; i < 12 && next < to; i++) {
    const nextEnd = endOfLine(bytes, next, to)
    if (isEmptyLine(bytes, next, nextEnd)) return i > 0
    const name = fieldName(bytes, next, nextEnd)
    if (name !== undefined && (i < 3 || UNMISTAKABLE.has(name.text.toLowerCase()))) return false
    next = nextEnd
  }
  return true
}

/** RFC 5322 §2.2.3: line ends go, the white space after them stays. 8-bit text is UTF-8 (RFC 6532). Each run of line ends is looked at once. */
function unfold(bytes: Buffer): string {
  const text = decodeHeaderBytes(bytes)
  return text
    .replace(/[\r\n]+/g, (run: string, at: number) =>
      run.includes('\n') && /[ \t]/.test(text[at + run.length] ?? '') ? '' : ' ',
    )
    .trim()
}

// Octets that no field name holds (RFC 5322 §2.2), and that some readers drop.
const DROPPED = '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\xff]'
const FROM_NAME = ['', 'f', 'r', 'o', 'm[ \\t]*', ':'].join(`${DROPPED}*`)
const FROM_AFTER_CR = new RegExp(`\\r(?!\\n)${FROM_NAME}`, 'i')
const FROM_LIKE = new RegExp(`(?:^|\\n)${FROM_NAME}`, 'gi')
const DROPPED_ONE = new RegExp(DROPPED)

/**
 * True when a header block holds what only some readers take for a From field: behind a CR alone, or with octets in or before
 * its name that they drop. Whoever checks the sender on the way may then have checked another one (threats T20).
 */
export function hidesFrom(block: Buffer): boolean {
  const text = block.toString('latin1')
  // Old Macintosh files end every line so.
  if (text.includes('\n') && FROM_AFTER_CR.test(text)) return true
  for (const [found] of text.matchAll(FROM_LIKE)) if (DROPPED_ONE.test(found)) return true
  return false
}

/** The value of the first field with this lower-case name, not decoded. */
export function firstValue(fields: readonly HeaderField[], key: string): string | undefined {
  return fields.find((field) => field.key === key)?.value
}

/** The values of all fields with this lower-case name, top to bottom, not decoded. */
export function allValues(fields: readonly HeaderField[], key: string): readonly string[] {
  return fields.filter((field) => field.key === key).map((field) => field.value)
}

/** An unstructured value as a person should see it: RFC 2047 decoded, one line, no control characters. */
export function displayText(value: string): string {
  return decodeEncodedWords(value)
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
}
