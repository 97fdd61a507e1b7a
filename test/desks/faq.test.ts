import { describe, expect, test } from 'vitest'
import { answersOf, faqSchema, termsOf } from '../../src/desks/faq.ts'
import { keywordIn, parseKeyword, viewWords } from '../../src/rules/words.ts'

const faq = faqSchema.parse({
  entries: [
    {
      question: { en: 'The press does not start in the morning', fr: 'Le pressoir ne démarre pas le matin' },
      phrases: ['press + start*', 'pressoir + démarr*'],
      lacks: ['tractor'],
      answer: { en: 'Warm it up.', fr: 'Laissez-le chauffer.' },
    },
    {
      question: { en: 'What is the price of a crate of apples?', fr: 'Quel est le prix d’une caisse de pommes ?' },
      answer: { en: 'Ten crowns.', fr: 'Dix couronnes.' },
      types: ['question'],
    },
    { question: 'Where is the barn?', phrases: ['barn'], answer: 'Behind the house.' },
  ],
})

const ask = (text: string, over: { type?: string; language?: string } = {}) => {
  const view = viewWords(text)
  return answersOf(faq, {
    text,
    type: over.type ?? 'question',
    language: over.language ?? 'en',
    deskLanguage: 'en',
    says: (words) => {
      const keyword = parseKeyword(words)
      return keyword !== null && keywordIn(view, keyword)
    },
  })
}

describe('answers to known questions', () => {
  test.each([
    ['all words of a phrase', 'Our press will not start today', ['Warm it up.']],
    ['one word of a phrase is not enough', 'Please start the week with us', []],
    ['a word that takes it away', 'The press and the tractor do not start', []],
    ['other words for a question, enough of them', 'the price per crate of your apples please', ['Ten crowns.']],
    ['too few words in common', 'the price of your house', []],
    [
      'where a phrase decides, words in common do not',
      'Where is the barn, and what is the price of a crate of apples?',
      ['Behind the house.'],
    ],
    ['no more than two', 'barn, press start, price of a crate of apples', ['Warm it up.', 'Behind the house.']],
    ['nothing at all', '', []],
  ])('%s', (_title, text, expected) => {
    expect(ask(text).map(({ answer }) => answer)).toEqual(expected)
  })

  test('are in the language of the ticket, whatever language found them', () => {
    expect(ask('Le pressoir ne démarre plus', { language: 'fr' })).toEqual([
      { question: 'Le pressoir ne démarre pas le matin', answer: 'Laissez-le chauffer.', by: 'pressoir + démarr*' },
    ])
    expect(ask('Combien coûte, quel prix, une caisse de pommes', { language: 'fr' })[0]?.answer).toBe('Dix couronnes.')
  })

  test('are for the types they name', () => {
    expect(ask('What is the price of a crate of apples?', { type: 'trouble' })).toEqual([])
  })

  test('a phrase without a word is a fault', () => {
    const result = faqSchema.safeParse({ entries: [{ question: 'a', phrases: ['a + '], answer: 'b' }] })
    expect(result.error?.issues[0]?.message).toContain('a phrase is words')
  })

  test('endings and accents do not count', () => {
    expect(termsOf('Les CORRECTIONS demandées')).toEqual(termsOf('correction demandée'))
  })
})
