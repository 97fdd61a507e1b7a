// May a mail leave? What was told once is not told again; an automatic answer needs somebody who may be answered by a machine; and
// automatic mail takes its tokens. This is the one place where acting decides (decisions 9), because the tokens are rows.

import type { Tx } from '../db/transaction.ts'
import type { MailDraft } from '../outbound/draft.ts'
import { mayAnswerAutomatically } from '../rules/answerable.ts'
import { type Bucket, bucketKeys, bucketsFor, fastBucket, subjectKey, takeTokens } from '../rules/budget.ts'
import { throughKnownList } from '../rules/known-list.ts'
import { type BucketState, lockBuckets, saveBuckets, tellOnce } from './budget-store.ts'
import type { Judged } from './judged.ts'
import type { RunningDesk } from './running-desk.ts'

export interface Asked {
  readonly draft: MailDraft
  readonly judged: Judged | null
  readonly running: RunningDesk
}

export interface Throttled {
  /** In the order asked: null, or why the mail is suppressed. */
  readonly verdicts: readonly (string | null)[]
  readonly breakers: ReadonlyMap<string, string>
}

export async function throttle(tx: Tx, asked: readonly Asked[], now: Date): Promise<Throttled> {
  const verdicts: (string | null)[] = asked.map((one) => notAnswerable(one, now))
  const onces = asked.flatMap(({ draft }, n) =>
    draft.once === null || verdicts[n] !== null ? [] : [{ desk: draft.desk, key: draft.once }],
  )
  const fresh = await tellOnce(tx, distinct(onces), now)
  const buckets = asked.map((one, n) => (verdicts[n] === null ? bucketsOf(one) : []))
  const keys = distinct(
    asked.flatMap(({ draft }, n) => bucketKeys(buckets[n] ?? []).map((key) => ({ desk: draft.desk, key }))),
  )
  const rows = await lockBuckets(tx, keys)
  const changed = new Map<string, { readonly desk: string; readonly key: string; readonly state: BucketState }>()
  const breakers = new Map<string, string>()
  for (const [n, { draft }] of asked.entries()) {
    if (verdicts[n] !== null) continue
    if (draft.once !== null && !fresh.delete(`${draft.desk} ${draft.once}`)) {
      verdicts[n] = `told before (${draft.once})`
      continue
    }
    const own = buckets[n] ?? []
    const states = new Map(
      bucketKeys(own).flatMap((key): [string, BucketState][] => {
        const state = changed.get(`${draft.desk} ${key}`)?.state ?? rows.get(`${draft.desk} ${key}`)
        return state ? [[key, state]] : []
      }),
    )
    const taken = takeTokens(states, own, now)
    if (!taken.ok) {
      verdicts[n] = taken.why
      if (taken.scope === 'desk') breakers.set(draft.desk, taken.why)
      continue
    }
    for (const [key, state] of taken.changed) changed.set(`${draft.desk} ${key}`, { desk: draft.desk, key, state })
  }
  await saveBuckets(tx, [...changed.values()])
  return { verdicts, breakers }
}

function bucketsOf({ draft, judged, running }: Asked): ReturnType<typeof bucketsFor> {
  const contact = judged?.context.people.get(draft.to.address)?.contact
  const buckets = bucketsFor(draft, {
    authenticated: judged === null || judged.mail === null || judged.mail.authentication.result === 'pass',
    registered: contact?.active ?? false,
    ticket: draft.ticket !== null && draft.ticket.number > 0 ? draft.ticket.number : null,
    subject: subjectKey(judged?.mail?.message.subject ?? draft.template),
    limits: running.desk.budgets,
  })
  return draft.budget === 'acknowledgement' && judged ? [...buckets, ...suspicions(draft, judged)] : buckets
}

/** Faster than this, few people read and answer. */
const machineMs = 120_000

/** What looks like a robot’s answer is answered too, but less often: people do answer at once at times. */
function suspicions(draft: MailDraft, { mail, context }: Judged): Bucket[] {
  const { answersAutomaticAt } = context
  if (!mail || answersAutomaticAt === null) return []
  const took = mail.envelope.receivedAt.getTime() - answersAutomaticAt.getTime()
  return took < machineMs ? [fastBucket(draft.to.address)] : []
}

/** Why the author of a mail gets no automatic answer; staff are always told. */
function notAnswerable({ draft, judged, running }: Asked, now: Date): string | null {
  // A backlog is history: nobody is written to about it.
  if (judged?.mail?.envelope.source === 'import' && draft.automatic !== null) return 'imported backlog'
  if (draft.automatic === null || draft.role === 'agent' || draft.role === 'supervisor') return null
  const blocked = judged?.context.people.get(draft.to.address)?.blockedUntil ?? null
  if (blocked !== null && blocked > now) return 'the address is known to be dead'
  const mail = judged?.mail
  if (!judged || !mail || draft.automatic !== 'auto-replied' || mail.message.from?.address !== draft.to.address)
    return null
  const { context } = judged
  const { message, envelope } = mail
  const known = throughKnownList(context.desk, message)
  const answer = mayAnswerAutomatically({
    to: draft.to.address,
    ownAddresses: context.instance.deskAddresses,
    origin: known ? { ...message.origin, kind: 'human' } : message.origin,
    authentication: mail.authentication,
    mailFrom: envelope.mailFrom,
    addressed:
      known ||
      running.desk.registration === 'required' ||
      [...message.recipients, ...envelope.rcptTo].some((address) => context.instance.isOurs(address)),
    received: message.headers.filter(([name]) => name.toLowerCase() === 'received').length,
    hops: message.headers.filter(([name]) => name.toLowerCase() === 'x-guichet-loop').length,
    blockedUntil: blocked,
    now,
  })
  return answer.ok ? null : answer.why
}

function distinct<T extends { readonly desk: string; readonly key: string }>(list: readonly T[]): T[] {
  return [...new Map(list.map((item) => [`${item.desk} ${item.key}`, item])).values()]
}
