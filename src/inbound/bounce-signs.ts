// Signs of a delivery failure notice that is no multipart/report: the null return path, a mail system as sender, the subjects
// and first lines of mailers older than RFC 3464. One strong sign, or two weak ones.

import { allValues, firstValue } from '../mail/header.ts'
import { readProse } from './bounce-prose.ts'
import type { ReadMail } from './read-mail.ts'

const SYSTEM_SENDER =
  /(?:^|[\s<"'(])(?:mailer-?daemon|mail-?daemon|post[-_]?master|mdaemon|mail\.?deliver[a-z]*|maildelivery|mailsystem|mail-?router|mmdf|uucp|amavisd?|bounces?-notification|microsoftexchange[0-9a-f]*|no-?reply-?bounce|mail-delivery-subsystem|imss|[a-z0-9_]{0,20}smtp_mail_service)(?=[@>\s"')+-]|$)|mail delivery (?:system|subsystem|service)|mail system|internet mail delivery|system administrator|postmaster/i

const SUBJECT =
  /undeliver(?:able|ed)|non[- ]?deliver(?:y|able)|non remis|delivery (?:status notification|failure|failed|report|error|has failed|problem|notification|unsuccessful)|failed (?:to deliver|delivery|mail|message)|failure (?:notice|notification|delivery)|mail(?:er)? (?:delivery )?(?:failed|failure|error|system error)|returned (?:mail|message|to sender)|mail delivery|message (?:delivery )?(?:failed|failure|you sent blocked|could not be|not delivered|status - undeliver)|could ?n[o']t? ?(?:be )?(?:send|deliver)|unable to deliver|can(?:no|')t (?:send|deliver|be delivered)|user unknown|unknown user|delivery[- ]?delay|delayed mail|warning: (?:could not send|message|mail)|mail (?:could not be delivered|non delivrable|rejected|undeliverable)|unzustellbar|nicht zustellbar|zustell(?:ung|fehler)|non recapitabil|mancata consegna|no se (?:ha podido|pudo) entregar|não (?:foi )?entreg|niet (?:bezorgd|bestelbaar)|недоставлен|配信|配達できない|エラーメール|不達|退信|投递失败|delivery incomplete|undelivered|notice de non|rejet[ée]|message bounced|bounced (?:mail|message)|email (?:delivery|address) (?:failed|error|failure)|dsn(?:\s|:)|ndn:|ndr:|postmaster notify|errormail|mail not deliver/i

const TEXT =
  /(?:message|mail|e-mail|letter)[^.\n]{0,60} (?:could not be|cannot be|can't be|was not|has not been|wasn't|couldn't be|not) (?:be )?delivered|unable to deliver|delivery (?:to the following|has failed|failed|attempt)|the following (?:address|recipient|destination|user|error|mail|message)|(?:user|recipient|address|mailbox|account)[^.\n]{0,40}(?:unknown|not found|does not exist|doesn't exist|rejected|unavailable|disabled|over quota|full)|(?:unknown|no such) (?:user|recipient|mailbox|local user)|permanent (?:fatal )?error|undeliver|returned (?:mail|message)|transcript of session|^\s*(?:4|5)\d\d[ -][45]\.\d\.\d|could not deliver|failed to deliver|unsent message|original message (?:follows|header)|was not delivered|mail you sent/im

/** What people write with; mailers that bounce name themselves there too (SMTP32, m-FILTER). */
const CLIENT =
  /thunderbird|outlook|apple mail|iphone|ipad|android|samsung|roundcube|squirrelmail|horde|zimbra|sogo|open-xchange|evolution|k-9|kmail|mutt|the bat|em client|mailbird|foxmail|lotus notes|yahoo/i

/** A list manager sends the post back to its author. */
const LIST_REFUSAL = /not (?:a )?member of (?:this|the) mailing list|not allowed to post|duplicated message-id/i

/** The evidence that a mail is a failure notice, or null. */
export function looksLikeBounce(mail: ReadMail): readonly string[] | null {
  const { fields } = mail
  const signs: string[] = []
  const returnPath = firstValue(fields, 'return-path')
  const returned = returnPath !== undefined && /^<\s*>$|^<?mailer-daemon@/i.test(returnPath.trim())
  if (returned) signs.push(`Return-Path: ${returnPath.trim().slice(0, 80)}`)
  if (SYSTEM_SENDER.test(mail.fromValue)) signs.push(`From: ${mail.fromValue.slice(0, 80)}`)
  if (firstValue(fields, 'x-failed-recipients') !== undefined) return [...signs, 'X-Failed-Recipients']
  if (
    allValues(fields, 'auto-submitted').some((value) =>
      /\((?:failure|postmaster-notification|warning-timeout)/i.test(value),
    )
  )
    signs.push('Auto-Submitted: auto-generated (failure)')
  if (firstValue(fields, 'x-mlserver') !== undefined && LIST_REFUSAL.test(mail.text.slice(0, 2000)))
    return [...signs, 'refused by a mailing list']
  // Words alone make no notice: people write about undelivered mail, and forward it to their support.
  if (signs.length === 0 && allValues(fields, 'auto-submitted').length === 0) return null
  if (SUBJECT.test(mail.subject)) signs.push(`Subject: ${mail.subject.slice(0, 80)}`)
  // A mail system's own name is enough; postmasters are people at times.
  if (/(?:^|[\s<"'(])mailer-daemon(?=@|[\s>"')]|$)/i.test(mail.fromValue)) return signs
  const body = mail.text.slice(0, 20_000)
  if (TEXT.test(body)) signs.push('text of a failure notice')
  if (/^\s*(?:\S{1,40} ){0,4}5\d\d[ -]/m.test(body)) signs.push('an SMTP reply code in the text')
  const machine = returned || allValues(fields, 'auto-submitted').length > 0
  if (!machine && writtenByPerson(mail)) return null
  const answers = firstValue(fields, 'in-reply-to') !== undefined && signs.length < 3
  return signs.length >= 2 && !answers ? signs : signs.length >= 3 ? signs : null
}

/** Postmasters are people too, and firms are called after mail: they write in a client, or tell of trouble without saying whose address failed. */
function writtenByPerson(mail: ReadMail): boolean {
  const clients = [...allValues(mail.fields, 'user-agent'), ...allValues(mail.fields, 'x-mailer')]
  if (clients.some((value) => CLIENT.test(value))) return true
  const returnsMail = mail.root.children.some((part) => /rfc822/.test(part.type))
  return !returnsMail && readProse(mail).every(({ recipient }) => recipient === null)
}
