// Subjects: reply and forward prefixes in many languages (RFC 5322 §3.6.5 knows "Re:" alone, RFC 5256 §2.1 a few more), and
// ticket tokens `[KEY-123]`. A token sorts, it never grants (threats T02).

/** Prefixes that mailers put before a subject; closed list, because "two letters and a colon" eats words such as "PC:". */
const PREFIXES = [
  're',
  'fw',
  'fwd',
  'aw',
  'wg',
  'antw',
  'antwort',
  'sv',
  'vs',
  'vl',
  'vb',
  'ang',
  'doorst',
  'tr',
  'rif',
  'res',
  'enc',
  'odp',
  'pd',
  'ynt',
  'ilt',
  'rv',
  'ref',
  'bls',
  'trs',
  'réf',
  'réponse',
  'vá',
  'továbbítás',
  'απ',
  'πρθ',
  'ответ',
  'на',
  'пересл',
  'נכ',
  'הועבר',
  'رد',
  'إعادة توجيه',
  '回复',
  '答复',
  '回覆',
  '转发',
  '轉寄',
  '返信',
  '転送',
  '답장',
  '전달',
]
const PREFIX = new RegExp(
  `^(?:${PREFIXES.join('|')})\\s?(?:\\[\\d{1,4}\\]|\\(\\d{1,4}\\)|\\^\\d{1,4}|\\*\\d{1,4})?\\s*[:：]\\s*`,
  'iu',
)
const FORWARD =
  /^(?:fw|fwd|wg|tr|trs|rv|enc|doorst|vl|vb|pd|ilt|továbbítás|πρθ|пересл|הועבר|إعادة توجيه|转发|轉寄|転送|전달)\s*[:：]/iu
const MAX_PREFIXES = 50

/** A ticket token as it stands in a subject. `text` is the canonical form, e.g. 'ABC-12'. */
export interface SubjectToken {
  readonly prefix: string
  readonly number: number
  readonly text: string
}

// Hyphens that clients and word processors put in place of U+002D.
const HYPHEN = '[-\\u2010\\u2011\\u2012\\u2013\\u2212\\ufe63\\uff0d]'
const TOKEN = new RegExp(`\\[\\s{0,3}([A-Za-z][A-Za-z0-9]{0,15})\\s{0,2}${HYPHEN}\\s{0,2}(\\d{1,12})\\s{0,3}\\]`, 'g')

/** What stands in brackets in front: marks of lists and tokens of ticket systems. */
const MARKS = /^(?:\[[^\]]{1,40}\] ?){1,5}/

/**
 * The subject without leading reply and forward prefixes, those behind the marks of lists and other systems too; white space made
 * single. A subject of prefixes alone becomes ''.
 */
export function normaliseSubject(subject: string): string {
  let rest = subject.replace(/\s+/g, ' ').trim()
  for (let i = 0; i < MAX_PREFIXES; i++) {
    const next = withoutPrefix(rest)
    if (next === rest) return rest
    rest = next
  }
  return rest
}

function withoutPrefix(subject: string): string {
  const marks = MARKS.exec(subject)?.[0] ?? ''
  const behind = subject.slice(marks.length)
  const rest = behind.replace(PREFIX, '')
  return rest === behind ? subject.replace(PREFIX, '').trim() : `${marks.trim()} ${rest}`.trim()
}

/** True when the subject begins with a reply or forward prefix. */
export function hasReplyPrefix(subject: string): boolean {
  return PREFIX.test(subject.trim())
}

/** True when the first prefix says "forwarded". */
export function isForwardSubject(subject: string): boolean {
  return FORWARD.test(subject.trim())
}

/** All tokens whose prefix is one of `prefixes` (compared in upper case), left to right, each once; of foreign systems' none. */
export function findTokens(subject: string, prefixes: readonly string[]): SubjectToken[] {
  const wanted = new Set(prefixes.map((prefix) => prefix.toUpperCase().replace(/-$/, '')))
  const found = new Map<string, SubjectToken>()
  for (const match of subject.slice(0, 4000).matchAll(TOKEN)) {
    const prefix = (match[1] ?? '').toUpperCase()
    const number = Number(match[2])
    if (!wanted.has(prefix) || !Number.isSafeInteger(number) || number === 0) continue
    const text = `${prefix}-${number}`
    if (!found.has(text)) found.set(text, { prefix, number, text })
  }
  return [...found.values()]
}

/**
 * The subject of a mail about a ticket: our token once and in front, tokens of other systems kept in place, reply prefixes
 * reduced to one "Re:" where there was any. `withToken('Re: AW: [ABC-12] printer', 'ABC-12')` gives 'Re: [ABC-12] printer',
 * and gives the same again when applied to its own result.
 */
export function withToken(subject: string, token: string): string {
  const own = token.toUpperCase()
  const hadPrefix = hasReplyPrefix(subject)
  let rest = subject.replace(/\s+/g, ' ').trim()
  for (let i = 0; i < MAX_PREFIXES; i++) {
    const next = removeToken(normaliseSubject(rest), own).trim()
    if (next === rest) break
    rest = next
  }
  const body = rest === '' ? `[${own}]` : `[${own}] ${rest}`
  return hadPrefix ? `Re: ${body}` : body
}

/** The subject without one ticket's token: what a ticket that follows it is about. */
export function withoutToken(subject: string, token: string): string {
  return removeToken(subject, token.toUpperCase()).trim()
}

function removeToken(subject: string, own: string): string {
  return subject
    .replace(TOKEN, (whole, prefix: string, number: string) =>
      `${prefix.toUpperCase()}-${Number(number)}` === own ? '' : whole,
    )
    .replace(/ {2,}/g, ' ')
}
