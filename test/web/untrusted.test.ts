import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWeb } from '../../src/web/app.ts'
import { listenWeb, type WebListener } from '../../src/web/listen.ts'
import { browserPath, openBrowser, watchPage } from '../support/browser.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { corpus as payloads } from './payloads.ts'
import { ago, bearer, pageOf, seeder, webDeps } from './world.ts'

/*
 * Each payload stands in every place that mail can reach: subject, text, name of author and participant, address, file name,
 * public field, changes, held mail, server's answer, mailbox error, organisation. Several share a page, so that the browser
 * loads few.
 */
const aPage = 12
let db: TestDatabase
let app: ReturnType<typeof createWeb>
const tickets: number[] = []

beforeAll(async () => {
  db = await createTestDatabase()
  app = createWeb(webDeps(db.sql))
  const seed = seeder(db.sql)
  await seed.person(1, 'ann@client.test', 'Ann')
  for (const [index, payload] of payloads.entries()) {
    const ticket = index + 1
    tickets.push(ticket)
    const person = index + 100
    await seed.person(person, `${index}${payload.replace(/[\s@]/g, '')}@client.test`, payload)
    await db.sql`insert into organisation (desk, key, name) values ('blue', ${`o${index}`}, ${payload})`
    await db.sql`insert into contact (desk, key, name, organisation) values ('blue', ${`c${index}`}, ${payload}, ${`o${index}`})`
    await db.sql`update person set contact = (select id from contact where desk = 'blue' and key = ${`c${index}`}) where id = ${person}`
    await seed.ticket(ticket, {
      subject: payload,
      requester: person,
      fields: { invoice: payload, day: payload },
      status: index % 2 === 0 ? payload : 'new',
      language: index % 3 === 0 ? payload.slice(0, 40) : 'fr',
    })
    await seed.participant(ticket, 1, 'requester')
    await seed.participant(ticket, person)
    for (const text of payloads.slice(index - (index % aPage), index - (index % aPage) + aPage)) {
      const entry = await seed.entry(ticket, {
        author_name: text,
        text,
        data: {
          changes: [
            { field: 'status', from: text, to: payload },
            { field: 'invoice', from: null, to: text },
          ],
        },
      })
      await seed.attachment(ticket, entry, text)
    }
    await seed.entry(ticket, {
      kind: 'system',
      author: null,
      text: payload,
      data: { changes: [{ field: 'status', from: 'new', to: payload }] },
    })
    await db.sql`insert into hold (desk, id, reason, why, sender, subject, release, created_at)
      values ('blue', ${ticket}, ${payload}, ${payload}, ${payload}, ${payload}, 'open', ${ago(index)})`
    await db.sql`insert into clock (desk, ticket, name, state, started_at, target_ms, due_at, stage)
      values ('blue', ${ticket}, ${payload.slice(0, 60)}, 'running', ${ago(1)}, 1, ${ago(index)}, 'warned')`
    await db.sql`insert into mailbox (account, folder, uid_validity, first_uid, last_uid, last_error, failing_since)
      values (${`${index} ${payload}`}, ${payload}, 1, 1, 1, ${payload}, ${ago(1)})`
    await db.sql`insert into outbound ${db.sql({
      desk: 'blue',
      id: ticket,
      ticket,
      person,
      recipient: payload,
      envelope_from: 'x',
      message_id: payload,
      subject: payload,
      template: 'x',
      automatic: true,
      bytes: Buffer.from('x'),
      state: 'bounced',
      response: payload,
      created_at: ago(index),
    })}`
  }
}, 60_000)
afterAll(async () => db?.drop())

const paths = (): string[] => [...tickets.map((ticket) => pageOf(ticket, 1)), '/desks', '/desks/blue']

test('there are more than three hundred payloads', () => {
  expect(new Set(payloads).size).toBeGreaterThan(300)
})

test('no element or attribute of a stranger stands on any page', async () => {
  const known = new Set(
    'html head meta title link body a header p nav ul li span main h1 h2 h3 small bdi section div b time ol dl dt dd br code table caption thead tbody tr th td svg desc rect text line details summary footer'.split(
      ' ',
    ),
  )
  for (const path of paths()) {
    const page = await (await app.request(path, { headers: { authorization: `Bearer ${bearer}` } })).text()
    const tags = [...page.matchAll(/<([^\s/>!]+)((?:\s+[^\s"'>=]+(?:="[^"]*")?)*)\s*>/g)]
    // Every "<" opens a tag of ours, closes one, or is the document type: nothing else is left unescaped.
    expect(page.match(/</g)?.length).toBe(tags.length + (page.match(/<\/[a-z0-9]+>/g)?.length ?? 0) + 1)
    for (const [, name = '', attributes = ''] of tags) {
      expect(known).toContain(name)
      expect(attributes.replace(/="[^"]*"/g, '=')).not.toMatch(/\s(on[a-z]+|style|src|srcdoc|action|formaction)=/i)
    }
    for (const [, href = ''] of page.matchAll(/ href="([^"]*)"/g)) expect(href).toMatch(/^(\/|\?lang=|#|mailto:)/)
  }
}, 60_000)

describe.skipIf(browserPath === null)('in Chromium', () => {
  let browser: Browser
  let listener: WebListener
  beforeAll(async () => {
    listener = await listenWeb(app, { host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await listener?.close()
  })

  test('nothing of a stranger runs, asks or is asked, whatever one hovers or focuses (T03)', async () => {
    const origin = `http://127.0.0.1:${listener.port}`
    const context = await browser.newContext({ extraHTTPHeaders: { authorization: `Bearer ${bearer}` } })
    const { page, troubles } = await watchPage(context, origin)
    const visited = [
      ...tickets.filter((ticket) => ticket % aPage === 1).map((ticket) => pageOf(ticket, 1)),
      '/desks',
      '/desks/blue',
    ]
    for (const path of visited) {
      await page.goto(origin + path)
      await page.evaluate(`for (const element of document.querySelectorAll('*')) for (const type of ['mouseover', 'focus', 'toggle', 'animationstart'])
        element.dispatchEvent(new Event(type, { bubbles: true }))`)
      expect(await page.evaluate('typeof window.__pwned')).toBe('undefined')
    }
    expect(troubles).toEqual([])
  }, 60_000)
})
