// Failure notices without a report: qmail, Exim, old sendmail, Exchange, Notes, providers. What is looked for is the same in
// all: a recipient's address on a line of its own or beside the words of a failure, the diagnostic beside it, before the
// returned mail begins.

import { parseAddressList } from '../mail/address.ts'
import { allValues } from '../mail/header.ts'
import { parseDeliveryStatus } from './delivery-report.ts'
import type { Bounce } from './message.ts'
import type { ReadMail } from './read-mail.ts'

/** A recipient that a notice names, with the words about it. */
export interface ProseRecipient {
  readonly recipient: string | null
  /** What the notice says of this recipient. */
  readonly words: string
  readonly status: string | null
  readonly action: Bounce['action']
}

const MAX_PROSE = 32 * 1024
const MAX_RECIPIENTS = 100
const ADDRESS = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?/g
const FOLLOWING =
  /(?:following|these|below|intended)[^\n]{0,60}(?:recipient|address|destination|user|mailbox|people|person|error)|recipients?(?:\(s\))?[^\n]{0,30}:\s*$|could not be (?:sent|delivered) to|(?:delivery|message|mail)[^\n]{0,40} to:?\s*$|failed addresses|undeliverable to/i
const ORIGINAL_BEGINS =
  /^[^\S\n]{0,20}(?:[-_=*>+|]{2,40}[^\S\n]?.{0,30}(?:original|returned|undelivered|unsent|copy of|message header|header of|start of)[^\n]{0,60}|(?:below this line is|(?:this|here) is) a copy of[^\n]{0,80}|(?:the )?(?:original|returned|undelivered|unsent|failed) (?:message|mail|e-mail)[^.\n]{0,30}(?:follows|headers?|text|is as follows|below)[.:]?[^\S\n]*|message (?:headers?|text|contents?)s? follows?[.:]?|(?:the )?(?:header|body|first \d+ lines?) of (?:the )?(?:original|message|your)[^\n]{0,60}|return-path: ?<|received: (?:from|by|\()[^\n]{0,200})$/im
const NOT_A_RECIPIENT = /^(?:mailer-daemon|postmaster|abuse|support|helpdesk|hostmaster|mail-daemon|noreply|no-reply)@/i

/** Recipients and reasons out of a notice's own words; one entry without recipient when it names none. */
export function readProse(mail: ReadMail): ProseRecipient[] {
  const own = noticeText(mail)
  const failed = allValues(mail.fields, 'x-failed-recipients')
    .flatMap((value) => parseAddressList(value))
    .map((address) => address.address)
  if (failed.length === 0) {
    const quoted = parseDeliveryStatus(mail.text.slice(0, MAX_PROSE)).filter((report) =>
      report.finalRecipient?.includes('@'),
    )
    if (quoted.length > 0) {
      return quoted.slice(0, MAX_RECIPIENTS).map((report) => ({
        recipient: report.finalRecipient,
        words: report.diagnostic ?? wordsAbout(own, report.finalRecipient),
        status: report.status,
        action: report.action,
      }))
    }
  }
  const recipients = failed.length > 0 ? failed : findRecipients(mail, own)
  if (recipients.length === 0) return [{ recipient: null, words: own, status: null, action: null }]
  return recipients
    .slice(0, MAX_RECIPIENTS)
    .map((recipient) => ({ recipient, words: wordsAbout(own, recipient, recipients), status: null, action: null }))
}

/** The words of the mail system, without the mail that it returns. */
export function noticeText(mail: ReadMail): string {
  const text = mail.text.slice(0, MAX_PROSE)
  const begins = ORIGINAL_BEGINS.exec(text)
  return begins !== null && begins.index > 10 ? text.slice(0, begins.index) : text
}

function findRecipients(mail: ReadMail, own: string): string[] {
  const mine = new Set(
    [...allValues(mail.fields, 'to'), ...allValues(mail.fields, 'from')]
      .flatMap((value) => parseAddressList(value))
      .map((address) => address.address),
  )
  const announced: string[] = []
  const strong: string[] = []
  const weak: string[] = []
  let sinceAnnounced = Number.POSITIVE_INFINITY
  for (const line of own.split('\n')) {
    for (const [found] of line.slice(0, 2000).matchAll(ADDRESS)) {
      const address = found.replace(/^mailto:/i, '').replace(/^['`]+|['`.]+$/g, '')
      const rest = line.replace(found, '').replace(/[\s<>"'():;,.*>|-]/g, '')
      const first = /^[\s<"'([>*|]*(?:rcpt to:\s*)?<?$/i.test(line.slice(0, line.indexOf(found)))
      const known = mine.has(address.toLowerCase())
      if (first && sinceAnnounced <= 4 && !known) announced.push(address)
      else if ((rest === '' || first) && !known && !NOT_A_RECIPIENT.test(address)) strong.push(address)
      else weak.push(address)
    }
    if (FOLLOWING.test(line)) sinceAnnounced = 0
    else if (line.trim() !== '' && !line.includes('@')) sinceAnnounced++
  }
  const others = weak.filter((address) => !mine.has(address.toLowerCase()))
  const people = others.filter((address) => !NOT_A_RECIPIENT.test(address))
  const pick = [announced, strong, people, others].find((list) => list.length > 0) ?? []
  return [...new Map(pick.map((address) => [address.toLowerCase(), address])).values()]
}

/** The words from a recipient's address to the next recipient's; without the address in the notice, its beginning. */
export function wordsAbout(own: string, recipient: string | null, others: readonly string[] = []): string {
  const lower = own.toLowerCase()
  const at = recipient === null ? -1 : lower.indexOf(recipient.toLowerCase())
  if (at < 0 || recipient === null) return own.slice(0, 3000)
  const from = Math.max(0, lower.lastIndexOf('\n', Math.max(0, at - 1)))
  let end = Math.min(own.length, at + 1500)
  for (const other of others) {
    if (other === recipient) continue
    const next = lower.indexOf(other.toLowerCase(), at + recipient.length)
    if (next > 0 && next < end) end = next
  }
  return own.slice(from, end)
}
