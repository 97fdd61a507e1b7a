// Which parts of a message are what a person reads, and which are attachments. RFC 2046 §5.1, RFC 8621 §4.1.4 where mailers
// disagree, and the habits of real mail: text with a file name, images without a disposition, uuencode and TNEF inside.

import { assumedCharset, decodeBytes } from '../mail/charset.ts'
import { displayText, firstValue } from '../mail/header.ts'
import { storable } from '../mail/storable.ts'
import type { AttachmentContent } from './attachment.ts'
import type { LineRole } from './html-marks.ts'
import { htmlToText } from './html-text.ts'
import type { MimePart } from './mime.ts'
import { readTnef } from './tnef.ts'
import { decodeTransfer, extractUuencoded } from './transfer.ts'
import { isPlaceholder, versionsDiffer } from './versions.ts'

export interface MailBody {
  readonly text: string
  /** Roles of the lines of `text`, when it was made from HTML. */
  readonly roles: readonly LineRole[] | null
  readonly attachments: readonly AttachmentContent[]
  readonly calendar: string | null
  /** The plain text that is shown and the HTML beside it say different things (threats T48). */
  readonly differs: boolean
}

const MAX_TEXT = 2_000_000
const MAX_CALENDAR = 64 * 1024

const ENDINGS = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['image/bmp', 'bmp'],
  ['image/tiff', 'tif'],
  ['application/pdf', 'pdf'],
  ['application/zip', 'zip'],
  ['text/calendar', 'ics'],
  ['application/ics', 'ics'],
  ['text/csv', 'csv'],
])

interface Collected {
  readonly plain: string[]
  readonly html: string[]
  readonly parts: { part: MimePart; content: Buffer; alternative: boolean }[]
  /** The multipart/alternative parts whose plain text was taken. */
  readonly alternatives: Set<MimePart>
  calendar: string | null
}

/** Reads the visible text and the attachments out of the tree. */
export function readBody(root: MimePart): MailBody {
  const collected: Collected = { plain: [], html: [], parts: [], alternatives: new Set(), calendar: null }
  collect(root, collected, true)
  const html = collected.html.length > 0 ? htmlToText(collected.html.join('<hr>')) : null
  const plain = collected.plain.join('\n').slice(0, MAX_TEXT)
  const blankHtml = html === null || isBlank(html.text)
  const differing = !blankHtml && collected.alternatives.size > 0 && versionsDiffer(plain, html.text)
  const usePlain = blankHtml || !(isBlank(plain) || (differing && isPlaceholder(plain)))
  const cids = new Set(html?.contentIds ?? [])
  const attachments = collected.parts.map(({ part, content }) => toAttachment(part, content, cids))
  let text = usePlain ? plain : (html?.text ?? '')
  for (const { part, content } of collected.parts) {
    if (!isTnef(part)) continue
    const tnef = readTnef(content)
    if (tnef === null) continue
    attachments.push(...tnef.attachments)
    if (isBlank(text)) text = tnef.text !== '' ? tnef.text : htmlToText(tnef.html).text
  }
  text = storable(text.replace(/\r\n?/g, '\n'))
  const uuencoded = usePlain ? extractUuencoded(text) : null
  for (const { filename, content } of uuencoded?.files ?? []) {
    attachments.push({ filename, contentType: 'application/octet-stream', content, inline: false, contentId: null })
  }
  const fileLines = uuencoded !== null && uuencoded.lines.size > 0 ? uuencoded.lines : null
  return {
    text,
    roles:
      fileLines === null
        ? usePlain
          ? null
          : (html?.roles ?? null)
        : text.split('\n').map((_line, i) => (fileLines.has(i) ? 'file' : null)),
    attachments,
    calendar: collected.calendar,
    differs: differing && usePlain,
  }
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

function isTnef(part: MimePart): boolean {
  return (
    part.type === 'application/ms-tnef' ||
    part.type === 'application/vnd.ms-tnef' ||
    /^winmail\.dat$/i.test(fileNameOf(part) ?? '')
  )
}

function collect(part: MimePart, into: Collected, first: boolean): void {
  if (part.children.length > 0) {
    part.children.forEach((child, i) => {
      collect(child, into, i === 0)
    })
    return
  }
  if (part.type.startsWith('multipart/')) {
    // Without parts the octets themselves are all there is to read.
    if (!isBlank(part.body.toString('latin1', 0, 2000)))
      into.plain.push(textOf(part, decodeTransfer(part.body, part.encoding)))
    return
  }
  const content = contentOf(part)
  const alternative = part.parent?.type === 'multipart/alternative'
  const name = fileNameOf(part)
  const attached = part.disposition?.value === 'attachment' || (name !== null && !first)
  const readable =
    part.type === 'text/plain' ||
    part.type === 'text/html' ||
    ((part.type === 'text/enriched' || part.type === 'text/richtext') && !attached)
  if (part.type === 'text/calendar' || part.type === 'application/ics')
    into.calendar ??= storable(decodeBytes(content, charsetOf(part)).slice(0, MAX_CALENDAR))
  if (!readable || attached) {
    if (part.parent === null && part.body.length === 0) return
    into.parts.push({ part, content, alternative })
    return
  }
  if (part.type === 'text/html')
    into.html.push(decodeBytes(content, charsetOf(part) ?? metaCharset(content) ?? unlabelled(part, content)))
  else if (part.type === 'text/plain') {
    // Alternatives say the same thing: one of them is read.
    if (alternative && part.parent !== null && into.alternatives.has(part.parent)) return
    if (alternative && part.parent !== null && content.length > 0) into.alternatives.add(part.parent)
    into.plain.push(textOf(part, content))
  } else if (!alternative) into.plain.push(enrichedText(textOf(part, content)))
  // Some systems count a named text as an attachment too: a log file sent inline must stay retrievable.
  if (name !== null) into.parts.push({ part, content, alternative })
}

const TEXTUAL = /^(?:text|message)\/|^application\/pgp/

/**
 * What a part holds once the transport's marks are gone. Parts without an encoding are lines (RFC 2045 §2.7), so that their
 * CRLF are the transport's, and a saved file gets LF; a nested message keeps its octets, but for empty lines between it and
 * the boundary, which DKIM does not count either.
 */
function contentOf(part: MimePart): Buffer {
  const content = decodeTransfer(part.body, part.encoding)
  if (part.type === 'message/rfc822' || part.type === 'message/global') {
    let end = content.length
    while (end > 0 && (content[end - 1] === 0x0a || content[end - 1] === 0x0d)) end--
    return content.subarray(0, end)
  }
  const lines = part.encoding === '' || part.encoding === '7bit' || part.encoding === '8bit'
  // Binary files that a mailer sent as 8bit are let alone.
  if (!lines || !TEXTUAL.test(part.type) || !content.includes('\r\n')) return content
  return Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}

function charsetOf(part: MimePart): string | null {
  return part.parameters.get('charset') ?? null
}

const MIME_FIELDS = ['content-type', 'content-transfer-encoding', 'mime-version']

/** The charset of a part that names none; mail without any MIME field is US-ASCII (RFC 2045 §5.2). */
function unlabelled(part: MimePart, content: Buffer): string | null {
  let root = part
  while (root.parent !== null) root = root.parent
  if (MIME_FIELDS.every((key) => firstValue(root.fields, key) === undefined)) return null
  return assumedCharset(
    content,
    ['subject', 'from'].flatMap((key) => firstValue(root.fields, key) ?? []),
  )
}

function metaCharset(content: Buffer): string | null {
  return (
    /<meta[^>]{0,200}charset\s{0,3}=\s{0,3}["']?([\w-]{1,40})/i.exec(content.toString('latin1', 0, 4096))?.[1] ?? null
  )
}

function textOf(part: MimePart, content: Buffer): string {
  const read = content.length > 2 * MAX_TEXT ? content.subarray(0, 2 * MAX_TEXT) : content
  const text = decodeBytes(read, charsetOf(part) ?? unlabelled(part, read))
  const flowed = part.parameters.get('format')?.toLowerCase() === 'flowed'
  return flowed ? unflow(text, part.parameters.get('delsp')?.toLowerCase() === 'yes') : text
}

/** RFC 3676 §4: a line that ends in a blank continues in the next line of the same quote depth; `-- ` never flows. */
function unflow(text: string, deleteSpace: boolean): string {
  const out: string[] = []
  let open: { depth: number; text: string } | null = null
  for (const raw of text.split(/\r?\n/)) {
    const quotes = /^>*/.exec(raw)?.[0].length ?? 0
    const line = raw.slice(quotes).replace(/^ /, '')
    const signature = line === '-- '
    const flows = line.endsWith(' ') && !signature
    const body = flows && deleteSpace ? line.slice(0, -1) : line
    if (open !== null && open.depth === quotes && !signature) {
      open.text += body
    } else {
      if (open !== null) out.push(quoted(open))
      open = { depth: quotes, text: body }
    }
    if (!flows) {
      out.push(quoted(open))
      open = null
    }
  }
  if (open !== null) out.push(quoted(open))
  return out.join('\n')
}

function quoted(line: { depth: number; text: string }): string {
  return line.depth === 0 ? line.text : `${'>'.repeat(line.depth)} ${line.text}`
}

/** RFC 1896, as plain text. */
function enrichedText(text: string): string {
  return text
    .replace(/<param>[^<]{0,200}<\/param>/gi, '')
    .replace(/<<|<\/?[a-z-]{1,40}>/gi, (tag) => (tag === '<<' ? '<' : ''))
}

/** The file name of a part: Content-Disposition's, else Content-Type's `name`. Path, NUL and control characters are gone. */
export function fileNameOf(part: MimePart): string | null {
  const written =
    part.disposition?.parameters.get('filename') ??
    part.parameters.get('name') ??
    part.parameters.get('filename') ??
    part.disposition?.parameters.get('name') ??
    part.parameters.get('file')
  if (written === undefined) return null
  // Marks that turn the direction of writing make "fdp.exe" look like "exe.pdf".
  const clean = storable(written)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, '')
    .trim()
  // A path is where the sender keeps a file; that of an external body is where others fetch it (RFC 2046 §5.2.3).
  const bare =
    part.type === 'message/external-body' ? clean : clean.replace(/^(?:[A-Za-z]:|\.{0,2})[\\/](?:.*[\\/])?/s, '')
  return /^\.*$/.test(bare) ? null : bare.slice(0, 500)
}

function toAttachment(part: MimePart, content: Buffer, cids: ReadonlySet<string>): AttachmentContent {
  const contentId =
    firstValue(part.fields, 'content-id')
      ?.replace(/^\s*<|>\s*$/g, '')
      .trim() || null
  const nested = part.type === 'message/rfc822' || part.type === 'message/global'
  const referenced = contentId !== null && cids.has(contentId)
  const disposition = part.disposition?.value ?? null
  return {
    filename: fileNameOf(part) ?? (nested ? nestedName(content) : nameByType(part.type)),
    contentType: part.type,
    content,
    inline:
      referenced ||
      (disposition === 'inline' && part.type.startsWith('image/')) ||
      (disposition === null && contentId !== null && part.parent?.type === 'multipart/related'),
    contentId: contentId === null ? null : storable(contentId),
  }
}

/** A picture or document without a name gets one, so that it can be opened after it was saved. */
function nameByType(type: string): string | null {
  const ending = ENDINGS.get(type)
  return ending === undefined ? null : `attachment.${ending}`
}

/** A forwarded message has no file name: its subject serves. */
function nestedName(content: Buffer): string | null {
  const subject = /^subject:[ \t]*([^\r\n]{1,200})/im.exec(content.toString('latin1', 0, 8192))?.[1]
  const clean =
    subject === undefined
      ? ''
      : displayText(subject)
          .replace(/[/\\:*?"<>|]+/g, ' ')
          .trim()
  return clean === '' ? null : `${clean}.eml`
}
