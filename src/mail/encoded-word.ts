// RFC 2047 encoded words, as real mailers write them: blanks inside, split letters, adjacent words, base64 without padding.
// Bounded: a word is at most 4,000 characters and a value at most 5,000 words; what goes beyond stays as it is.

import { charsetLabel, decodeBytes } from './charset.ts'

const MAX_WORD = 4000
const MAX_WORDS = 5000
const OPENING = /=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([BbQq])\?/y

interface Word {
  readonly charset: string
  readonly bytes: Buffer
}

/** Q encoding, RFC 2047 §4.2: quoted-printable where `_` is a blank. */
function decodeQ(text: string): Buffer {
  const out = Buffer.allocUnsafe(text.length * 3)
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '_') out[n++] = 0x20
    else if (char === '=' && /^[0-9A-Fa-f]{2}$/.test(text.slice(i + 1, i + 3))) {
      out[n++] = Number.parseInt(text.slice(i + 1, i + 3), 16)
      i += 2
    } else n += out.write(char ?? '', n, 'utf8')
  }
  return out.subarray(0, n)
}

function joined(words: readonly Word[]): string {
  // A letter may be cut in two by the boundary of two words of one character set (RFC 2047 §5 forbids it, mailers do it).
  let out = ''
  let at = 0
  while (at < words.length) {
    const first = words[at]
    if (first === undefined) break
    let end = at + 1
    while (words[end]?.charset === first.charset) end++
    const bytes = end === at + 1 ? first.bytes : Buffer.concat(words.slice(at, end).map((word) => word.bytes))
    out += decodeBytes(bytes, first.charset)
    at = end
  }
  return out
}

/** Replaces every encoded word of `value` by its text; white space between two adjacent words disappears (RFC 2047 §6.2). */
export function decodeEncodedWords(value: string): string {
  if (!value.includes('=?')) return value
  let out = ''
  let run: Word[] = []
  let count = 0
  let at = 0
  while (at < value.length) {
    const start = count < MAX_WORDS ? value.indexOf('=?', at) : -1
    if (start < 0) break
    OPENING.lastIndex = start
    const opening = OPENING.exec(value)
    const bodyAt = OPENING.lastIndex
    // The word ends at the first `?=`; a Q text that itself ends in `?` gives `??=`.
    let close = opening === null ? -1 : value.slice(bodyAt, bodyAt + MAX_WORD).indexOf('?=')
    if (opening === null || close < 0) {
      out += flush(run, value.slice(at, start + 2))
      run = []
      at = start + 2
      continue
    }
    if (value[bodyAt + close + 1] === '=' && value[bodyAt + close - 1] === undefined) close = -1
    const body = value.slice(bodyAt, bodyAt + close)
    const between = value.slice(at, start)
    if (run.length === 0 || between.trim() !== '') {
      out += flush(run, between)
      run = []
    }
    const base64 = (opening[2] ?? '').toLowerCase() === 'b'
    run.push({
      charset: charsetLabel(opening[1] ?? ''),
      bytes: base64 ? Buffer.from(body, 'base64') : decodeQ(body),
    })
    count++
    at = bodyAt + close + 2
  }
  return out + flush(run, value.slice(at))
}

function flush(run: readonly Word[], after: string): string {
  return run.length === 0 ? after : joined(run) + after
}
