// What can be kept of a mail: PostgreSQL refuses NUL in text, and \u0000 or lone surrogates in jsonb; mails bring all of them.

/** Text that PostgreSQL and JSON accept: no NUL, no lone surrogate (threats T11). */
export function storable(text: string): string {
  const without = text.includes('\u0000') ? text.replaceAll('\u0000', '') : text
  return without.isWellFormed() ? without : without.toWellFormed()
}

/** A value as JSON that `jsonb` takes. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner))
}
