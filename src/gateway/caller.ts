// Carries out what decisions asked of the outside beside mail: short messages, webhooks.

import type { Sql } from '../db/pool.ts'
import { transaction } from '../db/transaction.ts'
import { type CallResult, type ClaimedCall, claimCalls, settleCall } from '../outbound/call-store.ts'
import { callHttp, type HttpAnswer, type HttpCall } from '../outbound/http-call.ts'
import { smsRequest } from '../outbound/provider.ts'
import { nextAttempt } from '../outbound/retry.ts'
import { systemEntry } from '../rules/entry.ts'
import { insertEntries } from '../tickets/history-store.ts'
import type { RunningInstance } from './running-desk.ts'

export interface CallerDeps {
  readonly sql: Sql
  readonly instance: () => RunningInstance
  readonly now: () => Promise<Date>
  /** The value of `env:NAME` or `file:PATH`. */
  readonly secret: (
    reference: string,
  ) => Promise<{ readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string }>
  readonly log: {
    readonly warn: (facts: object, what: string) => void
    readonly info: (facts: object, what: string) => void
  }
  readonly counters: { readonly failed: (room: string) => void }
}

const LIMIT = 20
const LEASE_MS = 120_000
/** A short message that comes a day late tells nothing. */
const LATEST_MS = 12 * 3_600_000

/** Works off calls that are due; how many were tried. */
export async function callOnce(deps: CallerDeps): Promise<number> {
  const now = await deps.now()
  const calls = await claimCalls(deps.sql, { limit: LIMIT, now, leaseMs: LEASE_MS })
  await Promise.all(calls.map((call) => tryCall(deps, call, now)))
  return calls.length
}

async function tryCall(deps: CallerDeps, call: ClaimedCall, now: Date): Promise<void> {
  const request = await requestOf(deps, call)
  const answer: HttpAnswer = 'url' in request ? await callHttp(request) : request
  const result = resultOf(call, answer, now)
  await settleCall(deps.sql, result, now)
  const facts = { desk: call.desk, call: call.id, kind: call.kind, ticket: call.ticket, attempt: call.attempt }
  if (result.state === 'sent') deps.log.info(facts, 'call made')
  else {
    deps.counters.failed('call')
    deps.log.warn({ ...facts, reason: result.reason, state: result.state }, 'call failed')
  }
  if (call.ticket !== null && result.state !== 'queued') await note(deps, call, result, now)
}

async function requestOf(deps: CallerDeps, call: ClaimedCall): Promise<HttpCall | HttpAnswer> {
  const desk = deps.instance().desks.get(call.desk)?.desk
  if (!desk) return { ok: false, permanent: true, reason: 'the desk is no longer configured' }
  if (call.kind === 'webhook')
    return {
      url: call.target,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call.data),
      privateNetwork: desk['private-webhooks'],
    }
  const provider = desk.sms?.http
  if (!provider) return { ok: false, permanent: true, reason: 'the desk has no provider of short messages' }
  const secret = provider.secret === undefined ? { ok: true as const, value: '' } : await deps.secret(provider.secret)
  // A gateway without the provider’s secret sends no short messages: trying again the same day would change nothing.
  if (!secret.ok) return { ok: false, permanent: true, reason: secret.message }
  return smsRequest(provider, { to: call.target, text: call.data.text ?? '' }, secret.value)
}

function resultOf(call: ClaimedCall, answer: HttpAnswer, now: Date): CallResult {
  const key = { desk: call.desk, id: call.id, attempt: call.attempt }
  if (answer.ok) return { ...key, state: 'sent', reason: null, nextAttemptAt: null }
  const next = answer.permanent ? null : nextAttempt('unreachable', call.attempt, call.createdAt, now)
  const inTime = next !== null && next.getTime() - call.createdAt.getTime() <= LATEST_MS
  return inTime
    ? { ...key, state: 'queued', reason: answer.reason, nextAttemptAt: next }
    : { ...key, state: 'dead', reason: answer.reason, nextAttemptAt: null }
}

/** The history says what left beside mail, and what did not. */
async function note(deps: CallerDeps, call: ClaimedCall, result: CallResult, now: Date): Promise<void> {
  const target = call.kind === 'sms' ? call.target : new URL(call.target).host
  await transaction(deps.sql, (tx) =>
    insertEntries(
      tx,
      [
        {
          desk: call.desk,
          ticket: call.ticket ?? 0,
          raw: null,
          entry: systemEntry(call.kind === 'sms' ? (call.data.text ?? '') : '', {
            call: call.kind,
            target,
            state: result.state,
            ...(result.reason === null ? {} : { reason: result.reason }),
          }),
        },
      ],
      now,
    ),
  )
}
