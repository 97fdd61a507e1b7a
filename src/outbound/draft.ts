// A mail that shall leave: template, recipient and facts. `compose` makes finished bytes of it, once.

import type { Purpose } from '../mail/token.ts'
import type { Ticket } from '../tickets/ticket.ts'

export type DraftValue =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly DraftValue[]
  | { readonly [key: string]: DraftValue }

/** Index of the mail being processed itself among its attachments: the original, as it came. */
export const wholeMail = -1

export interface MailDraft {
  readonly template: string
  readonly desk: string
  /** Exactly one recipient a mail. `person` 0: not known yet, the gateway finds or makes the person by address. */
  readonly to: {
    readonly address: string
    readonly name: string
    readonly person: number
    /** Time zone in which the recipient reads dates; absent or unknown: that of the ticket's calendar. */
    readonly zone?: string | null
  }
  readonly role: 'customer' | 'agent' | 'supervisor' | 'stranger' | 'third-party'
  readonly language: string
  /** RFC 3834 Auto-Submitted; null for a mail that a person wrote (a relayed answer). */
  readonly automatic: 'auto-replied' | 'auto-generated' | null
  /** The ticket it speaks of, as it is after the decision; its number may still be 0. */
  readonly ticket: Ticket | null
  /** The row a choice refers to instead of the ticket (a hold, a delivery); 0 is the hold made by the same decision. */
  readonly subjectId: number | null
  /** Rows that the gateway looks up and adds to `data` before the mail is composed: an agent asked to see them. */
  readonly fill:
    | { readonly what: 'show'; readonly ticket: number /** Its files go along too. */; readonly files?: true }
    | {
        readonly what: 'list'
        readonly kind: 'mine' | 'open' | 'unassigned' | 'waiting' | 'overdue' | 'incidents' | 'queue' | 'status'
        readonly key: string
        readonly agent: string
      }
    | { readonly what: 'search'; readonly words: string }
    | { readonly what: 'page' }
    | null
  /** Values of the template beside those every mail has. */
  readonly data: Readonly<Record<string, DraftValue>>
  /** Signed choices offered as mailto links. */
  readonly choices: readonly Purpose[]
  /** Attachments of the mail being processed that go along, by index; `wholeMail` is the original itself. */
  readonly attachments: readonly number[]
  /** Files of the templates folder that go along, by name. */
  readonly files: readonly string[]
  /** An iCalendar object (RFC 5545) that goes along, with its method. */
  readonly calendar: { readonly method: 'REQUEST' | 'CANCEL'; readonly text: string } | null
  /** Message-ID this answers, without brackets. */
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  /** Which limits of automatic mail apply; null: none (a person wrote it). `registered`: an acknowledgement to an authenticated registered contact. */
  readonly budget: 'acknowledgement' | 'registered' | 'notice' | 'staff' | null
  /** Address of the agent to tell when it cannot be delivered. */
  readonly author: string | null
  /** Once per this key: a second draft with the same key is suppressed as repeated. E.g. `portal-only:12:2026-11-21`. */
  readonly once: string | null
  /** true: the mail repeats no word of the sender's, who is not authenticated (threats T07): no subject, name or text of theirs. */
  readonly withoutSender?: boolean
  /** true: the text alone, without footer and without html (a short message by mail). */
  readonly bare?: boolean
  /** What an answer to this mail grants, when that is itself a choice (answering releases a hold: `r`); absent: by role. */
  readonly replyPurpose?: Purpose
}

/** A file that goes along with a mail: its bytes are in hand, nothing is ever fetched. */
export interface OutgoingFile {
  readonly filename: string | null
  readonly contentType: string
  readonly content: Buffer
}

/** Finished bytes: rendered once, the same at every attempt. */
export interface OutboundMail {
  readonly id: number
  readonly desk: string
  readonly ticket: number | null
  readonly person: number
  readonly recipient: string
  /** VERP return path, RFC 5321 MAIL FROM. */
  readonly envelopeFrom: string
  /** Without brackets. */
  readonly messageId: string
  readonly subject: string
  readonly template: string
  readonly automatic: boolean
  readonly author: string | null
  readonly bytes: Buffer
}
