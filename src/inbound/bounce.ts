// Who could not be reached, why, and for good or not. From RFC 3464 reports where there are any, else from the words of older
// mailers. A bounce acts only on mail that we sent (threats T45): that is decided elsewhere, by the Message-ID found here.

import { decodeBytes, storable } from '../mail/charset.ts'
import { firstValue } from '../mail/header.ts'
import { parseMessageId } from '../mail/message-ids.ts'
import { readNotificationJson } from './bounce-json.ts'
import { readProse } from './bounce-prose.ts'
import { classify } from './bounce-reason.ts'
import { type RecipientReport, readDeliveryReports } from './delivery-report.ts'
import type { Bounce, Origin } from './message.ts'
import { type MimePart, readMime } from './mime.ts'
import type { ReadMail } from './read-mail.ts'
import { decodeTransfer } from './transfer.ts'

const MAX_BOUNCES = 200
const MAX_REASON = 500

/** The failed (or reported) recipients of a mail that `judgeOrigin` called a bounce, a success report or feedback. */
export function findBounces(mail: ReadMail, origin: Origin): Bounce[] {
  const originalMessageId = findOriginalId(mail)
  const notice = readNotificationJson(mail.text)
  if (notice !== null) {
    return notice.recipients.slice(0, MAX_BOUNCES).map(({ address, status, diagnostic, action }) => ({
      ...fromReport(
        { finalRecipient: address, originalRecipient: null, action, status, diagnostic, remoteMta: null },
        mail,
        null,
      ),
      originalMessageId: notice.messageId,
    }))
  }
  const reports = readDeliveryReports(mail.root)
  const fromReports = reports.map((report) => fromReport(report, mail, originalMessageId))
  const known = fromReports.filter((bounce) => bounce.recipient?.includes('@'))
  const bounces = known.length > 0 ? known : merge(fromReports, readProse(mail, origin), mail, originalMessageId)
  return bounces.slice(0, MAX_BOUNCES)
}

function fromReport(report: RecipientReport, mail: ReadMail, originalMessageId: string | null): Bounce {
  const reason = report.diagnostic ?? ''
  const verdict = classify({
    status: report.status,
    text: reason,
    context: reason.length < 12 ? mail.text : '',
    action: report.action,
  })
  return {
    recipient: pickRecipient(report),
    status: verdict.status,
    action: report.action,
    replyCode: verdict.replyCode,
    reason: reason === '' ? null : storable(reason).slice(0, MAX_REASON),
    permanent: verdict.permanent,
    addressDead: verdict.addressDead,
    originalMessageId,
  }
}

function pickRecipient(report: RecipientReport): string | null {
  const final = report.finalRecipient
  const original = report.originalRecipient
  if (final?.includes('@')) return final
  return original ?? final
}

function merge(
  reports: readonly Bounce[],
  prose: readonly Omit<Bounce, 'originalMessageId'>[],
  _mail: ReadMail,
  originalMessageId: string | null,
): Bounce[] {
  if (prose.length > 0) return prose.map((bounce) => ({ ...bounce, originalMessageId }))
  return [...reports]
}

/** The Message-ID of the returned mail: in the nested message or header part, else below the words of the mailer. */
function findOriginalId(mail: ReadMail): string | null {
  let found: string | null = null
  const visit = (part: MimePart): void => {
    if (found !== null) return
    if (/^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/.test(part.type)) {
      const bytes = decodeTransfer(part.body, part.encoding).subarray(0, 256 * 1024)
      found = parseMessageId(firstValue(readMime(bytes).root.fields, 'message-id') ?? '')
    }
    for (const child of part.children) visit(child)
  }
  visit(mail.root)
  if (found !== null) return storable(found)
  const raw = decodeBytes(mail.root.body.subarray(0, 256 * 1024), 'latin1')
  const below = /^[> \t]{0,8}message-id:[ \t]{0,8}(?:\r?\n[> \t]{1,8})?(<[^<>\s]{1,500}>)/im.exec(raw)?.[1]
  return below === undefined ? null : parseMessageId(below)
}
