import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWeb } from '../../src/web/app.ts'
import { listenWeb, type WebListener } from '../../src/web/listen.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { pageOf, seeder, seedWorld, webDeps } from '../web/world.ts'

describe.skipIf(browserPath === null)('T16, T24: in Chromium', () => {
  let db: TestDatabase
  let listener: WebListener
  let browser: Browser
  let origin: string
  beforeAll(async () => {
    db = await createTestDatabase()
    await seedWorld(db.sql)
    const red = seeder(db.sql, 'red')
    await red.person(1, 'rita@client.test', 'Rita', 'en')
    await red.ticket(3, { subject: 'See https://elsewhere.test/page' })
    await red.participant(3, 1, 'requester')
    await red.entry(3, {
      author: 'rita@client.test',
      text: 'See https://elsewhere.test/other and [x](https://elsewhere.test/)',
    })
    listener = await listenWeb(createWeb(webDeps(db.sql)), { host: '127.0.0.1', port: 0 })
    origin = `http://127.0.0.1:${listener.port}`
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await listener?.close()
    await db?.drop()
  })

  const state = async (): Promise<unknown> =>
    (
      await db.sql`select
        (select md5(string_agg(t::text, '' order by number)) from ticket t) as tickets,
        (select md5(string_agg(p::text, '' order by ticket, person)) from participant p) as people,
        (select md5(string_agg(e::text, '' order by id)) from entry e) as entries,
        (select count(*) from outbound) as mails, (select count(*) from inbound) as inbound`
    )[0]

  test('whoever clicks every link of a page gives its address to nobody, and changes nothing', async () => {
    const before = await state()
    let outside = 0
    for (const path of [pageOf(7, 1), pageOf(9, 1), pageOf(3, 1, 'red')]) {
      const context = await browser.newContext()
      const told: string[] = []
      await context.route('**', async (route) => {
        const request = route.request()
        const address = request.url()
        if (address.startsWith(`${origin}/`)) return route.continue()
        const headers = await request.allHeaders()
        told.push(`${address} ${headers.referer ?? ''}`)
        return route.fulfill({ status: 200, contentType: 'text/html', body: 'elsewhere' })
      })
      const page = await context.newPage()
      await page.goto(origin + path)
      const links = await page.$$eval('a[href]', (found) => found.map((link) => link.getAttribute('href') ?? ''))
      expect(links.length).toBeGreaterThan(1)
      for (const [index, href] of links.entries()) {
        if (href.startsWith('mailto:') || href.startsWith('tel:')) continue
        await page.goto(origin + path)
        const from = page.url()
        if (new URL(href, from).href === from) continue
        await page.locator('a[href]').nth(index).dispatchEvent('click')
        await page.waitForURL((url) => url.href !== from)
      }
      const token = path.slice('/t/'.length)
      for (const line of told) expect(line).not.toContain(token)
      // Nothing of a mail is a link here; only the desk’s own portal may be one.
      for (const line of told) expect(line).not.toContain('elsewhere.test')
      outside += told.length
      await context.close()
    }
    // The portal’s link was followed, so that there was something to see.
    expect(outside).toBeGreaterThan(0)
    expect(await state()).toEqual(before)
  }, 60_000)
})
