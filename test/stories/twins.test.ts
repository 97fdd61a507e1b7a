import { afterEach, expect, test } from 'vitest'
import { sweepOnce } from '../../src/gateway/sweep.ts'
import { processOnce } from '../../src/gateway/worker.ts'
import { carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const minute = 60_000

test('one mail to two desks is a ticket at each, linked, with one acknowledgement of each desk', async () => {
  gateway = await startGateway({
    desks: [
      { desk: testDesk() },
      { desk: testDesk({ desk: 'other', prefix: 'OTH', name: 'Other Desk', address: 'other@guichet.test' }) },
    ],
    at: '2026-11-23T09:00:00Z',
  })
  const sent = await gateway.exchange({
    from: carla,
    to: ['help@guichet.test', 'other@guichet.test'],
    subject: 'Who is right?',
    text: 'Hi.',
  })
  const acks = sent.filter((m) => m.to === 'carla@client.test')
  expect(acks.map((m) => m.from).sort()).toEqual(['help@guichet.test', 'other@guichet.test'])
  const links = [...(await gateway.ticket(1, 'help')).links, ...(await gateway.ticket(1, 'other')).links]
  expect(links).toHaveLength(1)
  expect(links[0]).toMatch(/^same-mail (help|other)#1$/)
  const [raws] = await gateway.database.sql<{ n: number }[]>`select count(*)::int as n from raw_mail`
  expect(raws?.n).toBe(1)
})

test('the same mail that comes again is a second receipt: no second ticket, no second acknowledgement', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  const raw =
    'From: Carla <carla@client.test>\r\nTo: help@guichet.test\r\nSubject: Printer\r\nMessage-ID: <same@client.test>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\nSmoke.\r\n'
  const first = await gateway.exchange({ from: 'carla@client.test', to: 'help@guichet.test', raw })
  const again = await gateway.exchange({ from: 'carla@client.test', to: 'help@guichet.test', raw })
  expect(first).toHaveLength(2)
  expect(again).toEqual([])
  const [counts] = await gateway.database.sql<{ raws: number; receipts: number; tickets: number }[]>`
    select (select count(*)::int from raw_mail) as raws, (select count(*)::int from receipt) as receipts, (select count(*)::int from ticket) as tickets`
  expect({ ...counts }).toEqual({ raws: 1, receipts: 2, tickets: 1 })
})

test('T11: a mail that cannot be carried out becomes a minimal ticket with its original after three attempts, and holds nobody up', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  await gateway.database.sql`
    create function poison() returns trigger language plpgsql as $$ begin
      if new.text like '%poison%' then raise exception 'this cannot be written'; end if; return new;
    end $$`
  await gateway.database.sql`create trigger poison before insert on entry for each row execute function poison()`
  await gateway.write({ from: 'Eve <eve@evil.test>', to: 'help@guichet.test', subject: 'Bad', text: 'This is poison.' })
  const { ack } = await opened(gateway)
  expect(ack.subject).toMatch(/\[HLP-\d+\]/)
  await gateway.advance(2 * minute)
  const sent = await gateway.advance(5 * minute)
  const [row] = await gateway.database.sql<
    { state: string; attempt: number }[]
  >`select state, attempt from inbound where state = 'parked'`
  expect({ ...row }).toEqual({ state: 'parked', attempt: 3 })
  const told = only(sent, 'ana@staff.test')
  expect(told.attachments.map((a) => a.filename)).toEqual(['original.eml'])
  expect(told.attachments[0]?.content.toString()).toContain('This is poison.')
  expect(only(sent, 'chief@staff.test').subject).toContain('could not be processed')
  expect(sent.some((m) => m.to === 'eve@evil.test')).toBe(false)
  const [ticket] = await gateway.database.sql<
    { number: number; tags: string[] }[]
  >`select number, tags from ticket where 'unreadable' = any(tags)`
  const found = await gateway.ticket(ticket?.number ?? 0)
  expect(found.entries[0]?.data).toMatchObject({ parked: true })
  const next = await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Next', text: 'Fine.' })
  expect(next.some((m) => m.to === 'carla@client.test')).toBe(true)
})

test('a mail whose structure cannot be read is a ticket with the original attached for the staff', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  const parts = Array.from(
    { length: 3000 },
    (_, n) => `--b${n}\r\nContent-Type: multipart/mixed; boundary="b${n + 1}"\r\n\r\n`,
  ).join('')
  const raw = `From: Carla <carla@client.test>\r\nTo: help@guichet.test\r\nSubject: Deep\r\nMessage-ID: <deep@client.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b0"\r\n\r\n${parts}`
  const sent = await gateway.exchange({ from: 'carla@client.test', to: 'help@guichet.test', raw })
  expect(only(sent, 'ana@staff.test').attachments.map((a) => a.filename)).toEqual(['original.eml'])
  expect((await gateway.ticket(1)).subject).toBe('Deep')
})

test('answers to one ticket that several workers and a due clock handle at the same time are all added', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  const { ack } = await opened(gateway)
  const { deps } = gateway.app
  const turns: Promise<unknown>[] = []
  for (let n = 1; n <= 8; n++) {
    await gateway.write({
      from: n % 2 ? carla : 'Carla <carla@client.test>',
      to: ack.replyTo,
      subject: ack.subject,
      text: `Answer ${n}.`,
    })
    turns.push(processOnce(deps), processOnce(deps), sweepOnce(deps))
  }
  await Promise.all(turns)
  await gateway.app.settle()
  const texts = (await gateway.ticket(1)).entries.filter((e) => e.kind === 'customer').map((e) => e.text)
  expect(texts.slice(1).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `Answer ${n}.`))
  const [row] = await gateway.database.sql<
    { n: number }[]
  >`select count(*)::int as n from inbound where state <> 'done'`
  expect(row?.n).toBe(0)
})
