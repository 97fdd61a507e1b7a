// `guichet holds`: what is held for a person, and what the person says.

import type { Sql } from '../db/pool.ts'
import { transaction } from '../db/transaction.ts'
import { findHolds, type HoldRow, listHolds, releaseHold, settleHolds } from '../gateway/hold-store.ts'
import { parseMail } from '../inbound/parse.ts'
import { loadRaw } from '../inbound/raw-store.ts'
import { withDatabase } from './command.ts'
import { nowOf } from './database.ts'
import { keyArgument, plain, plainLines, table } from './print.ts'

export async function listHeld(options: {
  readonly desk?: string
  readonly all?: true
  readonly json?: true
}): Promise<void> {
  await withDatabase(async ({ sql }) => {
    const holds = await listHolds(sql, { desk: options.desk ?? null, state: options.all ? 'all' : 'open', limit: 500 })
    if (options.json) {
      for (const hold of holds) process.stdout.write(`${JSON.stringify(hold)}\n`)
      return
    }
    if (holds.length === 0) {
      process.stdout.write('Nothing is held.\n')
      return
    }
    process.stdout.write(
      table(
        ['hold', 'since', 'reason', 'from', 'subject'],
        holds.map((h) => [
          `${h.desk}/${h.id}`,
          h.createdAt.toISOString().slice(0, 16).replace('T', ' '),
          h.state === 'open' ? h.reason : `${h.reason} (${h.state})`,
          h.sender ?? '',
          h.subject ?? '',
        ]),
      ),
    )
  })
}

export async function showHeld(name: string): Promise<number> {
  keyArgument(name)
  return withDatabase(async ({ sql }) => {
    const hold = await find(sql, name)
    if (!hold) return 1
    const bytes = hold.raw === null ? null : await loadRaw(sql, hold.raw)
    const message = bytes === null ? null : await parseMail(bytes)
    const lines = [
      `${hold.desk}/${hold.id}  ${hold.state}${hold.settledBy ? ` by ${hold.settledBy}` : ''}`,
      `reason   ${hold.reason}: ${hold.why}`,
      `since    ${hold.createdAt.toISOString()}`,
      `from     ${hold.sender ?? 'unknown'}`,
      `subject  ${plain(hold.subject ?? '')}`,
      ...(hold.ticket === null ? [] : [`ticket   ${hold.ticket}`]),
      ...(hold.raw === null ? [] : [`mail     ${hold.raw} (guichet replay ${hold.raw})`]),
      '',
      message ? plainLines(message.text) : 'The original was purged.',
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    return 0
  })
}

export async function releaseHeld(names: readonly string[], options: { readonly by: string }): Promise<number> {
  names.forEach(keyArgument)
  return withDatabase(async ({ sql }) => {
    let status = 0
    for (const name of names) {
      const hold = await find(sql, name)
      const done =
        hold &&
        (await transaction(sql, async (tx) =>
          releaseHold(tx, hold, { as: hold.release, by: options.by }, await nowOf(tx)),
        ))
      if (!done) status = 1
      if (hold)
        process.stdout.write(
          done
            ? `${name} is released: the gateway takes it up at its next turn.\n`
            : `${name} is settled already (${hold.state}).\n`,
        )
    }
    return status
  })
}

export async function discardHeld(names: readonly string[], options: { readonly by: string }): Promise<number> {
  names.forEach(keyArgument)
  return withDatabase(async ({ sql }) => {
    let status = 0
    for (const name of names) {
      const hold = await find(sql, name)
      const done = hold
        ? await transaction(sql, async (tx) =>
            settleHolds(tx, [{ desk: hold.desk, id: hold.id, state: 'discarded', by: options.by }], await nowOf(tx)),
          )
        : 0
      if (done === 0) status = 1
      if (hold)
        process.stdout.write(
          done > 0 ? `${name} is discarded; its original is kept.\n` : `${name} is settled already (${hold.state}).\n`,
        )
    }
    return status
  })
}

async function find(sql: Sql, name: string): Promise<HoldRow | null> {
  const [hold] = await findHolds(sql, [keyArgument(name)])
  if (!hold) process.stderr.write(`There is no hold ${name}; guichet holds list shows what is held.\n`)
  return hold ?? null
}
