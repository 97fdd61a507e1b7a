// One process watches a mailbox: an advisory lock by account, all of them on one connection of the process. Two that watch the
// same one would lose nothing (receipts are unique), only fetch twice.

import { openPool, type Sql } from '../../db/pool.ts'

const lockSpace = 723_004

export interface AccountLocks {
  /** True when the account is ours: it was taken now, or before and still is. Rejects when the database does not answer. */
  readonly hold: (account: string) => Promise<boolean>
  readonly release: (account: string) => Promise<void>
  /** Releases all. */
  readonly close: () => Promise<void>
}

/** Time after which a question to the server counts as failed. */
const ANSWER_MS = 10_000

/**
 * Connects at the first use, beside every pool, and disconnects with the last account. When the connection breaks, its locks are
 * gone with it; the next question goes over a new one. (A reserved connection of a pool would not do: postgres.js ends the
 * process when a statement meets one that was cut.)
 */
export function createAccountLocks(url: string): AccountLocks {
  let open: Sql | null = null
  const accounts = new Set<string>()

  const close = async (): Promise<void> => {
    const closing = open
    open = null
    await closing?.end({ timeout: 1 })
  }
  const ask = async (sql: Sql, account: string): Promise<boolean> => {
    // A lock that the session has already is not taken a second time.
    const [row] = await sql<{ mine: boolean }[]>`
      with mine as (
        select exists (
          select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted
            and classid = ${lockSpace}::oid and objid = (hashtext(${account})::bigint & 4294967295)::oid and objsubid = 2
        ) as held
      )
      select case when held then true else pg_try_advisory_lock(${lockSpace}, hashtext(${account})) end as mine from mine`
    return row?.mine === true
  }

  return {
    async hold(account) {
      accounts.add(account)
      open ??= openPool(url, { max: 1, permanent: true, applicationName: 'guichet mailboxes' })
      const sql = open
      let timer: NodeJS.Timeout | undefined
      const silence = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the database does not answer')), ANSWER_MS)
      })
      try {
        return await Promise.race([ask(sql, account), silence])
      } catch (error) {
        if (open === sql) open = null
        void sql.end({ timeout: 0 })
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
    async release(account) {
      if (!accounts.delete(account) || open === null) return
      if (accounts.size === 0) return close()
      await open`select pg_advisory_unlock(${lockSpace}, hashtext(${account}))`.catch(() => undefined)
    },
    async close() {
      accounts.clear()
      await close()
    },
  }
}
