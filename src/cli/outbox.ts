// `guichet outbox`: outgoing mail as people look at it, and what they decide of it.

import { transaction } from '../db/transaction.ts'
import {
  actOnOutbound,
  findOutbound,
  findOutboundBytes,
  listOutbound,
  type OutboundState,
  type OutboxAct,
  outboundStates,
} from '../outbound/store.ts'
import { withDatabase } from './command.ts'
import { nowOf } from './database.ts'
import { keyArgument, plain, table } from './print.ts'
import { Refusal } from './refusal.ts'

const worthALook: readonly OutboundState[] = ['uncertain', 'delayed', 'bounced', 'dead', 'held']

export async function listOutgoing(options: {
  readonly desk?: string
  readonly state?: string
  readonly json?: true
}): Promise<void> {
  const state = outboundStates.find((s) => s === options.state)
  if (options.state !== undefined && !state)
    throw new Refusal(`There is no state "${options.state}": write ${outboundStates.join(', ')}.`)
  await withDatabase(async ({ sql }) => {
    const rows = await listOutbound(sql, {
      ...(options.desk ? { desk: options.desk } : {}),
      states: state ? [state] : worthALook,
      limit: 500,
    })
    if (options.json) {
      for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
      return
    }
    process.stdout.write(
      rows.length === 0
        ? 'No outgoing mail needs a look.\n'
        : table(
            ['mail', 'state', 'to', 'subject', 'why'],
            rows.map((r) => [`${r.desk}/${r.id}`, r.state, r.recipient, r.subject, r.reason ?? r.response ?? '']),
          ),
    )
  })
}

export async function showOutgoing(name: string, options: { readonly raw?: true }): Promise<number> {
  const key = keyArgument(name)
  return withDatabase(async ({ sql }) => {
    const row = await findOutbound(sql, key)
    if (!row) {
      process.stderr.write(`There is no outgoing mail ${name}; guichet outbox list shows some.\n`)
      return 1
    }
    const bytes = await findOutboundBytes(sql, key)
    if (options.raw) {
      process.stdout.write(bytes ?? '')
      return 0
    }
    process.stdout.write(
      [
        `${row.desk}/${row.id}  ${row.state}${row.reason ? `: ${row.reason}` : ''}`,
        `to        ${row.recipient}`,
        `subject   ${plain(row.subject)}`,
        `template  ${row.template}${row.automatic ? ' (automatic)' : ''}`,
        ...(row.ticket === null ? [] : [`ticket    ${row.ticket}`]),
        ...(row.author === null ? [] : [`author    ${row.author}`]),
        `written   ${row.createdAt.toISOString()}`,
        ...(row.sentAt === null ? [] : [`sent      ${row.sentAt.toISOString()}  ${row.response ?? ''}`]),
        ...(row.nextAttemptAt === null
          ? []
          : [`next      ${row.nextAttemptAt.toISOString()} (attempt ${row.attempt + 1})`]),
        `id        ${row.messageId}`,
        '',
      ].join('\n'),
    )
    return 0
  })
}

const words: Readonly<Record<OutboxAct, { readonly done: string; readonly refused: string }>> = {
  retry: { done: 'will be sent again, the same bytes', refused: 'is in no state to be sent again' },
  resolve: { done: 'is noted as arrived', refused: 'is not uncertain' },
  release: { done: 'will be sent', refused: 'is not held back' },
}

const act =
  (what: OutboxAct) =>
  async (names: readonly string[]): Promise<number> => {
    names.forEach(keyArgument)
    return withDatabase(async ({ sql }) => {
      let status = 0
      for (const name of names) {
        const done = await transaction(sql, async (tx) => {
          const acted = await actOnOutbound(tx, what, keyArgument(name), 'guichet outbox', await nowOf(tx))
          if (acted) await tx`select pg_notify('guichet_outbound', '')`
          return acted
        })
        if (!done) status = 1
        process.stdout.write(`${name} ${done ? words[what].done : words[what].refused}.\n`)
      }
      return status
    })
  }

export const retryOutgoing = act('retry')
export const resolveOutgoing = act('resolve')
export const releaseOutgoing = act('release')
