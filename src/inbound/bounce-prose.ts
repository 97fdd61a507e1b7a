// Failure notices without a report: qmail, Exim, old sendmail, Exchange, Notes, providers. What is looked for is the same in
// all: a recipient's address on a line of its own or beside the words of a failure, the diagnostic beside it, before the
// returned mail begins.

import { parseAddressList } from '../mail/address.ts'
import { allValues } from '../mail/header.ts'
import { classify } from './bounce-reason.ts'
import { parseDeliveryStatus } from './delivery-report.ts'
import type { Bounce, Origin } from './message.ts'
import type { ReadMail } from './read-mail.ts'

type ProseBounce = Omit<Bounce, 'originalMessageId'>

const MAX_PROSE = 32 * 1024
const MAX_RECIPIENTS = 100
const ADDRESS = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?/g
const ORIGINAL_BEGINS =
  /^(?:[-_=*\s]{0,40}(?:below this line is a copy|(?:this is a copy|here is a copy|copy) of (?:the|your) (?:message|mail)|(?:original|returned|undelivered|unsent|your|failed|start of returned) (?:message|mail|e-mail)[^.\n]{0,40}(?:follows|below|headers?|is)?[-_=*:\s]{0,40}$|message (?:header|text|contents?)s? follows|(?:the )?(?:header|body|first \d+ lines?) of (?:the )?(?:original|message|your))|return-path:|received: (?:from|by|\())/im
const NOT_A_RECIPIENT = /^(?:mailer-daemon|postmaster|abuse|support|helpdesk|hostmaster|mail-daemon|noreply|no-reply)@/i

/** Recipients and reasons out of a notice's own words. */
export function readProse(mail: ReadMail, _origin: Origin): ProseBounce[] {
  const own = noticeText(mail)
  const quotedReport = parseDeliveryStatus(mail.text.slice(0, MAX_PROSE)).filter((report) =>
    report.finalRecipient?.includes('@'),
  )
  const failed = allValues(mail.fields, 'x-failed-recipients')
    .flatMap((value) => parseAddressList(value))
    .map((address) => address.address)
  if (failed.length === 0 && quotedReport.length > 0) {
    return quotedReport.map((report) =>
      describe(report.finalRecipient ?? '', report.diagnostic ?? own, report.status, report.action, own),
    )
  }
  const recipients = failed.length > 0 ? failed : findRecipients(mail, own)
  if (recipients.length === 0) return [describe(null, own, null, null, own)]
  return recipients
    .slice(0, MAX_RECIPIENTS)
    .map((recipient) => describe(recipient, around(own, recipient), null, null, own))
}

function describe(
  recipient: string | null,
  reason: string,
  status: string | null,
  action: Bounce['action'],
  context: string,
): ProseBounce {
  const verdict = classify({ status, text: reason, context, action })
  const whole =
    verdict.status === null || verdict.replyCode === null
      ? classify({ status, text: context, context, action })
      : verdict
  return {
    recipient,
    status: verdict.status ?? whole.status,
    action,
    replyCode: verdict.replyCode ?? whole.replyCode,
    reason: reason.replace(/\s+/g, ' ').trim().slice(0, 500) || null,
    permanent: verdict.permanent && whole.permanent,
    addressDead: verdict.addressDead,
  }
}

/** The words of the mail system, without the mail that it returns. */
function noticeText(mail: ReadMail): string {
  const text = mail.text.slice(0, MAX_PROSE)
  const begins = ORIGINAL_BEGINS.exec(text)
  const cut = begins !== null && begins.index > 40 ? text.slice(0, begins.index) : text
  return cut
}

function findRecipients(mail: ReadMail, own: string): string[] {
  const mine = new Set(
    [...allValues(mail.fields, 'to'), ...allValues(mail.fields, 'from')]
      .flatMap((value) => parseAddressList(value))
      .map((address) => address.address),
  )
  const lines = own.split('\n')
  const strong: string[] = []
  const weak: string[] = []
  lines.forEach((line) => {
    for (const [found] of line.slice(0, 2000).matchAll(ADDRESS)) {
      const address = found.replace(/^mailto:/i, '').replace(/[.]+$/, '')
      if (NOT_A_RECIPIENT.test(address)) continue
      const alone = line.replace(found, '').replace(/[\s<>"'():;,.*-]/g, '') === ''
      const beside = /^[\s<"'([]*(?:<|to:|rcpt to:)/i.test(line) && line.indexOf(found) < 12
      if ((alone || beside) && !mine.has(address.toLowerCase())) strong.push(address)
      else weak.push(address)
    }
  })
  const pick = strong.length > 0 ? strong : weak.filter((address) => !mine.has(address.toLowerCase()))
  return [...new Map(pick.map((address) => [address.toLowerCase(), address])).values()]
}

/** The words from a recipient's address to the next one: three lines before, twelve after. */
function around(own: string, recipient: string): string {
  const at = own.toLowerCase().indexOf(recipient.toLowerCase())
  if (at < 0) return own.slice(0, 2000)
  return own.slice(Math.max(0, at - 200), at + 1200)
}
