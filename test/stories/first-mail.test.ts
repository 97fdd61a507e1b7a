import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
})
afterAll(() => gateway.close())

test('a mail becomes a ticket, its author gets an acknowledgement, the team is told, and the answer comes back in the desk’s name', async () => {
  const first = await gateway.exchange({
    from: 'Carla <carla@client.test>',
    to: 'help@guichet.test',
    subject: 'The printer is on fire',
    text: 'Smoke comes out of the printer on the second floor.\n\nCarla',
  })
  const ack = first.find((m) => m.to === 'carla@client.test')
  const told = first.find((m) => m.to === 'ana@staff.test')
  expect(ack?.subject).toContain('[HLP-1]')
  expect(ack?.from).toBe('help@guichet.test')
  expect(ack?.headers.get('auto-submitted')).toBe('auto-replied')
  expect(told?.text).toContain('Smoke comes out of the printer')
  expect(first).toHaveLength(2)
  if (!ack || !told) return

  const answered = await gateway.reply(told, {
    from: 'Ana <ana@staff.test>',
    text: 'Please switch it off; I am on my way.\n\n-- \nAna Perez\n+33 1 23 45 67 89',
  })
  const answer = answered.find((m) => m.to === 'carla@client.test')
  expect(answer?.text).toContain('Please switch it off')
  expect(answer?.raw).not.toContain('ana@staff.test')
  expect(answer?.raw).not.toContain('+33 1 23')
  expect(answer?.subject).toContain('[HLP-1]')
  expect(answer?.headers.has('auto-submitted')).toBe(false)
  if (!answer) return

  const back = await gateway.reply(answer, { from: 'carla@client.test', text: 'Thank you, the smoke is gone.' })
  expect(back.map((m) => m.to)).toEqual(['ana@staff.test'])
  expect(back[0]?.text).toContain('the smoke is gone')
  const tickets = await gateway.database.sql<{ number: number; status: string }[]>`select number, status from ticket`
  expect(tickets.map((t) => ({ ...t }))).toEqual([{ number: 1, status: 'open' }])
})
