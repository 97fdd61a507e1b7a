import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storable, storableJson } from '../../src/mail/storable.ts'

test('whatever a mail brings is kept without NUL and without half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const half = `${text}\0\uD83D`
      expect(storable(half).isWellFormed()).toBe(true)
      expect(storable(half)).not.toContain('\0')
      expect(JSON.parse(storableJson({ half, list: [half] }))).toEqual({ half: storable(half), list: [storable(half)] })
    }),
  )
})

test('a text cut in the middle of an emoji can still be stored', () => {
  expect(storableJson({ subject: `${'a'.repeat(499)}😀`.slice(0, 500) })).toBe(`{"subject":"${'a'.repeat(499)}\uFFFD"}`)
})
