// PostgreSQL refuses NUL in text and \u0000 or lone surrogates in jsonb; mails bring all of them.

/** Without NUL, with U+FFFD for lone surrogates, at most 4,000 characters. */
export function storableText(text: string): string {
  return text.slice(0, 4000).replaceAll('\0', '').toWellFormed()
}

/** A value as JSON that `jsonb` takes. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'string' ? inner.replaceAll('\0', '').toWellFormed() : inner,
  )
}
