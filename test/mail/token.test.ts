import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKeys, dayOf, lifetimeDays, purposes, type Signed } from '../../src/mail/token.ts'

const now = new Date('2026-11-21T10:00:00Z')
const today = dayOf(now)
const later = new Date('2036-11-21T10:00:00Z')
const keys = createKeys(['the first secret of a test', 'an older secret of a test'])

const signedArbitrary = fc.record({
  desk: fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/),
  purpose: fc.constantFrom(...purposes),
  id: fc.integer({ min: 0, max: 36 ** 5 - 1 }),
  person: fc.integer({ min: 0, max: 36 ** 5 - 1 }),
  day: fc.integer({ min: today - 2, max: today }),
})

describe('a signed token', () => {
  test('that we made verifies and says what was signed, in any case of letters', () => {
    fc.assert(
      fc.property(signedArbitrary, (signed: Signed) => {
        const payload = keys.sign(signed)
        expect(keys.verify(signed.desk, payload, now)).toEqual(signed)
        expect(keys.verify(signed.desk, payload.toUpperCase(), now)).toEqual(signed)
        expect(payload).toMatch(/^[a-z0-9.]+$/)
        expect(payload.length).toBeLessThanOrEqual(47)
      }),
    )
  })

  test('is refused when any one bit of it is flipped (T54)', () => {
    const signed: Signed = { desk: 'north', purpose: 'a', id: 124, person: 7, day: today }
    const payload = Buffer.from(keys.sign(signed), 'latin1')
    for (let bit = 0; bit < payload.length * 8; bit++) {
      const changed = Buffer.from(payload)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const text = changed.toString('latin1')
      // A capital letter is the same token: mail servers change the case of local parts.
      if (text.toLowerCase() === payload.toString('latin1')) continue
      expect(keys.verify('north', text, now), `bit ${bit}`).toBeNull()
    }
  })

  test('is bound to desk, purpose, id, person and day: one part of another token never fits', () => {
    fc.assert(
      fc.property(
        signedArbitrary,
        signedArbitrary,
        fc.constantFrom('purpose', 'id', 'person', 'day'),
        (one, other, part) => {
          fc.pre(one[part] !== other[part])
          const [head, ...rest] = keys.sign(one).split('.')
          const kid = (head ?? '').slice(-2)
          const forged = [
            part === 'purpose' ? `${other.purpose}${kid}` : head,
            part === 'id' ? other.id.toString(36) : rest[0],
            part === 'person' ? other.person.toString(36) : rest[1],
            part === 'day' ? other.day.toString(36) : rest[2],
            rest[3],
          ].join('.')
          expect(keys.verify(one.desk, forged, now)).toBeNull()
        },
      ),
    )
  })

  test('of one desk is nothing at another', () => {
    fc.assert(
      fc.property(signedArbitrary, fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/), (signed, desk) => {
        fc.pre(desk !== signed.desk)
        expect(keys.verify(desk, keys.sign(signed), now)).toBeNull()
      }),
    )
  })

  test('has one spelling: zeros in front are refused', () => {
    const payload = keys.sign({ desk: 'north', purpose: 'c', id: 5, person: 7, day: today })
    expect(keys.verify('north', payload.replace('.5.', '.05.'), now)).toBeNull()
  })

  test.each(purposes.map((purpose) => [purpose] as const))(
    'of purpose %s is good on its last day and treated as absent after it',
    (purpose) => {
      const last: Signed = { desk: 'north', purpose, id: 1, person: 1, day: dayOf(later) - lifetimeDays[purpose] }
      expect(keys.verify('north', keys.sign(last), later)).toEqual(last)
      expect(keys.verify('north', keys.sign({ ...last, day: last.day - 1 }), later)).toBeNull()
    },
  )

  test('of the day after tomorrow is refused', () => {
    expect(
      keys.verify('north', keys.sign({ desk: 'north', purpose: 'c', id: 1, person: 1, day: today + 2 }), now),
    ).toBeNull()
  })

  test('of an older secret still verifies, the first secret signs, and a removed secret verifies no more', () => {
    const signed: Signed = { desk: 'north', purpose: 'c', id: 9, person: 3, day: today }
    const old = createKeys(['an older secret of a test']).sign(signed)
    expect(keys.verify('north', old, now)).toEqual(signed)
    expect(keys.sign(signed)).toBe(createKeys(['the first secret of a test']).sign(signed))
    expect(createKeys(['the first secret of a test']).verify('north', old, now)).toBeNull()
  })

  test('with an unknown key id is refused, whatever its code', () => {
    const payload = keys.sign({ desk: 'north', purpose: 'c', id: 9, person: 3, day: today })
    const kid = payload.slice(1, 3)
    for (const other of ['aa', 'zz', '77', 'q3'].filter((id) => id !== kid)) {
      expect(keys.verify('north', `c${other}${payload.slice(3)}`, now)).toBeNull()
    }
  })

  test('read from any text never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => keys.verify('north', text, now) === null))
  })

  test('cannot be made without a secret', () => {
    expect(() => createKeys([])).toThrow()
    expect(() => createKeys(['good enough for a test', ' '])).toThrow()
  })
})
