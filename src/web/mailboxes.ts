// Health and lag of the watched mailboxes, as a table.

import { html } from 'hono/html'
import type { MailboxRow } from './figures-store.ts'
import { type Format, plainLine } from './format.ts'
import type { Html } from './layout.ts'
import type { Words } from './words/en.ts'

export function mailboxesPart(rows: readonly MailboxRow[], format: Format, now: Date, words: Words): Html {
  if (rows.length === 0) return html`<p class="soft">${words.noMailboxes}</p>`
  return html`<div class="wide" role="group" tabindex="0" aria-label="${words.mailboxes}"><table>
<thead><tr><th scope="col">${words.mailbox}</th><th scope="col">${words.folder}</th><th scope="col">${words.lastSeen}</th><th scope="col">${words.lag}</th><th scope="col">${words.state}</th></tr></thead>
<tbody>${rows.map(
    (row) => html`<tr><th scope="row">${row.account}</th><td>${row.folder}</td>
<td>${row.lastSeenAt === null ? '' : html`<time datetime="${row.lastSeenAt.toISOString()}">${format.instant(row.lastSeenAt)}</time>`}</td>
<td class="keep">${row.lastSeenAt === null ? '' : format.span(now.getTime() - row.lastSeenAt.getTime())}</td>
<td class="free">${row.failingSince === null ? html`<span class="good">${words.healthy}</span>` : html`<span class="bad">${words.failingSince} ${format.instant(row.failingSince)}</span><br>${plainLine(row.lastError ?? '', 200)}`}</td></tr>`,
  )}</tbody></table></div>`
}
