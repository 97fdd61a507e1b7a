// Content-Transfer-Encoding: base64 and quoted-printable as they come (RFC 2045 §6), and uuencode, which Outlook and old
// gateways still put into plain text. Linear; broken input gives what can be read.

/** Decodes a body by the name of its transfer encoding; an unknown name means the octets are as they stand. */
export function decodeTransfer(body: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case 'base64':
      return decodeBase64(body)
    case 'quoted-printable':
      return decodeQuotedPrintable(body)
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return extractUuencoded(body.toString('latin1')).files[0]?.content ?? body
    default:
      return body
  }
}

const SLICE = 1 << 20

/** Large bodies slice by slice, so that no text as long as the body is ever made; null: the plain way has to look at it. */
function decodeInSlices(body: Buffer): Buffer | null {
  const content = Buffer.allocUnsafe(Math.ceil((body.length * 3) / 4))
  let length = 0
  let rest = ''
  for (let at = 0; at < body.length; at += SLICE) {
    const text = rest + body.toString('latin1', at, at + SLICE).replace(/[^A-Za-z0-9+/=_-]+/g, '')
    const last = at + SLICE >= body.length
    const padding = text.indexOf('=')
    if (padding >= 0 && (!last || padding < text.length - 8)) return null
    const cut = last ? text.length : text.length - (text.length % 4)
    length += content.write(text.slice(0, cut), length, 'base64')
    rest = text.slice(cut)
  }
  return content.subarray(0, length)
}

function decodeBase64(body: Buffer): Buffer {
  const sliced = body.length > SLICE ? decodeInSlices(body) : null
  if (sliced) return sliced
  const written = withoutFooter(body.toString('latin1'))
  // The platform's decoder loses its place at NUL and other rubbish; RFC 2045 §6.8 wants it ignored.
  const text = /[^A-Za-z0-9+/=\s_-]/.test(written) ? written.replace(/[^A-Za-z0-9+/=_-]+/g, '') : written
  const padding = text.indexOf('=')
  if (padding < 0 || padding >= text.length - 8) return Buffer.from(text, 'base64')
  // Padding before the end: several encoded pieces one after the other (seen from mailing lists that add a footer).
  const pieces: Buffer[] = []
  for (const piece of text.split(/(?<==)(?!=|\s*$)/)) pieces.push(Buffer.from(piece, 'base64'))
  return Buffer.concat(pieces)
}

/** Mailing lists and gateways write their footer below an encoded body as it is: decoded it would be rubbish at its end. */
function withoutFooter(written: string): string {
  const begin = written.search(/\S/)
  const [end] = ['\n\r\n', '\n\n']
    .map((blank) => written.indexOf(blank, begin))
    .filter((at) => at >= 0)
    .sort((one, other) => one - other)
  return end !== undefined && /\w[ \t]+\w/.test(written.slice(end)) ? written.slice(0, end) : written
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57
  return -1
}

function decodeQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length)
  let n = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0
    if (byte !== 0x3d) {
      out[n++] = byte
      continue
    }
    const high = hexDigit(body[i + 1])
    const low = hexDigit(body[i + 2])
    if (high >= 0 && low >= 0) {
      out[n++] = high * 16 + low
      i += 2
      continue
    }
    // A soft line break, possibly with trailing blanks that a gateway added.
    let end = i + 1
    while (body[end] === 0x20 || body[end] === 0x09) end++
    if (body[end] === 0x0d && body[end + 1] === 0x0a) i = end + 1
    else if (body[end] === 0x0a || body[end] === 0x0d) i = end
    else if (end >= body.length) i = end
    else out[n++] = byte
  }
  return out.subarray(0, n)
}

export interface UuencodedFile {
  readonly filename: string
  readonly content: Buffer
}

const UU_BEGIN = /^begin(?:-base64)? [0-7]{3,4} (\S[^\r\n]{0,200}?)[ \t]*\r?$/
const MAX_UU_FILES = 100

/** Finds the files between `begin MODE NAME` and `end` in a plain text (POSIX uuencode), and which of its lines are theirs. */
export function extractUuencoded(text: string): { files: readonly UuencodedFile[]; lines: ReadonlySet<number> } {
  const taken = new Set<number>()
  const files: UuencodedFile[] = []
  if (!text.includes('begin')) return { files, lines: taken }
  const lines = text.split('\n')
  for (let i = 0; i < lines.length && files.length < MAX_UU_FILES; i++) {
    const begin = UU_BEGIN.exec(lines[i] ?? '')
    const body = begin === null ? undefined : uuBody(lines, i + 1, lines[i]?.startsWith('begin-base64') ?? false)
    if (begin === null || body === undefined) continue
    files.push({ filename: begin[1] ?? '', content: body.content })
    for (let n = i; n <= body.last; n++) taken.add(n)
    i = body.last
  }
  return { files, lines: taken }
}

function uuBody(
  lines: readonly string[],
  from: number,
  base64: boolean,
): { content: Buffer; last: number } | undefined {
  const chunks: Buffer[] = []
  for (let i = from; i < lines.length; i++) {
    const line = (lines[i] ?? '').replace(/\r$/, '')
    if (line === 'end' || (base64 && line === '===='))
      return chunks.length === 0 ? undefined : { content: Buffer.concat(chunks), last: i }
    if (base64) chunks.push(Buffer.from(line, 'base64'))
    else {
      const decoded = uuLine(line)
      if (decoded === undefined) return undefined
      chunks.push(decoded)
    }
  }
  return undefined
}

function uuLine(line: string): Buffer | undefined {
  if (line === '' || line === '`' || line === ' ') return Buffer.alloc(0)
  const length = (line.charCodeAt(0) - 32) & 63
  const out = Buffer.allocUnsafe(length)
  // A line of text is no uuencode: its length letter and its length have to agree, but for trailing blanks that were lost.
  const expected = Math.ceil(length / 3) * 4
  if (line.length - 1 > expected + 2) return undefined
  let n = 0
  for (let i = 1; n < length; i += 4) {
    const a = sixBits(line, i)
    const b = sixBits(line, i + 1)
    const c = sixBits(line, i + 2)
    const d = sixBits(line, i + 3)
    if (a < 0 || b < 0 || c < 0 || d < 0) return undefined
    out[n++] = (a << 2) | (b >> 4)
    if (n < length) out[n++] = ((b & 15) << 4) | (c >> 2)
    if (n < length) out[n++] = ((c & 3) << 6) | d
  }
  return out
}

function sixBits(line: string, at: number): number {
  if (at >= line.length) return 0
  const code = line.charCodeAt(at)
  return code < 32 || code > 96 ? -1 : (code - 32) & 63
}
