import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinViews, viewWords } from '../../src/rules/words.ts'

test('two texts joined read like one text of two lines', () => {
  const text = fc
    .array(fc.constantFrom('press', 'É', 'pu', ' ', '-', 'œuf', "l'eau", '12', '?'), { maxLength: 8 })
    .map((words) => words.join(''))
  fc.assert(
    fc.property(text, text, (first, second) => {
      const joined = joinViews(viewWords(first), viewWords(second))
      const whole = viewWords(`${first}\n${second}`)
      expect(joined.line).toBe(whole.line)
      expect([...joined.words].sort()).toEqual([...whole.words].sort())
      expect([...joined.beginnings()].sort()).toEqual([...whole.beginnings()].sort())
    }),
  )
})
