// The help on commands, made from the vocabulary: what `#help` mails and what the documentation shows.

import type { CommandName } from './command.ts'
import { deskWords } from './desk-words.ts'
import { peopleWords } from './people-words.ts'
import { recordWords } from './record-words.ts'
import { ticketWords } from './ticket-words.ts'
import { entryOf, languageOfVocabulary } from './vocabulary.ts'

export interface CommandHelp {
  readonly name: CommandName
  /** `#status STATUS` */
  readonly usage: string
  /** Other words for it in this language. */
  readonly also: readonly string[]
  readonly does: string
  readonly example: string
}

const sections = [
  { en: 'The ticket', fr: 'La demande', es: 'La solicitud', names: Object.keys(ticketWords) },
  {
    en: 'People and other tickets',
    fr: 'Personnes et autres demandes',
    es: 'Personas y otras solicitudes',
    names: Object.keys(peopleWords),
  },
  {
    en: 'Notes, time, visits, agreements',
    fr: 'Notes, temps, visites, accords',
    es: 'Notas, tiempo, visitas, acuerdos',
    names: Object.keys(recordWords),
  },
  { en: 'The desk', fr: 'Le service', es: 'La mesa de ayuda', names: Object.keys(deskWords) },
] as const

const introduction = {
  en: 'Write commands in the first lines of your answer, one a line, before any text. They are taken out before the customer sees the answer, and each mail with commands gets a receipt. A mail of commands alone sends nothing to the customer.',
  fr: 'Écrivez les commandes dans les premières lignes de votre réponse, une par ligne, avant tout texte. Elles sont retirées avant que le client ne voie la réponse, et chaque message avec des commandes reçoit un compte rendu. Un message qui n’a que des commandes n’envoie rien au client.',
  es: 'Escriba los comandos en las primeras líneas de su respuesta, uno por línea, antes de cualquier texto. Se quitan antes de que el cliente vea la respuesta, y cada mensaje con comandos recibe un acuse. Un mensaje que solo lleva comandos no envía nada al cliente.',
} as const

/** Every command with usage, sentence and example, by section, in French, Spanish or else English. */
export function commandHelp(language: string): { readonly title: string; readonly commands: readonly CommandHelp[] }[] {
  const tongue = languageOfVocabulary(language)
  return sections.map((section) => ({
    title: section[tongue],
    commands: section.names.map((key) => {
      const name = key as CommandName
      const entry = entryOf(name)
      const [first = name, ...also] = entry.words[tongue]
      return {
        name,
        usage: `#${first} ${entry.usage[tongue]}`.trim(),
        also: also.map((word) => `#${word}`),
        does: entry.does[tongue],
        example: entry.example[tongue],
      }
    }),
  }))
}

const COLUMNS = 72

/** A line in as many as it needs, each set in: what a mail’s text folds by itself loses its margin. */
function folded(line: string, first: string, rest: string): string[] {
  const lines: string[] = []
  let current = first
  // French sets some signs off by a blank at which no line ends.
  for (const word of line.split(/(?<=[^ «]) (?![;:!?»])/)) {
    const margin = lines.length === 0 ? first : rest
    if (current === margin) current += word
    else if (current.length + 1 + word.length <= COLUMNS) current += ` ${word}`
    else {
      lines.push(current)
      current = rest + word.trimStart()
    }
  }
  return [...lines, current]
}

/** The help as plain text for a mail. */
export function describeCommands(language: string): string {
  const lines: string[] = [introduction[languageOfVocabulary(language)]]
  for (const { title, commands } of commandHelp(language)) {
    lines.push('', title.toUpperCase(), '')
    for (const { usage, also, does, example } of commands) {
      lines.push(
        ...folded(`${usage}${also.length > 0 ? `  (${also.join(', ')})` : ''}`, '', '        '),
        ...folded(does, '    ', '    '),
      )
      if (example !== usage) lines.push(`    ${example}`)
    }
  }
  return `${lines.join('\n')}\n`
}
