import { afterEach, expect, test } from 'vitest'
import { compileRules } from '../../src/rules/compile.ts'
import { rulesSchema } from '../../src/rules/schema.ts'
import { carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

test('a rule that gives a ticket another calendar moves its deadlines at once', async () => {
  const everyHour = Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d) => [d, ['00:00-24:00']]),
  )
  const desk = testDesk({ calendars: { always: { zone: 'Europe/Paris', week: everyHour } } })
  const { rules, faults } = compileRules(
    rulesSchema.parse([{ name: 'night watch', on: 'reply', when: { body: 'urgent' }, then: { calendar: 'always' } }]),
    desk,
    { from: 'desk' },
  )
  expect(faults).toEqual([])
  // Monday, an hour before the desk closes: four opening hours end on Tuesday, four hours of the clock tonight.
  gateway = await startGateway({ desks: [{ desk, rules }], at: '2026-11-23T15:00:00Z' })
  const due = async (): Promise<string | undefined> => {
    const [row] = await gateway.database.sql<{ due_at: Date }[]>`select due_at from clock where name = 'first-response'`
    return row?.due_at.toISOString()
  }
  const { ack } = await opened(gateway)
  expect(await due()).toBe('2026-11-24T11:00:00.000Z')
  await gateway.reply(ack, { from: carla, text: 'It is urgent, please look tonight.' })
  expect(await due()).toBe('2026-11-23T19:00:00.000Z')
})
