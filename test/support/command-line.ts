// The command line from outside: programs of their own, with an environment of their own.

import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeTemporaryFolder } from '../../src/db/data-folder.ts'
import { packageRoot } from '../../src/package-root.ts'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

type Variables = { readonly GUICHET_DATA?: string } & Readonly<Record<string, string>>

/** Nothing of the tests' own surroundings leaks in. */
const bare = (env: Variables): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '/',
  TZ: 'UTC',
  GUICHET_CONFIG: join(packageRoot, 'guichet.yaml'),
  ...env,
})

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('close', (code) => resolve(code)))

/** Runs `guichet ARGS…` to its end. */
export async function guichet(args: readonly string[], env: Variables = {}, input?: string): Promise<Ran> {
  const child = spawn(process.execPath, [join(packageRoot, 'dist', 'main.js'), ...args], {
    cwd: packageRoot,
    env: bare(env),
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk
  })
  child.stdin.end(input ?? '')
  const code = await ended(child)
  return { code, ...said }
}

export interface Served {
  readonly listening: { readonly smtp: string; readonly lmtp: string | null; readonly web: string }
  readonly data: string
  /** What commands need to find it. */
  readonly env: Variables
  /** Everything it has printed. */
  readonly out: () => string
  /** Resolves when a line that fits is printed. */
  readonly line: (fits: RegExp) => Promise<string>
  readonly signal: (name: NodeJS.Signals) => void
  /** SIGTERM; the exit status. */
  readonly stop: () => Promise<number | null>
  readonly close: () => Promise<void>
}

/**
 * Starts a gateway on free ports in a folder of its own. `program`: what is run, the script or node. `starting`: is given the
 * way to signal it before it listens.
 */
export async function serve(
  env: Variables = {},
  program: readonly string[] = nodeServe,
  starting: (signal: Served['signal']) => void = () => undefined,
): Promise<Served> {
  const data = env.GUICHET_DATA ?? (await makeTemporaryFolder())
  const [command = '', ...args] = program
  const child = spawn(command, args, {
    cwd: packageRoot,
    env: bare({ GUICHET_SMTP_LISTEN: '127.0.0.1:0', GUICHET_WEB_LISTEN: '127.0.0.1:0', GUICHET_DATA: data, ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = ended(child)
  const signal: Served['signal'] = (name) => {
    child.kill(name)
  }
  starting(signal)
  let text = ''
  const waiting = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    text += chunk
    for (const look of waiting) look()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const line = (fits: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = text.split('\n').find((one) => fits.test(one))
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      exit.then((code) => reject(new Error(`it ended with ${code} before ${fits}: ${text}`)))
    })
  const listening = JSON.parse(await line(/"msg":"listening"/)) as Served['listening']
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return exit
  }
  return {
    listening,
    data,
    env: { GUICHET_SMTP_LISTEN: listening.smtp, GUICHET_WEB_LISTEN: listening.web, GUICHET_DATA: data },
    out: () => text,
    line,
    signal,
    stop,
    close: async () => {
      await stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

const nodeServe = [process.execPath, join(packageRoot, 'dist', 'main.js'), 'serve']
