import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The path of a program, or undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', 'PATH="$PATH:/usr/sbin:/sbin" command -v "$1"', 'sh', name], {
      encoding: 'utf8',
    }).trim()
  } catch {
    return undefined
  }
}

/** The numeric id of a user, or undefined when there is none of that name. */
export function userId(name: string, group = false): number | undefined {
  try {
    return Number(
      execFileSync('id', [group ? '-g' : '-u', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch {
    return undefined
  }
}

/** A folder that other users may enter, since servers give up root; removed at the end of the process at the latest. */
export function sharedFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `guichet-${name}-`))
  chmodSync(folder, 0o755)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A server in a process group of its own; `kill` ends the whole group at once, since children outlive their master. */
export interface ServerProcess {
  readonly process: ChildProcess
  readonly kill: () => Promise<void>
}

export function startServer(program: string, args: readonly string[]): ServerProcess {
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The group is gone already.
    }
  }
  process.once('exit', killGroup)
  return {
    process: child,
    async kill() {
      killGroup()
      await ended
      process.removeListener('exit', killGroup)
    },
  }
}
