// Text in several languages, as a desk's YAML writes it: one string for all, or one a language.

import { z } from 'zod'

export const localisedText = z
  .union([z.string(), z.record(z.string().regex(/^[a-z]{2}$/, 'a language is two letters, such as fr'), z.string())])
  .describe('one text for all languages, or a text a language: { fr: …, en: … }')

export type LocalisedText = z.infer<typeof localisedText>

/** The text in `language`, else in the desk's language, else in any. */
export function textIn(text: LocalisedText | undefined, language: string, fallback = 'en'): string {
  if (text === undefined) return ''
  if (typeof text === 'string') return text
  return text[language] ?? text[fallback] ?? Object.values(text)[0] ?? ''
}
