import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import postgres from 'postgres'
import { makeTemporaryFolder } from '../../src/db/data-folder.ts'
import { startDatabase } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool } from '../../src/db/pool.ts'

/*
 * One PostgreSQL for a whole run of vitest, started when the first test asks for it: the one TEST_DATABASE_URL names,
 * else an embedded one in a temporary folder. DATABASE_URL is left out of every test: it may name a server in use.
 * Test processes ask on a loopback port and get the address and the name of a migrated database to copy.
 */

type Cluster = { url: string; template: string; stop(): Promise<void> }

async function startCluster(): Promise<Cluster> {
  const template = `guichet_template_${process.pid}`
  const given = process.env.TEST_DATABASE_URL
  const folder = given ? undefined : await makeTemporaryFolder()
  const embedded = folder ? await startDatabase({ dataFolder: join(folder, 'data'), throwaway: true }) : undefined
  const url = embedded?.url ?? given ?? ''
  const admin = postgres(url, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`drop database if exists ${template} with (force)`)
  await admin.unsafe(`create database ${template}`)
  const sql = openPool(withDatabase(url, template), { max: 1 })
  const outcome = await migrate(sql)
  await sql.end()
  if (!outcome.ok) throw new Error(outcome.reason)
  return {
    url,
    template,
    async stop() {
      await admin.unsafe(`drop database if exists ${template} with (force)`)
      await admin.end()
      await embedded?.stop({ always: true })
      if (folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

export function withDatabase(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}

export default async function setup(): Promise<() => Promise<void>> {
  delete process.env.DATABASE_URL
  let cluster: Promise<Cluster> | undefined
  const server = createServer((socket) => {
    cluster ??= startCluster()
    cluster.then(
      ({ url, template }) => socket.end(JSON.stringify({ url, template })),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
    )
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address) process.env.GUICHET_TEST_CLUSTER = String(address.port)
  return async () => {
    server.close()
    const started = await cluster?.catch(() => undefined)
    await started?.stop()
  }
}
