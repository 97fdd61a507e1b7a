// `guichet links revoke`: status links sent until now open nothing any more.

import { transaction } from '../db/transaction.ts'
import { loadPeople } from '../desks/store.ts'
import { keyOf, loadTickets } from '../tickets/store.ts'
import { revokeLinks } from '../web/store.ts'
import { withConfiguration } from './configuration.ts'
import { nowOf } from './database.ts'
import { prefixArgument, ticketArgument } from './print.ts'
import { Refusal } from './refusal.ts'

export async function revoke(name: string, options: { readonly person?: string }): Promise<void> {
  const { prefix, number } = ticketArgument(name)
  await withConfiguration(async ({ sql, configuration }) => {
    const desk = prefixArgument(configuration, prefix)
    const key = { desk: desk.desk, number }
    if (!(await loadTickets(sql, [key])).has(keyOf(key)))
      throw new Refusal(`There is no ticket ${prefix}-${number}.`, 1)
    let person = 0
    if (options.person !== undefined) {
      const found = [
        ...(await loadPeople(sql, [{ desk: desk.desk, address: options.person.toLowerCase() }])).values(),
      ][0]
      if (!found) throw new Refusal(`The desk ${desk.desk} knows nobody with the address ${options.person}.`, 1)
      person = found.id
    }
    await transaction(sql, async (tx) =>
      revokeLinks(tx, { desk: desk.desk, ticket: number, person, now: await nowOf(tx), by: 'guichet links' }),
    )
    process.stdout.write(
      `Links to ${prefix}-${number}${options.person ? ` of ${options.person}` : ''} open nothing any more; mails from tomorrow on carry new ones.\n`,
    )
  })
}
