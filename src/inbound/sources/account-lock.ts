// One process watches a mailbox: an advisory lock by account, all on one connection of the process. Two that watch the same one
// would lose nothing (receipts are unique), only fetch twice.

import type { ReservedSql } from 'postgres'
import type { Sql, SqlTypes } from '../../db/pool.ts'

const lockSpace = 723_004

export interface AccountLocks {
  /** True when the account is ours: it was taken now, or before and still is. */
  readonly hold: (account: string) => Promise<boolean>
  readonly release: (account: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Reserves a connection of the pool at the first use. When it breaks, its locks are gone with it and are taken anew. */
export function createAccountLocks(sql: Sql): AccountLocks {
  let connection: Promise<ReservedSql<SqlTypes>> | null = null
  const reserve = (): Promise<ReservedSql<SqlTypes>> => {
    connection ??= sql.reserve().catch((error: unknown) => {
      connection = null
      throw error
    })
    return connection
  }
  const drop = async (): Promise<void> => {
    const held = await connection?.catch(() => null)
    connection = null
    held?.release()
  }
  return {
    async hold(account) {
      const held = await reserve()
      try {
        // A lock that the session has already is not taken a second time.
        const [row] = await held<{ mine: boolean }[]>`
          with mine as (
            select exists (
              select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted
                and classid = ${lockSpace}::oid and objid = (hashtext(${account})::bigint & 4294967295)::oid and objsubid = 2
            ) as held
          )
          select case when held then true else pg_try_advisory_lock(${lockSpace}, hashtext(${account})) end as mine from mine`
        return row?.mine === true
      } catch (error) {
        await drop()
        throw error
      }
    },
    async release(account) {
      const held = await connection?.catch(() => null)
      if (held) await held`select pg_advisory_unlock(${lockSpace}, hashtext(${account}))`.catch(() => undefined)
    },
    async close() {
      const held = await connection?.catch(() => null)
      if (held) await held`select pg_advisory_unlock_all()`.catch(() => undefined)
      await drop()
    },
  }
}
