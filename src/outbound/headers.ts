// Header fields of outgoing mail, written so that no value can begin a field of its own (threats T32): controls become blanks before
// anything else, 8-bit text becomes encoded words (RFC 2047), lines are folded.

/** A field as it stands in the mail, without the final CRLF. */
export type Field = readonly [name: string, value: string]

const LINE = 76
const MAX_TEXT = 900

/** One line of printable text: no controls, no line separators, blanks made single. */
export function headerText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, MAX_TEXT)
    .toWellFormed()
}

const printable = /^[\x20-\x7e]*$/

/** Encoded words of at most 75 characters, letters kept whole (RFC 2047 §5). */
function encodedWords(text: string): string {
  const words: string[] = []
  let chunk = ''
  let size = 0
  for (const letter of text) {
    const bytes = Buffer.byteLength(letter)
    if (size + bytes > 42) {
      words.push(chunk)
      chunk = ''
      size = 0
    }
    chunk += letter
    size += bytes
  }
  if (chunk !== '') words.push(chunk)
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ')
}

/** Breaks at blanks so that lines stay within 76 characters where the words allow it. */
function fold(name: string, value: string): string {
  if (name.length + 2 + value.length <= LINE) return value
  let line = `${name}:`
  const lines: string[] = []
  for (const word of value.split(' ')) {
    if (line.length + 1 + word.length > LINE && line.trim() !== '' && line !== `${name}:`) {
      lines.push(line)
      line = ` ${word}`
    } else line += ` ${word}`
  }
  lines.push(line)
  return lines.join('\r\n').slice(name.length + 2)
}

/** An unstructured field (Subject, RFC 5322 §2.2.1). */
export function textField(name: string, text: string): Field {
  const clean = headerText(text)
  const value =
    printable.test(clean) && !clean.includes('=?') && !clean.split(' ').some((word) => word.length > 250)
      ? clean
      : encodedWords(clean)
  return [name, fold(name, value)]
}

/** A display name as a phrase (RFC 5322 §3.4). */
export function phrase(name: string): string {
  const clean = headerText(name)
  if (clean === '') return ''
  if (!printable.test(clean) || clean.includes('=?') || clean.length > 200) return encodedWords(clean)
  return `"${clean.replace(/["\\]/g, '\\$&')}"`
}

/** One mailbox. `address` has been parsed strictly before; what could end it is cut out all the same. */
export function mailboxField(name: string, mailbox: { readonly name: string; readonly address: string }): Field {
  const address = mailbox.address.replace(/[\s<>,;:\p{Cc}]/gu, '')
  const shown = phrase(mailbox.name)
  return [name, fold(name, shown === '' ? address : `${shown} <${address}>`)]
}

const messageId = /^[\x21-\x3b\x3d\x3f-\x7e]{1,250}$/

/** Ids in angle brackets, a line each from the second; what is no id (blanks, 8-bit, over 250 characters) is left out. null when none is left. */
export function idsField(name: string, ids: readonly string[]): Field | null {
  const good = [...new Set(ids)].filter((id) => messageId.test(id) && id.includes('@'))
  return good.length === 0 ? null : [name, good.map((id) => `<${id}>`).join('\r\n ')]
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** RFC 5322 §3.3, in UTC. */
export function mailDate(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${weekdays[at.getUTCDay()] ?? ''}, ${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

/** A parameter whose value may hold anything (RFC 2231), e.g. a file name; with a plain twin for clients that know no better. */
export function parameter(name: string, value: string): string {
  const clean = headerText(value).slice(0, 150).toWellFormed()
  if (/^[\x20-\x7e]*$/.test(clean)) return `${name}="${clean.replace(/["\\]/g, '_')}"`
  const ascii =
    clean
      .normalize('NFKD')
      .replace(/[^\x20-\x7e]/g, '')
      .replace(/["\\]/g, '_')
      .trim() || 'file'
  const encoded = encodeURIComponent(clean).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const pieces = encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,60}/g) ?? []
  const extended =
    pieces.length === 1
      ? `${name}*=UTF-8''${encoded}`
      : pieces.map((piece, i) => `${name}*${i}*=${i === 0 ? "UTF-8''" : ''}${piece}`).join(';\r\n ')
  return `${name}="${ascii}";\r\n ${extended}`
}
