// What a mail client does, for `try` and `demo`: writes and answers mails over SMTP as people's clients do, and shows the finished
// mails of the gateway as their readers see them.

import { type AddressObject, simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { Refusal } from './refusal.ts'

export interface Someone {
  readonly address: string
  readonly name: string
}

/** A mailto link of a mail: what it says, and what clicking it would write. */
export interface Choice {
  readonly label: string
  readonly address: string
  readonly subject: string
  readonly body: string
}

/** A mail as its reader sees it. */
export interface LocalMail {
  readonly from: Someone
  readonly to: Someone
  readonly replyTo: string
  readonly subject: string
  readonly date: Date | null
  readonly text: string
  readonly messageId: string
  readonly references: readonly string[]
  readonly attachments: readonly { readonly filename: string; readonly size: number }[]
  readonly choices: readonly Choice[]
  readonly automatic: boolean
}

export interface Outgoing {
  readonly from: Someone
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly inReplyTo?: string
  readonly references?: readonly string[]
}

/** Where mail is handed over, and whose word about senders the gateway takes there. */
export interface Submission {
  readonly host: string
  readonly port: number
  /** Name in `Authentication-Results`; null: the field is not written. */
  readonly authservId: string | null
  /** SMTP AUTH. */
  readonly auth?: { readonly user: string; readonly pass: string }
}

/** `Ana Ruiz <ana@example.test>` or the address alone. */
export function someone(words: string): Someone {
  const match = /^\s*(.{0,100}?)\s*<([^<>\s]{1,254})>\s*$/.exec(words)
  const address = (match?.[2] ?? words.trim()).toLowerCase()
  if (!/^[^\s@<>"]+@[^\s@<>"]+$/.test(address))
    throw new Refusal(`"${words}" is no mail address: write name@example.org`)
  return { address, name: (match?.[1] ?? '').replace(/^"|"$/g, '') }
}

const one = (field: AddressObject | AddressObject[] | undefined): Someone => {
  const first = (Array.isArray(field) ? field[0] : field)?.value[0]
  return { address: first?.address?.toLowerCase() ?? '', name: first?.name ?? '' }
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&#x27;', "'"],
  ['&nbsp;', ' '],
])
const unescaped = (html: string): string =>
  html.replace(/&[#a-z0-9]{2,6};/g, (entity) => entities.get(entity) ?? entity)

/** The mailto links of a mail of ours, in their order. */
function choicesOf(html: string): Choice[] {
  const choices: Choice[] = []
  for (const match of html.matchAll(
    /<a\b[^>]{0,500}?href="mailto:([^"?]{3,254})(?:\?([^"]{0,2000}))?"[^>]{0,500}>([^<]{1,300})<\/a>/g,
  )) {
    const query = new URLSearchParams(unescaped(match[2] ?? '').replace(/\+/g, '%2B'))
    const label = unescaped(match[3] ?? '').trim()
    const address = decodeURIComponent(unescaped(match[1] ?? ''))
    if (label !== address)
      choices.push({ label, address, subject: query.get('subject') ?? '', body: query.get('body') ?? '' })
  }
  return choices
}

export async function readLocalMail(bytes: Buffer): Promise<LocalMail> {
  const mail = await simpleParser(bytes, { skipTextToHtml: true, skipImageLinks: true })
  const references = mail.references
  const from = one(mail.from)
  return {
    from,
    to: one(mail.to),
    replyTo: one(mail.replyTo).address || from.address,
    subject: mail.subject ?? '',
    date: mail.date ?? null,
    text: (mail.text ?? '').trimEnd(),
    messageId: mail.messageId ?? '',
    references: references === undefined ? [] : Array.isArray(references) ? references : [references],
    attachments: mail.attachments.map((a) => ({ filename: a.filename ?? a.contentType, size: a.size })),
    choices: choicesOf(mail.html || ''),
    automatic: mail.headers.has('auto-submitted'),
  }
}

const quoted = (mail: LocalMail): string => {
  const when = mail.date === null ? '' : ` on ${mail.date.toISOString().slice(0, 16).replace('T', ' ')}`
  const lines = mail.text.split('\n').map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
  return `${mail.from.name || mail.from.address} wrote${when}:\n${lines.join('\n')}`
}

/** An answer as mail clients write it: to Reply-To, with the ids it answers and the whole mail quoted below. */
export function answerTo(mail: LocalMail, from: Someone, text: string): Outgoing {
  return {
    from,
    to: mail.replyTo,
    subject: /^re\s*:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
    text: `${text}\n\n${quoted(mail)}\n`,
    ...(mail.messageId === '' ? {} : { inReplyTo: mail.messageId, references: [...mail.references, mail.messageId] }),
  }
}

/** What a click on one of the mail's choices sends. */
export function answerByChoice(mail: LocalMail, choice: Choice, from: Someone): Outgoing {
  return {
    from,
    to: choice.address,
    subject: choice.subject || `Re: ${mail.subject}`,
    text: choice.body || choice.label,
  }
}

/** Hands a mail over; refuses with the server's words when it is not taken. */
export async function submit(at: Submission, mail: Outgoing, date: Date): Promise<void> {
  const transport = createTransport({
    host: at.host,
    port: at.port,
    secure: false,
    // On loopback, to a gateway whose certificate may be its own.
    tls: { rejectUnauthorized: false },
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    ...(at.auth ? { auth: at.auth } : {}),
  })
  const domain = mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1)
  try {
    await transport.sendMail({
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      date,
      ...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo }),
      ...(mail.references === undefined ? {} : { references: [...mail.references] }),
      headers:
        at.authservId === null
          ? {}
          : { 'Authentication-Results': `${at.authservId}; dmarc=pass header.from=${domain}` },
    })
  } catch (error) {
    const { code, response } = error as { code?: string; response?: string }
    if (response !== undefined) throw new Refusal(`The gateway did not take the mail: ${response}`, 1)
    if (code === 'ESOCKET' || code === 'ECONNECTION' || code === 'ETIMEDOUT' || code === 'ECONNREFUSED')
      throw new Refusal(
        `No gateway listens on ${at.host}:${at.port}. Start it with ./script/server in another terminal (and the same GUICHET_SMTP_LISTEN, if that is set).`,
        1,
      )
    throw error
  } finally {
    transport.close()
  }
}
