import { afterEach, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { releaseHold } from '../../src/gateway/hold-store.ts'
import type { Authentication } from '../../src/mail/authentication.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { deliver, mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

const second = 1_000
const undecided: Authentication = { result: 'undecided', by: 'nobody', detail: 'name servers did not answer' }
const passed: Authentication = { result: 'pass', by: 'dmarc', detail: 'dmarc=pass' }
let gateway: TestGateway
let verdict: Authentication
let asked: number
afterEach(() => gateway.close())
const start = async (): Promise<void> => {
  verdict = passed
  asked = 0
  gateway = await startGateway({
    desks: [{ desk: testDesk() }],
    at: '2026-11-23T09:00:00Z',
    app: () => ({
      authenticate: async () => {
        asked += 1
        return verdict
      },
    }),
  })
}
const rows = () =>
  gateway.database.sql<
    { state: string; attempt: number; outcome: string | null; authentication: Authentication | null }[]
  >`
    select state, attempt, outcome, authentication from inbound order by raw desc limit 1`

test('an agent’s answer waits while the name servers are silent, costs no attempt, and is relayed when they speak', async () => {
  await start()
  const { told } = await opened(gateway)
  await gateway.advance(600 * second)
  verdict = undecided
  expect(await gateway.reply(told, { from: ana, text: 'We are coming.' })).toEqual([])
  expect(await rows()).toMatchObject([{ state: 'waiting', attempt: 0, outcome: null }])
  for (let n = 0; n < 10; n++) expect(await gateway.advance(120 * second)).toEqual([])
  expect(asked).toBeGreaterThan(4)
  verdict = passed
  const sent = await gateway.advance(400 * second)
  expect(only(sent, 'carla@client.test').text).toContain('We are coming.')
})

test('an agent’s answer that nobody could verify within an hour is held for confirmation, never relayed', async () => {
  await start()
  const { told } = await opened(gateway)
  await gateway.advance(600 * second)
  verdict = undecided
  await gateway.reply(told, { from: ana, text: 'We are coming.' })
  for (let n = 0; n < 13; n++) await gateway.advance(300 * second)
  expect(await rows()).toMatchObject([{ state: 'done', outcome: 'held', authentication: { result: 'none' } }])
  expect(
    gateway.sent.filter((mail) => mail.to === 'carla@client.test' && mail.text.includes('We are coming.')),
  ).toEqual([])
})

test('a customer’s mail by a mail server of ours waits twenty seconds at most, then counts as not authenticated', async () => {
  await start()
  await gateway.take()
  verdict = undecided
  expect(await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Please.' })).toEqual([])
  expect(await gateway.advance(10 * second)).toEqual([])
  const sent = await gateway.advance(11 * second)
  expect(sent.some((mail) => mail.to === 'ana@staff.test')).toBe(true)
  expect(await rows()).toMatchObject([{ state: 'done', authentication: { result: 'none' } }])
})

test('mail that comes straight from elsewhere waits until it is known whether it is forged', async () => {
  await start()
  verdict = undecided
  const mail = mailOf(
    ['From: carla@client.test', 'To: help@guichet.test', 'Subject: x', 'Message-ID: <x@client.test>'],
    'Hi.',
  )
  await deliver(gateway, mail, 'help@guichet.test', { mailFrom: 'carla@client.test', ip: '192.0.2.7' })
  await gateway.advance(200 * second)
  expect(await rows()).toMatchObject([{ state: 'waiting', attempt: 0 }])
  verdict = { result: 'fail', by: 'dmarc', detail: 'dmarc=fail p=reject' }
  await gateway.advance(400 * second)
  expect(await rows()).toMatchObject([{ state: 'done', outcome: 'held' }])
  expect(gateway.sent.filter((one) => one.to === 'carla@client.test')).toEqual([])
})

test('a mail released by a person does not wait for name servers', async () => {
  await start()
  verdict = { result: 'fail', by: 'dmarc', detail: 'dmarc=fail p=reject' }
  await gateway.exchange({ from: carla, to: 'help@guichet.test', subject: 'Help', text: 'Please.' })
  verdict = undecided
  await transaction(gateway.database.sql, (tx) =>
    releaseHold(tx, { desk: 'help', id: 1 }, { as: 'open', by: 'operator' }, gateway.now()),
  )
  await gateway.app.settle()
  expect((await gateway.ticket(1)).entries[0]?.text).toContain('Please.')
})
