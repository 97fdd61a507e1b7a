// How people who are not registered ask to be: a form to fill in by mail, read line by line. What it says is shown to staff, who decide.

import { z } from 'zod'
import { type LocalisedText, localisedText, textIn } from './text.ts'

export const registrationFormSchema = z.strictObject({
  team: z.string().describe('the team that decides on requests'),
  fields: z
    .array(
      z.strictObject({
        key: z
          .string()
          .regex(/^[a-z][a-z0-9-]*$/, 'a key is lower-case letters, digits and hyphens')
          .describe('attribute of the contact; name and phone are the contact’s own'),
        label: localisedText.describe('what stands before the colon in the mail'),
        required: z.boolean().default(true).describe('asked for again while it is missing'),
        kind: z
          .enum(['text', 'yes-no'])
          .default('text')
          .describe('yes-no: an answer that begins with yes, oui, sí … is kept as yes, any other as no'),
      }),
    )
    .min(1)
    .describe('lines of the form, in this order'),
})
export type RegistrationForm = z.output<typeof registrationFormSchema>

export interface FilledForm {
  /** Attributes by key; the contact's name and telephone under `name` and `phone`. */
  readonly values: ReadonlyMap<string, string>
  /** As people read it: label and what was written. */
  readonly lines: readonly { readonly label: string; readonly value: string }[]
  /** Keys of required fields without a value. */
  readonly missing: readonly string[]
}

const MAX_TEXT = 20_000
const wordPattern = /[\p{L}\p{N}]+/gu

const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()

const wordsOf = (text: string): string[] => fold(text).match(wordPattern) ?? []

/** What stands in a line after a label's words; null when the line does not begin with them. */
function afterLabel(line: string, label: readonly string[]): string | null {
  let count = 0
  let end = 0
  for (const match of line.matchAll(wordPattern)) {
    if (fold(match[0]) !== label[count]) return null
    count += 1
    end = match.index + match[0].length
    if (count === label.length) break
  }
  return count === label.length
    ? line
        .slice(end)
        .replace(/^[^\p{L}\p{N}+@(]+/u, '')
        .trim()
    : null
}

/** Reads what was filled in: quoted lines count too, people write into the quotation. Labels are known in every language. */
export function readForm(form: RegistrationForm, text: string, language: string, deskLanguage: string): FilledForm {
  const lines = text
    .slice(0, MAX_TEXT)
    .normalize('NFC')
    .replace(/[^\P{Cc}\n\t]|\p{Cf}/gu, '')
    .split('\n')
    .slice(0, 400)
    .map((line) => line.slice(0, 400))
  const values = new Map<string, string>()
  const shown: { label: string; value: string }[] = []
  for (const field of form.fields) {
    const labels = labelsOf(field.label).map(wordsOf)
    const found = lines
      .flatMap((line) => labels.map((label) => afterLabel(line, label) ?? ''))
      .find((value) => value !== '')
    if (found === undefined) continue
    const yes = /^(?:yes|true|oui|s[ií]|sim|ja|1)\b/iu.test(found) || /^sí/iu.test(found)
    values.set(field.key, field.kind === 'yes-no' ? (yes ? 'yes' : 'no') : found.slice(0, 200))
    shown.push({ label: textIn(field.label, language, deskLanguage), value: found.slice(0, 200) })
  }
  return {
    values,
    lines: shown,
    missing: form.fields.filter((field) => field.required && !values.has(field.key)).map((field) => field.key),
  }
}

const labelsOf = (label: LocalisedText): string[] =>
  typeof label === 'string' ? [label] : Object.values(label).filter((one) => one !== undefined)

/** Labels as the form prints them: all, or those of some keys. */
export function formLabels(
  form: RegistrationForm,
  language: string,
  deskLanguage: string,
  keys: readonly string[] | null = null,
): string[] {
  return form.fields
    .filter((field) => keys === null || keys.includes(field.key))
    .map((field) => textIn(field.label, language, deskLanguage))
}
