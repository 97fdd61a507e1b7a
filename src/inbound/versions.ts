// Whether the plain text and the HTML of one mail say the same (threats T48): one person reads the one, another program the
// other. Compared by the words that both hold, because clients wrap, quote and number links in their own ways. Linear.

const MAX_COMPARED = 50_000
/** Han, kana and Thai write no blanks between words: each letter counts as one. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu
const LINK = /(?:https?:\/\/|mailto:|cid:)[^\s<>"]{1,2000}/gi

function wordsOf(text: string): ReadonlySet<string> {
  const words = new Set<string>()
  for (const [word] of text.slice(0, MAX_COMPARED).replace(LINK, ' ').toLowerCase().matchAll(WORD)) words.add(word)
  return words
}

/** True when less than half of the words are common to both (Sørensen–Dice below 0.5); never when one of them has no words. */
export function versionsDiffer(plain: string, html: string): boolean {
  const a = wordsOf(plain)
  const b = wordsOf(html)
  if (a.size === 0 || b.size === 0) return false
  let common = 0
  for (const word of a) if (b.has(word)) common++
  return (2 * common) / (a.size + b.size) < 0.5
}

const PLACEHOLDER =
  /\bhtml\b.{0,120}\b(?:viewer|capable|compatible|client|browser|version|enabled?|support)|\b(?:support|display|show|view|read|afficher|anzeigen|mostrar|exibir)\b.{0,120}\bhtml\b|\b(?:view|open|read) (?:this|the|it)\b.{0,60}\b(?:browser|online)\b/is

/** True for a plain text that only says that the mail is in the HTML: what people read is the HTML then. */
export function isPlaceholder(plain: string): boolean {
  const text = plain.trim()
  // Where anything else comes first, the sender wrote a text of its own.
  const [first = '', ...more] = text.replace(/\s+/g, ' ').split(/(?<=[.!?]) /)
  return text.length <= 400 && more.length <= 2 && PLACEHOLDER.test(first)
}
