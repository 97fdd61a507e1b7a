import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { spoolFinding } from '../../src/cli/doctor-spool.ts'
import { spoolOf } from '../../src/cli/serve.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const listening = { smtp: { host: '127.0.0.1', port: 0 }, lmtp: null }
const said: string[] = []
const log = { error: (_facts: object, what: string): void => void said.push(what) }

test('a spool that is not there yet is in order, and nothing is made by looking', async () => {
  const data = await newFolder()
  expect(await spoolFinding(join(data, 'below', 'spool'))).toMatchObject({ severity: 'fine' })
  expect(await readdir(data)).toEqual([])
})

test('a spool that cannot be written is an error that says what becomes of large mails', async () => {
  expect(await spoolFinding('/dev/null/data/spool')).toMatchObject({
    severity: 'error',
    what: '/dev/null/data/spool cannot be written (ENOTDIR)',
    consequence: expect.stringContaining('more than a megabyte'),
    remedy: expect.stringContaining('GUICHET_DATA'),
  })
})

test('a gateway that listens makes its data folder, or says at the start that large mails are put off', async () => {
  const data = join(await newFolder(), 'new')
  expect(await spoolOf({ ...listening, data }, ['inbound'], log)).toBe(join(data, 'spool'))
  expect(await readdir(data)).toEqual([])
  await spoolOf({ data: '/dev/null/data', smtp: null, lmtp: null }, ['inbound'], log)
  await spoolOf({ ...listening, data: '/dev/null/data' }, ['worker'], log)
  expect(said).toEqual([])
  await spoolOf({ ...listening, data: '/dev/null/data' }, ['inbound'], log)
  expect(said).toEqual([expect.stringMatching(/cannot be written.*mails of more than a megabyte are put off/)])
})
