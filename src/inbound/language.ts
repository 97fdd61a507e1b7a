// The language of a text among those that desks answer in: fr, en, es, pt, de, ar; null when it is none of them or too short.
// By script for Arabic, by frequent words and letters for the others; the best must lead clearly. Looks at 2,000 characters.

const LIMIT = 2000
const MIN_LETTERS = 12
/** Unknown words whose shape is looked at: the first ones tell enough. */
const MAX_SHAPES = 40

const WORDS: Readonly<Record<string, string>> = {
  fr: "demandes service services technique support logiciel logiciels mise niveau client clients types différents disponibles principaux moyens fournir réseau facture imprimante erreur passe connexion commande compte adresse fichier nouvelle nouveau vers entre aucun aucune première jour jours prêt écran marche envoyé reçu le la les de des du un une et est en que qui dans pour pas sur au aux avec ce cette ces il elle nous vous je ne se sont par plus mais ou où votre vos notre nos mon ma mes son sa ses leur être avoir avez avons suis sommes êtes fait comme si tout tous bonjour merci cordialement bien c'est j'ai d'un d'une qu'il n'est peut depuis été aussi très toujours quand alors lorsque voici voilà encore chez cela ça y à me moi sans même donc demande problème salut",
  en: "request requests support service services message error account password login invoice order printer working help upgrade software versions reporting real time provide provides providing information previously using remove removed also between each new first second day days page screen sent received strong unnecessary the of and to a in is that for it you was on are with as be this have from or at by not your we can if will my but an has our they which do there would all their what so about when please thanks thank hello hi dear regards any been me am could no how i'm it's don't i out up just one get were had who them than then some more been does did after before still need know help us his her she he",
  es: 'solicitud mensaje confirmación registrarse registrar contacto interno solicitante estado prioridad cola asignada caso urgente pagos cheques archivos informe informes todavía necesitamos espera atender entiende factura pedido contraseña impresora servicio servicios error nueva nuevo única cada entre favor pide descartar emisión generación únicamente exclusivamente el la los las de del un una y es en que no por para con se su al lo como más pero sus le ya o este esta si porque muy cuando sin sobre también me hasta hay donde quien desde nos todo todos uno les ni eso estos hola gracias saludos buenos días usted ustedes está están ha han he mi mis tengo tiene puede pueden favor ser fue son cómo qué aquí ahora estoy estamos hemos nuestra nuestro buenas tardes necesito ayuda cuenta correo poseo quiero deseo quisiera registrarme y a',
  pt: 'pedido solicitação mensagem confirmação serviço serviços erro senha impressora fatura arquivo sistema estado conta nova novo cada entre agora já problema resolvido resposta ontem hoje dia dias desde consigo funciona o a os as de do da dos das um uma e é em que não por para com se seu sua ao à no na nos nas mais mas como foi ele ela são está estão meu minha já ou ser quando muito há também só pelo pela até isso esse essa este esta você vocês obrigado obrigada olá bom dia boa tarde tenho tem pode podem favor fazer nosso nossa eu me lhe ainda então aqui onde porque sem sobre atenciosamente cumprimentos preciso conta isto às aos',
  de: 'anfrage nachricht fehler drucker rechnung passwort anmelden konto bestellung antwort problem gelöst funktioniert leider neue neuen neues gestern heute morgen seit tag tage zwischen jeder keinen diese dieser dieses diesem jetzt wieder server installiert wann warum welche der die das und ist in den von zu mit sich des auf für nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde ich wir ihr ihre ihren mir mich uns bitte danke hallo guten tag grüße gruß kann können habe wenn was da dann schon im vom unser unsere mein meine kein keine sehr geehrte damen herren vielen dank freundlichen',
  it: 'il lo la i gli le di del della dei delle un una e è in che non per con si su al alla come più ma sono ha ho questo questa anche se nel nella grazie ciao buongiorno da mi ci vi suo sua molto tutto quando cosa',
  nl: 'de het een en van in is dat op te voor met niet zijn er aan die ook als bij om maar door over naar uit ik je we u wij jullie hebben heeft wordt worden kan geen bedankt groeten deze dit nog wel dan',
  da: 'og i er det at en til på som med for af den de ikke har jeg et der om men var vi kan hvis hej tak venlig hilsen fra så eller hvad når min skal vil blev være',
  sv: 'och i är det att en till på som med för av den de inte har jag ett om men var vi kan hej tack hälsningar från så eller vad när min ska vill blev vara',
  pl: 'i w na z do nie się że jest to o jak ale po co tak za od czy być przez dla tego już tylko ma mam dziękuję dzień dobry pozdrawiam proszę są',
  la: 'lorem ipsum dolor sit amet consectetur adipiscing elit sed nec non vel ut et in eget vestibulum fusce nulla donec suspendisse nullam',
  tr: 'bir ve bu için ile de da çok ne var daha gibi olarak ama kadar en merhaba teşekkürler değil ben',
  ro: 'și în de la cu pe nu este un o care mai din să pentru sunt ca am au bună mulțumesc',
  fi: 'voi olen ole voinut minun meillä tulostin hyvää huomenta päivää järjestelmään kirjautua virhe apua lasku tili salasana eilen tänään ja on ei että se en ole oli hän mutta ovat kun niin kuin mitä tai jos olen kiitos terveisin hei',
}
const OFFERED = new Set(['fr', 'en', 'es', 'pt', 'de'])

/** Letters that only some of the languages write; a hit counts as a part of a word. */
const LETTERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/ß/g, ['de', 'de']],
  [/ü/g, ['de', 'tr']],
  [/[äö]/g, ['de', 'fi', 'sv']],
  [/[ñ¿¡]/g, ['es']],
  [/[ãõ]/g, ['pt']],
  [/[œèêùûëî]/g, ['fr']],
  [/ç/g, ['fr', 'pt']],
  [/[áíóú]/g, ['es', 'pt']],
  [/[åæøłęąśżźćńřůěšžğışțșăő]/g, ['other']],
]

/** Beginnings and endings of words that are common in one language: they carry short texts made of nouns. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/(?:ing|ed|ly|ness|ship|ght|tch|ould)$|^(?:th|wh)/, 'en'],
  [/(?:ment|eur|euse|eux|aux|oire|ée|ées|ique|iques|ité|ait|aient|ons|ez)$|^(?:l|d|qu)'/, 'fr'],
  [/(?:ción|ciones|dad|ando|iendo|ado|ada|ados|adas|emos|amos|illo|eza)$/, 'es'],
  [/(?:ção|ções|dade|ndo|agem|inha|inho|ões|ámos)$|nh|lh/, 'pt'],
  [/(?:ung|ungen|keit|heit|lich|isch|schaft|ieren|iert|chen|tet)$|sch|^ge.{3,}t$/, 'de'],
  [/(?:zione|zioni|ità|ando|mente|tore)$/, 'it'],
  [/(?:heid|lijk|ing|ijk|eren|tje)$|ij/, 'nl'],
  [/(?:ään|aan|ssa|ssä|lla|llä|sta|stä|nen|nut|nyt)$/, 'fi'],
]

const words = new Map<string, readonly string[]>()
for (const [language, list] of Object.entries(WORDS)) {
  for (const word of new Set(list.split(' '))) words.set(word, [...(words.get(word) ?? []), language])
}

/** BCP 47 primary tag of the text's language, or null. Pure and bounded. */
export function guessLanguage(text: string): string | null {
  const sample = text
    .slice(0, LIMIT)
    // Addresses, paths and the lines of a patch are no language.
    .replace(/^(?:[+-](?=\S).*|@@.*|[^|\n]{0,200}\|[^|\n]{0,200}[+-]+|[\w-]{1,20}-by: .*)$/gm, ' ')
    .replace(/[^\s@/\\_]*[@/\\_]\S*/g, ' ')
    .toLowerCase()
  const tokens = sample.replaceAll('’', "'").match(/[\p{L}']+/gu) ?? []
  let letters = 0
  for (const token of tokens) letters += token.length
  if (letters < MIN_LETTERS) return null
  const beyondLatin = /[^\p{ASCII}\u0080-\u024f\u2000-\u206f]/u.test(sample) ? sample : ''
  const arabic = count(beyondLatin, /\p{Script=Arabic}/gu)
  // Letters of Persian and Urdu that Arabic does not write.
  if (arabic > letters / 2) return count(beyondLatin, /[پچژگکیے]/g) > arabic / 30 ? null : 'ar'
  if (beyondLatin !== '' && count(sample, /\p{Script=Latin}/gu) < letters / 2) return null
  const scores = new Map<string, number>()
  const add = (language: string, value: number) => scores.set(language, (scores.get(language) ?? 0) + value)
  let known = 0
  let shapes = 0
  for (const token of tokens) {
    const languages = words.get(token) ?? elided(token)
    if (languages === undefined) {
      if (token.length > 4 && shapes++ < MAX_SHAPES)
        for (const [shape, language] of SHAPES) if (shape.test(token)) add(language, 0.4)
      continue
    }
    known++
    // A word of one language says more than one of many.
    for (const language of languages) add(language, (token.length > 1 ? 1 : 0.4) / Math.sqrt(languages.length))
  }
  const accented = /[^\p{ASCII}]/u.test(sample)
  for (const [pattern, languages] of LETTERS) {
    const hits = accented ? count(sample, pattern) : 0
    for (const language of languages) add(language, (0.5 * hits) / languages.length)
  }
  const ranked = [...scores].sort((a, b) => b[1] - a[1])
  const [best, second] = ranked
  if (best === undefined || known < 1 || known < tokens.length / 12 || best[1] < 1.6) return null
  if (best[1] < 1.15 * (second?.[1] ?? 0)) return null
  return OFFERED.has(best[0]) ? best[0] : null
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

/** French elisions: "l'imprimante", "qu'on". */
function elided(token: string): readonly string[] | undefined {
  return /^(?:l|d|j|n|s|c|m|t|qu)'\p{L}{2,}/u.test(token) ? ['fr'] : undefined
}
