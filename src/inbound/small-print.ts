// What companies put below every mail: who may read it, and trees. It belongs to the signature. Whole paragraphs at the end
// only, each of them small print, none of them a question.

const MAX_PARAGRAPHS = 8
const MAX_LINES = 80
const MAX_SEEN = 1500

const ABOUT_THE_MAIL =
  '(?:e-?mail|message|mail|communication|transmission|courriel|mensaje|correo|mensagem|comunicação|nachricht|messaggio|comunicazione|bericht|meddelande|wiadomość|الرسالة|البريد)'

/** Two of these in one paragraph: a single one is in many an ordinary sentence. */
const SIGNS: readonly RegExp[] = [
  /confiden[tc]ia|vertraulich|vertrouwelijk|riservat|poufn|konfiden|سري[ةّ]?/iu,
  /\bprivileged\b|legally protected|rechtlich geschützt|secret professionnel|legalmente (?:protegid|privilegiad)/iu,
  /(?:intended|meant) (?:solely|only|exclusively)|intended recipient|addressee|destinataires?\b|destinatari[oa]s?\b|adressat|empfänger|geadresseerde|odbiorc|المرسل إليه/iu,
  /(?:received|receive) (?:it|this|the)[^.]{0,40}(?:in error|by mistake)|par erreur|irrtümlich|nicht der (?:richtige|beabsichtigte)|por error|por engano|per errore|per ongeluk|abusivement/iu,
  /attachments?\b|pièces? jointes?|anh[aä]ng|archivos adjuntos|anexos?\b|allegat|bijlagen/iu,
  /(?:strictly )?prohibited|unauthori[sz]ed|interdite?s?\b|unbefugt|nicht gestattet|prohibid|proibid|vietat|verboden|exclusiv|solely|liability|responsabilit|haftung/iu,
]
const SUBJECT_IS_THE_MAIL = new RegExp(
  `\\b(?:this|these|the contents? of this|ce|cet|cette|le présent|este|esta|estos|el presente|a presente|diese[rs]?|questo|questa|le informazioni|la presente|dit|deze|هذه|هذا|the information)\\b.{0,60}${ABOUT_THE_MAIL}|^\\W{0,5}(?:confidentiality|legal|disclaimer|avis|aviso|avviso|hinweis)\\b`,
  'iu',
)
const TREES =
  /(?:consider|think (?:of|about)) the environment before print|(?:pensez|pensons) à l['’]environnement|n['’]imprimez (?:ce|cet) (?:courriel|message|e-?mail) que|denken sie an die umwelt|bevor sie diese (?:e-?mail|nachricht) (?:aus)?drucken|antes de imprimir|prima di stampare|denk aan het milieu/iu

function isSmallPrint(paragraph: string): boolean {
  const text = paragraph.slice(0, MAX_SEEN).replace(/\s+/g, ' ').trim()
  if (text === '' || text.endsWith('?')) return false
  if (text.length < 200 && TREES.test(text)) return true
  return text.length > 60 && SUBJECT_IS_THE_MAIL.test(text) && SIGNS.filter((sign) => sign.test(text)).length >= 2
}

/** Where the small print at the end of `lines` begins, or `lines.length`; never at or before the line `first`. */
export function smallPrintStart(lines: readonly string[], first: number): number {
  let start = lines.length
  let end = lines.length
  const top = Math.max(first, lines.length - MAX_LINES)
  for (let n = 0; n < MAX_PARAGRAPHS; n++) {
    while (end > top && (lines[end - 1] ?? '').trim() === '') end--
    let from = end
    while (from > top && (lines[from - 1] ?? '').trim() !== '') from--
    if (from <= first || from === end || !isSmallPrint(lines.slice(from, end).join(' '))) break
    start = from
    end = from
  }
  return start
}
