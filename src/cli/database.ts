// The database of a command: the one of DATABASE_URL, else the embedded one, started for as long as it is needed.

import { openDataFolder } from '../db/data-folder.ts'
import { type EmbeddedDatabase, startDatabase } from '../db/embedded.ts'
import { lockGateway } from '../db/lock.ts'
import { migrate } from '../db/migrate.ts'
import { openPool, type Sql } from '../db/pool.ts'
import { checkServer } from '../db/server.ts'
import type { Log } from '../log.ts'
import type { Environment } from './environment.ts'
import { Refusal } from './refusal.ts'

export interface OpenDatabase {
  readonly sql: Sql
  readonly embedded: EmbeddedDatabase | null
  readonly close: () => Promise<void>
}

export interface DatabaseOptions {
  readonly connections?: number
  /** `serve`: the only gateway of this data folder, which keeps the server running and stops it in the end. */
  readonly exclusive?: { readonly log: Log }
}

export async function openDatabase(environment: Environment, options: DatabaseOptions = {}): Promise<OpenDatabase> {
  const { databaseUrl } = environment
  const max = options.connections ?? 4
  if (databaseUrl !== null) {
    const sql = open(databaseUrl, max)
    const checked = await checkServer(sql)
    if (!checked.ok) {
      await sql.end({ timeout: 1 })
      throw new Refusal(`The database of DATABASE_URL cannot be used: ${checked.reason}.`)
    }
    await prepare(sql)
    return { sql, embedded: null, close: () => sql.end({ timeout: 5 }) }
  }
  const dataFolder = await openDataFolder(environment.data)
  const embedded = await startDatabase({ dataFolder })
  const always = options.exclusive !== undefined
  const lock = always ? await lockGateway(embedded.url) : null
  if (always && lock === null) {
    await embedded.stop()
    throw new Refusal(`Another gateway runs on the data folder ${environment.data}. Stop it first, or set GUICHET_DATA to another folder.`)
  }
  if (options.exclusive) {
    const { log } = options.exclusive
    embedded.keepRunning((event) => log.warn({ event }, 'the embedded database'))
  }
  const sql = open(embedded.url, max)
  await prepare(sql)
  return {
    sql,
    embedded,
    close: async () => {
      await sql.end({ timeout: 5 })
      await lock?.release()
      await embedded.stop({ always })
    },
  }
}

function open(url: string, max: number): Sql {
  try {
    return openPool(url, { max })
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : 'the database address cannot be read')
  }
}

async function prepare(sql: Sql): Promise<void> {
  const migrated = await migrate(sql)
  if (!migrated.ok) {
    await sql.end({ timeout: 1 })
    throw new Refusal(migrated.reason)
  }
}
