// Amounts of money as decimal texts: read from mails, and a percentage of them, without binary fractions.

export interface Amount {
  /** The amount without its point: 1234.50 is 123450 with scale 2. */
  readonly units: bigint
  readonly scale: number
  /** '' when none was given. */
  readonly currency: string
}

/** Currencies without a smaller unit (ISO 4217). */
const whole = new Set([
  'XAF',
  'XOF',
  'XPF',
  'JPY',
  'KRW',
  'CLP',
  'PYG',
  'UGX',
  'RWF',
  'BIF',
  'DJF',
  'GNF',
  'KMF',
  'VND',
  'VUV',
  'ISK',
])
const named: readonly (readonly [RegExp, string])[] = [
  [/€|\beuros?\b/i, 'EUR'],
  [/\bf\s?cfa\b/i, 'XAF'],
  [/\bus\s?\$|\$\s?us\b|\bdollars?\b|\$/i, 'USD'],
  [/£/, 'GBP'],
]

/** Reads `1 234,50 EUR`, `1,234.50`, `€ 1.234`, `150 000 FCFA`; at most 15 digits. null when the text is no amount. */
export function parseAmount(text: string): Amount | null {
  const bounded = text.slice(0, 64)
  const digits = /[+-]?\d[\d\s.,'’]*/.exec(bounded)?.[0]?.replace(/[.,\s'’]+$/, '')
  if (digits === undefined || digits.replace(/\D/g, '').length > 15) return null
  const rest = bounded.replace(digits, ' ')
  const code = /\b([A-Z]{3})\b/.exec(rest)?.[1]
  const currency = named.find(([shape]) => shape.test(rest))?.[1] ?? code ?? ''
  if (/\p{L}/u.test(rest.replace(/\b[A-Z]{3}\b/g, '').replace(/euros?|f\s?cfa|us|dollars?/gi, ''))) return null
  const { whole: integer, fraction } = splitDecimal(digits.replace(/[\s'’]/g, ''))
  return { units: BigInt(`${integer}${fraction}`), scale: fraction.length, currency }
}

/** The last of point and comma is the decimal one, unless it separates three digits as thousands are. */
function splitDecimal(text: string): { whole: string; fraction: string } {
  const at = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  if (at < 0) return { whole: text, fraction: '' }
  const sign = text[at]
  const both = text.includes('.') && text.includes(',')
  const after = text.slice(at + 1)
  const thousands = after.length === 3 && !both && !/^[+-]?0[.,]/.test(text)
  const repeated = text.split(sign ?? '.').length > 2
  if (thousands || (repeated && !both)) return { whole: text.replace(/[.,]/g, ''), fraction: '' }
  return { whole: text.slice(0, at).replace(/[.,]/g, ''), fraction: after }
}

/** `1234.50 EUR`: a point, no grouping, the currency behind. */
export function formatAmount(amount: Amount): string {
  const negative = amount.units < 0n
  const digits = (negative ? -amount.units : amount.units).toString().padStart(amount.scale + 1, '0')
  const number = amount.scale === 0 ? digits : `${digits.slice(0, -amount.scale)}.${digits.slice(-amount.scale)}`
  return `${negative ? '-' : ''}${number}${amount.currency === '' ? '' : ` ${amount.currency}`}`
}

/** A percentage (`20`, `2.5`) of an amount, rounded half up to the currency's smallest unit. null when the percentage is no number. */
export function percentOf(amount: Amount, percent: string): Amount | null {
  const shape = /^(\d{1,6})(?:[.,](\d{1,6}))?$/.exec(percent.trim())
  if (!shape) return null
  const fraction = shape[2] ?? ''
  const target = whole.has(amount.currency) ? 0 : 2
  const product = amount.units * BigInt(`${shape[1]}${fraction}`)
  // product has scale + fraction + 2 decimals (per cent)
  const scale = amount.scale + fraction.length + 2
  return { units: rescale(product, scale, target), scale: target, currency: amount.currency }
}

function rescale(units: bigint, from: number, to: number): bigint {
  if (from <= to) return units * 10n ** BigInt(to - from)
  const divisor = 10n ** BigInt(from - to)
  const negative = units < 0n
  const size = negative ? -units : units
  const rounded = (size * 2n + divisor) / (divisor * 2n)
  return negative ? -rounded : rounded
}
