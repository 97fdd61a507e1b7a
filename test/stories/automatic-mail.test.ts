import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { choiceIn, only, type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (desk: Record<string, unknown> = {}): Promise<void> => {
  gateway = await startGateway({ desks: [{ desk: testDesk(desk) }], at: '2026-11-23T09:00:00Z' })
}
const holds = () => listHolds(gateway.database.sql, { desk: 'help', state: 'all', limit: 50 })
const stateOf = async (mail: Sent): Promise<string | undefined> => {
  const [row] = await gateway.database.sql<
    { state: string }[]
  >`select state from outbound where message_id = ${mail.messageId.replace(/[<>]/g, '')}`
  return row?.state
}

/** A delivery report (RFC 3464) about a mail of ours. */
const bounce = (about: Sent, to: string): Parameters<TestGateway['write']>[0] => ({
  from: 'mailer-daemon@client.test',
  to,
  envelopeFrom: '',
  raw: [
    'From: Mail Delivery System <mailer-daemon@client.test>',
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${about.messageId.length}.bounce@client.test>`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    '',
    '--b1',
    'Content-Type: text/plain',
    '',
    `<${about.to}>: unknown user`,
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; client.test',
    '',
    `Final-Recipient: rfc822; ${about.to}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 unknown user',
    '',
    '--b1',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${about.messageId}`,
    `Subject: ${about.subject}`,
    '',
    '--b1--',
    '',
  ].join('\r\n'),
})

test('a customer’s absence notice is noted on the ticket and changes nothing', async () => {
  await start()
  const { told } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'What model?' }), 'carla@client.test')
  const before = await gateway.ticket(1)
  const sent = await gateway.exchange({
    from: carla,
    to: copy.replyTo,
    subject: 'Automatic reply',
    text: 'Away until Monday.',
    headers: { 'Auto-Submitted': 'auto-replied' },
  })
  expect(sent).toEqual([])
  const after = await gateway.ticket(1)
  expect([after.status, after.reopens]).toEqual([before.status, before.reopens])
  expect(after.entries.at(-1)).toMatchObject({ kind: 'report', public: false })
})

test('an absence notice that only its null return path gives away is noted too, a customer’s and an agent’s', async () => {
  await start()
  const { told, ack } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'What model?' }), 'carla@client.test')
  const before = await gateway.ticket(1)
  const away = { subject: 'Absence', text: 'Back on Monday.', envelopeFrom: '' }
  expect(await gateway.exchange({ ...away, from: carla, to: copy.replyTo })).toEqual([])
  expect(await gateway.exchange({ ...away, from: ana, to: told.replyTo })).toEqual([])
  const after = await gateway.ticket(1)
  expect([after.status, after.reopens]).toEqual([before.status, before.reopens])
  expect(after.entries.slice(-2)).toMatchObject([
    { kind: 'report', public: false },
    { kind: 'report', public: false },
  ])
  expect(await gateway.exchange({ ...away, from: carla, to: ack.from })).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(['automatic-without-ticket'])
})

test('T08: automatic mail without a ticket opens none and is answered by nobody', async () => {
  await start()
  const sent = await gateway.exchange({
    from: 'robot@client.test',
    to: 'help@guichet.test',
    subject: 'Report',
    text: 'All fine.',
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  expect(sent).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(['automatic-without-ticket'])
})

const throughGroup = {
  from: carla,
  to: 'help@guichet.test',
  subject: 'Printer',
  text: 'Smoke comes out of the printer.',
  headers: {
    'List-Id': '<support.groups.test>',
    'List-Unsubscribe': '<mailto:leave@groups.test>',
    'Mailing-List': 'list support@groups.test; contact support+owners@groups.test',
    Precedence: 'list',
  },
}

test('a person who writes through a group that the desk names gets a ticket and an acknowledgement', async () => {
  await start({ 'arrives-through': ['support.groups.test'] })
  const sent = await gateway.exchange(throughGroup)
  expect(only(sent, 'carla@client.test').subject).toContain('[HLP-1]')
  expect((await gateway.ticket(1)).entries[0]).toMatchObject({ kind: 'customer', public: true })
  expect(await gateway.trail()).toContain('known-list')
  expect(await holds()).toEqual([])
})

test('a stranger who writes through a group that the desk names learns how to register, like any person', async () => {
  await start({ 'arrives-through': ['support.groups.test'], registration: 'required' })
  const sent = await gateway.exchange(throughGroup)
  expect(only(sent, 'carla@client.test').headers.get('auto-submitted')).toBe('auto-replied')
  expect((await holds()).map((h) => h.reason)).toEqual(['unregistered'])
})

test.each([
  ['through a group that no desk names', {}, {}],
  ['through another group than the desk names', { 'arrives-through': ['staff.groups.test'] }, {}],
  [
    'by a machine, through the group that the desk names',
    { 'arrives-through': ['support.groups.test'] },
    { 'Auto-Submitted': 'auto-replied' },
  ],
])('what comes %s waits for a person, and nobody is answered', async (_title, desk, headers) => {
  await start(desk)
  expect(await gateway.exchange({ ...throughGroup, headers: { ...throughGroup.headers, ...headers } })).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(['automatic-without-ticket'])
})

test('T05: a verification mail at a customer’s signed address is read by staff and by nobody else', async () => {
  await start()
  const { ack } = await opened(gateway)
  await gateway.exchange({
    from: 'no-reply@chat.test',
    to: ack.replyTo,
    subject: 'Confirm your address',
    text: 'Your code is canary-4711.',
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  await gateway.exchange({
    from: 'no-reply@chat.test',
    to: ack.replyTo,
    subject: 'Confirm your address',
    text: 'Your code is canary-4712.',
  })
  expect(gateway.sent.filter((m) => m.to === 'carla@client.test' && m.raw.includes('canary'))).toEqual([])
  const ticket = await gateway.ticket(1)
  expect(ticket.entries.filter((e) => e.public && e.text.includes('canary'))).toEqual([])
  expect(ticket.entries.some((e) => !e.public && e.text.includes('canary-4711'))).toBe(true)
  expect((await holds()).map((h) => h.reason)).toEqual(['third-party'])
})

test('T45: a bounce of our mail marks it, tells its author and spares the dead address further automatic mail', async () => {
  await start()
  const { told } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'What model?' }), 'carla@client.test')
  const sent = await gateway.exchange(bounce(copy, copy.envelopeFrom))
  expect(await stateOf(copy)).toBe('bounced')
  expect(only(sent, 'ana@staff.test').text).toContain('carla@client.test')
  expect((await gateway.ticket(1)).entries.at(-1)).toMatchObject({ kind: 'report', public: false })
  const again = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'New', text: 'Hi.' })
  expect(again.filter((m) => m.to === 'carla@client.test')).toEqual([])
})

test('T45: a forged bounce changes nothing and is answered by nobody', async () => {
  await start()
  const { told } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'What model?' }), 'carla@client.test')
  const forged = { ...copy, messageId: '<guessed.1@reply.guichet.test>' }
  const sent = await gateway.exchange(bounce(forged, 'help@guichet.test'))
  expect(sent).toEqual([])
  expect(await stateOf(copy)).toBe('sent')
  const [person] = await gateway.database.sql<
    { blocked_until: Date | null }[]
  >`select blocked_until from person where address = 'carla@client.test'`
  expect(person?.blocked_until).toBeNull()
})

test('T29: our own mail that comes back is recorded and nothing else', async () => {
  await start()
  const { ack } = await opened(gateway)
  await gateway.write({ from: 'x@y.test', to: 'help@guichet.test', raw: ack.raw, envelopeFrom: ack.envelopeFrom })
  await gateway.app.settle()
  expect(await gateway.take()).toEqual([])
  await expect(gateway.ticket(2)).rejects.toThrow()
  expect(await gateway.trail()).toEqual(['own'])
})

test('T29: two desks that write to each other send no automatic mail', async () => {
  gateway = await startGateway({
    desks: [{ desk: testDesk() }, { desk: testDesk({ desk: 'other', prefix: 'OTH', address: 'other@guichet.test' }) }],
    at: '2026-11-23T09:00:00Z',
  })
  const sent = await gateway.exchange({
    from: 'help@guichet.test',
    to: 'other@guichet.test',
    subject: 'Hello',
    text: 'Desk to desk.',
  })
  expect(sent).toEqual([])
})

test('an answer that the next server refuses is told to the agent who wrote it', async () => {
  await start()
  const { told } = await opened(gateway)
  gateway.answers.set('carla@client.test', { state: 'bounced', response: '550 5.1.1 no such user' })
  const sent = await gateway.reply(told, { from: ana, text: 'What model?' })
  const later = sent.length > 0 ? sent : await gateway.advance(1000)
  expect(only(later, 'ana@staff.test').text).toContain('carla@client.test')
})

test.each([
  [/did arrive/i, 'sent', 0],
  [/send it again/i, 'sent', 1],
])('the agent settles an answer of which nobody knows by a link (%s)', async (words, state, copies) => {
  await start()
  const { told } = await opened(gateway)
  gateway.answers.set('carla@client.test', { state: 'uncertain', reason: 'the line broke' })
  const sent = await gateway.reply(told, { from: ana, text: 'What model?' })
  const asked = only(sent.length > 0 ? sent : await gateway.advance(1000), 'ana@staff.test')
  gateway.answers.delete('carla@client.test')
  const after = await gateway.exchange({ from: ana, to: choiceIn(asked, words), subject: 'ok', text: '' })
  expect(after.filter((m) => m.to === 'carla@client.test')).toHaveLength(copies)
  const [row] = await gateway.database.sql<{ state: string }[]>`select state from outbound where template = 'reply'`
  expect(row?.state).toBe(state)
})

test('T30: a mail whose author cannot be known is kept and nobody is answered', async () => {
  await start()
  const sent = await gateway.exchange({
    from: 'x@y.test',
    to: 'help@guichet.test',
    raw: 'From: a@x.test, b@y.test\r\nTo: help@guichet.test\r\nSubject: two\r\n\r\nHello.\r\n',
  })
  expect(sent.filter((m) => !m.to.endsWith('@staff.test'))).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(['ambiguous-sender'])
})
