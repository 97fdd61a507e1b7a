// A ticket's history as staff read it by mail.

import type { Desk } from '../desks/desk.ts'
import { staffName } from '../desks/staff.ts'
import { textIn } from '../desks/text.ts'
import { safeName } from '../mail/address.ts'
import type { DraftValue } from '../outbound/draft.ts'
import type { PastEntry } from '../tickets/ticket.ts'

const heldWords: Readonly<Record<string, string>> = {
  fr: 'retenu, non vérifié',
  en: 'held, not verified',
  es: 'retenido, sin verificar',
}

/** Colleagues go by the name the desk knows; others by the name of their mail, which is no address (T31). */
function authorOf(desk: Desk, { kind, author, address }: PastEntry): string {
  if (address === null) return author
  const name = kind === 'agent' || kind === 'note' ? staffName(desk, address) : address
  return name === address ? safeName({ name: author, address }) || address : name
}

/**
 * Entries with words, in the order given. What was held stands there as such, never as if its author had said it, and not at all
 * once it was let through, because then it stands there as what it became.
 */
export function shownHistory(
  desk: Desk,
  entries: readonly PastEntry[],
  language: string,
  options: { readonly most: number; readonly longest: number },
): DraftValue {
  const passed = new Set(entries.filter((e) => e.kind !== 'held').map((e) => e.text))
  return entries
    .filter((e) => e.text !== '' && (e.kind !== 'held' || !passed.has(e.text)))
    .slice(0, options.most)
    .map((e) => {
      const author = authorOf(desk, e) || textIn(desk.name, language, desk.language)
      return {
        at: e.at,
        author: e.kind === 'held' ? `${author} (${heldWords[language] ?? heldWords.en ?? ''})` : author,
        internal: !e.public,
        text: e.text.slice(0, options.longest),
      }
    })
}
