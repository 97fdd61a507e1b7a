// Writes a mail: header, text and html as alternatives, an invitation, files. Bytes are 7-bit throughout (RFC 2045 §6), lines within
// 998 octets; the same input gives the same bytes. nodemailer's MimeNode gives the same parts in a multiple of the time.

import type { OutgoingFile } from './draft.ts'
import { safeFileName } from './file-name.ts'
import { type Field, parameter } from './headers.ts'

export interface MailParts {
  readonly text: string
  /** Empty: text alone, without files. */
  readonly html: string
  readonly calendar: { readonly method: string; readonly text: string } | null
  readonly files: readonly OutgoingFile[]
}

const crlf = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/\n/g, '\r\n')

const hex: readonly string[] = Array.from(
  { length: 256 },
  (_, i) => `=${i.toString(16).toUpperCase().padStart(2, '0')}`,
)

/** Quoted-printable (RFC 2045 §6.7) of text with CRLF line ends: lines of at most 76 characters, "From " and a lone dot protected. */
export function quotedPrintable(text: string): string {
  const lines = Buffer.from(text, 'utf8').toString('latin1').split('\r\n')
  let out = ''
  for (let n = 0; n < lines.length; n++) {
    if (n > 0) out += '\r\n'
    const line = lines[n] ?? ''
    if (line.length <= 75 && !/[^\x20-\x3c\x3e-\x7e]|[ ]$|^From |^\./.test(line)) {
      out += line
      continue
    }
    let width = 0
    let from = 0
    const guarded = line.startsWith('From ') || line.startsWith('.')
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i)
      const plain =
        (code > 0x20 && code < 0x7f && code !== 0x3d && !(i === 0 && guarded)) ||
        ((code === 0x20 || code === 0x09) && i < line.length - 1)
      const size = plain ? 1 : 3
      if (width + size > 75) {
        out += `${line.slice(from, i)}=\r\n`
        from = i
        width = 0
      }
      if (!plain) {
        out += line.slice(from, i) + (hex[code] ?? '')
        from = i + 1
      }
      width += size
    }
    out += line.slice(from)
  }
  return out
}

/** A line that readers of mail would have to fold; looked for line by end of line, since an expression for it walks every line twice. */
function hasLongLine(body: string): boolean {
  let from = 0
  for (let end = body.indexOf('\n'); end >= 0; end = body.indexOf('\n', from)) {
    if (end - from > 200) return true
    from = end + 1
  }
  return body.length - from >= 200
}

/** Base64 in lines of 76 characters. */
export function base64Lines(content: Buffer): string {
  const whole = content.toString('base64')
  if (whole.length <= 76) return whole
  const lines: string[] = []
  for (let i = 0; i < whole.length; i += 76) lines.push(whole.slice(i, i + 76))
  return lines.join('\r\n')
}

function encodeText(text: string): {
  readonly encoding: '7bit' | 'quoted-printable' | 'base64'
  readonly body: string
} {
  const body = crlf(text)
  const bytes = Buffer.byteLength(body)
  if (bytes === body.length && !/[^\x20-\x7e\r\n\t]|^From |^\.|[ \t]\r$/m.test(body) && !hasLongLine(body))
    return { encoding: '7bit', body }
  // More than a third of the text beyond ASCII (Arabic, Greek): base64 is shorter.
  if (bytes - body.length > body.length / 3) return { encoding: 'base64', body: base64Lines(Buffer.from(body, 'utf8')) }
  return { encoding: 'quoted-printable', body: quotedPrintable(body) }
}

function textPart(type: string, text: string): string {
  const { encoding, body } = encodeText(text)
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`
}

// Types that mean something to clients or servers by themselves travel as plain bytes.
const plainBytes = /^(?:message|multipart)\//i
const mediaType = /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,80}$/i

function filePart(file: OutgoingFile, index: number): string {
  const name = safeFileName(file.filename) ?? `file-${index + 1}`
  const type =
    mediaType.test(file.contentType) && !plainBytes.test(file.contentType)
      ? file.contentType.toLowerCase()
      : 'application/octet-stream'
  return `Content-Type: ${type};\r\n ${parameter('name', name)}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n ${parameter('filename', name)}\r\n\r\n${base64Lines(file.content)}\r\n`
}

function multipart(
  kind: string,
  boundary: string,
  parts: readonly string[],
): { readonly type: string; readonly body: string } {
  return {
    type: `multipart/${kind};\r\n boundary="${boundary}"`,
    body: `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`,
  }
}

/** The fields MIME adds, and the body. `seed` makes the boundaries: letters and digits that nobody could have put into the text. */
export function writeBody(
  parts: MailParts,
  seed: string,
): { readonly fields: readonly Field[]; readonly body: string } {
  // "=_" occurs neither in quoted-printable nor in base64 (RFC 2045 §6.7); 7-bit text could hold it, the seed not.
  if (parts.html === '') {
    const { encoding, body } = encodeText(parts.text)
    return {
      fields: [
        ['MIME-Version', '1.0'],
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Content-Transfer-Encoding', encoding],
      ],
      body: `${body}\r\n`,
    }
  }
  const alternatives = [textPart('text/plain', parts.text), textPart('text/html', parts.html)]
  if (parts.calendar) alternatives.push(textPart(`text/calendar; method=${parts.calendar.method}`, parts.calendar.text))
  let whole = multipart('alternative', `=_${seed}_a`, alternatives)
  if (parts.files.length > 0)
    whole = multipart('mixed', `=_${seed}_m`, [
      `Content-Type: ${whole.type}\r\n\r\n${whole.body}`,
      ...parts.files.map(filePart),
    ])
  return {
    fields: [
      ['MIME-Version', '1.0'],
      ['Content-Type', whole.type],
    ],
    body: whole.body,
  }
}

/** Header and body as bytes. */
export function writeMail(fields: readonly Field[], body: string): Buffer {
  let header = ''
  for (const [name, value] of fields) header += `${name}: ${value}\r\n`
  // Only an internationalised recipient brings more than ASCII into a header (RFC 6532 §3.2); the body is octets already.
  return Buffer.concat([Buffer.from(`${header}\r\n`, 'utf8'), Buffer.from(body, 'latin1')])
}

/**
 * What is wrong with finished bytes, or null: a line that begins a field not in `names`, a bare CR or LF, a NUL or an 8-bit octet in the
 * header, a line over 998 octets (RFC 5322 §2.1.1). A mail with a fault is never stored.
 */
export function faultInBytes(bytes: Buffer, names: ReadonlySet<string>): string | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return 'no end of header'
  for (const line of bytes.toString('latin1', 0, end).split('\r\n')) {
    if ((line.startsWith('To: ') || line.startsWith(' ') ? /[^\t\x20-\x7e\x80-\xff]/ : /[^\t\x20-\x7e]/).test(line))
      return 'controls or 8-bit octets in the header'
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (line.trim() === '') return 'an empty continuation line in the header'
      continue
    }
    const name = /^([A-Za-z-]+): /.exec(line)?.[1]
    if (name === undefined || !names.has(name)) return `unexpected header line ${JSON.stringify(line.slice(0, 40))}`
  }
  let at = 0
  while (at < bytes.length) {
    const lf = bytes.indexOf(0x0a, at)
    const stop = lf < 0 ? bytes.length : lf
    if (stop - at > 999) return 'a line over 998 octets'
    const cr = bytes.indexOf(0x0d, at)
    if (lf < 0) return cr >= 0 ? 'a bare CR' : at < bytes.length ? 'no line end at the end' : null
    if (cr !== lf - 1) return cr >= 0 && cr < lf ? 'a bare CR' : 'a bare LF'
    at = lf + 1
  }
  return bytes.includes(0) ? 'a NUL' : null
}
