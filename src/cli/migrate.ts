// `guichet migrate`: the schema of this version, also when no gateway is started.

import { withDatabase } from './command.ts'

export async function migrateDatabase(): Promise<void> {
  await withDatabase(async ({ sql }) => {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from schema_migration`
    process.stdout.write(`The database has all ${row?.count ?? 0} migrations of this version.\n`)
  })
}
