import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
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

test('a data folder is made with the folders above it', async () => {
  expect(await openDataFolder(join(home, 'a', 'b', 'data'))).toBe(join(home, 'a', 'b', 'data'))
  expect((await stat(join(home, 'a', 'b', 'data'))).mode & 0o777).toBe(0o711)
})

test.skipIf(process.platform !== 'linux')('a data folder where none can be made is an error at once', async () => {
  await expect(openDataFolder('/proc/guichet/data')).rejects.toThrow(/ENOENT/)
})

test('a data folder that is a file, or leads nowhere, is an error', async () => {
  await writeFile(join(home, 'file'), '')
  await symlink('nowhere', join(home, 'link'))
  await expect(openDataFolder(join(home, 'file'))).rejects.toThrow(/EEXIST/)
  await expect(openDataFolder(join(home, 'file', 'data'))).rejects.toThrow(/ENOTDIR/)
  await expect(openDataFolder(join(home, 'link'))).rejects.toThrow(/ENOENT/)
})

test('a data folder that exists keeps the mode its owner gave it', async () => {
  await mkdir(join(home, 'data'), { mode: 0o750 })
  expect(await openDataFolder(join(home, 'data'))).toBe(join(home, 'data'))
  expect((await stat(join(home, 'data'))).mode & 0o777).toBe(0o750)
})
