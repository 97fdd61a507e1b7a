import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import type { OutboundMail } from '../../src/outbound/draft.ts'
import { nextAttempt } from '../../src/outbound/retry.ts'
import {
  actOnOutbound,
  claimOutbound,
  countOutbound,
  findOutbound,
  findOutboundBytes,
  findTrouble,
  insertOutbound,
  listOutbound,
  measureBacklog,
  type NewOutbound,
  type OutboxAct,
  settleOutbound,
  troubleKey,
} from '../../src/outbound/store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

const now = new Date('2025-03-03T09:00:00Z')
const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000)
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.sql`truncate outbound, told`
})

const mailOf = (id: number, overrides: Partial<OutboundMail> = {}): OutboundMail => ({
  id,
  desk: 'garage',
  ticket: 1,
  person: 1,
  recipient: 'zoe@client.test',
  envelopeFrom: 'b@reply.test',
  messageId: `m${id}@reply.test`,
  subject: 'Réf. "a" \\ {b}',
  template: 'reply',
  automatic: false,
  author: null,
  bytes: Buffer.from([0, 1, 0x5c, 0x22, 0xff, id]),
  ...overrides,
})
const queued = (mail: OutboundMail): NewOutbound => ({ mail, state: 'queued', reason: null, raw: null })
const insert = (...rows: NewOutbound[]): Promise<void> =>
  transaction(database.sql, (tx) => insertOutbound(tx, rows, now))
const claim = (options: { limit?: number; maxBytes?: number; at?: Date } = {}) =>
  claimOutbound(database.sql, {
    limit: options.limit ?? 100,
    maxBytes: options.maxBytes ?? 1e6,
    now: options.at ?? now,
    leaseMs: 60_000,
  })
const act = (what: OutboxAct, id: number): Promise<boolean> =>
  transaction(database.sql, (tx) => actOnOutbound(tx, what, { desk: 'garage', id }, 'ana@staff.test', now))

test('a batch is stored in one statement, whatever stands in it, and a repeated one changes nothing', async () => {
  await insert(queued(mailOf(1)), {
    mail: mailOf(2, { ticket: null, author: 'ana@staff.test' }),
    state: 'suppressed',
    reason: 'once a day',
    raw: null,
  })
  await insert(queued(mailOf(1, { subject: 'other' })))
  expect(await listOutbound(database.sql, { limit: 10 })).toMatchObject([
    { id: 2, state: 'suppressed', reason: 'once a day', ticket: null, author: 'ana@staff.test' },
    { id: 1, state: 'queued', subject: 'Réf. "a" \\ {b}', nextAttemptAt: now, createdAt: now },
  ])
  expect(await findOutboundBytes(database.sql, { desk: 'garage', id: 1 })).toEqual(mailOf(1).bytes)
})

test('a large mail between small ones comes back as it was', async () => {
  const large = Buffer.alloc(3_000_000, 'ab\\c\0d')
  await insert(queued(mailOf(1)), queued(mailOf(2, { bytes: large })), queued(mailOf(3)))
  expect((await findOutboundBytes(database.sql, { desk: 'garage', id: 2 }))?.equals(large)).toBe(true)
  expect((await claim({ maxBytes: 1e7 })).mails.map((mail) => mail.id)).toEqual([1, 2, 3])
})

test('two claims never get the same mail', async () => {
  await insert(...Array.from({ length: 60 }, (_, i) => queued(mailOf(i + 1))))
  const claims = await Promise.all(Array.from({ length: 6 }, () => claim({ limit: 10 })))
  const ids = claims.flatMap((one) => one.mails.map((mail) => mail.id))
  expect(new Set(ids).size).toBe(ids.length)
  expect((await claim()).mails.length + ids.length).toBe(60)
})

test('a claim is bounded by octets, but always takes one', async () => {
  await insert(...[1, 2, 3].map((id) => queued(mailOf(id, { bytes: Buffer.alloc(1000) }))))
  expect((await claim({ maxBytes: 1500 })).mails).toHaveLength(2)
  expect((await claim({ maxBytes: 1 })).mails).toHaveLength(1)
})

test('an answer that comes after the row was given up as uncertain is believed', async () => {
  await insert(queued(mailOf(1)))
  const [mail] = (await claim()).mails
  await database.sql`update outbound set phase = 'data'`
  expect((await claim({ at: later(2) })).lost).toEqual([{ desk: 'garage', id: 1 }])
  await settleOutbound(
    database.sql,
    [
      {
        desk: 'garage',
        id: 1,
        attempt: mail?.attempt ?? 0,
        state: 'sent',
        response: '250 ok',
        reason: null,
        nextAttemptAt: null,
      },
    ],
    later(3),
  )
  expect(await findOutbound(database.sql, { desk: 'garage', id: 1 })).toMatchObject({ state: 'sent', sentAt: later(3) })
})

test('a result of an older attempt changes nothing', async () => {
  await insert(queued(mailOf(1)))
  await claim()
  await claim({ at: later(2) })
  await settleOutbound(
    database.sql,
    [{ desk: 'garage', id: 1, attempt: 1, state: 'bounced', response: '550', reason: '550', nextAttemptAt: null }],
    later(3),
  )
  expect(await findOutbound(database.sql, { desk: 'garage', id: 1 })).toMatchObject({ state: 'queued', attempt: 2 })
})

describe('a person decides', () => {
  test.each<[OutboxAct, string, boolean, string]>([
    ['retry', 'uncertain', true, 'queued'],
    ['retry', 'dead', true, 'queued'],
    ['retry', 'bounced', true, 'queued'],
    ['retry', 'sent', false, 'sent'],
    ['resolve', 'uncertain', true, 'sent'],
    ['resolve', 'bounced', false, 'bounced'],
    ['release', 'held', true, 'queued'],
    ['release', 'suppressed', true, 'queued'],
    ['release', 'uncertain', false, 'uncertain'],
  ])('%s of a mail that is %s: %s', async (what, state, done, after) => {
    await insert(queued(mailOf(1)))
    await database.sql`update outbound set state = ${state}, phase = 'data', attempt = 3, next_attempt_at = null`
    expect(await act(what, 1)).toBe(done)
    expect(await findOutbound(database.sql, { desk: 'garage', id: 1 })).toMatchObject({
      state: after,
      ...(done ? { reason: `${what} by ana@staff.test` } : {}),
    })
    expect((await claim()).mails).toHaveLength(after === 'queued' ? 1 : 0)
  })
})

test('trouble of which nobody was told is found until it is told', async () => {
  await insert(queued(mailOf(1)), queued(mailOf(2)))
  await database.sql`update outbound set state = 'bounced', reason = '550 no', response = '550 no', attempt = 1 where id = 2`
  expect(await findTrouble(database.sql, 10)).toEqual([
    { desk: 'garage', id: 2, attempt: 1, state: 'bounced', reason: '550 no' },
  ])
  await database.sql`insert into told (desk, key, created_at) values ('garage', ${troubleKey({ desk: 'garage', id: 2, attempt: 1, state: 'bounced', reason: '' })}, ${now})`
  expect(await findTrouble(database.sql, 10)).toEqual([])
})

test('the outbox is counted, and its backlog measured', async () => {
  await insert(queued(mailOf(1)), queued(mailOf(2)), { mail: mailOf(3), state: 'held', reason: 'x', raw: null })
  expect(await countOutbound(database.sql)).toEqual([
    { desk: 'garage', state: 'held', mails: 1 },
    { desk: 'garage', state: 'queued', mails: 2 },
  ])
  expect(await measureBacklog(database.sql, later(5))).toEqual({ due: 2, oldest: now })
})

test.each([
  ['refused', 1, 1],
  ['refused', 4, 30],
  ['refused', 9, 60],
  ['unreachable', 1, 1],
  ['unreachable', 9, 5],
] as const)('%s after %i attempts waits %i minutes', (delay, attempt, minutes) => {
  expect(nextAttempt(delay, attempt, now, now)).toEqual(later(minutes))
})

test('what would come after five days does not come', () => {
  expect(nextAttempt('refused', 9, now, later(5 * 24 * 60 - 60))).toEqual(later(5 * 24 * 60))
  expect(nextAttempt('refused', 9, now, later(5 * 24 * 60 - 59))).toBeNull()
})
