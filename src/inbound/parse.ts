// Bytes → InboundMessage. Pure: no clock, no network, nothing outside the mail. It never throws: what cannot be read as usual
// is read by hand from the header, with `problem` saying why, because a mail that cannot be parsed is still a ticket
// (threats T10, T11). Time and memory are bounded by the limits of the files it uses, and the caller runs it in `ParsePool`.

import {
  type Address,
  canonicalAddress,
  claimedSender,
  parseAddressList,
  parseStrictFrom,
  subAddress,
} from '../mail/address.ts'
import { parseMailDate } from '../mail/date.ts'
import {
  allValues,
  displayText,
  firstValue,
  type HeaderBlock,
  type HeaderField,
  hidesFrom,
  readHeaderBlock,
} from '../mail/header.ts'
import { parseMessageId, parseMessageIds } from '../mail/message-ids.ts'
import { storable } from '../mail/storable.ts'
import { describeAttachment } from './attachment.ts'
import { readBody } from './body.ts'
import { findBounces } from './bounce.ts'
import { doubtsOf } from './doubts.ts'
import { findForwarded } from './forwarded.ts'
import { guessLanguage } from './language.ts'
import type { InboundMessage, Origin } from './message.ts'
import { readMime } from './mime.ts'
import { judgeOrigin } from './origin.ts'
import { splitReply } from './reply-text.ts'

/** Larger mails are read by their header alone; the original stays stored beside. */
const MAX_READ_BYTES = 64 * 1024 * 1024
const MAX_SHOWN_FIELDS = 500
const MAX_SHOWN_CHARACTERS = 256 * 1024
const MAX_SUBJECT = 2000
const RECIPIENT_FIELDS = [
  'to',
  'cc',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'resent-to',
  'resent-cc',
  'x-envelope-to',
  'x-forwarded-to',
]

type Headers = Pick<
  InboundMessage,
  | 'from'
  | 'claimedFrom'
  | 'fromProblem'
  | 'to'
  | 'cc'
  | 'replyTo'
  | 'subject'
  | 'messageId'
  | 'inReplyTo'
  | 'references'
  | 'date'
  | 'recipientTokens'
  | 'recipients'
  | 'headers'
>

/** Reads a whole message (RFC 5322, MIME). Never throws and never rejects; see `problem` of the result. */
export async function parseMail(bytes: Buffer): Promise<InboundMessage> {
  if (bytes.length > MAX_READ_BYTES) return readByHand(bytes, `larger than ${MAX_READ_BYTES / 1024 / 1024} MB`)
  try {
    return readMessage(bytes)
  } catch (error) {
    return readByHand(bytes, error instanceof Error ? error.message : 'unreadable')
  }
}

/** The attachments with these indexes (as `InboundAttachment.index` numbers them), decoded. An unknown index is left out. */
export async function readAttachments(
  bytes: Buffer,
  indexes: readonly number[],
): Promise<{ index: number; filename: string | null; contentType: string; content: Buffer }[]> {
  if (indexes.length === 0 || bytes.length > MAX_READ_BYTES) return []
  const { attachments } = readBody(readMime(bytes).root)
  return indexes.flatMap((index) => {
    const found = attachments[index]
    return found === undefined
      ? []
      : [{ index, filename: found.filename, contentType: found.contentType, content: found.content }]
  })
}

/** A minimal message from the header alone, for a mail whose reading failed. Reads at most the first 2 MB. Never throws. */
export function readByHand(bytes: Buffer, problem: string): InboundMessage {
  const header = readHeaderBlock(bytes.subarray(0, 2 * 1024 * 1024))
  const { fields } = header
  return {
    problem,
    ...readHeaders(header, bytes),
    language: null,
    text: '',
    replyText: '',
    quotedText: '',
    signature: '',
    attachments: [],
    origin: originByHand(fields),
    bounces: [],
    forwarded: null,
    calendar: null,
  }
}

/** Our own sources write the field above everything else in a mail beyond their limit, of which they keep the beginning. */
function cutOffBySource([first]: readonly HeaderField[]): string | null {
  if (first?.key !== 'x-guichet-cut-off') return null
  const sizes = /^\d{1,15} of \d{1,15} octets$/.exec(first.value)
  return `larger than its source takes, only the beginning is here${sizes === null ? '' : ` (${first.value})`}`
}

function originByHand(fields: readonly HeaderField[]): Origin {
  const root = {
    fields,
    type: 'text/plain',
    parameters: new Map<string, string>(),
    disposition: null,
    encoding: '',
    body: Buffer.alloc(0),
    children: [],
    parent: null,
  }
  const subject = displayText(firstValue(fields, 'subject') ?? '')
  return judgeOrigin({ fields, root, from: null, fromValue: firstValue(fields, 'from') ?? '', subject, text: '' })
}

function readMessage(bytes: Buffer): InboundMessage {
  const { root, header, problem } = readMime(bytes)
  const cut = cutOffBySource(root.fields)
  const headers = readHeaders(header, bytes)
  const body = readBody(root)
  const mail = {
    fields: root.fields,
    root,
    from: headers.from,
    fromValue: firstValue(root.fields, 'from') ?? '',
    subject: headers.subject,
    text: body.text,
  }
  const origin = judgeOrigin(mail)
  const split = splitReply(body.text, body.roles)
  const doubts = doubtsOf(body.differs, split.reply, split.quote)
  return {
    problem: cut ?? problem,
    ...headers,
    language: guessLanguage(split.reply),
    text: body.text,
    replyText: split.reply,
    quotedText: split.quote,
    signature: split.signature,
    attachments: body.attachments.map(describeAttachment),
    ...(doubts.length > 0 ? { doubts } : {}),
    origin,
    bounces:
      origin.kind === 'bounce' || origin.kind === 'dsn-success' || origin.kind === 'feedback'
        ? findBounces(mail, origin.kind)
        : [],
    forwarded: findForwarded(mail),
    calendar: body.calendar,
  }
}

function readHeaders({ fields, bodyAt }: HeaderBlock, bytes: Buffer): Headers {
  const fromValues = allValues(fields, 'from')
  const from = hidesFrom(bytes.subarray(0, bodyAt))
    ? { ok: false as const, why: 'a From field that only some programs see' }
    : parseStrictFrom(fromValues)
  const list = (key: string): Address[] =>
    allValues(fields, key)
      .flatMap((value) => parseAddressList(value).map(storableAddress))
      .slice(0, 1000)
  const recipients = new Set(RECIPIENT_FIELDS.flatMap((key) => list(key).map((address) => address.address)))
  const tokens = new Set<string>()
  for (const recipient of recipients) {
    const token = subAddress(recipient)
    if (token !== undefined) tokens.add(token)
  }
  const claimed = claimedSender(fromValues[0] ?? '')
  return {
    from: from.ok ? storableAddress(from.address) : null,
    claimedFrom: claimed === null ? null : storableAddress(claimed),
    fromProblem: from.ok ? null : from.why,
    to: list('to'),
    cc: list('cc'),
    replyTo: list('reply-to'),
    subject: storable(displayText(firstValue(fields, 'subject') ?? '')).slice(0, MAX_SUBJECT),
    messageId: nullable(parseMessageId(firstValue(fields, 'message-id') ?? '')),
    inReplyTo: allValues(fields, 'in-reply-to')
      .flatMap((value) => parseMessageIds(value))
      .map(storable)
      .slice(0, 50),
    // RFC 5322 §3.6 allows one References field; further ones are some mailer's rubbish.
    references: parseMessageIds(firstValue(fields, 'references') ?? '').map(storable),
    date: parseMailDate(firstValue(fields, 'date') ?? ''),
    recipientTokens: [...tokens],
    recipients: [...recipients],
    headers: shownHeaders(fields),
  }
}

function nullable(id: string | null): string | null {
  return id === null ? null : storable(id) || null
}

function storableAddress(address: Address): Address {
  return { address: storable(canonicalAddress(address.address)), name: storable(address.name).slice(0, 500) }
}

function shownHeaders(fields: readonly HeaderField[]): [string, string][] {
  const shown: [string, string][] = []
  let size = 0
  for (const field of fields.slice(0, MAX_SHOWN_FIELDS)) {
    const value = storable(displayText(field.value))
    size += field.name.length + value.length
    if (size > MAX_SHOWN_CHARACTERS) break
    shown.push([field.name, value])
  }
  return shown
}
