// Opening hours as a sentence for people: « du lundi au vendredi de 9 h à 17 h ».

import type { Calendar } from './calendar.ts'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** 2024-01-01 was a Monday. */
const mondayMs = Date.UTC(2024, 0, 1)

interface Words {
  readonly always: string
  readonly never: string
  readonly hour: (hours: number, minutes: number) => string
  readonly span: (from: string, to: string) => string
  readonly one: (day: string) => string
  readonly range: (first: string, last: string) => string
  readonly and: string
  readonly join: (days: string, hours: string) => string
}

const two = (n: number): string => String(n).padStart(2, '0')
const colon = (hours: number, minutes: number): string => `${hours}:${two(minutes)}`

const words: ReadonlyMap<string, Words> = new Map([
  [
    'fr',
    {
      always: '24 heures sur 24, 7 jours sur 7',
      never: 'sur rendez-vous uniquement',
      hour: (hours, minutes) => (minutes === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h\u00a0${two(minutes)}`),
      span: (from, to) => `de ${from} à ${to}`,
      one: (day) => `le ${day}`,
      range: (first, last) => `du ${first} au ${last}`,
      and: 'et',
      join: (day, hours) => `${day} ${hours}`,
    },
  ],
  [
    'en',
    {
      always: '24 hours a day, 7 days a week',
      never: 'by appointment only',
      hour: colon,
      span: (from, to) => `from ${from} to ${to}`,
      one: (day) => `on ${day}`,
      range: (first, last) => `${first} to ${last}`,
      and: 'and',
      join: (day, hours) => `${day} ${hours}`,
    },
  ],
  [
    'es',
    {
      always: 'las 24 horas, los 7 días de la semana',
      never: 'solo con cita previa',
      hour: colon,
      span: (from, to) => (from.startsWith('1:') ? `de la ${from} a las ${to}` : `de ${from} a ${to}`),
      one: (day) => `el ${day}`,
      range: (first, last) => `de ${first} a ${last}`,
      and: 'y',
      join: (day, hours) => `${day}, ${hours}`,
    },
  ],
  [
    'ar',
    {
      always: 'على مدار الساعة طوال أيام الأسبوع',
      never: 'بموعد مسبق فقط',
      hour: colon,
      span: (from, to) => `من ${from} إلى ${to}`,
      one: (day) => `يوم ${day}`,
      range: (first, last) => `من ${first} إلى ${last}`,
      and: 'و',
      join: (days, hours) => `${days} ${hours}`,
    },
  ],
])

const plain: Words = {
  always: '24/7',
  never: '–',
  hour: (hours, minutes) => `${two(hours)}:${two(minutes)}`,
  span: (from, to) => `${from}–${to}`,
  one: (day) => day,
  range: (first, last) => `${first} – ${last}`,
  and: ',',
  join: (day, hours) => `${day} ${hours}`,
}

const hourOf = (text: string, of: Words): string => of.hour(Number(text.slice(0, 2)), Number(text.slice(3, 5)))

function series(parts: readonly string[], and: string): string {
  if (and === ',') return parts.join(', ')
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${and} ${parts.at(-1)}`
}

/** The week of a calendar in one sentence without a full stop; holidays are not named. Languages without words of their own get Intl's day names. */
export function describeHours(calendar: Calendar, language: string): string {
  const of = words.get(language) ?? plain
  const names = days.map((_, i) =>
    new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(mondayMs + i * 86_400_000),
  )
  const hours = days.map((day) => [...(calendar.definition.week[day] ?? [])].sort())
  if (hours.every((list) => list.length === 0)) return of.never
  if (hours.every((list) => list.length === 1 && list[0] === '00:00-24:00')) return of.always
  const groups: { readonly first: number; last: number; readonly key: string }[] = []
  // Where the week runs through Sunday, it begins with the day after the rest: "Sunday to Thursday".
  const keys = hours.map((list) => list.join(' '))
  const first = keys[0] === keys[6] ? keys.findLastIndex((key) => key !== keys[0]) + 1 : 0
  for (const place of days.keys()) {
    const i = (first + place) % 7
    const key = keys[i] ?? ''
    const group = groups.at(-1)
    if (group && group.key === key && (group.last + 1) % 7 === i) group.last = i
    else if (key !== '') groups.push({ first: i, last: i, key })
  }
  const parts = groups.map((group) => {
    const first = names[group.first] ?? ''
    const last = names[group.last] ?? ''
    const spans = group.key.split(' ').map((text) => of.span(hourOf(text.slice(0, 5), of), hourOf(text.slice(6), of)))
    const when =
      group.first === group.last
        ? of.one(first)
        : group.last === (group.first + 1) % 7
          ? series([of.one(first), of.one(last)], of.and)
          : of.range(first, last)
    return of.join(when, series(spans, of.and))
  })
  return parts
    .join(of === plain ? ', ' : parts.length > 1 ? ' ; ' : '')
    .replace(/ ; /g, language === 'fr' ? ' ; ' : language === 'ar' ? '؛ ' : '; ')
}
