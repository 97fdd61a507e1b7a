import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTemporaryFolder, openDataFolder, openPrivateFolder, openSecret } from '../../src/db/data-folder.ts'

let home: string
beforeEach(async () => {
  home = await makeTemporaryFolder()
})
afterEach(() => rm(home, { recursive: true }))

test('a secret is made once, and ten that ask at once get the same', async () => {
  const secrets = await Promise.all(Array.from({ length: 10 }, () => openSecret(home, 'secret')))
  expect(new Set(secrets).size).toBe(1)
  expect(secrets[0]).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await openSecret(home, 'secret')).toBe(secrets[0])
  expect(await readdir(home)).toEqual(['secret'])
})

test('a secret and a private folder are closed to other users', async () => {
  await openSecret(home, 'secret')
  await openPrivateFolder(home, 'outgoing')
  expect((await stat(join(home, 'secret'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(home, 'outgoing'))).mode & 0o777).toBe(0o700)
})

test('an empty secret is an error that says what to do, not an empty secret', async () => {
  await writeFile(join(home, 'secret'), '\n')
  await expect(openSecret(home, 'secret')).rejects.toThrow(/is empty; delete it/)
})

test('a data folder that exists keeps the mode its owner gave it', async () => {
  await mkdir(join(home, 'data'), { mode: 0o750 })
  expect(await openDataFolder(join(home, 'data'))).toBe(join(home, 'data'))
  expect((await stat(join(home, 'data'))).mode & 0o777).toBe(0o750)
})
