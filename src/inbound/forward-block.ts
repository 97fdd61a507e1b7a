// A message forwarded inline: a client's forward line or a header block, then the message.

import { headerBlockAt, normaliseLine, separatorAt } from './quote-marks.ts'

export interface InlineForward {
  /** The From value as the client wrote it. */
  readonly from: string
  readonly subject: string
  readonly text: string
}

const MAX_LINES = 2000

/** A part of each wording: most mails hold none and need no second look. */
const MAYBE =
  /forwarded|transf|transmis|réexp|weitergel|reenvi|encaminh|inoltr|doorgest|videresend|vidarebe|välitet|przekaz|přepos|пересл|переадр|προωθ|iletil|转发|轉寄|転送|전달|معاد|הועבר/i

/** The first message forwarded inline below a forward line of a known wording, or null. Quote marks before it are removed. */
export function findInlineForward(text: string): InlineForward | null {
  if (!MAYBE.test(text)) return null
  const lines = text
    .split('\n')
    .slice(0, MAX_LINES)
    .map((line) => line.replace(/^(?:> ?)+/, ''))
  const plain = lines.map(normaliseLine)
  for (let i = 0; i < plain.length; i++) {
    if (separatorAt(plain, i) !== 'forwarded') continue
    let at = i + 1
    while (at < plain.length && plain[at] === '') at++
    const block = headerBlockAt(plain, at)
    if (block === null) continue
    return {
      from: block.from,
      subject: block.subject,
      text: lines
        .slice(at + block.count)
        .join('\n')
        .trim(),
    }
  }
  return null
}
