import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

/*
 * The scripts in a small checkout: ours, with a program of one file and an `npm` that only notes that it was called.
 */

type Run = { code: number | null; out: string; err: string }

let checkout: string
let elsewhere: string

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'guichet-checkout-'))
  elsewhere = await mkdtemp(join(tmpdir(), 'guichet-elsewhere-'))
  for (const name of ['script', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'])
    await cp(join(packageRoot, name), join(checkout, name), { recursive: true })
  await mkdir(join(checkout, 'src'))
  await mkdir(join(elsewhere, 'bin'))
  await program('first')
  await command('npm', npmThatInstalls)
})
afterEach(async () => {
  await rm(checkout, { recursive: true, force: true })
  await rm(elsewhere, { recursive: true, force: true })
})

const npmThatInstalls = `#!/bin/sh
echo called >> "${'$'}0.log"
mkdir -p node_modules/.bin
ln -sf "${packageRoot}/node_modules/.bin/tsc" node_modules/.bin/tsc
[ -e node_modules/@types ] || ln -s "${packageRoot}/node_modules/@types" node_modules/@types
`

async function program(word: string): Promise<void> {
  await writeFile(
    join(checkout, 'src', 'main.ts'),
    `const word: string = ${JSON.stringify(word)}\nconsole.log(word, process.argv.slice(2).join(' '), process.env.GUICHET_CONFIG ?? 'none')\n`,
  )
  // A second later than the last build, whatever the grain of the file system's clock.
  const later = new Date(Date.now() + 1000)
  await utimes(join(checkout, 'src', 'main.ts'), later, later)
}

async function command(name: string, text: string): Promise<void> {
  await writeFile(join(elsewhere, 'bin', name), text)
  await chmod(join(elsewhere, 'bin', name), 0o755)
}

function run(script: string, words: string[] = [], cwd = checkout): Promise<Run> {
  const { GUICHET_CONFIG: _, ...environment } = process.env
  const child = spawn(join(checkout, 'script', script), words, {
    cwd,
    env: { ...environment, PATH: `${join(elsewhere, 'bin')}:${process.env.PATH}` },
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })))
}

const npmCalls = async () =>
  (await readFile(join(elsewhere, 'bin', 'npm.log'), 'utf8').catch(() => '')).split('\n').length - 1

describe('script/guichet', () => {
  test('installs and builds the first time, and hands its arguments on', async () => {
    expect(await run('guichet', ['show', 'A-1'])).toMatchObject({ code: 0, out: 'first show A-1 none\n' })
    expect(await run('guichet')).toMatchObject({ code: 0, out: 'first  none\n', err: '' })
    expect(await npmCalls()).toBe(1)
  })

  test('builds again when a source is newer', async () => {
    await run('guichet')
    await program('second')
    expect((await run('guichet')).out).toBe('second  none\n')
  })

  test('four at once install once and run the same program', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => run('guichet')))
    expect(runs.map(({ code, out }) => `${code} ${out}`)).toEqual(Array(4).fill('0 first  none\n'))
    expect(await npmCalls()).toBe(1)
    expect((await readdir(checkout)).filter((name) => name.startsWith('.script-lock'))).toEqual([])
  })

  test('a lock that a killed preparation left is taken over', async () => {
    await mkdir(join(checkout, '.script-lock'))
    await writeFile(join(checkout, '.script-lock', 'pid'), '999999999\n')
    expect((await run('guichet')).out).toBe('first  none\n')
  })

  test('from another folder it uses the configuration of its checkout', async () => {
    expect((await run('guichet', [], elsewhere)).out).toBe(`first  ${join(checkout, 'guichet.yaml')}\n`)
  })

  test('sources that do not compile are told with file and line, and nothing old is run instead', async () => {
    await run('guichet')
    await program('second')
    await writeFile(join(checkout, 'src', 'broken.ts'), 'export const number: number = "text"\n')
    const { code, out, err } = await run('guichet')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/do not compile:\nsrc\/broken\.ts\(1,14\)/)
  })

  test('an npm that fails is quoted', async () => {
    await command('npm', '#!/bin/sh\necho "npm error code ENOSPC"\nexit 1\n')
    const { code, err } = await run('guichet')
    expect(code).toBe(1)
    expect(err).toMatch(/npm install failed. Its last lines:\nnpm error code ENOSPC/)
  })

  test('a Node that is too old is named with its version and place', async () => {
    await command('node', '#!/bin/sh\n[ "$1" = --version ] && echo v18.20.4\n[ "$1" = --version ]\n')
    const { code, err } = await run('guichet')
    expect(code).toBe(1)
    expect(err).toMatch(/Node v18\.20\.4 is too old; version 20\.19 or later is needed \(.*\/bin\/node\)/)
  })
})

test('script/server runs the same program as "serve"', async () => {
  expect((await run('server')).out).toBe('first serve none\n')
})
