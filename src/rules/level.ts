// How far a mail's author is believed, and what follows from it.
//
//   L3  a token of ours for this very principal and ticket, a strict single From that is the principal's registered
//       address, and sender authentication that passed
//   L2  the same token and From, no authentication result (not a failed one)
//   L1  no token; From and authentication are right and the principal already belongs to the ticket
//   L0  everything else: any failure, a malformed From, somebody else's token
//
// Rights are asked when the mail is processed, of the person as the desk knows them then: a token alone grants nothing.

import type { Authentication } from '../mail/authentication.ts'
import { dayOf, lifetimeDays, type Purpose, type Signed } from '../mail/token.ts'
import type { Carried } from './context.ts'

export type Level = 'L0' | 'L1' | 'L2' | 'L3'

/** `agent`: active staff of this desk. `customer`: requester, participant or registered contact. `stranger`: anybody else. */
export type Role = 'agent' | 'customer' | 'stranger'

export interface Claim {
  readonly desk: string
  readonly role: Role
  /** The strict From reading gave one address; false for T20's cases. */
  readonly strictFrom: boolean
  /** Ids of the person that the From address names; an agent's directory address and further addresses are one principal. Empty: the desk has not met the address. */
  readonly persons: readonly number[]
  /** The ticket found for this mail; null: none. */
  readonly ticket: number | null
  /** Tokens of this instance that verified, wherever they stood. */
  readonly carried: readonly Carried[]
  /** The person is requester or participant of the ticket, or as an agent may see it. */
  readonly belongs: boolean
  readonly authentication: Authentication
  readonly now: Date
}

/** The purpose of a reply address that a role answers to. */
const replyPurpose = { agent: 'a', customer: 'c', stranger: 'c' } as const satisfies Record<Role, Purpose>

/**
 * A token grants a reply when it names desk, ticket and person. A reply address must be of the role's purpose; Message-IDs,
 * aliases and footers may carry our mark (`f`) instead, which lives longer, so the role's lifetime is asked again here.
 */
function grants(claim: Claim, carried: Carried): boolean {
  const { signed } = carried
  if (
    signed.desk !== claim.desk ||
    signed.id !== claim.ticket ||
    !claim.persons.includes(signed.person) ||
    signed.person === 0
  )
    return false
  const wanted = replyPurpose[claim.role]
  if (signed.purpose !== wanted && (signed.purpose !== 'f' || carried.carrier === 'address')) return false
  const age = dayOf(claim.now) - signed.day
  return age <= lifetimeDays[wanted]
}

/** True when a token for this ticket or another was made for somebody else: the mail was forwarded, or the token has leaked. */
export function foreignToken(claim: Pick<Claim, 'desk' | 'persons' | 'carried'>): Signed | null {
  const reply: readonly Purpose[] = ['a', 'c', 'f']
  const found = claim.carried.find(
    ({ signed }) =>
      signed.desk === claim.desk && reply.includes(signed.purpose) && !claim.persons.includes(signed.person),
  )
  return found?.signed ?? null
}

/** The level of a mail about `claim.ticket`. RFC-free policy; see the table at the head of this file. */
export function levelOf(claim: Claim): Level {
  const { result } = claim.authentication
  if (!claim.strictFrom || result === 'fail') return 'L0'
  if (claim.ticket !== null && claim.role !== 'stranger' && claim.carried.some((carried) => grants(claim, carried))) {
    return result === 'pass' ? 'L3' : 'L2'
  }
  if (foreignToken(claim) !== null) return 'L0'
  return result === 'pass' && claim.belongs && claim.role !== 'stranger' ? 'L1' : 'L0'
}

/** What becomes of an agent's answer to a customer. `confirm`: held, and confirmed from the directory address. */
export type AnswerRight = 'relay' | 'confirm' | 'hold'
/** `refuse`: not done, and the agent is told how. `ignore`: kept, nothing else. */
export type CommandRight = 'do' | 'confirm' | 'refuse' | 'ignore'
/** `marked`: appended with "not authenticated" for agents. `hold`: held and linked, shown to staff alone. */
export type AppendRight = 'append' | 'marked' | 'hold'
/** `quarantine`: the ticket is held back and nothing is answered. `quiet`: acknowledged within the unauthenticated budget, without the sender's words. */
export type OpenRight = 'open' | 'quiet' | 'quarantine'

export interface Rights {
  /** A text from an agent for the customer. */
  readonly answer: AnswerRight
  /** A command that changes or shows a ticket that exists. */
  readonly command: CommandRight
  /** A command about the desk or for a ticket this mail opens: its answer goes to the directory address only. */
  readonly deskCommand: CommandRight
  /** A text from a customer to a ticket. */
  readonly append: AppendRight
  /** A signed choice such as mute or confirm: the token was made for this one purpose. */
  readonly choice: boolean
  /** A new ticket. */
  readonly open: OpenRight
  /** People in To and Cc of a mail about a ticket may be added as participants where the desk says so; for a new ticket, `open` tells. */
  readonly invite: boolean
}

/** What a role may do at a level. `authentication` tells absent from failed at L0, where only a failure is held. */
export function rights(role: Role, level: Level, authentication: Authentication, belongs: boolean): Rights {
  const { result } = authentication
  const agent = role === 'agent'
  return {
    answer: !agent ? 'hold' : answerAt(level),
    command: !agent ? 'ignore' : commandAt(level),
    deskCommand: !agent || result === 'fail' ? 'ignore' : result === 'pass' ? 'do' : 'confirm',
    append:
      role === 'stranger' || result === 'fail'
        ? 'hold'
        : level === 'L0' || level === 'L2'
          ? level === 'L2' || belongs
            ? 'marked'
            : 'hold'
          : 'append',
    choice: result !== 'fail' && role !== 'stranger',
    open: result === 'fail' ? 'quarantine' : result === 'pass' ? 'open' : 'quiet',
    invite: belongs && !agent && (level === 'L3' || level === 'L1'),
  }
}

function answerAt(level: Level): AnswerRight {
  switch (level) {
    case 'L3':
      return 'relay'
    case 'L2':
    case 'L1':
      return 'confirm'
    case 'L0':
      return 'hold'
    default:
      return level satisfies never
  }
}

function commandAt(level: Level): CommandRight {
  switch (level) {
    case 'L3':
      return 'do'
    case 'L2':
      return 'confirm'
    case 'L1':
      return 'refuse'
    case 'L0':
      return 'ignore'
    default:
      return level satisfies never
  }
}
