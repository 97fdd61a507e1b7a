// Templates, compiled: Handlebars with a fixed set of helpers and no way to prototypes, over values that were protected before.

import Handlebars from 'handlebars'
import { type DateStyle, formatDate, formatList, formatNumber, type Locale } from './format.ts'
import { htmlDocument, htmlFooter, htmlOf, revealInHtml } from './html-body.ts'
import { parseMarkup, protect, reveal } from './markup.ts'
import { textBody } from './text-body.ts'

/** A value of a view: text is protected already (`protectView`). */
export type ViewValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Date
  | readonly ViewValue[]
  | { readonly [key: string]: ViewValue }
export type View = { readonly [key: string]: ViewValue }

export interface Compiled {
  readonly subject: (view: View, locale: Locale) => string
  readonly body: (view: View, locale: Locale) => string
  /** An html part of its own, from a file beside; null: made from the body. */
  readonly html: ((view: View, locale: Locale) => string) | null
}

export interface RenderedParts {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Helpers a template may call, with how many arguments; the block helpers of Handlebars beside them. */
export const inlineHelpers = {
  date: 1,
  time: 1,
  datetime: 1,
  short: 1,
  number: 1,
  amount: 2,
  list: 1,
  word: 1,
} as const
export const blockHelpers = ['if', 'unless', 'each', 'with'] as const

const environment = Handlebars.create()
environment.unregisterHelper('log')
environment.unregisterHelper('lookup')

const localeOf = (options: { readonly data?: { readonly locale?: Locale } }): Locale =>
  options.data?.locale ?? { language: 'en', zone: 'UTC' }

const dateHelper = (style: DateStyle) => (value: unknown, options: { readonly data?: { readonly locale?: Locale } }) =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? protect(formatDate(value, style, localeOf(options))) : ''

for (const style of ['date', 'time', 'datetime', 'short'] as const) environment.registerHelper(style, dateHelper(style))
environment.registerHelper('number', (value: unknown, options) =>
  typeof value === 'number' ? protect(formatNumber(value, localeOf(options))) : String(value ?? ''),
)
environment.registerHelper('amount', (value: unknown, currency: unknown, options) => {
  const number = typeof value === 'number' ? value : Number(reveal(String(value ?? '')))
  return Number.isFinite(number)
    ? protect(formatNumber(number, localeOf(options), reveal(String(currency ?? ''))))
    : String(value ?? '')
})
environment.registerHelper('list', (value: unknown, options) =>
  Array.isArray(value)
    ? protect(
        formatList(
          value.map((item) => reveal(String(item ?? ''))),
          localeOf(options),
        ),
      )
    : '',
)

/** A word of a closed set in the template's language: {{word data.clock resolution="la résolution"}}; what is not named stays as it is. */
environment.registerHelper('word', (value: unknown, options: { readonly hash: Readonly<Record<string, unknown>> }) => {
  const code = reveal(String(value ?? ''))
  return String((Object.hasOwn(options.hash, code) ? options.hash[code] : value) ?? '')
})

const knownHelpers = Object.fromEntries([...Object.keys(inlineHelpers), ...blockHelpers].map((name) => [name, true]))

/** A syntax fault throws with Handlebars' message. */
function compilePiece(source: string): (view: View, locale: Locale) => string {
  const template = environment.compile<View>(source, { knownHelpers, knownHelpersOnly: true, noEscape: true })
  return (view, locale) =>
    template(view, { data: { locale }, allowProtoMethodsByDefault: false, allowProtoPropertiesByDefault: false })
}

/** Takes a source apart: the first line is `Subject: …`, a blank line, the body. null when it does not begin so. */
export function splitSource(
  source: string,
): { readonly subject: string; readonly body: string; readonly bodyLine: number } | null {
  const match = /^\ufeff?subject:[ \t]*([^\r\n]*)\r?\n(?:[ \t]*\r?\n)?/i.exec(source)
  if (!match) return null
  return { subject: match[1] ?? '', body: source.slice(match[0].length), bodyLine: match[0].split('\n').length }
}

export function compileTemplate(source: {
  readonly subject: string
  readonly body: string
  readonly html: string | null
}): Compiled {
  return {
    subject: compilePiece(source.subject),
    body: compilePiece(source.body),
    html: source.html === null ? null : compilePiece(source.html),
  }
}

/** Every text of a value made harmless for the markup; dates, numbers and flags stay. */
export function protectView(value: ViewValue): ViewValue {
  if (typeof value === 'string') return protect(value)
  if (value === null || value === undefined || typeof value !== 'object' || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(protectView)
  const out: Record<string, ViewValue> = Object.create(null) as Record<string, ViewValue>
  for (const [key, inner] of Object.entries(value)) out[key] = protectView(inner)
  return out
}

/**
 * Renders a mail: subject in one line, text, html document; the footer goes under both. `view` is protected.
 * `subjectOf` makes the final subject (ticket token) out of the rendered one; `choiceToken` goes into the subjects of mailto links.
 */
export function renderTemplate(
  template: Compiled,
  footer: Compiled | null,
  view: View,
  locale: Locale,
  subjectOf: (subject: string) => string,
  choiceToken: string,
): RenderedParts {
  const subject = subjectOf(reveal(template.subject(view, locale)).replace(/\s+/g, ' ').trim())
  const body = parseMarkup(template.body(view, locale))
  const end = footer === null ? [] : parseMarkup(footer.body(view, locale))
  const options = { language: locale.language, title: subject, choiceSubject: choiceToken }
  const blocks = end.length === 0 ? body : [...body, { kind: 'rule' as const }, ...end]
  const main = template.html === null ? htmlOf(body, options) : revealInHtml(template.html(view, locale))
  const inner = [main, htmlFooter(end, options)].filter((part) => part !== '').join('\n')
  return { subject, text: textBody(blocks, locale.language), html: htmlDocument(inner, options) }
}
