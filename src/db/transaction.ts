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
  const box: { value?: T } = {}
  await sql.begin(async (tx) => {
    box.value = await work(tx as Tx)
  })
  return box.value as T
}

/** Runs `work` under a savepoint: when it throws, only its own writes are undone and the error goes on. */
export async function savepoint<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const box: { value?: T } = {}
  await tx.savepoint(async (inner) => {
    box.value = await work(inner as Tx)
  })
  return box.value as T
}
