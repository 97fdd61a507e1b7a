import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, link, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { mayPass, type SystemUser } from './system-user.ts'

/** Where things go that the database's user could not reach below root's own folders. */
const systemFolder = '/var/lib/guichet'

/** The note in the data folder that says where its database lies, when that is elsewhere. */
const noteName = 'postgres.location'

/**
 * Makes the data folder when it is missing and returns its absolute path. Others may pass through it (the database's
 * user has to) but not list it; what is secret in it has modes of its own.
 */
export async function openDataFolder(path: string): Promise<string> {
  const folder = resolve(path)
  if (await makeFolder(folder)) await chmod(folder, 0o711)
  return folder
}

/**
 * Makes a folder and those above it; true when it was not there. Level by level: Node's own `recursive` never ends, and
 * cannot be interrupted, below a file system that refuses with ENOENT, as /proc and some automounts do (seen on Node 20).
 */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return false
    const above = dirname(folder)
    if (code !== 'ENOENT' || above === folder || !(await makeFolder(above))) throw error
    return makeFolder(folder)
  }
}

/** A folder in the data folder that only we may enter. */
export async function openPrivateFolder(dataFolder: string, name: string): Promise<string> {
  const folder = join(dataFolder, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/**
 * A secret kept in the data folder (0600): read, or made of 32 random bytes the first time. Two processes that make it
 * at once get the same: it is written aside and linked, and a link never replaces.
 */
export async function openSecret(dataFolder: string, name: string): Promise<string> {
  const path = join(dataFolder, name)
  const existing = await readSecret(path)
  if (existing !== undefined) return existing
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(aside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  try {
    await link(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside, { force: true })
  }
  const secret = await readSecret(path)
  if (secret === undefined) throw new Error(`${path} is empty; delete it to have a new one made`)
  return secret
}

async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A folder for something of ours outside root's own folders, named after what it belongs to. */
export async function openSystemFolder(belongsTo: string): Promise<string> {
  const folder = join(systemFolder, createHash('sha256').update(belongsTo).digest('hex').slice(0, 12))
  await mkdir(folder, { recursive: true })
  await chmod(systemFolder, 0o755)
  await chmod(folder, 0o755)
  return folder
}

/** A new temporary folder that the database's user can pass through, which what mkdtemp makes for root is not. */
export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-'))
  await chmod(folder, 0o711)
  return folder
}

/** Where the embedded database lies, and whom it runs as: undefined for ourselves. */
export type DatabasePlace = { folder: string; owner: SystemUser | undefined }

/**
 * The folder of the embedded database, made when missing: `postgres` in the data folder, or a folder of the system's
 * when `user` cannot pass through the data folder. Once chosen it stays, and so does its owner: a note in the data
 * folder says where, and a database that exists runs as the user it belongs to.
 */
export async function openDatabaseFolder(dataFolder: string, user: SystemUser | undefined): Promise<DatabasePlace> {
  const note = join(dataFolder, noteName)
  const folder = (await readSecret(note)) ?? join(dataFolder, 'postgres')
  const existing = await stat(join(folder, 'cluster')).catch(() => undefined)
  const owner = user && existing && existing.uid !== 0 ? { uid: existing.uid, gid: existing.gid } : user
  if (owner === undefined || mayPass(dirname(folder), owner)) {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 })
    if (owner && made !== undefined) await chown(folder, owner.uid, owner.gid)
    return { folder, owner }
  }
  if (existing)
    throw new Error(
      `the database in ${folder} belongs to user ${owner.uid}, who may not pass through ${dirname(folder)} any more; allow it (chmod o+x), on the folders above too`,
    )
  const elsewhere = await openSystemFolder(dataFolder)
  await chown(elsewhere, owner.uid, owner.gid)
  await writeFile(note, `${elsewhere}\n`)
  return { folder: elsewhere, owner }
}
