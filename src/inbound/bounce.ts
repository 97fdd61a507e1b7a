// Who could not be reached, why, and for good or not. From RFC 3464 reports where there are any, else from the words of older
// mailers. A bounce acts only on mail that we sent (threats T45): that is decided elsewhere, by the Message-ID found here.

import { parseAddressList } from '../mail/address.ts'
import { decodeBytes } from '../mail/charset.ts'
import { firstValue, readHeaderBlock } from '../mail/header.ts'
import { parseMessageId } from '../mail/message-ids.ts'
import { storable } from '../mail/storable.ts'
import { readNotificationJson } from './bounce-json.ts'
import { noticeText, readProse, wordsAbout } from './bounce-prose.ts'
import { findReplyCode, judgeFailure } from './bounce-reason.ts'
import { type RecipientReport, readDeliveryReports } from './delivery-report.ts'
import type { Bounce, OriginKind } from './message.ts'
import { type MimePart, readMime } from './mime.ts'
import type { ReadMail } from './read-mail.ts'
import { decodeTransfer } from './transfer.ts'

const MAX_BOUNCES = 200
const MAX_REASON = 500
const MAX_FEEDBACK = 64 * 1024
const MAX_NESTED = 2 * 1024 * 1024

/** The failed (or reported) recipients of a mail that `judgeOrigin` called a bounce, a success report or feedback. */
export function findBounces(mail: ReadMail, kind: OriginKind): Bounce[] {
  const found = findReported(mail)
  if (kind !== 'feedback') return found
  // RFC 5965: somebody who complains has received the mail. Providers leave the address out at times.
  const complained = complainedRecipient(mail.root)
  return found.map((one) => ({ ...one, recipient: complained ?? one.recipient, permanent: false, addressDead: false }))
}

function complainedRecipient(part: MimePart): string | null {
  if (part.type === 'message/feedback-report') {
    const { fields } = readHeaderBlock(decodeTransfer(part.body, part.encoding).subarray(0, MAX_FEEDBACK))
    return parseAddressList(firstValue(fields, 'original-rcpt-to') ?? '')[0]?.address ?? null
  }
  for (const child of part.children) {
    const found = complainedRecipient(child)
    if (found !== null) return found
  }
  return null
}

function findReported(mail: ReadMail): Bounce[] {
  const notice = readNotificationJson(mail.text)
  if (notice !== null) {
    return notice.recipients.slice(0, MAX_BOUNCES).map(({ address, status, diagnostic, action }) => {
      const report = { finalRecipient: address, originalRecipient: null, action, status, diagnostic, remoteMta: null }
      return describe(report, diagnostic ?? '', '', notice.messageId)
    })
  }
  const originalMessageId = findOriginalId(mail)
  const own = noticeText(mail)
  const reports = findReports(mail)
  const known = reports.filter((report) => (report.finalRecipient ?? report.originalRecipient)?.includes('@'))
  const everybody = known.map((report) => report.finalRecipient ?? report.originalRecipient ?? '')
  if (known.length > 0) {
    return known.slice(0, MAX_BOUNCES).map((report) => {
      const context = wordsAbout(own, report.finalRecipient ?? report.originalRecipient, everybody)
      return describe(report, report.diagnostic ?? context, context, originalMessageId)
    })
  }
  const [named] = reports
  const prose = readProse(mail)
  return prose.slice(0, MAX_BOUNCES).map((found) => {
    const status = found.status ?? named?.status ?? null
    const action = found.action ?? named?.action ?? null
    const report = {
      ...found,
      finalRecipient: found.recipient,
      originalRecipient: null,
      status,
      action,
      diagnostic: null,
      remoteMta: null,
    }
    // The reason may stand above the address; with one recipient the whole notice is about it.
    const words =
      prose.length === 1 && findReplyCode(found.words) === null && findReplyCode(own) !== null ? own : found.words
    return describe(report, named?.diagnostic ?? words, own, originalMessageId)
  })
}

/** The reports of the mail; a gateway's wrapper (InterScan and others) has them one message deeper. */
function findReports(mail: ReadMail): RecipientReport[] {
  const reports = readDeliveryReports(mail.root)
  if (reports.length > 0) return reports
  const nested = firstNested(mail.root)
  if (nested === undefined || nested.body.length > MAX_NESTED) return []
  return readDeliveryReports(readMime(decodeTransfer(nested.body, nested.encoding)).root)
}

function firstNested(part: MimePart): MimePart | undefined {
  if (part.type === 'message/rfc822' || part.type === 'message/global') return part
  for (const child of part.children) {
    const found = firstNested(child)
    if (found !== undefined) return found
  }
  return undefined
}

function describe(report: RecipientReport, words: string, context: string, originalMessageId: string | null): Bounce {
  const verdict = judgeFailure({ status: report.status, words, context, action: report.action })
  const reason = words.replace(/\s+/g, ' ').trim()
  return {
    recipient: pickRecipient(report),
    status: verdict.status,
    action: report.action,
    replyCode: verdict.replyCode,
    reason: reason === '' ? null : storable(reason.slice(0, MAX_REASON)),
    permanent: verdict.permanent,
    addressDead: verdict.addressDead,
    originalMessageId,
  }
}

/** The address that was written to comes before the one that it was rewritten to (RFC 3464 §2.3.1). */
function pickRecipient(report: RecipientReport): string | null {
  const original = report.originalRecipient
  const recipient = original?.includes('@') ? original : report.finalRecipient
  return recipient === null ? null : storable(recipient)
}

/** The Message-ID of the returned mail: in the nested message or header part, else below the words of the mailer. */
function findOriginalId(mail: ReadMail): string | null {
  const found = nestedId(mail.root, true)
  if (found !== null) return storable(found)
  const raw = decodeBytes(mail.root.body.subarray(0, 256 * 1024), 'latin1')
  const below = /^[> \t]{0,8}message-id:[ \t]{0,8}(?:\r?\n[> \t]{1,8})?(<[^<>\s]{1,500}>)/im.exec(raw)?.[1]
  return below === undefined ? null : parseMessageId(below)
}

/** The first Message-ID of a returned message; of one that is itself a report, as gateways wrap them, that of the mail it returns. */
function nestedId(part: MimePart, mayBeWrapped: boolean): string | null {
  if (/^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/.test(part.type)) {
    const { root } = readMime(decodeTransfer(part.body, part.encoding).subarray(0, 256 * 1024))
    const wrapped = mayBeWrapped && root.type === 'multipart/report' ? nestedId(root, false) : null
    return wrapped ?? parseMessageId(firstValue(root.fields, 'message-id') ?? '')
  }
  for (const child of part.children) {
    const found = nestedId(child, mayBeWrapped)
    if (found !== null) return found
  }
  return null
}
