import { afterEach, expect, test } from 'vitest'
import type { Desk } from '../../src/desks/desk.ts'
import { compileRules } from '../../src/rules/compile.ts'
import type { CompiledRule } from '../../src/rules/context.ts'
import { rulesSchema } from '../../src/rules/schema.ts'
import { ana, carla, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const hour = 3_600_000
const day = 24 * hour

const rulesOf = (desk: Desk, list: readonly unknown[]): readonly CompiledRule[] => {
  const { rules, faults } = compileRules(rulesSchema.parse(list), desk, { from: 'desk' })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return rules
}
const start = async (input: Record<string, unknown>, rules: readonly unknown[] = []): Promise<void> => {
  const desk = testDesk(input)
  gateway = await startGateway({ desks: [{ desk, rules: rulesOf(desk, rules) }], at: '2026-11-23T09:00:00Z' })
}

const response = {
  clocks: [{ name: 'first-response', after: '4bh', 'warn-after': '3bh', starts: ['created'], stops: ['agent-reply'] }],
}

test('a clock that comes near its end warns the team, one that runs out tells the supervisors too, each once', async () => {
  await start(response)
  await opened(gateway)
  expect(await gateway.advance(2 * hour)).toEqual([])
  const warned = await gateway.advance(hour + 60_000)
  expect(warned.map((m) => m.to)).toEqual(['ana@staff.test'])
  expect((await gateway.ticket(1)).clocks).toMatchObject([{ stage: 'warned' }])
  const breached = await gateway.advance(hour)
  expect(breached.map((m) => m.to).sort()).toEqual(['ana@staff.test', 'chief@staff.test'])
  expect((await gateway.ticket(1)).clocks).toMatchObject([{ stage: 'breached' }])
  expect(await gateway.advance(3 * day)).toEqual([])
})

test('a clock does not run at night: four hours of Friday afternoon end on Monday', async () => {
  await start(response)
  await gateway.advance(4 * day + 5 * hour)
  await opened(gateway)
  expect(await gateway.advance(2 * day)).toEqual([])
  expect((await gateway.advance(day)).length).toBeGreaterThan(0)
})

test('an answer in time stops the clock and nobody is warned', async () => {
  await start(response)
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: 'At once.' })
  expect(await gateway.advance(3 * day)).toEqual([])
})

test('a rule for a clock that ran out raises the priority and moves the ticket', async () => {
  await start(response, [
    {
      name: 'late',
      on: 'clock',
      when: { clock: 'first-response', stage: 'breached' },
      then: { priority: 'high', queue: 'second' },
    },
  ])
  await opened(gateway)
  await gateway.advance(3 * hour + 60_000)
  const sent = await gateway.advance(hour)
  expect(await gateway.ticket(1)).toMatchObject({ priority: 'high', queue: 'second' })
  expect(sent.some((m) => m.to === 'bob@staff.test')).toBe(true)
})

const silence = {
  clocks: [
    { name: 'silence', after: '5bd', 'warn-after': '2bd', starts: ['agent-question'], stops: ['customer-mail'] },
  ],
  closed: { 'reopen-within': '5bd' },
}
const silenceRules = [
  { name: 'remind', on: 'clock', when: { clock: 'silence', stage: 'warned' }, then: { reply: 'reminder' } },
  {
    name: 'close',
    on: 'clock',
    when: { clock: 'silence', stage: 'breached' },
    then: { status: 'closed', reply: 'auto-closed' },
  },
]

test('a question without an answer is repeated once and closed later, by the desk’s rules', async () => {
  await start(silence, silenceRules)
  const { told } = await opened(gateway)
  await gateway.reply(told, { from: ana, text: 'What model is it?' })
  const reminded = await gateway.advance(3 * day)
  expect(only(reminded, 'carla@client.test').headers.get('auto-submitted')).toBe('auto-generated')
  expect((await gateway.ticket(1)).status).toBe('waiting')
  const closed = await gateway.advance(5 * day)
  expect(only(closed, 'carla@client.test').subject).toContain('[HLP-1]')
  expect((await gateway.ticket(1)).status).toBe('closed')
})

test('a ticket that waits for the staff is never closed by itself', async () => {
  await start(silence, silenceRules)
  const { ack } = await opened(gateway)
  await gateway.reply(ack, { from: carla, text: 'Anybody there?' })
  await gateway.advance(30 * day)
  expect((await gateway.ticket(1)).status).toBe('open')
})

test('an answer that comes in the very minute in which the ticket closes is not lost', async () => {
  await start(silence, silenceRules)
  const { told } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'What model is it?' }), 'carla@client.test')
  await gateway.advance(3 * day)
  await gateway.write({ from: carla, to: copy.replyTo, subject: copy.subject, text: 'It is the blue one.' })
  const sent = await gateway.advance(5 * day)
  const ticket = await gateway.ticket(1)
  expect(ticket.status).toBe('open')
  expect(ticket.entries.some((e) => e.public && e.text === 'It is the blue one.')).toBe(true)
  expect(sent.filter((m) => m.to === 'ana@staff.test')).toHaveLength(1)
})

test('an answer after the ticket was closed takes it up again', async () => {
  await start(silence, silenceRules)
  const { told } = await opened(gateway)
  const copy = only(await gateway.reply(told, { from: ana, text: 'What model is it?' }), 'carla@client.test')
  await gateway.advance(3 * day)
  await gateway.advance(5 * day)
  expect((await gateway.ticket(1)).status).toBe('closed')
  const sent = await gateway.reply(copy, { from: carla, text: 'It is the blue one.' })
  expect((await gateway.ticket(1)).status).toBe('open')
  expect(only(sent, 'ana@staff.test').text).toContain('the blue one')
})
