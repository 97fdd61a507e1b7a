// The text part of a mail: at most 72 columns where words allow it, no trace of markup.

import { type Block, reveal, type Span } from './markup.ts'

const COLUMNS = 72
const RULE = '* * *'

const plain = (spans: readonly Span[]): string =>
  reveal(
    spans
      .map((span) =>
        span.url === null || span.url === span.text ? span.text : `${span.text} <${addressOf(span.url)}>`,
      )
      .join(''),
  )

/** A mailto link is its address to somebody who reads text. */
const addressOf = (url: string): string =>
  url.toLowerCase().startsWith('mailto:') ? url.slice(7).replace(/\?.*$/s, '') : url

/** French writes a space before ; : ! ? » and after «, which people type as a plain one: no line begins or ends with it. */
const breakable = /(?<!«) (?![;:!?»](?: |$))/

function wrap(line: string, indent = '', first = indent): string {
  const room = COLUMNS - indent.length
  if (line.length <= room && !line.includes('\n')) return first + line.trimEnd()
  const out: string[] = []
  for (const part of line.split('\n')) {
    let current = ''
    for (const word of part.split(breakable)) {
      if (current !== '' && current.length + 1 + word.length > room) {
        out.push(current.trimEnd())
        current = word
      } else
        current = current === '' && out.length === 0 && word === '' ? '' : current === '' ? word : `${current} ${word}`
    }
    out.push(current.trimEnd())
  }
  return out.map((text, i) => (i === 0 ? first : indent) + text).join('\n')
}

/** A heading keeps its letters: a mark in it must be found again as it is. */
const underline = (title: string): string => `${title}\n${'-'.repeat(Math.min(COLUMNS, title.length))}`

function table(rows: readonly (readonly (readonly Span[])[])[]): string {
  const cells = rows.map((row) => row.map(plain))
  const columns = Math.max(...cells.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.min(40, Math.max(...cells.map((row) => (c < row.length - 1 ? (row[c] ?? '').length : 0)))),
  )
  return cells
    .map((row) => {
      const head = row
        .slice(0, -1)
        .map((cell, c) => cell.padEnd(widths[c] ?? 0))
        .join('  ')
      return row.length === 1 ? wrap(row[0] ?? '') : wrap(row.at(-1) ?? '', ' '.repeat(head.length + 2), `${head}  `)
    })
    .join('\n')
}

function render(block: Block, colon: string): string {
  switch (block.kind) {
    case 'paragraph':
      return block.lines.map((line) => wrap(plain(line))).join('\n')
    case 'quote':
      return block.lines.map((line) => wrap(plain(line), '> ').trimEnd()).join('\n')
    case 'heading':
      return underline(wrap(plain(block.spans)))
    case 'list':
      return block.items.map((item) => wrap(plain(item), '  ', '- ')).join('\n')
    case 'table':
      return table(block.rows)
    case 'links':
      return block.links
        .map(({ label, url }) => {
          const name = reveal(label)
          const address = addressOf(url)
          return name.length + 2 + address.length <= COLUMNS
            ? `${name}${colon} ${address}`
            : `${name}${colon}\n${address}`
        })
        .join('\n')
    case 'rule':
      return RULE
    default:
      return block satisfies never
  }
}

/** The blocks as plain text with LF line ends and one at the end. */
export function textBody(blocks: readonly Block[], language: string): string {
  // French sets a colon off by a blank that does not break.
  const colon = language === 'fr' ? '\u00a0:' : ':'
  return `${blocks.map((block) => render(block, colon)).join('\n\n')}\n`
}
