// The second half of a worker’s turn: decide what was read, in waves, and carry each wave out in one transaction. Mails of one
// ticket or sender that come in the same batch go into different waves, so that each sees what the one before it did.

import { decide } from '../rules/decide.ts'
import { applyDecisions, Conflict, type Judged } from './apply.ts'
import { fail, giveBack, reasonOf } from './attempt.ts'
import { loadContexts } from './load-context.ts'
import type { ProcessDeps } from './process-deps.ts'
import type { Batch, Ready } from './read-batch.ts'

const conflictTries = 5

/** Decides a batch and carries it out. `onNumbered` is called when its last decisions have their numbers and are being written. */
export async function workOff(
  deps: ProcessDeps,
  batch: Batch,
  onNumbered: () => void = () => undefined,
): Promise<void> {
  try {
    const list = waves(batch.ready)
    for (const [n, wave] of list.entries())
      await carryOut(deps, wave, batch.now, n === list.length - 1 ? onNumbered : () => undefined)
    onNumbered()
  } finally {
    batch.lease.end()
  }
}

/** What the mails of a batch have in common with others: a sender, a ticket mark, the mail itself. */
export const keysOfBatch = (batch: Batch): ReadonlySet<string> => new Set(batch.ready.flatMap(keysOf))

/** Splits a batch so that no two mails of a wave share a sender, a ticket mark or the mail itself. Order within each is kept. */
export function waves(ready: readonly Ready[]): Ready[][] {
  const list: { members: Ready[]; keys: Set<string> }[] = []
  const lastWave = new Map<string, number>()
  for (const one of ready) {
    const keys = keysOf(one)
    const after = keys.reduce((most, key) => Math.max(most, lastWave.get(key) ?? -1), -1) + 1
    const wave = list[after] ?? { members: [], keys: new Set() }
    list[after] = wave
    wave.members.push(one)
    for (const key of keys) lastWave.set(key, after)
  }
  return list.map((wave) => wave.members)
}

function keysOf({ claimed, parsed, running }: Ready): string[] {
  const { message } = parsed
  const { desk } = running.desk
  const keys = [`raw ${claimed.raw}`, `${desk} from ${message.from?.address ?? ''}`]
  if (message.messageId) keys.push(`${desk} id ${message.messageId}`)
  for (const id of [...message.inReplyTo, ...message.references.slice(-20)]) keys.push(`${desk} id ${id}`)
  for (const match of message.subject.matchAll(/(\d{1,9})\]/g)) keys.push(`${desk} number ${match[1]}`)
  for (const token of message.recipientTokens) keys.push(`${desk} token ${token.split('.')[1] ?? token}`)
  return keys
}

async function carryOut(deps: ProcessDeps, wave: readonly Ready[], now: Date, onNumbered: () => void): Promise<void> {
  try {
    await judgeAndApply(deps, wave, now, onNumbered)
  } catch (error) {
    const [only] = wave
    if (wave.length === 1 && only && !(error instanceof Conflict))
      return fail(deps, only.claimed, reasonOf(error), now, error)
    deps.log.warn({ mails: wave.length, reason: reasonOf(error) }, 'a batch failed and is tried mail by mail')
    for (const one of wave) {
      try {
        await judgeAlone(deps, one, now)
      } catch (single) {
        if (single instanceof Conflict) await giveBack(deps, one.claimed)
        else await fail(deps, one.claimed, reasonOf(single), now, single)
      }
    }
  }
}

/** Judges again what another worker or a due clock overtook: what it reads then is new. */
async function judgeAlone(deps: ProcessDeps, one: Ready, now: Date): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await judgeAndApply(deps, [one], now)
    } catch (error) {
      if (!(error instanceof Conflict) || tries >= conflictTries) throw error
    }
  }
}

async function judgeAndApply(
  deps: ProcessDeps,
  wave: readonly Ready[],
  now: Date,
  onNumbered: () => void = () => undefined,
): Promise<void> {
  const contexts = await loadContexts(
    deps.sql,
    deps.instance(),
    wave.map((r) => ({
      running: r.running,
      raw: r.claimed.raw,
      message: r.parsed.message,
      envelope: r.claimed.envelope,
      authentication: r.authentication,
    })),
    now,
    wave.map(() => deps.mark()),
  )
  const judged: Judged[] = wave.flatMap((r, n) => {
    const context = contexts[n]
    if (!context) return []
    const decision = decide(
      {
        type: 'mail',
        message: r.parsed.message,
        envelope: r.claimed.envelope,
        mail: r.claimed.raw,
        released: r.release,
      },
      context,
    )
    return [
      {
        running: r.running,
        context,
        decision,
        mail: {
          raw: r.claimed.raw,
          attempt: r.claimed.attempt,
          bytes: r.claimed.bytes,
          message: r.parsed.message,
          envelope: r.claimed.envelope,
          authentication: r.authentication,
        },
      },
    ]
  })
  const applied = await applyDecisions(deps, judged, now, onNumbered)
  for (const { decision, mail, running } of judged) {
    deps.counters.decided(running.desk.desk, decision.outcome)
    deps.log.info(
      {
        raw: mail?.raw,
        desk: running.desk.desk,
        outcome: decision.outcome,
        ticket: decision.tickets[0]?.ticket.number,
        held: decision.holds[0]?.reason,
        mails: decision.mails.length,
      },
      'mail decided',
    )
  }
  if (applied.queued > 0) deps.wakeOutbox()
}
