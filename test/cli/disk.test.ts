import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alarmsOf } from '../../src/cli/alarms.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { alarmWords } from '../../src/gateway/alarm.ts'
import { createDiskWatch, type Room } from '../../src/gateway/disk.ts'
import { createWatch } from '../../src/gateway/watch.ts'
import { packageRoot } from '../../src/package-root.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const minute = 60_000
/** A disk of 100 GB, none of it kept for root. */
const usedUp = (percent: number): Room => ({
  bsize: 1e6,
  blocks: 1e5,
  bfree: 1e5 - percent * 1e3,
  bavail: 1e5 - percent * 1e3,
})

describe('a disk', () => {
  test.each<[string, Room, string | null]>([
    ['with room has nothing to say', usedUp(84), null],
    ['is told from the configured percentage on', usedUp(85), '85 % used, 15.0 GB free'],
    ['that is full is told', usedUp(100), '100 % used, 0.0 GB free'],
    [
      'counts what is kept for root as df does: not as room',
      { bsize: 1e6, blocks: 1e5, bfree: 20_000, bavail: 10_000 },
      '89 % used, 10.0 GB free',
    ],
    ['that does not know its size has nothing to say', { bsize: 4096, blocks: 0, bfree: 0, bavail: 0 }, null],
  ])('%s', async (_title, room, detail) => {
    const signs = createDiskWatch({ folders: ['/data'], percent: 85, statfs: async () => room })
    expect(await signs()).toMatchObject([{ kind: 'disk', name: '/data', desk: null, detail }])
  })

  test('that was nearly full is well again when five percent more are free: it does not come and go', async () => {
    let percent = 85
    const signs = createDiskWatch({ folders: ['/data'], percent: 85, statfs: async () => usedUp(percent) })
    const told = []
    for (percent of [84, 85, 84, 81, 80, 84, 85]) told.push((await signs())[0]?.detail !== null)
    expect(told).toEqual([false, true, true, true, false, false, true])
  })

  test('that fills is told at once; one that is full already when the gateway starts, after the usual time', async () => {
    let percent = 90
    const signs = createDiskWatch({ folders: ['/data'], percent: 85, statfs: async () => usedUp(percent) })
    const watch = createWatch(15 * minute)
    const raised = async (at: number): Promise<number> => watch.look(await signs(), new Date(at * minute)).raised.length
    expect([await raised(0), await raised(14), await raised(15), await raised(16)]).toEqual([0, 0, 1, 0])
    percent = 50
    expect(await raised(17)).toBe(0)
    percent = 90
    expect([await raised(18), await raised(19)]).toEqual([1, 0])
  })

  test('whose folder is not there, or cannot be asked, neither raises an alarm nor ends one', async () => {
    const signs = createDiskWatch({
      folders: ['/none', '/data'],
      percent: 85,
      statfs: async (folder) => {
        if (folder === '/none') throw new Error('ENOENT')
        return usedUp(90)
      },
    })
    expect((await signs()).map(({ name }) => name)).toEqual(['/data'])
  })
})

describe('the words about a disk', () => {
  test.each([
    ['en', 'The disk of “/data” is nearly full'],
    ['fr', 'Le disque de « /data » est presque plein'],
    ['es', 'El disco de «/data» está casi lleno'],
  ])('in %s', (language, words) => {
    expect(alarmWords({ kind: 'disk', name: '/data' }, language)).toBe(words)
  })
})

describe('folders of one disk', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guichet-disk-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('are one disk, and its limit is the one configured', async () => {
    const { configuration } = await loadConfiguration(join(packageRoot, 'guichet.yaml'), {})
    if (configuration === null) throw new Error('the configuration has faults')
    await mkdir(join(folder, 'postgres'))
    const { disks } = await alarmsOf(configuration, [folder, join(folder, 'postgres')])
    expect(disks).toMatchObject({ folders: [folder], percent: 85 })
    expect((await disks?.statfs(folder))?.blocks).toBeGreaterThan(0)
  })
})

describe('a gateway whose disk fills', () => {
  let gateway: TestGateway
  let percent = 60
  beforeAll(async () => {
    gateway = await startGateway({
      desks: [{ desk: testDesk({ supervisors: ['chief@staff.test'], language: 'fr' }) }],
      at: '2026-11-23T09:00:00Z',
      app: () => ({
        alarms: {
          afterMs: 15 * minute,
          mail: [],
          webhook: null,
          disks: { folders: ['/data'], percent: 85, statfs: async () => usedUp(percent) },
        },
      }),
    })
  })
  afterAll(() => gateway.close())

  test('T41: its supervisors are told at once that the disk is nearly full, once, and the metric shows it until there is room', async () => {
    const metric = async (): Promise<string> => gateway.app.metrics.registry.metrics()
    const look = async (): Promise<readonly { to: string; subject: string; text: string }[]> => {
      await gateway.app.lookAround(gateway.now())
      await gateway.app.settle()
      return gateway.take()
    }
    expect(await look()).toEqual([])
    percent = 87
    const [mail, ...more] = await look()
    expect([mail?.to, more]).toEqual(['chief@staff.test', []])
    expect(mail?.subject).toContain('Le disque de « /data » est presque plein')
    expect(mail?.text).toContain('87 % used, 13.0 GB free. Faites-y de la place')
    expect(await metric()).toContain('guichet_alarm{kind="disk",name="/data"} 1')
    expect(await look()).toEqual([])
    percent = 50
    expect(await look()).toEqual([])
    expect(await metric()).toContain('guichet_alarm{kind="disk",name="/data"} 0')
  })
})
