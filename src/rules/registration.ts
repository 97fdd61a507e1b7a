// Requests to be registered: who is not gets a form to fill in by mail; filled in, the staff decide by one signed mail.

import { createHash } from 'node:crypto'
import { formLabels, readForm } from '../desks/registration-form.ts'
import { finding } from './finding.ts'
import { todayOf } from './hours.ts'
import {
  conclude,
  type Gate,
  hold,
  type Judgement,
  languageFor,
  mail,
  newText,
  say,
  senderLanguage,
  senderRecipient,
} from './judgement.ts'
import { ofPerson } from './known-list.ts'
import { teamOf, toStaff } from './notify.ts'

/** Labels of the form, for the mail to somebody who is not registered; none on desks without. */
export function blankForm({ context }: Judgement, language: string): string[] {
  const { desk } = context
  const form = desk['registration-form']
  return form ? formLabels(form, language, desk.language) : []
}

/** Takes a filled form before anybody says again how to register; false: the mail is something else. */
export const registrationForm: Gate = (judgement) => {
  const { context, event } = judgement
  const { desk, sender, agent } = context
  const form = desk['registration-form']
  if (!form || agent || !event.message.from) return false
  const language = senderLanguage(judgement)
  const filled = readForm(form, event.message.text, language, desk.language)
  if (filled.values.size === 0) return false
  if (event.released)
    return event.released.as === 'open' && filled.missing.length === 0 && register(judgement, filled.values)
  if (sender?.contact?.active || !ofPerson(desk, event.message) || context.candidates.length > 0) return false
  const complete = filled.missing.length === 0
  hold(
    judgement,
    'registration',
    'unregistered',
    complete
      ? finding('registration-complete')
      : finding('registration-incomplete', { what: filled.missing.join(', ') }),
    { release: 'open' },
  )
  if (!complete) {
    askAgain(judgement, formLabels(form, language, desk.language, filled.missing), language)
    return conclude(judgement, 'held')
  }
  for (const staff of teamOf(context, form.team, context.now))
    mail(judgement, {
      ...toStaff(context, staff),
      template: 'registration-request',
      subjectId: 0,
      // The same form sent again tells nobody anything new.
      once: `registration-request:${event.message.from.address}:${staff.address}:${digestOf(filled.values)}`,
      choices: ['k', 'd'],
      data: {
        from: event.message.from.address,
        text: newText(event).slice(0, 4000),
        form: readForm(form, event.message.text, languageFor(desk, staff.language), desk.language).lines.map(
          (line) => ({
            name: line.label,
            value: line.value,
          }),
        ),
      },
    })
  return conclude(judgement, 'held')
}

const digestOf = (values: ReadonlyMap<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify([...values]))
    .digest('hex')
    .slice(0, 16)

function askAgain(judgement: Judgement, labels: readonly string[], language: string): void {
  const to = senderRecipient(judgement)
  if (!to) return
  mail(judgement, {
    template: 'not-registered',
    role: 'stranger',
    to,
    language,
    automatic: 'auto-replied',
    budget: 'acknowledgement',
    inReplyTo: judgement.event.message.messageId,
    once: `registration:${to.address}:${todayOf(judgement.context)}`,
    data: { form: [...labels], again: true },
  })
}

/** The staff have decided: what the form says becomes the contact, who is told. */
function register(judgement: Judgement, values: ReadonlyMap<string, string>): true {
  const { event, decision } = judgement
  const to = senderRecipient(judgement)
  if (!to) return conclude(judgement, 'recorded')
  const { name = '', ...attributes } = Object.fromEntries(values)
  decision.contacts.push({ address: to.address, name, attributes })
  say(judgement, 'registration', 'registered', `${event.released?.by ?? ''} registered ${to.address}.`)
  mail(judgement, {
    template: 'registered',
    role: 'customer',
    to: { ...to, name: name || to.name },
    language: senderLanguage(judgement),
    automatic: 'auto-replied',
    budget: null,
    inReplyTo: event.message.messageId,
  })
  return conclude(judgement, 'recorded')
}
