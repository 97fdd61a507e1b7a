import { describe, expect, test } from 'vitest'
import { type ReceiptWord, receiptLine, receiptWords } from '../../src/rules/receipt-words.ts'

describe('a number has the word that goes with it', () => {
  test.each([
    ['fr', '0', 'rapport envoyé à Bureau (0 destinataire)'],
    ['fr', '1', 'rapport envoyé à Bureau (1 destinataire)'],
    ['fr', '2', 'rapport envoyé à Bureau (2 destinataires)'],
    ['en', '0', 'report sent to Bureau (0 recipients)'],
    ['en', '1', 'report sent to Bureau (1 recipient)'],
    ['es', '1', 'informe enviado a Bureau (1 destinatario)'],
    ['es', '3', 'informe enviado a Bureau (3 destinatarios)'],
    ['ar', '1', 'report sent to Bureau (1 recipient)'],
  ])('%s, %s', (language, to, line) => {
    expect(receiptLine('reported', language, { what: 'Bureau', to })).toBe(line)
  })
})

test('nothing of the notation is left in a line, whatever the values', () => {
  for (const word of Object.keys(receiptWords) as ReceiptWord[])
    for (const language of ['fr', 'en', 'es'])
      for (const what of ['1', '7', '{what}', 'a|b'])
        expect(receiptLine(word, language, { what, to: '2', from: '3' }).replaceAll(what, '')).not.toMatch(/[{}|]/)
})
