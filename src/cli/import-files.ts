// `guichet import`: mbox files and Maildirs into the database, where the running gateway, or the next one, takes them up.

import { receive } from '../inbound/receive.ts'
import { buildAddressBook, routeMail } from '../inbound/route.ts'
import { withConfiguration } from './configuration.ts'
import { nowOf } from './database.ts'
import { importBacklog } from './import.ts'
import { deskArgument } from './print.ts'

export async function importFiles(paths: readonly string[], options: { readonly desk?: string }): Promise<number> {
  return withConfiguration(async ({ sql, configuration }) => {
    const { desk } = options
    if (desk !== undefined) deskArgument(configuration, desk)
    const book = buildAddressBook([...configuration.desks.values()], configuration.settings['reply-domain'])
    const now = (): Promise<Date> => nowOf(sql)
    // A first Ctrl-C stops between two batches: what is stored stays, and the next run goes on from there.
    const stop = new AbortController()
    const onSignal = (): void => stop.abort()
    process.once('SIGINT', onSignal)
    let status = 0
    try {
      for (const path of paths) {
        if (stop.signal.aborted) break
        const outcome = await importBacklog({
          path,
          receive: (mails) =>
            receive(
              {
                sql,
                now,
                route: (envelope, recipients) => (desk === undefined ? routeMail(book, envelope, recipients) : [desk]),
                wake: () => {
                  sql`select pg_notify('guichet_inbound', '')`.catch(() => undefined)
                },
              },
              mails,
            ),
          now,
          out: process.stderr,
          ticks: () => performance.now(),
          signal: stop.signal,
        })
        if (!outcome.ok) {
          process.stderr.write(`${outcome.reason}\n`)
          status = 1
          continue
        }
        const { mails, stored, known, cutOff, unreadable } = outcome
        const extra = [
          ...(cutOff > 0 ? [`${cutOff} too large and stored in part`] : []),
          ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
        ]
        process.stdout.write(
          `${path}: ${mails} mails, ${stored} new, ${known} known before${extra.length > 0 ? `, ${extra.join(', ')}` : ''}.\n`,
        )
        if (unreadable > 0) status = 1
      }
    } finally {
      process.off('SIGINT', onSignal)
    }
    if (stop.signal.aborted) {
      process.stderr.write('Stopped. Run it again to go on from here.\n')
      return 1
    }
    return status
  })
}
