// A mail that failed three times still becomes a ticket (threats T11): a minimal one, with the original attached and nothing read
// into it. Its people are the staff; nobody outside is answered.

import { createHash } from 'node:crypto'
import type { Claimed } from '../inbound/store.ts'
import { wholeMail } from '../outbound/draft.ts'
import type { Decision } from '../rules/decision.ts'
import { systemEntry } from '../rules/entry.ts'
import { finish } from '../rules/finish.ts'
import { emptyDecision, mail, type Sheet, say, sheetOf } from '../rules/judgement.ts'
import { unreadable } from '../rules/mail-facts.ts'
import { staffOf, tellStaff, toSupervisors } from '../rules/notify.ts'
import { emptyTicket } from '../tickets/empty-ticket.ts'
import { applyDecisions } from './apply.ts'
import type { ProcessDeps } from './process-deps.ts'
import { ticketContexts } from './sweep.ts'

const words: Readonly<Record<string, string>> = {
  fr: 'Courriel qui n’a pas pu être traité',
  en: 'A mail that could not be processed',
  es: 'Un correo que no se pudo procesar',
}

/** Opens the minimal ticket of a parked mail; its number, or null when its desk is no longer configured. */
export async function openMinimalTicket(
  deps: ProcessDeps,
  work: Claimed,
  reason: string,
  now: Date,
): Promise<number | null> {
  const instance = deps.instance()
  const running = instance.desks.get(work.desk)
  if (!running) return null
  const { desk } = running
  const [context] = await ticketContexts(deps, instance, running, [null], now)
  if (!context) return null
  const subject = words[desk.language] ?? words.en ?? ''
  const beginning = {
    desk: desk.desk,
    subject,
    status: desk.start.status,
    priority: desk.start.priority,
    type: desk.start.type,
    queue: desk.start.queue,
    language: desk.language,
    channel: work.envelope.source === 'import' ? ('import' as const) : ('mail' as const),
  }
  const ticket = { ...emptyTicket(beginning, now), tags: ['unreadable'] }
  const judgement: Sheet = { context, decision: emptyDecision() }
  const sheet = sheetOf(judgement, ticket, true)
  sheet.moments.push('created')
  say(
    judgement,
    'park',
    'minimal-ticket',
    `Three attempts failed (${reason.slice(0, 200)}): a ticket with the original.`,
  )
  const { bytes } = work
  sheet.entries.push({
    ...systemEntry('', { parked: true, error: reason.slice(0, 500) }),
    kind: 'customer',
    attachments:
      bytes === null
        ? []
        : [
            {
              filename: 'original.eml',
              contentType: 'message/rfc822',
              size: bytes.length,
              sha256: createHash('sha256').update(bytes).digest('hex'),
              inline: false,
              contentId: null,
              index: wholeMail,
            },
          ],
  })
  const envelopeFrom = work.envelope.mailFrom ?? ''
  tellStaff(
    judgement,
    staffOf(context, ticket),
    'agent-new-ticket',
    ticket,
    { text: '', from: envelopeFrom.slice(0, 320), notes: [unreadable(desk.language)], history: [], replies: false },
    { attachments: bytes === null ? [] : [wholeMail] },
  )
  for (const supervisor of toSupervisors(context))
    mail(judgement, {
      ...supervisor,
      template: 'alarm',
      data: { what: subject, since: now, detail: reason.slice(0, 500) },
    })
  finish(judgement, sheet, null)
  const decision: Decision = { ...judgement.decision, outcome: 'created' }
  const applied = await applyDecisions(
    deps,
    [{ running, context, decision, mail: null, original: bytes === null ? null : { raw: work.raw, bytes } }],
    now,
  )
  if (applied.queued > 0) deps.wakeOutbox()
  return ticket.number
}
