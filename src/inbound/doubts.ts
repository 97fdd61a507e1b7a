// What a reader should know before trusting what a mail seems to say. Nothing is decided here and nothing is changed by it.

import type { Doubt } from './message.ts'

const MAX_POINTING = 400

/** Words with which people send their reader into the old mail, in the languages of desks. Asked of short replies only. */
const POINTING = new RegExp(
  [
    '\\b(?:answers?|answered|comments?|commented|replies|replied|reply|remarks?|responses?|responded)\\b[^.\\n]{0,40}\\b(?:below|in-?line|in (?:red|blue|green|bold|capitals|your (?:mail|e-?mail|text)))\\b',
    '\\bsee (?:my )?(?:below|in-?line|underneath|further down)\\b|\\b(?:please )?find below\\b',
    '\\b(?:r[ée]ponses?|r[ée]pondu|commentaires?|remarques?)\\b[^.\\n]{0,40}(?:ci-dessous|plus bas|dans (?:le texte|ton|votre)|en (?:rouge|bleu|vert|gras))',
    '\\b(?:voir|voyez|cf\\.?|lire) (?:ci-dessous|plus bas)',
    '\\b(?:respuestas?|comentarios?|respond[oií])\\b[^.\\n]{0,40}(?:abajo|a continuación|en (?:rojo|azul|verde|negrita))|\\b(?:ver|vea|véase) (?:más )?abajo',
    '\\b(?:respostas?|coment[áa]rios?|respondi)\\b[^.\\n]{0,40}(?:abaixo|em (?:vermelho|azul|verde|negrito))|\\b(?:ver|veja|vide) abaixo',
    '\\b(?:antwort(?:en)?|kommentare?|anmerkungen)\\b[^.\\n]{0,40}(?:unten|im text|in (?:rot|blau|grün|fett))|\\bsiehe unten|(?<!\\p{L})s\\. ?u\\.',
    '\\b(?:risposte|commenti)\\b[^.\\n]{0,40}(?:sotto|in (?:rosso|blu|grassetto))|\\bvedi sotto|\\b(?:zie|antwoorden) (?:hier)?onder',
    '(?:الردود|الرد|أجوبتي|إجاباتي|انظر)[^.\\n]{0,20}(?:أدناه|بالأحمر)',
  ].join('|'),
  'iu',
)

/** `differs` as `readBody` found it; `reply` and `quote` as the mail was split. */
export function doubtsOf(differs: boolean, reply: string, quote: string): readonly Doubt[] {
  const doubts: Doubt[] = []
  if (differs) doubts.push('versions-differ')
  if (quote !== '' && reply.length <= MAX_POINTING && POINTING.test(reply)) doubts.push('answers-in-quote')
  return doubts
}
