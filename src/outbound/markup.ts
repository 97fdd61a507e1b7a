// The small markup of mail templates, from which text and html are made, so that they can never say different things.
//
// Values are never parsed: before rendering, every character of a value that means something to the markup or to html is shifted
// into a private range (U+E000 + code), and shifted back when the finished piece is written. What a customer wrote cannot become a
// heading, a link or a tag, whatever it contains (threats T03, T42).

/** A piece of a line. */
export interface Span {
  readonly text: string
  readonly bold: boolean
  /** http, https or mailto; null for plain text. */
  readonly url: string | null
}

export type Block =
  | { readonly kind: 'paragraph' | 'quote'; readonly lines: readonly (readonly Span[])[]; readonly verbatim: boolean }
  | { readonly kind: 'heading'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Span[])[])[] }
  | { readonly kind: 'links'; readonly links: readonly { readonly label: string; readonly url: string }[] }
  | { readonly kind: 'rule' }

const SHIFT = 0xe000
const special = /[\n#\-|>[\]()*\\<&"']/g
const taken = /[\ue000-\ue07f]/g
const shifted = /[\ue000-\ue07f]/g
const lineEnds = /\r\n?|[\u0085\u2028\u2029]/g
// Controls, and the characters that turn the direction of what follows (a file name or a name may carry them).
const unwanted = /[\u202a-\u202e\u2066-\u2069\ufeff]|(?![\n\t])\p{Cc}/gu
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
/** A line end that stands in a value. */
const HARD_BREAK = '\ue00a'

/** Most values: words, numbers, addresses. */
const harmless = /^[\w .,:;!?@/+=%$~^{}\u00a1-\u024f]*$/

/** A value as it may stand in a template: nothing in it means anything. Line ends become LF, controls go. */
export function protect(value: string): string {
  if (harmless.test(value)) return value
  return value
    .replace(taken, '\ufffd')
    .replace(loneSurrogate, '\ufffd')
    .replace(lineEnds, '\n')
    .replace(unwanted, '')
    .replace(special, (char) => String.fromCharCode(SHIFT + char.charCodeAt(0)))
}

/** The characters that were meant. */
export function reveal(text: string): string {
  return text.replace(shifted, (char) => String.fromCharCode(char.charCodeAt(0) - SHIFT))
}

const inline = /\*\*([^*]{1,400})\*\*|\[([^\]]{1,400})\]\(([^()\s]{1,2000})\)/g
const wholeLink = /^\[([^\]]{1,400})\]\(([^()\s]{0,2000})\)$/
const allowedUrl = /^(?:https?:\/\/|mailto:)[^\s<>"]+$/i

function safeUrl(url: string): string | null {
  const plain = reveal(url)
  return allowedUrl.test(plain) ? plain : null
}

function spansOf(line: string): Span[] {
  const spans: Span[] = []
  let at = 0
  for (const match of line.matchAll(inline)) {
    if (match.index > at) spans.push({ text: line.slice(at, match.index), bold: false, url: null })
    if (match[1] !== undefined) spans.push({ text: match[1], bold: true, url: null })
    else spans.push({ text: match[2] ?? '', bold: false, url: safeUrl(match[3] ?? '') })
    at = match.index + match[0].length
  }
  if (at < line.length) spans.push({ text: line.slice(at), bold: false, url: null })
  return spans
}

/** Lines of a paragraph: a line end of the template is a blank, one of a value or a backslash at the end is a line end. */
function paragraphOf(kind: 'paragraph' | 'quote', source: readonly string[]): Block {
  const joined = source
    .map((line) => (line.endsWith('\\') ? `${line.slice(0, -1).trimEnd()}${HARD_BREAK}` : `${line} `))
    .join('')
    .trim()
  const lines = joined.split(HARD_BREAK)
  return { kind, lines: lines.map(spansOf), verbatim: lines.length > 1 }
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim())

type LineKind = 'blank' | 'rule' | 'heading' | 'item' | 'row' | 'quoted' | 'link' | 'words'

function kindOf(line: string): LineKind {
  if (line === '') return 'blank'
  if (line === '---') return 'rule'
  if (line.startsWith('# ')) return 'heading'
  if (line.startsWith('- ')) return 'item'
  if (line.startsWith('|')) return 'row'
  if (line.startsWith('>')) return 'quoted'
  return wholeLink.test(line) ? 'link' : 'words'
}

/** Blocks of a rendered template. Rows without a value in their last column, empty items, empty quotations and links without an address are left out. */
export function parseMarkup(rendered: string): Block[] {
  const blocks: Block[] = []
  const lines = rendered.split('\n').map((line) => line.trim())
  for (let i = 0; i < lines.length; ) {
    const kind = kindOf(lines[i] ?? '')
    let end = i + 1
    if (kind !== 'heading' && kind !== 'rule') while (end < lines.length && kindOf(lines[end] ?? '') === kind) end++
    const run = lines.slice(i, end)
    i = end
    switch (kind) {
      case 'blank':
        break
      case 'rule':
        blocks.push({ kind: 'rule' })
        break
      case 'heading':
        blocks.push({ kind: 'heading', spans: spansOf((run[0] ?? '').slice(2)) })
        break
      case 'item': {
        const items = run.map((line) => line.slice(2).trim()).filter((item) => item !== '')
        if (items.length > 0) blocks.push({ kind: 'list', items: items.map(spansOf) })
        break
      }
      case 'row': {
        const rows = run.map(cellsOf).filter((cells) => cells.at(-1) !== '')
        if (rows.length > 0) blocks.push({ kind: 'table', rows: rows.map((cells) => cells.map(spansOf)) })
        break
      }
      case 'quoted': {
        const inner = run.map((line) => line.slice(1).trim())
        if (inner.some((line) => reveal(line).trim() !== '')) blocks.push(paragraphOf('quote', inner))
        break
      }
      case 'link': {
        const links = run.flatMap((line) => {
          const match = wholeLink.exec(line)
          const url = safeUrl(match?.[2] ?? '')
          return url === null ? [] : [{ label: match?.[1] ?? '', url }]
        })
        if (links.length > 0) blocks.push({ kind: 'links', links })
        break
      }
      case 'words':
        blocks.push(paragraphOf('paragraph', run))
        break
      default:
        kind satisfies never
    }
  }
  return blocks
}
