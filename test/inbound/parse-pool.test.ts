import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createParsePool, type ParsePool } from '../../src/inbound/parse-pool.ts'
import { bombs } from '../support/bombs.ts'

const mail = (body: string) =>
  Buffer.from(`From: Ann <ann@example.org>\r\nSubject: ${body.slice(0, 8)}\r\n\r\n${body}\r\n`)
const stubborn = new URL('../support/stubborn-worker.mjs', import.meta.url)
let pool: ParsePool | null = null
afterEach(async () => {
  await pool?.close()
  pool = null
})

describe('a mail that cannot be read', () => {
  test.each([
    ['never comes to an end', 'HANG'],
    ['ends the thread', 'EXIT'],
    ['makes the reader throw', 'THROW'],
    ['needs too much memory', 'GROW'],
  ])('%s: it alone fails, with its sender and subject, and the mails around it are read', async (_title, order) => {
    pool = createParsePool({ threads: 1, wallClockMs: 400, heapMb: 64, workerFile: stubborn })
    const bodies = ['one', 'two', order, 'three', order, 'four']
    const results = await pool.parseBatch(bodies.map((body, n) => ({ id: String(n), bytes: mail(body) })))
    expect([...results].filter(([, result]) => !result.ok).map(([id]) => id)).toEqual(['2', '4'])
    expect(results.size).toBe(6)
    const guilty = results.get('2')
    expect(guilty?.message).toMatchObject({ from: { address: 'ann@example.org' }, subject: order, replyText: '' })
    expect(guilty?.message.problem).not.toBeNull()
  })
})

test('a thread that is slow to start, on a busy machine, costs no mail', async () => {
  pool = createParsePool({
    threads: 1,
    wallClockMs: 100,
    workerFile: new URL('../support/slow-worker.mjs', import.meta.url),
  })
  const results = await pool.parseBatch(['one', 'two'].map((id) => ({ id, bytes: mail(id) })))
  expect([...results].map(([id, { ok }]) => [id, ok])).toEqual([
    ['one', true],
    ['two', true],
  ])
})

test('many batches at once are read by few threads, each mail under its own id', async () => {
  pool = createParsePool({ threads: 2 })
  const batches = Array.from({ length: 6 }, (_x, b) =>
    Array.from({ length: 40 }, (_y, n) => ({ id: `${b}-${n}`, bytes: mail(`text ${b}-${n}`) })),
  )
  const all = await Promise.all(batches.map((batch) => pool?.parseBatch(batch)))
  all.forEach((results, b) => {
    expect(results?.size).toBe(40)
    expect(results?.get(`${b}-7`)?.message.replyText).toBe(`text ${b}-7`)
  })
})

test('an empty batch and a closed reader end at once', async () => {
  pool = createParsePool({ threads: 1 })
  expect((await pool.parseBatch([])).size).toBe(0)
  await pool.close()
  const results = await pool.parseBatch([{ id: 'x', bytes: mail('late') }])
  expect(results.get('x')).toMatchObject({ ok: false, message: { subject: 'late' } })
})

test('attachments are read in the thread too', async () => {
  pool = createParsePool({ threads: 1 })
  const bytes = Buffer.from('From: a@b.example\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-\r\n')
  expect(await pool.readAttachments(bytes, [0])).toMatchObject([{ index: 0, filename: 'a.pdf' }])
})

describe('mails that are made to stop a reader still give sender and subject (T10, T34, T55)', () => {
  const shared = createParsePool({ threads: 1, wallClockMs: 20_000, heapMb: 256 })
  afterAll(() => shared.close())
  test.each(bombs(false).map((bomb) => [bomb.name, bomb] as const))('%s', async (_name, bomb) => {
    const result = (await shared.parseBatch([{ id: 'bomb', bytes: bomb.bytes }])).get('bomb')
    const died = result?.ok === false && /not read within|memory|thread|cannot be read/.test(result.reason)
    expect(died, 'the thread died of it').toBe(false)
    if (!bomb.readable) return
    expect(result?.message).toMatchObject({ from: { address: 'ann@example.org' }, subject: 'still here' })
    if ((result?.message.text ?? '').trim() !== '') expect(result?.message.replyText).not.toBe('')
  })
})
