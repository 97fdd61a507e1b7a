// The tree of parts of a message (RFC 2045, 2046), read from the bytes without copying them. Nothing in a mail may stop it:
// a boundary that never closes, that is missing or is used twice, ten thousand nested parts, a hundred thousand siblings.
// Each level scans its slice once, so the work is at most `MIME_LIMITS.depth` times the size of the mail.

import { firstValue, type HeaderBlock, type HeaderField, readHeaderBlock } from '../mail/header.ts'
import { type ParameterValue, parseParameters } from '../mail/parameters.ts'

export const MIME_LIMITS = { depth: 40, parts: 2000 } as const

export interface MimePart {
  readonly fields: readonly HeaderField[]
  /** Lower-case media type, 'text/plain' when none is given (RFC 2045 §5.2). */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly disposition: ParameterValue | null
  /** Lower-case transfer encoding, '' when none is given. */
  readonly encoding: string
  /** The octets of the body as they stand in the mail. */
  readonly body: Buffer
  readonly children: readonly MimePart[]
  readonly parent: MimePart | null
}

export interface MimeTree {
  readonly root: MimePart
  readonly header: HeaderBlock
  /** null, or which limit left parts unread. */
  readonly problem: string | null
}

interface Budget {
  parts: number
  problem: string | null
}

/** Reads a message. `bytes` is what was received; CR alone as line end (old Macintosh files) is accepted. */
export function readMime(bytes: Buffer): MimeTree {
  const budget: Budget = { parts: 0, problem: null }
  const source = withLineFeeds(bytes)
  const header = readHeaderBlock(source)
  const root = readPart(source, header, source.length, null, 0, 'text/plain', budget)
  return { root, header, problem: budget.problem ?? (header.truncated ? 'a header beyond the limits was cut' : null) }
}

/** A mail that knows CR alone gets line feeds; any LF in it and the bytes stay as they are. */
function withLineFeeds(bytes: Buffer): Buffer {
  if (bytes.includes(0x0a) || !bytes.includes(0x0d)) return bytes
  const copy = Buffer.from(bytes)
  for (let i = 0; i < copy.length; i++) if (copy[i] === 0x0d) copy[i] = 0x0a
  return copy
}

interface Draft extends MimePart {
  children: MimePart[]
}

function readPart(
  bytes: Buffer,
  header: HeaderBlock,
  end: number,
  parent: MimePart | null,
  depth: number,
  fallback: string,
  budget: Budget,
): MimePart {
  budget.parts++
  const contentType = parseParameters(firstValue(header.fields, 'content-type') ?? fallback)
  const given = firstValue(header.fields, 'content-disposition')
  const part: Draft = {
    fields: header.fields,
    type: mediaType(contentType.value, fallback),
    parameters: contentType.parameters,
    disposition: given === undefined ? null : parseParameters(given),
    encoding: (firstValue(header.fields, 'content-transfer-encoding') ?? '')
      .replace(/\([^()]*\)/g, '')
      .replace(/[;\s].*$/s, '')
      .replace(/["']/g, '')
      .toLowerCase(),
    body: bytes.subarray(header.bodyAt, end),
    children: [],
    parent,
  }
  if (!part.type.startsWith('multipart/')) return part
  const boundary = contentType.parameters.get('boundary')?.trimEnd() || guessBoundary(part.body)
  if (boundary === undefined) return part
  if (depth >= MIME_LIMITS.depth) {
    budget.problem ??= `parts nested deeper than ${MIME_LIMITS.depth}`
    return part
  }
  const childFallback = part.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  for (const slice of splitAtBoundary(bytes, header.bodyAt, end, boundary)) {
    if (budget.parts >= MIME_LIMITS.parts) {
      budget.problem ??= `more than ${MIME_LIMITS.parts} parts`
      break
    }
    const child = readHeaderBlock(bytes, slice.from, slice.to)
    part.children.push(readPart(bytes, child, slice.to, part, depth + 1, childFallback, budget))
  }
  return part
}

/** Seen in practice: `text`, `html`, `text/plain, …`, `charset=…` in place of a type (RFC 2045 §5.2: then it is text/plain). */
function mediaType(value: string, fallback: string): string {
  const clean = value.replace(/[,;].*$/s, '')
  if (/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+*-]+$/.test(clean)) return clean
  if (clean === 'html' || clean === 'text/') return clean === 'html' ? 'text/html' : 'text/plain'
  if (/^(?:application|image|audio|video)\/?$/.test(clean)) return 'application/octet-stream'
  if (clean === 'multipart' || clean === 'multipart/') return 'multipart/mixed'
  return clean === '' || !clean.includes('/') ? fallback : 'application/octet-stream'
}

/** A multipart without a usable boundary parameter: the first line that begins with `--` is taken for one. */
function guessBoundary(body: Buffer): string | undefined {
  const head = body.toString('latin1', 0, 4096)
  return /(?:^|\n)--([^\s-][^\r\n]{0,100}?)[ \t]*\r?\n(?=[^\n]{0,200}:)/.exec(head)?.[1]
}

interface Slice {
  readonly from: number
  readonly to: number
}

/** The slices between the delimiter lines of RFC 2046 §5.1.1. Without a closing delimiter the last part runs to the end. */
function splitAtBoundary(bytes: Buffer, from: number, to: number, boundary: string): Slice[] {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8')
  const slices: Slice[] = []
  // A view that ends where the part ends: a search that finds nothing must not run on to the end of the mail.
  const view = bytes.subarray(0, to)
  let open = -1
  let at = from
  while (at < to) {
    const hit = view.indexOf(delimiter, at)
    if (hit < 0) break
    const next = hit + delimiter.length
    const lineStart = hit === from || bytes[hit - 1] === 0x0a
    const close = bytes[next] === 0x2d && bytes[next + 1] === 0x2d
    if (!lineStart || !endsLine(bytes, close ? next + 2 : next, to, close)) {
      at = next
      continue
    }
    if (open >= 0) slices.push({ from: open, to: Math.max(open, beforeLineEnd(bytes, hit, open)) })
    if (slices.length > MIME_LIMITS.parts) return slices
    const lf = view.indexOf(0x0a, next)
    at = lf < 0 ? to : lf + 1
    open = at
    if (close) {
      // A closed multipart whose boundary opens again: some mailers nest with one and the same boundary, so parts may follow.
      if (view.indexOf(delimiter, at) < 0) return slices
      open = -1
    }
  }
  if (open >= 0 && open < to) slices.push({ from: open, to })
  return slices
}

function endsLine(bytes: Buffer, at: number, to: number, close: boolean): boolean {
  let i = at
  while (i < to && (bytes[i] === 0x20 || bytes[i] === 0x09 || bytes[i] === 0x0d)) i++
  return i >= to || bytes[i] === 0x0a || close
}

function beforeLineEnd(bytes: Buffer, hit: number, open: number): number {
  let end = hit
  if (end > open && bytes[end - 1] === 0x0a) end--
  if (end > open && bytes[end - 1] === 0x0d) end--
  return end
}
