// What a customer chooses by mail: through a signed address offered in a mail of ours, or in plain words as the first line of
// an answer. Plain words count only in what the sender wrote now, and only as a whole line: "yes" is an answer, "yes, but it
// still crashes" is a text.

import type { Purpose } from '../mail/token.ts'

/** What the desk asked last: whether it is solved, whether the work is agreed to, how it was. null: nothing. */
export type Asked = 'confirmation' | 'approval' | 'satisfaction' | null

/** The choices that plain words can make, by the purposes of their tokens: mute, unmute, confirm, refute, approve, refuse, good, bad. */
export type SpokenChoice = Extract<Purpose, 'm' | 'u' | 'y' | 'n' | 'ok' | 'no' | 'g' | 'h'>

type Word =
  | 'yes'
  | 'no'
  | 'solved'
  | 'unsolved'
  | 'approved'
  | 'refused'
  | 'mute'
  | 'unmute'
  | 'good'
  | 'bad'
  | 'courtesy'

/** Phrases, folded, with `|` between them. */
const phrases = {
  yes:
    'نعم|اجل|ايوه|تمام|' +
    'yes|yep|yeah|oui|si|claro|ok|okay|d accord|de acuerdo|agreed|confirmed|i confirm|je confirme|' +
    'confirme|confirmo|confirmado',
  no: 'لا|كلا|' + 'no|nope|non|not really|pas vraiment|pas du tout|en absoluto',
  solved:
    'حلت|حلت المساله|حلت المشكله|تم الحل|تم حل المشكله|تعمل الان|' +
    'solved|it is solved|it s solved|resolved|it is resolved|it works|it works now|it works fine|' +
    'works now|fixed|it is fixed|problem solved|all good|resolu|c est resolu|probleme resolu|' +
    'le probleme est resolu|ca marche|cela marche|ca marche maintenant|ca fonctionne|cela fonctionne|' +
    'c est bon|c est regle|regle|resuelto|esta resuelto|problema resuelto|el problema esta resuelto|' +
    'solucionado|esta solucionado|funciona|ya funciona|todo bien|todo en orden',
  unsolved:
    'لم تحل|لم تحل المساله|لم تحل المشكله|لا تعمل|' +
    'not solved|it is not solved|not resolved|not fixed|it does not work|it doesn t work|' +
    'still not working|still broken|pas resolu|ce n est pas resolu|non resolu|ca ne marche pas|' +
    'ca ne marche toujours pas|cela ne marche pas|ca ne fonctionne pas|ca ne fonctionne toujours pas|' +
    'toujours pas|pas encore|no resuelto|no esta resuelto|sin resolver|no funciona|' +
    'sigue sin funcionar|todavia no|aun no',
  approved:
    'موافق|اوافق|موافقون|' +
    'approve|approved|i approve|you have my agreement|je donne mon accord|vous avez mon accord|' +
    'doy mi conformidad|tiene mi conformidad|estoy conforme|i agree|i accept|accepted|go ahead|bon pour accord|j approuve|' +
    'j accepte|approuve|accepte|accord|apruebo|aprobado|acepto|aceptado|conforme|adelante',
  refused:
    'غير موافق|لا اوافق|لست موافقا|' +
    'je ne donne pas mon accord|no doy mi conformidad|no estoy conforme|refuse|refused|i refuse|rejected|i reject|i do not agree|i disagree|je refuse|refusee|' +
    'pas d accord|je ne suis pas d accord|rechazo|rechazado|no acepto|no apruebo|no estoy de acuerdo',
  mute: 'mute|muet|silence|silencio|silenciar|no more mails|plus de messages|no mas mensajes|' + 'no mas correos',
  unmute: 'unmute|reactiver|reactivar',
  good:
    'راض|راضيه|' +
    'good|very good|great|satisfied|bien|tres bien|satisfait|satisfaite|muy bien|bueno|satisfecho|' +
    'satisfecha',
  bad:
    'غير راض|غير راضيه|' +
    'bad|very bad|not satisfied|unsatisfied|mal|tres mal|mauvais|pas satisfait|pas satisfaite|' +
    'insatisfait|muy mal|malo|insatisfecho|insatisfecha',
  courtesy:
    'شكرا|شكرا جزيلا|شكرا لكم|السلام عليكم|مرحبا|' +
    'thanks|thank you|thanks a lot|thank you very much|many thanks|merci|merci beaucoup|merci bien|' +
    'un grand merci|gracias|muchas gracias|mil gracias|perfect|parfait|perfecto|super|hello|hi|' +
    'dear all|good morning|bonjour|bonsoir|bonjour a tous|hola|buenos dias|buenas tardes|buenas|' +
    'cordialement|regards|best regards|saludos|bonne journee',
} as const satisfies Record<Word, string>

const words: ReadonlyMap<string, Word> = new Map(
  (Object.keys(phrases) as Word[]).flatMap((word) => phrases[word].split('|').map((phrase) => [phrase, word] as const)),
)

const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ة/g, 'ه')
    .replace(/ى/g, 'ي')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** The words a line consists of, or null when it says anything else. */
function wordsOf(line: string): Word[] | null {
  if (line.length > 120 || line.includes('?')) return null
  const whole = words.get(fold(line))
  if (whole) return [whole]
  const found: Word[] = []
  for (const part of line.split(/[,.;:!…–—()،؛]+/)) {
    if (fold(part) === '') continue
    const word = words.get(fold(part))
    if (word === undefined) return null
    found.push(word)
  }
  return found
}

const objection =
  /^\s*(?:but|however|except|although|mais|cependant|sauf|toutefois|pero|sin embargo|excepto|aunque)\b/iu

/** What a line of such words chooses, given what was asked. Words against each other choose nothing. */
function meaning(found: readonly Word[], asked: Asked): SpokenChoice | null {
  const said = new Set(found.filter((word) => word !== 'courtesy'))
  const has = (...any: Word[]) => found.some((word) => any.includes(word))
  const yes = has('yes', 'solved', 'approved', 'good')
  const no = has('no', 'unsolved', 'refused', 'bad')
  if (said.size === 0 || (yes && no)) return null
  if (has('mute', 'unmute')) return said.size > 1 ? null : has('mute') ? 'm' : 'u'
  switch (asked) {
    case 'confirmation':
      if (has('approved', 'refused', 'good', 'bad')) return null
      return yes ? 'y' : 'n'
    case 'approval':
      if (has('good', 'bad', 'unsolved')) return null
      return yes ? 'ok' : 'no'
    case 'satisfaction':
      if (has('approved', 'refused')) return null
      return yes ? 'g' : 'h'
    case null:
      return null
    default:
      return asked satisfies never
  }
}

/**
 * The choice that the first line of `replyText` makes in plain words; a line of greeting may stand before it, and a text that
 * goes on with "but …" chooses nothing. null: the text is a text. Give this the reply text alone, never a quotation.
 */
export function plainChoice(replyText: string, asked: Asked): SpokenChoice | null {
  const lines = replyText.slice(0, 4000).split('\n')
  for (let i = 0, seen = 0; i < lines.length && seen < 2; i++) {
    const line = (lines[i] ?? '').trim()
    if (line === '') continue
    seen++
    if (line.startsWith('>')) return null
    const found = wordsOf(line)
    if (found === null) return null
    if (found.every((word) => word === 'courtesy')) continue
    return objection.test(lines.slice(i + 1).join('\n')) ? null : meaning(found, asked)
  }
  return null
}
