import { afterEach, beforeEach, expect, test } from 'vitest'
import { carla, numberIn, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway

beforeEach(async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
})
afterEach(() => gateway.close())

const count = async (): Promise<number> => {
  const [row] = await gateway.database.sql<{ n: number }[]>`select count(*)::int as n from ticket`
  return row?.n ?? 0
}
const customerTexts = async (number: number): Promise<string[]> =>
  (await gateway.ticket(number)).entries.filter((e) => e.kind === 'customer').map((e) => e.text.trim())

test('an answer to the signed address finds its ticket whatever stands in the subject', async () => {
  const { ack, number } = await opened(gateway)
  await gateway.exchange({ from: carla, to: ack.replyTo, subject: 'one more thing', text: 'It is the second floor.' })
  expect(await customerTexts(number)).toEqual(['Smoke comes out of the printer.', 'It is the second floor.'])
  expect(await gateway.trail()).toContain('found-address')
})

test('an answer whose signed address was lost finds its ticket by the Message-ID it answers', async () => {
  const { ack, number } = await opened(gateway)
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'smoke',
    inReplyTo: ack.messageId,
    text: 'More smoke.',
  })
  expect(await customerTexts(number)).toContain('More smoke.')
  expect(await gateway.trail()).toContain('found-message-id')
})

test('an answer that lost address and ids finds its ticket by the line at the foot of the quotation', async () => {
  const { ack, number } = await opened(gateway)
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'smoke',
    text: `Still there.\n\nOn Mon, 23 Nov 2026 at 10:00, Help Desk <help@guichet.test> wrote:\n${ack.text.replace(/^/gm, '> ')}\n`,
  })
  expect(await customerTexts(number)).toContain('Still there.')
  expect(await gateway.trail()).toContain('found-footer')
})

test('a second mail that answers the customer’s own first mail belongs to the same ticket', async () => {
  const { number } = await opened(gateway, { messageId: '<first@client.test>' })
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Re: printer',
    inReplyTo: '<first@client.test>',
    text: 'P.S.: third floor too.',
  })
  expect(await customerTexts(number)).toContain('P.S.: third floor too.')
  expect(await gateway.trail()).toContain('found-inbound-id')
})

test.each(['Re: [HLP-1] printer', 'RE: [hlp-1] printer', 'AW: [HLP\u20111] printer'])(
  'the number in the subject “%s” finds the ticket of somebody who is on it',
  async (subject) => {
    const { number } = await opened(gateway)
    await gateway.exchange({ from: carla, to: 'help@guichet.test', subject, text: 'By number.' })
    expect(await customerTexts(number)).toContain('By number.')
    expect(await count()).toBe(1)
  },
)

test('a number that stands in the text alone opens a new ticket', async () => {
  await opened(gateway)
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Another thing',
    text: 'As in HLP-1, the scanner too.',
  })
  expect(await count()).toBe(2)
  expect((await gateway.ticket(2)).links).toEqual(['refers help#1'])
})

test('tokens of other systems stay in the subject and ours stands there once, however often one answers', async () => {
  const first = await opened(gateway, { subject: 'RE: AW: [ABC-77] The printer' })
  expect(first.ack.subject).toContain('[ABC-77]')
  expect((await gateway.ticket(1)).subject).toBe('[ABC-77] The printer')
  let last = first.ack
  for (const text of ['One.', 'Two.', 'Three.']) {
    await gateway.reply(last, { from: carla, subject: `RE: Re: TR: ${last.subject}`, text })
    const answer = await gateway.reply(first.told, { from: 'Ana <ana@staff.test>', text: `Answer to: ${text}` })
    last = only(answer, 'carla@client.test')
    expect(last.subject.match(/\[HLP-1\]/g)).toHaveLength(1)
    expect(last.subject.match(/\bre:/gi)).toHaveLength(1)
  }
  expect(await count()).toBe(1)
})

test('a mail whose subject names two tickets of its author opens a third that is linked to both', async () => {
  await opened(gateway)
  await opened(gateway, { subject: 'The scanner' })
  const sent = await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1] Fwd: [HLP-2]',
    text: 'Both are back.',
  })
  expect(numberIn(only(sent, 'carla@client.test').subject)).toBe(3)
  expect((await gateway.ticket(3)).links).toEqual(['refers help#1', 'refers help#2'])
})

test('the signed address counts more than the number in the subject', async () => {
  const { ack } = await opened(gateway)
  await opened(gateway, { subject: 'The scanner' })
  await gateway.exchange({ from: carla, to: ack.replyTo, subject: 'Re: [HLP-2]', text: 'About the printer.' })
  expect(await customerTexts(1)).toContain('About the printer.')
})

test('an answer about a merged ticket is added to the one it was merged into', async () => {
  const { ack } = await opened(gateway)
  const second = await opened(gateway, { subject: 'Printer again' })
  await gateway.reply(second.told, { from: 'Ana <ana@staff.test>', text: '#merge 1' })
  const late = await gateway.reply(second.ack, { from: carla, text: 'Is it one thing?' })
  expect(await customerTexts(1)).toContain('Is it one thing?')
  expect(late.map((m) => numberIn(m.subject))).toEqual([1])
  expect(numberIn(ack.subject)).toBe(1)
})

test('mails stand in the order in which they came, whatever date they carry', async () => {
  const { ack, number } = await opened(gateway)
  await gateway.reply(ack, { from: carla, text: 'Came first.', headers: { Date: 'Tue, 24 Nov 2026 09:00:00 +0000' } })
  await gateway.reply(ack, { from: carla, text: 'Came second.', headers: { Date: 'Mon, 02 Nov 2020 09:00:00 +0000' } })
  expect(await customerTexts(number)).toEqual(['Smoke comes out of the printer.', 'Came first.', 'Came second.'])
})

test('T21: two different mails under one Message-ID are two entries', async () => {
  const { ack, number } = await opened(gateway)
  await gateway.reply(ack, { from: carla, text: 'One.', messageId: '<same@client.test>' })
  await gateway.reply(ack, { from: carla, text: 'Two.', messageId: '<same@client.test>' })
  expect(await customerTexts(number)).toEqual(['Smoke comes out of the printer.', 'One.', 'Two.'])
})

test('T46: of two desks’ tokens only that of the desk that was written to counts, and one in the text never does', async () => {
  await opened(gateway)
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1] Fwd: [OTH-2]',
    text: 'See [HLP-9] too.',
  })
  expect(await customerTexts(1)).toContain('See [HLP-9] too.')
  await gateway.exchange({
    from: 'Eve <eve@evil.test>',
    to: 'help@guichet.test',
    subject: 'Hello',
    text: 'About [HLP-1].',
  })
  expect((await gateway.ticket(2)).links).toEqual([])
})
