// A ticket, true of it if mail did not exist.

export type Channel = 'mail' | 'portal' | 'phone' | 'visit' | 'chat' | 'alert' | 'import'

export type FieldValue = string | number | boolean | null

/** A clock of a ticket. Stored as what has been counted and since when, so that a new calendar or target recomputes from it. */
export interface ClockState {
  readonly name: string
  readonly state: 'running' | 'paused' | 'stopped'
  readonly startedAt: Date
  /** Since when it runs; null when it does not. */
  readonly runningSince: Date | null
  /** Counted milliseconds before `runningSince`. */
  readonly countedMs: number
  /** Closed intervals in which it ran, for recounting on another calendar; bounded. */
  readonly intervals: readonly (readonly [fromMs: number, toMs: number])[]
  readonly targetMs: number
  /** When the next stage is due (warning, else breach); null while it does not run. */
  readonly dueAt: Date | null
  readonly stage: 'counting' | 'warned' | 'breached'
  /** How often the due stage came, for clocks that repeat. */
  readonly rounds: number
}

export interface Participant {
  readonly person: number
  readonly address: string
  readonly name: string
  readonly role: 'requester' | 'participant'
  readonly muted: boolean
  /** Language of the person, when known. */
  readonly language: string | null
  readonly addedAt: Date
  /** Id of the registered contact behind the address; null when there is none. */
  readonly contact: number | null
  /** Time zone of the person (IANA), when the desk knows it. */
  readonly zone?: string | null
}

export interface Ticket {
  readonly desk: string
  /** 0 until the gateway has handed out a number. */
  number: number
  /** Optimistic lock: raised by each commit that changes the ticket. */
  readonly version: number
  subject: string
  status: string
  priority: string
  type: string
  queue: string
  /** The agent's address. */
  assignee: string | null
  requester: number
  language: string
  channel: Channel
  fields: Record<string, FieldValue>
  tags: string[]
  mergedInto: number | null
  readonly createdAt: Date
  updatedAt: Date
  firstResponseAt: Date | null
  solvedAt: Date | null
  closedAt: Date | null
  lastCustomerAt: Date | null
  lastAgentAt: Date | null
  /** Who answered last: an agent's address. */
  lastAgent: string | null
  reopens: number
  participants: Participant[]
  clocks: ClockState[]
}

export type EntryKind = 'customer' | 'agent' | 'note' | 'system' | 'held' | 'report'

/** One line of a ticket's history. `public` is what its people may see; everything else is for staff. */
export interface EntryDraft {
  readonly kind: EntryKind
  readonly public: boolean
  /** Address of who wrote it; null for the gateway. */
  readonly author: string | null
  readonly authorName: string
  readonly text: string
  readonly quoted: string
  readonly signature: string
  readonly attachments: readonly EntryAttachment[]
  /** Facts for machines: changes, marks such as 'not-authenticated', 'direct'. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface EntryAttachment {
  readonly filename: string | null
  readonly contentType: string
  readonly size: number
  readonly sha256: string
  readonly inline: boolean
  readonly contentId: string | null
  /** Where its bytes stand: position among the attachments of the raw mail of the entry. */
  readonly index: number
}

export type LinkKind = 'follows' | 'merged' | 'split' | 'same-mail' | 'refers' | 'incident'

/** One change of a field, as history and receipts say it. */
export interface Change {
  readonly field: string
  readonly from: FieldValue
  readonly to: FieldValue
  /** The rule, gate, command or clock that did it. */
  readonly by: string
}

/** An entry of the history as it is read again. */
export interface PastEntry {
  readonly at: Date
  readonly kind: string
  readonly public: boolean
  /** The name that the mail gave, else the address. */
  readonly author: string
  readonly address: string | null
  readonly text: string
}
