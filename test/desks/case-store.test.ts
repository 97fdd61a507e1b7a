import { afterAll, beforeAll, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { findSimilarCases, forgetCases, rememberCases } from '../../src/desks/case-store.ts'
import { others, samples } from '../support/case-samples.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
const all = [...samples, ...others]
const now = new Date('2026-11-18T09:00:00Z')
const find = async (language: string, text: string, desk = 'help', most = 3) =>
  (await findSimilarCases(database.sql, [{ desk, language, text, most }]))[0] ?? []

beforeAll(async () => {
  database = await createTestDatabase()
  await transaction(database.sql, (tx) =>
    rememberCases(
      tx,
      all.map((one, n) => ({ desk: 'help', ticket: n + 1, ...one })),
      now,
    ),
  )
})
afterAll(() => database.drop())

test('of 200 cases the right one is among the first three for nine of ten people who ask in other words', async () => {
  expect(all).toHaveLength(200)
  expect(samples).toHaveLength(50)
  const found = await findSimilarCases(
    database.sql,
    samples.map(({ language, asked }) => ({ desk: 'help', language, text: `Question\n${asked}`, most: 3 })),
  )
  const missed = samples.filter((_, n) => !found[n]?.some(({ number }) => number === n + 1)).map(({ asked }) => asked)
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(5)
})

test('nothing is shown for what nobody asked before, nor from another desk or in another language', async () => {
  expect(await find('en', 'Where can I buy a ticket for the football match on Saturday evening?')).toEqual([])
  expect(await find('en', '')).toEqual([])
  expect(await find('en', samples[25]?.problem ?? '', 'other')).toEqual([])
  expect(await find('fr', samples[25]?.problem ?? '')).toEqual([])
})

test('accents and quotes do not matter, and no text is a query', async () => {
  expect((await find('fr', 'cle de signature electronique non reconnue par le poste'))[0]?.subject).toBe(
    'Signature électronique',
  )
  for (const text of ["' | 'a:*", '\\', "a' & !b", '<-> (', 'é\0é']) expect(await find('fr', text)).toEqual([])
})

test('a case whose ticket is open again is forgotten, and remembered anew with its new resolution', async () => {
  const [one] = samples
  if (!one) throw new Error('no sample')
  await transaction(database.sql, (tx) => forgetCases(tx, [{ desk: 'help', ticket: 1 }]))
  expect((await find('fr', one.problem)).map(({ number }) => number)).not.toContain(1)
  await transaction(database.sql, (tx) =>
    rememberCases(tx, [{ desk: 'help', ticket: 1, ...one, resolution: 'Autre solution.' }], now),
  )
  expect((await find('fr', one.problem))[0]).toMatchObject({ number: 1, resolution: 'Autre solution.' })
})
