// What the reader of mail hands to the rest: nouns of our own, no library's type passes this border.

import type { Address } from '../mail/address.ts'

/** How and from whom the bytes reached us; written by the source, never by the mail itself. */
export interface Envelope {
  /** 'smtp' | 'lmtp' | 'imap' | 'folder' | 'import' */
  readonly source: 'smtp' | 'lmtp' | 'imap' | 'folder' | 'import'
  /** Unique at the source: `imap:ACCOUNT:FOLDER:UIDVALIDITY:UID`, or a random id for SMTP. A second receipt with it is no second mail. */
  readonly sourceId: string
  /** Name of the configured account or listener. */
  readonly account: string
  /** RFC 5321 MAIL FROM; '' is the null return path, null is unknown (IMAP without Return-Path). */
  readonly mailFrom: string | null
  /** RFC 5321 RCPT TO, as given; for IMAP what Delivered-To, X-Original-To and Envelope-To of the trusted boundary say. */
  readonly rcptTo: readonly string[]
  readonly ip: string | null
  readonly helo: string | null
  /** The SMTP AUTH user, when one authenticated. */
  readonly authUser: string | null
  readonly receivedAt: Date
}

/** What of a large mail lies outside memory. May be read again and again until the mail is stored. */
export interface MailRest {
  readonly size: number
  /** Octets `from` to `to` (exclusive), counted from the beginning of the rest. */
  readonly read: (from: number, to: number) => Promise<Buffer>
}

export interface RawMail {
  /** The whole mail, or its first megabyte where there is a rest. */
  readonly bytes: Buffer
  readonly rest?: MailRest
  readonly envelope: Envelope
}

/** Octets of the whole mail. */
export const octetsOf = (mail: { readonly bytes: Buffer; readonly rest?: MailRest }): number =>
  mail.bytes.length + (mail.rest?.size ?? 0)

export interface InboundAttachment {
  readonly filename: string | null
  readonly contentType: string
  /** Octets of the decoded body. */
  readonly size: number
  /** Lower-case hex, of the decoded body. */
  readonly sha256: string
  readonly inline: boolean
  readonly contentId: string | null
  /** A picture that comes with mail after mail: kept, not listed. Known from earlier mail only. */
  readonly logo?: true
  /** Position among the attachments of this mail, by which `readAttachments` finds the bytes again. */
  readonly index: number
}

/** What a mail is, as far as the mail itself tells. `own` and `alert` need a secret and a desk: `rules` decides them. */
export type OriginKind =
  | 'bounce'
  | 'dsn-success'
  | 'read-receipt'
  | 'feedback'
  | 'auto-reply'
  | 'generated'
  | 'list'
  | 'spam'
  | 'human'

export interface Origin {
  readonly kind: OriginKind
  /** An out-of-office answer (kind 'auto-reply' only). */
  readonly vacation: boolean
  /** The sender asks to be spared automatic answers (X-Auto-Response-Suppress): no verdict on the mail. */
  readonly suppressAutoReply: boolean
  /** Marks of a mailing list (List-Id, Precedence: list), whatever the kind. */
  readonly list: boolean
  /** Header lines or findings the verdict rests on, e.g. `Auto-Submitted: auto-replied`. */
  readonly evidence: readonly string[]
  /** Fields by which a filter on the way called the mail spam, e.g. `X-Spam-Flag: YES`. Anybody can write them: whoever trusts the filter decides. */
  readonly spamEvidence?: readonly string[]
}

/**
 * What to know before trusting what a mail seems to say. `versions-differ`: its HTML says something else than the plain text
 * that is shown (threats T48). `answers-in-quote`: its author points to answers that stand within the old mail.
 */
export type Doubt = 'versions-differ' | 'answers-in-quote'

export interface Bounce {
  readonly recipient: string | null
  /** RFC 3463 enhanced status, e.g. '5.1.1'. */
  readonly status: string | null
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | null
  readonly replyCode: string | null
  readonly reason: string | null
  /** Failed for good, not merely delayed. */
  readonly permanent: boolean
  /** Do not write there again: unknown user or host, moved. */
  readonly addressDead: boolean
  readonly originalMessageId: string | null
}

export interface InboundMessage {
  /** null, or why the mail could not be read as usual (limits, time, syntax); what could be found is still here. */
  readonly problem: string | null
  /** Exactly one From field with exactly one address (threats T20); null otherwise. */
  readonly from: Address | null
  /** Whom the first From field names, for showing only: never an identity. Equals `from` where that is not null. */
  readonly claimedFrom: Address | null
  /** Why `from` cannot be trusted as an identity, e.g. 'two From fields'; null when it is strict and single. */
  readonly fromProblem: string | null
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly replyTo: readonly Address[]
  readonly subject: string
  /** Ids without angle brackets. */
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  /** What the Date field claims; never used for order. */
  readonly date: Date | null
  /** BCP 47 primary tag, guessed from the reply text; null when unknown. */
  readonly language: string | null
  /** Whole visible text, LF line ends, no NUL, no lone surrogate. */
  readonly text: string
  /** What the sender wrote now; never empty when `text` is not. */
  readonly replyText: string
  readonly quotedText: string
  readonly signature: string
  readonly attachments: readonly InboundAttachment[]
  /** Absent: none. */
  readonly doubts?: readonly Doubt[]
  readonly origin: Origin
  readonly bounces: readonly Bounce[]
  /** Sub-address parts (after '+') of every recipient address, header and envelope. */
  readonly recipientTokens: readonly string[]
  /** Every recipient address in header fields (To, Cc, Delivered-To, X-Original-To, Envelope-To, Resent-To), lower case. */
  readonly recipients: readonly string[]
  /** Header fields top to bottom, names as written, values unfolded and decoded; at most 500 fields and 256 KB. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The author and text of the first message forwarded within this one, attached or inline. */
  readonly forwarded: { readonly from: Address | null; readonly subject: string; readonly text: string } | null
  /** The first text/calendar part's text (RFC 5545), at most 64 KB. */
  readonly calendar: string | null
}
