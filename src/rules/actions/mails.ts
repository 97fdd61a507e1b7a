// Actions that write to somebody.

import { z } from 'zod'
import { missingNames } from '../../desks/checklist.ts'
import { type LocalisedText, textIn } from '../../desks/text.ts'
import type { DraftValue, MailDraft } from '../../outbound/draft.ts'
import { checkName, nearest } from '../conditions/condition.ts'
import { type ChoiceName, choiceNames, choices } from '../conditions/moment.ts'
import { isEmpty } from '../conditions/ticket.ts'
import type { ClockEvent, Work } from '../context.ts'
import { todayOf } from '../hours.ts'
import { draftMail, languageFor, newText, recipientOf } from '../judgement.ts'
import { historyOf, staffOf, teamOf, toStaff, toSupervisors } from '../notify.ts'
import { sendSms } from '../sms.ts'
import { type ActionFrame, action } from './action.ts'
import { dataSchema, numberedLater, readFill, readLocalised } from './fill.ts'

type Data = z.output<typeof dataSchema>
type DataReader = (work: Work, language: string) => Readonly<Record<string, DraftValue>>

const isRecord = (value: unknown): value is Readonly<Record<'list' | 'due', string | undefined>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `{ list: … }` and `{ due: … }` are no languages: those have two letters. */
function readValue(key: string, value: Data[string], frame: ActionFrame): (work: Work, language: string) => DraftValue {
  const path = ['data', key]
  if (Array.isArray(value)) {
    const items = value.map((item, i) => readLocalised(item, frame, [...path, i]))
    return (work, language) => items.map((item) => item(work, language))
  }
  if (typeof value === 'number' || typeof value === 'boolean') return () => value
  if (isRecord(value) && value.list !== undefined) {
    const name = value.list
    checkName(frame, 'list', name, Object.keys(frame.desk.lists), path)
    return (work) => work.context.desk.lists[name] ?? []
  }
  if (isRecord(value) && value.due !== undefined) {
    const name = value.due
    checkName(
      frame,
      'clock',
      name,
      frame.desk.clocks.map((clock) => clock.name),
      path,
    )
    return (work) => work.ticket.clocks.find((clock) => clock.name === name)?.dueAt ?? null
  }
  if (typeof value === 'object' && 'missing' in value && Array.isArray(value.missing)) {
    const names: readonly string[] = value.missing
    for (const name of names) checkName(frame, 'field', name, Object.keys(frame.desk.fields), path)
    return (work, language) =>
      names
        .filter((name) => isEmpty(work.ticket.fields[name]))
        .map((name) => textIn(work.context.desk.fields[name]?.name, language, work.context.desk.language))
  }
  return readLocalised(value as LocalisedText, frame, path)
}

function readData(data: Data | undefined, frame: ActionFrame): DataReader {
  const readers = Object.entries(data ?? {}).map(([key, value]) => ({ key, read: readValue(key, value, frame) }))
  return (work, language) => Object.fromEntries(readers.map(({ key, read }) => [key, read(work, language)]))
}

function checkTemplate(frame: ActionFrame, template: string, path: readonly (string | number)[]): void {
  if (!frame.hasTemplate(template))
    frame.fault(
      [...frame.path, ...path],
      `there is no template "${template}" in the languages of the desk`,
      'a template is templates/NAME/LANGUAGE.md',
    )
}

const templateName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'a template is named in lower-case letters, digits and hyphens')

/** What every mail of a rule may say. */
function commonData(work: Work, by: string): Readonly<Record<string, DraftValue>> {
  const { event } = work
  return {
    text: event.type === 'mail' ? newText(event).slice(0, 20_000) : '',
    why: '',
    by,
    to: '',
    from: '',
    notes: [...work.acknowledgement.values()],
    captures: Object.fromEntries(work.captures),
    mark: work.context.mark,
    clock: event.type === 'clock' ? event.clock : '',
    dueAt: event.type === 'clock' ? dueOf(work, event) : null,
  }
}

/** When the clock of the event is due; a breach is due when it is noticed. */
function dueOf(work: Work, event: ClockEvent): Date | null {
  if (event.stage === 'breached') return work.context.now
  return work.ticket.clocks.find((clock) => clock.name === event.clock)?.dueAt ?? null
}

const threadOf = (work: Work): Pick<MailDraft, 'inReplyTo' | 'references' | 'automatic'> => {
  const known = work.context.thread.get(work.ticket.number) ?? []
  if (work.event.type !== 'mail' || work.name === 'agent')
    return { automatic: 'auto-generated', inReplyTo: known[0] ?? null, references: known }
  return { automatic: 'auto-replied', inReplyTo: work.event.message.messageId, references: known }
}

/** Whether words of the mail may be repeated to its author: not to somebody whom nothing proves (threats T07). */
const isProved = ({ event, name, context }: Work): boolean =>
  event.type !== 'mail' || (name !== 'new' && name !== 'reply') || context.authentication.result === 'pass'

/** The first answer to a new request of a registered person is its acknowledgement, however a rule words it. */
function budgetOf(work: Work): MailDraft['budget'] {
  const { context, event, name } = work
  if (event.type !== 'mail') return 'notice'
  const known = name === 'new' && context.authentication.result === 'pass' && context.sender?.contact?.active === true
  return known && !work.mails.some((mail) => mail.role === 'customer') ? 'registered' : 'acknowledgement'
}

const onceKey = (work: Work, once: 'ticket' | 'day' | undefined, template: string): string | null =>
  once === undefined || work.ticket.number === 0
    ? null
    : `${template}:${work.ticket.number}${once === 'day' ? `:${todayOf(work.context)}` : ''}`

const replySpec = z.strictObject({
  template: templateName,
  to: z.enum(['requester', 'everybody']).default('requester').describe('everybody: all people of the ticket'),
  data: dataSchema.optional().describe('values for the template'),
  choices: z.array(z.enum(choices)).default(['mute']).describe('signed choices it offers'),
  files: z.array(z.string()).default([]).describe('files of templates/files that go along'),
  once: z.enum(['ticket', 'day']).optional().describe('not again for this ticket, or not again on the same day'),
})

function readReply(spec: z.output<typeof replySpec>, frame: ActionFrame) {
  checkTemplate(frame, spec.template, ['template'])
  for (const file of spec.files)
    if (!frame.hasFile(file))
      frame.fault([...frame.path, 'files'], `there is no file "${file}"`, 'files lie in templates/files')
  const data = readData(spec.data, frame)
  const offered = spec.choices.map((name: ChoiceName) => choiceNames[name])
  return (work: Work): void => {
    const people = work.ticket.participants.filter((person) => spec.to === 'everybody' || person.role === 'requester')
    for (const person of people) {
      // Whoever asked for quiet still gets an answer to a mail just written.
      if (person.muted && work.event.type !== 'mail') continue
      const language = languageFor(work.context.desk, person.language, work.ticket.language)
      const once = onceKey(work, spec.once, spec.template)
      work.mails.push(
        draftMail(work.context.desk.desk, {
          ...threadOf(work),
          template: spec.template,
          role: 'customer',
          to: recipientOf(person),
          language,
          ticket: work.ticket,
          budget: budgetOf(work),
          withoutSender: !isProved(work),
          choices: offered,
          files: spec.files,
          once: once === null ? null : `${once}:${person.address}`,
          data: {
            ...commonData(work, frame.by),
            missing: missingNames(work.context.desk, work.ticket, language),
            closesAt: null,
            ...data(work, language),
          },
        }),
      )
    }
  }
}

const notifySpec = z.strictObject({
  to: z
    .union([z.string(), z.array(z.string()).min(1)])
    .describe('team (of the queue), assignee, supervisors, the name of a team, or an address'),
  template: templateName,
  data: dataSchema.optional(),
  once: z.enum(['ticket', 'day']).optional(),
})

const fixedNames = ['team', 'assignee', 'supervisors'] as const

type Receiver = Pick<MailDraft, 'to' | 'role' | 'language' | 'automatic' | 'budget'>

function receiversOf(work: Work, name: string): readonly Receiver[] {
  const { context, ticket } = work
  if (name === 'supervisors') return toSupervisors(context)
  if (name === 'assignee') return staffOf(context, ticket).map((staff) => toStaff(context, staff))
  if (name === 'team')
    return teamOf(context, context.desk.queues[ticket.queue]?.team ?? '', context.now).map((staff) =>
      toStaff(context, staff),
    )
  if (!name.includes('@')) return teamOf(context, name, context.now).map((staff) => toStaff(context, staff))
  const staff = context.desk.staff.find((one) => one.address === name)
  if (staff) return [toStaff(context, staff)]
  return [
    {
      to: { address: name, name: '', person: context.people.get(name)?.id ?? 0 },
      role: 'third-party',
      language: context.desk.language,
      automatic: 'auto-generated',
      budget: 'staff',
    },
  ]
}

function readNotify(spec: z.output<typeof notifySpec>, frame: ActionFrame) {
  checkTemplate(frame, spec.template, ['template'])
  const names = typeof spec.to === 'string' ? [spec.to] : spec.to
  const groups = new Set([...Object.keys(frame.desk.teams), ...frame.desk.staff.flatMap((staff) => staff.groups)])
  for (const name of names) {
    const known = [...fixedNames, ...groups]
    if (!name.includes('@') && !known.includes(name))
      frame.fault([...frame.path, 'to'], `nobody is called "${name}"`, nearest(name, known))
  }
  const data = readData(spec.data, frame)
  return (work: Work): void => {
    const told = new Set<string>()
    for (const receiver of names.flatMap((name) => receiversOf(work, name.toLowerCase()))) {
      if (told.has(receiver.to.address)) continue
      told.add(receiver.to.address)
      const once = onceKey(work, spec.once, spec.template)
      work.mails.push(
        draftMail(work.context.desk.desk, {
          ...receiver,
          template: spec.template,
          ticket: work.ticket,
          references: work.context.thread.get(work.ticket.number) ?? [],
          once: once === null ? null : `${once}:${receiver.to.address}`,
          data: {
            ...commonData(work, frame.by),
            history: receiver.role === 'third-party' ? [] : historyOf(work.context, work.ticket, receiver.language),
            ...data(work, receiver.language),
          },
        }),
      )
    }
  }
}

export const mailActions = {
  reply: action({
    sentence: 'writes to the requester with a template; the acknowledgement of a new ticket is then left out',
    example: 'reply: { template: fee-notice, data: { percent: "20" }, once: ticket }      # or: reply: fee-notice',
    schema: z.union([templateName, replySpec]),
    read: (spec, frame) => {
      const full = typeof spec === 'string' ? replySpec.parse({ template: spec }) : spec
      return { sentence: `replies with ${full.template}`, act: readReply(full, frame) }
    },
  }),
  notify: action({
    sentence: 'writes to staff or to an address with a template',
    example: 'notify: { to: [team, supervisors], template: escalation, data: { why: "No answer for two days" } }',
    schema: z.union([notifySpec, z.array(notifySpec).min(1)]),
    read: (spec, frame) => {
      const list = Array.isArray(spec) ? spec : [spec]
      const acts = list.map((one, i) =>
        readNotify(one, Array.isArray(spec) ? { ...frame, path: [...frame.path, i] } : frame),
      )
      return {
        sentence: list
          .map((one) => `tells ${typeof one.to === 'string' ? one.to : one.to.join(', ')} with ${one.template}`)
          .join(' and '),
        act: (work) => {
          for (const act of acts) act(work)
        },
      }
    },
  }),
  acknowledge: action({
    sentence: 'adds sentences to the acknowledgement of a new ticket, by a name so that a later rule can replace them',
    events: ['new', 'status'],
    example: 'acknowledge: { fee: { fr: "Frais : {ticket.field.fee}", en: "Fee: {ticket.field.fee}" } }',
    schema: z.record(z.string(), z.union([z.string(), z.record(z.string().regex(/^[a-z]{2}$/), z.string())])),
    read: (spec, frame) => {
      const texts = Object.entries(spec).map(([key, text]) => ({
        key,
        text: readLocalised(text, frame, [key]),
        filled: (typeof text === 'string' ? [text] : Object.values(text)).some(
          (written) => readFill(written, { ...frame, fault: () => undefined }).filled,
        ),
      }))
      return {
        sentence: `adds ${Object.keys(spec).join(', ')} to the acknowledgement`,
        act: (work) => {
          // What is filled in may be words of the mail: nobody whom nothing proves reads them from us.
          for (const { key, text, filled } of texts)
            if (!filled || isProved(work)) work.acknowledgement.set(key, text(work, work.ticket.language))
        },
      }
    },
  }),
  sms: action({
    sentence:
      'sends a short message by the desk’s SMS provider: to the registered number of a contact who agreed, or to a number written here',
    example:
      'sms: { to: "{contact.phone}", text: { fr: "Dossier {ticket.token} reçu", en: "Request {ticket.token} received" } }',
    schema: z.strictObject({
      to: z.string(),
      text: z.union([z.string(), z.record(z.string().regex(/^[a-z]{2}$/), z.string())]),
    }),
    read: (spec, frame) => {
      const to = readFill(spec.to, frame, ['to'])
      const text = readLocalised(spec.text, frame, ['text'])
      if (!frame.desk.sms)
        frame.fault(
          frame.path,
          'the desk has no provider of short messages',
          'write sms: { consent: …, http: … } in the desk',
        )
      return {
        // A number that is filled in has to be the contact's own, and stands with the contact alone.
        sentence: `sends a short message to ${to.filled ? 'the contact' : spec.to}`,
        act: (work) =>
          sendSms(work, to.fill(work), text(numberedLater(work), work.ticket.language), {
            fixed: !to.filled,
            by: frame.by,
          }),
      }
    },
  }),
  webhook: action({
    sentence: 'calls a web address with values',
    example: 'webhook: { url: "https://hooks.example.org/tickets", data: { ticket: "{ticket.token}" } }',
    schema: z.strictObject({
      url: z.string().regex(/^https?:\/\/[^\s{}]+$/, 'an address begins with https:// and holds nothing from the mail'),
      data: z.record(z.string(), z.string()).default({}),
    }),
    read: (spec, frame) => {
      const data = Object.entries(spec.data).map(([key, text]): [string, ReturnType<typeof readFill>] => [
        key,
        readFill(text, frame, ['data', key]),
      ])
      return {
        sentence: `calls ${spec.url.replace(/^(https?:\/\/[^/]+).*/, '$1')}`,
        act: (work) =>
          work.calls.push({
            kind: 'webhook',
            target: spec.url,
            data: Object.fromEntries(data.map(([key, text]) => [key, text.fill(numberedLater(work))])),
          }),
      }
    },
  }),
}
