// An invented desk and a sheet of work for tests of rules; what does not matter to a row stands here.

import { type Desk, deskSchema } from '../../src/desks/desk.ts'
import type { Person } from '../../src/desks/person.ts'
import type { InboundMessage } from '../../src/inbound/message.ts'
import { compileRules } from '../../src/rules/compile.ts'
import type { CompiledRule, Context, Event, EventName, Work } from '../../src/rules/context.ts'
import { rulesSchema } from '../../src/rules/schema.ts'
import { compileCalendar } from '../../src/tickets/calendar.ts'
import { emptyTicket } from '../../src/tickets/empty-ticket.ts'
import type { Ticket } from '../../src/tickets/ticket.ts'
import { officeWeek } from './desk.ts'

export const orchardYaml = {
  desk: 'orchard',
  prefix: 'ORC',
  name: { en: 'Orchard help', fr: 'Aide Verger' },
  address: 'help@orchard.test',
  language: 'en',
  languages: ['en', 'fr'],
  calendar: { zone: 'Europe/Paris', week: officeWeek, holidays: [] },
  calendars: { night: { zone: 'Europe/Paris', week: { mon: ['20:00-24:00'] }, holidays: [] } },
  statuses: {
    open: { name: 'Open', kind: 'open', to: ['waiting', 'expert', 'closed'] },
    waiting: { name: 'Waiting', kind: 'waiting', to: ['open', 'closed'] },
    expert: { name: 'Expert', kind: 'pending' },
    closed: { name: 'Closed', kind: 'closed', to: [] },
  },
  start: { status: 'open', priority: 'normal', type: 'question', queue: 'first' },
  priorities: {
    urgent: { name: 'Urgent', rank: 1 },
    high: { name: 'High', rank: 2 },
    normal: { name: 'Normal', rank: 3 },
  },
  types: {
    question: { name: 'Question' },
    correction: { name: 'Correction' },
    licence: { name: 'Licence', 'opened-by': ['sales'] },
  },
  queues: { first: { name: 'First', team: 'front' }, second: { name: 'Second', team: 'experts', tier: 2 } },
  teams: {
    front: { name: 'Front', members: ['ada@orchard.test', 'ben@orchard.test'] },
    experts: { name: 'Experts', members: ['eve@orchard.test'] },
  },
  staff: [
    { address: 'ada@orchard.test', name: 'Ada' },
    { address: 'ben@orchard.test', name: 'Ben', groups: ['sales'] },
    { address: 'eve@orchard.test', name: 'Eve', language: 'fr' },
  ],
  supervisors: ['boss@orchard.test'],
  sms: { consent: 'texts', http: { url: 'https://sms.test/send', json: { to: '{to}', text: '{text}' } } },
  clocks: [
    { name: 'response', after: '8bh', starts: ['created'] },
    { name: 'silence', after: '2bd', 'warn-after': '1bd', starts: ['agent-question'], stops: ['customer-mail'] },
  ],
  fields: {
    price: { name: 'Price', kind: 'amount' },
    fee: { name: 'Fee', kind: 'amount' },
    invoice: { name: { en: 'Invoice', fr: 'Facture' }, pattern: 'invoice\\s+(?<value>F\\d+)' },
    run: { name: 'Run', kind: 'date', pattern: 'on (?<value>\\d{1,2}/\\d{1,2}/\\d{4})' },
    count: { name: 'Count', kind: 'number' },
    cause: { name: 'Cause', kind: 'choice', choices: ['use', 'system'] },
  },
  lists: {
    modules: ['PAYROLL', 'Banks and cheques'],
    'urgent-reasons': ['platform down', 'payroll', 'plateforme arrêtée'],
  },
}

export const orchard: Desk = deskSchema.parse(orchardYaml)

const now = new Date('2026-11-18T10:00:00Z')

export function message(over: Partial<InboundMessage> = {}): InboundMessage {
  const text = over.text ?? over.replyText ?? 'Hello, the press does not start.'
  return {
    problem: null,
    from: { address: 'mia@farm.test', name: 'Mia' },
    fromProblem: null,
    claimedFrom: { address: 'mia@farm.test', name: 'Mia' },
    to: [{ address: 'help@orchard.test', name: '' }],
    cc: [],
    replyTo: [],
    subject: 'The press',
    messageId: 'm1@farm.test',
    inReplyTo: [],
    references: [],
    date: null,
    language: 'en',
    text,
    replyText: text,
    quotedText: '',
    signature: '',
    attachments: [],
    origin: { kind: 'human', vacation: false, suppressAutoReply: false, list: false, evidence: [] },
    bounces: [],
    recipientTokens: [],
    recipients: ['help@orchard.test'],
    headers: [['Subject', over.subject ?? 'The press']],
    forwarded: null,
    calendar: null,
    ...over,
  }
}

export const mailEvent = (over: Partial<InboundMessage> = {}): Event => ({
  type: 'mail',
  message: message(over),
  envelope: {
    source: 'smtp',
    sourceId: 's1',
    account: 'smtp',
    mailFrom: 'mia@farm.test',
    rcptTo: ['help@orchard.test'],
    ip: null,
    helo: null,
    authUser: null,
    receivedAt: now,
  },
  mail: 7,
  released: null,
})

export const mia: Person = {
  id: 5,
  address: 'mia@farm.test',
  name: 'Mia',
  language: null,
  contact: {
    id: 3,
    key: 'mia',
    name: 'Mia Farmer',
    language: 'en',
    phone: '+33 6 00 00 00 01',
    attributes: { texts: 'yes', trained: 'oui', category: 'Importer', hectares: '12' },
    active: true,
    organisation: {
      key: 'farm',
      name: 'Farm & Co',
      attributes: { country: 'FR', 'support-end': '2026-10-31' },
      domains: ['farm.test'],
    },
  },
  blockedUntil: null,
}

export function ticket(over: Partial<Ticket> = {}): Ticket {
  const beginning = {
    desk: 'orchard',
    subject: 'The press',
    status: 'open',
    priority: 'normal',
    type: 'question',
    queue: 'first',
    language: 'en',
    channel: 'mail' as const,
  }
  return {
    ...emptyTicket(beginning, now),
    number: 12,
    version: 1,
    requester: 5,
    createdAt: new Date('2026-11-16T09:00:00Z'),
    participants: [
      {
        person: 5,
        address: 'mia@farm.test',
        name: 'Mia',
        role: 'requester',
        muted: false,
        language: 'en',
        addedAt: now,
        contact: 3,
      },
    ],
    ...over,
  }
}

export function context(over: Partial<Context> = {}): Context {
  const calendars = new Map([
    ['', compileCalendar(orchard.calendar)],
    ...Object.entries(orchard.calendars).map(([name, calendar]) => [name, compileCalendar(calendar)] as const),
  ])
  return {
    now,
    desk: orchard,
    rules: [],
    instance: {
      keys: { sign: () => '' },
      publicUrl: 'http://127.0.0.1',
      replyDomain: 'reply.orchard.test',
      deskAddresses: new Set(['help@orchard.test']),
      isOurs: (address) => address.startsWith('help'),
    },
    sender: mia,
    heldSender: null,
    agent: null,
    authentication: { result: 'pass', by: 'dmarc', detail: 'dmarc=pass' },
    carried: [],
    own: false,
    candidates: [],
    people: new Map([['mia@farm.test', mia]]),
    holds: [],
    deliveries: [],
    history: { lastTicket: null, openTickets: [], ticketsToday: 0 },
    twins: [],
    mark: 'mark',
    recent: new Map(),
    calendar: (name) => calendars.get(name ?? '') ?? compileCalendar(orchard.calendar),
    undoable: [],
    notifiedAt: null,
    answersAutomaticAt: null,
    reopeningsSpent: new Set(),
    similar: [],
    thread: new Map(),
    named: new Map(),
    ...over,
  }
}

export interface WorkOptions {
  readonly name?: EventName
  readonly event?: Event
  readonly ticket?: Partial<Ticket>
  readonly context?: Partial<Context>
}

export function work(options: WorkOptions = {}): Work {
  return {
    event: options.event ?? mailEvent(),
    name: options.name ?? 'new',
    context: context(options.context),
    ticket: ticket(options.ticket),
    captures: new Map(),
    changes: [],
    mails: [],
    trail: [],
    links: [],
    calls: [],
    clockWishes: new Map(),
    hold: null,
    refuse: null,
    notes: [],
    acknowledgement: new Map(),
    going: true,
  }
}

/** Rules as a desk's YAML gives them; throws what `guichet check` would say. */
export function rules(...list: readonly unknown[]): CompiledRule[] {
  const parsed = rulesSchema.parse(
    list.map((rule, i) => ({ name: `rule-${i + 1}`, then: { tags: 'matched' }, ...(rule as object) })),
  )
  const { rules: compiled, faults } = compileRules(parsed, orchard, { from: 'desk' })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compiled
}
