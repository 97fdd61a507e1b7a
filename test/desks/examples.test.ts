import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatFaults } from '../../src/config/fault.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { packageRoot } from '../../src/package-root.ts'

const { configuration, faults } = await loadConfiguration(join(packageRoot, 'guichet.yaml'), {})

test('the example configuration has no fault', () => {
  expect(formatFaults(faults)).toBe('')
  expect(configuration).not.toBeNull()
})

const expected = [
  ['kpolygone-rca', 'RCA', 'fr'],
  ['kpolygone-rdc', 'RDC', 'en'],
  ['spt', 'SPT', 'fr'],
  ['gestion', 'GES', 'es'],
  ['onyx', 'ONX', 'fr'],
] as const

describe.each(expected)('%s', (key, prefix, language) => {
  const desk = configuration?.desks.get(key)

  test('receives at its address, numbers with its prefix and answers in three languages, its own first', () => {
    expect(desk).toMatchObject({ address: `${key}@guichet.test`, prefix, language })
    expect(desk?.languages[0]).toBe(language)
    expect([...(desk?.languages ?? [])].sort()).toEqual(['en', 'es', 'fr'])
  })

  test('has a first and a second line, and a supervisor who may ask for the page', () => {
    const addresses = desk?.staff.map((staff) => staff.address) ?? []
    expect(addresses).toEqual(
      expect.arrayContaining([`agent@${key}.staff.test`, `expert@${key}.staff.test`, ...(desk?.supervisors ?? [])]),
    )
    const teams = (address: string): readonly string[] =>
      Object.entries(desk?.teams ?? {}).flatMap(([name, team]) =>
        team.members.includes(address) ||
        desk?.staff.some((staff) => staff.address === address && staff.groups.includes(name))
          ? [name]
          : [],
      )
    const start = desk?.queues[desk.start.queue]
    expect(teams(`agent@${key}.staff.test`)).toContain(start?.team)
    expect(teams(`expert@${key}.staff.test`)).not.toContain(start?.team)
  })

  test('every name, meaning and sentence is there in all its languages', () => {
    const missing: string[] = []
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null || value instanceof Date) return
      const keys = Object.keys(value)
      if (keys.length > 0 && keys.every((name) => /^(fr|en|es)$/.test(name))) {
        if (keys.length < 3) missing.push(path)
        return
      }
      for (const [name, inner] of Object.entries(value)) look(inner, `${path}.${name}`)
    }
    look(desk, key)
    expect(missing).toEqual([])
  })

  test('every status but the last says who acts next', () => {
    const silent = Object.entries(desk?.statuses ?? {}).filter(
      ([, status]) => status.kind !== 'closed' && status.acts === undefined,
    )
    expect(silent).toEqual([])
  })

  test('clocks are over when a ticket is closed', () => {
    const closed = Object.values(desk?.statuses ?? {}).find((status) => status.kind === 'closed')
    // What begins with the end of a ticket, such as a question about it, goes on.
    for (const clock of desk?.clocks ?? [])
      if (!clock.starts.includes('closed')) expect(closed?.stops).toContain(clock.name)
  })
})
