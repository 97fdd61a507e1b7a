// Signatures: the delimiter of RFC 3676 §4.3 and its relatives, lines that telephones add, a closing formula with a name.
// Only at the end of what was written, at most `MAX_SIGNATURE` lines, never the whole text: a signature is cut off, not deleted.

import { normaliseLine } from './quote-marks.ts'
import { smallPrintStart } from './small-print.ts'

const MAX_SIGNATURE = 14
const MAX_NAME_LINES = 11
const MAX_NAME_LINE = 60

/** Delimiter lines: `-- `, `---`, `____`, `====`, `—————`, `ᐧ` (a mail tracker's), also several characters of one kind with blanks around. */
const DELIMITER = /^(?:[-_=+~#*\u2010-\u2015\u2500]{2,}|ᐧ|—)$/u

const DEVICE = new RegExp(
  [
    '^[<(\\[]{0,2}(?:sent|send|get|written|typed|composed) (?:from|via|with|by|on|using) .{1,80}$',
    '^from (?:my|mobile) .{1,30}$|^.{1,30} from mobile$|^via mobile$|^sent (?:from )?mobile$',
    '^get \\[?outlook for .{1,90}$|^download outlook for .{1,90}$|^télécharger outlook .{1,60}$|^obtenir outlook .{1,60}$|^obtener outlook .{1,60}$|^outlook (?:für|para|per|voor) .{1,60}$',
    '^envoy[ée]e? (?:depuis|de (?:mon|ma)|à partir d|avec|via|par) ?.{1,70}$|^provenance : courrier.{0,60}$',
    '^von meinem? .{1,60} gesendet\\.?$|^gesendet (?:von|mit|über|aus|vom) .{1,70}$|^diese nachricht wurde von .{1,80} gesendet\\.?$|^von unterwegs gesendet.{0,30}$',
    '^inviato (?:da|dal|con|tramite) .{1,70}$|^enviad[oa] (?:do|desde|a partir d|con|com|via|por|de) ?.{1,70}$',
    '^sendt (?:fra|via|med) .{1,60}$|^skickat från .{1,60}$|^från min .{1,40}$|^lähetetty .{1,60}$|^verzonden (?:met|vanaf|vanuit|via) .{1,60}$|^verstuurd (?:vanaf|met|via) .{1,60}$',
    '^wysłan[eo] (?:z|przez) .{1,60}$|^odesláno z .{1,60}$|^отправлено (?:с|из|от) .{1,60}$|^надіслано з .{1,60}$|^στάλθηκε από .{1,60}$|.{1,40} (?:tarafından|cihazımdan) gönderildi$',
    '^從我的 .{1,30} 傳送$|^发自我的.{1,30}$|^发自 ?.{1,30}$|^.{1,30}から送信$|^나의 .{1,30}에서 보냄$|^أ?رسل(?:ت)? من .{1,60}$|^תוקן מ.{1,40}$|^נשלח מ.{1,40}$',
  ].join('|'),
  'iu',
)

const CLOSING = new RegExp(
  `^[^\\p{L}]{0,3}(?:${[
    '(?:many |kind |best |warm |with (?:kind |best )?|kindest |warmest )?regards',
    'thanks(?: (?:a lot|again|in advance|so much|and (?:kind |best )?regards|all|very much))?',
    'thank you(?: (?:very much|so much|in advance|again|and (?:kind |best )?regards))?',
    'thx',
    'many thanks',
    'cheers',
    'best(?: wishes)?',
    'yours(?: (?:sincerely|truly|faithfully))?',
    'sincerely(?: yours)?',
    'take care',
    'br',
    'kr',
    'rgds',
    '(?:bien |très )?cordialement(?: vôtre)?',
    '(?:meilleures |cordiales )?salutations(?: distinguées)?',
    'bien à (?:vous|toi)',
    'bonne (?:journée|soirée|réception)',
    "merci(?: (?:d[’']avance|beaucoup|bien))?",
    'sincèrement',
    'amicalement',
    '(?:mit )?(?:freundlichen|besten|herzlichen|lieben|schönen|vielen) grü(?:ß|ss)en',
    '(?:viele|beste|liebe|schöne|herzliche|freundliche) grü(?:ß|ss)e',
    'gru(?:ß|ss)',
    'mfg',
    'lg',
    'danke',
    'vielen dank',
    'hochachtungsvoll',
    '(?:un |reciba un )?(?:cordial )?saludos?(?: cordiales)?',
    'atentamente',
    'muchas gracias',
    'gracias',
    'atenciosamente',
    'cumprimentos',
    '(?:com os )?melhores cumprimentos',
    'obrigad[oa]',
    'abraços?',
    'cordiali saluti',
    'distinti saluti',
    'saluti',
    'grazie(?: mille)?',
    '(?:met )?vriendelijke groeten?',
    'groet(?:en|jes)?',
    'mvg',
    '(?:med )?(?:venlig|vennlig|vänlig) hils(?:en|ning)(?:ar)?',
    'mvh',
    'hälsningar',
    'hilsen',
    'ystävällisin terveisin',
    'terveisin',
    'pozdrawiam',
    'z poważaniem',
    's pozdravem',
    'с уважением',
    'спасибо',
    'з повагою',
    'مع (?:أطيب )?التحيات?',
    'شكرا(?: جزيلا)?',
    'تحياتي',
  ].join('|')})[^\\p{L}]{0,8}$`,
  'iu',
)
/** `-ann`, `- Ann`: with a blank and a small letter it is a point of a list. */
const DASH_NAME = /^[-–—~](?:\p{L}|\s[\p{Lu}\p{Lo}])[\p{L}'’-]{1,20}\.?$/u
const POINT = /^[-–—~*•]\s?\S|[:：]$/u

/** True for a line such as "Sent from my iPhone" in some twenty languages. */
export function isDeviceLine(line: string): boolean {
  const text = normaliseLine(line)
    .replace(/\]\(https?:[^)]{0,200}\)/g, ']')
    .replace(/<?https?:\S{1,300}>?/g, '')
    .replace(/<[^>]{0,200}>/g, '')
    .trim()
  if (text.length < 4 || text.length > 100) return false
  // "Sent from my desk, is much easier than my phone." is a sentence about it.
  if (/, (?:is|it|which|that|and|but|so)\b/i.test(text)) return false
  return DEVICE.test(text)
}

/** True for a signature delimiter line. */
export function isDelimiter(line: string): boolean {
  const text = normaliseLine(line)
  return text.length <= 80 && DELIMITER.test(text)
}

/**
 * The index at which the signature begins in what was written (without quotations), or the number of lines. It is never
 * the first line with text.
 */
export function findSignature(all: readonly string[]): number {
  const first = all.findIndex((line) => line.trim() !== '')
  if (first < 0) return all.length
  const lines = all.slice(0, smallPrintStart(all, first))
  const start = Math.max(first + 1, strictDelimiter(lines, first))
  let signature = lines.length
  if (start < lines.length && strictDelimiter(lines, first) > 0) signature = start
  signature = Math.min(signature, looseStart(lines.slice(0, signature), first))
  return extendUp(lines, signature, first)
}

/** The exact delimiter of RFC 3676 begins a signature of any length up to a page; 0 when there is none. */
function strictDelimiter(lines: readonly string[], first: number): number {
  for (let i = lines.length - 1; i > first && lines.length - i < 60; i--) {
    const line = lines[i] ?? ''
    if (line === '-- ' || line === '--') return i
  }
  return 0
}

/** Looser marks, looked for in the last lines only; the topmost one whose rest looks like a signature wins. */
function looseStart(lines: readonly string[], first: number): number {
  let found = lines.length
  let filled = 0
  let shortLines = true
  for (let i = lines.length - 1; i > first; i--) {
    const line = normaliseLine(lines[i] ?? '')
    if (line === '') continue
    const device = isDeviceLine(line)
    if (isDelimiter(line) && (shortLines || filled === 0)) found = i
    else if (device && filled <= 4) found = i
    else if (CLOSING.test(line) && shortLines && filled <= MAX_NAME_LINES) found = i
    else if (DASH_NAME.test(line) && (filled === 0 || found < lines.length) && !inList(lines, i)) found = i
    if (!device) filled++
    if (filled > MAX_SIGNATURE) break
    if (!device && (!isShort(line) || /[?]$/.test(line)) && found === lines.length) shortLines = false
    if (line.length > 2 * MAX_NAME_LINE) break
  }
  return found
}

/** A point of a list stands below another one, or below a line that announces it. */
function inList(lines: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && at - i <= 3; i--) {
    const above = normaliseLine(lines[i] ?? '')
    if (above !== '') return POINT.test(above)
  }
  return false
}

/** A line that may stand in a signature: short, or a longer one that holds an address. */
function isShort(line: string): boolean {
  return line.length <= MAX_NAME_LINE || (line.length <= 2 * MAX_NAME_LINE && /https?:|www\.|@/i.test(line))
}

const NAME = /^\p{Lu}[\p{L}'’.-]{0,20}(?: \p{Lu}[\p{L}'’.-]{0,20}){0,3}$/u

/** Several marks one above the other belong together: delimiters, device lines and closings directly before the start. */
function extendUp(lines: readonly string[], signature: number, first: number): number {
  let start = signature
  for (let i = signature - 1; i > first; i--) {
    const line = normaliseLine(lines[i] ?? '')
    if (line === '') continue
    // A name alone between an empty line and the device's line belongs to them.
    const name =
      NAME.test(line) && start === i + 1 && (lines[i - 1] ?? '').trim() === '' && isDeviceLine(lines[start] ?? '')
    if (isDelimiter(line) || isDeviceLine(line) || CLOSING.test(line) || name) start = i
    else if (DASH_NAME.test(line) && !inList(lines, i)) start = i
    else break
  }
  return start
}
