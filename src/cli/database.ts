// The database of a command: the one of DATABASE_URL, else the embedded one, started for as long as it is needed.

import { openDataFolder } from '../db/data-folder.ts'
import { type EmbeddedDatabase, startDatabase } from '../db/embedded.ts'
import { type GatewayLock, lockGateway } from '../db/lock.ts'
import { migrate } from '../db/migrate.ts'
import { openPool, type Queryable, type Sql } from '../db/pool.ts'
import { checkServer } from '../db/server.ts'
import type { Log } from '../log.ts'
import type { Environment } from './environment.ts'
import { Refusal } from './refusal.ts'
import { sentenceOf } from './sentence.ts'

export interface OpenDatabase {
  readonly sql: Sql
  /** With the password: for another pool, never for a log. */
  readonly url: string
  readonly embedded: EmbeddedDatabase | null
  readonly close: () => Promise<void>
}

export interface DatabaseOptions {
  readonly connections?: number
  /** `serve`: the only gateway of this data folder, which keeps the server running and stops it in the end. */
  readonly exclusive?: {
    readonly log: Log
    /** Another gateway took the folder while the database was away: this one has to end. */
    readonly onLost: () => void
  }
}

export async function openDatabase(environment: Environment, options: DatabaseOptions = {}): Promise<OpenDatabase> {
  const { databaseUrl } = environment
  const max = options.connections ?? 4
  return databaseUrl === null ? openEmbedded(environment, max, options) : openServer(databaseUrl, max)
}

async function openServer(url: string, max: number): Promise<OpenDatabase> {
  const sql = openUrl(url, max)
  const checked = await checkServer(sql).catch((error: unknown) => ({
    ok: false as const,
    reason: `the database server cannot be used: ${error instanceof Error ? error.message : String(error)}`,
  }))
  if (!checked.ok) {
    await sql.end({ timeout: 1 })
    throw new Refusal(`DATABASE_URL: ${checked.reason}.`, 1)
  }
  await prepare(sql, async () => undefined)
  return { sql, url, embedded: null, close: () => sql.end({ timeout: 5 }) }
}

async function openEmbedded(
  environment: Environment,
  max: number,
  { exclusive }: DatabaseOptions,
): Promise<OpenDatabase> {
  const always = exclusive !== undefined
  const embedded = await startEmbedded(environment.data)
  let lock: GatewayLock | null = null
  if (exclusive) {
    lock = await lockGateway(embedded.url, exclusive.onLost)
    if (lock === null) {
      await embedded.stop()
      throw new Refusal(
        `Another gateway runs on the data folder ${environment.data}. Stop it first, or set GUICHET_DATA to another folder.`,
        1,
      )
    }
    const { log } = exclusive
    embedded.keepRunning((event) => log.warn({ event }, 'the embedded database'))
  }
  const sql = openUrl(embedded.url, max)
  const close = async (): Promise<void> => {
    await sql.end({ timeout: 5 })
    await lock?.release()
    await embedded.stop({ always })
  }
  await prepare(sql, close)
  return { sql, url: embedded.url, embedded, close }
}

/** Starts the embedded database; what stops it is said in words. */
async function startEmbedded(data: string): Promise<EmbeddedDatabase> {
  try {
    return await startDatabase({ dataFolder: await openDataFolder(data) })
  } catch (error) {
    const why = sentenceOf(error) ?? (error instanceof Error ? error.message : String(error))
    throw new Refusal(`The embedded database in ${data} cannot be started: ${why}`, 1)
  }
}

/** The database's clock: the one that everything is stored by. */
export async function nowOf(sql: Queryable): Promise<Date> {
  const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`
  return row?.now ?? new Date()
}

function openUrl(url: string, max: number): Sql {
  try {
    return openPool(url, { max })
  } catch (error) {
    throw new Refusal(`DATABASE_URL: ${error instanceof Error ? error.message : 'it cannot be read'}.`)
  }
}

async function prepare(sql: Sql, close: () => Promise<void>): Promise<void> {
  const migrated = await migrate(sql)
  if (migrated.ok) return
  await sql.end({ timeout: 1 })
  await close()
  throw new Refusal(migrated.reason, 1)
}
