// A mail printed on a terminal.

import type { LocalMail, Someone } from './mail-client.ts'
import { plain, plainLines } from './print.ts'

export const nameOf = ({ address, name }: Someone): string => (name === '' ? address : `${plain(name)} <${address}>`)

const size = (bytes: number): string => (bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} KB`)

/** Header, text, attachments; what a click offers stands in the text already. */
export function mailPage(mail: LocalMail, number: number): string {
  const date = mail.date === null ? '' : `${mail.date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return [
    `──── ${number} ${'─'.repeat(Math.max(0, 66 - String(number).length))}`,
    `From:     ${nameOf(mail.from)}`,
    `To:       ${nameOf(mail.to)}`,
    `Subject:  ${plain(mail.subject)}`,
    `Date:     ${date}`,
    ...mail.attachments.map((a) => `Attached: ${plain(a.filename)} (${size(a.size)})`),
    '',
    plainLines(mail.text),
    '',
  ].join('\n')
}

/** One line of a list. */
export const mailLine = (mail: LocalMail, number: number): string =>
  `${String(number).padStart(3)}  ${plain(mail.from.name || mail.from.address)
    .slice(0, 28)
    .padEnd(28)}  ${plain(mail.subject)}`
