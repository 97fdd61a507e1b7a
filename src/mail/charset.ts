// Bytes to text. Labels lie (windows-1252 sent as iso-8859-1, UTF-8 sent as us-ascii), so a label is a hint that the
// bytes may contradict: well-formed multi-byte UTF-8 wins over a single-byte label. Beyond that little is guessed: octets that
// are no UTF-8 and that no label explains show as U+FFFD, because a guess (windows-1252 for KOI8-R) shows wrong letters as if
// they were right ones; the sources of test mails agree on it for headers, for text that is labelled UTF-8 and for mail without
// any MIME field, and the original is kept. Parts that only forgot their charset are guessed (`assumedCharset`). Never throws.

/** Octets 0x80 to 0x9f of windows-1252. Node 20 decodes the label as ISO 8859-1, which has control characters there. */
const HIGH_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** windows-1252, which is also what `iso-8859-1` and `us-ascii` mean in mail (WHATWG Encoding §4.2). */
export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (char) => HIGH_1252[char.charCodeAt(0) - 0x80] ?? char)
}

/** The upper halves of the code pages of DOS, which old systems still send and the platform does not know. */
const DOS = new Map<string, string>([
  [
    'cp437',
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  ],
  [
    'cp850',
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  ],
])

function decodeDos(bytes: Uint8Array, upper: string): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (char) => upper[char.charCodeAt(0) - 0x80] ?? char)
}

/** Labels seen in mail that the WHATWG registry (TextDecoder) does not know, and what was meant. */
const ALIASES = new Map<string, string>([
  ['cp932', 'shift_jis'],
  ['ms932', 'shift_jis'],
  ['ibm437', 'cp437'],
  ['ibm850', 'cp850'],
  ['ibm-850', 'cp850'],
  ['cp936', 'gbk'],
  ['ms936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['ms949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['ks_c_5601', 'euc-kr'],
  ['cp950', 'big5'],
  ['gb18030-2000', 'gb18030'],
  ['latin-1', 'windows-1252'],
  ['latin-9', 'iso-8859-15'],
  ['iso-latin-1', 'windows-1252'],
  ['utf8mb4', 'utf-8'],
  ['unicode', 'utf-16le'],
  ['iso-10646-ucs-2', 'utf-16be'],
  ['ucs-2', 'utf-16be'],
  ['unicode-1-1-utf-7', 'utf-7'],
  ['x-unicode-2-0-utf-7', 'utf-7'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['cp50221', 'iso-2022-jp'],
  ['koi8r', 'koi8-r'],
  ['win-1251', 'windows-1251'],
  ['win1251', 'windows-1251'],
  ['win-1252', 'windows-1252'],
])

type Decoder = InstanceType<typeof TextDecoder>

/** A decoder of the platform; undefined for a label nobody knows. */
function decoderFor(label: string): Decoder | undefined {
  try {
    return new TextDecoder(label, { ignoreBOM: true })
  } catch {
    return undefined
  }
}

const decoders = new Map<string, Decoder | null>()
const MAX_KNOWN_LABELS = 200

function cachedDecoder(label: string): Decoder | null {
  const known = decoders.get(label)
  if (known !== undefined) return known
  const made = decoderFor(label) ?? null
  // The labels come from outside: the cache is bounded.
  if (decoders.size < MAX_KNOWN_LABELS) decoders.set(label, made)
  return made
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const SINGLE_BYTE =
  /^(?:us-ascii|ascii|iso-?8859|windows-125|latin|l1$|cp125|x-cp125|unknown|x-unknown|default|8bit|binary|utf-?8|iso_8859|ansi)/

/** True when no byte has its eighth bit set and no ISO 2022 escape occurs. */
export function isPlainAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === 0x1b) return false
  return true
}

/**
 * Whether octets that are no UTF-8 are Western European text: single accented letters among ASCII ones. Cyrillic, Greek and the
 * scripts of East Asia, in any of their sets, come as words of high octets.
 */
function looksWestern(bytes: Uint8Array): boolean {
  let ascii = 0
  let high = 0
  let run = 0
  for (const byte of bytes) {
    if (byte >= 0xc0) {
      high++
      if (++run > 2) return false
      continue
    }
    run = 0
    // Without a letter in windows-1252; the others below 0xc0 are its quotes, dashes, ordinals and œ, š, ž, Ÿ.
    if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) return false
    if (byte >= 0x80) high++
    else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ascii++
  }
  return ascii >= 2 * high
}

function asUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** RFC 2152. Sequences that are no UTF-7 stay as they are. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]{0,4000})-?/g, (whole, encoded: string) => {
    if (encoded === '') return whole === '+-' ? '+' : whole
    const bytes = Buffer.from(encoded, 'base64')
    let out = ''
    for (let i = 0; i + 1 < bytes.length; i += 2) out += String.fromCharCode(bytes.readUInt16BE(i))
    return out
  })
}

/** The label as the platform knows it: lower case, no quotes, no RFC 2231 language. */
export function charsetLabel(label: string): string {
  const bare = label
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/g, '')
    .replace(/\*.*$/, '')
  return ALIASES.get(bare) ?? ALIASES.get(bare.replace(/^x-/, '')) ?? bare
}

/**
 * The character set of text that names none and is no UTF-8: the one in which the mail writes its own subject and sender
 * (RFC 2047), else windows-1252 where the octets look like Western European text. null: nothing is known.
 */
export function assumedCharset(bytes: Uint8Array, ownFields: readonly string[]): string | null {
  if (isPlainAscii(bytes) || asUtf8(bytes) !== undefined) return null
  for (const value of ownFields) {
    const word = /=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?[BbQq]\?/.exec(value)?.[1]
    const label = word === undefined ? '' : charsetLabel(word)
    if (label !== '' && !/^(?:utf-?8|us-ascii)$/.test(label)) return label
  }
  return looksWestern(bytes) ? 'windows-1252' : null
}

/** Reads `bytes` in the character set named by `label` (null: none was given). Never throws; a BOM is dropped. */
export function decodeBytes(bytes: Uint8Array, label: string | null): string {
  const name = label === null ? '' : charsetLabel(label)
  const text = decodeNamed(bytes, name)
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function decodeNamed(bytes: Uint8Array, name: string): string {
  const dos = DOS.get(name)
  if (dos !== undefined) return decodeDos(bytes, dos)
  if (name === 'utf-7') return decodeUtf7(Buffer.from(bytes).toString('latin1'))
  if (name === '' || SINGLE_BYTE.test(name)) {
    const ascii = isPlainAscii(bytes)
    if (ascii) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    // ISO-2022-JP without or with a wrong label announces itself by its escapes.
    if (hasIso2022Escape(bytes)) return new TextDecoder('iso-2022-jp').decode(bytes)
    const utf8 = asUtf8(bytes)
    if (utf8 !== undefined) return utf8
    if (name === '' || /^utf-?8$/.test(name)) return new TextDecoder('utf-8').decode(bytes)
  }
  const decoder = cachedDecoder(name)
  if (decoder?.encoding === 'windows-1252') return decodeWindows1252(bytes)
  if (decoder !== null && decoder.encoding !== 'replacement') return decoder.decode(bytes)
  return asUtf8(bytes) ?? decodeWindows1252(bytes)
}

function hasIso2022Escape(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(0x1b)
  if (at < 0) return false
  const next = bytes[at + 1]
  return next === 0x24 || (next === 0x28 && (bytes[at + 2] === 0x4a || bytes[at + 2] === 0x49))
}

/**
 * A header value. RFC 6532 makes raw octets UTF-8 and nothing else: where they are not, each shows as U+FFFD. The sources of
 * test mails contradict each other here; a guess would show wrong letters of a name or subject as if they were right ones
 * (windows-1252 for KOI8-R), and the original stays at hand. Octets inside an encoded word belong to its character set.
 */
export function decodeHeaderBytes(bytes: Buffer): string {
  if (isPlainAscii(bytes)) return bytes.toString('latin1')
  if (hasIso2022Escape(bytes)) return decodeBytes(bytes, 'iso-2022-jp')
  const utf8 = asUtf8(bytes)
  if (utf8 !== undefined) return utf8
  const escaped = bytes
    .toString('latin1')
    .replace(/=\?[^?\s]{1,60}\?q\?[^?]{1,2000}\?=/gi, (word) =>
      word.replace(/[\x80-\xff]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase()}`),
    )
  return new TextDecoder('utf-8').decode(Buffer.from(escaped, 'latin1'))
}
