import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWeb } from '../../src/web/app.ts'
import { listenWeb, type WebListener } from '../../src/web/listen.ts'
import { axeFaults, browserPath, openBrowser, overflow, watchPage } from '../support/browser.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { bearer, pageOf, seeder, seedWorld, supervisorOf, webDeps } from './world.ts'

const pages: readonly [string, string][] = [
  ['a request', pageOf(7, 1)],
  ['a solved request', pageOf(9, 1)],
  ['a request on a portal desk', pageOf(3, 1, 'red')],
  ['all desks', '/desks'],
  ['a desk', '/desks/blue'],
  ['a desk without anything', '/desks/red'],
  ['a link that opens nothing', '/t/none'],
]

describe.skipIf(browserPath === null)('in Chromium', () => {
  let db: TestDatabase
  let listener: WebListener
  let browser: Browser
  let origin: string
  beforeAll(async () => {
    db = await createTestDatabase()
    await seedWorld(db.sql)
    const red = seeder(db.sql, 'red')
    await red.person(1, 'rita@client.test', 'Rita', 'en')
    await red.ticket(3, { subject: `word${'word'.repeat(60)} https://long.test/${'a/'.repeat(90)}` })
    await red.participant(3, 1, 'requester')
    await red.entry(3, {
      author: 'rita@client.test',
      text: `${'unbroken'.repeat(60)}\n${'| wide | table '.repeat(30)}`,
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

  const contextOf = (options: { width?: number; script?: boolean } = {}) =>
    browser.newContext({
      viewport: { width: options.width ?? 1100, height: 900 },
      extraHTTPHeaders: { authorization: `Bearer ${bearer}` },
      javaScriptEnabled: options.script ?? true,
    })

  test.each(pages)(
    '%s has no accessibility fault in any language, by day and by night, and asks nothing of anybody else',
    async (_name, path) => {
      const context = await contextOf()
      const { page, troubles } = await watchPage(context, origin)
      for (const language of ['fr', 'en', 'es']) {
        await page.goto(`${origin}${path}?lang=${language}`)
        expect(await page.getAttribute('html', 'lang')).toBe(language)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          expect(await axeFaults(page)).toEqual([])
        }
      }
      // A browser notes the status of a page that is not there.
      expect(troubles.filter((trouble) => !trouble.includes('status of 404'))).toEqual([])
      await context.close()
    },
  )

  test.each(pages)('%s fits a phone of 360 pixels, one of 320, and a sheet of paper', async (_name, path) => {
    const context = await contextOf({ width: 360 })
    const page = await context.newPage()
    for (const language of ['fr', 'en', 'es']) {
      await page.setViewportSize({ width: 360, height: 740 })
      await page.goto(`${origin}${path}?lang=${language}`)
      expect(await overflow(page)).toBe(0)
      await page.setViewportSize({ width: 320, height: 640 })
      expect(await overflow(page)).toBe(0)
      await page.emulateMedia({ media: 'print' })
      await page.setViewportSize({ width: 690, height: 980 })
      expect(await overflow(page)).toBe(0)
      await page.emulateMedia({ media: 'screen' })
    }
    await context.close()
  })

  test('a supervisor who opens a link stands on an address without it', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${origin}/desks/blue?link=${supervisorOf('blue', 4)}`)
    expect(page.url()).toBe(`${origin}/desks/blue`)
    expect(await page.textContent('h1')).toContain('Blue desk')
    await page.reload()
    expect(await page.textContent('h1')).toContain('Blue desk')
    await context.close()
  })

  test('the pages say the same without script', async () => {
    const texts: (string | null)[] = []
    for (const script of [true, false]) {
      const context = await contextOf({ script })
      const page = await context.newPage()
      await page.goto(`${origin}/desks/blue`)
      texts.push(await page.textContent('main'))
      await context.close()
    }
    expect(texts[0]).toBe(texts[1])
  })

  test('a switch of language keeps the page', async () => {
    const context = await contextOf()
    const page = await context.newPage()
    await page.goto(origin + pageOf(7, 1))
    await page.click('a[hreflang=es]')
    expect(await page.textContent('h1')).toContain('Solicitud BLU-7')
    await context.close()
  })
})
