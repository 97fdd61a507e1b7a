// What an agent’s notification says of the mail that caused it.

import { type DraftValue, wholeMail } from '../outbound/draft.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { MailEvent } from './context.ts'
import { type Judgement, newText } from './judgement.ts'

const unreadableWords: Readonly<Record<string, string>> = {
  fr: 'Ce courriel n’a pas pu être lu comme d’habitude ; l’original est joint.',
  en: 'This mail could not be read as usual; the original is attached.',
  es: 'Este correo no se pudo leer como de costumbre; se adjunta el original.',
}

export const unreadable = (language: string): string => unreadableWords[language] ?? unreadableWords['en'] ?? ''

/** What of a mail goes along to staff: its attachments, or the whole of it when it could not be read. */
export function filesOf({ message }: MailEvent): readonly number[] {
  return message.problem === null ? message.attachments.filter((a) => !a.logo).map((a) => a.index) : [wholeMail]
}

const factWords: Readonly<Record<string, { readonly organisation: string; readonly phone: string }>> = {
  fr: { organisation: 'Organisation', phone: 'Téléphone' },
  en: { organisation: 'Organisation', phone: 'Telephone' },
  es: { organisation: 'Organización', phone: 'Teléfono' },
}

function authorWords(judgement: Judgement): string {
  const { context, event } = judgement
  const { from } = event.message
  if (!from) return ''
  const name = context.sender?.contact?.name || from.name.replace(/[<>@\p{Cc}\p{Cf}]/gu, '')
  return name ? `${name} <${from.address}>` : from.address
}

/** What an agent’s notification says of the mail that caused it. */
export function mailFacts(judgement: Judgement, ticket: Ticket): Record<string, DraftValue> {
  const { context, event } = judgement
  const { message } = event
  const contact = context.sender?.contact
  const facts: { name: string; value: string }[] = []
  const words = factWords[context.desk.language] ?? factWords['en']
  if (contact?.organisation) facts.push({ name: words?.organisation ?? '', value: contact.organisation.name })
  if (contact?.phone) facts.push({ name: words?.phone ?? '', value: contact.phone })
  return {
    text: newText(event),
    from: authorWords(judgement),
    replyTo: ticket.participants.map((p) => (p.name ? `${p.name} <${p.address}>` : p.address)),
    authentication:
      context.authentication.result === 'pass' ? '' : context.authentication.detail || context.authentication.result,
    facts,
    attachments: message.attachments.filter((a) => !a.inline && !a.logo).map((a) => a.filename ?? a.contentType),
    notes: message.problem === null ? [] : [unreadable(context.desk.language)],
    similar: [],
    suggested: suggestedPeople(judgement, ticket),
    wantsReplyAt: message.replyTo
      .map((a) => a.address)
      .filter((a) => a !== message.from?.address)
      .slice(0, 3)
      .join(', '),
    replies: context.desk.agents === 'mail',
  }
}

function suggestedPeople(judgement: Judgement, ticket: Ticket): string[] {
  const { context, event } = judgement
  return [...event.message.to, ...event.message.cc]
    .map((a) => a.address)
    .filter(
      (a) =>
        !context.instance.isOurs(a) &&
        !ticket.participants.some((p) => p.address === a) &&
        !context.desk.staff.some((s) => s.address === a),
    )
    .slice(0, 10)
}
