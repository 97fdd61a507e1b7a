import { expect, test } from 'vitest'
import { createGroupCommit } from '../../src/inbound/group-commit.ts'
import type { RawMail } from '../../src/inbound/message.ts'
import { batchLimits } from '../../src/inbound/receive.ts'
import { saveApart } from '../../src/inbound/refusal.ts'
import { rawMail } from '../support/raw-mail.ts'

const mail = (text: string): RawMail => rawMail(Buffer.from(text))
const answer = (mails: readonly RawMail[]) =>
  mails.map((one) => ({ raw: Number(one.bytes.toString('latin1', 0, 8).trim()) || 0, duplicate: false, desks: [] }))
const refusal = (code: string) => Object.assign(new Error('refused'), { code })

/** A save whose commits end when the test says so. */
function held() {
  const batches: (readonly RawMail[])[] = []
  const ends: (() => void)[] = []
  const save = async (mails: readonly RawMail[]) => {
    batches.push(mails)
    await new Promise<void>((resolve) => ends.push(resolve))
    return answer(mails)
  }
  return { batches, save, end: () => ends.shift()?.() }
}

test('the first mail is committed at once, those that come meanwhile together, each with its own answer', async () => {
  const { batches, save, end } = held()
  const commit = createGroupCommit(save)
  const answers = [1, 2, 3, 4].map((n) => commit.store(mail(String(n))))
  expect(batches.map((batch) => batch.length)).toEqual([1])
  end()
  await answers[0]
  await new Promise((resolve) => setImmediate(resolve))
  expect(batches.map((batch) => batch.length)).toEqual([1, 3])
  end()
  expect((await Promise.all(answers)).map((one) => one.raw)).toEqual([1, 2, 3, 4])
})

test('a commit takes no more than its bytes and its number of mails', async () => {
  const { batches, save, end } = held()
  const commit = createGroupCommit(save)
  const large = 'x'.repeat(batchLimits.bytes / 2)
  const answers = [
    mail('1'),
    mail(large),
    mail(large),
    mail(large),
    ...Array.from({ length: batchLimits.mails + 1 }, () => mail('2')),
  ].map((one) => commit.store(one))
  const all = Promise.all(answers)
  for (let i = 0; i < 6; i++) {
    end()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await all
  // The first alone; two large ones; a large one with small ones up to the number; the rest.
  expect(batches.map((batch) => batch.length)).toEqual([1, 2, batchLimits.mails, 2])
})

test('a mail that the database refuses is refused alone', async () => {
  const answers = await saveApart(
    async (mails) => {
      if (mails.some((one) => one.bytes.includes('bad'))) throw refusal('22021')
      return answer(mails)
    },
    [mail('1'), mail('bad'), mail('3')],
  )
  expect(answers.map((one) => (one instanceof Error ? one.message : one.raw))).toEqual([1, 'refused', 3])
})

test('two that collide with another process are tried again one by one', async () => {
  let calls = 0
  const answers = await saveApart(
    async (mails) => {
      if (++calls === 1) throw refusal('40P01')
      return answer(mails)
    },
    [mail('1'), mail('2')],
  )
  expect(answers).toHaveLength(2)
  expect(calls).toBe(3)
})

test.each(['ECONNREFUSED', '57P01', '53100', ''])(
  'a failure of all (%s) is thrown once, not tried for each',
  async (code) => {
    let calls = 0
    const saving = saveApart(async () => {
      calls++
      throw refusal(code)
    }, [mail('1'), mail('2')])
    await expect(saving).rejects.toThrow('refused')
    expect(calls).toBe(1)
  },
)
