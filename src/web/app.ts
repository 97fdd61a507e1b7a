// The pages: read only, without script, each answer under the same strict policy.

import { Hono, type MiddlewareHandler } from 'hono'
import { type Answer, languageOf, type WebContext, type WebDeps, type WebEnv } from './answer.ts'
import { loadDeskFigures, loadMailboxes } from './figures-store.ts'
import { checkReadiness, usualPatience } from './health.ts'
import { type Notice, noticePage } from './layout.ts'
import type { Metrics } from './metrics.ts'
import { askingAddress, createRateLimit } from './rate-limit.ts'
import { requestAnswer } from './request-answer.ts'
import { styleName, styleSheet } from './style.ts'
import { deskAnswer, desksAnswer } from './supervisor-answer.ts'

const policy: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow, noarchive',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
}

const statusOf = { notFound: 404, tooMany: 429, broken: 500, method: 405, closedDoor: 401 } as const satisfies Record<
  Notice,
  number
>

const baseOf = (publicUrl: string): string =>
  URL.canParse(publicUrl) ? new URL(publicUrl).pathname.replace(/\/{1,9}$/, '') : ''

/** Makes the pages. Nothing is opened here; `listenWeb` serves them. */
export function createWeb(deps: WebDeps): Hono<WebEnv> {
  const clock = deps.clock ?? (() => performance.now())
  const limit = createRateLimit(deps.rates ?? { questions: 300, misses: 30 }, clock)
  const app = new Hono<WebEnv>()
  const base = (): string => baseOf(deps.publicUrl())

  const notice = async (c: WebContext, which: Notice): Promise<Response> => {
    if (which === 'method') c.header('Allow', 'GET, HEAD')
    if (which === 'tooMany') c.header('Retry-After', '60')
    if (which === 'closedDoor') c.header('WWW-Authenticate', 'Bearer realm="supervisors"')
    return c.html(await noticePage(which, languageOf(c, [], null), base()), statusOf[which])
  }

  const give = async (c: WebContext, answer: Answer): Promise<Response> => {
    switch (answer.kind) {
      case 'page':
        return c.html(await answer.body)
      case 'notice':
        if (answer.notice !== 'tooMany') limit.miss(asker(c))
        return notice(c, answer.notice)
      case 'redirect':
        c.header('Set-Cookie', answer.cookie)
        return c.redirect(answer.to, 303)
      default:
        return answer satisfies never
    }
  }

  const limited: MiddlewareHandler<WebEnv> = async (c, next) => {
    if (!limit.allow(asker(c))) return notice(c, 'tooMany')
    return next()
  }

  app.use('*', async (c, next) => {
    const from = clock()
    await next()
    for (const [name, value] of Object.entries(policy)) c.res.headers.set(name, value)
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'private, no-store')
    const error = c.error === undefined ? {} : { error: c.error }
    deps.report?.({
      method: c.req.method,
      path: publicPath(c.req.path),
      status: c.res.status,
      ms: Math.round(clock() - from),
      ...error,
    })
  })
  app.use('*', async (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : notice(c, 'method')))
  app.notFound((c) => notice(c, 'notFound'))
  app.onError((_error, c) => notice(c, 'broken'))

  app.get(`/${styleName}`, (c) => {
    c.header('Cache-Control', 'public, max-age=31536000, immutable')
    return c.body(styleSheet, 200, { 'Content-Type': 'text/css; charset=utf-8' })
  })
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const { ready, checks } = await checkReadiness({
      sql: deps.sql,
      now: deps.now,
      health: deps.health(),
      patience: usualPatience,
    })
    return c.json({ ok: ready, checks }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    deps.metrics.observe(await heldNow(deps))
    return c.body(await deps.metrics.registry.metrics(), 200, { 'Content-Type': deps.metrics.registry.contentType })
  })

  app.use('/t/*', limited)
  app.use('/desks', limited)
  app.use('/desks/*', limited)
  app.get('/t/:token', async (c) => give(c, await requestAnswer(deps, c, c.req.param('token'), base())))
  app.get('/desks', async (c) => give(c, await desksAnswer(deps, c, base())))
  app.get('/desks/:desk', async (c) => give(c, await deskAnswer(deps, c, c.req.param('desk'), base())))
  return app
}

const asker = (c: WebContext): string =>
  askingAddress(c.env?.incoming?.socket.remoteAddress, c.req.header('x-forwarded-for'))

const publicPath = (path: string): string => (path.startsWith('/t/') ? '/t/[redacted]' : path.slice(0, 100))

async function heldNow(deps: WebDeps): Promise<Parameters<Metrics['observe']>[0]> {
  try {
    const now = await deps.now()
    const [figures, mailboxes] = await Promise.all([
      loadDeskFigures(deps.sql, [...deps.desks().keys()], now),
      loadMailboxes(deps.sql),
    ])
    return { figures, mailboxes, now }
  } catch {
    return null
  }
}
