// The table of why requests came and how they ended, by what the desk counts.

import { html } from 'hono/html'
import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import type { AnalysisRow } from '../gateway/analysis-store.ts'
import { countedText } from '../outbound/field-text.ts'
import { type Format, plainLine } from './format.ts'
import type { Html } from './layout.ts'
import type { Words } from './words/en.ts'

const MOST_ROWS = 30

export function analysisPart(
  {
    desk,
    analysis,
    format,
  }: { readonly desk: Desk; readonly analysis: readonly AnalysisRow[]; readonly format: Format },
  words: Words,
): Html {
  const columns: Readonly<Record<string, string>> = {
    type: words.type,
    priority: words.priority,
    status: words.status,
    organisation: words.organisation,
  }
  const head = (key: string): string =>
    textIn(desk.fields[key]?.name, format.language, desk.language) || (columns[key] ?? key)
  const { count, hours, minutes, reopened } = words.analysisHeads
  const rows = analysis
    .slice(0, MOST_ROWS)
    .map(
      (row) =>
        html`<tr>${row.values.map((value, n) => html`<td class="free"><bdi>${plainLine(countedText(desk, desk.analysis[n] ?? '', value, format.language) || '—', 80)}</bdi></td>`)}<td class="n">${format.number(row.count)}</td><td class="n">${row.hours === null ? '' : format.number(Math.round(row.hours * 10) / 10)}</td><td class="n">${format.number(row.minutes)}</td><td class="n">${format.number(row.reopened)}</td></tr>`,
    )
  return html`<div class="wide" role="group" tabindex="0" aria-label="${words.analysis}"><table><thead><tr>${desk.analysis.map((key) => html`<th scope="col">${head(key)}</th>`)}<th scope="col" class="n">${count}</th><th scope="col" class="n">${hours}</th><th scope="col" class="n">${minutes}</th><th scope="col" class="n">${reopened}</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
