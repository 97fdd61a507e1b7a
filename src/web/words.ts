// The languages of the pages: one record each. A language is added by its record and one line here.

import { ar } from './words/ar.ts'
import { en, type Words } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'

const byLanguage: ReadonlyMap<string, Words> = new Map([
  ['fr', fr],
  ['en', en],
  ['es', es],
  ['ar', ar],
])

export const pageLanguages: readonly string[] = [...byLanguage.keys()]

/** The words of a language; English for one the pages do not speak. */
export function wordsOf(language: string): Words {
  return byLanguage.get(language) ?? en
}

/** Languages of an Accept-Language field (RFC 9110 §12.5.4), the most wanted first, as two letters. */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, position) => {
      const [tag = '', ...parameters] = part.split(';')
      const quality = parameters.map((parameter) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return {
        language: tag.trim().slice(0, 2).toLowerCase(),
        weight: quality === undefined ? 1 : Number(quality),
        position,
      }
    })
    .filter(({ language, weight }) => /^[a-z]{2}$/.test(language) && weight > 0)
    .sort((a, b) => b.weight - a.weight || a.position - b.position)
    .map(({ language }) => language)
}

/** The first of the wishes that the pages speak, else English. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): string {
  return wishes.find((wish): wish is string => typeof wish === 'string' && byLanguage.has(wish)) ?? 'en'
}
