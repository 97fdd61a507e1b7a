// From a supervisor's credentials to the pages of desks.

import { getCookie } from 'hono/cookie'
import { serialize } from 'hono/utils/cookie'
import type { Desk } from '../desks/desk.ts'
import { loadAnalysis } from '../gateway/analysis-store.ts'
import { loadProgress } from '../gateway/announcement-store.ts'
import { type Answer, languageOf, type WebContext, type WebDeps } from './answer.ts'
import { deskPage } from './desk-page.ts'
import { desksPage } from './desks-page.ts'
import {
  loadClockCounts,
  loadDays,
  loadDeskFigures,
  loadHolds,
  loadIncidents,
  loadMailboxes,
  loadOpenCounts,
  loadRecent,
  loadTroubledClocks,
  loadTroubledDeliveries,
} from './figures-store.ts'
import { formatOf } from './format.ts'
import { cookieOf, cookieSeconds, type Door, type Sight, sightOf } from './session.ts'
import { findSupervisor } from './store.ts'

const closedDoor: Answer = { kind: 'notice', notice: 'closedDoor' }

const doorOf = (deps: WebDeps, now: Date): Door => ({
  keys: deps.keys,
  supervisorToken: deps.supervisorToken,
  desks: deps.desks(),
  findSupervisor: (of) => findSupervisor(deps.sql, of),
  now,
})

/** A link in the query is turned into a cookie and a clean address, so that it stays out of history and logs. */
async function enter(deps: WebDeps, c: WebContext, now: Date, base: string, path: string): Promise<Answer | Sight> {
  const door = doorOf(deps, now)
  const link = c.req.query('link')
  if (link === undefined) return sightOf(door, { authorization: c.req.header('authorization'), cookies: getCookie(c) })
  const cookie = await cookieOf(door, link)
  if (cookie === null) return closedDoor
  const lang = c.req.query('lang')
  return {
    kind: 'redirect',
    to: `${base}${path}${lang === undefined ? '' : `?lang=${encodeURIComponent(lang.slice(0, 5))}`}`,
    cookie: serialize(cookie.name, cookie.value, {
      httpOnly: true,
      sameSite: 'Lax',
      path: `${base}/desks`,
      maxAge: cookieSeconds,
      secure: deps.publicUrl().startsWith('https:'),
    }),
  }
}

const isAnswer = (entered: Answer | Sight): entered is Answer => entered !== 'all' && 'kind' in entered

export async function desksAnswer(deps: WebDeps, c: WebContext, base: string): Promise<Answer> {
  const now = await deps.now()
  const entered = await enter(deps, c, now, base, '/desks')
  if (isAnswer(entered)) return entered
  const desks = [...deps.desks().values()].filter((desk) => entered === 'all' || entered.has(desk.desk))
  if (entered !== 'all' && desks.length === 0) return closedDoor
  const [figures, mailboxes] = await Promise.all([
    loadDeskFigures(
      deps.sql,
      desks.map((desk) => desk.desk),
      now,
    ),
    entered === 'all' ? loadMailboxes(deps.sql) : null,
  ])
  const of = new Map(figures.map((row) => [row.desk, row]))
  const rows = desks.flatMap((desk: Desk) => {
    const found = of.get(desk.desk)
    return found ? [{ desk, figures: found }] : []
  })
  const zones = new Set(desks.map((desk) => desk.calendar.zone))
  const zone = zones.size === 1 ? ([...zones][0] ?? 'UTC') : 'UTC'
  // Desks of one language are shown in it; of several, no one desk decides for the others.
  const languages = new Set(desks.map((desk) => desk.language))
  const format = formatOf(languageOf(c, [], languages.size === 1 ? ([...languages][0] ?? null) : null), zone)
  return { kind: 'page', body: desksPage({ desks: rows, mailboxes, format, base, now }) }
}

export async function deskAnswer(deps: WebDeps, c: WebContext, key: string, base: string): Promise<Answer> {
  const now = await deps.now()
  const desk = deps.desks().get(key)
  const entered = await enter(deps, c, now, base, desk ? `/desks/${desk.desk}` : '/desks')
  if (isAnswer(entered)) return entered
  if (entered !== 'all' && !entered.has(key)) return closedDoor
  if (!desk) return { kind: 'notice', notice: 'notFound' }
  const { sql } = deps
  const [
    figures,
    open,
    clockCounts,
    clocks,
    holds,
    mailboxes,
    deliveries,
    recent,
    days,
    analysis,
    incidents,
    announced,
  ] = await Promise.all([
    loadDeskFigures(sql, [key], now),
    loadOpenCounts(sql, key, now),
    loadClockCounts(sql, key, now),
    loadTroubledClocks(sql, key, now),
    loadHolds(sql, key),
    loadMailboxes(sql),
    loadTroubledDeliveries(sql, key),
    loadRecent(sql, key),
    loadDays(sql, { desk: key, zone: desk.calendar.zone, now }),
    loadAnalysis(
      sql,
      { desk: key, from: new Date(now.getTime() - 90 * 86_400_000), to: new Date(now.getTime() + 1) },
      desk.analysis,
    ),
    desk.alerts.length === 0 ? [] : loadIncidents(sql, key),
    loadProgress(sql, { desk: key, limit: 5 }),
  ])
  const [counted] = figures
  if (!counted) return { kind: 'notice', notice: 'notFound' }
  const accounts = deps.accounts?.(key)
  const format = formatOf(languageOf(c, [], desk.language), desk.calendar.zone)
  return {
    kind: 'page',
    body: deskPage({
      desk,
      figures: counted,
      open,
      clockCounts,
      clocks,
      incidents,
      announcements: announced.filter((one) => now.getTime() - one.createdAt.getTime() < 30 * 86_400_000),
      holds,
      mailboxes: mailboxes.filter((row) => accounts?.includes(row.account) ?? true),
      deliveries,
      recent,
      days,
      analysis,
      format,
      base,
      now,
    }),
  }
}
