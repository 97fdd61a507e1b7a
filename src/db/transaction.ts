import type postgres from 'postgres'
import type { Sql, SqlTypes } from './pool.ts'

declare const inTransaction: unique symbol

/** A transaction. Only `transaction` makes one, so a write that forgot it does not compile. */
export type Tx = postgres.TransactionSql<SqlTypes> & { readonly [inTransaction]: true }

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws (and the error goes on).
 * Whatever `work` starts on the transaction has to be awaited inside it.
 */
export async function transaction<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  const once = box(work)
  await sql.begin(once.run)
  return once.take()
}

/** Runs `work` under a savepoint: when it throws, only its own writes are undone and the error goes on. */
export async function savepoint<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const once = box(work)
  await tx.savepoint(once.run)
  return once.take()
}

/**
 * Lets go of `work` when it has begun and of its value when it is taken: the driver keeps, for as long as the process lives, the
 * first transaction that used a statement (for the stack of its errors), and with it whatever that transaction's work holds,
 * mails of tens of megabytes among it.
 */
function box<T>(work: (tx: Tx) => Promise<T>): {
  readonly run: (tx: postgres.TransactionSql<SqlTypes>) => Promise<void>
  readonly take: () => T
} {
  const held: { work?: (tx: Tx) => Promise<T>; value?: T } = { work }
  return {
    run: async (tx) => {
      const begun = held.work
      delete held.work
      if (begun !== undefined) held.value = await begun(tx as Tx)
    },
    take: () => {
      const value = held.value as T
      delete held.value
      return value
    },
  }
}
