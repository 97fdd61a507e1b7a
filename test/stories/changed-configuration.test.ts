// A configuration is changed: what it would have decided is seen before, and switching it on loses no mail.

import { afterEach, expect, test } from 'vitest'
import { planMails } from '../../src/gateway/plan.ts'
import { prepareDesk, prepareInstance, type RunningInstance } from '../../src/gateway/running-desk.ts'
import { compileRules } from '../../src/rules/compile.ts'
import { ruleSchema } from '../../src/rules/schema.ts'
import { opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const desk = testDesk()
const changed = (...rules: readonly unknown[]): RunningInstance => {
  const compiled = compileRules(
    rules.map((rule) => ruleSchema.parse(rule)),
    desk,
    { from: 'desk' },
  )
  expect(compiled.faults).toEqual([])
  const running = gateway.app.instance()
  return prepareInstance({
    desks: [prepareDesk(desk, compiled.rules)],
    keys: running.keys,
    publicUrl: running.publicUrl,
    replyDomain: running.replyDomain,
    addressBook: running.addressBook,
  })
}
const planned = async (instance: RunningInstance, against?: RunningInstance) => {
  const all = []
  for await (const one of planMails(gateway.database.sql, instance, { last: 10, ...(against ? { against } : {}) }))
    all.push(one)
  return all
}

test('plan shows which stored mails a changed rule would have decided differently, and changes nothing', async () => {
  gateway = await startGateway({ desks: [{ desk }], at: '2026-11-18T09:00:00Z' })
  const { ack } = await opened(gateway)
  await gateway.reply(ack, { from: 'Carla <carla@client.test>', text: 'It stopped smoking.' })
  await opened(gateway, { subject: 'A question', text: 'Where is the manual?' })
  const same = await planned(gateway.app.instance())
  expect(same.map(({ before, after, gone, added }) => ({ before, after, gone, added }))).toEqual([
    { before: 'created', after: 'created', gone: [], added: [] },
    { before: 'appended', after: 'appended', gone: [], added: [] },
    { before: 'created', after: 'created', gone: [], added: [] },
  ])
  const rule = { name: 'fire', when: { text: [fire] }, then: { tags: fire } }
  const other = await planned(changed(rule))
  expect(other.map(({ added }) => added.length)).toEqual([0, 0, 1])
  expect(other[2]?.added[0]).toContain('rule fire: ')
  const exact = await planned(changed(rule), gateway.app.instance())
  expect(exact[2]?.added).toEqual([expect.stringContaining('rule fire: '), 'tags: fire'])
  expect(await gateway.database.sql`select from ticket`).toHaveLength(2)
  expect((await gateway.ticket(1)).tags).toEqual([])
})

const fire = 'fire'

test('mail that came before the change and after it is decided, none twice', async () => {
  gateway = await startGateway({ desks: [{ desk }], at: '2026-11-18T09:00:00Z' })
  const send = (n: number): Promise<void> =>
    gateway.write({ from: `c${n}@client.test`, to: 'help@guichet.test', subject: `Question ${n}`, text: 'How?' })
  await send(1)
  await send(2)
  await gateway.configure([{ ...desk, name: 'The desk of today' }])
  await send(3)
  await gateway.app.settle()
  const sent = await gateway.take()
  for (const n of [1, 2, 3]) only(sent, `c${n}@client.test`)
  expect(await gateway.database.sql`select from ticket`).toHaveLength(3)
  expect(only(sent, 'c3@client.test').raw).toContain('The desk of today')
})
