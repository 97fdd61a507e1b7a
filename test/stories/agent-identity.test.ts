import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { mintReplyAddress } from '../../src/mail/message-id.ts'
import { createKeys, dayOf } from '../../src/mail/token.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { choiceIn, only, startGateway, type TestGateway } from '../support/gateway.ts'

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
const toCarla = (): number =>
  gateway.sent.filter((m) => m.to === 'carla@client.test' && m.text.includes('Our answer')).length
const answer = { from: ana, subject: 'Re: [HLP-1]', text: 'Our answer.' }

test('T01: of eight mails in an agent’s name only the one with signed address and authentication reaches the customer', async () => {
  await start()
  const { told } = await opened(gateway)
  await opened(gateway, { subject: 'Another' })
  const [person] = await gateway.database.sql<
    { id: number }[]
  >`select id from person where desk = 'help' and address = 'ana@staff.test'`
  const anaId = person?.id ?? 0
  const mint = (id: number, who: number, daysAgo = 0): string =>
    mintReplyAddress(
      createKeys(['a secret of the tests']),
      { desk: 'help', purpose: 'a', id, person: who, day: dayOf(gateway.now()) - daysAgo },
      'reply.guichet.test',
    )
  const good = told.replyTo
  expect(good).toBe(mint(1, anaId))
  const flipped = good.replace(/(.)@/, (_all, letter: string) => `${letter === 'a' ? 'b' : 'a'}@`)
  const before = gateway.sent.length
  const bare = { ...answer, subject: 'Re: The printer is on fire [HLP-1]' }
  await gateway.exchange({
    ...bare,
    to: 'help@guichet.test',
    auth: 'none',
    inReplyTo: '<notify-1-1-1763888400@reply.guichet.test>',
  })
  await gateway.exchange({ ...bare, to: flipped, auth: 'none' })
  await gateway.exchange({ ...bare, to: mint(1, anaId + 40), auth: 'none' })
  await gateway.exchange({ ...bare, to: mint(2, anaId), auth: 'none' })
  await gateway.exchange({ ...bare, to: mint(1, anaId, 31), auth: 'none' })
  await gateway.exchange({ ...bare, to: good, auth: 'fail' })
  await gateway.exchange({ ...bare, to: good, auth: 'none' })
  expect(toCarla()).toBe(0)
  const toAna = gateway.sent.slice(before).filter((m) => m.to === 'ana@staff.test')
  expect(toAna.filter((m) => !/confirm|answer this message/i.test(m.text)).length).toBeLessThanOrEqual(1)
  await gateway.exchange({ ...bare, to: good })
  expect(toCarla()).toBe(1)
  expect(await holds()).toHaveLength(7)
  const [raws] = await gateway.database.sql<{ n: number }[]>`select count(*)::int as n from raw_mail`
  expect(raws?.n).toBe(10)
  const held = [...(await gateway.ticket(1)).entries, ...(await gateway.ticket(2)).entries].filter(
    (e) => e.kind === 'held',
  )
  expect(held).toHaveLength(7)
  expect(held.every((e) => !e.public)).toBe(true)
})

test('an answer that nothing proves is held, and its author sends it by answering the hold mail, once', async () => {
  await start()
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'none' }), 'ana@staff.test')
  expect(asked.text).toContain('Our answer.')
  expect(toCarla()).toBe(0)
  const confirmed = await gateway.reply(asked, { from: ana, text: 'yes', auth: 'none' })
  expect(toCarla()).toBe(1)
  expect(only(confirmed, 'carla@client.test').raw).not.toContain('ana@staff.test')
  const again = await gateway.reply(asked, { from: ana, text: 'yes', auth: 'none' })
  expect(toCarla()).toBe(1)
  expect(only(again, 'ana@staff.test').text).toMatch(/Not done:\s+- that held mail had been dealt with already/)
  expect(only(again, 'ana@staff.test').text).not.toMatch(/^Done:/m)
  expect((await holds()).map((h) => h.state)).toEqual(['released'])
})

test('the author of a held answer discards it by its link, and nobody gets it', async () => {
  await start()
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'none' }), 'ana@staff.test')
  await gateway.exchange({ from: ana, to: choiceIn(asked, /discard/i), text: '', subject: '' })
  const late = await gateway.reply(asked, { from: ana, text: 'no' })
  expect(only(late, 'ana@staff.test').text).toContain('Not done:')
  await gateway.reply(asked, { from: ana, text: 'yes' })
  expect(toCarla()).toBe(0)
  expect((await holds()).map((h) => h.state)).toEqual(['discarded'])
})

test('a hold mail that somebody else answers releases nothing', async () => {
  await start()
  const { told } = await opened(gateway)
  const asked = only(await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'none' }), 'ana@staff.test')
  await gateway.reply(asked, { from: 'Bob <bob@staff.test>', text: 'yes' })
  await gateway.reply(asked, { from: 'Eve <eve@evil.test>', text: 'yes' })
  await gateway.reply(asked, { from: ana, text: 'yes', auth: 'fail' })
  expect(toCarla()).toBe(0)
})

test('what failed authentication never goes out in an agent’s name, whoever lets it through', async () => {
  await start({
    staff: [
      { address: 'ana@staff.test', name: 'Ana', groups: ['first'] },
      { address: 'bob@staff.test', name: 'Bob', groups: ['first'] },
    ],
  })
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'fail' })
  const notice = only(sent, 'bob@staff.test')
  expect(() => choiceIn(notice, /^Release/i)).toThrow()
  expect((await holds()).map((h) => h.release)).toEqual(['record'])
  expect(toCarla()).toBe(0)
  // Answered all the same, it is settled for the record: the words stay unproved, and nobody is told that they went out.
  const settled = only(await gateway.reply(notice, { from: 'Bob <bob@staff.test>', text: 'ok' }), 'bob@staff.test')
  expect(settled.text.replace(/\s+/g, ' ')).toContain('nothing has gone out')
  expect(toCarla()).toBe(0)
  const said = (await gateway.ticket(1)).entries.filter((e) => e.text.includes('Our answer'))
  expect(said.map((e) => [e.kind, e.public])).toEqual([['held', false]])
})

test('an agent without the signed address confirms by answering the hold mail', async () => {
  await start()
  await opened(gateway)
  const asked = only(await gateway.exchange({ ...answer, to: 'help@guichet.test' }), 'ana@staff.test')
  await gateway.reply(asked, { from: ana, text: 'yes' })
  expect(toCarla()).toBe(1)
})

test('an agent with an SMTP password answers without a signed address', async () => {
  await start()
  await opened(gateway)
  await gateway.exchange({
    ...answer,
    to: 'help@guichet.test',
    auth: null,
    as: { user: 'ana@staff.test', password: 'right' },
  })
  expect(toCarla()).toBe(1)
})

test('an agent’s SMTP password does not let another agent’s name answer', async () => {
  await start()
  await opened(gateway)
  await gateway.exchange({
    ...answer,
    to: 'help@guichet.test',
    auth: null,
    as: { user: 'bob@staff.test', password: 'right' },
  })
  expect(toCarla()).toBe(0)
})

test('T14: an agent who has left the desk answers nobody, though the signed address is still good', async () => {
  await start()
  const { told, number } = await opened(gateway)
  await gateway.configure([
    testDesk({ staff: [{ address: 'bob@staff.test', name: 'Bob', groups: ['first', 'second'] }] }),
  ])
  await gateway.reply(told, { from: ana, text: 'Our answer.' })
  expect(toCarla()).toBe(0)
  expect((await holds()).map((h) => h.reason)).toEqual(['agent-not-of-desk'])
  expect((await gateway.ticket(number)).entries.filter((e) => e.public)).toHaveLength(1)
})

test('T15: control headers and commands from anybody but a proved agent change nothing', async () => {
  await start()
  const { ack, told, number } = await opened(gateway)
  const before = await gateway.ticket(number)
  const headers = {
    'X-OTRS-State': 'closed',
    'X-Zammad-Ticket-State': 'closed',
    'RT-Control': 'close',
    'X-RT-Interface': 'Email',
  }
  await gateway.reply(ack, { from: carla, text: '#close\n#assign Bob\nHello', headers })
  await gateway.reply(told, { from: ana, text: '#close', auth: 'none', headers })
  await gateway.reply(told, { from: ana, text: '#close', auth: 'fail', headers })
  const after = await gateway.ticket(number)
  expect([after.status, after.assignee]).toEqual([before.status, before.assignee])
  await gateway.reply(told, { from: ana, text: '#close', headers })
  expect((await gateway.ticket(number)).status).toBe('closed')
})

test.each(['"ana@staff.test" <eve@evil.test>', 'Ana <an\u0430@staff.test>', 'Ana <ana@staff.test.evil.test>'])(
  'T31: %s is no agent',
  async (from) => {
    await start()
    const { told } = await opened(gateway)
    await gateway.reply(told, { from, text: 'Our answer.' })
    expect(toCarla()).toBe(0)
  },
)

test('a supervisor who is no agent settles a held mail by its links and asks for the page', async () => {
  await start({
    teams: { first: { name: 'First line' }, second: { name: 'Second line' } },
    staff: [{ address: 'zoe@staff.test', name: 'Zoe', groups: ['none'] }],
  })
  const first = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Hi.' })
  const ack = only(first, 'carla@client.test')
  const notice = only(await gateway.reply(ack, { from: 'Eve <eve@evil.test>', text: 'Me too.' }), 'chief@staff.test')
  const receipt = await gateway.exchange({
    from: 'chief@staff.test',
    to: choiceIn(notice, /discard/i),
    subject: 'x',
    text: 'x',
  })
  expect(only(receipt, 'chief@staff.test').text).toContain('discarded')
  expect((await holds()).map((h) => h.state)).toEqual(['discarded'])
  const page = await gateway.exchange({
    from: 'chief@staff.test',
    to: 'help@guichet.test',
    subject: 'page',
    text: '#page',
  })
  expect(page.some((m) => m.text.includes('http://'))).toBe(true)
})

test('an answer button pressed on the notice of a held mail sends nothing to anybody, a plain word settles it', async () => {
  await start()
  const { ack } = await opened(gateway)
  const notice = only(await gateway.reply(ack, { from: 'Eve <eve@evil.test>', text: 'Me too.' }), 'ana@staff.test')
  const asked = await gateway.reply(notice, { from: ana, text: 'Who is this person?' })
  expect(asked.map((m) => m.to)).toEqual(['ana@staff.test'])
  expect(only(asked, 'ana@staff.test').text).toContain('nothing was done')
  expect((await holds()).map((h) => h.state)).toEqual(['open'])
  await gateway.reply(notice, { from: ana, text: 'Discard' })
  expect((await holds()).map((h) => h.state)).toEqual(['discarded'])
})

test('a ticket for somebody who called waits for the agent’s confirmation where nothing proves the agent', async () => {
  await start()
  const mail = {
    from: ana,
    to: 'help@guichet.test',
    subject: 'Black screen',
    text: '#requester carla@client.test\n\nHer screen is black.',
  }
  const held = await gateway.exchange({ ...mail, auth: 'none' })
  await expect(gateway.ticket(1)).rejects.toThrow()
  const sent = await gateway.reply(only(held, 'ana@staff.test'), { from: ana, text: 'yes' })
  expect(only(sent, 'carla@client.test').subject).toContain('[HLP-1]')
})

test('an agent’s answer without a word of its own sends nothing, and says so', async () => {
  await start()
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: '' })
  expect(sent.filter((m) => m.to === 'carla@client.test')).toEqual([])
})

test('what was held never reads as if its author had said it, in the history that agents are sent', async () => {
  await start()
  const { ack, told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: 'Forged words.', auth: 'fail' })
  const next = only(await gateway.reply(ack, { from: carla, text: 'Any news?' }), 'ana@staff.test')
  expect(next.text).toMatch(/Ana \(held, not\s+verified\)/)
  const shown = await gateway.reply(told, { from: ana, text: '#show' })
  expect(shown.some((m) => /held, not\s+verified/.test(m.text))).toBe(true)
})
