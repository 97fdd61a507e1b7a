// An agent’s answer on its way to the customer: a new, clean message in the desk’s name, one copy a person.

import type { Staff } from '../desks/desk.ts'
import { mailEntry } from './entry.ts'
import { change, hold, type Judgement, languageFor, mail, recipientOf, say, type TicketSheet } from './judgement.ts'
import { teamOf, tellStaff } from './notify.ts'

/** The mark that stands in internal blocks of agents’ mails; its shape is enough to refuse a text that still has one (T09). */
export const internalMark = /⟦[a-z2-7]{8,16}⟧/

/** What goes along. Everything else (meetings, cards, whole mails, executables) stays behind and is named to the agent (T26). */
const allowed =
  /^(image\/(png|jpe?g|gif|webp|heic|tiff|bmp)|application\/(pdf|zip|x-zip-compressed|msword|vnd\.(openxmlformats-officedocument|oasis\.opendocument|ms-excel|ms-powerpoint)[\w.+-]*|rtf|json|xml|gzip|octet-stream)|text\/(plain|csv|xml)|audio\/[\w.+-]+|video\/[\w.+-]+)$/i
const refusedNames =
  /\.(exe|com|bat|cmd|scr|pif|js|jse|vbs|vbe|wsf|hta|lnk|msi|ps1|jar|reg|cpl|vcf|ics|eml|html?|svg)$/i

export interface Relayed {
  readonly ok: true
  readonly to: readonly string[]
  readonly dropped: readonly string[]
  /** The customer had the agent’s mail directly: no second copy. */
  readonly direct: boolean
}

export function relay(
  judgement: Judgement,
  sheet: TicketSheet,
  agent: Staff,
  text: string,
  options: { readonly keepStatus: boolean },
): Relayed | { readonly ok: false } {
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
      { ticket, release: 'record', author: agent.address },
    )
    return { ok: false }
  }
  const leaked =
    internalMark.test(text) ||
    (context.recent.get(ticket.number) ?? []).some(
      (entry) => !entry.public && entry.text.length > 40 && text.includes(entry.text.slice(0, 200).trim()),
    )
  if (leaked) {
    hold(
      judgement,
      'relay',
      'quoted-internal-text',
      'The answer still contains an internal part of the notification: it was not sent.',
      { ticket, release: 'relay', author: null },
    )
    mail(judgement, {
      to: { address: agent.address, name: agent.name, person: context.people.get(agent.address)?.id ?? 0 },
      role: 'agent',
      language: languageFor(desk, agent.language),
      budget: 'staff',
      template: 'held-yours',
      ticket,
      subjectId: 0,
      choices: ['d'],
      data: { reason: '', why: 'internal text', text: '', recipients: [] },
    })
    return { ok: false }
  }
  const moved = movedSince(judgement, agent)
  if (moved && desk.collision === 'hold' && !event.released) {
    hold(judgement, 'relay', 'collision', moved, { ticket, release: 'relay', author: agent.address })
    return { ok: false }
  }
  const named = new Set([...message.to, ...message.cc].map((a) => a.address))
  const direct = ticket.participants.filter((p) => named.has(p.address))
  const people = ticket.participants.filter((p) => !named.has(p.address))
  const going = message.attachments.filter(
    (a) => !a.inline && allowed.test(a.contentType) && !refusedNames.test(a.filename ?? ''),
  )
  const dropped = message.attachments
    .filter((a) => !a.inline && !going.includes(a))
    .map((a) => a.filename ?? a.contentType)
  sheet.entries.push(
    mailEntry(judgement, {
      kind: 'agent',
      public: true,
      text,
      data: { ...(direct.length > 0 ? { direct: direct.map((p) => p.address) } : {}), agent: agent.address },
    }),
  )
  const thread = context.thread.get(ticket.number) ?? []
  for (const person of people) {
    mail(judgement, {
      template: 'reply',
      role: 'customer',
      to: recipientOf(person),
      language: languageFor(desk, person.language, ticket.language),
      automatic: null,
      ticket,
      budget: null,
      author: agent.address,
      attachments: going.map((a) => a.index),
      inReplyTo: thread[0] ?? null,
      references: [...thread].reverse(),
      choices: ['m'],
      data: {
        text,
        agent: desk['show-agent-name'] ? agent.name : '',
        others: ticket.participants.filter((p) => p !== person).map((p) => p.name || p.address),
      },
    })
  }
  say(
    judgement,
    'relay',
    direct.length > 0 ? 'direct' : 'relayed',
    direct.length > 0
      ? `${direct.map((p) => p.address).join(', ')} had the agent’s own mail; no second copy goes there.`
      : `The answer goes to ${people.map((p) => p.address).join(', ')} in the desk’s name.`,
  )
  const firstAnswerBy = ticket.assignee === null ? agent.address : null
  if (firstAnswerBy) tellTeamOfAnswer(judgement, sheet, agent, text)
  ticket.firstResponseAt ??= now
  ticket.lastAgentAt = now
  ticket.lastAgent = agent.address
  ticket.assignee ??= agent.address
  sheet.moments.push('agent-reply', 'public-news')
  const target = desk['on-answer'].status
  if (!options.keepStatus && target) {
    const from = desk['on-answer'].from
    const kind = desk.statuses[ticket.status]?.kind
    if (from ? from.includes(ticket.status) : kind !== 'closed') change(sheet, 'status', target, 'on-answer')
  }
  if (desk.statuses[ticket.status]?.kind === 'waiting') sheet.moments.push('agent-question')
  sheet.told = true
  return { ok: true, to: people.map((p) => p.address), dropped, direct: direct.length > 0 }
}

/** Why the ticket is no longer what the agent saw; null when it is. */
function movedSince({ context, event }: Judgement, agent: Staff): string | null {
  const ticket = context.candidates[0]?.ticket
  if (!ticket || context.notifiedAt === null || event.released) return null
  if (ticket.lastAgentAt && ticket.lastAgentAt > context.notifiedAt && ticket.lastAgent !== agent.address)
    return `${ticket.lastAgent ?? 'another agent'} answered meanwhile.`
  if (ticket.lastCustomerAt && ticket.lastCustomerAt > context.notifiedAt) return 'The customer wrote again meanwhile.'
  return null
}

function tellTeamOfAnswer(judgement: Judgement, sheet: TicketSheet, agent: Staff, text: string): void {
  const { context } = judgement
  const team = teamOf(context, context.desk.queues[sheet.ticket.queue]?.team ?? '', context.now)
  tellStaff(
    judgement,
    team,
    'agent-answered-by-other',
    sheet.ticket,
    { agent: agent.name, at: context.now, text: text.slice(0, 2000) },
    { except: agent.address },
  )
}
