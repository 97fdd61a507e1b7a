// What an agent can say in the leading lines of a mail, after reading.

import type { Duration } from '../../tickets/duration.ts'
import type { Channel, FieldValue } from '../../tickets/ticket.ts'

/** A day, with or without a time of day, both in the desk's time zone; or a span from now. */
export type When = { readonly date: string; readonly time: string | null } | { readonly span: Duration }

export type ListWish =
  | { readonly kind: 'mine' | 'open' | 'unassigned' | 'waiting' | 'overdue' | 'incidents' }
  | { readonly kind: 'queue' | 'status'; readonly key: string }

export type Command =
  // the ticket itself
  | { readonly name: 'status'; readonly status: string }
  | { readonly name: 'priority'; readonly priority: string }
  | { readonly name: 'type'; readonly type: string }
  | { readonly name: 'queue'; readonly queue: string }
  /** null: to nobody. */
  | { readonly name: 'assign'; readonly agent: string | null }
  | { readonly name: 'take' }
  /** null: to the next tier, as the desk has it. */
  | { readonly name: 'escalate'; readonly queue: string | null }
  | { readonly name: 'subject'; readonly subject: string }
  | { readonly name: 'language'; readonly language: string }
  | { readonly name: 'channel'; readonly channel: Channel }
  | { readonly name: 'tag'; readonly tags: readonly string[] }
  | { readonly name: 'untag'; readonly tags: readonly string[] }
  /** `value` null: emptied. */
  | { readonly name: 'field'; readonly field: string; readonly value: FieldValue }
  /** null: no date any more. */
  | { readonly name: 'due'; readonly when: When | null }
  | { readonly name: 'solve' }
  | { readonly name: 'close' }
  | { readonly name: 'reopen' }
  | { readonly name: 'spam' }
  | { readonly name: 'reference'; readonly reference: string }
  | { readonly name: 'undo' }
  // people
  | { readonly name: 'cc'; readonly addresses: readonly string[] }
  | { readonly name: 'uncc'; readonly addresses: readonly string[] }
  | { readonly name: 'requester'; readonly address: string; readonly personName: string }
  | { readonly name: 'mute' }
  | { readonly name: 'unmute' }
  | { readonly name: 'consult'; readonly addresses: readonly string[] }
  | {
      readonly name: 'register'
      readonly address: string
      readonly personName: string
      readonly attributes: ReadonlyMap<string, string>
    }
  /** null: the requester of the ticket. */
  | { readonly name: 'ban'; readonly what: { readonly address: string } | { readonly subject: string } | null }
  // other tickets
  | { readonly name: 'merge'; readonly into: number }
  /** The mail's text becomes a ticket of its own for the same requester. `type` null: as the desk starts. */
  | { readonly name: 'split'; readonly type: string | null; readonly subject: string }
  | { readonly name: 'link'; readonly to: number }
  /** `declare`: this ticket is the incident; `join`: it belongs to another; `answer`: the text goes to everybody of it; `end`: it is over. */
  | { readonly name: 'incident'; readonly act: 'answer' | 'end' }
  /** `title` is what customers read of it; '' nothing. */
  | { readonly name: 'incident'; readonly act: 'declare'; readonly title: string }
  | { readonly name: 'incident'; readonly act: 'join'; readonly to: number }
  // what is written down
  /** The rest of the mail is internal. `text` is what stands on the command's line, '' when nothing does. */
  | { readonly name: 'note'; readonly text: string }
  /** '' : the rest of the mail is the resolution, and goes to the customer too. */
  | { readonly name: 'resolution'; readonly text: string }
  | { readonly name: 'reply'; readonly template: string }
  | { readonly name: 'time'; readonly minutes: number }
  /** The rest of the mail is the report; `list` is the distribution list, null the desk's usual one. */
  | { readonly name: 'report'; readonly list: string | null }
  | {
      readonly name: 'visit'
      readonly act: 'propose'
      readonly date: string
      readonly time: string
      readonly minutes: number
      readonly place: string
    }
  | { readonly name: 'visit'; readonly act: 'cancel' }
  /** The customer is asked to agree before the work, or after it. Amount as decimal text with a point. */
  | {
      readonly name: 'agreement'
      readonly stage: 'before' | 'after'
      readonly amount: string | null
      readonly currency: string | null
      readonly date: string | null
    }
  /** '' : the agent who writes. */
  | { readonly name: 'approve'; readonly by: string }
  | { readonly name: 'refuse'; readonly why: string }
  | { readonly name: 'tested'; readonly by: string }
  // the desk
  | { readonly name: 'help' }
  /** null: the ticket of this mail. */
  | { readonly name: 'show'; readonly ticket: number | null }
  | { readonly name: 'list'; readonly wish: ListWish }
  | { readonly name: 'search'; readonly words: string }
  | { readonly name: 'away'; readonly from: string; readonly until: string }
  | { readonly name: 'back' }
  | { readonly name: 'digest'; readonly digest: 'daily' | 'none' }
  | { readonly name: 'page' }
  | { readonly name: 'unblock' }
  /** All conditions hold; none: every active contact. */
  | { readonly name: 'announce'; readonly filter: readonly { readonly attribute: string; readonly value: string }[] }

export type CommandName = Command['name']

/** What the text below the commands is for. `reply`: it goes to the customer. Everything else never does, but a `resolution`, which is both. */
export type RestUse = 'reply' | 'note' | 'resolution' | 'report' | 'consult' | 'split' | 'incident' | 'announcement'
