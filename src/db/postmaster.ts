import { readFileSync, rmSync } from 'node:fs'
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What runs on a data directory.
 * `running`: a postmaster; adopt it. `ending`: a postmaster that is dead but not yet reaped, or one that left
 * processes behind; wait. `none`: nothing; start one. `note` is what postmaster.pid said, empty when there is none.
 */
export type PostmasterState =
  | { kind: 'running'; pid: number; port: number }
  | { kind: 'ending'; note: string }
  | { kind: 'none'; note: string }

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The state letter of proc(5): `Z` is a zombie. Undefined where there is no /proc. */
async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readText(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
}

/** Whether the process works in that data directory, as every process of a PostgreSQL server does; undefined when it cannot be told. */
async function worksIn(pid: number, data: string): Promise<boolean | undefined> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(data))
  } catch {
    return undefined
  }
}

async function someProcessWorksIn(data: string): Promise<boolean> {
  const entries = await readdir('/proc').catch(() => [])
  for (const entry of entries) if (/^\d+$/.test(entry) && (await worksIn(Number(entry), data)) === true) return true
  return false
}

/**
 * Looks at `postmaster.pid` (line 1 is the process, line 4 the port) and at the process it names. That process may be
 * a zombie, which `kill(pid, 0)` and PostgreSQL itself take for alive (seen in containers whose first process reaps
 * late), or by now be somebody else's: numbers are soon given again after a restart of a container.
 */
export async function inspectPostmaster(data: string): Promise<PostmasterState> {
  const note = (await readText(join(data, 'postmaster.pid'))) ?? ''
  const lines = note.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  if (!Number.isInteger(pid) || pid <= 0) return { kind: 'none', note }
  if ((await stateOf(pid)) === 'Z') return { kind: 'ending', note }
  if (!isAlive(pid) || (await worksIn(pid, data)) === false)
    return { kind: (await someProcessWorksIn(data)) ? 'ending' : 'none', note }
  // Line 4 is written a moment after line 1.
  return port > 0 ? { kind: 'running', pid, port } : { kind: 'ending', note }
}

/**
 * Removes the `postmaster.pid` of a server that is gone, and only then: the file is also what keeps a second server
 * away from processes that still live. `note` is what it said when that was found out; by now it may be another
 * server's, so the last look and the removal leave nothing in between.
 */
export async function removeStalePidFile(data: string, note: string): Promise<void> {
  if (note === '' || process.platform !== 'linux' || (await someProcessWorksIn(data))) return
  const path = join(data, 'postmaster.pid')
  try {
    if (readFileSync(path, 'utf8') === note) rmSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
