// The gates a mail passes before anybody asks which ticket it belongs to. Their order in `decide.ts` is the policy.

import { mailEntry } from './entry.ts'
import { finding } from './finding.ts'
import { todayOf } from './hours.ts'
import {
  conclude,
  type Gate,
  hold,
  languageFor,
  mail,
  newText,
  recipientOf,
  say,
  senderLanguage,
  senderRecipient,
  sheetOf,
  staffByAddress,
} from './judgement.ts'
import { ofPerson, throughKnownList } from './known-list.ts'
import { blankForm } from './registration.ts'
import { isParticipant, isSigned } from './thread.ts'

/** Our own mail coming back (a Bcc to the desk, a Sent folder, another desk of ours): recorded, nothing else (T29). */
export const ourselves: Gate = (judgement) => {
  const { event, context } = judgement
  const { message } = event
  if (event.released) return false
  const signed = context.own
  const fromDesk = message.from !== null && context.instance.deskAddresses.has(message.from.address)
  if (!signed && !fromDesk) return false
  say(
    judgement,
    'ourselves',
    'own',
    signed
      ? 'It carries the signed mark of this gateway: our own mail came back.'
      : 'It comes from an address of a desk of this gateway.',
  )
  return conclude(judgement, 'recorded')
}

/** Delivery reports act only on mail that we provably sent (T45). */
export const reports: Gate = (judgement) => {
  const { event, context } = judgement
  const { message } = event
  const { kind } = message.origin
  if (kind !== 'bounce' && kind !== 'dsn-success' && kind !== 'read-receipt' && kind !== 'feedback') return false
  const evidence = message.origin.evidence.join('; ')
  if (context.deliveries.length === 0) {
    say(
      judgement,
      'reports',
      `unmatched-${kind}`,
      `It is a report (${evidence}) that names no mail of ours by a signed mark; nothing is changed.`,
    )
    if (kind === 'bounce')
      hold(judgement, 'reports', 'unmatched-bounce', 'A bounce that names no mail of ours.', { release: 'record' })
    return conclude(judgement, kind === 'bounce' ? 'held' : 'recorded')
  }
  for (const delivery of context.deliveries) {
    const bounce =
      message.bounces.find((b) => b.recipient?.toLowerCase() === delivery.recipient) ?? message.bounces[0] ?? null
    const failed = kind === 'bounce' && (bounce === null || (bounce.permanent && bounce.action !== 'delayed'))
    const state =
      kind === 'dsn-success' ? 'delivered' : failed ? 'bounced' : kind === 'bounce' ? 'delayed' : 'delivered'
    if (kind === 'bounce' || kind === 'dsn-success')
      judgement.decision.reports.push({ outbound: delivery.id, bounce, state })
    const reason = bounce?.reason ?? bounce?.status ?? ''
    say(
      judgement,
      'reports',
      kind,
      `It reports on our mail "${delivery.subject}" to ${delivery.recipient}: ${state}${reason ? ` (${reason})` : ''}.`,
    )
    const ticket =
      delivery.ticket === null ? undefined : context.candidates.find((c) => c.ticket.number === delivery.ticket)?.ticket
    if (ticket) {
      sheetOf(judgement, ticket).entries.push({
        kind: 'report',
        public: false,
        author: null,
        authorName: '',
        text: `${kind}: ${delivery.recipient} ${bounce?.status ?? ''} ${reason}`.trim(),
        quoted: '',
        signature: '',
        attachments: [],
        data: { report: kind, state, recipient: delivery.recipient, outbound: delivery.id },
      })
    }
    if (failed && bounce?.addressDead && context.desk.staff.every((staff) => staff.address !== delivery.recipient)) {
      judgement.decision.blocks.push({
        address: delivery.recipient,
        until: new Date(context.now.getTime() + 60 * 86_400_000),
        why: reason || 'address unknown',
      })
    }
    const author = delivery.author === null ? undefined : staffByAddress(context.desk, delivery.author)
    if (failed && author) {
      mail(judgement, {
        template: 'delivery-failed',
        role: 'agent',
        to: { address: author.address, name: author.name, person: context.people.get(author.address)?.id ?? 0 },
        language: languageFor(context.desk, author.language),
        ticket: ticket ?? null,
        budget: 'staff',
        data: {
          recipient: delivery.recipient,
          reason: reason || 'bounced',
          status: bounce?.status ?? '',
          subject: delivery.subject,
        },
      })
    }
  }
  return conclude(judgement, 'recorded')
}

/** Automatic mail is added to a known ticket quietly: no answer, no reopening. Without a ticket it waits for a person. */
export const automatic: Gate = (judgement) => {
  const { event, context } = judgement
  const { message } = event
  const { kind } = message.origin
  if (event.released) return false
  // Anybody can write a filter's fields: they count from a trusted server only, and not against the desk's own people.
  const spam = message.origin.spamEvidence ?? []
  if (spam.length > 0 && context.authentication.service !== undefined && context.agent === null) {
    hold(judgement, 'automatic', 'spam', `A trusted filter calls it spam (${spam.join('; ')}).`)
    return conclude(judgement, 'held')
  }
  if (throughKnownList(context.desk, message)) {
    say(
      judgement,
      'automatic',
      'known-list',
      'It came through a mailing list that people of this desk write through: taken as a person’s mail.',
    )
    return false
  }
  // RFC 5321 §4.5.5, RFC 3834 §3.3: an empty return path is of notices and automatic answers; no mail program of a person writes it.
  const pathless = kind === 'human' && event.envelope.mailFrom === '' && event.envelope.authUser === null
  if (kind !== 'auto-reply' && kind !== 'generated' && kind !== 'list' && !pathless) return false
  const evidence = pathless ? 'empty return path' : message.origin.evidence.join('; ')
  const candidate = context.candidates[0]
  const isAgent = context.agent !== null
  if (candidate && (isAgent || isSigned(candidate.rung) || isParticipant(candidate.ticket, context.sender))) {
    const sheet = sheetOf(judgement, candidate.ticket)
    sheet.entries.push(
      mailEntry(judgement, {
        kind: 'report',
        public: false,
        data: { origin: pathless ? 'auto-reply' : kind, vacation: message.origin.vacation },
      }),
    )
    say(
      judgement,
      'automatic',
      message.origin.vacation ? 'vacation' : pathless ? 'auto-reply' : kind,
      `A machine wrote it (${evidence}): noted on the ticket, nobody is answered and nothing else changes.`,
    )
    return conclude(judgement, 'noted')
  }
  hold(
    judgement,
    'automatic',
    'automatic-without-ticket',
    `A machine wrote it (${evidence}) and it belongs to no ticket of its sender.`,
    { ticket: candidate?.ticket ?? null, release: candidate ? 'append' : 'open' },
  )
  return conclude(judgement, 'held')
}

/** Mail whose author cannot be known is kept for a person; nobody is answered (T20, T30). */
export const knownAuthor: Gate = (judgement) => {
  const { event, context } = judgement
  const { message } = event
  if (event.released) return false
  const ticket = context.candidates[0]?.ticket ?? null
  if (!message.from) {
    hold(
      judgement,
      'author',
      'ambiguous-sender',
      finding('no-author', { detail: message.fromProblem ?? 'no From address' }),
      { ticket, release: ticket ? 'append' : 'open' },
    )
    return conclude(judgement, 'held')
  }
  if (context.authentication.result === 'fail' && context.agent === null) {
    hold(
      judgement,
      'author',
      'authentication-failed',
      finding('sender-failed', { detail: context.authentication.detail }),
      { ticket, release: ticket ? 'append' : 'open' },
    )
    return conclude(judgement, 'held')
  }
  return false
}

/** A portal speaks for people of its desk only; it carries no commands (decisions 6). */
export const portalMismatch: Gate = (judgement) => {
  const { context, event } = judgement
  const { authentication, candidates, sender } = context
  if (authentication.by !== 'portal' || event.released) return false
  if (sender?.contact?.active || candidates.some((c) => isParticipant(c.ticket, sender))) return false
  const ticket = candidates[0]?.ticket ?? null
  hold(judgement, 'portal', 'portal-mismatch', finding('portal-for-stranger'), {
    ticket,
    release: ticket ? 'append' : 'open',
  })
  return conclude(judgement, 'held')
}

/** Only registered people open tickets on desks that say so; others learn once how to register (decisions 10). */
export const registered: Gate = (judgement) => {
  const { event, context } = judgement
  const { desk, sender, authentication } = context
  if (desk.registration !== 'required' || event.released || context.agent) return false
  if (sender?.contact?.active) return false
  if (context.candidates.some((c) => isParticipant(c.ticket, sender) || isSigned(c.rung))) return false
  if (authentication.by === 'portal') return false
  const quoted = context.candidates[0]
  if (quoted) {
    hold(judgement, 'registered', 'stranger-quotes-ticket', finding('number-by-unregistered'), {
      ticket: quoted.ticket,
      release: 'append',
    })
    return conclude(judgement, 'held')
  }
  hold(judgement, 'registered', 'unregistered', finding('address-not-registered'), { release: 'open' })
  const to = senderRecipient(judgement)
  if (to && ofPerson(desk, event.message)) {
    mail(judgement, {
      template: 'not-registered',
      role: 'stranger',
      to,
      language: senderLanguage(judgement),
      automatic: 'auto-replied',
      budget: 'acknowledgement',
      inReplyTo: event.message.messageId,
      once: `not-registered:${to.address}`,
      data: { form: blankForm(judgement, senderLanguage(judgement)), again: false },
    })
  }
  return conclude(judgement, 'held')
}

/** Attributes a contact must have to open tickets, e.g. trained people only. */
export const requirements: Gate = (judgement) => {
  const { event, context } = judgement
  const { desk, sender } = context
  if (event.released || context.agent || !sender?.contact) return false
  if (context.candidates.some((c) => isParticipant(c.ticket, sender))) return false
  const unmet = desk.require.find((requirement) => {
    const value =
      sender.contact?.attributes[requirement.attribute] ??
      sender.contact?.organisation?.attributes[requirement.attribute] ??
      ''
    return typeof requirement.equals === 'boolean'
      ? /^(true|yes|oui|s[ií]|1)$/i.test(value) !== requirement.equals
      : value.toLowerCase() !== requirement.equals.toLowerCase()
  })
  if (!unmet) return false
  hold(
    judgement,
    'requirements',
    'requirement',
    `The contact’s ${unmet.attribute} is not ${String(unmet.equals)}, which this desk asks for.`,
    { release: 'open' },
  )
  mail(judgement, {
    template: unmet.template,
    role: 'customer',
    to: recipientOf(sender),
    language: senderLanguage(judgement),
    automatic: 'auto-replied',
    budget: 'acknowledgement',
    inReplyTo: event.message.messageId,
    once: `requirement:${unmet.attribute}:${sender.address}:${todayOf(context)}`,
  })
  return conclude(judgement, 'held')
}

/** One sender’s flood of new tickets, where the desk sets a limit: the rest is kept for a person (T41). Mail on a ticket passes. */
export const flood: Gate = (judgement) => {
  const { context, event } = judgement
  const { desk, sender, history, candidates } = context
  const limit = desk['tickets-a-day']
  if (limit === undefined || history.ticketsToday < limit) return false
  if (event.released || event.envelope.source === 'import' || context.agent || context.authentication.by === 'portal')
    return false
  if (sender?.contact?.active || candidates.some((c) => isParticipant(c.ticket, sender) || isSigned(c.rung)))
    return false
  hold(judgement, 'flood', 'flood', finding('many-today', { what: String(limit) }), { release: 'open' })
  return conclude(judgement, 'held')
}

/** Released for the record: a proved agent’s text is a note, anybody else’s stays on the ticket as what was held. Nothing else happens. */
export const forTheRecord: Gate = (judgement) => {
  const { context, event } = judgement
  if (event.released?.as !== 'record') return false
  const ticket = context.candidates[0]?.ticket
  const proved = context.agent !== null && context.authentication.result === 'pass'
  if (ticket && proved) sheetOf(judgement, ticket).entries.push(mailEntry(judgement, { kind: 'note', public: false }))
  say(judgement, 'hold', 'recorded', `${event.released.by} settled it for the record; nothing was sent.`)
  return conclude(judgement, 'recorded')
}

/** Nothing was written: no text and no attachment. */
export const blank: Gate = (judgement) => {
  const { event } = judgement
  if (
    event.released ||
    event.message.problem !== null ||
    newText(event).trim() !== '' ||
    event.message.attachments.length > 0 ||
    event.message.subject.trim() !== ''
  )
    return false
  if (
    judgement.context.carried.some(
      (c) => c.carrier === 'address' && c.signed.purpose !== 'c' && c.signed.purpose !== 'a',
    )
  )
    return false
  hold(judgement, 'blank', 'blank', 'The mail has no subject, no text and no attachment.')
  return conclude(judgement, 'held')
}
