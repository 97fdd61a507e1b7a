// Whom a held mail is shown to: the agent whose own mail it is (to confirm it by answering), else the people of the ticket, else the supervisors.

import type { Person } from '../desks/person.ts'
import type { Purpose } from '../mail/token.ts'
import { type HoldDraft, type HoldReason, quietReasons } from './decision.ts'
import { findingSentence } from './finding.ts'
import { holdSentence, releaseSentence } from './hold-reason.ts'
import { todayOf } from './hours.ts'
import { type Judgement, languageFor, mail, newText, staffByAddress } from './judgement.ts'
import { staffOf, teamOf, toStaff, toSupervisors } from './notify.ts'
import { isParticipant } from './thread.ts'

const quiet: readonly HoldReason[] = quietReasons

export function noticeHolds(judgement: Judgement): void {
  const { decision } = judgement
  for (const held of decision.holds) notice(judgement, held)
}

/** Whose mail is only noted by a release cannot be let through by one; staff and nobody are neither registered nor added. */
function choicesFor(held: HoldDraft, from: string, sender: Person | null): readonly Purpose[] {
  if (held.release === 'record') return ['d']
  if (held.reason.startsWith('agent') || held.reason === 'not-authenticated-agent') return ['r', 'd']
  if (from === '') return ['r', 'd']
  return [
    'r',
    'd',
    ...(sender?.contact?.active ? [] : (['k'] as const)),
    ...(held.ticket && !isParticipant(held.ticket, sender) ? (['p'] as const) : []),
  ]
}

/** A form is either asked for again or shown to the staff by a mail of its own. */
const asksToBeRegistered = ({ decision }: Judgement): boolean => decision.trail.some(({ at }) => at === 'registration')

const shownToStaff: Readonly<Record<string, readonly [string, string]>> = {
  fr: [
    'Le libérer ne le montre qu’aux agents',
    ' ; si vous ajoutez son expéditeur à la demande, les personnes de la demande le voient aussi.',
  ],
  en: [
    'Releasing it shows it to staff only',
    '; if you add its sender to the request, the people of the request see it too.',
  ],
  es: [
    'Al liberarlo solo lo ven los agentes',
    '; si añade a su remitente a la solicitud, también lo ven las personas de la solicitud.',
  ],
}

function whatReleaseDoes(held: HoldDraft, from: string, sender: Person | null, language: string): string {
  const fromOutside = held.release === 'append' && held.ticket !== null && !isParticipant(held.ticket, sender)
  if (!fromOutside) return releaseSentence(held.release, language)
  const [alone = '', added = ''] = shownToStaff[language] ?? shownToStaff.en ?? []
  return `${alone}${from === '' ? '.' : added}`
}

/** What was found, for a reader of that language. */
export const findingIn = ({ finding, why }: HoldDraft, language: string): string =>
  finding ? findingSentence(finding, language) : why

function notice(judgement: Judgement, held: HoldDraft): void {
  const { context, decision, event } = judgement
  const { desk, now } = context
  const author = held.author === null ? undefined : staffByAddress(desk, held.author)
  const from = event.message.from?.address ?? ''
  if (author) {
    const confirmable = held.release !== 'record'
    const language = languageFor(desk, author.language)
    mail(judgement, {
      ...toStaff(context, author),
      template: 'held-yours',
      ticket: held.ticket,
      subjectId: 0,
      choices: confirmable ? ['r', 'd'] : ['d'],
      ...(confirmable ? { replyPurpose: 'r' as const } : {}),
      // A machine that answers every mail would be asked again for each of its answers.
      once:
        held.reason === 'agent-vacation'
          ? `vacation:${author.address}:${held.ticket?.number ?? 0}:${todayOf(context)}`
          : null,
      data: {
        reason: holdSentence(held.reason, language),
        why: findingIn(held, language),
        text: newText(event).slice(0, 2000),
        recipients: held.ticket?.participants.map((p) => p.address) ?? [],
      },
    })
    return
  }
  if (quiet.includes(held.reason) || asksToBeRegistered(judgement)) return
  // A rule has brought it to those who open such tickets.
  if (held.reason === 'staff-only-type' && decision.mails.some(({ role }) => role === 'agent')) return
  const team = held.ticket
    ? staffOf(context, held.ticket)
    : teamOf(context, desk.queues[desk.start.queue]?.team ?? '', now)
  const people = team.length > 0 ? team.map((staff) => toStaff(context, staff)) : toSupervisors(context)
  for (const person of people) {
    if (decision.mails.some((m) => m.template === 'hold-notice' && m.to.address === person.to.address)) continue
    mail(judgement, {
      ...person,
      template: 'hold-notice',
      ticket: held.ticket,
      subjectId: 0,
      choices: choicesFor(held, from, context.sender),
      replyPurpose: 'r',
      once: `hold:${held.reason}:${from}:${held.ticket?.number ?? 0}:${person.to.address}:${todayOf(context)}:${now.toISOString().slice(11, 13)}`,
      data: {
        reason: holdSentence(held.reason, person.language),
        why: findingIn(held, person.language),
        release: whatReleaseDoes(held, from, context.sender, person.language),
        from,
        subject: event.message.subject.slice(0, 200),
        text: newText(event).trim().slice(0, 1000),
        at: event.envelope.receivedAt,
        mark: context.mark,
      },
    })
  }
}
