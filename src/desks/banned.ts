// Mail that opens nothing: senders and subjects that a desk wants no more of. It is kept, and people may release it.

import { z } from 'zod'

export const bannedSchema = z
  .strictObject({
    senders: z
      .array(
        z
          .string()
          .regex(
            /^(?:[^\s@*<>"]+@|@)?[^\s@*<>"]+\.[^\s@*<>"]+$/,
            'a banned sender is an address or a domain: spam.example',
          )
          .transform((text) => text.toLowerCase()),
      )
      .default([])
      .describe('addresses, or domains with all below them'),
    subjects: z
      .array(z.string().refine((text) => text.trim().length > 2, 'a banned subject has three characters or more'))
      .default([])
      .describe('words that stand in the subject, one after another'),
  })
  .prefault({})

export interface Ban {
  readonly kind: 'address' | 'subject'
  readonly value: string
}

const folded = (text: string): string =>
  ` ${text
    .slice(0, 1000)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `

/** The address itself, or a domain above it: `example.org` bans `ann@mail.example.org`. */
function fits(value: string, address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const wanted = value.replace(/^@/, '')
  return wanted.includes('@') ? wanted === address : domain === wanted || domain.endsWith(`.${wanted}`)
}

/** The ban that a mail falls under; null: none. */
export function banOf(bans: readonly Ban[], mail: { readonly address: string; readonly subject: string }): Ban | null {
  const subject = folded(mail.subject)
  for (const ban of bans) {
    if (ban.kind === 'address' && mail.address !== '' && fits(ban.value, mail.address)) return ban
    if (ban.kind === 'subject' && folded(ban.value).trim() !== '' && subject.includes(folded(ban.value))) return ban
  }
  return null
}
