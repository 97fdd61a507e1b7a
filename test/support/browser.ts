import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine, or null: then tests that need it are skipped, and say so. */
export const browserPath: string | null =
  [process.env.CHROMIUM_PATH, ...places].find((path): path is string => path !== undefined && existsSync(path)) ?? null

if (browserPath === null)
  console.warn(
    'skipped: tests in a real browser, because there is no chromium on this machine (apt-get install chromium)',
  )

export async function openBrowser(): Promise<Browser> {
  if (browserPath === null) throw new Error('there is no browser')
  return chromium.launch({
    executablePath: browserPath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** What a page did while it was looked at. */
export interface Watch {
  readonly page: Page
  /** Messages of the console, errors of scripts, dialogs, requests to elsewhere. */
  readonly troubles: string[]
}

/** A tab that notes whatever a page without script must not do. */
export async function watchPage(context: BrowserContext, origin: string): Promise<Watch> {
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => troubles.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) troubles.push(`request: ${request.url().slice(0, 200)}`)
  })
  return { page, troubles }
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The faults axe finds on the page, each as `rule: element`. It is evaluated, not added, so that the page's policy stays on. */
export async function axeFaults(page: Page): Promise<string[]> {
  const source = await axeSource
  const result: unknown = await page.evaluate(
    `(() => { ${source}; return axe.run().then((found) => found.violations.flatMap((fault) => fault.nodes.map((node) => fault.id + ': ' + node.html.slice(0, 200)))) })()`,
  )
  return Array.isArray(result) ? result.map(String) : ['axe gave no answer']
}

/** How many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'))
}
