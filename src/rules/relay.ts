// An agent’s answer on its way to the customer: a new, clean message in the desk’s name, one copy a person.

import type { Staff } from '../desks/desk.ts'
import { staffName } from '../desks/staff.ts'
import { textIn } from '../desks/text.ts'
import type { InboundAttachment, InboundMessage } from '../inbound/message.ts'
import type { Participant } from '../tickets/ticket.ts'
import { type AgreementCommand, agreementData } from './agreement.ts'
import { mailEntry } from './entry.ts'
import { type Finding, finding } from './finding.ts'
import { quotesInternal } from './internal-text.ts'
import {
  change,
  hold,
  type Judgement,
  languageFor,
  mail,
  recipientOf,
  say,
  staffByAddress,
  type TicketSheet,
} from './judgement.ts'
import { fitting } from './mail-facts.ts'
import { teamOf, tellStaff } from './notify.ts'
import type { ReceiptWord } from './receipt-words.ts'

/** What goes along. Everything else (meetings, cards, whole mails, executables) stays behind and is named to the agent (T26). */
const allowed =
  /^(image\/(png|jpe?g|gif|webp|heic|tiff|bmp)|application\/(pdf|zip|x-zip-compressed|msword|vnd\.(openxmlformats-officedocument|oasis\.opendocument|ms-excel|ms-powerpoint)[\w.+-]*|rtf|json|xml|gzip|octet-stream)|text\/(plain|csv|xml)|audio\/[\w.+-]+|video\/[\w.+-]+)$/i
const refusedNames =
  /\.(exe|com|bat|cmd|scr|pif|js|jse|vbs|vbe|wsf|hta|lnk|msi|ps1|jar|reg|cpl|vcf|ics|eml|html?|svg)$/i

/** The attachments of a mail of staff that may leave, and the names of those that stay behind. */
export function allowedFiles(message: InboundMessage): {
  readonly going: readonly InboundAttachment[]
  readonly dropped: readonly string[]
} {
  const files = message.attachments.filter((a) => !a.inline)
  const { going } = fitting(files.filter((a) => allowed.test(a.contentType) && !refusedNames.test(a.filename ?? '')))
  return {
    going,
    dropped: files.filter((a) => !going.includes(a)).map((a) => (a.filename ?? a.contentType).slice(0, 200)),
  }
}

export interface Relayed {
  readonly ok: true
  readonly to: readonly string[]
  readonly dropped: readonly string[]
  /** The customer had the agent’s mail directly: no second copy. */
  readonly direct: boolean
  /** The ticket moved since the agent was told of it, and the answer went out all the same. */
  readonly moved: Finding | null
}

export interface RelayOptions {
  /** Commands of the same mail move the status. */
  readonly keepStatus: boolean
  /** The answer asks the requester to confirm that it is solved. */
  readonly confirm: boolean
  /** The answer asks the requester to agree to work, its price and its date. */
  readonly agreement: AgreementCommand | null
  /** Names of the desk’s ready answers that stand before the text, each in its reader’s language. */
  readonly canned: readonly string[]
  readonly moved: Finding | null
}

export function relay(
  judgement: Judgement,
  sheet: TicketSheet,
  agent: Staff,
  text: string,
  options: RelayOptions,
): Relayed | { readonly ok: false; readonly why: ReceiptWord } {
  const { context, event } = judgement
  const { desk, now } = context
  const { ticket } = sheet
  const { message } = event
  if (desk.agents === 'portal') {
    hold(
      judgement,
      'relay',
      'agent-uses-portal',
      'Agents of this desk answer in the portal: the text is kept, nothing was sent.',
      { ticket, release: 'record' },
    )
    return { ok: false, why: 'uses-portal' }
  }
  const earlier = (context.recent.get(ticket.number) ?? []).filter(
    // A confirmed answer stands there as held: it is no secret from itself.
    (entry) => entry.kind !== 'held' || !event.released,
  )
  if (quotesInternal(text, earlier)) {
    hold(
      judgement,
      'relay',
      'quoted-internal-text',
      'The answer still contains an internal part of the notification: it was not sent.',
      { ticket, release: 'record' },
    )
    return { ok: false, why: 'internal-text' }
  }
  const { moved } = options
  const named = new Set([...message.to, ...message.cc].map((a) => a.address))
  const direct = ticket.participants.filter((p) => named.has(p.address))
  const people = ticket.participants.filter((p) => !named.has(p.address) && p.address !== '')
  const { going, dropped } = allowedFiles(message)
  const wordsIn = (language: string): string =>
    [...options.canned.map((name) => textIn(desk.texts[name], language, desk.language)), text]
      .filter((part) => part !== '')
      .join('\n\n')
  sheet.entries.push(
    mailEntry(judgement, {
      kind: 'agent',
      public: true,
      text: wordsIn(ticket.language),
      data: { ...(direct.length > 0 ? { direct: direct.map((p) => p.address) } : {}), agent: agent.address },
    }),
  )
  const files = going.map((a) => a.index)
  for (const person of people) copyFor(judgement, sheet, agent, person, wordsIn, files, options)
  say(
    judgement,
    'relay',
    direct.length > 0 ? 'direct' : 'relayed',
    direct.length > 0
      ? `${direct.map((p) => p.address).join(', ')} had the agent’s own mail; no second copy goes there.`
      : `The answer goes to ${people.map((p) => p.address).join(', ')} in the desk’s name.`,
  )
  tellColleagues(judgement, sheet, agent, text, moved !== null)
  ticket.firstResponseAt ??= now
  ticket.lastAgentAt = now
  ticket.lastAgent = agent.address
  // What the same mail hands on to another queue is nobody’s yet.
  if (ticket.assignee === null && ticket.queue === sheet.before.queue) {
    change(sheet, 'assignee', agent.address, 'on-answer')
    sheet.moments.push('assigned')
  }
  sheet.moments.push('agent-reply', 'public-news')
  const target = desk['on-answer'].status
  if (!options.keepStatus && target) {
    const from = desk['on-answer'].from
    const kind = desk.statuses[ticket.status]?.kind
    if (from ? from.includes(ticket.status) : kind !== 'closed') change(sheet, 'status', target, 'on-answer')
  }
  if (desk.statuses[ticket.status]?.kind === 'waiting') sheet.moments.push('agent-question')
  sheet.told = true
  return { ok: true, to: people.map((p) => p.address), dropped, direct: direct.length > 0, moved }
}

/** One copy for one person of a ticket. */
export function copyFor(
  judgement: Judgement,
  { ticket }: TicketSheet,
  agent: Staff,
  person: Participant,
  wordsIn: (language: string) => string,
  attachments: readonly number[],
  options: Pick<RelayOptions, 'confirm' | 'agreement'>,
): void {
  const { context } = judgement
  const { desk } = context
  const thread = context.thread.get(ticket.number) ?? []
  const language = languageFor(desk, person.language, ticket.language)
  const confirms = options.confirm && person.role === 'requester'
  const agreement = person.role === 'requester' ? options.agreement : null
  mail(judgement, {
    template: agreement ? 'approval-wanted' : confirms ? 'solved-confirm' : 'reply',
    role: 'customer',
    to: recipientOf(person),
    language,
    automatic: null,
    ticket,
    attachments,
    inReplyTo: thread[0] ?? null,
    references: thread,
    budget: null,
    author: agent.address,
    choices: agreement ? ['ok', 'no', 'm'] : confirms ? ['y', 'n', 'm'] : ['m'],
    data: agreement
      ? agreementData(context, ticket, agreement, language, wordsIn(language))
      : confirms
        ? { text: wordsIn(language), closesAt: null }
        : {
            text: wordsIn(language),
            agent: desk['show-agent-name'] ? agent.name : '',
            others: ticket.participants.filter((p) => p !== person).map((p) => p.name || p.address),
          },
  })
}

/** Why the ticket is no longer what the agent saw; null when it is, or when the agent confirmed the answer since. */
/** What happened on the ticket since the agent was told of it; a released answer was confirmed in spite of it. */
export function movedSince({ context, event }: Judgement, agent: Staff): Finding | null {
  const ticket = context.candidates[0]?.ticket
  if (!ticket || context.notifiedAt === null || event.released) return null
  if (ticket.lastAgentAt && ticket.lastAgentAt > context.notifiedAt && ticket.lastAgent !== agent.address)
    return finding('answered-meanwhile', { who: staffName(context.desk, ticket.lastAgent ?? '') })
  if (ticket.lastCustomerAt && ticket.lastCustomerAt > context.notifiedAt) return finding('customer-wrote-meanwhile')
  return null
}

/** The team learns who answered first; an agent who answered meanwhile learns of the second answer. */
function tellColleagues(judgement: Judgement, sheet: TicketSheet, agent: Staff, text: string, moved: boolean): void {
  const { context } = judgement
  const { ticket } = sheet
  const team =
    ticket.assignee === null && ticket.queue === sheet.before.queue
      ? teamOf(context, context.desk.queues[ticket.queue]?.team ?? '', context.now)
      : []
  const other =
    moved && ticket.lastAgent !== null && ticket.lastAgent !== agent.address
      ? staffByAddress(context.desk, ticket.lastAgent)
      : undefined
  const assignee = ticket.assignee === null ? undefined : staffByAddress(context.desk, ticket.assignee)
  tellStaff(
    judgement,
    [...new Set([...team, ...(other ? [other] : []), ...(assignee ? [assignee] : [])])],
    'agent-answered-by-other',
    ticket,
    { agent: agent.name || agent.address, at: context.now, text: text.slice(0, 2000) },
    { except: agent.address },
  )
}
