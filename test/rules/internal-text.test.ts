import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quotesInternal } from '../../src/rules/internal-text.ts'

const note = 'The customer owes us four thousand and must not know of the audit in May.'
const entries = [
  { public: false, text: note },
  { public: true, text: 'Smoke comes out of the printer on the second floor, near the old lift.' },
  { public: false, text: 'short' },
]

test.each([
  ['an answer that says nothing of the note is clean', 'We will come tomorrow morning and look at it.', false],
  ['the whole note is seen', `As you see: ${note}`, true],
  [
    'a note that a mail client wrapped and quoted is seen',
    `> The customer owes us four\n> thousand and must not know of\n> the audit in May.`,
    true,
  ],
  ['most of a note is seen', note.slice(0, 62), true],
  ['a few words in common are no leak', 'The customer owes us an answer.', false],
  [
    'what the customer wrote may be quoted',
    'Smoke comes out of the printer on the second floor, near the old lift.',
    false,
  ],
  ['the mark of an internal block is seen', 'Internal · ⟦abcdefghij23⟧', true],
  ['brackets of other kinds are text', 'See ⟦1⟧ and [abc].', false],
  ['short notes are not looked for', 'This is short.', false],
])('%s', (_title, text, leaks) => {
  expect(quotesInternal(text, entries)).toBe(leaks)
})

test('a note that stands in a public entry too is no secret', () => {
  expect(quotesInternal(note, [...entries, { public: true, text: note }])).toBe(false)
})

test('any sixty characters of a note are seen, whatever stands around them', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{80,160}$/),
      fc.nat(),
      fc.stringMatching(/^[A-Z ]{0,40}$/),
      (secret, seed, around) => {
        const at = seed % (secret.length - 60)
        const text = `${around} ${secret.slice(at, at + 60)} ${around}`
        expect(quotesInternal(text, [{ public: false, text: secret }])).toBe(true)
      },
    ),
  )
})
