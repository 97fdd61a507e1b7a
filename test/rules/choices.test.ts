import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainChoice } from '../../src/rules/choices.ts'

describe('a plain first line chooses', () => {
  test.each([
    ['oui', 'confirmation', 'y'],
    ['Oui, merci !', 'confirmation', 'y'],
    ['C’est résolu.', 'confirmation', 'y'],
    ["C'est résolu, merci beaucoup", 'confirmation', 'y'],
    ['Bonjour,\n\nOui, c’est résolu.\n\nMerci\nAnne', 'confirmation', 'y'],
    ['YES', 'confirmation', 'y'],
    ['Solved, thank you!', 'confirmation', 'y'],
    ['Sí', 'confirmation', 'y'],
    ['Sí, ya funciona. Gracias', 'confirmation', 'y'],
    ['no', 'confirmation', 'n'],
    ['Non, ça ne marche toujours pas.', 'confirmation', 'n'],
    ['No funciona', 'confirmation', 'n'],
    ['Not solved', 'confirmation', 'n'],
    ['No.\nThe same message appears.', 'confirmation', 'n'],
    ['ok', 'approval', 'ok'],
    ['Bon pour accord', 'approval', 'ok'],
    ['Je refuse', 'approval', 'no'],
    ['No acepto', 'approval', 'no'],
    ['De acuerdo, gracias', 'approval', 'ok'],
    ['Very good, thanks', 'satisfaction', 'g'],
    ['Mal', 'satisfaction', 'h'],
    ['muet', null, 'm'],
    ['Mute.', 'confirmation', 'm'],
    ['Silencio', null, 'm'],
    ['Réactiver', null, 'u'],
  ] as const)('%j, asked for %s: %s', (text, asked, choice) => {
    expect(plainChoice(text, asked)).toBe(choice)
  })

  test.each([
    ['yes when nothing was asked', 'yes', null],
    ['a yes with a but', 'Yes, but it still crashes', 'confirmation'],
    ['a yes with a but below', 'Oui\n\nMais l’écran reste noir', 'confirmation'],
    ['yes and no', 'Yes and no', 'confirmation'],
    ['words against each other', 'Oui. Non.', 'confirmation'],
    ['a question', 'Solved?', 'confirmation'],
    ['a sentence that begins so', 'No printer prints any more', 'confirmation'],
    ['a quoted word', '> oui', 'confirmation'],
    ['a word far below', 'Hello\nI tried it again.\nyes', 'confirmation'],
    ['thanks alone', 'Merci !', 'confirmation'],
    ['nothing', '', 'confirmation'],
    ['an approval where a confirmation was asked', 'I refuse', 'confirmation'],
    ['a word within a word', 'nobody answers', 'confirmation'],
  ] as const)('%s chooses nothing', (_title, text, asked) => {
    expect(plainChoice(text, asked)).toBeNull()
  })

  test('no quoted text ever chooses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('oui', 'yes', 'no', 'muet', 'c’est résolu'),
        fc.constantFrom(null, 'confirmation', 'approval', 'satisfaction'),
        (word, asked) => {
          expect(plainChoice(`Text of mine.\n\n> ${word}\n${word}`, asked)).toBeNull()
          expect(plainChoice(`> ${word}`, asked)).toBeNull()
        },
      ),
    )
  })

  test('any text is read without fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const found = plainChoice(text, 'confirmation')
        return found === null || ['m', 'u', 'y', 'n'].includes(found)
      }),
    )
  })
})
