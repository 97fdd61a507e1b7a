import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabaseFolder, openDataFolder } from './data-folder.ts'
import { openBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { isAlive } from './postmaster.ts'
import { findDatabaseUser } from './system-user.ts'

const run = promisify(execFile)

/** The user of the database that the cluster is made with. */
export const clusterUser = 'gateway'

/** A data directory with all it takes to run a server on it. */
export type Cluster = {
  folder: string
  data: string
  logFile: string
  /** Where the port of the last start is written, so that a restart takes the same. */
  portFile: string
  identity: { uid?: number; gid?: number }
  binaries: PostgresBinaries
  password: string
}

/** Runs one of the package's programs as the database's user. */
export async function runAs(
  cluster: Pick<Cluster, 'folder' | 'identity'>,
  program: string,
  words: string[],
): Promise<void> {
  await run(program, words, { ...cluster.identity, cwd: cluster.folder, env: serverEnvironment() })
}

/** What the server's programs see of our environment: no PG variables, no secrets. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' }
}

/** What a program said before it failed, cut to a few lines. */
export function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string }
  return (stderr?.trim() || message || String(error)).slice(0, 400)
}

/** Made aside and renamed into place with its password: a killed initdb leaves nothing half behind. */
async function makeCluster(place: Omit<Cluster, 'password'>, throwaway: boolean): Promise<void> {
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
    clusterUser,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--data-checksums',
  ]
  try {
    const words = ['-D', join(aside, 'data'), ...options, ...(throwaway ? ['--no-sync'] : [])]
    await runAs(place, place.binaries.initdb, words)
    await rename(aside, cluster)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    // another process was quicker: its cluster is as good
    if (!existsSync(cluster)) throw new Error(`initdb could not make a database in ${place.folder}: ${reasonOf(error)}`)
  }
}

/**
 * Opens the cluster of a data folder, made when missing: with a user to run it, binaries that user can run, and a
 * password. Throws with a sentence for a person when that cannot be had.
 */
export async function openCluster(dataFolder: string, throwaway: boolean): Promise<Cluster> {
  const { folder, owner } = await openDatabaseFolder(await openDataFolder(dataFolder), await findDatabaseUser())
  const { uid } = await stat(folder)
  const self = process.getuid?.()
  if (self !== undefined && self !== 0 && uid !== self)
    throw new Error(`${folder} belongs to another user (${uid}); start as that user, or choose another GUICHET_DATA`)
  const place = {
    folder,
    data: join(folder, 'cluster', 'data'),
    logFile: join(folder, 'postgres.log'),
    portFile: join(folder, 'cluster', 'port'),
    identity: owner ?? {},
    binaries: await openBinaries(owner),
  }
  await makeCluster(place, throwaway)
  const password = (await readFile(join(folder, 'cluster', 'password'), 'utf8')).trim()
  return { ...place, password }
}
