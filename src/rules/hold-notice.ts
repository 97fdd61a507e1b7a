// Whom a held mail is shown to: the agent whose own mail it is (to confirm it by answering), else the people of the ticket, else the supervisors.

import type { HoldDraft, HoldReason } from './decision.ts'
import { holdSentence, releaseSentence } from './hold-reason.ts'
import { todayOf } from './hours.ts'
import { type Judgement, languageFor, mail, newText, staffByAddress } from './judgement.ts'
import { staffOf, teamOf, toStaff, toSupervisors } from './notify.ts'

/** Held for the record; people see them on the desk’s page and by `guichet holds`, no mail is written about each. */
const quiet: readonly HoldReason[] = [
  'automatic-without-ticket',
  'unmatched-bounce',
  'spam',
  'banned',
  'flood',
  'portal-only',
  'closed-ticket',
  'blank',
  'no-desk',
  'requirement',
]

export function noticeHolds(judgement: Judgement): void {
  const { decision } = judgement
  for (const held of decision.holds) notice(judgement, held)
}

function notice(judgement: Judgement, held: HoldDraft): void {
  const { context, event } = judgement
  const { desk, now } = context
  const author = held.author === null ? undefined : staffByAddress(desk, held.author)
  const from = event.message.from?.address ?? ''
  if (author) {
    const language = languageFor(desk, author.language)
    mail(judgement, {
      ...toStaff(context, author),
      template: 'held-yours',
      ticket: held.ticket,
      subjectId: 0,
      choices: ['r', 'd'],
      replyPurpose: 'r',
      data: {
        reason: holdSentence(held.reason, language),
        why: held.why,
        text: newText(event).slice(0, 2000),
        recipients: held.ticket?.participants.map((p) => p.address) ?? [],
      },
    })
    return
  }
  if (quiet.includes(held.reason)) return
  const team = held.ticket
    ? staffOf(context, held.ticket)
    : teamOf(context, desk.queues[desk.start.queue]?.team ?? '', now)
  const people = team.length > 0 ? team.map((staff) => toStaff(context, staff)) : toSupervisors(context)
  for (const person of people) {
    mail(judgement, {
      ...person,
      template: 'hold-notice',
      ticket: held.ticket,
      subjectId: 0,
      choices: ['r', 'd', 'k', ...(held.ticket ? (['p'] as const) : [])],
      once: `hold:${held.reason}:${from}:${held.ticket?.number ?? 0}:${person.to.address}:${todayOf(context)}:${now.toISOString().slice(11, 13)}`,
      data: {
        reason: holdSentence(held.reason, person.language),
        why: held.why,
        release: releaseSentence(held.release, person.language),
        from,
        subject: event.message.subject.slice(0, 200),
        text: newText(event).slice(0, 1000),
        at: event.envelope.receivedAt,
        mark: context.mark,
      },
    })
  }
}
