import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { processOnce } from '../../src/gateway/worker.ts'
import { ana, carla, numberIn, opened } from '../support/conversation.ts'
import { deliver, mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { only, type Sent, startGateway, type TestGateway, type Written } from '../support/gateway.ts'
import { until } from '../support/sockets.ts'

const minute = 60_000
const hour = 60 * minute
const canary = 'canary-5b1e77'
let gateways: TestGateway[] = []
afterEach(async () => {
  for (const gateway of gateways) await gateway.close()
  gateways = []
})
const start = async (...desks: Record<string, unknown>[]): Promise<TestGateway> => {
  const gateway = await startGateway({
    desks: (desks.length > 0 ? desks : [{}]).map((desk) => ({ desk: testDesk(desk) })),
    at: '2026-11-23T08:00:00Z',
  })
  gateways.push(gateway)
  return gateway
}
const counts = async ({ database }: TestGateway): Promise<{ raws: number; tickets: number }> => {
  const [row] = await database.sql<{ raws: number; tickets: number }[]>`
    select (select count(*)::int from raw_mail) as raws, (select count(*)::int from ticket) as tickets`
  return row ?? { raws: -1, tickets: -1 }
}
const to = (mails: readonly Sent[], address: string): Sent[] => mails.filter((mail) => mail.to === address)

test('T05: a verification mail to a customer’s signed address is shown to staff, never on the customer’s page or in their mail', async () => {
  const gateway = await start()
  const { ack } = await opened(gateway)
  const sent = await gateway.exchange({
    from: 'No Reply <no-reply@chat.test>',
    to: ack.replyTo,
    subject: 'Confirm your address',
    text: `Your code is ${canary}. https://chat.test/${canary}`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: [{ filename: `${canary}.txt`, content: canary }],
  })
  const other = await gateway.exchange({
    from: 'Sign-up <signup@chat.test>',
    to: ack.replyTo,
    subject: 'Verify',
    text: `Your code is ${canary}.`,
  })
  const page = /(\/t\/[\w.~-]+)/.exec(ack.html)?.[1] ?? ''
  expect(page).toMatch(/^\/t\//)
  for (const suffix of ['', '?lang=fr']) {
    const answer = await fetch(`${gateway.web}${page}${suffix}`)
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain(canary)
  }
  expect(to(gateway.sent, 'carla@client.test').some((mail) => mail.raw.includes(canary))).toBe(false)
  expect(to(gateway.sent, 'no-reply@chat.test')).toEqual([])
  expect(to(other, 'ana@staff.test').some((mail) => mail.text.includes(canary))).toBe(true)
  expect(to(sent, 'carla@client.test')).toEqual([])
})

test('T07: sixty forged mails from one victim give it one mail a day at most, without a word of the forger, and all are kept', async () => {
  const gateway = await start()
  for (let i = 0; i < 60; i++)
    await gateway.write({
      from: 'Victim <victim@far.test>',
      to: 'help@guichet.test',
      subject: `${canary} ${i} buy now`,
      text: `${canary} visit http://evil.test/${i}`,
      auth: null,
    })
  await gateway.app.settle()
  await gateway.take()
  const mails = to(gateway.sent, 'victim@far.test')
  expect(mails.length).toBeLessThanOrEqual(1)
  for (const mail of mails) {
    expect(mail.raw).not.toContain(canary)
    expect(mail.text).not.toContain('evil.test')
    expect(mail.attachments).toEqual([])
  }
  expect((await counts(gateway)).raws).toBe(60)
})

test('T07: mails in the name of many victims stop at the limit of the desk; a person is told, and every mail is kept', async () => {
  const gateway = await start({ budgets: { 'desk-hour': 10, 'domain-hour': 1000 } })
  for (let i = 0; i < 40; i++)
    await gateway.write({
      from: `victim${i}@far${i % 7}.test`,
      to: 'help@guichet.test',
      subject: `Hello ${i}`,
      text: `Number ${i}, please.`,
      auth: null,
    })
  await gateway.app.settle()
  await gateway.take()
  const victims = gateway.sent.filter((mail) => mail.to.startsWith('victim'))
  expect(victims.length).toBeLessThanOrEqual(20)
  const suppressed = await gateway.database.sql<{ reason: string }[]>`
    select distinct reason from outbound where state = 'suppressed' and recipient like 'victim%'`
  expect(suppressed.map((row) => row.reason)).toEqual(['the limit of 10 an hour of this desk is reached'])
  expect(await gateway.app.metrics.registry.getSingleMetricAsString('guichet_failures_total')).toMatch(
    /room="breaker"\} [1-9]/,
  )
  expect(await counts(gateway)).toEqual({ raws: 40, tickets: 40 })
})

test('T07: a supervisor who is told of the limit lets the desk go on by mail; nobody else can', async () => {
  const gateway = await startGateway({
    desks: [{ desk: testDesk({ budgets: { 'desk-hour': 2, 'domain-hour': 1000 } }) }],
    at: '2026-11-23T08:00:00Z',
    app: () => ({ alarms: { afterMs: minute, mail: [], webhook: null } }),
  })
  gateways.push(gateway)
  let n = 0
  const ask = async (): Promise<boolean> => {
    n += 1
    // Somebody who was answered before takes from what is meant for everybody; first answers have a share of their own.
    const from = `person${n}@far${n % 9}.test`
    await gateway.exchange({ from, to: 'help@guichet.test', subject: `Question ${n}`, text: `Number ${n}.` })
    return to(gateway.sent, from).length > 0
  }
  let answered = 0
  while (answered < 20 && (await ask())) answered += 1
  expect(answered).toBe(2)
  await until('the alarm', async () => {
    await gateway.app.settle()
    await gateway.take()
    return to(gateway.sent, 'chief@staff.test').some((mail) => /#unblock/.test(mail.text))
  })
  await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'x', text: '#unblock' })
  expect(await ask()).toBe(false)
  const receipt = await gateway.exchange({
    from: 'Chief <chief@staff.test>',
    to: 'help@guichet.test',
    subject: 'x',
    text: '#unblock',
  })
  expect(only(receipt, 'chief@staff.test').text).toMatch(/goes on/)
  expect(await ask()).toBe(true)
})

const robots: readonly [string, (mail: Sent, n: number) => Partial<Written>, number][] = [
  ['says that it is one', () => ({ headers: { 'Auto-Submitted': 'auto-replied' } }), 1],
  ['hides what it is', () => ({}), 10],
  [
    'comes as new each time',
    (_mail, n) => ({ to: 'help@guichet.test', subject: `Something else ${n}`, inReplyTo: '', references: '' }),
    10,
  ],
  ['answers with bounces', () => ({ envelopeFrom: '<>', from: 'Mail Delivery <mailer-daemon@client.test>' }), 1],
]
test.each(robots)(
  'T08: a robot that answers every mail at once and %s gets no more than the budget of a day',
  async (_title, how, most) => {
    const gateway = await start()
    let { ack }: { ack: Sent | undefined } = await opened(gateway)
    let answered = 0
    for (let n = 0; n < 60; n++) {
      if (ack) {
        answered += 1
        await gateway.write({
          from: carla,
          to: ack.replyTo || ack.from,
          subject: `Re: ${ack.subject}`,
          inReplyTo: ack.messageId,
          references: ack.messageId,
          text: `We have received your message ${n}.`,
          ...how(ack, n),
        })
      }
      const sent = await gateway.advance(20 * minute)
      ack = to(sent, 'carla@client.test').at(-1)
    }
    expect(answered).toBeGreaterThan(0)
    expect(to(gateway.sent, 'carla@client.test').length).toBeLessThanOrEqual(most)
  },
)

test('T08: mail reopens a ticket three times an hour, then it stays as it is and one agent is told', async () => {
  const gateway = await start()
  const { ack, told, number } = await opened(gateway)
  await gateway.advance(10 * minute)
  for (let n = 0; n < 8; n++) {
    await gateway.exchange({ from: ana, to: told.replyTo, subject: told.subject, text: '#solve' })
    await gateway.advance(minute)
    await gateway.reply(ack, { from: carla, text: `Thank you, number ${n}.` })
    await gateway.advance(minute)
  }
  const ticket = await gateway.ticket(number)
  expect(ticket.reopens).toBe(3)
  expect(ticket.status).toBe('solved')
  expect(ticket.entries.filter((entry) => entry.kind === 'customer')).toHaveLength(9)
  await gateway.advance(2 * hour)
  await gateway.reply(ack, { from: carla, text: 'It burns again.' })
  expect((await gateway.ticket(number)).status).toBe('open')
})

test('T27: on a portal-only desk nothing by mail reaches the other side, in either direction', async () => {
  const gateway = await start({
    replies: 'portal',
    agents: 'portal',
    portal: { url: 'https://portal.test/{number}' },
  })
  const { ack, told, number } = await opened(gateway)
  await gateway.advance(5 * minute)
  const back = await gateway.reply(ack, { from: carla, text: `More: ${canary}.` })
  expect(to(back, 'ana@staff.test').some((mail) => mail.raw.includes(canary))).toBe(false)
  expect(only(back, 'carla@client.test').text).toContain('https://portal.test/')
  const sent = await gateway.reply(told, { from: ana, text: `Answer: ${canary}.` })
  expect(to(sent, 'carla@client.test')).toEqual([])
  expect(only(sent, 'ana@staff.test').text).toMatch(/portal/i)
  expect(to(gateway.sent, 'carla@client.test').some((mail) => mail.raw.includes(canary))).toBe(false)
  expect((await gateway.ticket(number)).entries.some((entry) => entry.public && entry.text.includes(canary))).toBe(
    false,
  )
})

test('T29: two desks of one gateway that write to each other, a desk in Bcc and a copy of sent mail end at once', async () => {
  const gateway = await start(
    {},
    { desk: 'shop', prefix: 'SHP', address: 'shop@guichet.test', name: 'Shop', supervisors: [] },
  )
  await gateway.exchange({ from: 'Shop <shop@guichet.test>', to: 'help@guichet.test', subject: 'Hello', text: 'Hi.' })
  const { ack } = await opened(gateway)
  for (const text of ['as it is', 'again']) {
    expect(text).not.toBe('')
    await deliver(gateway, Buffer.from(ack.raw, 'latin1'), 'help@guichet.test', { source: 'imap' })
  }
  await gateway.take()
  expect((await counts(gateway)).tickets).toBe(1)
  expect(gateway.sent.filter((mail) => mail.to.endsWith('@guichet.test'))).toEqual([])
  const ours = await gateway.database.sql<
    { outcome: string }[]
  >`select outcome from inbound where raw <> 2 order by raw`
  expect(ours.map((row) => row.outcome)).not.toContain('created')
})

test('T29: two gateways that know nothing of each other end their conversation by themselves', async () => {
  const north = await start()
  const south = await startGateway({
    desks: [{ desk: testDesk({ desk: 'desk', prefix: 'DSK', address: 'desk@south.test' }) }],
    at: '2026-11-23T08:00:00Z',
    secret: 'a secret of the south',
  })
  gateways.push(south)
  let mails: Sent[] = await north.exchange({
    from: 'South <desk@south.test>',
    to: 'help@guichet.test',
    subject: 'Who is there?',
    text: 'A person forwards this by hand.',
  })
  let rounds = 0
  for (; rounds < 40; rounds++) {
    const [here, there, address] =
      rounds % 2 === 0 ? [north, south, 'desk@south.test'] : [south, north, 'help@guichet.test']
    const across = to(mails, address).at(-1)
    if (!across) break
    await deliver(there, Buffer.from(across.raw, 'latin1'), address, { mailFrom: across.envelopeFrom })
    mails = await there.take()
    await here.advance(minute)
  }
  expect(rounds).toBeLessThan(4)
  expect(north.sent.length + south.sent.length).toBeLessThan(10)
})

test('T30: malformed mails in forged names are answered to nobody, and each is kept', async () => {
  const gateway = await start()
  const forms: readonly ((n: number) => readonly string[])[] = [
    (n) => [`From: forged${n}@far.test`, `From: other${n}@far.test`],
    (n) => [`From: forged${n}@far.test, other${n}@far.test`],
    (n) => [`From: <forged${n}@far.test><other${n}@far.test>`],
    (n) => [`From: forged${n}@far.test\0@evil.test`],
    (n) => [`From : forged${n}@far.test`, `From: other${n}@far.test`],
    (n) => ['From:', `Reply-To: forged${n}@far.test`],
    (n) => ['From: Friends: one@far.test, two@far.test;', `Sender: forged${n}@far.test`],
    (n) => [`From: forged${n}@far.test`, 'Auto-Submitted: auto-generated'],
    (n) => [`Authentication-Results: guichet.test; dmarc=fail header.from=far.test`, `From: forged${n}@far.test`],
    (n) => [`From: forged${n}@[::1`],
  ]
  for (const [n, form] of [...forms, ...forms, ...forms].entries())
    await deliver(
      gateway,
      mailOf([...form(n), 'To: help@guichet.test', `Subject: Trouble ${n}`, `Message-ID: <${n}@far.test>`], 'Broken.'),
      'help@guichet.test',
      { mailFrom: `forged${n}@far.test` },
    )
  await gateway.take()
  expect(gateway.sent.filter((mail) => !mail.to.endsWith('@staff.test')).map((mail) => mail.to)).toEqual([])
  expect((await counts(gateway)).raws).toBe(30)
})

test('T35: whatever a customer’s mail says of being automatic, it stands in its ticket', async () => {
  const gateway = await start()
  const { ack, number } = await opened(gateway)
  const rows: readonly (readonly [string, string])[] = [
    ['Auto-Submitted', 'no'],
    ['Auto-Submitted', 'auto-generated'],
    ['Auto-Submitted', 'auto-replied (vacation)'],
    ['X-Auto-Response-Suppress', 'All'],
    ['Precedence', 'bulk'],
    ['X-Autoreply', 'yes'],
    ['List-Id', '<jira.client.test>'],
    ['List-Unsubscribe', '<https://client.test/u>'],
    ['X-ServiceNow-Generated', 'true'],
    ['X-JIRA-FingerPrint', 'abc'],
    ['Feedback-ID', '1:2:3'],
    ['X-Loop', 'yes'],
  ]
  for (const [n, [name, value]] of rows.entries())
    await gateway.reply(ack, { from: carla, text: `This is mine: ${canary}.${n}.`, headers: { [name]: value } })
  const { entries } = await gateway.ticket(number)
  for (const [n, [name, value]] of rows.entries())
    expect(
      entries.some((entry) => entry.text.includes(`${canary}.${n}.`)),
      `${name}: ${value}`,
    ).toBe(true)
})

test('T41: a flood of one sender is kept whole, and the mail of somebody else between is answered', async () => {
  const gateway = await start()
  for (let n = 0; n < 60; n++) {
    await gateway.write({
      from: 'flood@far.test',
      to: 'help@guichet.test',
      subject: `Flood ${n}`,
      text: `Flood ${n}.`,
      auth: null,
    })
    if (n === 30)
      await gateway.write({ from: carla, to: 'help@guichet.test', subject: 'The printer', text: 'It smokes.' })
  }
  await gateway.app.settle()
  await gateway.take()
  expect((await counts(gateway)).raws).toBe(61)
  expect(numberIn(only(gateway.sent, 'carla@client.test').subject)).toBeGreaterThan(0)
  expect(to(gateway.sent, 'flood@far.test').length).toBeLessThanOrEqual(1)
})

test('T41: where the desk sets a limit, the rest of one sender’s flood is held with one notice, and nobody else’s mail', async () => {
  const gateway = await start({ 'tickets-a-day': 3 })
  const flood = { from: 'flood@far.test', to: 'help@guichet.test', text: 'Flood.', auth: null } as const
  const notices = []
  for (let n = 0; n < 6; n++)
    for (const mail of await gateway.exchange({ ...flood, subject: `Flood ${n}` }))
      if (mail.text.includes('has opened 3 tickets')) notices.push(mail.to)
  expect(notices).toEqual(['ana@staff.test'])
  const held = await listHolds(gateway.database.sql, { desk: 'help', state: 'open', limit: 50 })
  expect(held.map((h) => [h.reason, h.sender])).toEqual(Array.from({ length: 3 }, () => ['flood', 'flood@far.test']))
  const [row] = await gateway.database.sql<{ n: number }[]>`select count(*)::int as n from ticket`
  expect(row?.n).toBe(3)
  // An answer to a ticket is no new one, and others open theirs.
  await gateway.exchange({ ...flood, subject: 'Re: [HLP-1]', text: 'More of it.' })
  expect((await gateway.ticket(1)).entries.map((e) => e.text)).toContain('More of it.')
  const sent = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'The printer', text: 'Smoke.' })
  expect(numberIn(only(sent, 'carla@client.test').subject)).toBe(4)
  await gateway.advance(25 * 3_600_000)
  await gateway.exchange({ ...flood, subject: 'Another day' })
  expect((await gateway.ticket(5)).subject).toBe('Another day')
})

test('T41: what others write in a flood of one sender is worked on in the first turn', async () => {
  const gateway = await start()
  const store = (from: string, n: number): unknown =>
    gateway.app.save([
      {
        bytes: Buffer.from(
          mailOf(
            [`From: ${from}`, 'To: help@guichet.test', `Subject: n ${n}`, `Message-ID: <n${n}@far.test>`],
            `Text ${n}.`,
          ),
        ),
        envelope: {
          source: 'smtp',
          sourceId: `flood:${n}`,
          account: 'test',
          mailFrom: from,
          rcptTo: ['help@guichet.test'],
          ip: '127.0.0.1',
          helo: 'far.test',
          authUser: null,
          receivedAt: gateway.now(),
        },
      },
    ])
  for (let n = 0; n < 140; n++) await store('flood@far.test', n)
  await store('carla@client.test', 140)
  expect(await processOnce(gateway.app.deps)).toBe(101)
  const [row] = await gateway.database.sql<{ waiting: number; carla: number }[]>`
    select count(*) filter (where state = 'waiting')::int as waiting,
      count(*) filter (where state = 'done' and sender = 'carla@client.test')::int as carla from inbound`
  expect(row).toEqual({ waiting: 40, carla: 1 })
})

test('T45: a forged bounce changes nothing; a real one marks the mail once', async () => {
  const gateway = await start()
  const { ack } = await opened(gateway)
  const bounce = (address: string, original: string): Promise<void> =>
    deliver(gateway, bounceOf(address, original), address, { mailFrom: '' })
  const states = async (): Promise<string[]> =>
    (
      await gateway.database.sql<{ state: string }[]>`select state from outbound where recipient = 'carla@client.test'`
    ).map((row) => row.state)
  await bounce('help@guichet.test', '<made.up@guichet.test>')
  await bounce('help+b1.c.1.1.aaaaaaaaaaaaaaaaaaaaaaaaaa@reply.guichet.test', '<made.up@guichet.test>')
  expect(await states()).toEqual(['sent'])
  const [person] = await gateway.database.sql<
    { blocked: Date | null }[]
  >`select blocked_until as blocked from person where address = 'carla@client.test'`
  expect(person?.blocked).toBeNull()
  await bounce(ack.envelopeFrom, ack.messageId)
  expect(await states()).toEqual(['bounced'])
  await bounce(ack.envelopeFrom, ack.messageId)
  expect(await states()).toEqual(['bounced'])
})

let bounces = 0
/** A delivery report (RFC 3464) about a mail to Carla. */
function bounceOf(to: string, original: string): string {
  bounces += 1
  return mailOf(
    [
      'From: MAILER-DAEMON@mx.client.test',
      `To: ${to}`,
      'Subject: Undelivered mail returned to sender',
      `Message-ID: <bounce${bounces}@mx.client.test>`,
      'Date: Mon, 23 Nov 2026 08:00:00 +0000',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    ],
    [
      '--b',
      'Content-Type: text/plain',
      '',
      'Unknown user.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.client.test',
      '',
      'Final-Recipient: rfc822; carla@client.test',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${original}`,
      '',
      '--b--',
      '',
    ].join('\n'),
  )
}
