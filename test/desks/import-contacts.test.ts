import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportContacts, importContacts } from '../../src/desks/import-contacts.ts'
import { loadPeople } from '../../src/desks/store.ts'
import { packageRoot } from '../../src/package-root.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

const now = new Date('2026-11-18T10:00:00Z')
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

const person = async (desk: string, address: string) =>
  [...(await loadPeople(database.sql, [{ desk, address }])).values()][0]

const table = `address,name,organisation,organisation-country,category,language,phone,trained
mia@farm.test mia@home.test,Mia Farmer,Farm,FR,grower,fr,+33 1 23 45 67 89,yes
leo@farm.test,Leo,Farm,,picker,,,no
`

describe('contacts', () => {
  test('are people with all their addresses, and importing them again changes nothing', async () => {
    expect(await importContacts(database.sql, 'a', table, now)).toEqual({
      created: 2,
      changed: 0,
      unchanged: 0,
      faults: [],
    })
    const mia = await person('a', 'mia@home.test')
    expect(mia?.contact).toMatchObject({
      key: 'mia@farm.test',
      name: 'Mia Farmer',
      language: 'fr',
      phone: '+33 1 23 45 67 89',
      attributes: { category: 'grower', trained: 'yes' },
      organisation: { key: 'farm', name: 'Farm', attributes: { country: 'FR' } },
    })
    expect(await importContacts(database.sql, 'a', table, now)).toMatchObject({ created: 0, changed: 0, unchanged: 2 })
  })

  test('a changed row changes one contact, found by any of its addresses', async () => {
    await importContacts(database.sql, 'b', table, now)
    const before = await person('b', 'mia@home.test')
    const outcome = await importContacts(
      database.sql,
      'b',
      'address,category\nmia@home.test new@home.test,buyer\n',
      now,
    )
    expect(outcome).toMatchObject({ created: 0, changed: 1, unchanged: 0 })
    const after = await person('b', 'new@home.test')
    expect(after?.contact).toMatchObject({
      id: before?.contact?.id,
      name: 'Mia Farmer',
      phone: '+33 1 23 45 67 89',
      attributes: { category: 'buyer', trained: 'yes' },
    })
    expect((await person('b', 'mia@farm.test'))?.contact).toBeNull()
  })

  test('an empty cell takes an attribute away', async () => {
    await importContacts(database.sql, 'c', table, now)
    await importContacts(database.sql, 'c', 'address,trained,phone\nmia@farm.test mia@home.test,,\n', now)
    expect((await person('c', 'mia@farm.test'))?.contact).toMatchObject({
      attributes: { category: 'grower' },
      phone: null,
    })
  })

  test('an address goes over to another contact', async () => {
    await importContacts(database.sql, 'd', table, now)
    await importContacts(database.sql, 'd', 'address,name\nmia@farm.test,Mia\nleo@farm.test mia@home.test,Leo\n', now)
    expect((await person('d', 'mia@home.test'))?.contact?.name).toBe('Leo')
    expect((await person('d', 'mia@farm.test'))?.contact?.name).toBe('Mia')
  })

  test('rows with faults are named, the others imported', async () => {
    const outcome = await importContacts(database.sql, 'e', 'address\nmia@farm.test\nnobody\n', now)
    expect(outcome).toMatchObject({ created: 1, faults: [{ line: 3, column: 1 }] })
  })

  test('desks do not share their contacts', async () => {
    expect(await person('f', 'mia@farm.test')).toBeUndefined()
  })

  test('two thousand are one matter, and come back as they were exported', async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => `u${i}@farm.test,Person ${i},Farm,grower,@evil`)
    const text = `address,name,organisation,category,note\n${rows.join('\n')}\n`
    expect(await importContacts(database.sql, 'g', text, now)).toMatchObject({ created: 2_000, changed: 0 })
    const exported = await exportContacts(database.sql, 'g')
    expect(exported).toContain(",'@evil,")
    expect(await importContacts(database.sql, 'g', exported, now)).toMatchObject({ changed: 0, unchanged: 2_000 })
  })

  test.each(['kpolygone-rca', 'kpolygone-rdc', 'spt', 'gestion', 'onyx'])(
    'of the example desk %s are there with their organisation',
    async (key) => {
      const text = await readFile(join(packageRoot, 'desks/contacts', `${key}.csv`), 'utf8')
      const outcome = await importContacts(database.sql, key, text, now)
      expect(outcome.faults).toEqual([])
      const first = await person(key, `contact@${key}.client.test`)
      const second = await person(key, `other@${key}.client.test`)
      expect(first?.contact?.organisation?.key).toBe(second?.contact?.organisation?.key)
      expect(first?.contact?.active).toBe(true)
      expect(await importContacts(database.sql, key, text, now)).toMatchObject({ created: 0, changed: 0 })
    },
  )
})
