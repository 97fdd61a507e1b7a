// Does a text still carry something that only staff may read (T09)? Stripping quotations is never relied on alone.

/** The mark that stands in internal blocks of agents’ mails; its shape is enough to refuse a text that still has one. */
export const internalMark = /⟦[a-z2-7]{8,16}⟧/

/** Long enough that two people do not write it by chance. */
const window = 40

const flat = (text: string): string =>
  text
    .slice(0, 100_000)
    .replace(/[>\s]+/g, ' ')
    .trim()

/** True when the text carries the mark of an internal block, or 40 characters of an internal entry that no public one has. */
export function quotesInternal(
  text: string,
  entries: readonly { readonly public: boolean; readonly text: string }[],
): boolean {
  if (internalMark.test(text)) return true
  const outgoing = flat(text)
  if (outgoing.length < window) return false
  const known = entries.filter((e) => e.public).map((e) => flat(e.text))
  return entries.some((entry) => {
    if (entry.public) return false
    const secret = flat(entry.text).slice(0, 4000)
    for (let at = 0; at + window <= secret.length; at += window / 2) {
      const piece = secret.slice(at, at + window)
      if (outgoing.includes(piece) && !known.some((other) => other.includes(piece))) return true
    }
    return false
  })
}
