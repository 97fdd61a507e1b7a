import { describe, expect, test } from 'vitest'
import { createDesk, type Letter, type ModelDesk, type Sent } from './budget-model.ts'

// Seven virtual days of adversaries against the pure budget model. `GUICHET_TEST_LONG=1` runs a thousand seeds.

const seeds = process.env.GUICHET_TEST_LONG === '1' ? 1000 : 100
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const begin = Date.UTC(2026, 10, 16)
const end = begin + 7 * day

/** mulberry32 */
function dice(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { next, below: (n: number) => Math.floor(next() * n) }
}

interface Happening {
  readonly at: number
  readonly letter: Letter
}

/** A binary heap by time. */
function agenda() {
  const heap: Happening[] = []
  const swap = (i: number, j: number) => {
    const a = heap[i]
    const b = heap[j]
    if (a && b) {
      heap[i] = b
      heap[j] = a
    }
  }
  const at = (i: number) => heap[i]?.at ?? Number.POSITIVE_INFINITY
  return {
    add: (happening: Happening) => {
      heap.push(happening)
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1
        if (at(parent) <= at(i)) break
        swap(parent, i)
        i = parent
      }
    },
    next: (): Happening | undefined => {
      const first = heap[0]
      const last = heap.pop()
      if (first === undefined || last === undefined || heap.length === 0) return first
      heap[0] = last
      for (let i = 0; ; ) {
        const child = at(2 * i + 1) < at(2 * i + 2) ? 2 * i + 1 : 2 * i + 2
        if (at(child) >= at(i)) break
        swap(i, child)
        i = child
      }
      return first
    },
  }
}

interface World {
  readonly north: ModelDesk
  readonly south: ModelDesk
  readonly asked: readonly { readonly at: number; readonly from: string; readonly registered: boolean }[]
}

function simulate(seed: number): World {
  const { next, below } = dice(seed)
  const humans = Array.from({ length: 8 }, (_, i) => `human${i}@people${i % 4}.test`)
  const registered = new Set(humans.filter((_, i) => i % 2 === 0))
  const north = createDesk('desk@north.test', new Set(['desk@north.test']), registered)
  // Another installation of the product, which does not know the first.
  const south = createDesk('desk@south.test', new Set(['desk@south.test']), new Set())
  const desks = new Map([north, south].map((desk) => [desk.address, desk]))
  const { add, next: take } = agenda()
  const asked: { at: number; from: string; registered: boolean }[] = []
  const plain = { ticket: null, automatic: false, nullReturn: false, authenticated: true, to: north.address } as const

  // What each robot does with an automatic mail that reaches it.
  const stripped = next() < 0.5
  const robots = new Map<string, (letter: Letter, at: number) => void>()
  const answer = (at: number, letter: Letter) => add({ at: at + 1000 + below(10 * minute), letter })
  robots.set('silent@robots.test', (letter, at) =>
    answer(at, {
      ...plain,
      from: 'silent@robots.test',
      to: letter.from,
      subject: letter.subject,
      ticket: letter.ticket,
    }),
  )
  robots.set('fresh@robots.test', (letter, at) =>
    answer(at, {
      ...plain,
      from: 'fresh@robots.test',
      to: letter.from,
      subject: `Automatic message ${below(1e9).toString(36)}`,
    }),
  )
  robots.set('honest@robots.test', (letter, at) =>
    answer(at, {
      ...plain,
      from: 'honest@robots.test',
      to: letter.from,
      subject: letter.subject,
      ticket: letter.ticket,
      automatic: true,
    }),
  )
  robots.set('gone@robots.test', (letter, at) =>
    answer(at, {
      ...plain,
      from: 'mailer-daemon@robots.test',
      to: letter.from,
      subject: 'Undelivered',
      nullReturn: true,
    }),
  )
  // The third member of a ring sends what one desk says to the other, as its own and without marks.
  robots.set('ring@ring.test', (letter, at) =>
    answer(at, {
      ...plain,
      from: 'ring@ring.test',
      to: letter.from === north.address ? south.address : north.address,
      subject: `${letter.subject} ${below(1e9).toString(36)}`,
    }),
  )
  const many = Array.from({ length: 50 }, (_, i) => `r${i}@swarm${i % 5}.test`)
  for (const from of many) {
    robots.set(from, (letter, at) => {
      const other = many[below(many.length)] ?? from
      answer(at, {
        ...plain,
        from: other,
        to: letter.from,
        subject: below(1e9).toString(36),
        authenticated: next() < 0.5,
      })
    })
  }

  for (const from of robots.keys()) {
    for (let at = begin + below(day); at < end; at += 2 * hour + below(day))
      add({ at, letter: { ...plain, from, subject: `Hello ${below(1e9).toString(36)}`, authenticated: next() < 0.7 } })
  }
  // The desks meet: each is a customer of the other, sometimes with marks lost on the way.
  for (let at = begin + below(day); at < end; at += day)
    add({ at, letter: { ...plain, from: south.address, subject: `Between desks ${below(1e9)}` } })
  humans.forEach((from, i) => {
    const known = registered.has(from)
    for (let at = begin + below(12 * hour) + i * minute; at < end; at += day + below(12 * hour)) {
      asked.push({ at, from, registered: known })
      add({
        at,
        letter: {
          ...plain,
          from,
          subject: `Question ${'abcdefgh'[below(8)]} ${'klmnop'[below(6)]} ${asked.length % 7 === 0 ? 'x' : 'y'}`,
          authenticated: known || next() < 0.5,
        },
      })
    }
  })

  let solveAt = begin + 6 * hour
  let happened = 0
  for (let happening = take(); happening !== undefined && happening.at < end; happening = take()) {
    // A broken budget would let this go on for ever.
    if (++happened > 100_000) throw new Error(`seed ${seed}: a loop that no budget ends`)
    const { at, letter } = happening
    while (solveAt <= at) {
      north.solveAll()
      south.solveAll()
      solveAt += 20 * minute
    }
    const desk = desks.get(letter.to)
    for (const reply of desk?.receive(letter, at) ?? []) {
      const peer = desks.get(reply.to)
      // A server between the two may lose the marks of automatic mail.
      if (peer) answer(at, stripped ? { ...reply, automatic: false, ticket: null } : { ...reply, ticket: null })
      else robots.get(reply.to)?.(reply, at)
    }
  }
  return { north, south, asked }
}

/** The most mails in any window of `length`, and the number over the whole time. */
function densest(times: readonly number[], length: number): number {
  let most = 0
  for (let i = 0, j = 0; j < times.length; j++) {
    while ((times[j] ?? 0) - (times[i] ?? 0) >= length) i++
    most = Math.max(most, j - i + 1)
  }
  return most
}

function byRecipient(sent: readonly Sent[]): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const { at, letter } of sent) found.set(letter.to, [...(found.get(letter.to) ?? []), at])
  return found
}

describe('seven days of robots', () => {
  test.each(Array.from({ length: 10 }, (_, i) => [i * (seeds / 10), (i + 1) * (seeds / 10) - 1]))(
    'seeds %i to %i: every budget holds and every person is answered',
    (from, to) => {
      let automatic = 0
      for (let seed = from; seed <= to; seed++) {
        const { north, south, asked } = simulate(seed)
        for (const desk of [north, south]) {
          automatic += desk.sent.length
          for (const [recipient, times] of byRecipient(desk.sent)) {
            const person = recipient.startsWith('human')
            const where = `seed ${seed}, ${desk.address} to ${recipient}`
            if (!person) {
              expect(times.length, where).toBeLessThanOrEqual(70)
              // One period may end and the next begin within the window.
              expect(densest(times, hour), where).toBeLessThanOrEqual(6)
              expect(densest(times, day), where).toBeLessThanOrEqual(20)
              // From the first mail on, it is never more than ten in the first day.
              expect(times.filter((at) => at < (times[0] ?? 0) + day).length, where).toBeLessThanOrEqual(10)
            }
          }
          expect(
            densest(
              desk.sent.map(({ at }) => at),
              hour,
            ),
            `seed ${seed}`,
          ).toBeLessThanOrEqual(2 * 120 + 8 * 20)
          const again = new Map<number, number[]>()
          for (const { at, ticket } of desk.reopened) again.set(ticket, [...(again.get(ticket) ?? []), at])
          for (const times of again.values()) expect(densest(times, hour), `seed ${seed}`).toBeLessThanOrEqual(6)
          expect(byRecipient(desk.sent).has('mailer-daemon@robots.test')).toBe(false)
        }
        for (const { at, from: person, registered } of asked) {
          const answered = north.sent.some((one) => one.letter.to === person && one.at === at)
          expect(
            answered,
            `seed ${seed}: ${person}${registered ? ' (registered)' : ''} wrote at ${new Date(at).toISOString()}: ${north.suppressed.find((one) => one.to === person && one.at === at)?.why}`,
          ).toBe(true)
        }
      }
      // The robots really were answered, or this would prove nothing.
      expect(automatic / (to - from + 1)).toBeGreaterThan(200)
    },
    120_000,
  )

  test('a robot that marks its mail gets one answer', () => {
    const desk = createDesk('desk@north.test', new Set(), new Set())
    const first: Letter = {
      from: 'honest@robots.test',
      to: desk.address,
      subject: 'Hello',
      ticket: null,
      automatic: false,
      nullReturn: false,
      authenticated: true,
    }
    let letters = desk.receive(first, begin)
    for (let i = 1; i < 100; i++)
      letters = letters.flatMap((letter) =>
        desk.receive({ ...first, subject: letter.subject, ticket: letter.ticket, automatic: true }, begin + i * minute),
      )
    expect(desk.sent).toHaveLength(1)
  })

  test('two thousand forged requests in an hour bring their victim one mail (T07)', () => {
    const desk = createDesk('desk@north.test', new Set(), new Set())
    for (let i = 0; i < 2000; i++)
      desk.receive(
        {
          from: 'victim@corp.test',
          to: desk.address,
          subject: `Buy ${i.toString(36)}`,
          ticket: null,
          automatic: false,
          nullReturn: false,
          authenticated: false,
        },
        begin + i * 1800,
      )
    expect(desk.sent).toHaveLength(1)
    expect(desk.stored()).toBe(2000)
    expect(desk.suppressed).toHaveLength(1999)
  })

  test('a breaker that is open never stops reception (T07)', () => {
    const desk = createDesk('desk@north.test', new Set(), new Set())
    for (let i = 0; i < 2000; i++)
      desk.receive(
        {
          from: `v${i}@corp${i % 400}.test`,
          to: desk.address,
          subject: 'Buy',
          ticket: null,
          automatic: false,
          nullReturn: false,
          authenticated: false,
        },
        begin + i * 1800,
      )
    expect(desk.sent.length).toBeLessThanOrEqual(60)
    expect(desk.stored()).toBe(2000)
    expect(desk.suppressed.some(({ why }) => why.includes('of this desk'))).toBe(true)
  })
})
