// What an agent’s notification says of the mail that caused it.

import type { Doubt } from '../inbound/message.ts'
import { nameAndAddress } from '../mail/address.ts'
import { type DraftValue, wholeMail } from '../outbound/draft.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { MailEvent } from './context.ts'
import { type Judgement, newText } from './judgement.ts'

const unreadableWords: Readonly<Record<string, string>> = {
  fr: 'Ce courriel n’a pas pu être lu comme d’habitude ; l’original est joint.',
  en: 'This mail could not be read as usual; the original is attached.',
  es: 'Este correo no se pudo leer como de costumbre; se adjunta el original.',
}

const doubtWords: Readonly<Record<Doubt, Readonly<Record<string, string>>>> = {
  'versions-differ': {
    fr: 'Ce courriel dit autre chose en HTML qu’en texte ; vous lisez le texte, l’original est conservé.',
    en: 'This mail says something else in HTML than in plain text; you read the plain text, the original is kept.',
    es: 'Este correo dice otra cosa en HTML que en texto; usted lee el texto, se conserva el original.',
  },
  'answers-in-quote': {
    fr: 'L’auteur renvoie à des réponses dans le courriel cité : lisez l’original.',
    en: 'The author points to answers within the quoted mail: read the original.',
    es: 'El autor remite a respuestas dentro del correo citado: lea el original.',
  },
}

const doubtsOf = (message: MailEvent['message'], language: string): string[] =>
  (message.doubts ?? []).map((doubt) => doubtWords[doubt][language] ?? doubtWords[doubt].en ?? '')

export const unreadable = (language: string): string => unreadableWords[language] ?? unreadableWords.en ?? ''

/** Octets of files that go along with one mail: most servers refuse a mail of more than 25 MB, of which base64 takes a third. */
export const mostFileBytes = 15_000_000

/** Splits attachments into those that fit into a mail, in their order, and those that stay behind. */
export function fitting<T extends { readonly size: number }>(
  files: readonly T[],
): { readonly going: readonly T[]; readonly left: readonly T[] } {
  let room = mostFileBytes
  const going: T[] = []
  const left: T[] = []
  for (const file of files) {
    if (file.size <= room) {
      going.push(file)
      room -= file.size
    } else left.push(file)
  }
  return { going, left }
}

/** What of a mail goes along to staff: its attachments, or the whole of it when it could not be read. */
export function filesOf({ message }: MailEvent): readonly number[] {
  return message.problem === null
    ? fitting(message.attachments.filter((a) => !a.logo)).going.map((a) => a.index)
    : [wholeMail]
}

const leftWords: Readonly<Record<string, string>> = {
  fr: 'Trop volumineux pour ce courriel, gardé avec l’original :',
  en: 'Too large for this mail, kept with the original:',
  es: 'Demasiado grande para este correo, guardado con el original:',
}

/** Sentences about files that stay behind. */
function leftBehind(message: MailEvent['message'], language: string): string[] {
  return fitting(message.attachments.filter((a) => !a.logo)).left.map(
    (a) =>
      `${leftWords[language] ?? leftWords.en} ${a.filename ?? a.contentType} (${Math.round(a.size / 1_000_000)} MB)`,
  )
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
  const given = from.name.toLowerCase() === from.address ? '' : from.name.replace(/[<>@\p{Cc}\p{Cf}]/gu, '')
  const name = context.sender?.contact?.name || given
  return nameAndAddress({ name, address: from.address })
}

/** The people to whom an agent’s answer goes, as the agent reads them. */
export const answerReaches = (ticket: Ticket): string[] => ticket.participants.map(nameAndAddress)

/** What an agent’s notification says of the mail that caused it, in the agent’s language. */
export function mailFacts(
  judgement: Judgement,
  ticket: Ticket,
  language = judgement.context.desk.language,
): Record<string, DraftValue> {
  const { context, event } = judgement
  const { message } = event
  const contact = context.sender?.contact
  const facts: { name: string; value: string }[] = []
  const words = factWords[language] ?? factWords.en
  const organisation = contact?.organisation ?? context.organisation
  if (organisation) facts.push({ name: words?.organisation ?? '', value: organisation.name })
  if (contact?.phone) facts.push({ name: words?.phone ?? '', value: contact.phone })
  return {
    text: newText(event),
    from: authorWords(judgement),
    replyTo: answerReaches(ticket),
    authentication:
      context.authentication.result === 'pass' ? '' : context.authentication.detail || context.authentication.result,
    facts,
    attachments: message.attachments.filter((a) => !a.inline && !a.logo).map((a) => a.filename ?? a.contentType),
    notes: [
      ...doubtsOf(message, language),
      ...(message.problem === null ? leftBehind(message, language) : [unreadable(language)]),
    ],
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
