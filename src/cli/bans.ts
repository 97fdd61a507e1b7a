// `guichet bans`: senders and subjects that agents banned by mail. Those of the YAML are changed there.

import { liftBan, loadBans } from '../desks/ban-store.ts'
import { withConfiguration } from './configuration.ts'
import { deskArgument, table } from './print.ts'

export async function listBans(options: { readonly desk: string }): Promise<void> {
  await withConfiguration(async ({ sql, configuration }) => {
    const desk = deskArgument(configuration, options.desk)
    const rows = [
      ...desk.banned.senders.map((value) => ['address', value, `${options.desk}.yaml`]),
      ...desk.banned.subjects.map((value) => ['subject', value, `${options.desk}.yaml`]),
      ...(await loadBans(sql, [options.desk])).map(({ kind, value, by }) => [kind, value, by]),
    ]
    process.stdout.write(rows.length === 0 ? 'Nothing is banned.\n' : table(['kind', 'value', 'by'], rows))
  })
}

export async function lift(value: string, options: { readonly desk: string }): Promise<number> {
  return withConfiguration(async ({ sql, configuration }) => {
    deskArgument(configuration, options.desk)
    const lifted = await liftBan(sql, options.desk, value)
    process.stdout.write(
      lifted
        ? `${value} may write again.\n`
        : `Nobody banned ${value} by mail: guichet bans list --desk ${options.desk}\n`,
    )
    return lifted ? 0 : 1
  })
}
