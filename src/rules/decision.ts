// What became of an event, and why. Made by `decide`, carried out by `gateway/apply` without any further `if`.

import type { ContactFilter } from '../desks/contact-filter.ts'
import type { Bounce } from '../inbound/message.ts'
import type { MailDraft } from '../outbound/draft.ts'
import type { Change, EntryDraft, LinkKind, Ticket } from '../tickets/ticket.ts'
import type { Finding } from './finding.ts'

/** One step that spoke. `code` is for machines, `why` a sentence for people; `at` is the gate, the rule or the clock. */
export interface TrailLine {
  readonly at: string
  readonly code: string
  readonly why: string
}

/** Why a mail is held: a closed list, a sentence each in `hold-reason.ts`. */
export const holdReasons = [
  'no-desk',
  'unregistered',
  'requirement',
  'stranger-quotes-ticket',
  'authentication-failed',
  'ambiguous-sender',
  'not-authenticated-agent',
  'agent-without-token',
  'agent-not-of-desk',
  'portal-only',
  'closed-ticket',
  'rule',
  'quoted-internal-text',
  'agent-vacation',
  'automatic-without-ticket',
  'unmatched-bounce',
  'unreadable',
  'staff-only-type',
  'collision',
  'third-party',
  'spam',
  'banned',
  'flood',
  'agent-uses-portal',
  'portal-mismatch',
  'blank',
  'alert-unreadable',
] as const
export type HoldReason = (typeof holdReasons)[number]

export interface TicketChange {
  /** The whole ticket after the decision. `number` 0: new. */
  readonly ticket: Ticket
  readonly isNew: boolean
  readonly changes: readonly Change[]
  readonly entries: readonly EntryDraft[]
}

/** Held for the record: people see them on the desk’s page and by `guichet holds`, no mail is written about each. */
export const quietReasons = [
  'automatic-without-ticket',
  'unmatched-bounce',
  'spam',
  'banned',
  'portal-only',
  'closed-ticket',
  'blank',
  'no-desk',
  'requirement',
  'agent-uses-portal',
  'quoted-internal-text',
] as const satisfies readonly HoldReason[]
export type QuietReason = (typeof quietReasons)[number]

export interface HoldDraft {
  readonly reason: HoldReason
  /** The finding in English, as the trail has it. */
  readonly why: string
  /** Null where nobody is told by mail. */
  readonly finding: Finding | null
  /** The ticket it is linked to. */
  readonly ticket: Ticket | null
  /** What a release would do: take it as the customer's, relay it as the agent's answer, open a ticket. */
  readonly release: 'append' | 'relay' | 'open' | 'record'
  /** The agent who may confirm it by answering the hold mail. */
  readonly author: string | null
}

export interface LinkDraft {
  readonly from: Ticket
  readonly to: number
  readonly toDesk: string
  readonly kind: LinkKind
}

export type Outcome =
  | 'created'
  | 'appended'
  | 'relayed'
  | 'noted'
  | 'commanded'
  | 'held'
  | 'refused'
  | 'recorded'
  | 'chosen'
  | 'changed'
  | 'nothing'

export interface Decision {
  readonly outcome: Outcome
  readonly trail: readonly TrailLine[]
  readonly tickets: readonly TicketChange[]
  readonly links: readonly LinkDraft[]
  readonly holds: readonly HoldDraft[]
  /** Holds that are settled by this decision. */
  readonly settled: readonly { readonly hold: number; readonly state: 'released' | 'discarded'; readonly by: string }[]
  readonly mails: readonly MailDraft[]
  /** Deliveries that a report speaks of: outbound id and what it says. */
  readonly reports: readonly {
    readonly outbound: number
    readonly bounce: Bounce | null
    readonly state: 'bounced' | 'delayed' | 'delivered'
  }[]
  /** Uncertain deliveries that a person resolved. */
  readonly deliveries: readonly { readonly outbound: number; readonly act: 'resolve' | 'retry'; readonly by: string }[]
  /** Addresses that get no automatic mail until then. */
  readonly blocks: readonly { readonly address: string; readonly until: Date; readonly why: string }[]
  /** Problems that alerts told of, as they are now; `version` as it was read. */
  readonly alerts: readonly AlertKnown[]
  /** What contacts are told, one mail each. */
  readonly announcements: readonly {
    readonly title: string
    readonly text: string
    readonly filter: ContactFilter
    readonly by: string
  }[]
  /** People who become contacts of the desk. */
  readonly contacts: readonly {
    readonly address: string
    readonly name: string
    readonly attributes: Readonly<Record<string, string>>
  }[]
  /** What agents said of themselves: absence (null: back), daily digest. */
  readonly staff: readonly {
    readonly address: string
    readonly away?: { readonly from: string; readonly until: string } | null
    readonly digest?: 'none' | 'daily'
  }[]
  /** Senders and subjects that open nothing from now on. */
  readonly bans: readonly { readonly kind: 'address' | 'subject'; readonly value: string; readonly by: string }[]
  /** A supervisor lets automatic mail of the desk go on: its hour begins anew. */
  readonly resume: boolean
  /** Requests for the outside that are no mail: an SMS, a webhook. */
  readonly calls: readonly {
    readonly kind: 'sms' | 'webhook'
    readonly target: string
    readonly data: Readonly<Record<string, string>>
  }[]
  /** The held mail is to be judged again with this said of it (a release). */
  readonly again: { readonly hold: number; readonly as: HoldDraft['release']; readonly by: string } | null
}

/** A problem that a source of alerts has told of. */
export interface AlertKnown {
  readonly source: string
  readonly key: string
  /** Number of the occurrence at its system. */
  readonly reference: string | null
  /** null: only its recovery came. */
  readonly ticket: Ticket | null
  readonly state: 'problem' | 'recovered'
  readonly severity: string
  readonly title: string
  /** Mails that told of it, for this ticket. */
  readonly repeats: number
  /** How often it came back after it was over. */
  readonly flaps: number
  /** When it came back lately. */
  readonly turns: readonly Date[]
  readonly flapping: boolean
  /** Since when it is in this state. */
  readonly since: Date
  /** When the mail that told so was written, by its own word. */
  readonly statedAt: Date | null
  /** Raised by each change; 0: not written yet. */
  readonly version: number
}
