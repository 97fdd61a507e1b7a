// What a changed configuration would decide differently for mail that is stored: the same judgement as `explain`, at the time the mail
// came, without the ticket that it opened then. Nothing is carried out.

import type { Queryable } from '../db/pool.ts'
import { parseMail } from '../inbound/parse.ts'
import { loadRaw } from '../inbound/raw-store.ts'
import { findInbound, findLatestInbound, type InboundRow } from '../inbound/store.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Decision, TrailLine } from '../rules/decision.ts'
import { consider } from './consider.ts'
import type { RunningInstance } from './running-desk.ts'

export interface Planned {
  readonly desk: string
  readonly raw: number
  readonly sender: string | null
  readonly subject: string | null
  readonly receivedAt: Date
  /** Outcome then (or by the other configuration) and now. */
  readonly before: string
  readonly after: string
  /** What is said no more, and what is said instead: steps of the judgement, mails, values of the ticket. */
  readonly gone: readonly string[]
  readonly added: readonly string[]
}

export interface PlanOptions {
  readonly desk?: string
  /** How many mails, the latest first. */
  readonly last: number
  /** Compared with this configuration on the same state; absent: with what was decided when the mail came. */
  readonly against?: RunningInstance
}

/** One entry a mail; those without `gone` and `added` would be decided as before. Mails that were purged or released are left out. */
export async function* planMails(
  sql: Queryable,
  instance: RunningInstance,
  options: PlanOptions,
): AsyncGenerator<Planned> {
  const keys = await findLatestInbound(
    sql,
    options.desk === undefined ? [...instance.desks.keys()] : [options.desk],
    options.last,
  )
  for (const key of keys) {
    const [row] = (await findInbound(sql, [key.raw])).filter((found) => found.desk === key.desk)
    if (row?.state !== 'done' || wasReleased(row)) continue
    const after = await decideAgain(sql, instance, row)
    if (!after) continue
    const before = options.against ? await decideAgain(sql, options.against, row) : null
    if (options.against && !before) continue
    const was = before ? linesOf(before) : storedLines(row)
    const is = before ? linesOf(after) : trailLines(after.trail)
    yield {
      desk: row.desk,
      raw: row.raw,
      sender: row.sender,
      subject: row.subject,
      receivedAt: row.receivedAt,
      before: before ? before.outcome : (row.outcome ?? row.state),
      after: after.outcome,
      gone: was.filter((line) => !is.includes(line)),
      added: is.filter((line) => !was.includes(line)),
    }
  }
}

async function decideAgain(sql: Queryable, instance: RunningInstance, row: InboundRow): Promise<Decision | null> {
  const running = instance.desks.get(row.desk)
  const bytes = running ? await loadRaw(sql, row.raw) : null
  if (!running || bytes === null) return null
  const authentication = row.authentication as Authentication | null
  const considered = await consider(
    sql,
    instance,
    {
      running,
      raw: row.raw,
      message: await parseMail(bytes),
      envelope: row.envelope,
      authentication: authentication ?? { result: 'none', by: 'nobody', detail: '' },
    },
    row.receivedAt,
    { without: row.outcome === 'created' ? row.ticket : null },
  )
  return considered?.decision ?? null
}

const storedTrail = ({ trail }: InboundRow): TrailLine[] => (Array.isArray(trail) ? (trail as TrailLine[]) : [])

const wasReleased = (row: InboundRow): boolean =>
  storedTrail(row).some(({ code }) => code === 'released' || code === 'confirmed')

const storedLines = (row: InboundRow): string[] => trailLines(storedTrail(row))

/** Steps by their sentence; numbers of tickets are those of the moment and say nothing of the configuration. */
const trailLines = (trail: readonly TrailLine[]): string[] =>
  trail.map(({ at, why }) => `${at}: ${why.replace(/\bticket \d+\b/g, 'ticket')}`)

function linesOf(decision: Decision): string[] {
  return [
    ...trailLines(decision.trail),
    ...decision.mails.map((mail) => `mail: ${mail.template} to ${mail.to.address}, in ${mail.language}`),
    ...decision.tickets.flatMap(({ ticket }) => [
      `ticket: ${ticket.type}, ${ticket.priority}, ${ticket.status}, queue ${ticket.queue}, assigned to ${ticket.assignee ?? 'nobody'}`,
      ...Object.entries(ticket.fields).map(([name, value]) => `field: ${name} = ${String(value)}`),
      ...(ticket.tags.length > 0 ? [`tags: ${ticket.tags.join(', ')}`] : []),
    ]),
  ]
}
