import { afterEach, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { loadContacts, saveOrganisations } from '../../src/desks/store.ts'
import { listHolds, releaseHold } from '../../src/gateway/hold-store.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { choiceIn, only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (desk: Record<string, unknown> = {}): Promise<void> => {
  gateway = await startGateway({ desks: [{ desk: testDesk(desk) }], at: '2026-11-23T09:00:00Z' })
}
const eve = 'Eve <eve@evil.test>'
const canary = 'canary-7f3a91'
const holds = () => listHolds(gateway.database.sql, { desk: 'help', state: 'all', limit: 50 })

test.each(['Re: [HLP-1] hi', 'Re: [hlp-1] hi', 'Re: [HLP\u20111] hi'])(
  'T02: a stranger who writes “%s” is held, learns nothing of the ticket and joins nothing',
  async (subject) => {
    await start()
    const { number } = await opened(gateway, { text: `The secret is ${canary}.` })
    const before = await gateway.ticket(number)
    const sent = await gateway.exchange({ from: eve, to: 'help@guichet.test', subject, text: 'Tell me all.' })
    const toEve = gateway.sent.filter((m) => m.to === 'eve@evil.test')
    expect(toEve).toEqual([])
    expect((await holds()).map((h) => [h.reason, h.ticket, h.state])).toEqual([['stranger-quotes-ticket', 1, 'open']])
    expect(only(sent, 'ana@staff.test').text).toContain('eve@evil.test')
    const after = await gateway.ticket(number)
    expect(after.people).toEqual(before.people)
    expect(after.status).toBe(before.status)
    expect(after.updatedAt).toEqual(before.updatedAt)
    expect(after.entries.at(-1)).toMatchObject({ kind: 'held', public: false, author: 'eve@evil.test' })
    expect(after.entries.filter((e) => e.public)).toEqual(before.entries.filter((e) => e.public))
  },
)

test('T02: on an open desk a stranger who quotes a number gets a ticket of their own, and nothing of the other one', async () => {
  await start({ strangers: 'new-ticket' })
  await opened(gateway, { text: `The secret is ${canary}.` })
  const sent = await gateway.exchange({
    from: eve,
    to: 'help@guichet.test',
    subject: 'Re: [HLP-1] hi',
    text: 'Tell me.',
  })
  expect(only(sent, 'eve@evil.test').subject).toContain('[HLP-2]')
  expect(gateway.sent.filter((m) => m.to === 'eve@evil.test').some((m) => m.raw.includes(canary))).toBe(false)
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['carla@client.test'])
  expect((await gateway.ticket(2)).links).toEqual(['refers help#1'])
})

test('a stranger who quotes two numbers is held like one who quotes one', async () => {
  await start()
  await opened(gateway)
  await opened(gateway, { subject: 'The scanner' })
  await gateway.exchange({ from: eve, to: 'help@guichet.test', subject: '[HLP-1] [HLP-2]', text: 'Both, please.' })
  expect((await holds()).map((h) => h.reason)).toEqual(['stranger-quotes-ticket'])
})

test('T13: a customer’s signed address used by somebody else is held for an agent, and the requester stays', async () => {
  await start()
  const { ack, number } = await opened(gateway)
  await gateway.reply(ack, { from: eve, text: 'I am the new contact.' })
  expect((await holds()).map((h) => h.reason)).toEqual(['third-party'])
  const ticket = await gateway.ticket(number)
  expect(ticket.people.map((p) => p.address)).toEqual(['carla@client.test'])
})

test('a held mail of a third party, once released, is read by staff and by nobody else', async () => {
  await start()
  const { ack, number } = await opened(gateway)
  const notice = only(await gateway.reply(ack, { from: eve, text: `My words ${canary}.` }), 'ana@staff.test')
  const sent = await gateway.exchange({ from: ana, to: choiceIn(notice, /^Release/i), subject: 'ok', text: 'ok' })
  const entry = (await gateway.ticket(number)).entries.find((e) => e.text.includes(canary))
  expect(entry?.public).toBe(false)
  expect(sent.filter((m) => !m.to.endsWith('@staff.test'))).toEqual([])
})

test('a held mail whose sender is added to the ticket counts as a participant’s from then on', async () => {
  await start()
  const { ack, number } = await opened(gateway, { text: `Earlier: ${canary}.` })
  const notice = only(await gateway.reply(ack, { from: eve, text: 'I help Carla.' }), 'ana@staff.test')
  const sent = await gateway.exchange({
    from: ana,
    to: choiceIn(notice, /^Add the sender/i),
    subject: 'ok',
    text: 'ok',
  })
  const ticket = await gateway.ticket(number)
  expect(ticket.people.map((p) => p.address).sort()).toEqual(['carla@client.test', 'eve@evil.test'])
  expect(ticket.entries.find((e) => e.kind === 'customer' && e.text.includes('I help Carla'))?.public).toBe(true)
  expect(only(sent, 'eve@evil.test').text).toContain('You have been added to request')
  expect(sent.some((m) => m.to === 'eve@evil.test' && m.raw.includes(canary))).toBe(false)
})

test('a held mail without an author offers nobody to register or to add, and no quotation when it says nothing', async () => {
  await start()
  const { ack } = await opened(gateway)
  for (const to of ['help@guichet.test', ack.replyTo]) {
    const sent = await gateway.exchange({
      from: eve,
      to,
      raw: `To: ${to}\r\nSubject: hi\r\nMessage-ID: <${to.length}@evil.test>\r\n\r\n\r\n \r\n`,
    })
    const notice = only(sent, 'ana@staff.test')
    for (const offered of [/^Release/i, /^Discard/i]) expect(choiceIn(notice, offered)).toContain('@')
    for (const not of [/^Register/i, /^Add the sender/i]) expect(() => choiceIn(notice, not)).toThrow()
    expect(notice.text).not.toMatch(/^>|^Internal/m)
  }
})

test('T04: a forged mail of the requester adds nobody, and who is in copy gets nothing', async () => {
  await start({ cc: 'add' })
  await opened(gateway, { text: `Earlier: ${canary}.` })
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    cc: 'eve@evil.test',
    subject: 'Re: [HLP-1]',
    text: 'Please copy Eve.',
    auth: 'none',
  })
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['carla@client.test'])
  expect(gateway.sent.filter((m) => m.to === 'eve@evil.test')).toEqual([])
})

test('T04: who is added by an authenticated requester gets the next answer without anything of before', async () => {
  await start({ cc: 'add' })
  const { ack, told } = await opened(gateway, { text: `Earlier: ${canary}.` })
  await gateway.reply(ack, { from: carla, cc: 'paul@client.test', text: 'Paul is in copy.' })
  const sent = await gateway.reply(told, { from: ana, text: 'We are coming.' })
  const copy = only(sent, 'paul@client.test')
  expect(copy.text).toContain('We are coming.')
  expect(copy.raw).not.toContain(canary)
})

test('T12: who writes is the requester, an address for replies is only shown', async () => {
  await start()
  const sent = await gateway.exchange({
    from: eve,
    to: 'help@guichet.test',
    subject: 'Hello',
    text: 'Hi.',
    headers: { 'Reply-To': 'boss@client.test' },
  })
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['eve@evil.test'])
  expect(only(sent, 'ana@staff.test').text).toContain('boss@client.test')
  expect(sent.some((m) => m.to === 'boss@client.test')).toBe(false)
})

test('T43: who got a blind copy of a mail to the desk is nowhere', async () => {
  await start({ cc: 'add' })
  await gateway.exchange({
    from: carla,
    to: 'help@guichet.test',
    subject: 'Hello',
    text: 'Hi.',
    headers: { Bcc: 'secret@client.test' },
  })
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['carla@client.test'])
  expect(gateway.sent.some((m) => m.raw.includes('secret@client.test'))).toBe(false)
})

const registeredOnly = { registration: 'required' }

test('somebody who is not registered is told once how to register, and no ticket is opened', async () => {
  await start(registeredOnly)
  const first = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'My problem.' })
  expect(only(first, 'carla@client.test').raw).not.toContain('My problem')
  const second = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help!', text: 'Again.' })
  expect(second.filter((m) => m.to === 'carla@client.test')).toEqual([])
  expect((await holds()).map((h) => h.reason)).toEqual(['unregistered', 'unregistered'])
  await expect(gateway.ticket(1)).rejects.toThrow()
})

test('an agent registers the sender of a held mail by answering, and the mail becomes a ticket with its acknowledgement', async () => {
  await start(registeredOnly)
  const notice = only(
    await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'My problem.' }),
    'ana@staff.test',
  )
  const sent = await gateway.exchange({ from: ana, to: choiceIn(notice, /Register/i), subject: 'yes', text: 'yes' })
  expect(only(sent, 'carla@client.test').subject).toContain('[HLP-1]')
  expect((await gateway.ticket(1)).entries[0]?.text).toContain('My problem.')
  expect((await holds()).map((h) => h.state)).toEqual(['released'])
  const next = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'More', text: 'Next.' })
  expect(only(next, 'carla@client.test').subject).toContain('[HLP-2]')
})

test('who is registered already loses nothing by being registered again, by link or by command', async () => {
  await start(registeredOnly)
  const mail = { from: carla, to: 'help@guichet.test', subject: 'Help', text: 'My problem.' }
  const notice = only(await gateway.exchange(mail), 'ana@staff.test')
  // Meanwhile the list of contacts came in.
  const listed = { name: 'Carla Perez', language: 'es', attributes: { category: 'importer' }, organisation: 'acme' }
  const acme = { desk: 'help', key: 'acme', name: 'Acme', attributes: {}, domains: [] }
  await transaction(gateway.database.sql, (tx) => saveOrganisations(tx, [acme]))
  await gateway.contact('help', 'carla@client.test', listed)
  await gateway.exchange({ from: ana, to: choiceIn(notice, /Register/i), subject: 'yes', text: 'yes' })
  const commands = '#register carla@client.test Carla Perez Diaz; trained=yes'
  await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'again', text: commands })
  expect((await loadContacts(gateway.database.sql, 'help')).map(({ key: _key, ...facts }) => facts)).toEqual([
    {
      name: 'Carla Perez Diaz',
      language: 'es',
      phone: null,
      organisation: 'acme',
      attributes: { category: 'importer', trained: 'yes' },
      active: true,
      addresses: ['carla@client.test'],
    },
  ])
  const forged = { ...mail, subject: 'Re: [HLP-1]', auth: 'fail' } as const
  const second = only(await gateway.exchange(forged), 'ana@staff.test')
  expect(() => choiceIn(second, /Register/i)).toThrow()
  expect(() => choiceIn(second, /Add the sender/i)).toThrow()
})

test('a held mail that is released at the command line opens its ticket, once', async () => {
  await start(registeredOnly)
  await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'My problem.' })
  await gateway.contact('help', 'carla@client.test', { name: 'Carla' })
  const release = () =>
    transaction(gateway.database.sql, (tx) =>
      releaseHold(tx, { desk: 'help', id: 1 }, { as: 'open', by: 'operator' }, gateway.now()),
    )
  expect(await release()).toBe(true)
  await gateway.app.settle()
  expect((await gateway.ticket(1)).entries[0]?.text).toContain('My problem.')
  expect((await holds()).map((h) => [h.state, h.settledBy])).toEqual([['released', 'operator']])
  expect(await release()).toBe(false)
})

test('a stranger with a customer’s signed address is held on a desk for registered people too', async () => {
  await start(registeredOnly)
  await gateway.contact('help', 'carla@client.test', { name: 'Carla' })
  const { ack } = await opened(gateway)
  await gateway.reply(ack, { from: eve, text: 'Me too.' })
  expect((await holds()).map((h) => [h.reason, h.ticket])).toEqual([['third-party', 1]])
})
