// Where a quoted mail begins: attributions ("On … wrote:"), separator lines ("-----Original Message-----") and blocks of
// header lines, in the languages that mail clients speak. Patterns gathered by Discourse, talon, Crisp and FreeScout, as facts.
//
// Each line is looked at once, cut to `MAX_LINE` characters and with single blanks, and an attribution joins at most five
// lines, so the work is linear whatever a mail holds (threats T17).

export const MAX_LINE = 600
const MAX_JOINED = 5

/** A line as the patterns want it: blanks single, no bold asterisks or bidi marks, at most `MAX_LINE` characters. */
export function normaliseLine(line: string): string {
  const seen = line.slice(0, MAX_LINE)
  if (!UNEVEN.test(seen)) return seen.trim()
  return seen
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, '')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
}

/** What `normaliseLine` changes: white space other than single blanks, marks without width. Most lines hold none. */
const UNEVEN = / {2}|[^\S ]|[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/

const VERBS =
  'wrote|writes|said|says|sent|écrivait|a écrit|a ecrit|écrit|nous a dit|schrieb(?:en)?(?: Sie)?|geschrieben|hat geschrieben|escribió|escribio|escreveu|ha scritto|schreef|geschreven|verzond|napisał(?:\\(a\\)|a)?|napisal(?:\\(a\\)|a)?|pisze|napísal(?:\\(a\\)|a)?|napsal(?:\\(a\\)|a)?|skrev|kirjoitti|написал(?:\\(а\\)|а)?|пишет|пише|написав|έγραψε|yazdı|şunu yazdı|írta|a scris|đã viết|menulis|كتب|כתב|写道|寫道|のメッセージ|작성'
const VERB = new RegExp(`(?:^|[\\s>")'\\]-])(?:${VERBS})(?=[\\s:：.-]|$)`, 'iu')
const VERB_AT_END = new RegExp(`(?:${VERBS})\\s?(?:-{2,}|:|：|\\.{3})?\\s?$`, 'iu')
const START =
  /^(?:-{2,} ?)?["'*]?(?:on|at|in (?:message|article|data)|le|am|el|em|il|op|dnia|w dniu|dňa|dne|på|den|vào|pada|la|στις|на|в|ב|בתאריך|في|în data de|tarih|在|the)[\s,:]/iu
const DATE_WORDS =
  /(?:\b|^)(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|jan|f[eé]v|feb|apr|avr|abr|ma[iy]|jun|juin|jul|juil|aug|ao[uû]|ago|sep|oct|okt|nov|dec|d[eé]c|dez|dic|gen|mag|giu|lug|set|ott|mrt|stycz|lut|kwie|maj|czerw|lip|sierp|wrze|paźdz|listo|grud|mon\.|die|mi\.|do\.|fr\.|sa\.|so\.|tir|ons|tor|fre|lør|søn|man|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|пн|вт|ср|чт|пт|сб|вс)/iu
const CLOCK = /\d{1,2}[:.h]\d{2}|\d{1,2}\s?(?:am|pm|uhr|h)\b/iu
const YEAR = /(?:19|20)\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2}/u
const ADDRESS = /[^\s<>()"'[\]]{1,120}@[^\s<>()"'[\],;:]{1,120}/u
const DATE_FIRST =
  /^.{0,25}(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d{2}|\d{1,2}\.? [\p{L}.]{3,12},? \d{4}|[\p{L}.]{3,12} \d{1,2}, \d{4}|(?:19|20)\d{2}\s?(?:年|г\.))/u
/** "2016-03-03 17:21 GMT+01:00 Some One": the whole attribution of old Gmail on Android, without a verb. */
const DATE_AND_NAME = /^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:GMT|UTC)[+-]\d{1,2}:\d{2} \p{L}/u

/** Webmail of Horde and others. */
const QUOTING = /^(?:quoting|citando|zitat von|quoted from|en réponse à|cituji|citerar|lainaus) .{1,100}[:：]$/iu

/** The number of lines of the attribution that begins at `at` ("On … wrote:", at most five lines), or 0. */
export function attributionAt(lines: readonly string[], at: number): number {
  const first = lines[at] ?? ''
  if (first.length < 6) return 0
  if (DATE_AND_NAME.test(first) || QUOTING.test(first)) return 1
  if (!mayBegin(first)) return 0
  let joined = ''
  for (let n = 0; n < MAX_JOINED; n++) {
    const next = lines[at + n]
    if (next === undefined || joined.length + next.length > MAX_LINE) return 0
    if (next === '') {
      // Polymail and others break the name from the address by an empty line.
      if (n === 0 || !/^<$|^<?(?:mailto:)?[^\s@]+@/.test(lines[at + n + 1] ?? '')) return 0
      continue
    }
    if (n > 0 && next.startsWith('>') && !/^> ?(?:wrote|:|a écrit|schrieb)/i.test(next)) return 0
    joined = joined === '' ? next : `${joined} ${next}`
    if (isAttribution(joined)) return n + 1
  }
  return 0
}

function mayBegin(line: string): boolean {
  const digit = /\d/.test(line)
  if (digit && (START.test(line) || DATE_FIRST.test(line))) return true
  const dashes = /^[-–—]{2,}/.test(line)
  if (
    (digit || dashes || line.includes('@')) &&
    VERB.test(line) &&
    (dashes || ADDRESS.test(line) || CLOCK.test(line) || YEAR.test(line))
  )
    return true
  return /[:：]$/.test(line) && line.length < 80 && !/[.!?,] /.test(line) && VERB_AT_END.test(line)
}

function isAttribution(text: string): boolean {
  const colon = /[:：]\s?(?:-{2,})?$/.test(text)
  const verb = VERB.test(text)
  const address = ADDRESS.test(text)
  const when = CLOCK.test(text) || YEAR.test(text) || (DATE_WORDS.test(text) && /\d/.test(text))
  if (colon && verb && (when || address)) return true
  if (colon && address && when && !/^(?:from|to|sent|date|de|von|à|an|para)\s?:/iu.test(text)) return true
  if (!VERB_AT_END.test(text)) return false
  if (/^-{2,}.{3,200}-{2,}$/.test(text)) return true
  if (when && (address || CLOCK.test(text)) && START.test(text)) return true
  // "Ann Smith wrote:" alone, when nothing else on the line says that it is a sentence.
  return colon && /^[\p{Lu}"“'][^.!?:;,]{1,60}$/u.test(text.replace(/[:：]\s?$/, '')) && text.split(' ').length <= 6
}

const ORIGINAL = [
  'original message',
  'original',
  'original appointment',
  'repl(?:y|ied) message',
  'mail original',
  'urspr(?:ü|ue)ngliche (?:nachricht|mail|e-?mail)',
  'original[- ]?(?:nachricht|mail)',
  'antwort nachricht',
  "message d['’]origine",
  'message original',
  'mensaje original',
  'mensagem original',
  'messaggio originale',
  'oorspronkelijk bericht',
  'oprindelig (?:besked|meddelelse|mail)',
  'opprinnelig melding',
  'ursprungligt meddelande',
  'alkuperäinen viesti',
  'oryginalna wiadomość',
  'wiadomość oryginalna',
  'původní (?:zpráva|e-mail)',
  'исходное сообщение',
  'пересылаемое сообщение',
  'вихідне повідомлення',
  'αρχικό μήνυμα',
  'özgün ileti',
  'orijinal mesaj',
  'eredeti üzenet',
  'mesaj original',
  'tin nhắn gốc',
  '原始邮件',
  '原始郵件',
  '邮件原件',
  '元のメッセージ',
  '원본 메시지',
  'الرسالة الأصلية',
  'ההודעה המקורית',
]
const FORWARDED = [
  'forwarded message',
  'forwarded by .{1,80}',
  'forwarded mail',
  'begin forwarded message',
  'message transféré',
  'message transmis',
  'début du message (?:réexpédié|transféré)',
  'weitergeleitete (?:nachricht|e-?mail)',
  'anfang der weitergeleiteten (?:nachricht|e-?mail)',
  'mensaje reenviado',
  'inicio del mensaje reenviado',
  'mensagem (?:encaminhada|reencaminhada)',
  'início da mensagem (?:encaminhada|reencaminhada)',
  'messaggio inoltrato',
  'inizio messaggio inoltrato',
  'doorgestuurd bericht',
  'begin doorgestuurd bericht',
  'videresendt (?:besked|melding)',
  'start på videresendt besked',
  'vidarebefordrat (?:brev|meddelande|mejl)',
  'vidarebefordrat mejl',
  'välitetty viesti',
  'przekazana wiadomość',
  'wiadomość przekazana',
  'přeposlaná zpráva',
  'пересланное сообщение',
  'начало переадресованного сообщения',
  'переслане повідомлення',
  'προωθημένο μήνυμα',
  'iletilmiş mesaj',
  'iletilen mesaj',
  '转发的邮件',
  '轉寄的郵件',
  '転送メッセージ',
  '전달된 메시지',
  'رسالة معاد توجيهها',
  'הודעה שהועברה',
]
const RULE = '[-_=*~+#\\u2010-\\u2015\\u2500\\s]'
const ORIGINAL_LINE = new RegExp(`^${RULE}{2,60}(?:${ORIGINAL.join('|')})\\s?:?${RULE}{2,60}$`, 'iu')
const FORWARDED_LINE = new RegExp(`^${RULE}{2,60}(?:${FORWARDED.join('|')})\\s?:?${RULE}{0,60}$`, 'iu')
const FORWARDED_BARE = new RegExp(`^(?:${FORWARDED.join('|')})\\s?[:：]$`, 'iu')
const UNNAMED_RULE = /^(?:_{10,}|-{10,}|[-*_=]{3,} ?[^-*_=]{2,60} ?[-*_=]{3,})$/u
const REPLY_ABOVE =
  /(?:please )?(?:reply|respond|type your reply|write) above this line|répond(?:re|ez) au-dessus de cette ligne|écrire au-dessus de cette ligne|(?:bitte )?(?:über|oberhalb) dieser (?:zeile|linie) antworten|antworten sie (?:bitte )?(?:über|oberhalb)|(?:responda|escriba|responder) (?:por )?encima de esta línea|responda acima desta linha|rispond[ia] sopra questa (?:riga|linea)|antwoord boven deze (?:lijn|regel)|اكتب ردك فوق هذا السطر|الرد فوق هذا السطر/iu

export type Separator = 'original' | 'forwarded' | 'reply-above'

/** Whether line `at` is a separator of a known wording. */
export function separatorAt(lines: readonly string[], at: number): Separator | null {
  const line = lines[at] ?? ''
  if (line.length < 5 || line.length > 200) return null
  if (MAYBE_ABOVE.test(line) && REPLY_ABOVE.test(line)) return 'reply-above'
  if (RULE_FIRST.test(line)) {
    if (ORIGINAL_LINE.test(line)) return 'original'
    if (FORWARDED_LINE.test(line)) return 'forwarded'
  }
  return /[:：]$/.test(line) && FORWARDED_BARE.test(line) ? 'forwarded' : null
}

/** Cheap tests before the dear ones: most lines of most mails are neither. */
const MAYBE_ABOVE = /above|dessus|ber|encima|acima|sopra|boven|هذا/
const RULE_FIRST = /^[-_=*~+#\u2010-\u2015\u2500]/

const FROM =
  'from|de|von|da|van|od|nadawca|fra|från|lähettäjä|expéditeur|remitente|mittente|absender|afzender|отправитель|от|від|από|kimden|gönderen|feladó|de la|từ|发件人|發件人|寄件者|差出人|送信者|보낸 ?사람|من|מאת'
const TO =
  'to|à|pour|an|para|adresat|a|aan|do|komu|till|til|vastaanottaja|destinataire|destinatario|empfänger|кому|προς|kime|alıcı|címzett|către|đến|收件人|宛先|받는 ?사람|إلى|אל'
const OTHER =
  'cc|bcc|cci|kopie|kopia|kopi|copie à|copia|copie|reply-to|répondre à|risposta|beantwoorden - aan|responder a|antwort an|subject|sub|objet|sujet|betreff|asunto|assunto|oggetto|onderwerp|temat|emne|ämne|aihe|předmět|predmet|тема|θέμα|konu|tárgy|subiect|chủ đề|主题|主旨|件名|主題|제목|الموضوع|נושא|sent|date|sent on|datum|data|fecha|dato|data wysłania|envoyé(?: le)?|le|gesendet|enviado(?: el| em)?|enviada(?: em)?|inviato|verzonden|wysłano|wysłane|sendt|skickat|lähetetty|päivämäärä|odesláno|dátum|дата|отправлено|ημερομηνία|tarih|gönderildi|küldve|dată|trimis|ngày|发送时间|日期|日付|時間|日時|送信日時|보낸 ?날짜|날짜|التاريخ|تاريخ الإرسال|נשלח|תאריך|importance|wichtigkeit|priority|attachments|anlagen|pièces jointes|x-mailer|message-id'
const FROM_LABEL = new RegExp(`^(?:${FROM})\\s?[:：]`, 'iu')
const LABEL = new RegExp(`^(?:${FROM}|${TO}|${OTHER})\\s?[:：]`, 'iu')
const DATE_LABEL_INSIDE = /\s(?:date|sent|gesendet|envoyé|enviado|fecha|datum|data)\s?:/iu
const MAX_BLOCK = 14

export interface HeaderLines {
  /** Lines of the block, from `at`. */
  readonly count: number
  readonly from: string
  readonly subject: string
}

/** A block of header lines as Outlook and others write them above the old mail: three labels, or two with address and date. */
export function headerBlockAt(lines: readonly string[], at: number): HeaderLines | null {
  const first = bare(lines[at])
  if (!/^.{1,40}[:：]/u.test(first) || !LABEL.test(first)) return null
  let labels = 0
  let hasFrom = false
  let hasAddress = false
  let hasDate = false
  let from = ''
  let subject = ''
  let count = 0
  let loose = 0
  for (let n = 0; n < MAX_BLOCK; n++) {
    const line = bare(lines[at + n])
    if (LABEL.test(line)) {
      labels++
      loose = 0
      const value = line.replace(/^[^:：]*[:：]\s?/, '')
      if (FROM_LABEL.test(line)) {
        hasFrom = true
        if (from === '') from = value
        if (DATE_LABEL_INSIDE.test(value)) labels++
      } else if (
        subject === '' &&
        /^(?:subject|objet|sujet|betreff|asunto|assunto|oggetto|onderwerp|temat|emne|ämne|aihe|тема|主题|件名|제목|الموضوع)/iu.test(
          line,
        )
      )
        subject = value
      if (ADDRESS.test(value)) hasAddress = true
      if (/\d/.test(value) && (CLOCK.test(value) || YEAR.test(value))) hasDate = true
      count = n + 1
    } else if (line === '') {
      // One empty line between two labels is seen where HTML made a paragraph of each.
      if (loose > 0 || !LABEL.test(bare(lines[at + n + 1]))) break
    } else {
      // A value that runs over two lines: "[mailto:", long recipient lists, a folded subject.
      if (++loose > 2) break
      if (ADDRESS.test(line)) hasAddress = true
      if (subject !== '' && loose === 1 && LABEL.test(bare(lines[at + n + 1]))) subject = `${subject} ${line}`
    }
  }
  const enough = (labels >= 3 && (hasFrom || hasAddress || hasDate)) || (labels >= 2 && hasAddress && hasDate)
  return enough ? { count, from, subject } : null
}

function bare(line: string | undefined): string {
  return (line ?? '')
    .replace(/^[>|*\s]+/, '')
    .replace(/\*/g, '')
    .slice(0, MAX_LINE)
}

/** A rule, or dashes around a few words, that stands directly above a header block. */
export function isRuleAbove(line: string): boolean {
  return UNNAMED_RULE.test(line)
}
