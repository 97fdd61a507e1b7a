import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { type Reception, receive } from '../../src/inbound/receive.ts'
import {
  claimInbound,
  countInbound,
  failInbound,
  findInbound,
  loadRaw,
  loadReceipts,
  releaseInbound,
  retryParked,
  settleInbound,
  streamRaw,
} from '../../src/inbound/store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { mailBytes, rawMail } from '../support/raw-mail.ts'

let db: TestDatabase
let deps: Reception
let woken = 0
const now = new Date('2026-11-02T09:00:05Z')
const later = (ms: number): Date => new Date(now.getTime() + ms)
const claim = (at = now, limit = 100, maxBytes = 1e9) =>
  claimInbound(db.sql, { limit, maxBytes, leaseMs: 60_000, now: at })

beforeAll(async () => {
  db = await createTestDatabase()
  deps = {
    sql: db.sql,
    now: async () => now,
    route: (envelope) => envelope.rcptTo.map((rcpt) => rcpt.slice(0, rcpt.indexOf('@'))),
    wake: () => woken++,
  }
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.sql`truncate inbound, receipt, raw_chunk, raw_mail`
  woken = 0
})

describe('receiving', () => {
  test('a mail is stored byte for byte, and its work waits', async () => {
    const bytes = Buffer.concat([mailBytes(), Buffer.from([0, 255, 13, 0, 10, 128])])
    const [receipt] = await receive(deps, [rawMail(bytes)])
    expect(receipt).toMatchObject({ duplicate: false, desks: ['desk'] })
    const [claimed] = await claim()
    expect(claimed?.bytes?.equals(bytes)).toBe(true)
    expect(claimed?.envelope).toMatchObject({
      mailFrom: 'awa@client.test',
      rcptTo: ['desk@guichet.test'],
      ip: '192.0.2.1',
    })
    expect(woken).toBe(1)
  })

  test('a mail of several megabytes is cut into pieces and joined again', async () => {
    const bytes = Buffer.concat([mailBytes(), Buffer.alloc(3 * 1024 * 1024 + 17, 'abcdefg\r\n')])
    const [receipt] = await receive(deps, [rawMail(bytes)])
    const raw = receipt?.raw ?? 0
    expect((await loadRaw(db.sql, raw))?.equals(bytes)).toBe(true)
    const pieces: Buffer[] = []
    for await (const piece of streamRaw(db.sql, raw)) pieces.push(piece)
    expect(pieces).toHaveLength(4)
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
  })

  test('a mail that continues outside memory is the mail it would be in memory', async () => {
    const bytes = Buffer.concat([mailBytes(), Buffer.alloc(3 * 1024 * 1024 + 17, 'abcdefg\r\n')])
    const cut = 1024 * 1024
    const rest = {
      size: bytes.length - cut,
      read: async (from: number, to: number) => bytes.subarray(cut + from, cut + to),
    }
    const [receipt] = await receive(deps, [{ ...rawMail(bytes.subarray(0, cut)), rest }])
    expect((await loadRaw(db.sql, receipt?.raw ?? 0))?.equals(bytes)).toBe(true)
    const [row] = await db.sql`select size, encode(sha256, 'hex') as sha256 from raw_mail`
    expect(row).toEqual({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    const [again] = await receive(deps, [rawMail(bytes)])
    expect(again).toEqual({ raw: receipt?.raw, duplicate: true, desks: [] })
  })

  test('small and large mails of one batch keep their order and their bytes', async () => {
    const sizes = [10, 20_000, 30_000, 10, 2_500_000, ...Array.from({ length: 21 }, () => 17_000), 10, 1_048_576, 10]
    const mails = sizes.map((size) => mailBytes({ body: 'x'.repeat(size) }))
    const receipts = await receive(
      deps,
      mails.map((bytes) => rawMail(bytes)),
    )
    const raws = receipts.map((receipt) => receipt.raw)
    expect(raws).toEqual([...raws].sort((a, b) => a - b))
    for (const [i, raw] of raws.entries())
      expect((await loadRaw(db.sql, raw))?.equals(mails[i] ?? Buffer.alloc(0))).toBe(true)
  })

  test('the same mail to a second alias of the desk is a second receipt and no new work', async () => {
    const bytes = mailBytes()
    const [first] = await receive(deps, [rawMail(bytes)])
    const [second] = await receive(deps, [rawMail(bytes, { sourceId: 'other', rcptTo: ['desk@alias.test'] })])
    expect(second).toEqual({ raw: first?.raw, duplicate: true, desks: [] })
    expect(await loadReceipts(db.sql, first?.raw ?? 0)).toHaveLength(2)
    expect(await claim()).toHaveLength(1)
    expect(woken).toBe(1)
  })

  test('the same mail to another desk is work for that desk, once', async () => {
    const bytes = mailBytes()
    await receive(deps, [rawMail(bytes)])
    const receipts = await receive(deps, [
      rawMail(bytes, { rcptTo: ['other@guichet.test'] }),
      rawMail(bytes, { rcptTo: ['desk@guichet.test', 'other@guichet.test'] }),
    ])
    expect(receipts.map((r) => r.desks)).toEqual([['other'], []])
    expect((await claim()).map((c) => c.desk)).toEqual(['desk', 'other'])
  })

  test('the same mail twice in one batch is one mail', async () => {
    const bytes = mailBytes()
    const receipts = await receive(deps, [rawMail(bytes), rawMail(bytes)])
    expect(receipts.map((r) => r.duplicate)).toEqual([false, true])
    expect(receipts[0]?.raw).toBe(receipts[1]?.raw)
  })

  test('a mail that its source shows again is neither mail nor receipt nor work', async () => {
    const mail = rawMail(mailBytes())
    const [first] = await receive(deps, [mail])
    await receive(deps, [mail, mail])
    expect(await loadReceipts(db.sql, first?.raw ?? 0)).toHaveLength(1)
    expect(await claim()).toHaveLength(1)
  })

  test('another mail under a name that its source has used before is not lost', async () => {
    const [first, second] = [rawMail(mailBytes(), { sourceId: 'box:1' }), rawMail(mailBytes(), { sourceId: 'box:1' })]
    await receive(deps, [first])
    for (let i = 0; i < 2; i++) await receive(deps, [second])
    expect(await claim()).toHaveLength(2)
    expect((await db.sql`select from receipt`).length).toBe(2)
  })

  test('a thousand mails without Message-ID in the same second are a thousand', async () => {
    const bytes = mailBytes({ headers: { 'Message-ID': undefined } })
    const mails = Array.from({ length: 1000 }, () => rawMail(bytes))
    await receive(deps, mails)
    await receive(deps, mails)
    const [count] = await db.sql<{ mails: number; work: number }[]>`
      select (select count(*) from raw_mail)::int as mails, (select count(*) from inbound)::int as work`
    expect(count).toEqual({ mails: 1000, work: 1000 })
  })

  test('another text under a known Message-ID is another mail', async () => {
    const headers = { 'Message-ID': '<same@client.test>' }
    await receive(deps, [rawMail(mailBytes({ headers })), rawMail(mailBytes({ headers, body: 'autre' }))])
    expect(await claim()).toHaveLength(2)
  })

  test('an envelope with NUL and half characters is stored without them', async () => {
    const [receipt] = await receive(deps, [rawMail(mailBytes(), { helo: 'a\0b\ud800', mailFrom: 'x\0@y.test' })])
    expect(await loadReceipts(db.sql, receipt?.raw ?? 0)).toMatchObject([{ helo: 'ab\ufffd', mailFrom: 'x@y.test' }])
  })

  test('eight processes that store the same mails at once store each once', async () => {
    const mails = Array.from({ length: 40 }, () => mailBytes())
    const rounds = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? mails : [...mails].reverse()))
    const settled = await Promise.allSettled(
      rounds.map((round) =>
        receive(
          deps,
          round.map((bytes) => rawMail(bytes)),
        ),
      ),
    )
    // PostgreSQL may end one of two that wait for each other; that one is given again.
    for (const [i, outcome] of settled.entries())
      if (outcome.status === 'rejected')
        await receive(
          deps,
          (rounds[i] ?? []).map((bytes) => rawMail(bytes)),
        )
    const [count] = await db.sql<{ mails: number; receipts: number; work: number }[]>`
      select (select count(*) from raw_mail)::int as mails, (select count(*) from receipt)::int as receipts, (select count(*) from inbound)::int as work`
    expect(count).toEqual({ mails: 40, receipts: 320, work: 40 })
  })
})

describe('claiming', () => {
  test('work comes in the order of receipt, as much as fits, and nobody else gets it', async () => {
    const mails = Array.from({ length: 12 }, (_, i) => mailBytes({ headers: { Subject: `n${i}` } }))
    await receive(
      deps,
      mails.map((bytes) => rawMail(bytes)),
    )
    const first = await claim(now, 5)
    const size = mails[5]?.length ?? 0
    const second = await claim(now, 100, size * 2 + 1)
    const third = await claim()
    expect([...first, ...second, ...third].map((c) => /Subject: (\w+)/.exec(String(c.bytes))?.[1])).toEqual(
      mails.map((_, i) => `n${i}`),
    )
    expect([first.length, second.length]).toEqual([5, 3])
    expect(await claim()).toEqual([])
  })

  test('one mail is given even when it is larger than the bound', async () => {
    await receive(deps, [rawMail(mailBytes()), rawMail(mailBytes())])
    expect(await claim(now, 100, 1)).toHaveLength(1)
  })

  test('a worker that dies costs one attempt, and a late one settles nothing', async () => {
    await receive(deps, [rawMail(mailBytes())])
    const [lost] = await claim()
    expect(await claim(later(59_000))).toEqual([])
    const [again] = await claim(later(61_000))
    expect([lost?.attempt, again?.attempt]).toEqual([1, 2])
    const settled = (attempt: number) =>
      transaction(db.sql, (tx) =>
        settleInbound(
          tx,
          [
            {
              desk: 'desk',
              raw: again?.raw ?? 0,
              attempt,
              outcome: 'new-ticket',
              ticket: 7,
              trail: [{ why: 'a\0\ud800b' }],
              authentication: null,
              messageId: 'x\0y',
              sender: 's',
              subject: 't',
            },
          ],
          now,
        ),
      )
    expect(await settled(1)).toBe(0)
    expect(await settled(2)).toBe(1)
    expect(await settled(2)).toBe(0)
    expect(await findInbound(db.sql, [again?.raw ?? 0])).toMatchObject([
      { state: 'done', outcome: 'new-ticket', ticket: 7, trail: [{ why: 'a\ufffdb' }], messageId: 'xy', attempt: 2 },
    ])
  })

  test('a mail that fails three times is parked and can be put back', async () => {
    const [receipt] = await receive(deps, [rawMail(mailBytes())])
    const raw = receipt?.raw ?? 0
    const fail = (attempt: number, at: Date) =>
      failInbound(db.sql, { desk: 'desk', raw, attempt, error: 'it\0broke', now: at, parkAfter: 3, retryInMs: 1000 })
    await claim()
    expect(await fail(1, now)).toBe('retry')
    expect(await claim(later(999))).toEqual([])
    await claim(later(1001))
    expect(await fail(1, now)).toBe('stale')
    expect(await fail(2, later(1001))).toBe('retry')
    await claim(later(3000))
    expect(await fail(3, later(3000))).toBe('parked')
    expect(await countInbound(db.sql)).toEqual([{ desk: 'desk', waiting: 0, parked: 1, oldestAt: null }])
    expect(await findInbound(db.sql, [raw])).toMatchObject([{ state: 'parked', error: 'itbroke' }])
    expect(await transaction(db.sql, (tx) => retryParked(tx, [raw], later(4000)))).toBe(1)
    expect(await claim(later(4000))).toMatchObject([{ raw, attempt: 1 }])
  })

  test('work given back by a stopping worker is there at once and uncounted', async () => {
    await receive(deps, [rawMail(mailBytes())])
    const claims = await claim()
    expect(await releaseInbound(db.sql, claims)).toBe(1)
    expect(await claim()).toMatchObject([{ attempt: 1 }])
  })

  test('two workers at once share the work without overlap', async () => {
    await receive(
      deps,
      Array.from({ length: 60 }, () => rawMail(mailBytes())),
    )
    const claims = await Promise.all([claim(now, 20), claim(now, 20), claim(now, 20), claim(now, 20)])
    const raws = claims.flat().map((c) => c.raw)
    expect(new Set(raws).size).toBe(raws.length)
    const rest = await claim()
    expect(raws.length + rest.length).toBe(60)
  })
})
