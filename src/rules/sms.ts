// Short messages of rules: to a number that the configuration names, or to a registered person who has agreed.

import { fitsFilter } from '../desks/contact-filter.ts'
import { contactOf, personOf } from './conditions/people.ts'
import type { Work } from './context.ts'
import { draftMail } from './judgement.ts'

const MAX_TEXT = 480

/** `+` and digits; null when it is no telephone number. */
export function phoneNumber(text: string): string | null {
  const number = text.replace(/^\s*00/, '+').replace(/[\s().\-/]/g, '')
  return /^\+?\d{6,15}$/.test(number) ? number : null
}

/** `fixed`: the number is written in the rule, so it is the desk’s own. Everybody else has to be a contact who said yes. */
export function sendSms(
  work: Work,
  to: string,
  text: string,
  options: { readonly fixed: boolean; readonly by: string },
): void {
  const { context } = work
  const { sms } = context.desk
  const skip = (code: string, why: string): number => work.trail.push({ at: options.by, code, why })
  if (!sms) {
    skip('sms-without-provider', 'The desk has no provider of short messages.')
    return
  }
  const number = phoneNumber(to)
  if (number === null) {
    skip('sms-without-number', 'There is no telephone number for a short message.')
    return
  }
  if (!options.fixed) {
    const contact = contactOf(work)
    const person = personOf(work)?.contact ?? null
    if (!contact || !person || phoneNumber(contact.phone ?? '') !== number) {
      skip('sms-not-theirs', 'The number is not the registered one of this contact: no short message.')
      return
    }
    if (!fitsFilter(person, { [sms.consent]: 'yes' })) {
      skip('sms-without-consent', `The contact has not agreed to short messages (${sms.consent}).`)
      return
    }
  }
  const short = text.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT)
  if (sms.mail === undefined) {
    work.calls.push({ kind: 'sms', target: number, data: { text: short } })
    return
  }
  work.mails.push(
    draftMail(context.desk.desk, {
      template: 'sms',
      role: 'third-party',
      to: { address: sms.mail.replace('{number}', number.replace('+', '')).toLowerCase(), name: '', person: 0 },
      language: work.ticket.language,
      budget: 'staff',
      bare: true,
      data: { text: short },
    }),
  )
}
