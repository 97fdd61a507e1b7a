// `guichet replay`: decides stored mails again with today's configuration and shows what would be different; --apply carries it out.

import { transaction } from '../db/transaction.ts'
import { consider } from '../gateway/consider.ts'
import { parseMail } from '../inbound/parse.ts'
import { loadRaw } from '../inbound/raw-store.ts'
import { giveBack } from '../inbound/replay-store.ts'
import { findInbound } from '../inbound/store.ts'
import type { Authentication } from '../mail/authentication.ts'
import { withConfiguration } from './configuration.ts'
import { nowOf } from './database.ts'
import { decisionOf } from './decision-json.ts'
import { authenticatorOf, instanceOf, keysOf } from './parts.ts'
import { Refusal } from './refusal.ts'

/** Outcomes that wrote something for people: deciding such a mail once more would write it twice. */
const carriedOut: ReadonlySet<string> = new Set([
  'created',
  'appended',
  'relayed',
  'noted',
  'commanded',
  'chosen',
  'changed',
])

export async function replay(ids: readonly string[], options: { readonly apply?: true }): Promise<number> {
  const raws = ids.map((id) => {
    if (!/^\d{1,12}$/.test(id))
      throw new Refusal(`"${id}" is no id of a stored mail: a number, as the log and guichet holds show it`)
    return Number(id)
  })
  return withConfiguration(async ({ sql, configuration, environment }) => {
    const instance = instanceOf(configuration, await keysOf(environment), environment.publicUrl ?? '')
    const authenticate = authenticatorOf(configuration)
    const rows = await findInbound(sql, raws)
    let status = 0
    for (const raw of raws)
      if (!rows.some((row) => row.raw === raw)) {
        status = 1
        process.stderr.write(`There is no stored mail ${raw}.\n`)
      }
    for (const row of rows) {
      const bytes = await loadRaw(sql, row.raw)
      const running = instance.desks.get(row.desk)
      if (bytes === null || !running) {
        process.stdout.write(
          `${row.raw} ${row.desk}: ${bytes === null ? 'the original was purged' : 'no such desk is configured'}\n`,
        )
        continue
      }
      const message = await parseMail(bytes)
      const authentication =
        (row.authentication as Authentication | null) ??
        (await authenticate(
          { desk: row.desk, raw: row.raw, receipt: 0, attempt: 1, bytes, envelope: row.envelope },
          { ok: true, message },
          row.receivedAt,
        ))
      const considered = await consider(
        sql,
        instance,
        { running, raw: row.raw, message, envelope: row.envelope, authentication },
        await nowOf(sql),
      )
      const now = decisionOf(running.desk, considered?.decision ?? null)
      const before = Array.isArray(row.trail)
        ? (row.trail as { at: string; why: string }[]).map((line) => `${line.at}: ${line.why}`)
        : []
      process.stdout.write(
        `${row.raw} ${row.desk}: ${row.outcome ?? row.state} → ${now.kind}${now.kind === row.outcome ? ' (the same)' : ''}\n`,
      )
      for (const line of before) if (!now.trail.includes(line)) process.stdout.write(`  - ${line}\n`)
      for (const line of now.trail) if (!before.includes(line)) process.stdout.write(`  + ${line}\n`)
      if (options.apply && row.outcome !== null && carriedOut.has(row.outcome)) {
        status = 1
        process.stdout.write('  it had its effect already, which would happen twice; nothing was changed\n')
      } else if (options.apply) {
        const at = await nowOf(sql)
        const given = await transaction(sql, (tx) => giveBack(tx, row, at))
        if (!given) status = 1
        process.stdout.write(
          given
            ? '  given back to the gateway, which decides it anew at its next turn\n'
            : '  it is in work already; nothing was changed\n',
        )
      }
    }
    return status
  })
}
