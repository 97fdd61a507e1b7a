// The html part of a mail: inline styles only, nothing from elsewhere, no colour of its own, so that dark mode stays readable.

import { type Block, reveal, type Span } from './markup.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as html shows it; shifted characters of values come back as entities. */
export const escapeHtml = (text: string): string => reveal(text).replace(/[&<>"']/g, (char) => entities[char] ?? char)

/** A whole piece of html of a template: its own tags stay, the shifted characters of values come back as entities. */
export const revealInHtml = (html: string): string =>
  html.replace(/[\ue000-\ue07f]/g, (char) => {
    const meant = String.fromCharCode(char.charCodeAt(0) - 0xe000)
    return meant === '\n' ? '<br>\n' : (entities[meant] ?? meant)
  })

const rightToLeft = new Set(['ar', 'he', 'fa', 'ur'])

/** What a mailto link puts into the subject after its label, e.g. ` [ABC-12]`. */
export interface HtmlOptions {
  readonly language: string
  readonly title: string
  readonly choiceSubject: string
}

function hrefOf(url: string, label: string, options: HtmlOptions): string {
  if (!url.toLowerCase().startsWith('mailto:') || url.includes('?')) return escapeHtml(url)
  const words = reveal(label)
  return escapeHtml(
    `${url}?subject=${encodeURIComponent(words + options.choiceSubject)}&body=${encodeURIComponent(words)}`,
  )
}

const spans = (list: readonly Span[], options: HtmlOptions): string =>
  list
    .map((span) => {
      const text = escapeHtml(span.text)
      if (span.url !== null) return `<a href="${hrefOf(span.url, span.text, options)}">${text}</a>`
      return span.bold ? `<strong>${text}</strong>` : text
    })
    .join('')

const cellOf = (rtl: boolean): string => `padding:0 ${rtl ? '0 .3em 1em' : '1em .3em 0'};vertical-align:top`
const buttonOf = (rtl: boolean): string =>
  `display:inline-block;margin:0 ${rtl ? '0 .6em .6em' : '.6em .6em 0'};padding:.4em .9em;border:1px solid #888;border-radius:.3em`
const quoteOf = (rtl: boolean): string =>
  rtl
    ? 'margin:0 0 1em;padding:0 0.9em 0 0;border-right:3px solid #999'
    : 'margin:0 0 1em;padding:0 0 0 0.9em;border-left:3px solid #999'

function render(block: Block, options: HtmlOptions): string {
  const rtl = rightToLeft.has(options.language)
  const cell = cellOf(rtl)
  switch (block.kind) {
    case 'paragraph':
    case 'quote': {
      const lines = block.lines.map((line) => spans(line, options)).join('<br>\n')
      const style = block.verbatim ? ' style="white-space:pre-wrap"' : ''
      // With pre-wrap the line feed itself breaks the line; clients that drop the style still have the <br>.
      const inner = block.verbatim ? lines.replaceAll('<br>\n', '<br>') : lines
      return block.kind === 'quote'
        ? `<blockquote style="${quoteOf(rtl)}${block.verbatim ? ';white-space:pre-wrap' : ''}">${inner}</blockquote>`
        : `<p${style}>${inner}</p>`
    }
    case 'heading':
      return `<h2 style="margin:1.2em 0 0.5em;font-size:1.05em">${spans(block.spans, options)}</h2>`
    case 'list':
      return `<ul style="margin:0 0 1em;padding:0 ${rtl ? '1.3em 0 0' : '0 0 1.3em'}">\n${block.items.map((item) => `<li>${spans(item, options)}</li>`).join('\n')}\n</ul>`
    case 'table':
      return `<table style="margin:0 0 1em;border-collapse:collapse">\n${block.rows
        .map(
          (row) =>
            `<tr>${row.map((spanned, i) => (i === 0 && row.length > 1 ? `<th scope="row" style="${cell};text-align:${rtl ? 'right' : 'left'}">${spans(spanned, options)}</th>` : `<td style="${cell}">${spans(spanned, options)}</td>`)).join('')}</tr>`,
        )
        .join('\n')}\n</table>`
    case 'links':
      return `<p>\n${block.links.map(({ label, url }) => `<a href="${hrefOf(url, label, options)}" style="${buttonOf(rtl)}">${escapeHtml(label)}</a>`).join('\n')}\n</p>`
    case 'rule':
      return '<hr style="border:0;border-top:1px solid #999;margin:1.4em 0 1em">'
    default:
      return block satisfies never
  }
}

/** The closing lines: smaller, their links plain ones, a line each. */
export function htmlFooter(blocks: readonly Block[], options: HtmlOptions): string {
  if (blocks.length === 0) return ''
  const inner = blocks.map((block) =>
    block.kind === 'links'
      ? `<p>${block.links.map(({ label, url }) => `<a href="${hrefOf(url, label, options)}">${escapeHtml(label)}</a>`).join('<br>\n')}</p>`
      : render(block, options),
  )
  return `${render({ kind: 'rule' }, options)}\n<div style="font-size:.85em">\n${inner.join('\n')}\n</div>`
}

/** The blocks as elements of a body. */
export function htmlOf(blocks: readonly Block[], options: HtmlOptions): string {
  return blocks.map((block) => render(block, options)).join('\n')
}

/** A whole document around the elements of a body. */
export function htmlDocument(body: string, options: HtmlOptions): string {
  const direction = rightToLeft.has(options.language) ? 'rtl' : 'ltr'
  return `<!doctype html>
<html lang="${escapeHtml(options.language)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(options.title)}</title>
</head>
<body style="margin:0;padding:1em;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:40em">
${body}
</div>
</body>
</html>
`
}
