import { type ChildProcess, execFile, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeTemporaryFolder } from '../../src/db/data-folder.ts'
import { type EmbeddedDatabase, type EmbeddedEvent, startDatabase } from '../../src/db/embedded.ts'
import { lockGateway } from '../../src/db/lock.ts'
import { openPool } from '../../src/db/pool.ts'
import { isAlive } from '../../src/db/postmaster.ts'
import { packageRoot } from '../../src/package-root.ts'

let home: string
let dataFolder: string
let made: string
let started: EmbeddedDatabase[] = []

beforeAll(async () => {
  made = await makeTemporaryFolder()
  const database = await startDatabase({ dataFolder: join(made, 'data') })
  await database.stop({ always: true })
})
afterAll(() => rm(made, { recursive: true, force: true }))
beforeEach(async () => {
  home = await makeTemporaryFolder()
  dataFolder = join(home, 'data')
})
afterEach(async () => {
  for (const database of started) await database.stop({ always: true }).catch(() => undefined)
  started = []
  await rm(home, { recursive: true, force: true })
})

/** Saves a test that is about something else the making of a cluster. */
async function copyMadeCluster(): Promise<void> {
  await promisify(execFile)('cp', ['-a', join(made, 'data'), dataFolder])
}

/** With throwaway off, as `serve` starts it: it outlives whoever started it. */
async function start(throwaway = false): Promise<EmbeddedDatabase> {
  const database = await startDatabase({ dataFolder, throwaway })
  started.push(database)
  return database
}

async function ask(url: string, statement: string): Promise<unknown> {
  const sql = openPool(url, { max: 1 })
  try {
    const [row] = await sql.unsafe<Record<string, unknown>[]>(statement)
    return row && Object.values(row)[0]
  } finally {
    await sql.end()
  }
}

async function gone(pid: number): Promise<void> {
  await expect
    .poll(async () => isAlive(pid) && !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z ')), {
      timeout: 15_000,
    })
    .toBe(false)
}

describe('the embedded database', () => {
  test('writes to the disk before it says that it has', async () => {
    await copyMadeCluster()
    const { url } = await start()
    expect(await ask(url, 'show fsync')).toBe('on')
    expect(await ask(url, 'show synchronous_commit')).toBe('on')
    expect(await ask(url, 'show server_version_num')).toMatch(/^18/)
  })

  test('keeps its rows over a stop and a start', async () => {
    await copyMadeCluster()
    const first = await start()
    await ask(first.url, 'create table kept as select 42 as value')
    expect(await first.stop()).toBe(true)
    await gone(first.pid)
    const second = await start()
    expect(second.adopted).toBe(false)
    expect(await ask(second.url, 'select value from kept')).toBe(42)
  })

  test('started twice is one server, and the first to leave does not stop it below the other', async () => {
    await copyMadeCluster()
    const first = await start()
    const second = await start()
    expect([second.adopted, second.pid]).toEqual([true, first.pid])
    expect(await first.stop()).toBe(false)
    expect(await ask(second.url, 'select 1')).toBe(1)
    expect(await second.stop()).toBe(true)
    await gone(second.pid)
  })

  test('four starts at once on an empty folder give one server', async () => {
    const all = await Promise.all([start(), start(), start(), start()])
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1)
    expect(new Set(all.map(({ url }) => url)).size).toBe(1)
  })

  test('killed without warning it comes back with every committed row', async () => {
    await copyMadeCluster()
    const first = await start()
    await ask(first.url, 'create table kept as select 42 as value')
    process.kill(first.pid, 'SIGKILL')
    const second = await start()
    expect(second.pid).not.toBe(first.pid)
    expect(await ask(second.url, 'select value from kept')).toBe(42)
  })

  test('killed under a gateway it comes back on the same port, and pools and the lock find it again', async () => {
    await copyMadeCluster()
    const first = await start()
    const pool = openPool(first.url, { max: 2 })
    const lock = await lockGateway(first.url)
    await pool`create table kept as select 42 as value`
    const restarted = new Promise<EmbeddedEvent>((resolve) => first.keepRunning(resolve))
    process.kill(first.pid, 'SIGKILL')
    expect(await restarted).toMatchObject({ kind: 'restarted' })
    expect(await pool`select value from kept`).toEqual([{ value: 42 }])
    const held = () => pool`select 1 from pg_locks where locktype = 'advisory' and objid = 7230003`
    await expect.poll(async () => (await held()).length, { timeout: 10_000 }).toBe(1)
    expect(await lockGateway(first.url)).toBeNull()
    await lock?.release()
    await pool.end()
    expect(await first.stop()).toBe(true)
  })

  test('a process number that is somebody else by now does not keep it from starting', async () => {
    await copyMadeCluster()
    const first = await start()
    await first.stop({ always: true })
    await gone(first.pid)
    const data = join(dataFolder, 'postgres', 'cluster', 'data')
    await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n\n127.0.0.1\n\nready\n`)
    expect((await start()).adopted).toBe(false)
  })

  test('what a killed initdb left behind is cleared away', async () => {
    await mkdir(join(dataFolder, 'postgres', 'initdb-999999999-dead', 'data'), { recursive: true })
    await start(true)
    expect((await readdir(join(dataFolder, 'postgres'))).sort()).toEqual(['cluster', 'postgres.log'])
  })

  test('one gateway has the lock; it is free again when that one lets go', async () => {
    await copyMadeCluster()
    const { url } = await start(true)
    const first = await lockGateway(url)
    expect(first).not.toBeNull()
    expect(await lockGateway(url)).toBeNull()
    await first?.release()
    const next = await lockGateway(url)
    expect(next).not.toBeNull()
    await next?.release()
  })

  test('a test cluster ends with the process that started it, even when that is killed', async () => {
    await copyMadeCluster()
    const program = join(home, 'start.mjs')
    await writeFile(
      program,
      `import { startDatabase } from ${JSON.stringify(join(packageRoot, 'dist/db/embedded.js'))}
       process.send((await startDatabase({ dataFolder: ${JSON.stringify(dataFolder)}, throwaway: true })).pid)`,
    )
    const child: ChildProcess = fork(program)
    const pid = await new Promise<number>((resolve) => child.once('message', (message) => resolve(Number(message))))
    child.kill('SIGKILL')
    await gone(pid)
  })
})

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('the database runs as another user, and its files are closed to everybody else', async () => {
    await copyMadeCluster()
    const { pid } = await start(true)
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    expect(status).not.toMatch(/^Uid:\s+0\s/m)
    expect((await stat(join(dataFolder, 'postgres'))).mode & 0o077).toBe(0)
    expect((await stat(join(dataFolder, 'postgres', 'cluster', 'password'))).mode & 0o077).toBe(0)
  })

  test('a data folder that user cannot enter says where its database lies instead', async () => {
    await mkdir(dataFolder, { mode: 0o700 })
    const first = await start(true)
    const place = (await readFile(join(dataFolder, 'postgres.location'), 'utf8')).trim()
    expect(place).toMatch(/^\/var\/lib\/guichet\//)
    expect(existsSync(join(place, 'cluster', 'data', 'PG_VERSION'))).toBe(true)
    expect(existsSync(join(dataFolder, 'postgres'))).toBe(false)
    expect((await start(true)).pid).toBe(first.pid)
    await first.stop({ always: true })
    await rm(place, { recursive: true })
  })
})
