// From a status token to a request's page.

import type { Desk } from '../desks/desk.ts'
import { readStatusToken } from '../mail/status-link.ts'
import type { Purpose } from '../mail/token.ts'
import { type Answer, languageOf, type WebContext, type WebDeps } from './answer.ts'
import { formatOf, plainLine } from './format.ts'
import { requestPage, type Ways } from './request-page.ts'
import { findRequest, type Look, loadHistory, loadLinks, loadPeople, type RequestRow } from './store.ts'
import { wordsOf } from './words.ts'

const historyLimit = 200

/** A look that finds nothing; asked all the same, so that a bad link costs what an expired or withdrawn one costs (threats T49). */
const nobody: Look = { desk: '', ticket: 0, person: 0, day: 0 }

export async function requestAnswer(deps: WebDeps, c: WebContext, token: string, base: string): Promise<Answer> {
  const now = await deps.now()
  const signed = readStatusToken(deps.keys, token, now)
  const look: Look = signed ? { desk: signed.desk, ticket: signed.id, person: signed.person, day: signed.day } : nobody
  const request = await findRequest(deps.sql, look)
  const desk = deps.desks().get(look.desk)
  if (!request || !desk) return { kind: 'notice', notice: 'notFound' }

  const of = { desk: look.desk, ticket: look.ticket }
  const since = request.role === 'requester' ? null : request.addedAt
  const staff = desk.staff.flatMap((one) => [one.address, ...one.also])
  const [people, history, first, links] = await Promise.all([
    loadPeople(deps.sql, of.desk, of.ticket),
    loadHistory(deps.sql, { ...of, since, staff, order: 'newest', limit: historyLimit }),
    loadHistory(deps.sql, { ...of, since: null, staff, order: 'oldest', limit: 0 }),
    loadLinks(deps.sql, { ...of, address: request.address }),
  ])
  const description = first[0]
  const mine = request.role === 'requester' ? request.language : null
  const language = languageOf(c, [request.personLanguage, mine], request.language)
  return {
    kind: 'page',
    body: requestPage({
      desk,
      request,
      person: look.person,
      people,
      history: history.slice(0, historyLimit),
      older: history.length > historyLimit,
      description: description && (since === null || description.createdAt >= since) ? description : undefined,
      links,
      ways: waysOf(deps, desk, request, look, now, language),
      format: formatOf(language, desk.calendar.zone),
      base,
      prefixOf: (key) => deps.desks().get(key)?.prefix,
    }),
  }
}

/** What the reader can do by mail; none of it happens by opening a link (threats T24). */
function waysOf(deps: WebDeps, desk: Desk, request: RequestRow, look: Look, now: Date, language: string): Ways {
  const words = wordsOf(language)
  const token = `${desk.prefix}-${request.number}`
  const mailto = (purpose: Purpose, subject: string): string => {
    const address = deps.address({ desk, purpose, ticket: request.number, person: look.person, now })
    const said = plainLine(subject, 150).toWellFormed()
    return `mailto:${encodeURIComponent(address).replace('%40', '@')}?subject=${encodeURIComponent(`[${token}] ${said}`)}`
  }
  const kind = desk.statuses[request.status]?.kind ?? request.statusKind
  const { awaiting } = request.fields
  const approval = awaiting === 'approval'
  const solved = !approval && (kind === 'solved' || awaiting === 'confirmation')
  return {
    reply: desk.replies === 'mail' && kind !== 'closed' ? mailto('c', request.subject) : null,
    portal: desk.replies === 'portal' && desk.portal ? portalLink(desk.portal.url, token, request.number) : null,
    mute: mailto('m', words.mute),
    unmute: mailto('u', words.unmute),
    confirm: solved ? mailto('y', words.confirm) : null,
    refute: solved ? mailto('n', words.refute) : null,
    approve: approval ? mailto('ok', words.approve) : null,
    refuse: approval ? mailto('no', words.refuse) : null,
  }
}

/** The portal's address of a request; null when the desk's template is no web address. */
export function portalLink(template: string, token: string, number: number): string | null {
  const url = template.replaceAll('{ticket}', encodeURIComponent(token)).replaceAll('{number}', String(number))
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null
}
