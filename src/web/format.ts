// Dates, sizes and durations in the reader's language and the desk's zone; and what of a stranger's text may be shown in one line.

import { showAddress } from '../mail/address.ts'
import { frenchFirst } from '../outbound/format.ts'

export interface Format {
  readonly language: string
  readonly zone: string
  /** Day and time, for people. */
  readonly instant: (at: Date) => string
  /** A calendar day given as YYYY-MM-DD. */
  readonly day: (day: string) => string
  readonly shortDay: (day: string) => string
  readonly number: (value: number) => string
  readonly bytes: (size: number) => string
  /** A duration by its largest unit: "3 hours". */
  readonly span: (ms: number) => string
  readonly languageName: (code: string) => string
}

const cache = new Map<string, Format>()

/** Formats are costly to make and there are few: one a language and zone. `zone` is one that a desk's YAML passed as valid. */
export function formatOf(language: string, zone: string): Format {
  const key = `${language} ${zone}`
  const known = cache.get(key)
  if (known) return known
  const locale = language === 'en' ? 'en-GB' : language
  const instants = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone })
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const shortDays = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const numbers = new Intl.NumberFormat(locale)
  const unit = (name: string, display: 'long' | 'short') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: display, maximumFractionDigits: 0 })
  const sizes = { byte: unit('byte', 'long'), kilobyte: unit('kilobyte', 'short'), megabyte: unit('megabyte', 'short') }
  const spans = { minute: unit('minute', 'long'), hour: unit('hour', 'long'), day: unit('day', 'long') }
  const names = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' })
  const asDay = (day: string): Date => new Date(`${day}T00:00:00Z`)
  const made: Format = {
    language,
    zone,
    instant: (at) => frenchFirst(instants.format(at), language),
    day: (day) => frenchFirst(days.format(asDay(day)), language),
    shortDay: (day) => frenchFirst(shortDays.format(asDay(day)), language),
    number: (value) => numbers.format(value),
    bytes: (size) => {
      if (size < 1000) return sizes.byte.format(size)
      return size < 1_000_000 ? sizes.kilobyte.format(size / 1000) : sizes.megabyte.format(size / 1_000_000)
    },
    span: (ms) => {
      const minutes = Math.max(0, ms) / 60_000
      if (minutes < 90) return spans.minute.format(Math.round(minutes))
      return minutes < 48 * 60
        ? spans.hour.format(Math.round(minutes / 60))
        : spans.day.format(Math.round(minutes / 1440))
    },
    languageName: (code) => (/^[a-z]{2}$/.test(code) ? (names.of(code) ?? code) : code),
  }
  cache.set(key, made)
  return made
}

/** What hides, turns the direction of writing or is no character: it has no place in a name, a subject or an address. */
const tricks = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

/** One line of somebody else's text without control, invisible and direction characters (threats T06, T31), at most `longest` characters. */
export function plainLine(text: string, longest = 300): string {
  const clean = text
    .slice(0, longest * 4)
    .replace(/[\t\r\n]+/g, ' ')
    .replace(tricks, '')
    .trim()
  return clean.length > longest ? `${clean.slice(0, longest - 1).toWellFormed()}…` : clean
}

/** Running text as it is shown: line ends unified, without characters that would turn the direction of what follows. */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\n{4,}/g, '\n\n\n')
}

/** An address of which other people of a request see enough to know it again: `j…@example.org`. */
export function maskAddress(address: string): string {
  const shown = showAddress({ address, name: '' })
  const at = shown.lastIndexOf('@')
  return at < 1 ? '…' : `${[...shown][0] ?? ''}…${shown.slice(at)}`
}
