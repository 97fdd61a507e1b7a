import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { Sql } from './pool.ts'
import { transaction } from './transaction.ts'

/** What came of it: the files applied now, oldest first, or why nothing may be done, as a sentence for a person. */
export type MigrationOutcome = { ok: true; applied: string[] } | { ok: false; reason: string }

type MigrationFile = { name: string; text: string; sha256: string }

const lockKey = 7_230_001

async function loadFiles(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

function faultOf(files: MigrationFile[], known: Map<string, string>): string | undefined {
  for (const file of files) {
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(file.name)) return `${file.name}: a migration is named NNNN_what.sql`
    const applied = known.get(file.name)
    if (applied !== undefined && applied !== file.sha256)
      return `${file.name} was changed after it had been applied to this database; write a new migration instead`
  }
  const numbers = new Set(files.map((file) => file.name.slice(0, 4)))
  if (numbers.size < files.length) return 'two migrations have the same number'
  const names = new Set(files.map((file) => file.name))
  const newest = [...known.keys()].sort().at(-1)
  for (const name of known.keys())
    if (!names.has(name))
      return `this database has ${name}, which this version of the program does not know; it is older`
  const late = files.find((file) => !known.has(file.name) && newest !== undefined && file.name < newest)
  return late && `${late.name} comes before ${newest}, which has been applied already`
}

/**
 * Brings the database to the schema of this program: forward only, `sql/NNNN_what.sql` in order, one transaction each.
 * Several processes may do it at once: an advisory lock lets one through, the others find nothing left to do.
 * Throws what PostgreSQL says about a statement it refuses, after rolling that file back.
 */
export async function migrate(sql: Sql, folder = join(packageRoot, 'sql')): Promise<MigrationOutcome> {
  const files = await loadFiles(folder)
  await transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockKey})`
    await tx`create table if not exists schema_migration (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`
  })
  const applied: string[] = []
  for (;;) {
    const step = await transaction(sql, async (tx): Promise<{ fault?: string | undefined; name?: string }> => {
      await tx`select pg_advisory_xact_lock(${lockKey})`
      const rows = await tx<{ name: string; sha256: string }[]>`select name, sha256 from schema_migration`
      const known = new Map(rows.map((row) => [row.name, row.sha256]))
      const fault = faultOf(files, known)
      if (fault !== undefined) return { fault }
      const next = files.find((file) => !known.has(file.name))
      if (next === undefined) return {}
      await tx.unsafe(next.text)
      await tx`insert into schema_migration (name, sha256) values (${next.name}, ${next.sha256})`
      return { name: next.name }
    })
    if (step.fault !== undefined) return { ok: false, reason: step.fault }
    if (step.name === undefined) return { ok: true, applied }
    applied.push(step.name)
  }
}
