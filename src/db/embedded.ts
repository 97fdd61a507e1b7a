import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, fchownSync, openSync, renameSync, statSync } from 'node:fs'
import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { type Cluster, clusterUser, openCluster, reasonOf, runAs, serverEnvironment } from './cluster.ts'
import { inspectPostmaster, isAlive, removeStalePidFile } from './postmaster.ts'

/*
 * The embedded database: a real PostgreSQL server in the data folder, started by us as a process of its own.
 *
 * 1. A server that runs already (left by a killed gateway, or another command's) is used as it is.
 * 2. Everybody who uses it holds a shared advisory lock on a connection of their own, the keeper; whoever stops it
 *    needs the lock alone. So a short command never stops the server below another process, and the last one out
 *    turns off the light.
 * 3. The keeper's connection breaking is how we learn that the server died; a gateway then starts it again on the
 *    same port, where the pools look for it.
 */

const database = 'guichet'
const inUseKey = 7_230_002
/** Bytes above which the server's log is put aside at the next start. */
const largeLog = 8_000_000

export type EmbeddedOptions = {
  dataFolder: string
  /** Only for a cluster that may be lost: no fsync, and the server ends with this process. */
  throwaway?: boolean
}

export type EmbeddedEvent = { kind: 'restarted'; pid: number } | { kind: 'down'; reason: string }

export type EmbeddedDatabase = {
  /** With the password: for `openPool`, never for a log. */
  url: string
  pid: number
  /** It ran before we came. */
  adopted: boolean
  /** Where the server's own log is. */
  logFile: string
  /** From now on starts the server again whenever it dies, and tells. */
  keepRunning(tell: (event: EmbeddedEvent) => void): void
  /**
   * Lets go of the server. It is stopped when nobody else uses it, or in any case with `always`. Close the pools
   * first. Answers whether it was stopped.
   */
  stop(options?: { always?: boolean }): Promise<boolean>
}

type Server = { pid: number; port: number; adopted: boolean; child?: ChildProcess }
type Keeper = { sql: postgres.Sql; onLost: () => void }

/** The port of the last time while it is free, else any. */
async function choosePort(cluster: Cluster): Promise<number> {
  const last = Number(await readFile(cluster.portFile, 'utf8').catch(() => '0'))
  for (const wanted of Number.isInteger(last) && last > 0 && last < 65_536 ? [last, 0] : [0]) {
    const server = createServer()
    try {
      server.listen(wanted, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (typeof address === 'object' && address) return address.port
    } catch {
      // somebody else's by now
    } finally {
      server.close()
    }
  }
  throw new Error('no free port on 127.0.0.1')
}

function settings(throwaway: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '60',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    wal_compression: 'on',
    jit: 'off',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_duration_statement: '5s',
    ...(throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function openLog({ logFile, identity: { uid, gid } }: Cluster): number {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > largeLog) renameSync(logFile, `${logFile}.1`)
  const log = openSync(logFile, 'a', 0o600)
  if (uid !== undefined && gid !== undefined) fchownSync(log, uid, gid)
  return log
}

async function spawnServer(cluster: Cluster, throwaway: boolean): Promise<Server> {
  const port = await choosePort(cluster)
  // Removed first: it may be another user's, when root started the database of an ordinary user.
  await rm(cluster.portFile, { force: true })
  await writeFile(cluster.portFile, `${port}\n`)
  // Ends with us by the kernel's hand, so that a killed test run leaves nothing behind.
  const wrapper = throwaway && existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'INT'] : []
  const words = [...wrapper, cluster.binaries.postgres, '-D', cluster.data, '-p', String(port), ...settings(throwaway)]
  // A file, as a pipe dies with us; a session of its own, so that Ctrl-C reaches us and not the server we still need.
  const log = openLog(cluster)
  const child = spawn(words[0] ?? '', words.slice(1), {
    ...cluster.identity,
    cwd: cluster.folder,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  return { pid: child.pid ?? 0, port, adopted: false, child }
}

/** A running server, found or started. One that was just started may yet give up: another was quicker. */
async function findOrSpawn(cluster: Cluster, throwaway: boolean): Promise<Server> {
  // A dead postmaster may stay unreaped for a second or two, or for ever where the first process never reaps.
  for (let waited = 0; ; waited++) {
    const state = await inspectPostmaster(cluster.data)
    if (state.kind === 'running') return { pid: state.pid, port: state.port, adopted: true }
    if (state.kind === 'none' || waited === 60) {
      await removeStalePidFile(cluster.data, state.note)
      return spawnServer(cluster, throwaway)
    }
    await pause(250)
  }
}

function hasGone({ pid, child }: Server): boolean {
  if (child) return pid === 0 || child.exitCode !== null || child.signalCode !== null
  return !isAlive(pid)
}

function connect(port: number, password: string): Keeper {
  const keeper: Keeper = {
    onLost: () => undefined,
    sql: postgres({
      host: '127.0.0.1',
      port,
      user: clusterUser,
      password,
      database: 'postgres',
      max: 1,
      connect_timeout: 5,
      fetch_types: false,
      // postgres.js gives a connection up after half an hour or so, and with it the lock
      max_lifetime: null,
      onnotice: () => undefined,
      onclose: () => keeper.onLost(),
      connection: { application_name: 'guichet keeper' },
    }),
  }
  return keeper
}

/**
 * Waits for the server's answer (not for words in its log, which depend on the locale) and takes the shared lock.
 * Undefined when the server went away or is being stopped by somebody: start over.
 */
async function enter(server: Server, password: string, patienceMs: number): Promise<Keeper | undefined> {
  const started = performance.now()
  for (;;) {
    const keeper = connect(server.port, password)
    try {
      const [row] = await keeper.sql<
        { mine: boolean }[]
      >`select pg_try_advisory_lock_shared(${inUseKey}::bigint) as mine`
      if (row?.mine === true) return keeper
      await keeper.sql.end({ timeout: 1 })
    } catch (error) {
      await keeper.sql.end({ timeout: 0 }).catch(() => undefined)
      if ((error as { code?: string }).code === '28P01')
        throw new Error('the running database does not accept the password kept beside it')
      if (performance.now() - started > patienceMs) throw error
    }
    if (hasGone(server)) return undefined
    await pause(25)
  }
}

async function tailOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined)
  if (!handle) return ''
  const { size } = await handle.stat()
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(600), position: Math.max(0, size - 600) })
  await handle.close()
  return buffer.subarray(0, bytesRead).toString('utf8').trim()
}

async function join(cluster: Cluster, throwaway: boolean): Promise<{ server: Server; keeper: Keeper }> {
  for (let attempt = 0; attempt < 8; attempt++) {
    await pause(100 * attempt)
    const server = await findOrSpawn(cluster, throwaway)
    // Replaying a large log after a power cut takes its time.
    const keeper = await enter(server, cluster.password, 120_000)
    if (keeper) return { server, keeper }
  }
  throw new Error(
    `the embedded PostgreSQL does not start. The end of ${cluster.logFile}:\n${await tailOf(cluster.logFile)}`,
  )
}

async function makeDatabase({ sql }: Keeper): Promise<void> {
  const [present] = await sql`select 1 from pg_database where datname = ${database}`
  if (present) return
  await sql.unsafe(`create database ${database}`).catch((error: { code?: string }) => {
    // made by another process between the question and the statement (duplicate_database, unique_violation)
    if (error.code !== '42P04' && error.code !== '23505') throw error
  })
}

/** Gives the shared lock back and takes it alone. A server that does not answer any more has nobody to protect. */
async function isAlone({ sql }: Keeper): Promise<boolean> {
  try {
    await sql`select pg_advisory_unlock_shared(${inUseKey}::bigint)`
    const [row] = await sql<{ mine: boolean }[]>`select pg_try_advisory_lock(${inUseKey}::bigint) as mine`
    return row?.mine ?? false
  } catch {
    return true
  }
}

/**
 * Starts the embedded database of a data folder, or joins the one that runs there. Safe to call from several processes
 * at once. Throws with a sentence for a person, and the end of the server's log, when there is no way.
 */
export async function startDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const throwaway = options.throwaway ?? false
  const cluster = await openCluster(options.dataFolder, throwaway)
  let { server, keeper } = await join(cluster, throwaway)
  await makeDatabase(keeper)
  const { port } = server
  let stopping = false
  let recovery: Promise<void> | undefined

  async function recover(tell: (event: EmbeddedEvent) => void): Promise<void> {
    for (let failures = 0; !stopping; failures++) {
      try {
        await keeper.sql.end({ timeout: 0 }).catch(() => undefined)
        const next = await join(cluster, throwaway)
        server = next.server
        keeper = next.keeper
        watch(tell)
        if (server.port === port) return tell({ kind: 'restarted', pid: server.pid })
        return tell({
          kind: 'down',
          reason: `the database came back on another port (${server.port}); restart the gateway`,
        })
      } catch (error) {
        tell({ kind: 'down', reason: reasonOf(error) })
        await pause(Math.min(30_000, 1_000 * 2 ** failures))
      }
    }
  }

  function watch(tell: (event: EmbeddedEvent) => void): void {
    keeper.onLost = () => {
      if (stopping) return
      keeper.onLost = () => undefined
      recovery = recover(tell)
    }
  }

  return {
    url: `postgres://${clusterUser}:${cluster.password}@127.0.0.1:${port}/${database}`,
    pid: server.pid,
    adopted: server.adopted,
    logFile: cluster.logFile,
    keepRunning: watch,
    async stop({ always = false } = {}) {
      stopping = true
      await recovery
      const ends = (await isAlone(keeper)) || always
      if (ends)
        await runAs(cluster, cluster.binaries.pgCtl, [
          '-D',
          cluster.data,
          'stop',
          '-m',
          'fast',
          '-w',
          '-t',
          '30',
        ]).catch((error: unknown) => {
          if (!hasGone(server)) throw new Error(`PostgreSQL did not stop: ${reasonOf(error)}`)
        })
      await keeper.sql.end({ timeout: 0 }).catch(() => undefined)
      return ends
    },
  }
}
