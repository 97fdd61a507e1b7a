// Content identity: the same mail by two ways is one mail (threats T21, F25, F31). It is the SHA-256 of the header without the
// fields that the way writes, and of the body with LF line ends and without empty lines at its end, because SMTP, IMAP, Maildir
// and mbox write the same mail with different line ends. DKIM-Signature is part of it: a copy without the signature is another
// mail, so nobody can make a signed mail vanish by sending its text first.
//
// Without Message-ID nothing tells two equal mails of a monitoring script from one mail by two ways, so such a mail is its
// exact bytes. Where no server wrote a Received field into it, not even these tell, and every receipt is a mail of its own.

import { createHash, type Hash } from 'node:crypto'
import type { MailRest } from './message.ts'

/** `identity` and `sha256` (of the exact bytes) are 32 octets each. */
export interface Identity {
  readonly identity: Buffer
  readonly sha256: Buffer
}

/** Fields that servers on the way and stores of mail write (RFC 5321 §4.4, RFC 8601, RFC 8617, and in practice). */
const TRACE = new Set([
  'received',
  'received-spf',
  'return-path',
  'delivered-to',
  'x-original-to',
  'x-delivered-to',
  'envelope-to',
  'x-envelope-to',
  'x-envelope-from',
  'x-rcpt-to',
  'delivery-date',
  'authentication-results',
  'authentication-results-original',
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
  'x-received',
  'x-forwarded-to',
  'x-forwarded-for',
  'x-google-dkim-signature',
  'x-google-smtp-source',
  'x-gm-message-state',
  'x-apparently-to',
  'x-virus-scanned',
  'x-proofpoint-virus-version',
  'x-sieve',
  'status',
  'x-status',
  'x-keywords',
  'x-uid',
  'x-imapbase',
  'content-length',
  'lines',
  'x-mozilla-status',
  'x-mozilla-status2',
  'x-mozilla-keys',
  'x-guichet-cut-off',
])
const TRACE_PREFIXES = [
  'x-ms-exchange-',
  'x-microsoft-antispam',
  'x-forefront-antispam',
  'x-spam-',
  'x-rspamd-',
] as const

const LF = 0x0a
const CR = 0x0d
const BLOCK = 256 * 1024
/** What of a rest is in memory at a time. */
const PIECE = 1024 * 1024
/** Beyond this the header counts as body, so that the reading of fields stays bounded. */
const HEADER_BYTES = 1024 * 1024

const isTrace = (key: string): boolean => TRACE.has(key) || TRACE_PREFIXES.some((prefix) => key.startsWith(prefix))

/** `sourceId` counts only for a mail that has neither Message-ID nor Received. */
export function contentIdentity(bytes: Buffer, sourceId: string): Identity {
  const sha256 = createHash('sha256').update(bytes).digest()
  const header = readHeader(bytes)
  if (!header.messageId) return exactIdentity(sha256, header.received, sourceId)
  const hash = hashOfHeader(header.kept)
  updateWithBody(hash, bytes, header.end)
  return { identity: hash.digest(), sha256 }
}

/** The same of a mail that continues outside memory, a megabyte at a time. Its header ends, or is cut, within `head`. */
export async function largeIdentity(head: Buffer, rest: MailRest, sourceId: string): Promise<Identity> {
  const header = readHeader(head)
  const exact = createHash('sha256').update(head)
  const hash = hashOfHeader(header.kept)
  // Line ends at the end of the mail do not count: the hash as it stood at the last octet that is none.
  let upToText = hash.copy()
  let carried: Buffer = Buffer.alloc(0)
  const add = (block: Buffer, last: boolean): void => {
    const joined = carried.length > 0 ? Buffer.concat([carried, block]) : block
    // A line end is never torn apart.
    const torn = !last && joined[joined.length - 1] === CR
    const whole = torn ? joined.subarray(0, -1) : joined
    carried = torn ? joined.subarray(-1) : Buffer.alloc(0)
    const text = endOfText(whole, 0)
    updateWithLines(hash, whole, 0, text)
    if (text > 0) upToText = hash.copy()
    updateWithLines(hash, whole, text, whole.length)
  }
  add(head.subarray(header.end), false)
  for (let at = 0; at < rest.size; at += PIECE) {
    const piece = await rest.read(at, Math.min(rest.size, at + PIECE))
    exact.update(piece)
    add(piece, at + PIECE >= rest.size)
  }
  const sha256 = exact.digest()
  if (!header.messageId) return exactIdentity(sha256, header.received, sourceId)
  return { identity: upToText.digest(), sha256 }
}

function exactIdentity(sha256: Buffer, received: boolean, sourceId: string): Identity {
  const hash = createHash('sha256').update('exact\n').update(sha256)
  if (!received) hash.update(sourceId)
  return { identity: hash.digest(), sha256 }
}

const hashOfHeader = (kept: string): Hash =>
  createHash('sha256').update('content\n').update(kept.replaceAll('\r\n', '\n'), 'latin1').update('\n')

/** The header without what the way writes, and where the body begins. */
function readHeader(bytes: Buffer): { kept: string; messageId: boolean; received: boolean; end: number } {
  const end = headerEnd(bytes)
  const text = bytes.toString('latin1', 0, end)
  let kept = ''
  let messageId = false
  let received = false
  let at = 0
  let key = ''
  while (at < text.length) {
    const lf = text.indexOf('\n', at)
    const next = lf < 0 ? text.length : lf + 1
    const line = text.slice(at, next)
    let value = line
    if (line[0] !== ' ' && line[0] !== '\t') {
      const colon = line.indexOf(':')
      key = line
        .slice(0, Math.max(0, Math.min(colon, 80)))
        .trim()
        .toLowerCase()
      value = line.slice(colon + 1)
    }
    // Long ids stand on a line of their own (Outlook).
    if (key === 'message-id' && value.trim() !== '') messageId = true
    if (key === 'received') received = true
    if (!isTrace(key)) kept += line
    at = next
  }
  return { kept, messageId, received, end }
}

/** The offset behind the header: at the empty line, or at the end (of the bytes or of what is read as header). */
function headerEnd(bytes: Buffer): number {
  const limit = Math.min(bytes.length, HEADER_BYTES)
  let at = 0
  while (at < limit) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) return at
    const lf = bytes.indexOf(LF, at)
    if (lf < 0) return limit
    at = lf + 1
  }
  return limit
}

function updateWithBody(hash: Hash, bytes: Buffer, from: number): void {
  updateWithLines(hash, bytes, from, endOfText(bytes, from))
}

/** The offset behind the last octet that is no line end. */
function endOfText(bytes: Buffer, from: number): number {
  let to = bytes.length
  while (to > from && (bytes[to - 1] === LF || bytes[to - 1] === CR)) to--
  return to
}

/** With LF line ends. */
function updateWithLines(hash: Hash, bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; ) {
    let end = Math.min(to, at + BLOCK)
    // A line end is never torn apart.
    if (end < to && bytes[end - 1] === CR) end++
    const block = bytes.toString('latin1', at, end)
    hash.update(block.includes('\r\n') ? block.replaceAll('\r\n', '\n') : block, 'latin1')
    at = end
  }
}
