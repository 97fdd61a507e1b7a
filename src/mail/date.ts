// RFC 5322 §3.3 dates with the obsolete zones of §4.3 and the shapes of real mail. A claim of the sender, never used for order.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const ZONES = new Map<string, number>([
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['z', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
  ['cet', 60],
  ['cest', 120],
  ['met', 60],
  ['mest', 120],
  ['bst', 60],
  ['jst', 540],
])
const DATE =
  /(?:^|[\s,])(\d{1,3})[\s-]+([A-Za-z]{3})[a-z]{0,6}\.?[\s-]+(\d{2,4})(?:\s+|,\s*)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([+-]\s?\d{2}:?\d{2}|[A-Za-z]{1,5})?/
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?/

/** Reads a Date value; null for what is no date (never "now"). An unknown zone counts as UTC (RFC 5322 §4.3). */
export function parseMailDate(raw: string): Date | null {
  const value = raw
    .slice(0, 200)
    .replace(/\([^)]*\)/g, ' ')
    .trim()
  const found = DATE.exec(value)
  if (found === null)
    return ISO.test(value)
      ? validDate(Date.parse(/[zZ]|[+-]\d{2}:?\d{2}$/.test(value) ? value : `${value.replace(' ', 'T')}Z`))
      : null
  const month = MONTHS.indexOf((found[2] ?? '').toLowerCase())
  if (month < 0) return null
  const written = Number(found[3])
  const year = (found[3] ?? '').length >= 4 ? written : written < 50 ? 2000 + written : 1900 + written
  const [day, hour, minute, second] = [Number(found[1]), Number(found[4]), Number(found[5]), Number(found[6] ?? 0)]
  if (day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null
  return validDate(Date.UTC(year, month, day, hour, minute, second) - offsetMinutes(found[7]) * 60_000)
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0
  const numeric = /^([+-])\s?(\d{2}):?(\d{2})$/.exec(zone)
  if (numeric === null) return ZONES.get(zone.toLowerCase()) ?? 0
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
  return minutes > 24 * 60 ? 0 : numeric[1] === '-' ? -minutes : minutes
}

function validDate(time: number): Date | null {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time) : null
}
