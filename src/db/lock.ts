import { openPool } from './pool.ts'

const gatewayKey = 7_230_003

/**
 * Takes the lock "one gateway per database", held by a connection of its own until `release`, and by nobody once this
 * process is gone. Null when another gateway has it.
 */
export async function lockGateway(url: string): Promise<{ release(): Promise<void> } | null> {
  const sql = openPool(url, { max: 1, applicationName: 'guichet lock' })
  try {
    const [row] = await sql<{ mine: boolean }[]>`select pg_try_advisory_lock(${gatewayKey}::bigint) as mine`
    if (row?.mine === true) return { release: () => sql.end({ timeout: 1 }) }
  } catch (error) {
    await sql.end({ timeout: 0 })
    throw error
  }
  await sql.end({ timeout: 1 })
  return null
}
