// Whether the database keeps what it has committed, and whether its clock is right.

import type { Sql } from '../db/pool.ts'
import { type Finding, fault, fine, warning } from './finding.ts'

export interface DatabaseFacts {
  readonly version: string
  readonly fsync: string
  readonly fullPageWrites: string
  readonly synchronousCommit: string
  /** `synchronous_standby_names`; empty: commits wait for no standby. */
  readonly standbys: string
  readonly replicas: number
  /** Of the database’s clock before ours, in milliseconds. */
  readonly skewMs: number
  readonly connections: number
}

export async function askDatabase(sql: Sql): Promise<DatabaseFacts> {
  const before = Date.now()
  const [row] = await sql<(Omit<DatabaseFacts, 'skewMs'> & { now: Date })[]>`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as "fullPageWrites", current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('synchronous_standby_names') as standbys, current_setting('max_connections')::int as connections,
      (select count(*)::int from pg_stat_replication) as replicas, clock_timestamp() as now`
  const after = Date.now()
  if (!row) throw new Error('the database gives no answer')
  const { now, ...facts } = row
  return { ...facts, skewMs: now.getTime() - (before + after) / 2 }
}

const about = 'database'

export function databaseFindings(facts: DatabaseFacts): Finding[] {
  const { fsync, fullPageWrites, synchronousCommit, standbys, replicas, skewMs, connections, version } = facts
  const skew = Math.abs(skewMs)
  const findings: (Finding | null)[] = [
    fsync === 'off'
      ? fault(
          about,
          'fsync is off',
          'a power cut loses mail that was answered with 250, or the whole database',
          'set fsync = on in postgresql.conf and reload it',
        )
      : null,
    fullPageWrites === 'off'
      ? fault(
          about,
          'full_page_writes is off',
          'a crash while a page is written can destroy it',
          'set full_page_writes = on, unless the file system writes whole pages or none',
        )
      : null,
    synchronousCommit === 'off'
      ? fault(
          about,
          'synchronous_commit is off',
          'a crash loses the mail of the last moments, though it was answered with 250',
          'set synchronous_commit = on for this database or user',
        )
      : null,
    standbys === '' && replicas > 0
      ? warning(
          about,
          `${replicas} ${replicas === 1 ? 'replica follows' : 'replicas follow'}, and commits wait for none`,
          'a failover loses the mail of the last moments',
          'name a standby in synchronous_standby_names, or accept it',
        )
      : null,
    standbys !== '' && synchronousCommit === 'local'
      ? warning(
          about,
          'synchronous_commit is local although standbys are named',
          'a failover loses the mail of the last moments',
          'set synchronous_commit = on',
        )
      : null,
    skew >= 2_000
      ? (skew >= 60_000 ? fault : warning)(
          about,
          `its clock is ${Math.round(skew / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine’s`,
          'due times follow the database, signatures and certificates this machine: reminders come at the wrong time',
          'let both machines ask the same time servers (chrony, systemd-timesyncd)',
        )
      : null,
    connections < 30
      ? warning(
          about,
          `it allows ${connections} connections`,
          'commands beside a running gateway may be refused',
          'set max_connections to 50 or more',
        )
      : null,
  ]
  const wrong = findings.filter((finding) => finding !== null)
  return wrong.length > 0 ? wrong : [fine(about, `PostgreSQL ${version} keeps what it commits, and its clock is right`)]
}
