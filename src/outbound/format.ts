// Dates, numbers and lists as people of a language read them; formatters are made once.

/** Language and time zone in which a mail is written. */
export interface Locale {
  readonly language: string
  readonly zone: string
}

const dates = new Map<string, Intl.DateTimeFormat>()
const lists = new Map<string, Intl.ListFormat>()
const numbers = new Map<string, Intl.NumberFormat>()

const styles = {
  date: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  datetime: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  },
  short: { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

/** `date` Monday 3 March 2025, `time` 14:05, `datetime` both with the zone, `short` for tables. */
export type DateStyle = keyof typeof styles

/** English without a country is written the way most of the world reads it. */
const tag = (language: string): string => (language === 'en' ? 'en-GB' : language)

const zones = new Map<string, boolean>()

/** The zone as it is, when there is one of that name; contacts come from tables, where anything may stand. */
export function readersZone(zone: string | null | undefined): string | null {
  if (!zone || zone.length > 64) return null
  let known = zones.get(zone)
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone })
      known = true
    } catch {
      known = false
    }
    if (zones.size < 1000) zones.set(zone, known)
  }
  return known ? zone : null
}

/** The last dates written: the mails of a batch write the same ones. */
const written = new Map<string, string>()
const MAX_WRITTEN = 500

export function formatDate(at: Date, style: DateStyle, { language, zone }: Locale): string {
  const key = `${style} ${language} ${zone}`
  const known = written.get(`${key} ${at.getTime()}`)
  if (known !== undefined) return known
  let format = dates.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(tag(language), { ...styles[style], timeZone: zone })
    dates.set(key, format)
  }
  if (written.size >= MAX_WRITTEN) written.clear()
  const text = frenchFirst(format.format(at), language)
  written.set(`${key} ${at.getTime()}`, text)
  return text
}

/** French counts the first of a month as such: 1er décembre. */
export const frenchFirst = (text: string, language: string): string =>
  language === 'fr' ? text.replace(/(^|\s)1(?=\s\p{L})/u, '$11er') : text

export function formatList(items: readonly string[], { language }: Locale): string {
  let format = lists.get(language)
  if (!format) {
    format = new Intl.ListFormat(tag(language), { type: 'conjunction' })
    lists.set(language, format)
  }
  return format.format(items)
}

/** A number as people read it; amounts with their currency (ISO 4217) when there is one, else with the decimals they were given. */
export function formatNumber(value: number, { language }: Locale, currency?: string, decimals?: number): string {
  const key = `${language} ${currency ?? decimals ?? ''}`
  let format = numbers.get(key)
  if (!format) {
    format = new Intl.NumberFormat(
      tag(language),
      currency && /^[A-Z]{3}$/.test(currency)
        ? { style: 'currency', currency }
        : decimals
          ? { minimumFractionDigits: decimals }
          : {},
    )
    numbers.set(key, format)
  }
  return format.format(value)
}

/** Amounts are kept as decimal text, `1234.50 EUR`; people read them grouped, with their currency. Other text stays as it is. */
export function formatMoney(text: string, locale: Pick<Locale, 'language'>): string {
  const shape = /^(-?\d{1,15}(?:\.(\d{1,6}))?)(?: ([A-Z]{3}))?$/.exec(text)
  if (!shape) return text
  return formatNumber(Number(shape[1]), { language: locale.language, zone: 'UTC' }, shape[3], shape[2]?.length)
}
