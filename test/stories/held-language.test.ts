import { afterEach, expect, test } from 'vitest'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const hour = 3_600_000
const start = async (language: string, desk: Record<string, unknown> = {}): Promise<void> => {
  gateway = await startGateway({
    desks: [
      {
        desk: testDesk({ ...deskIn(language), ...desk }),
      },
    ],
    at: '2026-11-23T09:00:00Z',
  })
}
const flat = (text: string): string => text.replace(/\s+/g, ' ')

test.each([
  ['fr', 'rien ne prouve qui l’a envoyé', 'Une personne étrangère', 'sans en faire partie'],
  ['es', 'nada prueba quién lo envió', 'Una persona ajena', 'sin pertenecer a ella'],
])(
  'who is told of a held mail reads why in %s, in the notice, the reminder and the notice to the team',
  async (language, unproved, reason, stranger) => {
    await start(language)
    const { told } = await opened(gateway)
    const asked = only(await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'none' }), 'ana@staff.test')
    expect(flat(asked.text)).toContain(unproved)
    expect(flat(asked.text)).not.toContain('nothing proves')
    const reminder = only(await gateway.advance(25 * hour), 'ana@staff.test')
    expect(flat(reminder.text)).toContain(unproved)
    const quoting = { from: 'Eve <eve@evil.test>', to: 'help@guichet.test', subject: 'Re: [HLP-1]', text: 'And now?' }
    await gateway.configure([testDesk({ ...deskIn(language), strangers: 'hold' })])
    const notice = only(await gateway.exchange(quoting), 'bob@staff.test')
    expect(flat(notice.text)).toContain(reason)
    expect(flat(notice.text)).toContain(stranger)
    expect(flat(notice.text)).not.toContain('quotes ticket')
  },
)

test('an agent in whose name a mail failed authentication reads of it in the agent’s language', async () => {
  await start('fr')
  const { told } = await opened(gateway)
  const alert = only(await gateway.reply(told, { from: ana, text: 'Our answer.', auth: 'fail' }), 'ana@staff.test')
  expect(flat(alert.text)).toContain('Il prétend venir de ana@staff.test, mais l’authentification a échoué')
})

const deskIn = (language: string) => ({
  staff: [
    { address: 'ana@staff.test', name: 'Ana', groups: ['first'], language },
    { address: 'bob@staff.test', name: 'Bob', groups: ['first'], language },
  ],
  clocks: [],
})

test('an agent whose answer waits because the customer wrote meanwhile is not told to be unproved', async () => {
  await start('fr', { collision: 'hold' })
  const { told, ack } = await opened(gateway)
  await gateway.advance(hour)
  await gateway.reply(ack, { from: carla, text: 'One more thing.' })
  await gateway.advance(hour)
  const held = only(await gateway.reply(told, { from: ana, text: 'Our answer.' }), 'ana@staff.test')
  expect(flat(held.text)).toContain('Le client a écrit de nouveau entre-temps.')
  expect(flat(held.text)).not.toMatch(/vérifier|prouve/)
})

test('where the desk sends it all the same, the receipt says in the agent’s language what happened meanwhile', async () => {
  await start('es', { collision: 'send' })
  const { told, ack } = await opened(gateway)
  await gateway.advance(hour)
  await gateway.reply(ack, { from: carla, text: 'One more thing.' })
  await gateway.advance(hour)
  const receipt = only(await gateway.reply(told, { from: ana, text: 'Our answer.' }), 'ana@staff.test')
  expect(flat(receipt.text)).toContain('(El cliente volvió a escribir entretanto)')
})
