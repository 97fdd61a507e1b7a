// Everything a decision may know. Loaded for a whole batch by `gateway/load-context`; a decision asks nothing of its own.

import type { Ban } from '../desks/banned.ts'
import type { Desk, Staff } from '../desks/desk.ts'
import type { Organisation, Person } from '../desks/person.ts'
import type { Envelope, InboundMessage } from '../inbound/message.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Signed } from '../mail/token.ts'
import type { MailDraft } from '../outbound/draft.ts'
import type { Calendar } from '../tickets/calendar.ts'
import type { OpenIncident } from '../tickets/incident.ts'
import type { Change, FieldValue, PastEntry, Ticket } from '../tickets/ticket.ts'
import type { AlertKnown, Decision, HoldReason, LinkDraft, TrailLine } from './decision.ts'

export type { Authentication }

/** A token of ours that verified, and where it stood. */
export interface Carried {
  readonly carrier: 'address' | 'message-id' | 'alias' | 'footer'
  readonly signed: Signed
}

/** A ticket this mail may belong to, by which rung of the ladder (threats 5d). */
export interface Candidate {
  readonly rung: 'address' | 'message-id' | 'alias' | 'footer' | 'inbound-id' | 'awaited' | 'subject'
  readonly ticket: Ticket
  readonly signed: Signed | null
}

export interface HoldFound {
  readonly id: number
  readonly desk: string
  readonly reason: HoldReason
  readonly state: 'open' | 'released' | 'discarded'
  readonly ticket: number | null
  readonly author: string | null
  readonly release: 'append' | 'relay' | 'open' | 'record'
}

/** A mail of ours that this one reports on. */
export interface DeliveryFound {
  readonly id: number
  readonly ticket: number | null
  readonly recipient: string
  readonly template: string
  readonly subject: string
  readonly author: string | null
  readonly automatic: boolean
  readonly createdAt: Date
}

export interface History {
  /** Number of the latest ticket of the same requester; null when none. */
  readonly lastTicket: number | null
  readonly openTickets: readonly {
    readonly number: number
    readonly subject: string
    readonly status: string
    readonly createdAt: Date
  }[]
  /** Tickets of this requester created in the last 24 hours. */
  readonly ticketsToday: number
  /** The 20 latest tickets of the same requester, open or closed. */
  readonly latest?: readonly {
    readonly number: number
    readonly type: string
    readonly fields: Readonly<Record<string, FieldValue>>
  }[]
}

export interface Instance {
  readonly keys: { readonly sign: (signed: Signed) => string }
  readonly publicUrl: string
  /** Domain of signed reply addresses unless the desk names its own. */
  readonly replyDomain: string
  /** All addresses of all desks, lower case. */
  readonly deskAddresses: ReadonlySet<string>
  /** True for every address we receive at: desks, aliases, signed sub-addresses. */
  readonly isOurs: (address: string) => boolean
}

/** A solved case that resembles the mail. */
export interface SimilarCase {
  readonly number: number
  readonly subject: string
  readonly resolution: string
}

export const alertTurns = ['opened', 'repeated', 'worse', 'returned', 'flapping', 'recovered', 'noted', 'late'] as const
/** What an alert means for the ticket of its problem. */
export type AlertTurn = (typeof alertTurns)[number]

export interface Context {
  readonly now: Date
  readonly desk: Desk
  readonly rules: readonly CompiledRule[]
  readonly instance: Instance
  /** The author, by the strict From address. */
  readonly sender: Person | null
  /** The desk's agent with that address, when active. */
  readonly agent: Staff | null
  readonly authentication: Authentication
  readonly carried: readonly Carried[]
  /** The mail carries our signed loop header or is one of our Message-IDs: we wrote it. */
  readonly own: boolean
  readonly candidates: readonly Candidate[]
  /** People of the desk by address, for every address the mail names. */
  readonly people: ReadonlyMap<string, Person>
  readonly holds: readonly HoldFound[]
  /** Author of the held mail that a choice is about. */
  readonly heldSender: { readonly address: string; readonly name: string } | null
  readonly deliveries: readonly DeliveryFound[]
  readonly history: History
  /** Other desks that received the same mail: their tickets, to be linked. */
  readonly twins: readonly { readonly desk: string; readonly ticket: number }[]
  /** A random mark for internal blocks of agents' notifications. */
  readonly mark: string
  /** The latest public entries and notes of the candidate ticket, newest first, for agents' mails (bounded). */
  readonly recent: ReadonlyMap<number, readonly PastEntry[]>
  /** Opening hours: of the desk, or those of its named calendar. */
  readonly calendar: (name?: string) => Calendar
  /** The latest changes that the agent made to a candidate ticket by command, for undo; within 24 hours. */
  readonly undoable: readonly Change[]
  /** When the latest notification to this agent about the candidate ticket left; null when none. */
  readonly notifiedAt: Date | null
  /** When the automatic mail of ours that this mail answers was made; null when it answers none. */
  readonly answersAutomaticAt: Date | null
  /** Candidate tickets that mail has reopened as often as it may for now, by number. */
  readonly reopeningsSpent: ReadonlySet<number>
  /** Open cases of the author with what customers wrote in them, for mails that found no ticket on desks that join such mails. */
  readonly openCases?: readonly { readonly ticket: Ticket; readonly text: string }[]
  readonly similar: readonly SimilarCase[]
  /** What is known of the problems that an alert mail names; absent: it is none. */
  readonly alerts?: readonly AlertKnown[]
  /** Registered people that a source of alerts may tell; absent: the mail is no alert. */
  readonly subscribers?: readonly Person[]
  /** Message-IDs of each candidate ticket's mails, newest first, at most 10: for References. */
  readonly thread: ReadonlyMap<number, readonly string[]>
  /** Tickets that wait for a reference which this mail of a declared sender names. */
  readonly referring?: readonly Ticket[]
  /** Incidents that are open at the desk. */
  readonly incidents?: readonly OpenIncident[]
  /** Tickets of the incident that an agent writes about. */
  readonly members?: readonly Ticket[]
  /** What agents banned by mail. */
  readonly bans?: readonly Ban[]
  /** The latest ticket each agent was given, and the place of the mail in its batch; absent where no team takes turns. */
  readonly turns?: { readonly latest: ReadonlyMap<string, number>; readonly place: number }
  /** The organisation of a proved sender who is no contact, by the domain of the address. */
  readonly organisation?: Organisation | null
  /** Tickets named by commands or references (#merge 12, "ABC-12" in a new mail), by number. */
  readonly named: ReadonlyMap<number, Ticket>
}

export interface MailEvent {
  readonly type: 'mail'
  readonly message: InboundMessage
  readonly envelope: Envelope
  /** Internal id of the raw mail. */
  readonly mail: number
  /** Set when a person released the mail from a hold. */
  readonly released: {
    readonly as: 'append' | 'relay' | 'open' | 'record'
    readonly by: string
    readonly hold: number
  } | null
}

export interface ClockEvent {
  readonly type: 'clock'
  readonly ticket: Ticket
  readonly clock: string
  readonly stage: 'warned' | 'breached'
}

/** A mail of ours was refused for good by the next server, or given up. */
export interface DeliveryEvent {
  readonly type: 'delivery'
  readonly delivery: DeliveryFound
  readonly ticket: Ticket | null
  readonly state: 'bounced' | 'dead' | 'uncertain'
  readonly reason: string
}

export type Event = MailEvent | ClockEvent | DeliveryEvent

// A rule speaks of its context and a context has its rules, so both stand here. `compile.ts` makes rules of the YAML: conditions and
// actions as pure functions with a sentence each.

export const eventNames = ['new', 'reply', 'agent', 'clock', 'delivery', 'status', 'choice', 'alert'] as const
/** What rules may wait for: a new ticket, a customer's reply, an agent's answer, a due clock, a failed delivery, a status change, a signed choice, an alert of monitoring. */
export type EventName = (typeof eventNames)[number]

/** What the rules work on: actions write here, later rules see it. */
export interface Work {
  readonly event: Event
  readonly name: EventName
  readonly context: Context
  readonly ticket: Ticket
  /** Values of named groups of the rules that matched so far. */
  readonly captures: Map<string, string>
  readonly changes: Change[]
  readonly mails: MailDraft[]
  readonly trail: TrailLine[]
  readonly links: LinkDraft[]
  /** Requests for the outside that are no mail. */
  readonly calls: Decision['calls'][number][]
  /** Clocks that a rule starts or stops by name. */
  readonly clockWishes: Map<string, 'start' | 'stop'>
  /** Set by `hold`. */
  hold: { reason: HoldReason; why: string } | null
  /** Set by `refuse`: the template of the polite answer. */
  refuse: { template: string; why: string } | null
  /** Notes for the history, internal. */
  readonly notes: string[]
  /** Extra values for the acknowledgement's template (FAQ answers, fees, warnings). */
  readonly acknowledgement: Map<string, string>
  /** What an alert means for the ticket; for rules on `alert` only. */
  readonly alert?: AlertTurn
  /** false: this rule list ends. */
  going: boolean
}

export interface ConditionValue {
  /** The condition as a sentence, e.g. `subject contains "urgent"`. */
  readonly sentence: string
  readonly holds: boolean
  readonly children: readonly ConditionValue[]
}

export interface CompiledRule {
  readonly name: string
  /** 'desk' or the shared set's name. */
  readonly from: string
  readonly on: readonly EventName[]
  /** Captures of named groups are written only when the whole condition holds. */
  readonly when: (work: Work) => {
    readonly holds: boolean
    readonly captures: ReadonlyMap<string, string>
    /** Sentences of the conditions that made it hold, with the words that were found. */
    readonly reasons: readonly string[]
    readonly explain: () => ConditionValue
  }
  /** Words of which the mail has at least one whenever this rule holds; null when it can hold without. */
  readonly needs: ReadonlySet<string> | null
  /** The whole condition as a sentence. */
  readonly sentence: string
  /** Clocks whose end closes a ticket by this rule alone. */
  readonly closes: readonly string[]
  /** What it does, in order. */
  readonly actions: readonly {
    readonly sentence: string
    /** The sentence with the values that this work fills in; absent: it has no places. */
    readonly said?: (work: Work) => string
    readonly act: (work: Work) => void
  }[]
  /** Ends the rule list when it matched. */
  readonly stop: boolean
}
