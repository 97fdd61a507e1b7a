// The supervisors' page of all desks that one may see: a line each, and the mailboxes for who sees all.

import { html } from 'hono/html'
import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import type { DeskFigures, MailboxRow } from './figures-store.ts'
import type { Format } from './format.ts'
import { type Html, page } from './layout.ts'
import { mailboxesPart } from './mailboxes.ts'
import { wordsOf } from './words.ts'

export function desksPage(facts: {
  readonly desks: readonly { readonly desk: Desk; readonly figures: DeskFigures }[]
  /** null: not for this reader. */
  readonly mailboxes: readonly MailboxRow[] | null
  readonly format: Format
  readonly base: string
  readonly now: Date
}): Html {
  const { format, base, now } = facts
  const words = wordsOf(format.language)
  const heads = [
    words.open,
    words.atRisk,
    words.breached,
    words.holds,
    words.waiting,
    words.parked,
    words.outboxStates.queued,
    words.outboxStates.delayed,
    words.outboxStates.uncertain,
  ]
  const cell = (value: number, bad: boolean) =>
    html`<td class="n${bad && value > 0 ? ' bad' : ''}">${format.number(value)}</td>`
  const rows = facts.desks.map(
    ({ desk, figures }) =>
      html`<tr><th scope="row"><a href="${base}/desks/${desk.desk}">${textIn(desk.name, format.language, desk.language)}</a></th>${cell(figures.open, false)}${cell(figures.atRisk, false)}${cell(figures.breached, true)}${cell(figures.holds, false)}${cell(figures.waiting, false)}${cell(figures.parked, true)}${cell(figures.queued, false)}${cell(figures.delayed, true)}${cell(figures.uncertain, true)}</tr>`,
  )
  return page(
    { language: format.language, base, title: words.allDesks, owner: '', zone: format.zone },
    html`<h1>${words.allDesks}</h1>
<p class="soft">${words.asOf} <time datetime="${now.toISOString()}">${format.instant(now)}</time></p>
<section class="card" aria-labelledby="desks"><h2 id="desks">${words.desks}</h2><div class="wide" role="group" tabindex="0" aria-label="${words.desks}"><table><thead><tr><th scope="col">${words.desk}</th>${heads.map((head) => html`<th scope="col" class="n">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></section>
${facts.mailboxes === null ? '' : html`<section class="card" aria-labelledby="mailboxes"><h2 id="mailboxes">${words.mailboxes}</h2>${mailboxesPart(facts.mailboxes, format, now, words)}</section>`}`,
  )
}
