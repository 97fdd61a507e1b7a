import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { supervisorToken } from '../../src/mail/status-link.ts'
import { createWeb } from '../../src/web/app.ts'
import { revokeLinks } from '../../src/web/store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { ago, bearer, desks, keys, now, pageOf, seeder, seedWorld, supervisorOf, webDeps } from './world.ts'

let db: TestDatabase
let app: ReturnType<typeof createWeb>
beforeAll(async () => {
  db = await createTestDatabase()
  await seedWorld(db.sql)
  app = createWeb(webDeps(db.sql))
})
afterAll(async () => db.drop())

const authorized = { authorization: `Bearer ${bearer}`, 'accept-language': 'en' }
const text = async (path: string): Promise<string> => {
  const answer = await app.request(path, { headers: authorized })
  expect(answer.status).toBe(200)
  return (await answer.text()).replace(/[\u00a0\u202f]/g, ' ')
}

describe('the page of a desk says', () => {
  test.each([
    ['how many are open', 'Open requests: 2'],
    ['by status', /By status.*Open<\/th><td class="n">1<.*Solved<\/th><td class="n">1</s],
    ['by priority', /By priority.*High<\/th><td class="n">1</s],
    ['by queue', /By queue.*First line<\/th><td class="n">2</s],
    ['by age', /1 to 3 days: 1.*over 30 days: 1/s],
    [
      'clocks at risk and breached',
      /first-response<\/th><td class="n">1<\/td><td class="n">0<\/td><td class="n">0<\/td><td class="n bad">1</,
    ],
    ['which request breached', /BLU-7.*<span class="bad">breached/s],
    [
      'held mails with reason, sender and age',
      /The sender is not registered, and this desk.*who@elsewhere\.test.*3 hours/s,
    ],
    ['a mailbox that works', /blue-inbox.*working/s],
    ['a mailbox that fails, with why', /red-inbox.*5 hours.*failing since.*connection refused/s],
    ['bounced deliveries with the answer', /bounced \(30 days\)<\/th><td class="n bad">1<.*550 no such user/s],
    ['queued and suppressed', /queued<\/th><td class="n">1<.*suppressed \(7 days\)<\/th><td class="n">1</s],
    ['the latest requests with their organisation', /BLU-9.*Ann Client.*Acme Lines/s],
    ['opened and closed of 30 days', '2 opened and 1 closed in all'],
  ])('%s', async (_what, expected) => {
    expect(await text('/desks/blue')).toMatch(expected)
  })

  test('no clock of a closed request', async () => {
    expect(await text('/desks/blue')).not.toMatch(/BLU-8<\/th><td><bdi>Older<\/bdi><\/td><td>resolution/)
  })

  test('only the mailboxes of the desk where the configuration tells which', async () => {
    const web = createWeb(webDeps(db.sql, { accounts: (desk) => [`${desk}-inbox`] }))
    const page = await (await web.request('/desks/blue', { headers: authorized })).text()
    expect(page).toContain('blue-inbox')
    expect(page).not.toContain('red-inbox')
  })
})

test('the page of all desks has a line for each, and the mailboxes', async () => {
  const page = await text('/desks')
  expect(page).toMatch(/href="\/desks\/blue">Blue desk<\/a><\/th><td class="n">2<\/td>/)
  expect(page).toMatch(/href="\/desks\/red">Red desk<\/a><\/th><td class="n">0<\/td>/)
  expect(page).toContain('red-inbox')
})

const cookieFrom = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

describe('who is let in', () => {
  test.each([
    ['nobody', '/desks', {}],
    ['a wrong token', '/desks', { authorization: `Bearer ${bearer}x` }],
    ['an empty token', '/desks/blue', { authorization: 'Bearer ' }],
    ['a cookie made up', '/desks/blue', { cookie: 'guichet-all.=1.x; guichet-blue=blue.x' }],
    ['a link made up', '/desks/blue?link=blue.wab.0.4.1.aaaaaaaaaaaaaaaaaaaaaaaaaa', {}],
    ['an unknown desk, without credentials', '/desks/green', {}],
  ])('not %s', async (_who, path, headers: Record<string, string>) => {
    const answer = await app.request(path, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test('an unknown desk is a 404 for who sees all', async () => {
    expect((await app.request('/desks/green', { headers: authorized })).status).toBe(404)
  })

  test('a link to a desk becomes a cookie of that desk alone, on an address without the link', async () => {
    const entered = await app.request(`/desks/blue?link=${supervisorOf('blue', 4)}&lang=es`)
    expect(entered.status).toBe(303)
    expect(entered.headers.get('location')).toBe('/desks/blue?lang=es')
    expect(entered.headers.get('set-cookie')).toMatch(/; Max-Age=604800; Path=\/desks; HttpOnly; SameSite=Lax$/)
    const headers = { cookie: cookieFrom(entered), 'accept-language': 'en' }
    expect((await app.request('/desks/blue', { headers })).status).toBe(200)
    expect((await app.request('/desks/red', { headers })).status).toBe(401)
    const all = await (await app.request('/desks', { headers })).text()
    expect(all).toContain('Blue desk')
    expect(all).not.toContain('Red desk')
    expect(all).not.toContain('red-inbox')
  })

  test('who names no language reads the page of several desks in the language they share, else in English', async () => {
    const page = async (web: ReturnType<typeof createWeb>): Promise<string> =>
      (await web.request('/desks', { headers: { authorization: `Bearer ${bearer}` } })).text()
    expect(await page(app)).toContain('<html lang="fr"')
    const mixed = createWeb(
      webDeps(db.sql, {
        desks: () =>
          new Map([...desks].reverse().map(([key, one]) => [key, key === 'red' ? { ...one, language: 'es' } : one])),
      }),
    )
    expect(await page(mixed)).toContain('<html lang="en"')
  })

  test('the supervisor’s token as a link opens all, without standing in the cookie', async () => {
    const entered = await app.request(`/desks?link=${bearer}`)
    expect(entered.headers.get('location')).toBe('/desks')
    expect(entered.headers.get('set-cookie')).not.toContain(bearer)
    const headers = { cookie: cookieFrom(entered) }
    expect((await app.request('/desks/red', { headers })).status).toBe(200)
    const other = createWeb(webDeps(db.sql, { supervisorToken: 'a new token' }))
    expect((await other.request('/desks/red', { headers })).status).toBe(401)
    const later = createWeb(webDeps(db.sql, { now: () => ago(-24 * 9) }))
    expect((await later.request('/desks/red', { headers })).status).toBe(401)
  })

  test('behind https and a path the cookie is for that path and travels encrypted only', async () => {
    const web = createWeb(webDeps(db.sql, { publicUrl: () => 'https://help.test/support/' }))
    const entered = await web.request(`/desks?link=${bearer}`)
    expect(entered.headers.get('location')).toBe('/support/desks')
    expect(entered.headers.get('set-cookie')).toMatch(/Path=\/support\/desks; HttpOnly; Secure; SameSite=Lax/)
    expect(await (await web.request('/desks', { headers: authorized })).text()).toMatch(
      /href="\/support\/style-[0-9a-f]{16}\.css"/,
    )
  })

  test.each([
    ['an expired link', () => supervisorToken(keys, { desk: 'blue', person: 4, now: ago(24 * 8) })],
    ['the link of somebody who is no supervisor', () => supervisorOf('blue', 1)],
    ['the link of somebody the desk does not know', () => supervisorOf('blue', 4_000)],
    ['a link to a request’s page', () => pageOf(7, 1).slice(3)],
  ])('%s opens nothing', async (_title, link) => {
    expect((await app.request(`/desks/blue?link=${link()}`)).status).toBe(401)
  })

  test('a withdrawn link opens nothing any more, nor does its cookie', async () => {
    const seed = seeder(db.sql, 'red')
    await seed.person(9, 'other-chief@staff.test')
    const entered = await app.request(`/desks/red?link=${supervisorOf('red', 9)}`)
    const headers = { cookie: cookieFrom(entered) }
    expect((await app.request('/desks/red', { headers })).status).toBe(200)
    await transaction(db.sql, (tx) => revokeLinks(tx, { desk: 'red', ticket: 0, person: 9, now, by: 'test' }))
    expect((await app.request('/desks/red', { headers })).status).toBe(401)
  })
})
