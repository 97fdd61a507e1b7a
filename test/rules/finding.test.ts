import { expect, test } from 'vitest'
import { finding, findingCodes, findingSentence } from '../../src/rules/finding.ts'

const values = { who: '<who>', what: '<what>', other: '<other>', detail: '<detail>' }

test.each(findingCodes)('what was found is said in three languages with nothing left open: %s', (code) => {
  const [en = '', fr = '', es = ''] = ['en', 'fr', 'es'].map((l) => findingSentence(finding(code, values), l))
  for (const sentence of [en, fr, es]) expect(sentence).not.toMatch(/[{}]/)
  if (code !== 'said') expect(new Set([en, fr, es]).size).toBe(3)
  // Numbers and people stand in each; the reader of English alone gets the parser’s own words.
  for (const value of ['<who>', '<what>', '<other>'])
    for (const sentence of [fr, es]) expect(sentence.includes(value), sentence).toBe(en.includes(value))
})

test('a value that looks like a placeholder stays what it is', () => {
  expect(findingSentence(finding('said', { what: '{who} $& {what}' }), 'fr')).toBe('{who} $& {what}')
})

test('is said in English where the language is not among them', () => {
  expect(findingSentence(finding('nothing-proved'), 'ar')).toBe('Nothing proves that the agent wrote it.')
})
