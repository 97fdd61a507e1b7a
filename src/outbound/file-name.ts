// The name of a file as it goes out: what its sender called it, without what means something to a file system or hides what it is
// (threats T06). The name that came in stays as it was in the history.

const mostLetters = 120
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/** A name without path, control, zero-width and bidirectional characters, not hidden, at most 120 letters; null when nothing is left. */
export function safeFileName(given: string | null): string | null {
  if (given === null) return null
  const last = given
    .toWellFormed()
    .slice(0, 4000)
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, '')
    .replace(/^.*[/\\]/s, '')
    .replace(/[<>:"|?*]/g, '_')
    .trim()
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '')
  const name = reserved.test(last) ? `_${last}` : last
  const letters = [...name]
  if (letters.length <= mostLetters) return name === '' ? null : name
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? ''
  return `${letters.slice(0, mostLetters - ending.length).join('')}${ending}`
}
