import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMail } from '../../src/inbound/parse.ts'
import { packageRoot } from '../../src/package-root.ts'
import {
  baseSubject,
  showThreads,
  type ThreadedMail,
  type ThreadNode,
  threadByReferences,
  threadBySubject,
} from './thread.ts'

const mail = (key: number, over: Partial<ThreadedMail> = {}): ThreadedMail => ({
  key,
  messageId: `${key}@x`,
  references: [],
  inReplyTo: [],
  subject: '',
  date: null,
  order: key,
  ...over,
})
const answers = (key: number, ...parents: number[]) => mail(key, { references: parents.map((parent) => `${parent}@x`) })

describe('conversations by their references', () => {
  test.each([
    ['an answer stands below its question', [mail(1), answers(2, 1)], '(1 2)'],
    ['two answers stand side by side', [mail(1), answers(2, 1), answers(3, 1)], '(1 (2)(3))'],
    [
      'a parent that comes late is the parent still',
      [answers(2, 1), answers(3, 1, 2), mail(1, { order: 0 })],
      '(1 2 3)',
    ],
    ['a mail that never came holds its answers together', [answers(2, 1), answers(3, 1)], '((2)(3))'],
    ['a mail that never came between two disappears', [mail(1), answers(3, 1, 2)], '(1 3)'],
    ['two mails that refer to each other end somewhere', [answers(1, 2), answers(2, 1)], '(2 1)'],
    ['a mail that refers to itself', [answers(1, 1)], '(1)'],
    ['a second copy belongs to the first', [mail(1), mail(2, { messageId: '1@x' })], '(1 2)'],
    ['a mail without an id', [mail(1), mail(2, { messageId: null, references: ['1@x'] })], '(1 2)'],
    ['In-Reply-To serves when there are no references', [mail(1), mail(2, { inReplyTo: ['1@x'] })], '(1 2)'],
  ] as [string, ThreadedMail[], string][])('%s', (_title, mails, shown) => {
    expect(showThreads(threadByReferences(mails, 'desk'))).toBe(shown)
  })

  test('a subject joins only when that is wanted', () => {
    const mails = [mail(1, { subject: 'printer' }), mail(2, { subject: 'Re: printer' })]
    expect(showThreads(threadByReferences(mails, 'desk'))).toBe('(1)(2)')
    expect(showThreads(threadByReferences(mails, 'imap'))).toBe('(1 2)')
  })

  test('whatever the references say, every mail comes out once', () => {
    const one = fc.record({
      id: fc.option(fc.integer({ min: 0, max: 8 })),
      references: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.constantFrom('imap' as const, 'desk' as const), (list, mode) => {
        const mails = list.map(({ id, references }, key) =>
          mail(key, {
            messageId: id === null ? null : `${id}@x`,
            references: references.map((ref) => `${ref}@x`),
            subject: key % 3 === 0 ? 'Re: a' : 'a',
          }),
        )
        const keys: number[] = []
        const visit = (node: ThreadNode): void => {
          if (node.key !== null) keys.push(node.key)
          node.children.forEach(visit)
        }
        threadByReferences(mails, mode).forEach(visit)
        expect(keys.sort((a, b) => a - b)).toEqual(mails.map(({ key }) => key))
      }),
      { numRuns: 1000 },
    )
  })

  test('a thread of twenty thousand answers is threaded', () => {
    const mails = Array.from({ length: 20_000 }, (_x, key) => (key === 0 ? mail(0) : answers(key, key - 1)))
    const [root] = threadByReferences(mails, 'desk')
    let depth = 0
    for (let at = root; at !== undefined; at = at.children[0]) depth++
    expect(depth).toBe(20_000)
  })
})

test.each([
  ['Re: [list] printer (fwd)', 'PRINTER', true],
  ['[Fwd: printer]', 'PRINTER', true],
  ['Re[2]: printer', 'PRINTER', true],
  ['[list] printer', 'PRINTER', false],
  ['[list]', '[LIST]', false],
  ['printer', 'PRINTER', false],
])('the base of "%s" is "%s"', (subject, base, reply) => {
  expect(baseSubject(subject)).toEqual({ base, reply })
})

const corpus = join(packageRoot, '..', 'shared', 'corpus')
const threaded = async (bytes: Buffer, key: number): Promise<ThreadedMail> => {
  const { messageId, references, inReplyTo, subject, date } = await parseMail(bytes)
  return { key, messageId, references, inReplyTo, subject, date, order: key }
}
/** A fixed shuffle: the same in every run. */
const shuffled = <T>(list: readonly T[], seed: number): T[] => {
  const out = [...list]
  let state = seed
  for (let i = out.length - 1; i > 0; i--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    const j = state % (i + 1)
    const [a, b] = [out[i], out[j]]
    if (a !== undefined && b !== undefined) {
      out[i] = b
      out[j] = a
    }
  }
  return out
}

describe.skipIf(!existsSync(corpus))('public threads come out as their sources assert (needs ../shared/corpus)', () => {
  test('the mailboxes of imaptest', async () => {
    const folder = join(corpus, 'imaptest-threads')
    const expected: Record<string, { threads: { algorithm: string; firstMessages: number; result: string }[] }> =
      JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
    for (const [name, { threads }] of Object.entries(expected)) {
      const parts = readFileSync(join(folder, name), 'latin1')
        .split(/^(?=From )/m)
        .filter((part) => part !== '')
      for (const { algorithm, firstMessages, result } of threads) {
        const mails = await Promise.all(
          parts.slice(0, firstMessages).map(async (part, n) => {
            const read = await threaded(Buffer.from(part, 'latin1'), n + 1)
            // Without a Date field the date of arrival counts, which stands in the separator line.
            return { ...read, date: read.date ?? new Date(part.slice(part.indexOf('  '), part.indexOf('\n'))) }
          }),
        )
        for (const order of [mails, shuffled(mails, 1), shuffled(mails, 2), shuffled(mails, 3)]) {
          const found = algorithm === 'REFERENCES' ? threadByReferences(order, 'imap') : threadBySubject(order)
          expect(showThreads(found), name).toBe(result)
        }
      }
    }
  })

  test('the lists of notmuch, in order and shuffled', async () => {
    const folder = join(corpus, 'notmuch')
    const expected: Record<string, { thread?: string }> = JSON.parse(
      readFileSync(join(folder, 'expected.json'), 'utf8'),
    )
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => statSync(join(folder, name)).isFile() && expected[name]?.thread !== undefined,
    )
    const mails = await Promise.all(names.map((name, n) => threaded(readFileSync(join(folder, name)), n)))
    for (const order of [mails, shuffled(mails, 1), shuffled(mails, 2), shuffled(mails, 3)]) {
      const threadOf = new Map<number, number>()
      threadByReferences(order, 'desk').forEach((root, n) => {
        const visit = (node: ThreadNode): void => {
          if (node.key !== null) threadOf.set(node.key, n)
          node.children.forEach(visit)
        }
        visit(root)
      })
      const asserted = new Map<string, Set<number | undefined>>()
      names.forEach((name, n) => {
        const thread = expected[name]?.thread ?? ''
        asserted.set(thread, (asserted.get(thread) ?? new Set()).add(threadOf.get(n)))
      })
      for (const [thread, found] of asserted) expect(found.size, thread).toBe(1)
      expect(new Set([...asserted.values()].flatMap((found) => [...found])).size).toBe(asserted.size)
    }
  })
})
