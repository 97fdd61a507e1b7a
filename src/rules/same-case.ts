// Does a new mail speak of a case that is open already? Told by what both say: the words of the subjects, the words of the texts, and the
// numbers that name things (vouchers, accounts, dates). Numbers that differ speak against it, however much the words agree.

import { foldText } from './words.ts'

export interface CaseText {
  readonly subject: string
  readonly text: string
}

/** `same`: sure enough to add it without asking. `like`: worth asking. `other`: say nothing. */
export type Sameness = 'same' | 'like' | 'other'

const MAX_TEXT = 4_000

/** Words that carry a sentence and not a case, in the languages desks write in; folded. */
const emptyWords = new Set(
  (
    'a al ante aqui asi aun ayuda buen buena buenas bueno buenos cada cambio caso casos como con consulta cordial cual cuando cuenta de del desde dia dias donde duda dudas el ella ellos en entre era es esa ese eso esta estaba estado estamos estan estar estas este esto estoy favor fue gracias ha hace hacer han hasta hay hola hoy la las le les lo los mas me mi mis misma mismo momento muchas muy necesitamos necesito no nos nuestra nuestro nueva nuevo o otra otro para pero poder podria por porque presenta problema problemas puede pueden pueda que quedo quien quiero sale saludos se ser si sigue siguen sin sobre solicitud solo son su sus tambien tarde tardes te tenemos tengo ticket tiene todavia todo todos tras un una unas unos urgente urgencia usted ustedes ver vez y ya ' +
    'au aucun aussi aux avec avez avoir avons bien bonjour bonsoir c ca car ce cela ces cet cette chez comme comment cordialement dans demande des deux devons dites du elle elles encore est et etait ete etes etre fait faire faut font ici il ils j jai je jour l le leur lors lui ma mais me meme merci mes moi mon n ne nest ni notre nos nouveau nouvelle nous on ont ou par pas peut peuvent plus pour pourriez pouvez probleme probleme qu quand que quel quelle question qui sa sans ses si soit son sont souhaite suite sur svp ta te toujours tout toute tous tres tu un une urgent va vers voici vos votre vous y ' +
    'about after again all already also an and any are as at be been before but by can cannot could did do does doing done dear for from get got had has have hello help her here hi him his how i if in into is issue it its just kind know like me more my need new no not of off on one only or other our out over please problem question re regards request she should since so some still than thank thanks that the their them then there these they this those to today too under up urgent us very was we were what when where which while who why will with would yet you your'
  ).split(' '),
)

/** The root two words of a family share: endings of number, gender and person do not make another case. */
function rootOf(word: string): string {
  if (word.length <= 4) return word
  const bare = word.replace(/(?:amente|mente|ciones|cion|tions|tion|ings|ing|ees|ee|es|as|os|s)$/, '')
  return (bare.length >= 4 ? bare : word).replace(/[aeo]$/, '').slice(0, 9)
}

/** Numbers that name something: three digits at least, with what hangs on them; dates as they stand. */
function numbersOf(folded: string): Set<string> {
  const found = new Set<string>()
  for (const match of folded.matchAll(/[a-z]{0,6}\d[\da-z]*(?:[-/.]\d[\da-z]*){0,5}/g)) {
    const digits = match[0].replace(/\D/g, '')
    if (digits.length >= 3) found.add(match[0].replace(/^[a-z]+(?=\d)/, '').replace(/[^\da-z]/g, ''))
    if (found.size >= 60) break
  }
  return found
}

function wordsOf(folded: string): Set<string> {
  const found = new Set<string>()
  for (const match of folded.matchAll(/\p{L}{2,40}/gu)) {
    const word = match[0]
    if (!emptyWords.has(word) && word.length > 2) found.add(rootOf(word))
    if (found.size >= 400) break
  }
  return found
}

const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let n = 0
  for (const one of a) if (b.has(one)) n += 1
  return n
}
const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const both = shared(a, b)
  const all = a.size + b.size - both
  return all === 0 ? 0 : both / all
}
/** How much of the shorter one the longer one has. */
const within = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  Math.min(a.size, b.size) === 0 ? 0 : shared(a, b) / Math.min(a.size, b.size)

/** Part of a subject before its first comma, colon or dash: the module, where a desk asks for one. */
const headOf = (subject: string): string => foldText(/^[^,;:–—]{1,60}(?=[,;:–—])/.exec(subject)?.[0] ?? '').trim()

/** Whether `fresh` speaks of the open case. Pure, bounded, symmetric but for its arguments’ names. */
export function sameCase(open: CaseText, fresh: CaseText): Sameness {
  const [openSubject, freshSubject] = [foldText(open.subject.slice(0, 300)), foldText(fresh.subject.slice(0, 300))]
  const [openText, freshText] = [foldText(open.text.slice(0, MAX_TEXT)), foldText(fresh.text.slice(0, MAX_TEXT))]
  const heads = [headOf(open.subject), headOf(fresh.subject)] as const
  const otherModule = heads[0] !== '' && heads[1] !== '' && heads[0] !== heads[1]
  const numbers = [numbersOf(`${openSubject} ${openText}`), numbersOf(`${freshSubject} ${freshText}`)] as const
  const sameNumbers = shared(numbers[0], numbers[1])
  const otherNumbers = sameNumbers === 0 && numbers[0].size > 0 && numbers[1].size > 0
  const subjects = [wordsOf(openSubject), wordsOf(freshSubject)] as const
  const subjectShared = shared(subjects[0], subjects[1])
  const subjectSame = jaccard(subjects[0], subjects[1])
  const texts = [wordsOf(openText), wordsOf(freshText)] as const
  const textWithin = within(texts[0], texts[1])
  const textShared = shared(texts[0], texts[1])
  if (otherModule) return sameNumbers > 0 && textWithin >= 0.6 && textShared >= 4 ? 'like' : 'other'
  // Something besides the module has to agree.
  const telling = subjectShared - (heads[0] !== '' && heads[0] === heads[1] ? wordsOf(heads[0]).size : 0)
  if (otherNumbers) return 'other'
  if (telling >= 2 && subjectSame >= 0.75) return 'same'
  if (telling >= 1 && sameNumbers > 0 && (subjectSame >= 0.3 || textWithin >= 0.3)) return 'like'
  if (telling >= 2 && within(subjects[0], subjects[1]) >= 0.6) return 'like'
  if (telling >= 1 && textShared >= 3 && textWithin >= 0.4) return 'like'
  return textShared >= 5 && textWithin >= 0.6 ? 'like' : 'other'
}
