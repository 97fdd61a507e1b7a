import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { insertOutbound } from '../../src/outbound/store.ts'
import { packageRoot } from '../../src/package-root.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { type Script, startScriptedRelay } from '../support/scripted-relay.ts'

/** A small generator with a seed, so that a run can be repeated. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const MAILS = 600
const SPEED = 600

/** What the relay does to one mail of many: takes it and says nothing, refuses it for now, cuts the line, or takes it. */
function fate(roll: number): Script {
  if (roll < 0.03) return { cut: { at: 'dot' } }
  if (roll < 0.06) return { final: '451 4.3.0 try again' }
  if (roll < 0.08) return { cut: { at: 'rcpt' } }
  if (roll < 0.1) return { cut: { at: 'body', after: 1_000 } }
  return {}
}

test('senders that are killed all the time lose nothing, and no mail leaves twice (threats 2b)', {
  timeout: 300_000,
}, async () => {
  const seed = Number(process.env.GUICHET_TEST_SEED ?? 20_251_103)
  const roll = dice(seed)
  const database = await createTestDatabase()
  const relay = await startScriptedRelay()
  relay.next = () => fate(roll())
  const epoch = Date.now()
  const mails = Array.from({ length: MAILS }, (_, i) => ({
    mail: {
      id: i + 1,
      desk: 'garage',
      ticket: 1,
      person: 1,
      recipient: `p${i + 1}@client.test`,
      envelopeFrom: 'b@reply.test',
      messageId: `m${i + 1}@reply.test`,
      subject: 'a',
      template: 'reply',
      automatic: false,
      author: null,
      bytes: Buffer.from(`Subject: ${i + 1}\r\n\r\n${'words and words\r\n'.repeat(200)}`),
    },
    state: 'queued' as const,
    reason: null,
    raw: null,
  }))
  await transaction(database.sql, (tx) => insertOutbound(tx, mails, new Date(epoch)))

  const left = async (): Promise<number> =>
    (await database.sql<{ n: number }[]>`select count(*) as n from outbound where state in ('queued', 'delayed')`)[0]
      ?.n ?? 0
  const env = {
    ...process.env,
    DATABASE: database.url,
    PORT: String(relay.port),
    EPOCH: String(epoch),
    SPEED: String(SPEED),
  }
  const start = async (): Promise<ChildProcess> => {
    const child = fork(join(packageRoot, 'test/support/sender-child.mjs'), { env })
    await once(child, 'message')
    return child
  }
  let kills = 0
  while ((await left()) > 0) {
    const child = await start()
    await pause(100 + roll() * 400)
    child.kill('SIGKILL')
    await once(child, 'exit')
    kills++
    // Towards the end one may finish in peace: leases of the killed have to run out.
    if ((await left()) < MAILS / 20) {
      const last = await start()
      while ((await left()) > 0) await pause(50)
      last.kill('SIGKILL')
      await once(last, 'exit')
    }
  }

  const rows = await database.sql<{ recipient: string; state: string }[]>`select recipient, state from outbound`
  const copies = new Map<string, number>()
  for (const to of relay.whole) copies.set(to, (copies.get(to) ?? 0) + 1)
  const stateOf = new Map(rows.map((row) => [row.recipient, row.state]))
  const by = (state: string): string[] => rows.filter((row) => row.state === state).map((row) => row.recipient)
  console.log(
    `seed ${seed}: ${kills} kills, ${MAILS} mails: ${by('sent').length} sent, ${by('uncertain').length} uncertain (${by('uncertain').filter((to) => copies.has(to)).length} of them arrived), ${[...copies.values()].filter((n) => n > 1).length} twice`,
  )
  expect(rows.filter((row) => row.state !== 'sent' && row.state !== 'uncertain')).toEqual([])
  expect([...copies].filter(([, n]) => n > 1)).toEqual([])
  expect(by('sent').filter((to) => !copies.has(to))).toEqual([])
  expect([...copies.keys()].filter((to) => !['sent', 'uncertain'].includes(stateOf.get(to) ?? ''))).toEqual([])
  expect(kills).toBeGreaterThan(5)
  await relay.close()
  await database.drop()
})
