// Mails of one customer, filed as their references say: measured against RFC 5256.

import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { carla } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type ThreadedMail, type ThreadNode, threadByReferences } from '../support/thread.ts'

let gateway: TestGateway
beforeEach(async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
})
afterEach(() => gateway.close())

interface Letter {
  readonly id: string
  readonly subject: string
  readonly references?: readonly string[]
  readonly inReplyTo?: string
}

const idOf = (name: string): string => `${name}@client.test`

/** Names of mails that belong together, each group and all groups in alphabetical order. */
const grouped = (groups: readonly (readonly string[])[]): string[] =>
  groups.map((one) => [...one].sort().join(' ')).sort()

function asReferencesSay(letters: readonly Letter[]): string[] {
  const mails = letters.map(
    ({ id, subject, references = [], inReplyTo }, order): ThreadedMail => ({
      key: order,
      messageId: idOf(id),
      references: references.map(idOf),
      inReplyTo: inReplyTo === undefined ? [] : [idOf(inReplyTo)],
      subject,
      date: null,
      order,
    }),
  )
  const below = ({ key, children }: ThreadNode): string[] => [
    ...(key === null ? [] : [letters[key]?.id ?? '']),
    ...children.flatMap(below),
  ]
  return grouped(threadByReferences(mails, 'desk').map(below))
}

async function asFiled(letters: readonly Letter[]): Promise<string[]> {
  for (const { id, subject, references = [], inReplyTo } of letters)
    await gateway.exchange({
      from: carla,
      to: 'help@guichet.test',
      subject,
      text: `What ${id} says.`,
      messageId: `<${idOf(id)}>`,
      ...(inReplyTo === undefined ? {} : { inReplyTo: `<${idOf(inReplyTo)}>` }),
      ...(references.length === 0 ? {} : { references: references.map((name) => `<${idOf(name)}>`).join(' ') }),
    })
  const rows = await gateway.database.sql<{ texts: string[] }[]>`
    select array_agg(text) as texts from entry where kind = 'customer' group by ticket`
  return grouped(rows.map(({ texts }) => texts.map((text) => /What (\S+) says/.exec(text)?.[1] ?? text)))
}

test.each<[string, readonly Letter[]]>([
  [
    'two conversations that alternate stay two',
    [
      { id: 'printer', subject: 'printer' },
      { id: 'door', subject: 'door' },
      { id: 'printer-2', subject: 'Re: printer', references: ['printer'], inReplyTo: 'printer' },
      { id: 'door-2', subject: 'Re: door', inReplyTo: 'door' },
      { id: 'printer-3', subject: 'Re: printer', references: ['printer', 'printer-2'] },
    ],
  ],
  [
    'branches of one conversation are one',
    [
      { id: 'root', subject: 'heating' },
      { id: 'left', subject: 'heating, first floor', references: ['root'] },
      { id: 'right', subject: 'heating, second floor', references: ['root'] },
      { id: 'leaf', subject: 'radiators', references: ['root', 'right'] },
    ],
  ],
  [
    'mails of one subject that refer to nothing are two conversations',
    [
      { id: 'monday', subject: 'weekly backup' },
      { id: 'tuesday', subject: 'weekly backup' },
    ],
  ],
  [
    'a mail between two that never came does not part them',
    [
      { id: 'first', subject: 'licence' },
      { id: 'third', subject: 'Re: licence', references: ['first', 'lost'], inReplyTo: 'lost' },
    ],
  ],
  [
    'a question that comes after its answer belongs to it',
    [
      { id: 'answer', subject: 'Re: door', references: ['question'], inReplyTo: 'question' },
      { id: 'question', subject: 'door' },
      { id: 'more', subject: 'Re: door', references: ['question', 'answer'], inReplyTo: 'answer' },
    ],
  ],
  [
    'answers to a mail that never came are one conversation',
    [
      { id: 'one', subject: 'Re: window', references: ['ghost'], inReplyTo: 'ghost' },
      { id: 'two', subject: 'AW: window', references: ['ghost'], inReplyTo: 'ghost' },
    ],
  ],
  [
    'the last of a conversation first',
    [
      { id: 'd', subject: 'Re: roof', references: ['a', 'b', 'c'], inReplyTo: 'c' },
      { id: 'c', subject: 'Re: roof', references: ['a', 'b'], inReplyTo: 'b' },
      { id: 'b', subject: 'Re: roof', references: ['a'], inReplyTo: 'a' },
      { id: 'a', subject: 'roof' },
    ],
  ],
  [
    'a mail that answers itself is a conversation',
    [{ id: 'self', subject: 'loop', references: ['self'], inReplyTo: 'self' }],
  ],
])('%s', async (_title, letters) => {
  expect(await asFiled(letters)).toEqual(asReferencesSay(letters))
})

test('a conversation is one in whatever order its mails come, and stays apart from the others', async () => {
  const orders = fc.sample(fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e'], { minLength: 5 }), { numRuns: 10, seed: 7 })
  const branches: Readonly<Record<string, readonly string[]>> = {
    a: [],
    b: ['a'],
    c: ['a', 'b'],
    d: ['a'],
    e: ['a', 'd'],
  }
  for (const [n, order] of orders.entries())
    for (const name of order)
      await gateway.write({
        from: carla,
        to: 'help@guichet.test',
        subject: `${name === 'a' ? '' : 'Re: '}matter ${n}`,
        text: `What ${n}${name} says.`,
        messageId: `<${idOf(`${n}${name}`)}>`,
        references: (branches[name] ?? []).map((parent) => `<${idOf(`${n}${parent}`)}>`).join(' '),
      })
  await gateway.app.settle()
  const rows = await gateway.database.sql<{ texts: string[] }[]>`
    select array_agg(text) as texts from entry where kind = 'customer' group by ticket`
  expect(grouped(rows.map(({ texts }) => texts.map((text) => /What (\S+) says/.exec(text)?.[1] ?? text)))).toEqual(
    orders.map((_, n) => ['a', 'b', 'c', 'd', 'e'].map((name) => `${n}${name}`).join(' ')).sort(),
  )
})

test('under a mail that never came another subject is another matter, and so is another person’s', async () => {
  expect(
    await asFiled([
      { id: 'lamp', subject: 'Re: lamp', inReplyTo: 'ghost' },
      { id: 'chair', subject: 'chair', inReplyTo: 'ghost' },
    ]),
  ).toEqual(['chair', 'lamp'])
  const sent = await gateway.exchange({
    from: 'Eve <eve@evil.test>',
    to: 'help@guichet.test',
    subject: 'Re: lamp',
    text: 'Let me in.',
    messageId: '<eve@evil.test>',
    inReplyTo: `<${idOf('ghost')}>`,
  })
  expect(sent.some(({ to }) => to === 'eve@evil.test')).toBe(true)
  const [row] = await gateway.database.sql<{ tickets: number }[]>`select count(*)::int as tickets from ticket`
  expect(row?.tickets).toBe(3)
})

test('what a machine writes under a mail that never came is told anew each time', async () => {
  const written = (n: number, headers: Readonly<Record<string, string>>) => ({
    from: carla,
    to: 'help@guichet.test',
    subject: 'backup failed',
    text: `What night ${n} says.`,
    messageId: `<${idOf(`night-${n}`)}>`,
    references: `<${idOf('backups')}>`,
    headers,
  })
  await gateway.exchange(written(1, {}))
  const marked = { 'Auto-Submitted': 'auto-generated' }
  for (const night of [2, 3]) await gateway.exchange(written(night, marked))
  const holds = await gateway.database.sql<{ reason: string; ticket: number | null }[]>`
    select reason, ticket from hold order by id`
  expect(holds.map(({ reason, ticket }) => [reason, ticket])).toEqual(Array(2).fill(['automatic-without-ticket', null]))
})

test('what an agent writes under a mail that never came is no answer on a ticket of theirs', async () => {
  for (const n of [1, 2])
    await gateway.exchange({
      from: 'ana@staff.test',
      to: 'help@guichet.test',
      subject: 'Re: door',
      text: `Door ${n}.`,
      messageId: `<${idOf(`door-${n}`)}>`,
      references: `<${idOf('ghost')}>`,
    })
  const rows = await gateway.database.sql<{ number: number; kind: string }[]>`
    select ticket as number, kind from entry where text like 'Door%' order by id`
  expect(rows.map(({ number }) => number)).toEqual([1, 2])
})

test('who puts somebody in copy under a mail that all know gets none of that person’s mail', async () => {
  const under = { to: 'help@guichet.test', subject: 'Re: circular', references: `<${idOf('circular')}>` }
  await gateway.exchange({
    ...under,
    from: 'Eve <eve@evil.test>',
    cc: 'carla@client.test',
    text: 'What she says.',
    messageId: '<eve@evil.test>',
  })
  const sent = await gateway.exchange({
    ...under,
    from: carla,
    text: 'My password is lost.',
    messageId: `<${idOf('mine')}>`,
  })
  expect(sent.filter(({ to }) => to === 'eve@evil.test')).toEqual([])
  const [row] = await gateway.database.sql<{ tickets: number }[]>`select count(*)::int as tickets from ticket`
  expect(row?.tickets).toBe(2)
})
