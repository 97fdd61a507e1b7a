// Reading an mbox as a stream (RFC 4155; mboxrd and mboxo): a mail begins at a line `From ` with a time in it, at the start of the
// file or after an empty line; one `>` of `>From ` comes off. Memory is that of one mail up to the limit, whatever the file has,
// and no line is too long.

import { cutOff, headBytes } from './cut-off.ts'

export interface MboxMail {
  /** Of the separator line in the file: the mail's name for ever, as long as the file only grows. */
  readonly offset: number
  /** Behind the mail's last octet. */
  readonly end: number
  readonly bytes: Buffer
  /** The size when the mail was beyond the limit and only its beginning is in `bytes`. */
  readonly cutFrom: number | null
}

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x3e
/** A separator is no longer than this. */
const SEPARATOR_BYTES = 1024
const SEPARATOR = /^From .*\d{1,2}:\d{2}/
const FROM = Buffer.from('From ')

/** Reads mails one after the other. What stands before the first separator is left out. */
export async function* readMbox(stream: AsyncIterable<Buffer>, maxSize: number): AsyncGenerator<MboxMail> {
  let carry: Buffer = Buffer.alloc(0)
  /** Offset in the file of the first octet of `carry`. */
  let base = 0
  let mail: { offset: number; pieces: Buffer[]; kept: number; size: number } | null = null
  let lineStart = true
  let afterEmpty = true

  const keep = (piece: Buffer): void => {
    if (mail === null || piece.length === 0) return
    mail.size += piece.length
    if (mail.kept + piece.length <= maxSize) {
      // The file's buffers are read over and over again, so what is kept is copied.
      mail.pieces.push(Buffer.from(piece))
      mail.kept += piece.length
    } else if (mail.kept <= maxSize) {
      mail.pieces = [Buffer.from(Buffer.concat([...mail.pieces, piece]).subarray(0, headBytes))]
      mail.kept = maxSize + 1
    }
  }
  const finish = (end: number): MboxMail | null => {
    if (mail === null) return null
    const whole = Buffer.concat(mail.pieces)
    const cut = mail.kept > maxSize
    const done: MboxMail = {
      offset: mail.offset,
      end,
      bytes: cut ? cutOff(whole, mail.size) : withoutLastEmptyLine(whole),
      cutFrom: cut ? mail.size : null,
    }
    mail = null
    return done
  }

  async function* pieces(): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
    for await (const bytes of stream) yield { bytes, last: false }
    yield { bytes: Buffer.alloc(0), last: true }
  }

  for await (const { bytes, last } of pieces()) {
    const buffer = carry.length === 0 ? bytes : Buffer.concat([carry, bytes])
    carry = Buffer.alloc(0)
    let run = 0
    let at = 0
    while (at < buffer.length) {
      const lf = buffer.indexOf(LF, at)
      const next = lf < 0 ? buffer.length : lf + 1
      if (lineStart) {
        if (lf < 0 && !last && buffer.length - at < SEPARATOR_BYTES) {
          carry = Buffer.from(buffer.subarray(at))
          break
        }
        if (afterEmpty && lf >= 0 && isSeparator(buffer, at, next)) {
          keep(buffer.subarray(run, at))
          const done = finish(base + at)
          mail = { offset: base + at, pieces: [], kept: 0, size: 0 }
          if (done !== null) yield done
          run = next
        } else if (isQuoted(buffer, at, next)) {
          keep(buffer.subarray(run, at))
          run = at + 1
        }
        afterEmpty = lf >= 0 && (next - at === 1 || (next - at === 2 && buffer[at] === CR))
      } else afterEmpty = false
      lineStart = lf >= 0
      at = next
    }
    const used = buffer.length - carry.length
    keep(buffer.subarray(run, used))
    base += used
  }
  const done = finish(base)
  if (done !== null) yield done
}

const isSeparator = (buffer: Buffer, at: number, next: number): boolean =>
  next - at <= SEPARATOR_BYTES &&
  buffer.compare(FROM, 0, FROM.length, at, Math.min(at + FROM.length, next)) === 0 &&
  SEPARATOR.test(buffer.toString('latin1', at, next))

function isQuoted(buffer: Buffer, at: number, next: number): boolean {
  let i = at
  while (i < next && buffer[i] === QUOTE) i++
  return i > at && i + FROM.length <= next && buffer.compare(FROM, 0, FROM.length, i, i + FROM.length) === 0
}

/** The empty line before the next separator belongs to the mbox. */
function withoutLastEmptyLine(bytes: Buffer): Buffer {
  const { length } = bytes
  if (bytes[length - 1] !== LF) return bytes
  const cr = bytes[length - 2] === CR ? 1 : 0
  const before = length - 2 - cr
  return bytes[before] === LF ? bytes.subarray(0, before + 1) : bytes
}
