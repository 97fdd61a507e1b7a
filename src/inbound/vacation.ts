// Out-of-office answers by their words, for those that no header announces. Subjects are asked by their beginning, so that a
// human's "question about my out of office" is none; bodies only where a header already says that a machine answered.

/** Beginnings of subjects, lower case, after any "Re:". English, French, German, Spanish, Portuguese, Italian, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech, Russian, Japanese, Chinese, Arabic. */
const SUBJECTS: readonly RegExp[] = [
  /^(?:automatic reply|auto(?:matic)? ?-?(?:reply|response|responder))\s*[::]/u,
  /^(?:i am |i'm )?out of (?:the )?office(?:\s*(?:[::]|auto-?reply|reply|response|notification|message|until|from|today|$))/u,
  /^(?:vacation|holiday) (?:reply|response|notice|message|auto-?reply)/u,
  /^(?:réponse automatique|reponse automatique|message d['’]absence|notification d['’]absence|absence du bureau|absent(?:e)? du bureau)/u,
  /^(?:automatische antwort|abwesenheitsnotiz|abwesenheitsbenachrichtigung|out-of-office)/u,
  /^(?:respuesta autom[áa]tica|fuera de (?:la )?oficina|ausencia de la oficina|mensaje de ausencia)/u,
  /^(?:resposta autom[áa]tica|fora do escrit[óo]rio|aviso de aus[êe]ncia|ausência tempor[áa]ria)/u,
  /^(?:risposta automatica|risposta non al computer|fuori (?:sede|ufficio)|assente dall['’]ufficio)/u,
  /^(?:automatisch(?:e)? antwoord|afwezigheidsbericht)/u,
  /^(?:autosvar|automatisk svar|automatiskt svar|fraværsmeddelelse|fraværsmelding|frånvaromeddelande)/u,
  /^(?:automaattinen vastaus|poissaoloviesti)/u,
  /^(?:automatyczna odpowied[źz]|odpowied[źz] automatyczna)/u,
  /^(?:automatick[áa] odpov[ěe][ďd])/u,
  /^(?:автоматический ответ|автоответ)/u,
  /^(?:otomatik yan[ıi]t)/u,
  /^(?:自動応答|自動返信|不在(?:通知|のお知らせ|です)|自动(?:回复|答复)|自動回覆|자동 ?(?:회신|응답)|부재중)/u,
  /^(?:رد تلقائي|إشعار غياب)/u,
  /^(?:αυτόματη απάντηση)/u,
]

/** Subjects that people use too, for a leave they ask or a car that broke: they count beside a sign that a machine answered. */
const WEAK_SUBJECTS =
  /^(?:auto|absence|absent(?:e)?|abwesend|abwesenheit|ausente|ausencia|ausência|assente|afwezig|niet aanwezig|frånvaro|ej på kontoret|fravær|ikke til stede|poissaolo|poissa|nieobecno[śs][ćc]|poza biurem|nep[řr][íi]tomnost|mimo kancel[áa][řr]|отсутствую|нет на месте|вне офиса|εκτός γραφείου|ofis d[ıi][şs][ıi]nda|خارج المكتب|外出|在休假)(?=[\s:,.!：]|$)/u

const BODIES: readonly RegExp[] = [
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

/**
 * Why a mail is an out-of-office answer by its words: the subject always; weaker subjects when something hints at a machine
 * (`hinted`), the text when a header says so, else null is given for it. Null when it is none.
 */
export function vacationPhrase(subject: string, text: string | null, hinted: boolean): string | null {
  const start = subject
    .slice(0, 300)
    .toLowerCase()
    .replace(/^(?:(?:(?:re|aw|sv|antw|rv|tr)\s*:|\[[^\]]{0,60}\])\s*)+/, '')
    .trim()
  if (SUBJECTS.some((pattern) => pattern.test(start))) return `Subject: ${subject.slice(0, 80)}`
  if (hinted && WEAK_SUBJECTS.test(start)) return `Subject: ${subject.slice(0, 80)}`
  if (text === null) return null
  const body = text.slice(0, MAX_BODY).toLowerCase().replace(/\s+/g, ' ')
  return BODIES.some((pattern) => pattern.test(body)) ? 'text of an absence notice' : null
}
