// winmail.dat: Microsoft's Transport Neutral Encapsulation Format (MS-OXTNEF), which Outlook sends instead of MIME. Only what
// a reader needs is taken out: attachments with their long names, the plain, HTML or compressed RTF body. Bounded, never throws.

import { decodeBytes } from '../mail/charset.ts'
import type { AttachmentContent } from './attachment.ts'

const SIGNATURE = 0x223e9f78
const MAX_ATTRIBUTES = 5000
const MAX_PROPERTIES = 2000
const MAX_RTF = 4_000_000

const BODY = 0x800c
const MESSAGE_PROPERTIES = 0x9003
const OEM_CODE_PAGE = 0x9007
const ATTACH_RENDER = 0x9002
const ATTACH_TITLE = 0x8010
const ATTACH_DATA = 0x800f
const ATTACH_PROPERTIES = 0x9005

const PR_BODY = 0x1000
const PR_RTF = 0x1009
const PR_HTML = 0x1013
const PR_ATTACH_DATA = 0x3701
const PR_ATTACH_NAME = 0x3704
const PR_ATTACH_LONG_NAME = 0x3707
const PR_ATTACH_MIME = 0x370e
const PR_ATTACH_CONTENT_ID = 0x3712

export interface Tnef {
  readonly attachments: readonly AttachmentContent[]
  readonly text: string
  readonly html: string
}

/** Values by property id: text where the property is Unicode, else octets. */
type Properties = ReadonlyMap<number, string | Buffer>

interface Draft {
  title: string
  data: Buffer
  properties: Properties
}

/** Reads a TNEF stream; null when it is none. */
export function readTnef(bytes: Buffer): Tnef | null {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return null
  const drafts: Draft[] = []
  let text = ''
  let html = ''
  let codePage = 'windows-1252'
  let at = 6
  for (let n = 0; n < MAX_ATTRIBUTES && at + 9 <= bytes.length; n++) {
    const id = bytes.readUInt16LE(at + 1)
    const length = bytes.readUInt32LE(at + 5)
    const data = bytes.subarray(at + 9, Math.min(bytes.length, at + 9 + length))
    at += 9 + length + 2
    const last = drafts.at(-1)
    if (id === OEM_CODE_PAGE && data.length >= 4) codePage = codePageName(data.readUInt32LE(0))
    else if (id === BODY) text = zeroTerminated(data, codePage)
    else if (id === ATTACH_RENDER) drafts.push({ title: '', data: Buffer.alloc(0), properties: new Map() })
    else if (id === ATTACH_TITLE && last) last.title = zeroTerminated(data, codePage)
    else if (id === ATTACH_DATA && last) last.data = data
    else if (id === ATTACH_PROPERTIES && last) last.properties = readProperties(data)
    else if (id === MESSAGE_PROPERTIES) {
      const properties = readProperties(data)
      const markup = properties.get(PR_HTML)
      if (markup !== undefined) html = typeof markup === 'string' ? markup : decodeBytes(markup, null)
      if (text === '') text = propertyText(properties.get(PR_BODY), codePage)
      if (text === '' && html === '') text = rtfToText(decompressRtf(octets(properties.get(PR_RTF))))
    }
  }
  return { attachments: drafts.map((draft) => finish(draft, codePage)), text, html }
}

function finish(draft: Draft, codePage: string): AttachmentContent {
  const text = (id: number) => propertyText(draft.properties.get(id), codePage)
  const object = octets(draft.properties.get(PR_ATTACH_DATA))
  const contentId = text(PR_ATTACH_CONTENT_ID).replace(/^<|>$/g, '')
  const filename = text(PR_ATTACH_LONG_NAME) || text(PR_ATTACH_NAME) || draft.title
  return {
    filename: filename === '' ? null : filename.replace(/\p{Cc}+/gu, '').slice(0, 500),
    contentType: text(PR_ATTACH_MIME).toLowerCase() || 'application/octet-stream',
    // An embedded object begins with the 16 octets of its interface's id.
    content: draft.data.length === 0 && object.length > 16 ? object.subarray(16) : draft.data,
    inline: false,
    contentId: contentId === '' ? null : contentId,
  }
}

function codePageName(page: number): string {
  switch (page) {
    case 65001:
      return 'utf-8'
    case 932:
      return 'shift_jis'
    case 936:
      return 'gbk'
    case 949:
      return 'euc-kr'
    case 950:
      return 'big5'
    default:
      return `windows-${page}`
  }
}

function zeroTerminated(data: Buffer, codePage: string): string {
  const end = data.indexOf(0)
  return decodeBytes(end < 0 ? data : data.subarray(0, end), codePage)
}

function propertyText(value: string | Buffer | undefined, codePage: string): string {
  if (value === undefined || typeof value === 'string') return value ?? ''
  return zeroTerminated(value, codePage)
}

function octets(value: string | Buffer | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

/** MS-OXTNEF §2.1.3.4: a count, then tag, optional name, values; all aligned to four octets. Multi-valued: the first value. */
function readProperties(data: Buffer): Properties {
  const properties = new Map<number, string | Buffer>()
  if (data.length < 4) return properties
  const count = Math.min(data.readUInt32LE(0), MAX_PROPERTIES)
  let at = 4
  for (let n = 0; n < count && at + 4 <= data.length; n++) {
    const type = data.readUInt16LE(at)
    const id = data.readUInt16LE(at + 2)
    at += 4
    if (id >= 0x8000) at = skipName(data, at)
    const read = readValues(data, at, type)
    if (read === undefined) return properties
    const unicode = (type & 0x0fff) === 0x001f
    if (!properties.has(id))
      properties.set(id, unicode ? read.value.toString('utf16le').replace(/\0[\s\S]*$/, '') : read.value)
    at = read.next
  }
  return properties
}

function skipName(data: Buffer, at: number): number {
  if (at + 20 > data.length) return data.length
  const kind = data.readUInt32LE(at + 16)
  if (kind === 0) return at + 24
  if (at + 24 > data.length) return data.length
  return at + 24 + align(data.readUInt32LE(at + 20))
}

/** No bit operation: lengths of 2 GB and more, as a mail may claim, would come out negative. */
function align(length: number): number {
  return Math.ceil(length / 4) * 4
}

const FIXED = new Map<number, number>([
  [0x0002, 4],
  [0x0003, 4],
  [0x0004, 4],
  [0x0005, 8],
  [0x0006, 8],
  [0x0007, 8],
  [0x000a, 4],
  [0x000b, 4],
  [0x0014, 8],
  [0x0040, 8],
  [0x0048, 16],
])

function readValues(data: Buffer, start: number, type: number): { value: Buffer; next: number } | undefined {
  let at = start
  const multiple = (type & 0x1000) !== 0
  const base = type & 0x0fff
  const size = FIXED.get(base)
  let count = 1
  if (multiple || size === undefined) {
    if (at + 4 > data.length) return undefined
    count = data.readUInt32LE(at)
    at += 4
  }
  if (count > MAX_PROPERTIES) return undefined
  let first: Buffer = Buffer.alloc(0)
  for (let i = 0; i < count; i++) {
    let length = size ?? 0
    if (size === undefined) {
      if (at + 4 > data.length) return undefined
      length = data.readUInt32LE(at)
      at += 4
    }
    if (at + length > data.length) return undefined
    if (i === 0) first = data.subarray(at, at + length)
    at += align(length)
  }
  return { value: first, next: at }
}

const RTF_DICTIONARY =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'

/** MS-OXRTFCP §2.2: an LZ77 with a preset dictionary; gives '' for what is none. */
function decompressRtf(data: Buffer): string {
  if (data.length < 16) return ''
  const rawSize = Math.min(data.readUInt32LE(4), MAX_RTF)
  const kind = data.readUInt32LE(8)
  if (kind === 0x414c454d) return data.toString('latin1', 16, 16 + rawSize)
  if (kind !== 0x75465a4c) return ''
  const window = Buffer.alloc(4096)
  let write = window.write(RTF_DICTIONARY, 'latin1')
  const out = Buffer.alloc(rawSize)
  let n = 0
  let at = 16
  const put = (byte: number) => {
    out[n++] = byte
    window[write] = byte
    write = (write + 1) & 4095
  }
  while (at < data.length && n < rawSize) {
    const flags = data[at++] ?? 0
    for (let bit = 0; bit < 8 && n < rawSize; bit++) {
      if ((flags & (1 << bit)) === 0) {
        if (at >= data.length) return out.toString('latin1', 0, n)
        put(data[at++] ?? 0)
        continue
      }
      if (at + 2 > data.length) return out.toString('latin1', 0, n)
      const token = data.readUInt16BE(at)
      at += 2
      const offset = token >> 4
      if (offset === write) return out.toString('latin1', 0, n)
      for (let i = 0; i < (token & 15) + 2 && n < rawSize; i++) put(window[(offset + i) & 4095] ?? 0)
    }
  }
  return out.toString('latin1', 0, n)
}

/** The visible text of an RTF body; groups of fonts, colours, styles, pictures and `\*` destinations are left out. */
function rtfToText(rtf: string): string {
  if (!rtf.startsWith('{\\rtf')) return ''
  let out = ''
  let depth = 0
  let hiddenFrom = -1
  const token =
    /([{}])|\\\*|\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?\??|\\([a-z]{1,32})(-?\d{1,10})? ?|\\([^a-z])|([^\\{}\r\n]+)|[\r\n]+/gi
  for (const found of rtf.matchAll(token)) {
    const [whole, brace, hex, unicode, word, , symbol, text] = found
    if (brace === '{') depth++
    else if (brace === '}') {
      depth--
      if (depth < hiddenFrom) hiddenFrom = -1
    } else if (hiddenFrom >= 0) continue
    else if (
      whole === '\\*' ||
      (word !== undefined && /^(?:fonttbl|colortbl|stylesheet|info|pict|object|themedata|htmlrtf)$/.test(word))
    )
      hiddenFrom = depth
    else if (hex !== undefined) out += decodeBytes(Uint8Array.of(Number.parseInt(hex, 16)), 'windows-1252')
    else if (unicode !== undefined) out += String.fromCharCode((Number(unicode) + 65536) % 65536)
    else if (word === 'par' || word === 'line' || word === 'row') out += '\n'
    else if (word === 'tab' || word === 'cell') out += '\t'
    else if (symbol !== undefined && '\\{}~'.includes(symbol)) out += symbol === '~' ? ' ' : symbol
    else if (text !== undefined) out += text
  }
  return out.replace(/[ \t]+\n/g, '\n').trim()
}
