import { describe, expect, test } from 'vitest'
import { actions } from '../../src/rules/actions/read.ts'
import { formatAmount, parseAmount, percentOf } from '../../src/rules/amount.ts'
import type { Work } from '../../src/rules/context.ts'
import { runRules } from '../../src/rules/run.ts'
import { mailEvent, mia, rules, ticket, type WorkOptions, work } from '../support/rule-work.ts'

const run = (list: readonly unknown[], options: WorkOptions = {}): Work => {
  const on = options.name ?? 'new'
  const made = work({
    ...options,
    context: { ...options.context, rules: rules(...list.map((rule) => ({ on, ...(rule as object) }))) },
  })
  runRules(made)
  return made
}
const act = (then: unknown, options: WorkOptions = {}): Work => run([{ then }], options)

describe('the ticket', () => {
  test.each([
    ['priority', { priority: 'urgent' }, { priority: 'urgent' }],
    ['type', { type: 'correction' }, { type: 'correction' }],
    ['queue', { queue: 'second' }, { queue: 'second' }],
    ['status', { status: 'waiting' }, { status: 'waiting' }],
    ['language', { language: 'fr' }, { language: 'fr' }],
    ['an agent', { assignee: 'eve@orchard.test' }, { assignee: 'eve@orchard.test' }],
    ['the agent whose turn it is', { assignee: 'round-robin' }, { assignee: 'ben@orchard.test' }],
    ['tags, in lower case', { tags: ['VIP', 'new'] }, { tags: ['vip', 'new'] }],
    ['a calendar', { calendar: 'night' }, { fields: { calendar: 'night' } }],
    ['an amount', { fields: { price: '1 234,5 EUR' } }, { fields: { price: '1234.5 EUR' } }],
    ['a date', { fields: { run: '31/12/2026' } }, { fields: { run: '2026-12-31' } }],
    ['a subject', { subject: '{ticket.subject} of {contact.name}' }, { subject: 'The press of Mia Farmer' }],
  ])('%s', (_title, then, expected) => {
    const { ticket: after, changes } = act(then)
    expect(after).toMatchObject(expected)
    expect(changes.every((change) => change.by === 'rule rule-1')).toBe(true)
    expect(changes.length).toBeGreaterThan(0)
  })

  test('a move that the status table does not allow is not made, and the trail says so', () => {
    const { ticket: after, trail } = act({ status: 'open' }, { ticket: { status: 'closed' } })
    expect(after.status).toBe('closed')
    expect(trail.map((line) => line.code)).toContain('not-allowed')
  })

  test('a new ticket may become anything', () => {
    expect(act({ status: 'open' }, { ticket: { status: 'closed', number: 0 } }).ticket.status).toBe('open')
  })

  test('escalation changes the queue, takes the assignee away and says why in the history', () => {
    const { ticket: after, notes } = act(
      { escalate: { queue: 'second', status: 'expert', why: 'No solution for {ticket.subject}' } },
      { ticket: { assignee: 'ada@orchard.test' } },
    )
    expect(after).toMatchObject({ queue: 'second', status: 'expert', assignee: null })
    expect(notes).toEqual(['rule rule-1: → second: No solution for The press'])
  })

  test('tags are removed, and nothing is noted when nothing changes', () => {
    expect(act({ tags: { add: 'vip', remove: 'new' } }, { ticket: { tags: ['new', 'old'] } }).ticket.tags).toEqual([
      'old',
      'vip',
    ])
    expect(act({ tags: 'vip' }, { ticket: { tags: ['vip'] } }).changes).toEqual([])
  })

  test.each([
    [{ tags: ['vip', 'of-{contact.name}'] }, 'tags it vip, of-mia farmer'],
    [{ tags: { add: '{contact.shoe}', remove: 'new' } }, 'removes the tags new'],
    [{ tags: '{contact.shoe}' }, 'adds no tag'],
    [
      { subject: '{mail.subject}, {ticket.field.price}', fields: { price: '3 EUR' } },
      'sets the subject to "The press,',
    ],
    [{ participant: ['{sender.address}', 'leo@farm.test'] }, 'adds mia@farm.test, leo@farm.test to its people'],
    [{ link: '{ticket.field.invoice}' }, 'links it to nothing'],
  ])('the trail says what %j came to', (then, said) => {
    const [line] = act(then).trail
    expect(line).toMatchObject({ at: 'rule rule-1', code: 'matched' })
    expect(line?.why).toContain(`always: ${said}`)
    expect(line?.why).not.toContain('{')
  })

  test('what the trail repeats of a mail is one line without controls, and not long', () => {
    const subject = `a\u001b[31m\u202eb\n${'c'.repeat(1_000)}`
    const [line] = act({ tags: 'x', subject: '{mail.subject}!' }, { event: mailEvent({ subject }) }).trail
    expect(line?.why).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(line?.why.length).toBeLessThan(400)
  })

  test('clocks are started and stopped by name', () => {
    expect([...act({ clock: { start: 'silence', stop: ['response'] } }).clockWishes]).toEqual([
      ['silence', 'start'],
      ['response', 'stop'],
    ])
  })

  test('an address out of the mail joins only when its author is authenticated', () => {
    const rule = { when: { body: { matches: 'copy (?<copy>\\S+@\\S+)' } }, then: { participant: '{copy}' } }
    const event = mailEvent({ text: 'please copy leo@farm.test' })
    expect(run([rule], { event }).ticket.participants.map((person) => person.address)).toContain('leo@farm.test')
    const forged = run([rule], { event, context: { authentication: { result: 'none', by: 'nobody', detail: '' } } })
    expect(forged.ticket.participants).toHaveLength(1)
    expect(forged.trail.map((line) => line.code)).toContain('not-added')
  })
})

describe('fields from the mail', () => {
  const taken = {
    when: { body: { matches: 'certificate (?<number>[A-Z0-9-]+).*?price (?<price>[\\d ,.]+ ?[A-Z]{3})' } },
    then: { fields: { invoice: '{number}', price: '{price}' } },
  }

  test('a fee is a percentage of a price that the mail named', () => {
    const { ticket: after, acknowledgement } = run(
      [
        taken,
        {
          then: {
            type: 'correction',
            fields: { fee: { percent: 20, of: 'price' } },
            acknowledge: { fee: { en: 'The correction costs {ticket.field.fee}.', fr: 'Frais : {ticket.field.fee}.' } },
          },
        },
      ],
      { event: mailEvent({ text: 'Please correct certificate CT-77, price 1 234,50 EUR, thanks' }) },
    )
    expect(after.fields).toEqual({ invoice: 'CT-77', price: '1234.50 EUR', fee: '246.90 EUR' })
    expect(acknowledgement.get('fee')).toBe('The correction costs €246.90.')
  })

  test('fields with a pattern are read from the mail; what is missing is named in the language of the mail', () => {
    const event = mailEvent({ subject: 'Invoice F12', text: 'Our run is on 3/12/2026.' })
    const made = run(
      [
        { then: { 'read-fields': 'all' } },
        { then: { reply: { template: 'data-missing', data: { missing: { missing: ['invoice', 'count', 'run'] } } } } },
      ],
      { event, ticket: { fields: { invoice: 'F1' } } },
    )
    expect(made.ticket.fields).toEqual({ invoice: 'F1', run: '2026-12-03' })
    expect(made.mails[0]?.data.missing).toEqual(['Count'])
  })

  test('without a price the fee stays open', () => {
    const { ticket: after, trail } = run([taken, { then: { fields: { fee: { percent: 30, of: 'price' } } } }])
    expect(after.fields).toEqual({})
    expect(trail.map((line) => line.code)).toContain('amount-missing')
  })

  test('what is filled in is never filled again', () => {
    const { ticket: after } = run(
      [{ when: { subject: { matches: '(?<word>.+)' } }, then: { fields: { invoice: '{word}' } } }],
      { event: mailEvent({ subject: '{sender.address} {{x}}' }) },
    )
    expect(after.fields.invoice).toBe('{sender.address} {{x}}')
  })
})

describe('amounts', () => {
  test.each([
    ['1 234,50 EUR', '1234.50 EUR'],
    ['1,234.50 USD', '1234.50 USD'],
    ['1.234.567 XAF', '1234567 XAF'],
    ['€ 12', '12 EUR'],
    ['150 000 FCFA', '150000 XAF'],
    ['$0.05', '0.05 USD'],
    ['0,125', '0.125'],
    ['-3.5', '-3.5'],
  ])('%s is read as %s', (written, expected) => {
    const amount = parseAmount(written)
    expect(amount && formatAmount(amount)).toBe(expected)
  })

  test.each(['', 'EUR', 'invoice 12', '1234567890123456'])('"%s" is no amount', (text) => {
    expect(parseAmount(text)).toBeNull()
  })

  test.each([
    ['100 EUR', '20', '20.00 EUR'],
    ['0.10 EUR', '30', '0.03 EUR'],
    ['33.35 EUR', '10', '3.34 EUR'],
    ['150 005 XAF', '20', '30001 XAF'],
    ['99.99 USD', '2.5', '2.50 USD'],
  ])('of %s, %s per cent are %s', (amount, percent, expected) => {
    const read = parseAmount(amount)
    const part = read && percentOf(read, percent)
    expect(part && formatAmount(part)).toBe(expected)
  })
})

describe('mails', () => {
  test('a reply goes to the requester in their language, as an automatic answer to that mail', () => {
    const { mails } = act({
      reply: {
        template: 'urgent-refused',
        data: { reasons: { list: 'urgent-reasons' }, why: { en: 'No reason named', fr: 'Sans motif' } },
      },
    })
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({
      template: 'urgent-refused',
      to: { address: 'mia@farm.test' },
      role: 'customer',
      language: 'en',
      automatic: 'auto-replied',
      inReplyTo: 'm1@farm.test',
      budget: 'registered',
      choices: ['m'],
    })
    expect(mails[0]?.data).toMatchObject({
      reasons: ['platform down', 'payroll', 'plateforme arrêtée'],
      why: 'No reason named',
    })
  })

  test('whoever muted the ticket gets no mail from a clock', () => {
    const person = ticket().participants.map((one) => ({ ...one, muted: true }))
    expect(
      act(
        { reply: 'reminder' },
        {
          name: 'clock',
          event: { type: 'clock', ticket: ticket(), clock: 'silence', stage: 'warned' },
          ticket: { participants: person },
        },
      ).mails,
    ).toEqual([])
  })

  test('a reminder says when the clock ends', () => {
    const dueAt = new Date('2026-11-20T10:00:00Z')
    const clocks = [
      {
        name: 'silence',
        state: 'running' as const,
        startedAt: dueAt,
        runningSince: dueAt,
        countedMs: 0,
        intervals: [],
        targetMs: 1,
        dueAt,
        stage: 'warned' as const,
        rounds: 0,
      },
    ]
    const { mails } = act(
      { reply: { template: 'reminder', data: { closesAt: { due: 'silence' } }, once: 'day' } },
      { ticket: { clocks } },
    )
    expect(mails[0]?.data.closesAt).toEqual(dueAt)
    expect(mails[0]?.once).toBe('reminder:12:2026-11-18:mia@farm.test')
  })

  test('a breach tells when it came', () => {
    const { mails } = act(
      { notify: { to: 'assignee', template: 'clock-breached' } },
      { name: 'clock', event: { type: 'clock', ticket: ticket(), clock: 'response', stage: 'breached' } },
    )
    expect(mails[0]?.data).toMatchObject({ clock: 'response', dueAt: new Date('2026-11-18T10:00:00Z') })
  })

  test('staff are told once each, the supervisors too, in their languages', () => {
    const { mails } = act({
      notify: [
        { to: ['team', 'supervisors', 'ada@orchard.test'], template: 'escalation' },
        { to: 'experts', template: 'escalation' },
      ],
    })
    expect(mails.map((mail) => [mail.to.address, mail.role, mail.language])).toEqual([
      ['ada@orchard.test', 'agent', 'en'],
      ['ben@orchard.test', 'agent', 'en'],
      ['boss@orchard.test', 'supervisor', 'en'],
      ['eve@orchard.test', 'agent', 'fr'],
    ])
    expect(mails.every((mail) => mail.budget === 'staff' && mail.automatic === 'auto-generated')).toBe(true)
  })

  test('an outside address is a third party and gets no history', () => {
    const { mails } = act({ notify: { to: 'dev@vendor.test', template: 'escalation' } })
    expect(mails[0]).toMatchObject({ role: 'third-party', data: { history: [] } })
  })

  test('short messages and web calls are requests for the outside', () => {
    const { calls } = act({
      sms: { to: '{contact.phone}', text: 'Request {ticket.token}' },
      webhook: { url: 'https://hooks.test/x', data: { ticket: '{ticket.number}' } },
    })
    expect(calls).toEqual([
      { kind: 'sms', target: '+33600000001', data: { text: 'Request ORC-12' } },
      { kind: 'webhook', target: 'https://hooks.test/x', data: { ticket: '12' } },
    ])
  })

  test('the number of a new ticket is filled in when it has one', () => {
    const { calls } = act({ sms: { to: '0600000001', text: 'Request {ticket.token}' } }, { ticket: { number: 0 } })
    expect(calls[0]?.data.text).toBe('Request ORC-{ticket.number}')
  })

  test('no short message without a number', () => {
    const { calls, trail } = act({ sms: { to: '{contact.mobile}', text: 'x' } })
    expect(calls).toEqual([])
    expect(trail.map((line) => line.code)).toContain('sms-without-number')
  })

  test('no short message to a number that is not the registered one, nor without consent', () => {
    const asked = (contact: Partial<NonNullable<typeof mia.contact>>): WorkOptions => {
      const sender = mia.contact ? { ...mia, contact: { ...mia.contact, ...contact } } : mia
      return { context: { sender, people: new Map([[sender.address, sender]]) } }
    }
    const other = act(
      { sms: { to: '{contact.callback}', text: 'x' } },
      asked({ attributes: { callback: '+33 6 99 99 99 99', texts: 'yes' } }),
    )
    expect(other.calls).toEqual([])
    expect(other.trail.map((line) => line.code)).toContain('sms-not-theirs')
    const silent = act({ sms: { to: '{contact.phone}', text: 'x' } }, asked({ attributes: { texts: 'no' } }))
    expect(silent.calls).toEqual([])
    expect(silent.trail.map((line) => line.code)).toContain('sms-without-consent')
  })
})

describe('the way of the mail', () => {
  test('a hold ends the list and says why', () => {
    const made = run([{ then: { hold: 'Bank details of {sender.address}' } }, { then: { priority: 'urgent' } }])
    expect(made.hold).toEqual({ reason: 'rule', why: 'rule rule-1: Bank details of mia@farm.test' })
    expect(made.ticket.priority).toBe('normal')
  })

  test('a refusal names its template', () => {
    expect(act({ refuse: { template: 'urgent-refused', why: 'no reason' } }).refuse).toEqual({
      template: 'urgent-refused',
      why: 'no reason',
    })
    // The requester does not read which template it was.
    expect(act({ refuse: 'urgent-refused' }).refuse).toEqual({ template: 'urgent-refused', why: '' })
  })

  test('a link goes to a ticket that is known, and to no other', () => {
    const rule = { when: { subject: { matches: 'after (?<old>ORC-\\d+)' } }, then: { link: '{old}' } }
    const event = mailEvent({ subject: 'Press again, after ORC-4' })
    const named = new Map([[4, ticket({ number: 4 })]])
    expect(run([rule], { event, context: { named } }).links).toMatchObject([
      { to: 4, toDesk: 'orchard', kind: 'refers' },
    ])
    expect(run([rule], { event }).links).toEqual([])
  })

  test('a note is internal', () => {
    expect(act({ note: 'From {organisation.name}, {organisation.country}' }).notes).toEqual(['From Farm & Co, FR'])
  })
})

describe('the order of rules', () => {
  test('a later rule sees what an earlier one changed and captured', () => {
    const made = run([
      { when: { subject: { matches: '(?<thing>press)' } }, then: { priority: 'high' } },
      { when: { priority: 'high', captured: { thing: 'press' } }, then: { tags: 'seen-{thing}' } },
    ])
    expect(made.ticket.tags).toEqual(['seen-press'])
    expect(made.trail.map((line) => line.at)).toEqual(['rule rule-1', 'rule rule-2'])
  })

  test.each([
    ['a rule', [{ then: { tags: 'a' }, stop: true }, { then: { tags: 'b' } }]],
    ['an action', [{ then: { tags: 'a', stop: true } }, { then: { tags: 'b' } }]],
  ])('%s that stops ends the list', (_title, list) => {
    expect(run(list).ticket.tags).toEqual(['a'])
  })

  test('a rule that does not match stops nothing', () => {
    expect(
      run([{ when: { status: 'waiting' }, then: { tags: 'a' }, stop: true }, { then: { tags: 'b' } }]).ticket.tags,
    ).toEqual(['b'])
  })

  test('rules for a changed status run at once, and the list goes on after them', () => {
    const made = run([
      { then: { status: 'waiting' } },
      { on: 'status', when: { status: 'waiting' }, then: { tags: 'asked', stop: true } },
      { then: { tags: 'after' } },
    ])
    expect(made.ticket.tags).toEqual(['asked', 'after'])
  })

  test('rules that chase each other end, and the trail says so', () => {
    const made = run([
      { then: { priority: 'high' } },
      { on: 'status', when: { priority: 'high' }, then: { priority: 'urgent' } },
      { on: 'status', when: { priority: 'urgent' }, then: { priority: 'high' } },
    ])
    expect(made.trail.filter((line) => line.code === 'too-deep')).toHaveLength(1)
    expect(made.trail.length).toBeLessThan(40)
  })
})

test('every action has a sentence and an example for the reference', () => {
  for (const [name, { sentence, example }] of Object.entries(actions)) {
    expect(sentence.length).toBeGreaterThan(10)
    expect(example).toContain(`${name}:`)
  }
})
