// What a failed commit says about its mails. A broken connection, a full disk or a database that is shutting down concerns all of
// them and passes; a value that PostgreSQL will not take concerns one mail, and must not hold up those beside it.

import type { RawMail } from './message.ts'
import type { Receipt } from './raw-store.ts'

const sqlState = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** SQLSTATE classes of data, integrity and limits. */
export const refusesTheMail = (error: unknown): boolean => /^(22|23|54)[0-9A-Z]{3}$/.test(sqlState(error))

/** A deadlock or a serialisation failure: the same again may work at once. */
export const isCollision = (error: unknown): boolean => /^40[0-9A-Z]{3}$/.test(sqlState(error))

/** Out of disk, memory or connections. */
export const isShortOfRoom = (error: unknown): boolean => /^53[0-9A-Z]{3}$/.test(sqlState(error))

/**
 * Saves a batch; where that is refused, its mails one by one. Gives a receipt for each mail, or the reason why it alone was
 * refused. Throws for what concerns all of them.
 */
export async function saveApart(
  save: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>,
  mails: readonly RawMail[],
): Promise<(Receipt | Error)[]> {
  try {
    return [...(await save(mails))]
  } catch (error) {
    if (mails.length === 1 && error instanceof Error && refusesTheMail(error)) return [error]
    if (mails.length === 1 || !(refusesTheMail(error) || isCollision(error))) throw error
    const apart: (Receipt | Error)[] = []
    for (const mail of mails) apart.push(...(await saveApart(save, [mail])))
    return apart
  }
}
