import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { purposes } from '../../src/mail/token.ts'
import { isChoice } from '../../src/outbound/choice.ts'
import { composeMail } from '../../src/outbound/compose.ts'
import type { DraftValue } from '../../src/outbound/draft.ts'
import { templateData } from '../../src/outbound/template-data.ts'
import { loadTemplates } from '../../src/outbound/template-folder.ts'
import type { Shape } from '../../src/outbound/template-variable.ts'
import { packageRoot } from '../../src/package-root.ts'
import { deskOf, draftOf, ticketOf } from '../outbound/support/desk.ts'
import { settingsWith } from '../outbound/support/settings.ts'
import { browserPath, openBrowser, watchPage } from '../support/browser.ts'
import { corpus } from '../web/payloads.ts'

const desk = deskOf()
const { templates } = await loadTemplates(`${packageRoot}/templates`, [desk])
const settings = settingsWith(templates)

let at = 0
const next = (): string => corpus[at++ % corpus.length] ?? ''
/** Every text of a template is one of the corpus. */
function hostile(shape: Shape): DraftValue {
  switch (shape) {
    case 'text':
      return next()
    case 'number':
      return 3
    case 'date':
      return new Date('2025-03-05T13:05:00Z')
    case 'flag':
      return true
    case 'any':
      return next()
    default:
      return 'list' in shape
        ? [hostile(shape.list), hostile(shape.list), hostile(shape.list)]
        : Object.fromEntries(Object.entries(shape.record).map(([name, inner]) => [name, hostile(inner.shape)]))
  }
}

const languages = ['fr', 'en', 'es']
async function htmlOf(template: string, round: number): Promise<string> {
  const variables = templateData[template as keyof typeof templateData]
  const draft = draftOf({
    template,
    language: languages[round % 3] ?? 'fr',
    role: /^(agent-|hold|show|list|clock-|escalation|delivery-)/.test(template) ? 'agent' : 'customer',
    to: { address: 'ann@client.test', name: next().slice(0, 100), person: 4 },
    ticket: ticketOf({ subject: next(), fields: { invoice: next(), day: next() } }),
    data: Object.fromEntries(Object.entries(variables).map(([name, { shape }]) => [name, hostile(shape)])),
    choices: purposes.filter(isChoice),
  })
  const now = new Date('2025-03-03T09:00:00Z')
  const mail = composeMail(
    { draft, desk, id: 77, person: 5, subjectId: 9, now, seed: '0123456789abcdef', files: [] },
    settings,
  )
  return (await simpleParser(mail.bytes, { skipTextToHtml: true })).html || ''
}

const names = Object.keys(templateData).filter((name) => !name.startsWith('footer'))
/** So that the browser loads few pages. */
const aPage = 12
const mails: { readonly name: string; readonly html: string }[] = []
let server: Server
let origin: string
beforeAll(async () => {
  for (const name of names)
    for (let round = 0; round < 6; round++) mails.push({ name, html: await htmlOf(name, round) })
  // Each payload is, at least once, all that somebody wrote.
  for (const name of ['reply', 'agent-customer-mail'])
    for (let round = 0; round < corpus.length / 3; round++) mails.push({ name, html: await htmlOf(name, round) })
  server = createServer((request, response) => {
    const page = mails.slice(Number(request.url?.slice(1)) * aPage).slice(0, aPage)
    response.writeHead(page.length > 0 ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page.map(({ html }) => html).join('\n'))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server?.close())

test('T03: the corpus has more than three hundred payloads, and every html mail carries some', () => {
  expect(new Set(corpus).size).toBeGreaterThan(300)
  expect(mails.length).toBeGreaterThan(300)
  for (const { name, html } of mails) expect(html, name).toContain('<')
})

test('T03, T58: an html mail has no element that loads, runs or sends anything, whatever stands in it', () => {
  for (const { name, html } of mails) {
    for (const [, tag = '', attributes = ''] of html.matchAll(/<([a-zA-Z][^\s/>]*)((?:[^<>"]|"[^"]*")*)>/g)) {
      expect(tag.toLowerCase(), name).not.toMatch(
        /^(?:script|svg|math|img|iframe|object|embed|form|input|button|base|link|video|audio|source|template|frame|applet)$/,
      )
      const bare = attributes.replace(/="[^"]*"/g, '=')
      expect(bare, name).not.toMatch(/\s(?:on\w+|src|srcset|srcdoc|action|formaction|background|poster|ping)\s*=/i)
    }
    for (const [, href = ''] of html.matchAll(/ href="([^"]*)"/g))
      expect(href, name).toMatch(/^(?:https?:|mailto:|tel:|#)/)
    for (const [, style = ''] of html.matchAll(/ style="([^"]*)"/g))
      expect(style, name).not.toMatch(/url\(|expression|@import/i)
  }
})

describe.skipIf(browserPath === null)('T03: in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test('no html mail runs, loads or asks anything, without any policy that would stop it', async () => {
    const context = await browser.newContext()
    const { page, troubles } = await watchPage(context, origin)
    for (let index = 0; index * aPage < mails.length; index++) {
      await page.goto(`${origin}/${index}`, { waitUntil: 'load' })
      await page.evaluate(`for (const element of document.querySelectorAll('*')) for (const type of ['mouseover', 'focus', 'toggle', 'animationstart'])
        element.dispatchEvent(new Event(type, { bubbles: true }))`)
      expect(await page.evaluate('typeof window.__pwned'), `page ${index}`).toBe('undefined')
    }
    expect(troubles.filter((trouble) => !/favicon/.test(trouble) && !/status of 404/.test(trouble))).toEqual([])
  }, 60_000)
})
