import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whom the database runs as when it is not ourselves. */
export type SystemUser = { uid: number; gid: number }

/**
 * The user to run PostgreSQL as: undefined for ourselves; when we are root, which PostgreSQL refuses to run as, the
 * user `postgres`, else `nobody`.
 */
export async function findDatabaseUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const uid = Number((await run('id', ['-u', name])).stdout)
      const gid = Number((await run('id', ['-g', name])).stdout)
      if (uid > 0) return { uid, gid }
    } catch {
      // no such user: the next one
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as; start as an ordinary user',
  )
}

function may(script: string, folder: string, user: SystemUser | undefined): boolean {
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid }
  return spawnSync('/bin/sh', ['-c', script, 'sh', folder], { ...identity, stdio: 'ignore', cwd: '/' }).status === 0
}

/** Whether that user may pass through the folder: asked of the system, so that access lists and every parent folder count. */
export function mayPass(folder: string, user: SystemUser | undefined): boolean {
  return may('cd "$1"', folder, user)
}

/** Whether that user may also read what is in the folder. */
export function mayRead(folder: string, user: SystemUser | undefined): boolean {
  return may('cd "$1" && ls . >/dev/null', folder, user)
}
