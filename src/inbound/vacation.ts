// Out-of-office answers by their words, for those that no header announces. Subjects are asked by their beginning, so that a
// human's "question about my out of office" is none; bodies only where a header already says that a machine answered.

/** Ends the automatic part of a subject: people write about automatic answers too ("Abwesenheitsnotiz einrichten"). */
const THEN = '(?=\\s*(?:[:：(\\[–—-]|[.!]?$))'
/** The subject of the answered mail stands behind it. A subject that is nothing but these words may be somebody's request. */
const THEN_SUBJECT = '(?=\\s*[:：(\\[–—-])'

/** Beginnings of subjects, lower case, after any "Re:", in the languages of mail clients. */
const BEGINNINGS: readonly string[] = [
  'auto(?:matic)? ?-?(?:reply|response|responder)',
  "out[- ]of[- ](?:the )?office(?: ?(?:auto-?reply|reply|response|notification|message))?|(?:i am |i['’]m )out of (?:the )?office",
  '(?:vacation|holiday|absence) (?:reply|response|notice|message|auto-?reply)',
  "r[ée]ponse automatique|message d['’]absence|notification d['’]absence|absente? du bureau|absence du bureau",
  'automatische antwort|abwesenheitsnotiz|abwesenheitsbenachrichtigung|abwesenheitsmeldung',
  'respuesta autom[áa]tica|fuera de (?:la )?oficina|ausencia de la oficina|mensaje de ausencia',
  'resposta autom[áàa]tica|fora do escrit[óo]rio|aviso de aus[êe]ncia|ausência tempor[áa]ria',
  "risposta automatica|risposta non al computer|fuori (?:sede|ufficio)|assente dall['’]ufficio",
  'automatische? antwoord|afwezigheidsbericht|afwezigheidsmelding',
  'autosvar|automatiskt? svar|fraværsmeddelelse|fraværsmelding|frånvaromeddelande',
  'automaattinen vastaus|poissaoloviesti|automaatvastus|sjálfvirkt svar',
  'automatyczna odpowied[źz]|odpowied[źz] automatyczna',
  'automatick[áa] odpov[ěe][ďd]|automatikus válasz|házon kívül',
  'răspuns automat|raspuns automat|automatski odgovor|samodejni odgovor',
  'automatinis atsakymas|automātiska atbilde|automātiskā atbilde',
  'автоматический ответ|автоответ|автоматична відповідь|автовідповідь|автоматичен отговор|аутоматски одговор',
  'otomatik yan[ıi]t|otomatik cevap',
  '自動応答|自動返信|不在(?:通知|のお知らせ|です)|自动(?:回复|答复)|自動(?:回覆|答覆)|자동 ?(?:회신|응답)|부재중',
  'رد تلقائي|إشعار غياب|תשובה אוטומטית|מענה אוטומטי',
  'αυτόματη απάντηση|αυτόματη απόκριση',
  'ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|trả lời tự động|balasan otomatis|jawapan automatik',
]
const SUBJECT = new RegExp(`^(?:${BEGINNINGS.join('|')})${THEN}`, 'u')
const SUBJECT_OF_SUBJECT = new RegExp(`^(?:${BEGINNINGS.join('|')})${THEN_SUBJECT}.*[^?？؟]$`, 'u')
const UNTIL = /^(?:i am |i'm |i’m )?out of (?:the )?office (?:until|till|from|through) /u

const ANY_BEGINNING = new RegExp(`^(?:${BEGINNINGS.join('|')})`, 'u')

/** Subjects that people use too, for a leave they ask or a car that broke: they count beside a sign that a machine answered. */
const WEAK_SUBJECTS =
  /^(?:auto|absence|absent(?:e)?|abwesend|abwesenheit|ausente|ausencia|ausência|assente|afwezig|niet aanwezig|frånvaro|ej på kontoret|fravær|ikke til stede|poissaolo|poissa|nieobecno[śs][ćc]|poza biurem|nep[řr][íi]tomnost|mimo kancel[áa][řr]|отсутствую|нет на месте|вне офиса|εκτός γραφείου|ofis d[ıi][şs][ıi]nda|خارج المكتب|外出|在休假)(?=[\s:,.!：]|$)/u

/** Lotus Notes: "Ann Smith is out of the office (returning 30/11/2026)". */
const NAMED = /^[^:]{2,60} is (?:currently )?(?:out of (?:the )?office|on (?:vacation|holiday|leave))/u

const BODIES: readonly RegExp[] = [
  /\bi(?: wi|['’])ll (?:be (?:back|out|returning)|return)\b/,
  /\b(?:limited|no|without) access to (?:my )?e-?mails?\b|\b(?:maternity|parental|sick|annual) leave\b/,
  /\bje serai de retour\b|\bde retour (?:le|au bureau)\b|\bcongé (?:maternité|parental)/,
  /\bbin ich (?:wieder|nicht) (?:im|erreichbar|da)|\b(?:ab|am) .{3,30} wieder (?:im büro|erreichbar|für sie da)/,
  /\bestar[ée] de vuelta\b|\bregres(?:o|ar[ée]) (?:el|a la oficina)\b|\bestarei de volta\b|\bretorno (?:em|no dia)\b/,
  /\bi(?: am|'m|’m| will be) (?:currently )?(?:away|out of (?:the |my )?office|on (?:vacation|holiday|annual leave|leave|parental leave|maternity leave)|travell?ing)\b/,
  /\b(?:je suis|je serai) (?:actuellement )?(?:absent|en cong[ée]|en vacances|hors du bureau|en d[ée]placement)/,
  /\bich bin (?:derzeit |zur ?zeit |aktuell |momentan )?(?:nicht im (?:büro|haus)|abwesend|im urlaub|außer haus|bis )/,
  /\b(?:estoy|estar[ée]|me encuentro) (?:actualmente )?(?:fuera de (?:la )?oficina|de vacaciones|ausente)/,
  /\b(?:estou|estarei) (?:atualmente )?(?:fora do escrit[óo]rio|de f[ée]rias|ausente)/,
  /\b(?:sono|sar[òo]) (?:attualmente )?(?:fuori (?:sede|ufficio)|in ferie|assente)/,
  /\bik ben (?:momenteel |op dit moment )?(?:niet aanwezig|afwezig|met vakantie|op vakantie)/,
  /\bjeg er (?:for tiden |i øjeblikket )?(?:ikke på kontoret|på ferie|bortrejst)|\bjag är (?:för närvarande )?(?:inte på kontoret|på semester|ledig)/,
  /\bolen (?:parhaillaan )?(?:lomalla|poissa)\b/,
  /\b(?:jestem|przebywam) (?:obecnie )?(?:poza biurem|na urlopie|nieobecn)/,
  /(?:я|меня) (?:сейчас )?(?:в отпуске|нет на месте|отсутствую|не в офисе)/,
  /أنا (?:حاليا )?(?:خارج المكتب|في إجازة)/,
]
const MAX_BODY = 3000

/** What stands around a mail's words. */
export interface VacationSigns {
  /** A header says that a machine answered. */
  readonly answered: boolean
  /** Something hints at a machine: `answered`, a null return path. */
  readonly hinted: boolean
  /** It refers to an earlier mail. */
  readonly refers: boolean
}

const TOKEN = '\\[[^\\]]{0,60}\\]'
const LEADING = {
  all: new RegExp(`^(?:(?:(?:re|aw|sv|antw|rv|tr)\\s*:|${TOKEN})\\s*)+`),
  replies: new RegExp(`^(?:(?:(?:re|aw|sv|antw)\\s*:|${TOKEN})\\s*)+`),
  tokens: new RegExp(`^(?:${TOKEN}\\s*)+`),
} as const

/**
 * Why a mail is an out-of-office answer by its words, or null. The subject always counts, weaker ones when something hints at a
 * machine, the text when a header says so. Without a hint, "Re: Automatic reply" in an answer and "Fwd: Automatic reply" are
 * of people whom such a notice reached.
 */
export function vacationPhrase(subject: string, text: string, signs: VacationSigns): string | null {
  const leading = signs.hinted ? LEADING.all : signs.refers ? LEADING.tokens : LEADING.replies
  const start = subject.slice(0, 300).toLowerCase().replace(leading, '').trim()
  const strong = (signs.hinted || signs.refers ? SUBJECT : SUBJECT_OF_SUBJECT).test(start) || UNTIL.test(start)
  const weak = (): boolean => ANY_BEGINNING.test(start) || WEAK_SUBJECTS.test(start) || NAMED.test(start)
  if (strong || (signs.hinted && weak())) return `Subject: ${subject.slice(0, 80)}`
  if (!signs.answered) return null
  const body = text.slice(0, MAX_BODY).toLowerCase().replace(/\s+/g, ' ')
  return BODIES.some((pattern) => pattern.test(body)) ? 'text of an absence notice' : null
}
