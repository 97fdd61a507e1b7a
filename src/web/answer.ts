// What the pages are given, and what they answer before it becomes HTTP.

import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Sql } from '../db/pool.ts'
import type { Desk } from '../desks/desk.ts'
import type { Keys, Purpose } from '../mail/token.ts'
import type { Health } from './health.ts'
import type { Html, Notice } from './layout.ts'
import type { Metrics } from './metrics.ts'
import type { Rates } from './rate-limit.ts'
import { acceptedLanguages, chooseLanguage } from './words.ts'

/** One request, for the log: without token, query, address of the asker or anything that stands on the page. */
export interface WebLine {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ms: number
  readonly error?: Error
}

export interface WebDeps {
  /** Asked only, never written to; may be a replica. */
  readonly sql: Sql
  readonly desks: () => ReadonlyMap<string, Desk>
  readonly keys: Keys
  /** Opens every desk's page. */
  readonly supervisorToken: string
  /** What links begin with; asked at each request, because a port of 0 is known only after listening. */
  readonly publicUrl: () => string
  readonly now: () => Promise<Date> | Date
  readonly health: () => Health
  readonly metrics: Metrics
  /** The signed address at which a person of a ticket writes: `c` a reply, `m` and `u` the switch of mails, `y` and `n` solved or not. */
  readonly address: (of: { desk: Desk; purpose: Purpose; ticket: number; person: number; now: Date }) => string
  /** Mailbox accounts that serve a desk; left out: each desk's page shows all. */
  readonly accounts?: (desk: string) => readonly string[]
  readonly rates?: Rates
  /** Milliseconds that only rise, for limits and durations. */
  readonly clock?: () => number
  readonly report?: (line: WebLine) => void
}

export type WebEnv = { Bindings: Partial<HttpBindings> }
export type WebContext = Context<WebEnv>

/** What an answer is made of: a page, a notice, or another address to go to. */
export type Answer =
  | { readonly kind: 'page'; readonly body: Html }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie: string }

/** The language a reader asks for by `?lang=` or by the browser; what a page knows of its reader goes between the two. */
export function languageOf(c: WebContext, known: readonly (string | null)[], fallback: string | null): string {
  return chooseLanguage([
    c.req.query('lang'),
    ...known,
    ...acceptedLanguages(c.req.header('accept-language')),
    fallback,
  ])
}
