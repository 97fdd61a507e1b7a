import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPool } from '../../src/db/pool.ts'
import type { WebLine } from '../../src/web/answer.ts'
import { createWeb } from '../../src/web/app.ts'
import { listenWeb } from '../../src/web/listen.ts'
import { createMetrics } from '../../src/web/metrics.ts'
import { askingAddress, createRateLimit } from '../../src/web/rate-limit.ts'
import { styleName } from '../../src/web/style.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { bearer, pageOf, seedWorld, webDeps } from './world.ts'

let db: TestDatabase
let app: ReturnType<typeof createWeb>
beforeAll(async () => {
  db = await createTestDatabase()
  await seedWorld(db.sql)
  app = createWeb(webDeps(db.sql))
})
afterAll(async () => db.drop())

const paths = (): string[] => [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  pageOf(7, 1),
  '/t/none',
  '/desks',
  '/desks/blue',
  `/${styleName}`,
]

describe('every address', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY'])(
    'answers 405 to %s and names what it allows',
    async (method) => {
      for (const path of paths()) {
        const answer = await app.request(path, { method, headers: { authorization: `Bearer ${bearer}` } })
        expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD'])
      }
    },
  )

  test('answers HEAD like GET, without a body', async () => {
    for (const path of paths()) {
      const [get, head] = [await app.request(path), await app.request(path, { method: 'HEAD' })]
      expect([path, head.status, await head.text()]).toEqual([path, get.status, ''])
    }
  })

  test('carries the strict policy (T16)', async () => {
    for (const path of paths()) {
      const { headers } = await app.request(path)
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      )
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-robots-tag')).toContain('noindex')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toMatch(path.endsWith('.css') ? /immutable/ : /^private, no-store$/)
    }
  })
})

test('the log names neither token nor query (T16, T47)', async () => {
  const lines: WebLine[] = []
  const web = createWeb(webDeps(db.sql, { report: (line) => lines.push(line) }))
  await web.request(`${pageOf(7, 1)}?lang=en`)
  await web.request(`/desks?link=${bearer}`)
  expect(lines.map(({ method, path, status }) => ({ method, path, status }))).toEqual([
    { method: 'GET', path: '/t/[redacted]', status: 200 },
    { method: 'GET', path: '/desks', status: 303 },
  ])
})

test('a fault of ours is a page without details, and stands in the log', async () => {
  const lines: WebLine[] = []
  const fail = (): never => {
    throw new Error('secret detail')
  }
  const web = createWeb(webDeps(db.sql, { address: fail, report: (line) => lines.push(line) }))
  const answer = await web.request(pageOf(7, 1), { headers: { 'accept-language': 'en' } })
  expect(answer.status).toBe(500)
  const page = await answer.text()
  expect(page).toContain('Something went wrong')
  expect(page).not.toContain('secret detail')
  expect(lines[0]?.error?.message).toBe('secret detail')
})

describe('readiness', () => {
  test('is 200 while the database answers and nothing is stuck', async () => {
    await db.sql`update mailbox set failing_since = null`
    const answer = await app.request('/readyz')
    expect([answer.status, await answer.json()]).toMatchObject([200, { ok: true }])
  })

  test.each([
    [
      'mailboxes',
      "update mailbox set failing_since = $1 where account = 'red-inbox'",
      'update mailbox set failing_since = null',
    ],
    [
      'outbox',
      "update outbound set next_attempt_at = $1 where state = 'queued'",
      'update outbound set next_attempt_at = null',
    ],
  ])('is 503 with a reason when the %s have been stuck for half an hour', async (name, spoil, mend) => {
    await db.sql.unsafe(spoil, [new Date('2026-03-10T09:00:00Z').toISOString()])
    const answer = await app.request('/readyz')
    expect(answer.status).toBe(503)
    const { checks } = (await answer.json()) as { checks: { name: string; ok: boolean; reason: string | null }[] }
    expect(checks.filter((check) => !check.ok)).toEqual([
      { name, ok: false, reason: expect.stringContaining('2026-03-10T09:00:00.000Z') },
    ])
    expect(JSON.stringify(checks)).not.toContain('red-inbox')
    await db.sql.unsafe(mend)
  })

  test('is 503 when the process says so', async () => {
    const web = createWeb(
      webDeps(db.sql, { health: () => ({ checks: [{ name: 'process', ok: false, reason: 'stopping' }] }) }),
    )
    expect((await web.request('/readyz')).status).toBe(503)
  })

  test('is 503 without a database, while the process still says it lives and counts', async () => {
    const nowhere = openPool('postgres://nobody@127.0.0.1:1/none', { max: 1 })
    const web = createWeb(webDeps(nowhere))
    const ready = await web.request('/readyz')
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { ok: false, checks: [{ name: 'database', ok: false, reason: 'no answer' }] },
    ])
    expect((await web.request('/healthz')).status).toBe(200)
    expect(await (await web.request('/metrics')).text()).toContain('guichet_database_up 0')
    await nowhere.end({ timeout: 1 })
  })
})

test('the metrics show what rooms counted and what the database holds', async () => {
  const metrics = createMetrics()
  const { counters } = metrics
  counters.received('smtp', 3)
  counters.decided('blue', 'created')
  counters.parked('blue')
  counters.delivered('blue', 'sent', 2)
  counters.took('received-settled', 0.2)
  const web = createWeb(webDeps(db.sql, { metrics }))
  const answer = await web.request('/metrics')
  expect(answer.headers.get('content-type')).toContain('text/plain')
  const lines = (await answer.text()).split('\n')
  for (const line of [
    'guichet_mails_received_total{source="smtp"} 3',
    'guichet_decisions_total{desk="blue",outcome="created"} 1',
    'guichet_mails_parked_total{desk="blue"} 1',
    'guichet_deliveries_total{desk="blue",state="sent"} 2',
    'guichet_stage_seconds_count{stage="received-settled"} 1',
    'guichet_database_up 1',
    'guichet_tickets_open{desk="blue"} 2',
    'guichet_holds{desk="blue"} 1',
    'guichet_outbox{desk="blue",state="bounced"} 1',
    'guichet_outbox{desk="blue",state="queued"} 1',
    'guichet_clocks{desk="blue",stage="breached"} 1',
    'guichet_clocks{desk="blue",stage="warned"} 1',
    'guichet_mailbox_lag_seconds{account="red-inbox",folder="INBOX"} 18000',
  ])
    expect(lines).toContain(line)
  expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true)
  expect(lines.some((line) => line.includes('@'))).toBe(false)
})

describe('limits', () => {
  test('an address that asks too often waits, and may ask again later', () => {
    let at = 0
    const limit = createRateLimit({ questions: 3, misses: 3 }, () => at)
    expect([1, 2, 3, 4].map(() => limit.allow('a'))).toEqual([true, true, true, false])
    expect(limit.allow('b')).toBe(true)
    at = 20_000
    expect([limit.allow('a'), limit.allow('a')]).toEqual([true, false])
  })

  test.each([
    ['a direct peer', '203.0.113.7', undefined, '203.0.113.7'],
    ['a direct peer that claims to be somebody else', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['the last address a proxy of this machine noted', '127.0.0.1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['IPv4 written as IPv6', '::ffff:203.0.113.7', undefined, '203.0.113.7'],
    ['the first half of an IPv6 address', '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2'],
    ['the same network written short', '2001:db8:1:2::9', undefined, '2001:db8:1:2'],
    ['a short IPv6 address', '2001:db8::1', undefined, '2001:db8:0:0'],
  ])('count %s', (_title, peer, forwarded, expected) => {
    expect(askingAddress(peer, forwarded)).toBe(expected)
  })

  test('whatever a proxy notes is an address to count', () => {
    fc.assert(fc.property(fc.string(), (noted) => typeof askingAddress('::1', noted) === 'string'))
  })
})

test('pages are served over the network, and the listener closes at once', async () => {
  const listener = await listenWeb(app, { host: '127.0.0.1', port: 0 })
  const at = `http://127.0.0.1:${listener.port}`
  const page = await fetch(at + pageOf(7, 1))
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('BLU-7')])
  expect((await fetch(`${at}/t/%E0%A4%A`)).status).toBe(404)
  expect((await fetch(`${at}/healthz`, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(405)
  await expect(listenWeb(app, { host: '127.0.0.1', port: listener.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await listener.close()
  await expect(fetch(`${at}/healthz`)).rejects.toThrow()
})
