import postgres from 'postgres'

/** What our type parsers add to postgres.js: `bigint` (int8) is a number here, because ids and counts stay far below 2^53. */
export type SqlTypes = { bigint: number }

/** A pool. Statements given to it run on any connection, each in a transaction of its own. */
export type Sql = postgres.Sql<SqlTypes>

/** Either a pool or a transaction: what a question takes that does not mind. A statement that writes takes a `Tx`. */
export type Queryable = postgres.ISql<SqlTypes>

export type PoolOptions = {
  /** Connections at most. */
  max: number
  /** Shown in pg_stat_activity. */
  applicationName?: string
  /** For session locks: a connection is kept, where otherwise it is replaced after half an hour or so. */
  permanent?: boolean
  /** Called whenever a connection has ended, whoever ended it. */
  onClose?: () => void
}

const int8 = {
  to: 20,
  from: [20],
  serialize: (value: number): string => String(value),
  parse: (raw: string): number => Number(raw),
}

/**
 * Opens a pool; nothing connects before the first statement. `numeric` stays a string (amounts), `timestamptz` is a
 * Date, `json` and `jsonb` are values, `bytea` is a Buffer. Throws without the address when the address is no URL:
 * a password may stand in it.
 */
export function openPool(url: string, options: PoolOptions): Sql {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new Error('the database address must look like postgres://user:password@host:5432/database')
  return postgres(url, {
    max: options.max,
    connect_timeout: 10,
    types: { bigint: int8 },
    onnotice: () => undefined,
    ...(options.permanent ? { max_lifetime: null } : {}),
    ...(options.onClose ? { onclose: options.onClose } : {}),
    connection: { application_name: options.applicationName ?? 'guichet', TimeZone: 'UTC' },
  })
}
