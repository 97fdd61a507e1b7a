import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import postgres from 'postgres'
import { openPool, type Sql } from '../../src/db/pool.ts'
import { withDatabase } from './cluster.ts'

/** A database of one test file's own. `drop` closes `sql` and removes it; end every other pool of yours before. */
export type TestDatabase = { url: string; sql: Sql; drop(): Promise<void> }

async function askForCluster(): Promise<{ url: string; template: string }> {
  const port = Number(process.env.GUICHET_TEST_CLUSTER)
  if (!port) throw new Error('no test cluster: run the tests with vitest from the root of the checkout')
  const answer = JSON.parse(await text(connect(port, '127.0.0.1'))) as { url: string; template: string; error?: string }
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}

/** Makes a database with the whole schema (a copy of a migrated one, some 50 ms), or without any when `empty`. */
export async function createTestDatabase(options: { empty?: boolean; max?: number } = {}): Promise<TestDatabase> {
  const { url: server, template } = await askForCluster()
  const name = `guichet_test_${randomBytes(6).toString('hex')}`
  const admin = postgres(server, { max: 1, idle_timeout: 5, onnotice: () => undefined })
  await admin.unsafe(`create database ${name} template ${options.empty ? 'template0' : template}`)
  const url = withDatabase(server, name)
  const sql = openPool(url, { max: options.max ?? 5, applicationName: 'guichet test' })
  return {
    url,
    sql,
    async drop() {
      await sql.end({ timeout: 5 })
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}
