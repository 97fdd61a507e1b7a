// All commands, and the words they go by in French, English and Spanish. A word means the same in every language.

import type { Command, CommandName } from './command.ts'
import { deskWords } from './desk-words.ts'
import type { CommandEntry, Entries } from './entry.ts'
import { fold, nearest } from './names.ts'
import { peopleWords } from './people-words.ts'
import { recordWords } from './record-words.ts'
import { ticketWords } from './ticket-words.ts'

export const vocabulary: Entries<CommandName> = { ...ticketWords, ...peopleWords, ...recordWords, ...deskWords }

export const commandNames = Object.keys(vocabulary) as readonly CommandName[]

/** The entry of a command, seen as one of many. */
export function entryOf(name: CommandName): CommandEntry {
  return vocabulary[name] as unknown as CommandEntry<Command>
}

const wordIndex: ReadonlyMap<string, CommandName> = new Map(
  commandNames.flatMap((name) => {
    const { words } = entryOf(name)
    return [...words.en, ...words.fr, ...words.es].map((word) => [fold(word), name] as const)
  }),
)

/** The command a word means, whatever its case and accents. */
export function commandCalled(word: string): CommandName | undefined {
  return wordIndex.get(fold(word))
}

/** The known word that looks most like `word`, for "did you mean"; null: none does. */
export function wordLike(word: string): string | null {
  return nearest(
    [...wordIndex.keys()].map((known) => ({ word: known, shown: `#${known.replaceAll(' ', '-')}` })),
    fold(word),
  )
}

export function languageOfVocabulary(language: string): 'en' | 'fr' | 'es' {
  return language === 'fr' || language === 'es' ? language : 'en'
}
