// What becomes of an answer that the next server refuses, or of which nobody can know.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { testDesk } from '../support/desk.ts'
import { choiceIn, only, type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
let told: Sent

beforeEach(async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  const first = await gateway.exchange({
    from: 'Carla <carla@client.test>',
    to: 'help@guichet.test',
    subject: 'The printer is on fire',
    text: 'Smoke comes out of it.',
  })
  told = only(first, 'ana@staff.test')
})
afterEach(() => gateway.close())

const answer = (): Promise<Sent[]> => gateway.reply(told, { from: 'ana@staff.test', text: 'Please switch it off.' })

test('a refused answer is told to the agent who wrote it, once, with the server’s words, and stands on the ticket', async () => {
  gateway.answers.set('carla@client.test', { state: 'bounced', response: '550 5.1.1 no such user' })
  const mails = await answer()
  const notice = only(mails, 'ana@staff.test')
  expect(notice.text).toContain('550 5.1.1 no such user')
  expect(notice.text).toContain('carla@client.test')
  expect((await gateway.ticket(1)).entries.filter((entry) => entry.kind === 'report')).toMatchObject([
    { public: false, data: { state: 'bounced', recipient: 'carla@client.test' } },
  ])
  expect(await gateway.advance(60_000)).toEqual([])
})

test('an answer of which nobody knows waits for the agent, who may have it sent again: the same bytes', async () => {
  gateway.answers.set('carla@client.test', { state: 'uncertain', reason: 'the line broke' })
  const notice = only(await answer(), 'ana@staff.test')
  const [before] = await gateway.database.sql<
    { bytes: Buffer }[]
  >`select bytes from outbound where recipient = 'carla@client.test' and template = 'reply'`
  expect(await gateway.advance(24 * 3_600_000)).toEqual([])
  gateway.answers.clear()
  const again = await gateway.exchange({
    from: 'ana@staff.test',
    to: choiceIn(notice, /again/i),
    subject: 'Send it again',
    text: 'Send it again',
  })
  expect(only(again, 'carla@client.test').raw).toBe(before?.bytes.toString('latin1'))
})

test('or say that it did arrive: nothing is sent', async () => {
  gateway.answers.set('carla@client.test', { state: 'uncertain', reason: 'the line broke' })
  const notice = only(await answer(), 'ana@staff.test')
  gateway.answers.clear()
  const after = await gateway.exchange({
    from: 'ana@staff.test',
    to: choiceIn(notice, /arrive/i),
    subject: 'It did arrive',
    text: 'It did arrive',
  })
  expect(after.filter((mail) => mail.to === 'carla@client.test')).toEqual([])
  expect([
    ...(await gateway.database.sql<
      { state: string }[]
    >`select state from outbound where recipient = 'carla@client.test' and template = 'reply'`),
  ]).toEqual([{ state: 'sent' }])
})

test('one that is uncertain again is told again', async () => {
  gateway.answers.set('carla@client.test', { state: 'uncertain', reason: 'the line broke' })
  const notice = only(await answer(), 'ana@staff.test')
  const again = await gateway.exchange({
    from: 'ana@staff.test',
    to: choiceIn(notice, /again/i),
    subject: 'Send it again',
    text: 'Send it again',
  })
  expect(again.filter((mail) => mail.to === 'ana@staff.test' && mail.text.includes('the line broke'))).toHaveLength(1)
})
