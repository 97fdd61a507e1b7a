import { describe, expect, test } from 'vitest'
import { conditions } from '../../src/rules/conditions/read.ts'
import type { Work } from '../../src/rules/context.ts'
import { runRules } from '../../src/rules/run.ts'
import { mailEvent, message, mia, rules, ticket, type WorkOptions, work } from '../support/rule-work.ts'

const run = (when: unknown, options: WorkOptions = {}): Work => {
  const name = options.name ?? 'new'
  const made = work({ ...options, context: { ...options.context, rules: rules({ when, on: name }) } })
  runRules(made)
  return made
}
const holds = (when: unknown, options: WorkOptions = {}): boolean => run(when, options).ticket.tags.includes('matched')
const mail = (over: Parameters<typeof mailEvent>[0]): WorkOptions => ({ event: mailEvent(over) })
const clockEvent = (stage: 'warned' | 'breached'): WorkOptions => ({
  name: 'clock',
  event: { type: 'clock', ticket: ticket(), clock: 'response', stage },
})

describe('text', () => {
  test.each([
    ['a word in any case', { subject: 'PRESS' }, {}, true],
    ['a word without its accents', { subject: 'creee' }, mail({ subject: 'Facture créée hier' }), true],
    ['an accented word for plain letters', { subject: 'créée' }, mail({ subject: 'facture creee' }), true],
    ['a whole word only', { subject: 'art' }, mail({ subject: 'start' }), false],
    ['a beginning with a star', { subject: 'imprim*' }, mail({ subject: "L'imprimante" }), true],
    ['an ending with a star', { subject: '*fox' }, mail({ subject: 'A firefox' }), true],
    ['a middle with two stars', { subject: '*ref*' }, mail({ subject: 'A firefox' }), true],
    [
      'a phrase over line ends and commas',
      { body: 'platform is down' },
      mail({ text: 'The platform,\n is   down!' }),
      true,
    ],
    ['one of a list of words', { subject: ['scanner', 'press'] }, {}, true],
    ['a word of another script', { subject: 'срочно' }, mail({ subject: 'Очень СРОЧНО' }), true],
    [
      'a word list of the desk',
      { text: { list: 'urgent-reasons' } },
      mail({ text: 'La plateforme arretee depuis hier' }),
      true,
    ],
    [
      'words that must be missing',
      { subject: { has: 'press', lacks: 'solved' } },
      mail({ subject: 'press solved' }),
      false,
    ],
    ['nothing else than', { subject: { is: ['Urgent', '¿Qué pasaría?'] } }, mail({ subject: 'que pasaria' }), true],
    ['nothing else than, with more', { subject: { is: 'Urgent' } }, mail({ subject: 'Urgent: press' }), false],
    ['the beginning', { subject: { starts: 'the press' } }, mail({ subject: 'The press is broken' }), true],
    ['an expression', { subject: { matches: 'F\\d{3}$' } }, mail({ subject: 'invoice f123' }), true],
    [
      'an expression with capitals that count',
      { subject: { matches: 'F\\d{3}', 'exact-case': true } },
      mail({ subject: 'invoice f123' }),
      false,
    ],
    [
      'an expression over several lines',
      { body: { matches: '^total: \\d+$' } },
      mail({ text: 'hello\nTotal: 12\nbye' }),
      true,
    ],
    ['a short text', { body: { shorter: 10 } }, mail({ text: 'Help' }), true],
    ['a long text', { body: { longer: 10 } }, mail({ text: 'Help' }), false],
    ['no text', { body: { empty: true } }, mail({ text: ' \n ' }), true],
    [
      'the reply without what is quoted',
      { body: 'urgent' },
      mail({ text: 'thanks\n> urgent', replyText: 'thanks' }),
      false,
    ],
    [
      'the whole text with what is quoted',
      { text: 'urgent' },
      mail({ text: 'thanks\n> urgent', replyText: 'thanks' }),
      true,
    ],
    ['the subject within the whole text', { text: 'press' }, {}, true],
    [
      'a header field',
      { header: { 'x-priority': { starts: '1' } } },
      mail({ headers: [['X-Priority', '1 (Highest)']] }),
      true,
    ],
    ['a header field that is absent', { header: { 'X-Spam': { empty: true } } }, {}, true],
    [
      'the first of several such fields or a later one',
      { header: { Received: 'relay' } },
      mail({
        headers: [
          ['Received', 'a'],
          ['Received', 'by relay'],
        ],
      }),
      true,
    ],
  ])('finds %s', (_title, when, options, expected) => {
    expect(holds(when, options)).toBe(expected)
  })

  test('an event without a mail has its ticket’s subject and no text', () => {
    expect(holds({ subject: 'press' }, clockEvent('breached'))).toBe(true)
    expect(holds({ body: 'press' }, clockEvent('breached'))).toBe(false)
  })

  test.each([
    ['PAYROLL, wrong total', { module: 'payroll', case: 'wrong total' }],
    ['RE: [ORC-4] Banks and Cheques - missing page', { module: 'Banks and cheques', case: 'missing page' }],
    ['payroll: a, b', { module: 'PAYROLL', case: 'a, b' }],
  ])('the module and case of "%s" are captured', (subject, expected) => {
    const { captures } = run({ module: { list: 'modules', case: 'required' } }, mail({ subject }))
    expect(captures.get('module')?.toLowerCase()).toBe(expected.module.toLowerCase())
    expect(captures.get('case')).toBe(expected.case)
  })

  test.each([
    ['Sorry:\n\nSubject: PAYROLL, total is wrong\nThanks', 'total is wrong'],
    ['« Payroll - total is wrong. »', 'total is wrong'],
  ])('a better subject is taken from a line of %j', (text, expected) => {
    const { captures } = run(
      { module: { list: 'modules', case: 'required', in: 'both' } },
      mail({ subject: 'Re: [ORC-12] Urgent', text }),
    )
    expect(captures.get('case')).toBe(expected)
  })

  test.each(['Urgent', 'Payroll', 'What about PAYROLL, then'])('"%s" names no module with a case', (subject) => {
    expect(holds({ module: { list: 'modules', case: 'required' } }, mail({ subject }))).toBe(false)
  })
})

const file = (filename: string, contentType: string, size = 10, inline = false) => ({
  filename,
  contentType,
  size,
  sha256: '',
  inline,
  contentId: null,
  index: 0,
})

describe('what else a mail is', () => {
  const withFiles = mail({
    attachments: [file('Scan 1.PDF', 'application/pdf', 2_000), file('logo.png', 'image/png', 10, true)],
  })
  test.each([
    ['an attachment', { attachments: true }, withFiles, true],
    ['no attachment', { attachments: false }, {}, true],
    ['an attachment by name', { attachments: { names: '*.pdf' } }, withFiles, true],
    ['an attachment by type', { attachments: { types: ['image/*'] } }, withFiles, false],
    ['a picture in the text when asked', { attachments: { types: 'image/*', inline: true } }, withFiles, true],
    ['the number of attachments', { attachments: { count: { over: 1 } } }, withFiles, false],
    ['the size of attachments', { attachments: { size: { over: 1_000 } } }, withFiles, true],
    ['the language', { language: ['fr', 'en'] }, {}, true],
    ['an unknown language', { language: 'unknown' }, mail({ language: null }), true],
    [
      'the origin',
      { origin: 'auto-reply' },
      mail({ origin: { kind: 'auto-reply', vacation: true, suppressAutoReply: false, list: false, evidence: [] } }),
      true,
    ],
    ['a mailing list', { 'mailing-list': true }, {}, false],
  ])('%s', (_title, when, options, expected) => {
    expect(holds(when, options)).toBe(expected)
  })
})

describe('people', () => {
  test.each([
    ['the sender by address', { sender: 'MIA@farm.test' }, {}, true],
    ['the sender by domain', { sender: 'farm.test' }, {}, true],
    ['the sender by a domain above', { sender: 'test' }, {}, true],
    ['no part of a domain', { sender: 'arm.test' }, {}, false],
    ['the sender by pattern', { sender: '*@*.test' }, mail({ from: { address: 'x@a.b.test', name: '' } }), true],
    [
      'a recipient',
      { recipients: 'urgent@orchard.test' },
      mail({ recipients: ['help@orchard.test', 'urgent@orchard.test'] }),
      true,
    ],
    ['a registered customer', { registered: true }, {}, true],
    ['an unregistered customer', { registered: false }, { context: { sender: { ...mia, contact: null } } }, true],
    [
      'an unauthenticated author',
      { authenticated: false },
      { context: { authentication: { result: 'none', by: 'nobody', detail: '' } } },
      true,
    ],
    ['an attribute of the contact, whatever its case', { contact: { category: ['bank', 'importer'] } }, {}, true],
    ['a yes in any language', { contact: { trained: true } }, {}, true],
    ['an attribute that is missing', { contact: { consent: { set: false } } }, {}, true],
    ['an attribute that is not', { contact: { category: { not: 'bank' } } }, {}, true],
    ['a number', { contact: { hectares: { over: 10, under: 20 } } }, {}, true],
    ['an attribute of the organisation', { organisation: { country: 'fr', name: { matches: '^Farm' } } }, {}, true],
    ['a date that has passed', { organisation: { 'support-end': { before: 'today' } } }, {}, true],
    ['a date still to come', { organisation: { 'support-end': { after: 'today-10d' } } }, {}, false],
    ['a customer without contact', { organisation: { country: 'FR' } }, { context: { sender: null } }, false],
  ] satisfies [string, unknown, WorkOptions, boolean][])('%s', (_title, when, options, expected) => {
    expect(holds(when, options)).toBe(expected)
  })

  test('an agent by group, and the customer of an agent’s mail is the requester', () => {
    const agent = orchardAgent('ben@orchard.test')
    const options: WorkOptions = { name: 'agent', context: { agent, sender: null } }
    expect(holds({ agent: 'sales' }, options)).toBe(true)
    expect(holds({ agent: 'experts' }, options)).toBe(false)
    expect(holds({ contact: { category: 'importer' } }, options)).toBe(true)
  })
})

function orchardAgent(address: string) {
  const agent = work().context.desk.staff.find((staff) => staff.address === address)
  if (!agent) throw new Error(address)
  return agent
}

describe('the ticket, time and history', () => {
  const night = { context: { now: new Date('2026-11-18T21:00:00Z') } }
  test.each([
    ['status', { status: ['waiting', 'open'] }, {}, true],
    ['kind of status', { 'status-kind': 'waiting' }, {}, false],
    ['priority', { priority: 'normal' }, {}, true],
    ['type', { type: 'correction' }, {}, false],
    ['queue', { queue: 'first' }, {}, true],
    ['nobody assigned', { assignee: 'nobody' }, {}, true],
    ['tags', { tags: ['vip', 'new'] }, { ticket: { tags: ['vip'] } }, true],
    [
      'an amount in a field',
      { field: { price: { over: 1000 } } },
      { ticket: { fields: { price: '1 250.00 EUR' } } },
      true,
    ],
    [
      'a date in a field that is today',
      { field: { run: { on: 'today' } } },
      { ticket: { fields: { run: '2026-11-18' } } },
      true,
    ],
    ['a field that is empty', { field: { invoice: { set: true } } }, {}, false],
    ['a field still missing', { missing: ['invoice', 'run'] }, { ticket: { fields: { invoice: 'F1' } } }, true],
    ['no field missing', { not: { missing: ['invoice'] } }, { ticket: { fields: { invoice: 'F1' } } }, true],
    ['channel', { channel: 'portal' }, { ticket: { channel: 'portal' } }, true],
    ['how often reopened', { reopened: { over: 1 } }, { ticket: { reopens: 2 } }, true],
    ['open hours', { hours: 'open' }, {}, true],
    ['closed hours', { hours: 'closed' }, night, true],
    ['the calendar of the ticket', { hours: 'closed' }, { ticket: { fields: { calendar: 'night' } } }, true],
    ['weekday', { weekday: ['wed', 'thu'] }, {}, true],
    ['age in business days', { age: { over: '2bd' } }, {}, true],
    ['age in elapsed time', { age: { over: '3d' } }, {}, false],
    ['an agent who never answered', { 'since-agent': { over: '1m' } }, {}, false],
    [
      'open tickets of the same person',
      { history: { 'open-tickets': { over: 0 } } },
      {
        context: {
          history: {
            lastTicket: 4,
            openTickets: [{ number: 4, subject: '', status: 'open', createdAt: new Date(0) }],
            ticketsToday: 1,
          },
        },
      },
      true,
    ],
    [
      'this ticket is not an earlier one',
      { history: { earlier: true } },
      { context: { history: { lastTicket: 12, openTickets: [], ticketsToday: 0 } } },
      false,
    ],
    [
      'many tickets today',
      { history: { 'tickets-today': { over: 5 } } },
      { context: { history: { lastTicket: null, openTickets: [], ticketsToday: 9 } } },
      true,
    ],
    [
      'another ticket named',
      { 'names-ticket': true },
      { context: { named: new Map([[4, ticket({ number: 4 })]]) } },
      true,
    ],
    ['a breached clock', { clock: 'response', stage: 'breached' }, clockEvent('breached'), true],
    ['a warning', { clock: 'response', stage: 'breached' }, clockEvent('warned'), false],
    [
      'a signed choice',
      { choice: ['refute'] },
      {
        name: 'choice',
        context: {
          carried: [{ carrier: 'address', signed: { desk: 'orchard', purpose: 'n', id: 12, person: 5, day: 1 } }],
        },
      },
      true,
    ],
    [
      'a choice in a footer is none',
      { choice: 'refute' },
      {
        name: 'choice',
        context: {
          carried: [{ carrier: 'footer', signed: { desk: 'orchard', purpose: 'n', id: 12, person: 5, day: 1 } }],
        },
      },
      false,
    ],
    ['a release', { released: true }, {}, false],
  ] satisfies [string, unknown, WorkOptions, boolean][])('%s', (_title, when, options, expected) => {
    expect(holds(when, options)).toBe(expected)
  })

  test('a failed delivery', () => {
    const delivery = {
      id: 1,
      ticket: 12,
      recipient: 'mia@farm.test',
      template: 'reply',
      subject: '',
      author: null,
      automatic: false,
      createdAt: new Date(0),
    }
    expect(
      holds(
        { delivery: ['bounced', 'dead'] },
        { name: 'delivery', event: { type: 'delivery', delivery, ticket: ticket(), state: 'dead', reason: '' } },
      ),
    ).toBe(true)
  })
})

describe('joined conditions', () => {
  test.each([
    ['several in one mapping must all hold', { subject: 'press', status: 'open' }, true],
    ['one that does not hold is enough', { subject: 'press', status: 'waiting' }, false],
    ['any of several', { any: [{ status: 'waiting' }, { subject: 'press' }] }, true],
    ['all of several', { all: [{ subject: 'press' }, { any: [{ priority: 'high' }, { language: 'fr' }] }] }, false],
    ['not', { not: { subject: 'solved' } }, true],
    ['not any of several', { not: [{ subject: 'solved' }, { subject: 'press' }] }, false],
    ['nothing at all', {}, true],
  ])('%s', (_title, when, expected) => {
    expect(holds(when)).toBe(expected)
  })

  test('captures come from the branch that held, and not from one that failed half way', () => {
    const { captures } = run({
      any: [
        { subject: { matches: '(?<first>press)' }, status: 'waiting' },
        { subject: { matches: '(?P<second>press)' }, status: 'open' },
      ],
    })
    expect([...captures]).toEqual([['second', 'press']])
  })

  test('the trail names the word that was found, not the whole list', () => {
    const { trail } = run({ text: { list: 'urgent-reasons' } }, mail({ text: 'Our PAYROLL stands still' }))
    expect(trail[0]).toMatchObject({ at: 'rule rule-1', code: 'matched', why: 'text has "payroll": tags it matched.' })
  })
})

test('every condition has a sentence and an example for the reference', () => {
  for (const [name, { sentence, example }] of Object.entries(conditions)) {
    expect(sentence).toMatch(/^asks /)
    expect(example).toContain(`${name}:`)
  }
})

test('the longest mail is looked at to its bound, and the rest is not', () => {
  const long = `${'word '.repeat(20_000)}needle`
  expect(holds({ body: 'needle' }, mail({ text: long }))).toBe(false)
  expect(holds({ body: { matches: 'needle' } }, mail({ text: long }))).toBe(false)
  expect(message({ text: long }).text).toHaveLength(long.length)
})
