// HTML to the text a reader sees, line by line, with what the mark-up says about each line: quoted, signature, or neither.
// One pass over the characters, an open-element stack of bounded depth: linear also for a million nested or unclosed tags.
// Nothing is rendered and nothing is fetched.

import { BLOCK, INVISIBLE, RAW_TEXT, SELF_CLOSING_SIBLING, SPACED, VOID } from './html-elements.ts'
import { decodeEntities } from './html-entities.ts'
import { attributesOf, type LineRole, marksOf } from './html-marks.ts'

export interface HtmlText {
  /** LF line ends; lines within a blockquote begin with `> ` for each level. */
  readonly text: string
  /** One entry for each line of `text`: what the mark-up of known mail clients says of it. */
  readonly roles: readonly LineRole[]
  /** True when the HTML was longer than the limit and the rest was left out. */
  readonly cut: boolean
  /** Content-IDs that `cid:` addresses name, without angle brackets. */
  readonly contentIds: readonly string[]
}

const MAX_HTML = 2_000_000
const MAX_DEPTH = 400
const MAX_TAG = 4000

interface Frame {
  readonly name: string
  readonly depth: number
  readonly role: LineRole
  readonly hidden: boolean
  readonly pre: boolean
  /** The container of a client's whole quotation: before its first blockquote it is attribution, after it an answer. */
  readonly container: boolean
}

/** Reads an HTML body. Never throws. */
export function htmlToText(html: string): HtmlText {
  const cut = html.length > MAX_HTML
  const reader = new HtmlReader(cut ? html.slice(0, MAX_HTML) : html)
  reader.read()
  return { text: reader.lines.join('\n'), roles: reader.roles, cut, contentIds: [...reader.contentIds] }
}

class HtmlReader {
  readonly lines: string[] = []
  readonly roles: LineRole[] = []
  readonly contentIds = new Set<string>()
  readonly #html: string
  #stack: Frame[] = [{ name: '', depth: 0, role: null, hidden: false, pre: false, container: false }]
  /** Open elements beyond `MAX_DEPTH`: counted, not kept. */
  #beyond = 0
  #line = ''
  /** Kept beside `#line`: to ask the growing string for its last letter would copy it each time. */
  #endsInSpace = false
  #lineFrame: Frame | null = null
  #pendingSpace = false
  #pendingBlank = false
  /** Once a client's "all that follows is the old mail" mark was seen. */
  #restIsQuote = false
  /** In a quote container, whether its blockquote has been closed, so that text after it is an answer. */
  #answered = false
  /** Raw text elements without an end tag in the rest of the document: searched for once. */
  readonly #neverClosed = new Set<string>()
  /** No `>` stands behind this place. */
  #noTagsFrom = Number.POSITIVE_INFINITY

  constructor(html: string) {
    this.#html = html
  }

  read(): void {
    const html = this.#html
    let at = 0
    while (at < html.length) {
      const open = html.indexOf('<', at)
      if (open < 0) {
        this.#text(html.slice(at))
        break
      }
      if (open > at) this.#text(html.slice(at, open))
      at = this.#markup(open)
    }
    this.#endLine()
    while (this.lines.at(-1) === '') {
      this.lines.pop()
      this.roles.pop()
    }
  }

  /** Reads what begins with `<` at `open`; returns where to go on. */
  #markup(open: number): number {
    const html = this.#html
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4)
      const comment = html.slice(open + 4, Math.min(end < 0 ? open + 40 : end, open + 40)).trim()
      // Seen in FreeScout's list of markers: `<!-- originalMessage -->`.
      if (/^originalMessage/i.test(comment)) this.#restIsQuote = true
      if (end < 0) return html.length
      return end + 3
    }
    const next = html[open + 1] ?? ''
    if (next === '!' || next === '?') {
      const end = html.indexOf('>', open)
      return end < 0 ? html.length : end + 1
    }
    if (!/[A-Za-z/]/.test(next)) {
      this.#text('<')
      return open + 1
    }
    const end = this.#tagEnd(open)
    if (end < 0) {
      this.#text('<')
      return open + 1
    }
    const tag = html.slice(open + 1, end)
    const name = (/^\/?([A-Za-z][^\s/>]*)/.exec(tag)?.[1] ?? '').toLowerCase()
    if (tag.startsWith('/')) this.#close(name)
    else {
      this.#open(name, tag)
      if (RAW_TEXT.has(name) && !tag.endsWith('/')) return this.#rawText(name, end + 1)
    }
    return end + 1
  }

  #rawText(name: string, from: number): number {
    if (this.#neverClosed.has(name)) return from
    const closing = new RegExp(`</${name}`, 'gi')
    closing.lastIndex = from
    const found = closing.exec(this.#html)
    if (found === null) {
      // Never closed: a style sheet swallows the rest, as in a browser, but a textarea or title does not.
      this.#neverClosed.add(name)
      if (INVISIBLE.has(name) && name !== 'title') return this.#html.length
      return from
    }
    if (!INVISIBLE.has(name)) this.#text(this.#html.slice(from, found.index))
    this.#close(name)
    const end = this.#html.indexOf('>', found.index)
    return end < 0 ? this.#html.length : end + 1
  }

  get #top(): Frame {
    return this.#stack.at(-1) ?? { name: '', depth: 0, role: null, hidden: false, pre: false, container: false }
  }

  #open(name: string, tag: string): void {
    if (name === 'br') {
      this.#breakLine()
      return
    }
    if (name === 'hr') {
      const id = attributesOf(tag).get('id')
      this.#endLine()
      // Hotmail and Outlook on the web draw this rule above the old mail.
      if (id === 'stopSpelling' || id === 'EmailTemplate' || /tabindex=["']?-1/.test(tag)) this.#restIsQuote = true
      this.#pendingBlank = true
      return
    }
    if (name === 'img') {
      const attributes = attributesOf(tag)
      const source = attributes.get('src') ?? ''
      if (/^cid:/i.test(source)) this.#contentId(source.slice(4))
      const alt = decodeEntities(attributes.get('alt') ?? '')
      // A mailer's emoji is a picture with the character as its alternative text.
      if (alt !== '' && alt.length <= 4) this.#text(alt)
      return
    }
    if (VOID.has(name)) return
    if (BLOCK.has(name)) this.#endLine()
    if (SPACED.has(name)) this.#pendingBlank = true
    if (SELF_CLOSING_SIBLING.has(name) && this.#top.name === name) this.#stack.pop()
    if (name === 'td' || name === 'th') this.#cell()
    if (tag.endsWith('/') && !BLOCK.has(name)) return
    this.#push(name, tag)
    if (name === 'li' && !this.#top.hidden) this.#text('* ')
  }

  #contentId(raw: string): void {
    if (this.contentIds.size >= 1000) return
    this.contentIds.add(raw.trim())
    try {
      this.contentIds.add(decodeURIComponent(raw.trim()))
    } catch {
      // A percent sign that escapes nothing: the name counts as written.
    }
  }

  #cell(): void {
    if (this.#line !== '') this.#pendingSpace = true
  }

  #push(name: string, tag: string): void {
    if (this.#stack.length >= MAX_DEPTH) {
      this.#beyond++
      return
    }
    const top = this.#top
    const marks = marksOf(name, tag)
    if (marks.restIsQuote) this.#restIsQuote = true
    const container = marks.container || top.container
    if (marks.container) this.#answered = false
    this.#stack.push({
      name,
      depth:
        top.depth +
        (name === 'blockquote' && !marks.indentOnly && (!marks.unmarked || top.depth > 0 || top.container) ? 1 : 0),
      role: marks.role ?? (marks.unmarked && !marks.indentOnly && top.role === null ? 'blockquote' : top.role),
      hidden: top.hidden || INVISIBLE.has(name) || marks.hidden,
      pre: top.pre || name === 'pre' || name === 'xmp' || name === 'textarea',
      container,
    })
  }

  #close(name: string): void {
    if (name === 'br' || name === 'p') {
      // `</br>` is read as a line break by browsers, `</p>` alone as an empty paragraph.
      if (name === 'br') this.#breakLine()
    }
    if (BLOCK.has(name)) this.#endLine()
    if (SPACED.has(name)) this.#pendingBlank = true
    if (this.#beyond > 0) {
      this.#beyond--
      return
    }
    for (let i = this.#stack.length - 1, steps = 0; i > 0 && steps < 60; i--, steps++) {
      const frame = this.#stack[i]
      if (frame?.name === name) {
        if (name === 'blockquote' && frame.container && this.#stack[i - 1]?.depth === 0) this.#answered = true
        this.#stack.length = i
        return
      }
      // A cell's stray end tag does not close the table around it.
      if (frame?.name === 'table' && name !== 'table' && name !== 'body' && name !== 'html') return
    }
  }

  #text(raw: string): void {
    const frame = this.#top
    if (frame.hidden) return
    const text = decodeEntities(raw)
    if (frame.pre) {
      const parts = text.replace(/\r\n?/g, '\n').split('\n')
      parts.forEach((part, i) => {
        if (i > 0) this.#breakLine()
        if (part !== '') this.#append(part)
      })
      return
    }
    const collapsed = text.replace(/[ \t\r\n\f]+/g, ' ')
    if (collapsed === ' ') {
      if (this.#line !== '') this.#pendingSpace = true
      return
    }
    const lead = collapsed.startsWith(' ')
    const trail = collapsed.endsWith(' ')
    const body = collapsed.slice(lead ? 1 : 0, trail ? -1 : undefined)
    if (body === '') return
    if (lead && this.#line !== '') this.#pendingSpace = true
    this.#append(body)
    this.#pendingSpace = trail
  }

  #append(text: string): void {
    this.#lineFrame ??= this.#top
    if (text === '') return
    this.#line += (this.#pendingSpace && this.#line !== '' && !this.#endsInSpace ? ' ' : '') + text
    this.#endsInSpace = text.endsWith(' ')
    this.#pendingSpace = false
  }

  #breakLine(): void {
    if (this.#top.hidden) return
    if (this.#line === '' && this.#lineFrame === null) this.#emit('', this.#top)
    else this.#endLine()
  }

  #endLine(): void {
    if (this.#line.trim() !== '') {
      if (this.#pendingBlank && this.lines.length > 0 && this.#lastContent() !== '')
        this.#emit('', this.#lineFrame ?? this.#top)
      this.#pendingBlank = false
      this.#emit(this.#line.replaceAll('\u00a0', ' ').trimEnd(), this.#lineFrame ?? this.#top)
    } else if (this.#line !== '') this.#emit('', this.#lineFrame ?? this.#top)
    this.#line = ''
    this.#lineFrame = null
    this.#pendingSpace = false
  }

  #lastContent(): string {
    return (this.lines.at(-1) ?? '').replace(/^[> ]+/, '')
  }

  #emit(text: string, frame: Frame): void {
    if (text === '' && this.lines.length === 0) return
    const prefix = '> '.repeat(Math.min(frame.depth, 20))
    this.lines.push((prefix + text).trimEnd())
    const inside = frame.container && (frame.depth > 0 || !this.#answered)
    this.roles.push(this.#restIsQuote || inside ? 'quote' : frame.role)
  }

  /** The `>` that ends a tag, with quoted attributes respected as long as the quotes close nearby. */
  #tagEnd(open: number): number {
    const html = this.#html
    if (open >= this.#noTagsFrom) return -1
    const simple = html.indexOf('>', open)
    if (simple < 0) this.#noTagsFrom = open
    if (simple < 0 || simple - open > MAX_TAG) return simple
    let quote = ''
    const limit = Math.min(html.length, open + MAX_TAG)
    for (let i = open + 1; i < limit; i++) {
      const char = html[i]
      if (quote !== '') {
        if (char === quote) quote = ''
      } else if ((char === '"' || char === "'") && html[i - 1] === '=') quote = char
      else if (char === '>') return i
    }
    return simple
  }
}
