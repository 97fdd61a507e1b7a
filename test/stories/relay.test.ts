import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (desk: Record<string, unknown> = {}): Promise<void> => {
  gateway = await startGateway({ desks: [{ desk: testDesk(desk) }], at: '2026-11-23T09:00:00Z' })
}
const holds = () => listHolds(gateway.database.sql, { desk: 'help', state: 'all', limit: 50 })
const twoAgents = {
  staff: [
    { address: 'ana@staff.test', name: 'Ana', groups: ['first'] },
    { address: 'bob@staff.test', name: 'Bob', groups: ['first'] },
  ],
}
const bob = 'Bob <bob@staff.test>'

test('T26: the customer gets the text and the files, and nothing that is the agent’s own', async () => {
  await start()
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, {
    from: ana,
    text: 'Please try this.\n\n-- \nAna Perez\nPrivate: +33 6 11 22 33 44',
    headers: {
      'X-Originating-IP': '10.1.2.3',
      'Disposition-Notification-To': 'ana@staff.test',
      Organization: 'canary-org',
    },
    attachments: [
      { filename: 'guide.pdf', content: '%PDF-1.4 guide', contentType: 'application/pdf' },
      { filename: 'card.vcf', content: 'BEGIN:VCARD\ncanary-card\nEND:VCARD', contentType: 'text/vcard' },
      { filename: 'run.exe', content: 'MZ', contentType: 'application/octet-stream' },
      { filename: 'other.eml', content: 'Subject: canary-mail\n\nx', contentType: 'message/rfc822' },
    ],
  })
  const copy = only(sent, 'carla@client.test')
  expect(copy.text).toContain('Please try this.')
  expect(copy.attachments.map((a) => a.filename)).toEqual(['guide.pdf'])
  for (const secret of ['ana@staff.test', 'Perez', '+33 6', '10.1.2.3', 'canary', 'Smoke comes out'])
    expect(copy.raw).not.toContain(secret)
  const receipt = only(sent, 'ana@staff.test')
  for (const name of ['card.vcf', 'run.exe', 'other.eml']) expect(receipt.text).toContain(name)
})

test('T25: the answer is from the desk, written by a person, and an answer to it comes back to the ticket', async () => {
  await start()
  const { told } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'Please try this.' }), 'carla@client.test')
  expect(copy.from).toBe('help@guichet.test')
  expect(copy.headers.has('auto-submitted')).toBe(false)
  expect(copy.envelopeFrom).toMatch(/@reply\.guichet\.test$/)
  const back = await gateway.reply(copy, { from: carla, text: 'It works.' })
  expect(back.map((m) => m.to)).toEqual(['ana@staff.test'])
})

test('T37: when the agent answered the customer directly too, the customer gets no second copy and the agent is told', async () => {
  await start()
  const { told, number } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: 'Directly.', cc: 'carla@client.test' })
  expect(sent.filter((m) => m.to === 'carla@client.test')).toEqual([])
  expect(only(sent, 'ana@staff.test').text).toContain('in copy')
  const entry = (await gateway.ticket(number)).entries.find((e) => e.kind === 'agent')
  expect(entry?.data.direct).toEqual(['carla@client.test'])
})

test('T09: an answer that still carries an internal block of the notification is not sent', async () => {
  await start()
  const { told, number } = await opened(gateway)
  const secret = 'The customer owes us four thousand and must not know of the audit.'
  await gateway.reply(told, { from: ana, text: `#note\n${secret}` })
  const mark = /⟦[a-z2-7]+⟧/.exec(told.text)?.[0] ?? ''
  for (const text of [`See: ${mark}`, `As noted: ${secret}`, `As noted:\n${secret.replace(' and ', ' and\n')}`]) {
    const sent = await gateway.exchange({ from: ana, to: told.replyTo, subject: 'Re: [HLP-1]', text })
    expect(sent.filter((m) => m.to === 'carla@client.test')).toEqual([])
    expect(only(sent, 'ana@staff.test').text).toContain('internal part')
  }
  expect((await gateway.ticket(number)).entries.filter((e) => e.kind === 'agent')).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(Array(3).fill('quoted-internal-text'))
})

test.each([
  ['with the header of RFC 3834', { headers: { 'Auto-Submitted': 'auto-replied' } }, 'Automatic reply: The printer'],
  ['with nothing but its subject', {}, 'Automatic reply: The printer'],
])('T28: an agent’s absence notice %s never reaches the customer', async (_title, extra, subject) => {
  await start()
  const { told } = await opened(gateway)
  const sent = await gateway.exchange({
    from: ana,
    to: told.replyTo,
    subject,
    inReplyTo: told.messageId,
    text: 'I am out of the office until Monday.',
    ...extra,
  })
  expect(sent.filter((m) => m.to === 'carla@client.test')).toEqual([])
})

test('T28: an absence notice that answers a hold mail releases nothing', async () => {
  await start()
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'none' }), 'ana@staff.test')
  const sent = await gateway.exchange({
    from: ana,
    to: asked.replyTo,
    subject: 'Automatic reply: hold',
    text: 'I am out of the office until Monday.',
  })
  expect(sent.filter((m) => m.to === 'carla@client.test')).toEqual([])
})

test('every person of a ticket gets one copy that shows them alone and names the others', async () => {
  await start({ cc: 'add' })
  const { ack, told } = await opened(gateway)
  await gateway.reply(ack, { from: carla, cc: 'Paul <paul@client.test>', text: 'Paul too.' })
  const sent = await gateway.reply(told, { from: ana, text: 'For both of you.' })
  const copies = sent.filter((m) => m.to.endsWith('@client.test'))
  expect(copies.map((m) => m.to).sort()).toEqual(['carla@client.test', 'paul@client.test'])
  for (const copy of copies) {
    const other = copy.to === 'carla@client.test' ? 'Paul' : 'Carla'
    expect(copy.text).toContain(other)
    expect(copy.headers.has('cc')).toBe(false)
    expect(/^To: .*$/m.exec(copy.raw)?.[0]).toContain(copy.to)
  }
})

test('who muted a ticket still gets the agent’s answers but no notice of a status', async () => {
  await start()
  const { ack, told } = await opened(gateway)
  await gateway.reply(ack, { from: carla, text: 'mute' })
  expect((await gateway.ticket(1)).people[0]?.muted).toBe(true)
  const answered = await gateway.reply(told, { from: ana, text: 'An answer.' })
  expect(only(answered, 'carla@client.test').text).toContain('An answer.')
  expect(only(answered, 'carla@client.test').text).not.toContain('Stop notices')
  const solved = await gateway.reply(told, { from: ana, text: '#solve' })
  expect(solved.filter((m) => m.to === 'carla@client.test')).toEqual([])
})

test('an answer moves the status as the desk says and stops the clock of the first response', async () => {
  await start()
  const { told, number } = await opened(gateway)
  expect((await gateway.ticket(number)).clocks).toMatchObject([{ name: 'first-response', state: 'running' }])
  await gateway.reply(told, { from: ana, text: 'What model is it?' })
  const ticket = await gateway.ticket(number)
  expect([ticket.status, ticket.assignee]).toEqual(['waiting', 'ana@staff.test'])
  expect(ticket.clocks).toMatchObject([{ name: 'first-response', state: 'stopped' }])
})

test('the rest of the team learns who answered', async () => {
  await start(twoAgents)
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: 'I take it.' })
  expect(only(sent, 'bob@staff.test').text).toContain('Ana')
})

test('two agents answer one ticket: both answers are sent and both agents are told, where the desk says so', async () => {
  await start(twoAgents)
  const first = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Hi.' })
  const [toAna, toBob] = [only(first, 'ana@staff.test'), only(first, 'bob@staff.test')]
  await gateway.advance(60_000 * 5)
  await gateway.reply(toAna, { from: ana, text: 'First answer.' })
  await gateway.advance(60_000 * 5)
  const sent = await gateway.reply(toBob, { from: bob, text: 'Second answer.' })
  expect(only(sent, 'carla@client.test').text).toContain('Second answer.')
  expect(only(sent, 'bob@staff.test').text).toContain('Ana answered')
  expect(only(sent, 'ana@staff.test').text).toContain('Second answer.')
})

test('two agents answer one ticket: the second answer waits for its author, where the desk says so', async () => {
  await start({ ...twoAgents, collision: 'hold' })
  const first = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Hi.' })
  const [toAna, toBob] = [only(first, 'ana@staff.test'), only(first, 'bob@staff.test')]
  await gateway.advance(60_000 * 5)
  await gateway.reply(toAna, { from: ana, text: 'First answer.' })
  await gateway.advance(60_000 * 5)
  const held = await gateway.reply(toBob, { from: bob, text: 'Second answer.' })
  expect(held.filter((m) => m.to === 'carla@client.test')).toEqual([])
  const asked = only(held, 'bob@staff.test')
  const sent = await gateway.reply(asked, { from: bob, text: 'send it' })
  expect(only(sent, 'carla@client.test').text).toContain('Second answer.')
})

test('the agent is told when the customer wrote since the notification that is answered', async () => {
  await start()
  const { ack, told } = await opened(gateway)
  await gateway.advance(60_000 * 5)
  await gateway.reply(ack, { from: carla, text: 'Forget it, another printer.' })
  await gateway.advance(60_000 * 5)
  const sent = await gateway.reply(told, { from: ana, text: 'An answer.' })
  expect(only(sent, 'ana@staff.test').text).toContain('customer wrote again')
})

test('commands above an answer that waits are carried out when it is confirmed, once', async () => {
  await start({ collision: 'hold' })
  const { told, ack } = await opened(gateway)
  await gateway.advance(3_600_000)
  await gateway.reply(ack, { from: carla, text: 'One more thing.' })
  await gateway.advance(3_600_000)
  const asked = only(await gateway.reply(told, { from: ana, text: '#time 30\n\nOur answer.' }), 'ana@staff.test')
  expect((await gateway.ticket(1)).fields.minutes).toBeUndefined()
  const sent = await gateway.reply(asked, { from: ana, text: 'yes' })
  expect(only(sent, 'carla@client.test').text).toContain('Our answer.')
  expect((await gateway.ticket(1)).fields.minutes).toBe(30)
  await gateway.reply(asked, { from: ana, text: 'yes' })
  expect((await gateway.ticket(1)).fields.minutes).toBe(30)
})
