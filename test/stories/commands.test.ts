import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { readSupervisorToken } from '../../src/mail/status-link.ts'
import { createKeys } from '../../src/mail/token.ts'
import { ana, carla, numberIn, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { choiceIn, only, type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (desk: Record<string, unknown> = {}): Promise<void> => {
  gateway = await startGateway({ desks: [{ desk: testDesk(desk) }], at: '2026-11-23T09:00:00Z' })
}
const toCustomers = (sent: readonly Sent[]): Sent[] => sent.filter((m) => !m.to.endsWith('@staff.test'))
/** Ana answers her notification of a new ticket; what was sent because of it. */
const say = async (text: string, desk: Record<string, unknown> = {}): Promise<Sent[]> => {
  await start(desk)
  const { told } = await opened(gateway)
  return gateway.reply(told, { from: ana, text })
}

test('a mail of commands alone changes the ticket, sends its author a receipt and the customer nothing', async () => {
  const sent = await say('#priority high\n#take\n#tag vip, printer\n#time 30\n#subject Printer, second floor')
  expect(toCustomers(sent)).toEqual([])
  expect(sent.map((m) => m.to)).toEqual(['ana@staff.test'])
  const receipt = only(sent, 'ana@staff.test').text
  for (const line of ['priority: Normal → High', 'assignee: — → Ana', 'vip', '30 minutes'])
    expect(receipt).toContain(line)
  expect(await gateway.ticket(1)).toMatchObject({
    priority: 'high',
    assignee: 'ana@staff.test',
    tags: ['vip', 'printer'],
    subject: 'Printer, second floor',
    fields: { minutes: 30 },
  })
})

test('an answer below commands goes to the customer without them', async () => {
  const sent = await say('#priority high\n\nWe will come today.')
  const copy = only(sent, 'carla@client.test')
  expect(copy.text).toContain('We will come today.')
  expect(copy.raw).not.toContain('#priority')
})

test('a note on one line and a note of many lines stay among the staff', async () => {
  await start()
  const { told } = await opened(gateway)
  const one = await gateway.reply(told, { from: ana, text: '#note She called, angry.' })
  const many = await gateway.reply(told, { from: ana, text: '#note\nFirst line.\n\nSecond line.' })
  expect(toCustomers([...one, ...many])).toEqual([])
  const notes = (await gateway.ticket(1)).entries.filter((e) => e.kind === 'note')
  expect(notes.map((e) => [e.public, e.text])).toEqual([
    [false, 'She called, angry.'],
    [false, 'First line.\n\nSecond line.'],
  ])
})

test('an answer below a command that nobody knows is kept inside, and the receipt says that nothing was sent', async () => {
  const sent = await say('#frobnicate\n\nWe will come today.')
  expect(toCustomers(sent)).toEqual([])
  expect(only(sent, 'ana@staff.test').text.replace(/\s+/g, ' ')).toContain('kept as an internal note; nothing was sent')
})

test('a misspelt note stays inside, and the receipt says what was perhaps meant', async () => {
  const sent = await say('#notte she must not read this')
  expect(toCustomers(sent)).toEqual([])
  expect(only(sent, 'ana@staff.test').text).toContain('#note')
  const below = await gateway.reply(only(sent, 'ana@staff.test'), { from: ana, text: '#notte\nshe must not read this' })
  expect(toCustomers(below)).toEqual([])
  expect((await gateway.ticket(1)).entries.filter((e) => e.kind === 'agent')).toEqual([])
})

const strictMoves = {
  statuses: {
    open: { name: 'Open', kind: 'open', to: ['waiting'] },
    waiting: { name: 'Waiting', kind: 'waiting' },
    closed: { name: 'Closed', kind: 'closed' },
  },
}

test('a move the desk does not allow is not made, and the receipt names the possible ones', async () => {
  const sent = await say('#status closed', strictMoves)
  expect(only(sent, 'ana@staff.test').text).toMatch(/possible:\s+Waiting/)
  expect((await gateway.ticket(1)).status).toBe('open')
})

test('a ticket is assigned by name, and the assignee is told', async () => {
  const sent = await say('#assign Bob')
  expect((await gateway.ticket(1)).assignee).toBe('bob@staff.test')
  expect(sent.map((m) => m.to).sort()).toEqual(['ana@staff.test', 'bob@staff.test'])
})

test('an escalated ticket goes to the next tier, whose team is told', async () => {
  const sent = await say('#take\n#escalate')
  expect(await gateway.ticket(1)).toMatchObject({ queue: 'second', assignee: null })
  expect(only(sent, 'bob@staff.test').subject).toContain('[HLP-1]')
})

test('staff read of each other by the names the desk knows, and nobody outside goes by another’s address', async () => {
  await start({
    staff: [
      { address: 'ana@staff.test', name: 'Ana Prieto', groups: ['first'] },
      { address: 'bob@staff.test', name: 'Bob', groups: ['second'] },
    ],
  })
  const { told, ack } = await opened(gateway)
  await gateway.reply(told, { from: 'ana@staff.test', text: '#note The fuse is old.' })
  await gateway.reply(told, { from: 'ana@staff.test', text: 'We will come.' })
  await gateway.reply(ack, { from: '"ana@staff.test" <carla@client.test>', text: 'Come soon.' })
  const passed = await gateway.reply(told, { from: 'ana@staff.test', text: '#escalate' })
  const { text } = only(passed, 'bob@staff.test')
  expect(text).toMatch(/Passed on by +Ana Prieto\n/)
  expect(
    [...text.matchAll(/^([^,\n]+), \d.*\n\n> (The fuse is old|We will come|Come soon)/gm)].map((m) => m.slice(1)),
  ).toEqual([
    ['carla@client.test', 'Come soon'],
    ['Ana Prieto', 'We will come'],
    ['Ana Prieto', 'The fuse is old'],
  ])
  const assigned = await gateway.reply(told, { from: 'ana@staff.test', text: '#assign Bob' })
  expect(only(assigned, 'bob@staff.test').text).toContain('Ana Prieto has assigned this request to you.')
})

test('solving with a text asks the requester to confirm in that very mail, and a plain yes closes where the desk says so', async () => {
  const sent = await say('#solve\n\nIt was the fuse.', { 'on-confirm': { status: 'closed' } })
  const copy = only(sent, 'carla@client.test')
  expect(copy.text).toContain('It was the fuse.')
  expect((await gateway.ticket(1)).status).toBe('solved')
  const thanked = await gateway.reply(copy, { from: carla, text: 'Yes, thank you!' })
  expect((await gateway.ticket(1)).status).toBe('closed')
  expect(thanked.some((m) => m.to === 'carla@client.test')).toBe(true)
})

test('solving without a text asks the requester to confirm, once', async () => {
  const sent = await say('#solve')
  expect(choiceIn(only(sent, 'carla@client.test'), /solved|yes/i)).toContain('@reply.guichet.test')
})

test('a desk without a solved status asks for confirmation in its waiting status', async () => {
  const sent = await say('#solve', {
    statuses: {
      open: { name: 'Open', kind: 'open' },
      waiting: { name: 'Waiting', kind: 'waiting' },
      closed: { name: 'Closed', kind: 'closed' },
    },
    'on-confirm': { status: 'closed' },
  })
  expect((await gateway.ticket(1)).status).toBe('waiting')
  await gateway.exchange({
    from: carla,
    to: choiceIn(only(sent, 'carla@client.test'), /yes|solved/i),
    subject: 'yes',
    text: '',
  })
  expect((await gateway.ticket(1)).status).toBe('closed')
})

test('people are added and removed by command; who is added learns it without any earlier text', async () => {
  const sent = await say('#cc paul@client.test')
  const welcome = only(sent, 'paul@client.test')
  expect(welcome.raw).not.toContain('Smoke')
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['carla@client.test', 'paul@client.test'])
  await gateway.reply(only(sent, 'ana@staff.test'), { from: ana, text: '#uncc paul@client.test' })
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['carla@client.test'])
})

test('the requester is changed by an agent, and the earlier one stays on the ticket', async () => {
  await say('#requester Paul <paul@client.test>')
  expect((await gateway.ticket(1)).people.map((p) => [p.address, p.role]).sort()).toEqual([
    ['carla@client.test', 'participant'],
    ['paul@client.test', 'requester'],
  ])
})

test('a field of the desk is filled in, and an unknown one is named in the receipt', async () => {
  const sent = await say('#field Invoice = F-2026-11\n#field Colour = red', {
    fields: { invoice: { name: 'Invoice' } },
  })
  expect((await gateway.ticket(1)).fields).toMatchObject({ invoice: 'F-2026-11' })
  expect(only(sent, 'ana@staff.test').text).toContain('Not done')
})

test('tickets are linked and merged by number, and numbers that do not exist are refused', async () => {
  await start()
  await opened(gateway)
  const second = await opened(gateway, { subject: 'Printer again', from: 'Paul <paul@client.test>' })
  const sent = await gateway.reply(second.told, { from: ana, text: '#link 1\n#link 99\n#merge 2' })
  expect((await gateway.ticket(2)).links).toEqual(['refers help#1'])
  expect(only(sent, 'ana@staff.test').text).toContain('no ticket HLP-99')
  expect(only(sent, 'ana@staff.test').text).toContain('HLP-2 is this very ticket')
  const merged = await gateway.reply(second.told, { from: ana, text: '#merge HLP-1' })
  expect(toCustomers(merged)).toEqual([])
  expect(await gateway.ticket(2)).toMatchObject({ status: 'closed', links: ['merged help#1', 'refers help#1'] })
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['carla@client.test', 'paul@client.test'])
})

test('a part of a ticket is split off into a new one of the same requester, who is told its number', async () => {
  const sent = await say('#split Invoice of May\nThe amount is wrong by ten.')
  const told = only(sent, 'carla@client.test')
  expect(numberIn(told.subject)).toBe(2)
  const ticket = await gateway.ticket(2)
  expect(ticket.subject).toBe('Invoice of May')
  expect(ticket.links).toEqual(['split help#1'])
  expect(ticket.people.map((p) => p.address)).toEqual(['carla@client.test'])
  expect(ticket.entries[0]?.text).toBe('The amount is wrong by ten.')
})

test('a ready answer of the desk is sent in the customer’s language, with the text below it', async () => {
  await start({ texts: { restart: { en: 'Please restart it.', fr: 'Veuillez le redémarrer.' } } })
  const { told } = await opened(gateway, {
    text: 'Bonjour, l’imprimante du deuxième étage ne fonctionne plus depuis ce matin, pouvez-vous venir voir ?',
  })
  const sent = await gateway.reply(told, { from: ana, text: '#reply restart\n\nÀ bientôt.' })
  const copy = only(sent, 'carla@client.test')
  expect(copy.text).toContain('Veuillez le redémarrer.')
  expect(copy.text).toContain('À bientôt.')
})

test('somebody outside is asked for advice: only the question leaves, and the answer stays among the staff', async () => {
  const sent = await say('#consult expert@maker.test\nDoes this model overheat?')
  const asked = only(sent, 'expert@maker.test')
  expect(asked.text).toContain('Does this model overheat?')
  expect(asked.raw).not.toContain('Smoke')
  expect(asked.raw).not.toContain('carla')
  const answered = await gateway.reply(asked, { from: 'expert@maker.test', text: 'Yes, recall it.' })
  expect(answered.map((m) => m.to)).toEqual(['ana@staff.test'])
  const ticket = await gateway.ticket(1)
  expect(ticket.entries.find((e) => e.text.includes('recall it'))?.public).toBe(false)
  expect(ticket.people.map((p) => p.address)).toEqual(['carla@client.test'])
  const forwarded = await gateway.reply(asked, { from: 'Eve <eve@evil.test>', text: 'I am the expert now.' })
  expect(forwarded.some((m) => m.to === 'eve@evil.test')).toBe(false)
  expect(
    (await listHolds(gateway.database.sql, { desk: 'help', state: 'open', limit: 9 })).map((h) => h.reason),
  ).toEqual(['third-party'])
})

test('a resolution is kept with the ticket and goes to the customer', async () => {
  const sent = await say('#resolution\nThe fuse was replaced.')
  expect(only(sent, 'carla@client.test').text).toContain('The fuse was replaced.')
  expect((await gateway.ticket(1)).fields).toMatchObject({ resolution: 'The fuse was replaced.' })
})

test('what commands changed is taken back by #undo and by the link of the receipt', async () => {
  const first = await say('#priority high\n#queue second\n#tag vip')
  const receipt = only(first, 'ana@staff.test')
  const undone = await gateway.exchange({ from: ana, to: choiceIn(receipt, /undo/i), subject: 'undo', text: '' })
  const text = only(undone, 'ana@staff.test').text
  for (const line of ['priority is Normal again', 'queue is First line again', 'tags removed: vip'])
    expect(text).toContain(line)
  expect(await gateway.ticket(1)).toMatchObject({ priority: 'normal', queue: 'first', tags: [] })
  const again = await gateway.reply(receipt, { from: ana, text: '#priority high' })
  await gateway.reply(only(again, 'ana@staff.test'), { from: ana, text: '#undo' })
  expect((await gateway.ticket(1)).priority).toBe('normal')
})

test('spam closes a ticket without a word to its sender, who gets no automatic mail any more', async () => {
  const sent = await say('#spam')
  expect(toCustomers(sent)).toEqual([])
  expect(await gateway.ticket(1)).toMatchObject({ status: 'closed', tags: ['spam'] })
  const again = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Buy', text: 'Buy now.' })
  expect(toCustomers(again)).toEqual([])
})

test('an agent reads by mail: a ticket with its notes marked, lists, and the results of a search', async () => {
  await start()
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: '#note The fuse is old.\n#take' })
  const shown = await gateway.reply(told, { from: ana, text: '#show' })
  const page = shown.find((m) => m.text.includes('The fuse is old.'))
  expect(page?.text).toContain('Smoke comes out')
  expect(page?.text).toMatch(/internal/i)
  for (const [text, found] of [
    ['#list mine', true],
    ['#list unassigned', false],
    ['#search smoke', true],
    ['#search banana', false],
  ] as const) {
    const sent = await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: text, text })
    expect(sent.every((m) => m.to === 'ana@staff.test')).toBe(true)
    expect(
      sent.some((m) => m.text.includes('HLP-1')),
      text,
    ).toBe(found)
  }
})

const overAndWaiting = {
  statuses: {
    open: { name: 'Open', kind: 'open' },
    waiting: { name: 'Waiting', kind: 'waiting' },
    solved: { name: 'Solved', kind: 'solved' },
    closed: { name: 'Closed', kind: 'closed' },
  },
}

test.each([
  ['Open', ['mine', 'open', 'queue First line', 'status open']],
  ['Waiting', ['mine', 'open', 'waiting', 'queue First line', 'status waiting']],
  ['Solved', ['status solved']],
  ['Closed', []],
])('a ticket of the status %s stands in the lists %j', async (status, listed) => {
  await start(overAndWaiting)
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: `#take\n#status ${status}` })
  const found: string[] = []
  for (const list of [
    'mine',
    'open',
    'waiting',
    'queue First line',
    'status open',
    'status waiting',
    'status solved',
  ]) {
    const sent = await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'list', text: `#list ${list}` })
    if (sent.some((m) => m.text.includes('HLP-1'))) found.push(list)
  }
  expect(found).toEqual(listed)
})

test.each([
  ['en', '5 minutes taken back, total 25'],
  ['fr', '5 minutes retirées, total 25'],
  ['es', '5 minutos descontados, total 25'],
])('time written down by mistake is taken back (%s)', async (language, line) => {
  await start({ staff: [{ address: 'ana@staff.test', name: 'Ana', groups: ['first'], language }] })
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: '#time 30' })
  const sent = await gateway.reply(told, { from: ana, text: '#time -5' })
  expect(only(sent, 'ana@staff.test').text).toContain(`- ${line}\n`)
  expect((await gateway.ticket(1)).fields).toMatchObject({ minutes: 25 })
})

test('a type that others open is refused with the names of who may', async () => {
  const sent = await say('#type licence', {
    types: {
      request: { name: 'Request' },
      licence: { name: 'Licence', 'opened-by': ['second', 'elders'] },
    },
  })
  expect(only(sent, 'ana@staff.test').text).toContain('this type is opened by: Second line, elders')
})

test('help lists the commands in the agent’s language, and the receipt speaks it too', async () => {
  await start({ staff: [{ address: 'ana@staff.test', name: 'Ana', groups: ['first'], language: 'fr' }] })
  const { told } = await opened(gateway)
  const sent = await gateway.reply(told, { from: ana, text: '#aide\n#priorité high' })
  expect(sent.some((m) => m.text.includes('#priorité'))).toBe(true)
  expect(sent.some((m) => m.text.includes('priorité : Normal → High'))).toBe(true)
})

test('the page of the desk is linked for supervisors only', async () => {
  const refused = await say('#page')
  expect(only(refused, 'ana@staff.test').text).toContain('supervisors')
  expect(only(refused, 'ana@staff.test').text).not.toMatch(/http:\/\/\S*desks/)
})

test('a supervisor who never wrote before gets a link that is theirs', async () => {
  await start()
  const sent = await gateway.exchange({
    from: 'chief@staff.test',
    to: 'help@guichet.test',
    subject: 'page',
    text: '#page',
  })
  const link = /link=(\S+)/.exec(
    sent.find((m) => m.to === 'chief@staff.test' && m.text.includes('link='))?.text ?? '',
  )?.[1]
  const signed = readSupervisorToken(createKeys(['a secret of the tests']), link ?? '', gateway.now())
  expect(signed?.person).toBeGreaterThan(0)
})

test('an agent registers a contact by mail', async () => {
  await start({ registration: 'required' })
  await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'new',
    text: '#register Carla <carla@client.test>',
  })
  const sent = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Hi.' })
  expect(numberIn(only(sent, 'carla@client.test').subject)).toBe(1)
})

test('an absent agent is not told of new tickets until back', async () => {
  await start({
    staff: [
      { address: 'ana@staff.test', name: 'Ana', groups: ['first'] },
      { address: 'bob@staff.test', name: 'Bob', groups: ['first'] },
    ],
  })
  const away = await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'away',
    text: '#away until 2026-11-27',
  })
  expect(only(away, 'ana@staff.test').text.replace(/\s+/g, ' ')).toContain('until Friday, 27 November 2026')
  const sent = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Hi.' })
  expect(sent.map((m) => m.to).sort()).toEqual(['bob@staff.test', 'carla@client.test'])
  await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'back', text: '#back' })
  const later = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help again', text: 'Hi.' })
  expect(later.map((m) => m.to).sort()).toEqual(['ana@staff.test', 'bob@staff.test', 'carla@client.test'])
})

test('an agent opens a ticket for somebody who called; that person gets the acknowledgement', async () => {
  await start()
  const sent = await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'Screen is black',
    text: '#requester Carla <carla@client.test>\n#channel phone\n#priority high\n\nHer screen went black at nine.',
  })
  expect(numberIn(only(sent, 'carla@client.test').subject)).toBe(1)
  const ticket = await gateway.ticket(1)
  expect(ticket).toMatchObject({ channel: 'phone', priority: 'high', subject: 'Screen is black' })
  expect(ticket.people.map((p) => p.address)).toEqual(['carla@client.test'])
  expect(ticket.entries[0]?.text).toBe('Her screen went black at nine.')
})

test('an agent who has a request of their own learns its number', async () => {
  await start()
  const sent = await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'My screen is black',
    text: 'It went black at nine.',
  })
  const receipt = only(sent, 'ana@staff.test')
  expect(numberIn(receipt.subject)).toBe(1)
  expect(receipt.text).toContain('ticket opened for ana@staff.test')
  expect((await gateway.ticket(1)).people.map((p) => p.address)).toEqual(['ana@staff.test'])
})

test('a customer’s mail that an agent forwards opens a ticket for its author', async () => {
  await start()
  const sent = await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'Fwd: Scanner broken',
    text: 'Came to me by mistake.\n\n---------- Forwarded message ---------\nFrom: Carla <carla@client.test>\nDate: Mon, 23 Nov 2026 at 08:00\nSubject: Scanner broken\nTo: <ana@staff.test>\n\nThe scanner does not start.\n',
  })
  expect(numberIn(only(sent, 'carla@client.test').subject)).toBe(1)
  const ticket = await gateway.ticket(1)
  expect(ticket.people.map((p) => p.address)).toEqual(['carla@client.test'])
  expect(ticket.entries.find((e) => e.kind === 'customer')?.text).toContain('The scanner does not start.')
  expect(ticket.entries.filter((e) => e.public).some((e) => e.text.includes('by mistake'))).toBe(false)
})

test('ticket commands outside a ticket are refused with a way to do it, and open nothing', async () => {
  await start()
  const sent = await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'close', text: '#close' })
  expect(only(sent, 'ana@staff.test').text).toContain('notification')
  await expect(gateway.ticket(1)).rejects.toThrow()
})

test('commands that name the ticket by its number alone are refused with a way to do it; those about the desk are done', async () => {
  await start()
  await opened(gateway)
  const named = { from: ana, to: 'help@guichet.test', subject: 'Re: [HLP-1]' }
  const receipt = only(await gateway.exchange({ ...named, text: '#close\n#digest daily' }), 'ana@staff.test')
  expect(receipt.text.replace(/\s+/g, ' ')).toMatch(/#close: this mail did not come by the signed address/)
  expect(receipt.text).toContain('every day')
  expect((await gateway.ticket(1)).status).toBe('open')
  const unknown = only(await gateway.exchange({ ...named, text: '#closse' }), 'ana@staff.test')
  expect(unknown.text.replace(/\s+/g, ' ')).toContain('perhaps #close')
  // A text for the customer beside them waits for the agent’s word, and they with it.
  const asked = only(await gateway.exchange({ ...named, text: '#priority high\n\nOur answer.' }), 'ana@staff.test')
  expect((await gateway.ticket(1)).priority).toBe('normal')
  await gateway.reply(asked, { from: ana, text: 'yes' })
  expect((await gateway.ticket(1)).priority).toBe('high')
})
