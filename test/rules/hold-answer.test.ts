import { expect, test } from 'vitest'
import { readHoldAnswer } from '../../src/rules/hold-answer.ts'
import { message } from '../support/rule-work.ts'

const answer = (text: string, reply: boolean) =>
  message({ replyText: text, text, inReplyTo: reply ? ['notice@reply.test'] : [] })

test.each([
  ['the author confirms with any word', 'fine', true, true, 'release'],
  ['the author takes it back in English', 'No, not mine', true, true, 'discard'],
  ['the author takes it back in French', 'Écarter', true, true, 'discard'],
  ['the author takes it back in Spanish', 'descartar', true, true, 'discard'],
  ['a word that only begins like a refusal is none', 'Nobody else will do it, send it', true, true, 'release'],
  ['a link that was followed needs no word', '', false, false, 'release'],
  ['who was only told has to say it', 'Who is that?', true, false, 'unclear'],
  ['who was only told releases in English', 'Release it please', true, false, 'release'],
  ['who was only told releases in French', 'oui', true, false, 'release'],
  ['who was only told releases in Spanish', 'Sí, liberar', true, false, 'release'],
  ['who was only told discards', 'discard', true, false, 'discard'],
])('%s', (_title, text, reply, authors, expected) => {
  expect(readHoldAnswer(answer(text, reply), authors)).toBe(expected)
})
