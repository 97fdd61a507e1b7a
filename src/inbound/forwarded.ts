// The first message forwarded within a mail: attached as message/rfc822, or inline below a client's forward line.

import { type Address, parseAddressList } from '../mail/address.ts'
import { displayText, firstValue } from '../mail/header.ts'
import { storable } from '../mail/storable.ts'
import { readBody } from './body.ts'
import { findInlineForward } from './forward-block.ts'
import type { InboundMessage } from './message.ts'
import { type MimePart, readMime } from './mime.ts'
import type { ReadMail } from './read-mail.ts'
import { decodeTransfer } from './transfer.ts'

const MAX_FORWARDED_BYTES = 8 * 1024 * 1024

/** Author, subject and text of the forwarded message; null when there is none. */
export function findForwarded(mail: ReadMail): InboundMessage['forwarded'] {
  const attached = findNested(mail.root)
  if (attached !== undefined) {
    const bytes = decodeTransfer(attached.body, attached.encoding)
    if (bytes.length > 0 && bytes.length <= MAX_FORWARDED_BYTES) {
      const { root } = readMime(bytes)
      const from = parseAddressList(firstValue(root.fields, 'from') ?? '')[0]
      return {
        from: from === undefined ? null : tidy(from),
        subject: storable(displayText(firstValue(root.fields, 'subject') ?? '')),
        text: readBody(root).text.trim(),
      }
    }
  }
  const inline = findInlineForward(mail.text)
  if (inline === null) return null
  const from = parseAddressList(inline.from)[0]
  return { from: from === undefined ? null : tidy(from), subject: inline.subject, text: inline.text }
}

function tidy(address: Address): Address {
  return { address: storable(address.address), name: storable(address.name) }
}

function findNested(part: MimePart): MimePart | undefined {
  if (part.type === 'message/rfc822' || part.type === 'message/global') return part
  for (const child of part.children) {
    const found = findNested(child)
    if (found !== undefined) return found
  }
  return undefined
}
