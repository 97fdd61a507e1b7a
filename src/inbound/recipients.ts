// Recipients as a stored mail tells them, for sources that have no SMTP envelope of their own.

import { parseAddressList } from '../mail/address.ts'
import { type HeaderField, readHeaderBlock } from '../mail/header.ts'

const DELIVERY = new Set(['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to'])
const ADDRESSED = new Set(['to', 'cc', 'resent-to', 'resent-cc', ...DELIVERY])
const MAX_RECIPIENTS = 200

const addressesOf = (fields: readonly HeaderField[]): string[] => {
  const found = new Set<string>()
  for (const field of fields)
    for (const { address } of parseAddressList(field.value)) if (found.size < MAX_RECIPIENTS) found.add(address)
  return [...found]
}

/** Every address in To, Cc, Resent-To, Delivered-To, X-Original-To and Envelope-To, lower case, at most 200. */
export function headerRecipients(bytes: Buffer): string[] {
  return addressesOf(readHeaderBlock(bytes).fields.filter((field) => ADDRESSED.has(field.key)))
}

/**
 * What the last delivery wrote above its own Received field: the envelope sender (RFC 5321 §4.4; '' is the null path, null when
 * there is no Return-Path) and recipients. Fields below came with the mail and may be anybody's.
 */
export function deliveryEnvelope(bytes: Buffer): {
  readonly mailFrom: string | null
  readonly rcptTo: readonly string[]
} {
  const { fields } = readHeaderBlock(bytes)
  const boundary = fields.findIndex((field) => field.key === 'received')
  const top = boundary < 0 ? fields : fields.slice(0, boundary)
  const path = top.find((field) => field.key === 'return-path')
  const mailFrom = path === undefined ? null : (parseAddressList(path.value)[0]?.address ?? '')
  return { mailFrom, rcptTo: addressesOf(top.filter((field) => DELIVERY.has(field.key))) }
}
