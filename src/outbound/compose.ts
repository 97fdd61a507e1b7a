// Draft to bytes, once. Pure: the clock, the dice and every key are arguments, so the same input gives the same mail.
//
// 1. Sign: one payload for Reply-To, Message-ID and footer (threats 5a), one each for bounces, the loop mark, the page and the choices.
// 2. Build the view and render subject, text and html from one template.
// 3. Write a new mail. Nothing of an inbound mail's header comes along; the From is the desk's, never an agent's (T25, T26).
// 4. Look at the finished bytes once more (T32): a mail with an unexpected field or a bare line end is a bug and throws.

import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import { ticketCalendar } from '../desks/ticket-calendar.ts'
import { loopField, loopValue, mintMessageId, mintReplyAddress } from '../mail/message-id.ts'
import { statusLink, statusToken } from '../mail/status-link.ts'
import { withToken } from '../mail/subject.ts'
import { dayOf, type Keys, type Purpose } from '../mail/token.ts'
import { choices, isChoice } from './choice.ts'
import type { MailDraft, OutboundMail, OutgoingFile } from './draft.ts'
import { readersZone } from './format.ts'
import { type Field, headerText, idsField, mailboxField, mailDate, textField } from './headers.ts'
import { faultInBytes, writeBody, writeMail } from './mime.ts'
import { renderTemplate } from './template.ts'
import { footers } from './template-data.ts'
import type { Templates } from './template-folder.ts'
import { buildView, type SignedLinks } from './view.ts'

/** Makes the DKIM-Signature (RFC 6376) of a finished mail; see `dkim.ts`. */
export type Signer = (fields: readonly Field[], body: string, now: Date) => Field

export interface ComposeInput {
  readonly draft: MailDraft
  readonly desk: Desk
  /** Id of the outbound row within the desk. */
  readonly id: number
  /** Id of the recipient within the desk. */
  readonly person: number
  /** The row that choices of holds and deliveries refer to; null: none. */
  readonly subjectId: number | null
  readonly now: Date
  /** Random letters and digits, at least 16, for the boundaries. */
  readonly seed: string
  readonly files: readonly OutgoingFile[]
}

export interface ComposeSettings {
  readonly templates: Templates
  readonly keys: Keys
  readonly publicUrl: string
  /** Domain of signed addresses unless the desk names its own. */
  readonly replyDomain: string
  readonly signer: Signer | null
}

/** What an answer to the mail grants; null for people whose answers are ordinary mail. */
function replyPurposeOf(draft: MailDraft): Purpose | null {
  if (draft.replyPurpose) return draft.replyPurpose
  switch (draft.role) {
    case 'customer':
    case 'third-party':
      return draft.ticket === null ? null : 'c'
    case 'agent':
    case 'supervisor':
      return draft.ticket === null ? null : 'a'
    case 'stranger':
      return null
    default:
      return draft.role satisfies never
  }
}

const footerOf = (role: MailDraft['role']): string =>
  role === 'agent' || role === 'supervisor' ? footers.staff : role === 'stranger' ? footers.stranger : footers.customer

/** Names that look like another address, or carry one, are not repeated in a header (T31). */
const nameFor = (name: string): string => (/[@<>]/.test(name) ? '' : headerText(name).slice(0, 100))

/** Who the mail is from, in the reader's eyes: the desk, or on desks that show it the agent at the desk. */
function senderName(draft: MailDraft, desk: Desk): string {
  const name = textIn(desk.name, draft.language, desk.language)
  const agent = draft.data.agent
  return draft.template === 'reply' && desk['show-agent-name'] && typeof agent === 'string' && nameFor(agent) !== ''
    ? `${nameFor(agent)} (${name})`
    : name
}

const MAX_REFERENCES = 10

/** Throws for a template that does not exist (the configuration is checked for it at start) and for bytes that are not as intended. */
export function composeMail(input: ComposeInput, settings: ComposeSettings): OutboundMail {
  const { draft, desk, id, person, now } = input
  const { keys } = settings
  const domain = desk['reply-domain'] ?? settings.replyDomain
  const number = draft.ticket !== null && draft.ticket.number > 0 ? draft.ticket.number : null
  const day = dayOf(now)
  const grant = (purpose: Purpose, of: number) => ({ desk: desk.desk, purpose, id: of, person, day })
  const about = number ?? 0
  const row = input.subjectId ?? about

  const replyPurpose = replyPurposeOf(draft)
  const replyId = replyPurpose !== null && isChoice(replyPurpose) && choices[replyPurpose].of === 'row' ? row : about
  const payload = keys.sign(grant(replyPurpose ?? 'f', replyId))
  const messageId = mintMessageId(payload, desk.desk, id, domain)
  const envelopeFrom = mintReplyAddress(keys, grant('b', id), domain)

  const offered = new Map<string, string>()
  for (const purpose of draft.choices)
    if (isChoice(purpose))
      offered.set(
        choices[purpose].name,
        `mailto:${mintReplyAddress(keys, grant(purpose, choices[purpose].of === 'row' ? row : about), domain)}`,
      )
  const customer = draft.role === 'customer' || draft.role === 'third-party'
  const links: SignedLinks = {
    status:
      number !== null && draft.role === 'customer' && settings.publicUrl !== ''
        ? statusLink(settings.publicUrl, statusToken(keys, { desk: desk.desk, ticket: number, person, now }))
        : null,
    portal:
      desk.portal && number !== null
        ? desk.portal.url.replaceAll('{number}', String(number)).replaceAll('{ticket}', `${desk.prefix}-${number}`)
        : null,
    choices: offered,
    replyPayload: replyPurpose === null ? null : payload,
  }

  const languages = [draft.language, desk.language, ...desk.languages, 'en']
  const found = settings.templates.find(draft.template, desk, languages)
  if (found === null) throw new Error(`no template "${draft.template}" for desk ${desk.desk}`)
  const spoken = found.language === draft.language ? draft : { ...draft, language: found.language }
  const footer =
    draft.bare === true ? null : settings.templates.find(footerOf(draft.role), desk, [found.language, ...languages])
  const token = number === null ? null : `${desk.prefix}-${number}`
  const rendered = renderTemplate(
    found.template,
    footer?.template ?? null,
    buildView(spoken, desk, links, now),
    { language: found.language, zone: readersZone(draft.to.zone) ?? ticketCalendar(desk, draft.ticket).zone },
    (subject) => headerText(token === null ? subject : withToken(subject, token)),
    token === null ? '' : ` [${token}]`,
  )

  const fields: Field[] = [
    mailboxField('From', { name: senderName(spoken, desk), address: desk.address }),
    mailboxField('To', { name: draft.withoutSender === true ? '' : nameFor(draft.to.name), address: draft.to.address }),
  ]
  if (replyPurpose !== null)
    fields.push(
      mailboxField('Reply-To', {
        name: textIn(desk.name, found.language, desk.language),
        address: `${desk.desk}+${payload}@${domain}`,
      }),
    )
  fields.push(textField('Subject', rendered.subject), ['Date', mailDate(now)], ['Message-ID', `<${messageId}>`])
  const answered = draft.inReplyTo === null ? null : idsField('In-Reply-To', [draft.inReplyTo])
  if (answered) fields.push(answered)
  const thread = [...draft.references, ...(draft.inReplyTo === null ? [] : [draft.inReplyTo])].slice(-MAX_REFERENCES)
  const references = idsField('References', [messageId, ...thread])
  if (references) fields.push(references)
  if (draft.automatic !== null) {
    // RFC 3834 §5; the second is what Exchange asks for. No Precedence: it has no standard meaning.
    fields.push(['Auto-Submitted', draft.automatic], ['X-Auto-Response-Suppress', 'All'])
    const mute = offered.get('mute')
    if (mute !== undefined && customer) fields.push(['List-Unsubscribe', `<${mute}>`])
  }
  fields.push([loopField, loopValue(desk.desk, keys.sign(grant('f', id)))], ['Content-Language', found.language])

  const written = writeBody(
    {
      text: rendered.text,
      html: draft.bare === true ? '' : rendered.html,
      calendar: draft.calendar,
      files: input.files,
    },
    input.seed,
  )
  const all = [...fields, ...written.fields]
  if (settings.signer !== null) all.unshift(settings.signer(all, written.body, now))
  const bytes = writeMail(all, written.body)
  const fault = faultInBytes(bytes, new Set(all.map(([name]) => name)))
  if (fault !== null)
    throw new Error(`mail ${desk.desk}/${id} (${draft.template}) was not rendered as intended: ${fault}`)
  return {
    id,
    desk: desk.desk,
    ticket: number,
    person,
    recipient: draft.to.address,
    envelopeFrom,
    messageId,
    subject: rendered.subject,
    template: draft.template,
    automatic: draft.automatic !== null,
    author: draft.author,
    bytes,
  }
}
