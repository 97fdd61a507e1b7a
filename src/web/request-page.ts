// The page of one request for one of its people: what they may know, newest first. It shows; it never acts.

import { html } from 'hono/html'
import type { Desk, DeskField } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import { safeName } from '../mail/address.ts'
import { fieldText } from '../outbound/field-text.ts'
import type { FieldValue } from '../tickets/ticket.ts'
import { type Format, maskAddress, plainLine, plainText } from './format.ts'
import { type HistoryFacts, historyPart } from './history.ts'
import { type Html, langOf, page } from './layout.ts'
import type { LinkRow } from './store.ts'
import type { Words } from './words/en.ts'
import { wordsOf } from './words.ts'

/** Signed addresses by which the reader may act by mail; null where the desk or the request does not offer it. */
export interface Ways {
  /** mailto: or the portal. */
  readonly reply: string | null
  readonly portal: string | null
  readonly mute: string | null
  readonly unmute: string | null
  readonly confirm: string | null
  readonly refute: string | null
  readonly approve: string | null
  readonly refuse: string | null
}

export interface RequestFacts extends HistoryFacts {
  readonly links: readonly LinkRow[]
  readonly ways: Ways
  readonly base: string
  /** Ticket prefix of a desk; undefined for one that is no longer configured. */
  readonly prefixOf: (desk: string) => string | undefined
}

export function requestPage(facts: RequestFacts): Html {
  const { desk, request, format } = facts
  const words = wordsOf(format.language)
  const token = `${desk.prefix}-${request.number}`
  const subject = plainLine(request.subject)
  return page(
    {
      language: format.language,
      base: facts.base,
      title: `${token} ${subject}`,
      owner: textIn(desk.name, format.language, desk.language),
      zone: format.zone,
    },
    html`<h1><small>${words.request} ${token}</small><bdi>${subject}</bdi></h1>
${statusPart(facts, words)}
<div class="columns">
<section class="card" aria-labelledby="description"><h2 id="description">${words.description}</h2>${descriptionPart(facts, words)}</section>
<div class="side">
<section class="card" aria-labelledby="ways"><h2 id="ways">${words.whatYouCanDo}</h2>${waysPart(facts, words)}</section>
<section class="card" aria-labelledby="details"><h2 id="details">${words.details}</h2>${detailsPart(facts, words)}</section>
<section class="card" aria-labelledby="people"><h2 id="people">${words.people}</h2>${peoplePart(facts, words)}</section>
</div>
<section class="card" aria-labelledby="history"><h2 id="history">${words.history} <small>(${words.newestFirst})</small></h2>${historyPart(facts, words)}</section>
</div>`,
  )
}

function statusPart({ desk, request, format }: RequestFacts, words: Words): Html {
  const status = desk.statuses[request.status]
  const kind = status?.kind ?? request.statusKind
  const name = status ? textIn(status.name, format.language, desk.language) : request.status
  const meaning = textIn(status?.meaning, format.language, desk.language)
  const acts = textIn(status?.acts, format.language, desk.language) || words.actsByKind[kind]
  return html`<section class="card state ${kind}" aria-label="${words.status}">
<div><span class="label">${words.status}</span><span class="large">${name}</span>${meaning === '' ? '' : html`<p class="soft">${meaning}</p>`}</div>
<div><span class="label">${words.actsNext}</span><span class="large">${acts}</span></div>
</section>`
}

function descriptionPart({ request, description, format }: RequestFacts, words: Words): Html {
  if (!description)
    return html`<p class="soft">${request.role === 'participant' ? words.joinedLater : words.descriptionAbsent}</p>`
  const text = plainText(description.text)
  if (text.trim() === '') return html`<p class="soft">${words.descriptionAbsent}</p>`
  return html`<p class="text" dir="auto"${langOf(request.language, format.language)}>${text}</p>`
}

function waysPart({ desk, request, ways }: RequestFacts, words: Words): Html {
  const closed = (desk.statuses[request.status]?.kind ?? request.statusKind) === 'closed'
  const link = (address: string | null, label: string) =>
    address === null ? '' : html`<li><a href="${address}" rel="noreferrer noopener">${label}</a></li>`
  const hint = desk.replies === 'portal' ? words.portalHint : closed ? words.closedHint : words.replyHint
  return html`<ul class="plain">${link(ways.confirm, words.confirm)}${link(ways.refute, words.refute)}${link(ways.approve, words.approve)}${link(ways.refuse, words.refuse)}${link(ways.portal, words.replyByPortal)}${link(ways.reply, words.replyByMail)}</ul>
<p class="small soft">${hint}</p>
<h3>${words.notifications}</h3>
<p>${request.muted ? words.mutedNow : words.unmutedNow}</p>
<ul class="plain">${request.muted ? link(ways.unmute, words.unmute) : link(ways.mute, words.mute)}</ul>
<p class="small soft">${words.mailOpens}</p>`
}

function detailsPart(facts: RequestFacts, words: Words): Html {
  const { desk, request, format, links } = facts
  const { language } = format
  const type = desk.types[request.type]
  const priority = desk.priorities[request.priority]
  const category = textIn(type?.category, language, desk.language)
  const meaning = textIn(priority?.meaning, language, desk.language)
  const fields = Object.entries(desk.fields).flatMap(([key, field]) => {
    const value = Object.hasOwn(request.fields, key) ? request.fields[key] : undefined
    if (!field.public || value === undefined || value === null || value === '') return []
    return [{ name: textIn(field.name, language, desk.language), value: shownField(field, value, desk, format, words) }]
  })
  return html`<dl>
<dt>${words.type}</dt><dd>${type ? textIn(type.name, language, desk.language) : request.type}</dd>
${category === '' ? '' : html`<dt>${words.category}</dt><dd>${category}</dd>`}
<dt>${words.priority}</dt><dd>${priority ? textIn(priority.name, language, desk.language) : request.priority}${meaning === '' ? '' : html`<br><span class="small soft">${meaning}</span>`}</dd>
${fields.map((field) => html`<dt>${field.name}</dt><dd dir="auto">${field.value}</dd>`)}
<dt>${words.created}</dt><dd><time datetime="${request.createdAt.toISOString()}">${format.instant(request.createdAt)}</time></dd>
<dt>${words.changed}</dt><dd><time datetime="${request.updatedAt.toISOString()}">${format.instant(request.updatedAt)}</time></dd>
<dt>${words.requestLanguage}</dt><dd>${format.languageName(request.language)}</dd>
${links.length === 0 ? '' : html`<dt>${words.linked}</dt>${links.map((link) => linkItem(link, facts, words))}`}
</dl>
${request.mergedInto === null ? '' : html`<p>${words.mergedInto(`${desk.prefix}-${request.mergedInto}`)}</p>`}`
}

/** A field's value as the reader's language writes it; what does not fit its kind is shown as it is. */
export function shownField(
  field: Pick<DeskField, 'kind' | 'values'>,
  value: FieldValue,
  desk: Pick<Desk, 'language'>,
  format: Format,
  words: Words,
): string {
  const named = field.values && Object.hasOwn(field.values, String(value))
  if (typeof value === 'boolean' && !named) return value ? words.yes : words.no
  return plainLine(fieldText(field, value, { language: format.language, fallback: desk.language }), 500)
}

function linkItem(link: LinkRow, { prefixOf }: RequestFacts, words: Words): Html | '' {
  const prefix = prefixOf(link.desk)
  if (prefix === undefined) return ''
  const back: Readonly<Record<string, string>> = words.linksBack
  const relation = (link.forward ? undefined : back[link.kind]) ?? words.links[link.kind]
  return html`<dd>${relation} ${prefix}-${link.ticket}</dd>`
}

function peoplePart({ desk, people, person, format, request }: RequestFacts, words: Words): Html {
  const agent = desk['show-agent-name'] ? desk.staff.find((one) => one.address === request.assignee)?.name : undefined
  return html`<ul class="plain">${people.map((one) => {
    const self = one.person === person
    const name = safeName(one)
    const address = self ? plainLine(one.address) : maskAddress(one.address)
    const role = one.role === 'requester' ? words.requester : words.participant
    return html`<li>${name === '' ? '' : html`<bdi>${name}</bdi><br>`}<bdi class="${name === '' ? '' : 'small soft'}">${address}</bdi><br><span class="small soft">${role}${self ? `, ${words.you}` : ''}</span></li>`
  })}<li>${agent ?? textIn(desk.name, format.language, desk.language)}<br><span class="small soft">${words.team}</span></li></ul>`
}
