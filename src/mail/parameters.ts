// Values with parameters: Content-Type and Content-Disposition. RFC 2045 §5.1, RFC 2231 (charsets, continuations), and the
// deviations of real mail: RFC 2047 words and raw 8-bit text in file names, no quotes, missing semicolons, comments.

import { decodeBytes } from './charset.ts'
import { decodeEncodedWords } from './encoded-word.ts'

export interface ParameterValue {
  /** The value before the first `;`, lower case, e.g. 'text/plain'. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
}

const MAX_LENGTH = 32_000
const MAX_PARAMETERS = 500

/** Parses `text/plain; charset="utf-8"; name*0*=UTF-8''a%20b`. The first of two equal parameters holds. */
export function parseParameters(raw: string): ParameterValue {
  const pieces = splitOutsideQuotes(raw.slice(0, MAX_LENGTH))
  const plain = new Map<string, string>()
  const parts = new Map<string, { index: number; text: string; encoded: boolean }[]>()
  for (const piece of pieces.slice(1, MAX_PARAMETERS)) {
    const equals = piece.indexOf('=')
    if (equals <= 0) continue
    const name = piece.slice(0, equals).trim().toLowerCase()
    const text = unquote(piece.slice(equals + 1).trim())
    const extended = /^([^*]{1,60})\*(?:(\d{1,3})(\*)?)?$/.exec(name)
    if (extended === null) {
      if (!plain.has(name)) plain.set(name, text)
      continue
    }
    const base = extended[1] ?? ''
    const list = parts.get(base) ?? []
    const numbered = extended[2] !== undefined
    list.push({ index: numbered ? Number(extended[2]) : -1, text, encoded: !numbered || extended[3] === '*' })
    parts.set(base, list)
  }
  const parameters = new Map<string, string>()
  for (const [name, text] of plain) parameters.set(name, decodeEncodedWords(text))
  // RFC 2231 says more than the plain form beside it, which is there for old readers.
  for (const [name, list] of parts) parameters.set(name, decode2231(list))
  const value = (pieces[0] ?? '')
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase()
  return { value: /^[^\s]*/.exec(value)?.[0] ?? '', parameters }
}

function decode2231(list: { index: number; text: string; encoded: boolean }[]): string {
  const single = list.find((part) => part.index < 0)
  const ordered = single === undefined ? [...list].sort((a, b) => a.index - b.index) : [single]
  const head = ordered[0]
  if (head === undefined) return ''
  const lead = head.encoded ? /^([^']{0,60})'[^']{0,40}'/.exec(head.text) : null
  const charset = lead === null ? null : (lead[1] ?? '') || null
  const chunks: Buffer[] = []
  for (const part of ordered) {
    const text = part === head && lead !== null ? part.text.slice(lead[0].length) : part.text
    chunks.push(part.encoded ? percentDecode(text) : Buffer.from(text, 'utf8'))
  }
  const text = decodeBytes(Buffer.concat(chunks), charset)
  // Seen in practice: RFC 2047 words inside RFC 2231 continuations.
  return decodeEncodedWords(text)
}

function percentDecode(text: string): Buffer {
  const source = Buffer.from(text, 'utf8')
  const out = Buffer.allocUnsafe(source.length)
  let n = 0
  for (let i = 0; i < source.length; i++) {
    const hex = source[i] === 0x25 ? source.toString('latin1', i + 1, i + 3) : ''
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      out[n++] = Number.parseInt(hex, 16)
      i += 2
    } else out[n++] = source[i] ?? 0
  }
  return out.subarray(0, n)
}

function splitOutsideQuotes(raw: string): string[] {
  const pieces: string[] = []
  let start = 0
  let quoted = false
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i]
    if (quoted && char === '\\') i++
    else if (char === '"') quoted = !quoted
    else if (char === ';' && !quoted) {
      pieces.push(raw.slice(start, i))
      start = i + 1
    }
  }
  pieces.push(raw.slice(start))
  return pieces
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text.replace(/\s+\([^()]*\)$/, '')
  let out = ''
  for (let i = 1; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '"') break
    if (char === '\\' && i + 1 < text.length) {
      // RFC 5322 §3.2.4 quoted-pair. A path of Windows with single backslashes loses them: it is no file name anyway.
      out += text[i + 1]
      i++
    } else out += char
  }
  return out
}
