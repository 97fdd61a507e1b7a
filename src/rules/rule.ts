// A rule after reading: conditions and actions as pure functions with a sentence each. Made by `compile.ts` from the YAML.

import type { MailDraft } from '../outbound/draft.ts'
import type { Change, Ticket } from '../tickets/ticket.ts'
import type { Context, Event } from './context.ts'
import type { Decision, HoldReason, LinkDraft, TrailLine } from './decision.ts'

export const eventNames = ['new', 'reply', 'agent', 'clock', 'delivery', 'status', 'choice'] as const
/** What rules may wait for: a new ticket, a customer's reply, an agent's answer, a due clock, a failed delivery, a status change, a signed choice. */
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
  /** What it does, in order. */
  readonly actions: readonly { readonly sentence: string; readonly act: (work: Work) => void }[]
  /** Ends the rule list when it matched. */
  readonly stop: boolean
}
