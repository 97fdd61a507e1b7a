import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { openDatabaseFolder, openDataFolder } from './data-folder.ts'
import { openBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { inspectPostmaster, isAlive, removeStalePidFile } from './postmaster.ts'
import { findDatabaseUser } from './system-user.ts'

/*
 * The embedded database: a real PostgreSQL server in the data folder, started by us as a process of its own.
 *
 * 1. A cluster is made aside and renamed into place, with its password: a killed initdb leaves nothing half.
 * 2. A server that runs already (left by a killed gateway, or another command's) is used as it is.
 * 3. Everybody who uses it holds a shared advisory lock; whoever stops it needs the lock alone. So a short command
 *    never stops the server below another process, and the last one out turns off the light.
 */

const run = promisify(execFile)
const user = 'gateway'
const database = 'guichet'
const inUseKey = 7_230_002

export type EmbeddedOptions = {
  dataFolder: string
  /** Only for a cluster that may be lost: no fsync, and the server ends with this process. */
  throwaway?: boolean
}

export type EmbeddedDatabase = {
  /** With the password: for `openPool`, never for a log. */
  url: string
  pid: number
  /** It ran before we came. */
  adopted: boolean
  /** Where the server's own log is. */
  logFile: string
  /**
   * Lets go of the server. It is stopped when nobody else uses it, or in any case with `always`. Close the pools
   * first. Answers whether it was stopped.
   */
  stop(options?: { always?: boolean }): Promise<boolean>
}

type Place = {
  folder: string
  data: string
  logFile: string
  identity: { uid?: number; gid?: number }
  binaries: PostgresBinaries
}
type Server = { pid: number; port: number; adopted: boolean; child?: ChildProcess }
type Keeper = postgres.Sql

const environment = (): Record<string, string> => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' })

async function makeCluster(place: Place, throwaway: boolean): Promise<void> {
  const cluster = join(place.folder, 'cluster')
  for (const entry of await readdir(place.folder)) {
    const maker = /^initdb-(\d+)-/.exec(entry)
    if (maker && !isAlive(Number(maker[1]))) await rm(join(place.folder, entry), { recursive: true, force: true })
  }
  if (existsSync(cluster)) return
  const aside = join(place.folder, `initdb-${process.pid}-${randomBytes(4).toString('hex')}`)
  const passwordFile = join(aside, 'password')
  await mkdir(aside, { mode: 0o700 })
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  const { uid, gid } = place.identity
  if (uid !== undefined && gid !== undefined) for (const path of [aside, passwordFile]) await chown(path, uid, gid)
  const options = [
    '-U',
    user,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--data-checksums',
  ]
  try {
    await run(place.binaries.initdb, ['-D', join(aside, 'data'), ...options, ...(throwaway ? ['--no-sync'] : [])], {
      ...place.identity,
      cwd: place.folder,
      env: environment(),
    })
    await rename(aside, cluster)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    // another process was quicker: its cluster is as good
    if (!existsSync(cluster)) throw new Error(`initdb could not make a database in ${place.folder}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string }
  return (stderr?.trim() || message || String(error)).slice(0, 400)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
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
    ...(throwaway
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum_naptime: '10s' }
      : {}),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function spawnServer(place: Place, throwaway: boolean): Promise<Server> {
  const port = await freePort()
  // Ends with us by the kernel's hand, so that a killed test run leaves nothing behind.
  const wrapper = throwaway && existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'INT'] : []
  const words = [...wrapper, place.binaries.postgres, '-D', place.data, '-p', String(port), ...settings(throwaway)]
  // A file, as a pipe dies with us; a session of its own, so that Ctrl-C reaches us and not the server we still need.
  const log = openSync(place.logFile, 'a', 0o600)
  const child = spawn(words[0] ?? '', words.slice(1), {
    ...place.identity,
    cwd: place.folder,
    env: environment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  return { pid: child.pid ?? 0, port, adopted: false, child }
}

/** A running server, found or started. One that was just started may yet give up: another was quicker. */
async function findOrSpawn(place: Place, throwaway: boolean): Promise<Server> {
  // A dead postmaster may stay unreaped for a second or two, or for ever where the first process never reaps.
  for (let waited = 0; ; waited++) {
    const state = await inspectPostmaster(place.data)
    if (state.kind === 'running') return { pid: state.pid, port: state.port, adopted: true }
    if (state.kind === 'none' || waited === 60) {
      await removeStalePidFile(place.data, state.note)
      return spawnServer(place, throwaway)
    }
    await pause(250)
  }
}

function hasGone(server: Server): boolean {
  return (
    server.pid === 0 ||
    (server.child ? server.child.exitCode !== null || server.child.signalCode !== null : !isAlive(server.pid))
  )
}

function connect(port: number, password: string, name: string): Keeper {
  return postgres({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: name,
    max: 1,
    connect_timeout: 5,
    fetch_types: false,
    max_lifetime: null,
    idle_timeout: 0,
    onnotice: () => undefined,
    connection: { application_name: 'guichet keeper' },
  })
}

/**
 * Waits for the server's answer (not for words in its log, which depend on the locale) and takes the shared lock.
 * Undefined when the server went away or is being stopped by somebody: start over.
 */
async function enter(server: Server, password: string, patienceMs: number): Promise<Keeper | undefined> {
  const started = performance.now()
  for (;;) {
    const sql = connect(server.port, password, 'postgres')
    try {
      const [row] = await sql<{ mine: boolean }[]>`select pg_try_advisory_lock_shared(${inUseKey}::bigint) as mine`
      if (row?.mine === true) return sql
      await sql.end({ timeout: 1 })
    } catch (error) {
      await sql.end({ timeout: 0 }).catch(() => undefined)
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

async function openPlace(dataFolder: string): Promise<Place> {
  const { folder, owner } = await openDatabaseFolder(await openDataFolder(dataFolder), await findDatabaseUser())
  const { uid } = await stat(folder)
  const self = process.getuid?.()
  if (self !== undefined && self !== 0 && uid !== self)
    throw new Error(`${folder} belongs to another user (${uid}); start as that user, or choose another GUICHET_DATA`)
  return {
    folder,
    data: join(folder, 'cluster', 'data'),
    logFile: join(folder, 'postgres.log'),
    identity: owner ?? {},
    binaries: await openBinaries(owner),
  }
}

/**
 * Starts the embedded database of a data folder, or joins the one that runs there. Safe to call from several processes
 * at once. Throws with a sentence for a person, and the end of the server's log, when there is no way.
 */
export async function startDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const place = await openPlace(options.dataFolder)
  const throwaway = options.throwaway ?? false
  await makeCluster(place, throwaway)
  const password = (await readFile(join(place.folder, 'cluster', 'password'), 'utf8')).trim()
  for (let attempt = 0; attempt < 8; attempt++) {
    await pause(100 * attempt)
    const server = await findOrSpawn(place, throwaway)
    // Replaying a large log after a power cut takes its time.
    const keeper = await enter(server, password, 120_000)
    if (keeper) return finish(place, server, keeper, password)
  }
  throw new Error(
    `the embedded PostgreSQL does not start. The end of ${place.logFile}:\n${await tailOf(place.logFile)}`,
  )
}

async function finish(place: Place, server: Server, keeper: Keeper, password: string): Promise<EmbeddedDatabase> {
  const [present] = await keeper`select 1 from pg_database where datname = ${database}`
  if (!present)
    await keeper.unsafe(`create database ${database}`).catch((error: { code?: string }) => {
      // made by another process between the question and the statement (duplicate_database, unique_violation)
      if (error.code !== '42P04' && error.code !== '23505') throw error
    })
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`,
    pid: server.pid,
    adopted: server.adopted,
    logFile: place.logFile,
    async stop({ always = false } = {}) {
      const alone = await isAlone(keeper)
      if (alone || always) {
        await run(place.binaries.pgCtl, ['-D', place.data, 'stop', '-m', 'fast', '-w', '-t', '30'], {
          ...place.identity,
          cwd: place.folder,
          env: environment(),
        }).catch((error: unknown) => {
          if (!hasGone(server)) throw new Error(`PostgreSQL did not stop: ${reasonOf(error)}`)
        })
      }
      await keeper.end({ timeout: 0 }).catch(() => undefined)
      return alone || always
    },
  }
}

/** Gives the shared lock back and takes it alone. A server that does not answer any more has nobody to protect. */
async function isAlone(keeper: Keeper): Promise<boolean> {
  try {
    await keeper`select pg_advisory_unlock_shared(${inUseKey}::bigint)`
    const [row] = await keeper<{ mine: boolean }[]>`select pg_try_advisory_lock(${inUseKey}::bigint) as mine`
    return row?.mine ?? false
  } catch {
    return true
  }
}
