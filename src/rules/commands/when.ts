// Days, times and spans as people write them in a mail, in French, English and Spanish. Everything is relative to `today`
// (the desk's day), never to a clock of our own.

import { parseDuration } from '../../tickets/duration.ts'
import type { When } from './command.ts'
import { fold } from './names.ts'

const weekdays = [
  ['sunday', 'dimanche', 'domingo'],
  ['monday', 'lundi', 'lunes'],
  ['tuesday', 'mardi', 'martes'],
  ['wednesday', 'mercredi', 'miercoles'],
  ['thursday', 'jeudi', 'jueves'],
  ['friday', 'vendredi', 'viernes'],
  ['saturday', 'samedi', 'sabado'],
] as const
const todayWords = new Set(['today', "aujourd'hui", 'hoy'])
const tomorrowWords = new Set(['tomorrow', 'demain', 'manana'])
const months = new Map(
  [
    ['january', 'janvier', 'enero'],
    ['february', 'fevrier', 'febrero'],
    ['march', 'mars', 'marzo'],
    ['april', 'avril', 'abril'],
    ['may', 'mai', 'mayo'],
    ['june', 'juin', 'junio'],
    ['july', 'juillet', 'julio'],
    ['august', 'aout', 'agosto'],
    ['september', 'septembre', 'septiembre'],
    ['october', 'octobre', 'octubre'],
    ['november', 'novembre', 'noviembre'],
    ['december', 'decembre', 'diciembre'],
  ].flatMap((names, i) => names.map((name) => [name, i + 1] as const)),
)
const units = new Map<string, string>([
  ...['minute', 'minutes', 'min', 'minuto', 'minutos'].map((word) => [word, 'm'] as const),
  ...['hour', 'hours', 'heure', 'heures', 'hora', 'horas'].map((word) => [word, 'h'] as const),
  ...['day', 'days', 'jour', 'jours', 'dia', 'dias', 'j'].map((word) => [word, 'd'] as const),
])

const iso = (year: number, month: number, day: number): string | null => {
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 2000 || year > 2199 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return date.toISOString().slice(0, 10)
}

/** The day `days` after a `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Without a year: the next such day, today included. */
function nextYearly(today: string, month: number, day: number): string | null {
  const year = Number(today.slice(0, 4))
  const here = iso(year, month, day)
  return here !== null && here >= today ? here : iso(year + 1, month, day)
}

/**
 * `2026-12-01`, `01/12/2026`, `1.12.26`, `1 décembre`, `tomorrow`, `viernes`. In English a date such as 03/04/2026 could be
 * read both ways and is not read at all. null: no day.
 */
export function parseDay(text: string, today: string, language: string): string | null {
  const word = fold(text).replace(/^(?:le|on|el|the|next|prochain) /, '')
  if (todayWords.has(word)) return today
  if (tomorrowWords.has(word)) return addDays(today, 1)
  const weekday = weekdays.findIndex((names) => names.some((name) => name === word))
  if (weekday >= 0) {
    const ahead = (weekday - new Date(`${today}T00:00:00Z`).getUTCDay() + 7) % 7
    return addDays(today, ahead === 0 ? 7 : ahead)
  }
  // `fold` made blanks of hyphens.
  const ordered = /^(\d{4}) (\d{1,2}) (\d{1,2})$/.exec(word)
  if (ordered) return iso(Number(ordered[1]), Number(ordered[2]), Number(ordered[3]))
  const written = /^(\d{1,2})[/. ](\d{1,2})(?:[/. ](\d{4}|\d{2}))?\.?$/.exec(word)
  if (written) {
    const day = Number(written[1])
    const month = Number(written[2])
    if (language === 'en' && word.includes('/') && day <= 12 && month <= 12 && day !== month) return null
    if (written[3] === undefined) return nextYearly(today, month, day)
    return iso(Number(written[3]) + (written[3].length === 2 ? 2000 : 0), month, day)
  }
  const spelled = /^(\d{1,2})(?:er|st|nd|rd|th)? (?:de |of )?(\p{L}{3,12})(?: (?:de )?(\d{4}))?$/u.exec(word)
  const month = spelled ? months.get(spelled[2] ?? '') : undefined
  if (spelled && month !== undefined) {
    return spelled[3] === undefined
      ? nextYearly(today, month, Number(spelled[1]))
      : iso(Number(spelled[3]), month, Number(spelled[1]))
  }
  return null
}

/** `14:30`, `14h30`, `14h`, `2pm` as `HH:MM`; null: no time of day. */
export function parseTime(text: string): string | null {
  const match = /^(\d{1,2})(?:[:h.](\d{2})?)?\s?(am|pm)?$/.exec(fold(text))
  if (!match || (match[2] === undefined && match[3] === undefined && !/[h]/i.test(text))) return null
  const hour =
    match[3] === 'pm' && Number(match[1]) < 12
      ? Number(match[1]) + 12
      : match[3] === 'am' && Number(match[1]) === 12
        ? 0
        : Number(match[1])
  const minute = Number(match[2] ?? '0')
  if (hour > 23 || minute > 59) return null
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** A day, a day with a time, or a span such as `3d`, `5bd`, `dans 2 jours`. null: none of them. */
export function parseWhen(text: string, today: string, language: string): When | null {
  const trimmed = text.trim().slice(0, 80)
  const span = parseDuration(trimmed.toLowerCase())
  if (span) return { span }
  const words = fold(trimmed)
    .replace(/^(?:in|dans|en|dentro de) /, '')
    .split(' ')
  const unit = units.get(words[1] ?? '')
  if (words.length === 2 && unit !== undefined && /^\d{1,4}$/.test(words[0] ?? '')) {
    const worded = parseDuration(`${words[0]}${unit}`)
    if (worded) return { span: worded }
  }
  const whole = parseDay(trimmed, today, language)
  if (whole !== null) return { date: whole, time: null }
  const cut = trimmed.lastIndexOf(' ')
  if (cut > 0) {
    const time = parseTime(trimmed.slice(cut + 1))
    const date =
      time === null ? null : parseDay(trimmed.slice(0, cut).replace(/\s+(?:à|a|at|las|a las)$/i, ''), today, language)
    if (date !== null) return { date, time }
  }
  return null
}

/** `30`, `45 min`, `1h`, `1h30`, `1:30`, `1,5 h` in minutes, up to 100 hours; a minus takes time back. null: no amount of time. */
export function parseMinutes(text: string): number | null {
  const bare = text.trim()
  const back = /^[-−–]/.test(bare)
  const match =
    /^(?:(\d{1,4})(?: ?m(?:in(?:utes?|utos?)?)?)?|(\d{1,2}) ?[h:] ?(\d{2})|(\d{1,2})(?:[.,](\d{1,2}))? ?h(?:ours?|eures?|oras?)?)\.?$/.exec(
      fold(bare.replace(/^[-−–+]/, '')),
    )
  if (!match) return null
  const [, plain, hours, rest, decimal, fraction] = match
  const minutes =
    plain !== undefined
      ? Number(plain)
      : hours !== undefined
        ? Number(hours) * 60 + Number(rest)
        : Math.round(Number(`${decimal}.${fraction ?? '0'}`) * 60)
  if (minutes === 0 || minutes > 6000) return null
  return back ? -minutes : minutes
}
