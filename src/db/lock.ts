import { setTimeout as pause } from 'node:timers/promises'
import { openPool, type Sql } from './pool.ts'

const gatewayKey = 7_230_003

/** The lock is held until `release`, and by nobody once this process is gone. */
export type GatewayLock = { release(): Promise<void> }

async function tryLock(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ mine: boolean }[]>`select pg_try_advisory_lock(${gatewayKey}::bigint) as mine`
  return row?.mine ?? false
}

/**
 * Takes the lock "one gateway per database" on a connection of its own. Null when another gateway has it. When that
 * connection breaks the lock is taken anew as soon as the server answers; `onLost` is called when another gateway was
 * quicker: this one has to end.
 */
export async function lockGateway(url: string, onLost: () => void = () => undefined): Promise<GatewayLock | null> {
  let released = false
  let held = false

  async function regain(): Promise<void> {
    for (held = false; !released && !held; ) {
      await pause(500)
      try {
        held = released || (await tryLock(sql))
        if (!held) return onLost()
      } catch {
        // The server is away: nobody else can have taken the lock.
      }
    }
  }

  const sql = openPool(url, {
    max: 1,
    applicationName: 'guichet lock',
    permanent: true,
    onClose: () => {
      if (held && !released) void regain()
    },
  })
  try {
    held = await tryLock(sql)
  } catch (error) {
    await sql.end({ timeout: 0 })
    throw error
  }
  const release = async (): Promise<void> => {
    released = true
    await sql.end({ timeout: 1 })
  }
  if (held) return { release }
  await release()
  return null
}
