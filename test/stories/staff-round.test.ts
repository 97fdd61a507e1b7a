import { afterEach, expect, test } from 'vitest'
import { ana, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const hour = 3_600_000
const day = 24 * hour
const start = async (): Promise<void> => {
  gateway = await startGateway({ desks: [{ desk: testDesk({ clocks: [] }) }], at: '2026-11-23T09:00:00Z' })
}

test('an agent who asked for it gets the list of their open tickets once each business day, in opening hours', async () => {
  await start()
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: '#take' })
  const asked = await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'digest', text: '#digest daily' })
  expect(asked.filter((m) => m.text.includes('HLP-1'))).toHaveLength(1)
  expect(await gateway.advance(4 * hour)).toEqual([])
  expect(await gateway.advance(8 * hour)).toEqual([])
  const next = await gateway.advance(12 * hour)
  expect(only(next, 'ana@staff.test').text).toContain('HLP-1')
  await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'digest', text: '#digest none' })
  expect(await gateway.advance(day)).toEqual([])
})

test('an agent without open tickets gets no empty list', async () => {
  await start()
  await gateway.exchange({ from: ana, to: 'help@guichet.test', subject: 'digest', text: '#digest daily' })
  expect(await gateway.advance(day)).toEqual([])
})

test('a held answer is brought back to its author’s mind after a day, once, and can be confirmed by answering', async () => {
  await start()
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'none' })
  expect(await gateway.advance(23 * hour)).toEqual([])
  const reminder = only(await gateway.advance(2 * hour), 'ana@staff.test')
  expect(await gateway.advance(day)).toEqual([])
  const sent = await gateway.reply(reminder, { from: ana, text: 'yes' })
  expect(only(sent, 'carla@client.test').text).toContain('Our answer.')
})
