import type { Origin } from '../../src/inbound/message.ts'
import { mayAnswerAutomatically } from '../../src/rules/answerable.ts'
import { type BucketState, bucketsFor, reopenBucket, subjectKey, takeTokens } from '../../src/rules/budget.ts'

// A desk reduced to what loops are made of: it opens tickets, appends replies, reopens, and answers by the rules and budgets
// under test. Peers get what it sends and may send anything back.

export interface Letter {
  readonly from: string
  readonly to: string
  readonly subject: string
  /** The ticket a reply names by a signed address; null: it names none. */
  readonly ticket: number | null
  readonly automatic: boolean
  readonly nullReturn: boolean
  readonly authenticated: boolean
}

export interface Sent {
  readonly at: number
  readonly letter: Letter
  readonly what: 'acknowledgement' | 'notice'
}

export const limits = {
  'address-hour': 3,
  'address-day': 10,
  'unauthenticated-day': 1,
  'registered-hour': 20,
  'subject-day': 1,
  'ticket-hour': 3,
  'ticket-day': 10,
  'reopen-hour': 3,
  'desk-hour': 60,
  'domain-hour': 30,
}

export function createDesk(address: string, own: ReadonlySet<string>, registered: ReadonlySet<string>) {
  const rows = new Map<string, BucketState>()
  const tickets = new Map<number, { readonly requester: string; solved: boolean }>()
  const sent: Sent[] = []
  const suppressed: { readonly at: number; readonly to: string; readonly why: string }[] = []
  const reopened: { readonly at: number; readonly ticket: number }[] = []
  let stored = 0

  const take = (buckets: Parameters<typeof takeTokens>[1], at: number): string | null => {
    const taken = takeTokens(rows, buckets, new Date(at))
    if (!taken.ok) return taken.why
    for (const [key, state] of taken.changed) rows.set(key, state)
    return null
  }

  const receive = (letter: Letter, at: number): Letter[] => {
    stored++
    const origin: Origin = {
      kind: letter.automatic ? 'auto-reply' : letter.nullReturn ? 'bounce' : 'human',
      vacation: false,
      suppressAutoReply: false,
      list: false,
      evidence: [],
    }
    const known = letter.ticket === null ? undefined : tickets.get(letter.ticket)
    let number = letter.ticket ?? 0
    if (known?.requester === letter.from) {
      if (
        !letter.automatic &&
        !letter.nullReturn &&
        known.solved &&
        take([reopenBucket(number, limits)], at) === null
      ) {
        known.solved = false
        reopened.push({ at, ticket: number })
      }
    } else if (letter.automatic || letter.nullReturn) return []
    else {
      number = tickets.size + 1
      tickets.set(number, { requester: letter.from, solved: false })
    }
    const what = known ? 'notice' : 'acknowledgement'
    const answerable = mayAnswerAutomatically({
      to: letter.from,
      ownAddresses: own,
      origin,
      authentication: { result: letter.authenticated ? 'pass' : 'none', by: 'nobody', detail: '' },
      mailFrom: letter.nullReturn ? '' : letter.from,
      addressed: true,
      received: 2,
      hops: 0,
      blockedUntil: null,
      now: new Date(at),
    })
    const person = registered.has(letter.from)
    const why = answerable.ok
      ? take(
          bucketsFor(
            {
              budget: what === 'acknowledgement' && person && letter.authenticated ? 'registered' : what,
              automatic: 'auto-replied',
              to: { address: letter.from },
            },
            {
              authenticated: letter.authenticated,
              registered: person,
              ticket: number,
              subject: subjectKey(letter.subject),
              limits,
            },
          ),
          at,
        )
      : answerable.why
    if (why !== null) {
      suppressed.push({ at, to: letter.from, why })
      return []
    }
    const answer: Letter = {
      from: address,
      to: letter.from,
      subject: `Re: ${letter.subject}`,
      ticket: number,
      automatic: true,
      nullReturn: false,
      authenticated: true,
    }
    sent.push({ at, letter: answer, what })
    return [answer]
  }

  return {
    address,
    receive,
    sent,
    suppressed,
    reopened,
    stored: () => stored,
    solveAll: () => {
      for (const ticket of tickets.values()) ticket.solved = true
    },
  }
}

export type ModelDesk = ReturnType<typeof createDesk>
