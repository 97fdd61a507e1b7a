import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { ana, carla, numberIn, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { choiceIn, only, type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (desk: Record<string, unknown> = {}): Promise<void> => {
  gateway = await startGateway({
    desks: [{ desk: testDesk(desk) }],
    at: '2026-11-23T09:00:00Z',
    login: (user, password) => (password === 'right' ? user : null),
  })
}
const holds = () => listHolds(gateway.database.sql, { desk: 'help', state: 'all', limit: 50 })
const day = 86_400_000
/** A ticket that Ana closed with an answer; the answer that Carla has. */
const closed = async (desk: Record<string, unknown>): Promise<Sent> => {
  await start(desk)
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: '#close\n\nIt is repaired.' })
  expect((await gateway.ticket(1)).status).toBe('closed')
  return only(sent, 'carla@client.test')
}

test('a desk that never reopens keeps the mail and says so to its author, once a day', async () => {
  const copy = await closed({ closed: 'refuse' })
  const sent = await gateway.reply(copy, { from: carla, text: 'Broken again.' })
  expect(sent.map((m) => m.to)).toEqual(['carla@client.test'])
  const again = await gateway.reply(copy, { from: carla, text: 'Do you hear me?' })
  expect(again).toEqual([])
  expect((await gateway.ticket(1)).status).toBe('closed')
  expect((await holds()).map((h) => [h.reason, h.ticket])).toEqual(Array(2).fill(['closed-ticket', 1]))
  await expect(gateway.ticket(2)).rejects.toThrow()
})

test('mail on a closed ticket opens a new one that names the old, where the desk says so', async () => {
  const copy = await closed({ closed: 'new-linked' })
  expect(copy.text).toContain('Request HLP-1 is now closed.')
  const sent = await gateway.reply(copy, { from: carla, text: 'Broken again.' })
  const ack = only(sent, 'carla@client.test')
  expect(numberIn(ack.subject)).toBe(2)
  expect(ack.subject).not.toContain('HLP-1')
  expect(ack.text).toContain('HLP-1')
  expect(await gateway.ticket(2)).toMatchObject({ links: ['follows help#1'] })
  expect((await gateway.ticket(1)).status).toBe('closed')
})

test('a closed ticket is taken up again within the days the desk allows, and no longer', async () => {
  const copy = await closed({ closed: { 'reopen-within': '5bd' } })
  await gateway.advance(3 * day)
  const again = await gateway.reply(copy, { from: carla, text: 'Broken again.' })
  expect(await gateway.ticket(1)).toMatchObject({ status: 'open', reopens: 1 })
  expect(only(again, 'carla@client.test').text).toMatch(/HLP-1 has moved from “Closed” to “Open”/)
  await gateway.exchange({
    from: ana,
    to: (gateway.sent.findLast((m) => m.to === 'ana@staff.test') as Sent).replyTo,
    subject: 'x',
    text: '#close',
  })
  await gateway.advance(10 * day)
  const sent = await gateway.reply(copy, { from: carla, text: 'And again.' })
  expect(numberIn(only(sent, 'carla@client.test').subject)).toBe(2)
})

const portal = {
  replies: 'portal',
  portal: { url: 'https://portal.test/requests/{number}', user: 'portal' },
}
const throughPortal = { as: { user: 'portal', password: 'right' }, auth: null } as const

test('T27: a requester’s answer by mail is kept, not added, and answered with the portal’s link once a day', async () => {
  await start(portal)
  const { ack } = await opened(gateway)
  const first = await gateway.reply(ack, { from: carla, text: 'canary-reply' })
  expect(first.map((m) => m.to)).toEqual(['carla@client.test'])
  expect(only(first, 'carla@client.test').text).toContain('https://portal.test/requests/1')
  expect(await gateway.reply(ack, { from: carla, text: 'canary-reply 2' })).toEqual([])
  const ticket = await gateway.ticket(1)
  expect(ticket.entries.filter((e) => e.public && e.text.includes('canary-reply'))).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(['portal-only', 'portal-only'])
})

test('T27: an agent’s answer by mail says where it is to be answered', async () => {
  await start(portal)
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: 'Have you tried again?' })
  const copy = only(sent, 'carla@client.test')
  expect(copy.text).toMatch(/please use the portal:\s+answers by mail do not get\s+there/)
  expect(copy.text).toContain('https://portal.test/requests/1')
})

test('T27: the same answer through the portal is added', async () => {
  await start(portal)
  await opened(gateway)
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1]',
    text: 'By the portal.',
    ...throughPortal,
  })
  expect((await gateway.ticket(1)).entries.some((e) => e.public && e.text === 'By the portal.')).toBe(true)
})

test('T27: an agent of a desk whose agents use the portal sends nothing by mail and is told so', async () => {
  await start({ ...portal, agents: 'portal' })
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: 'Our answer.' })
  expect(sent.map((m) => m.to)).toEqual(['ana@staff.test'])
  expect(only(sent, 'ana@staff.test').text).toContain('portal')
  expect((await holds()).map((h) => h.reason)).toEqual(['agent-uses-portal'])
})

test('the portal speaks for people of the ticket or registered contacts only', async () => {
  await start(portal)
  await opened(gateway)
  const told = await gateway.exchange({
    from: 'Eve <eve@evil.test>',
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1]',
    text: 'x',
    ...throughPortal,
  })
  expect(only(told, 'ana@staff.test').text.replace(/\s+/g, ' ')).toContain('Releasing it shows it to staff only')
  await gateway.exchange({
    from: 'Eve <eve@evil.test>',
    to: 'help@guichet.test',
    subject: 'new',
    text: 'x',
    ...throughPortal,
  })
  expect((await holds()).map((h) => h.reason)).toEqual(['portal-mismatch', 'portal-mismatch'])
  await gateway.contact('help', 'paul@client.test', { name: 'Paul' })
  const sent = await gateway.exchange({
    from: 'paul@client.test',
    to: 'help@guichet.test',
    subject: 'new',
    text: 'Hello.',
    ...throughPortal,
  })
  expect(numberIn(only(sent, 'paul@client.test').subject)).toBe(2)
  expect((await gateway.ticket(2)).channel).toBe('portal')
})

test('the portal carries no commands, in whatever name', async () => {
  await start(portal)
  await opened(gateway)
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1]',
    text: '#close',
    ...throughPortal,
  })
  await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1]',
    text: '#close\n\nHello',
    ...throughPortal,
  })
  expect((await gateway.ticket(1)).status).toBe('open')
  expect((await holds()).map((h) => h.reason)).toEqual(['portal-mismatch'])
})

test('a signed choice passes on a portal-only desk and loses its text', async () => {
  await start(portal)
  const { ack } = await opened(gateway)
  await gateway.exchange({ from: carla, to: choiceIn(ack, /stop notices/i), subject: 'mute', text: 'canary-choice' })
  const ticket = await gateway.ticket(1)
  expect(ticket.people[0]?.muted).toBe(true)
  expect(ticket.entries.some((e) => e.text.includes('canary-choice'))).toBe(false)
})

test('a closed ticket’s answer comes before the portal’s', async () => {
  const copy = await closed({ ...portal, closed: 'refuse' })
  await gateway.reply(copy, { from: carla, text: 'Broken again.' })
  expect((await holds()).map((h) => h.reason)).toEqual(['closed-ticket'])
})

test('notices are muted and wanted again by link or by one word, and never by a word in a quotation', async () => {
  await start()
  const { ack } = await opened(gateway)
  const muted = async (): Promise<boolean | undefined> => (await gateway.ticket(1)).people[0]?.muted
  const sent = await gateway.exchange({ from: carla, to: choiceIn(ack, /stop notices/i), subject: '', text: '' })
  expect(await muted()).toBe(true)
  await gateway.exchange({
    from: carla,
    to: choiceIn(only(sent, 'carla@client.test'), /again|notices/i),
    subject: '',
    text: '',
  })
  expect(await muted()).toBe(false)
  await gateway.exchange({
    from: carla,
    to: ack.replyTo,
    subject: 'Re',
    text: 'It is still hot.\n\nOn Mon, 23 Nov 2026 at 10:00, Help <help@guichet.test> wrote:\n> mute\n> yes\n',
  })
  expect(await muted()).toBe(false)
  await gateway.exchange({ from: carla, to: ack.replyTo, subject: 'Re', text: 'Mute' })
  expect(await muted()).toBe(true)
})

test('a requester who says that it is not solved gets the ticket reopened and the agent told', async () => {
  await start({ 'on-refute': { status: 'open' } })
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: '#solve\n\nIt was the fuse.' }), 'carla@client.test')
  const sent = await gateway.exchange({
    from: carla,
    to: choiceIn(asked, /not|still|no/i),
    subject: 'no',
    text: 'It smokes again.',
  })
  expect((await gateway.ticket(1)).status).toBe('open')
  expect(only(sent, 'ana@staff.test').text).toContain('It smokes again.')
})

test('a choice that was forwarded and taken by somebody else is held', async () => {
  await start()
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: '#solve\n\nIt was the fuse.' }), 'carla@client.test')
  await gateway.exchange({ from: 'Eve <eve@evil.test>', to: choiceIn(asked, /yes|solved/i), subject: 'yes', text: '' })
  expect((await gateway.ticket(1)).status).toBe('solved')
  expect((await holds()).map((h) => h.reason)).toEqual(['third-party'])
})

test('a confirmation that comes after work went on changes no status and is passed on to the agent', async () => {
  await start({ 'on-confirm': { status: 'closed' } })
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: '#solve\n\nIt was the fuse.' }), 'carla@client.test')
  await gateway.reply(asked, { from: carla, text: 'The scanner is dead too, though.' })
  expect((await gateway.ticket(1)).status).toBe('open')
  const sent = await gateway.exchange({ from: carla, to: choiceIn(asked, /yes|solved/i), subject: 'yes', text: '' })
  expect((await gateway.ticket(1)).status).toBe('open')
  expect(sent.map((m) => m.to)).toEqual(['ana@staff.test'])
})
