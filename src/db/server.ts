import type { Sql } from './pool.ts'

/** The server may be used, or why not: a sentence for a person that carries no password. */
export type ServerCheck = { ok: true; version: string } | { ok: false; reason: string }

/** The oldest server that our statements are tested on. */
const oldest = 15

const sentences = new Map<string, string>([
  ['28P01', 'it refuses the password'],
  ['28000', 'it refuses this user'],
  ['3D000', 'it has no such database; create it first'],
  ['53300', 'it has no connection left'],
  ['57P03', 'it is starting up or shutting down'],
  ['ECONNREFUSED', 'nothing listens there'],
  ['ENOTFOUND', 'its name is unknown to the DNS'],
  ['EAI_AGAIN', 'the DNS does not answer'],
  ['CONNECT_TIMEOUT', 'it does not answer'],
  ['CONNECTION_CLOSED', 'it closes the connection'],
])

/**
 * Asks a database server whether we can work with it: reachable, PostgreSQL 15 or later, UTF-8, not a replica, and with
 * the right to create tables.
 */
export async function checkServer(sql: Sql): Promise<ServerCheck> {
  try {
    const [row] = await sql<
      { number: number; version: string; encoding: string; replica: boolean; creates: boolean }[]
    >`
      select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
        current_setting('server_encoding') as encoding, pg_is_in_recovery() as replica,
        has_schema_privilege(current_schema(), 'create') as creates`
    if (row === undefined) return { ok: false, reason: 'the database server gives no answer' }
    if (row.number < oldest * 10_000)
      return { ok: false, reason: `the database server is PostgreSQL ${row.version}; ${oldest} or later is needed` }
    if (row.encoding !== 'UTF8')
      return { ok: false, reason: `the database is encoded in ${row.encoding}; UTF8 is needed` }
    if (row.replica) return { ok: false, reason: 'the database server is a replica, which takes no writes' }
    if (!row.creates) return { ok: false, reason: 'the database user may not create tables in its schema' }
    return { ok: true, version: row.version }
  } catch (error) {
    const code = (error as { code?: string }).code
    const sentence = code === undefined ? undefined : sentences.get(code)
    if (sentence === undefined) throw error
    const [host] = sql.options.host
    const [port] = sql.options.port
    return { ok: false, reason: `the database server ${host}:${port} cannot be used: ${sentence}` }
  }
}
