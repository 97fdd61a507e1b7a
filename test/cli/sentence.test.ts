import { expect, test } from 'vitest'
import { sentenceOf } from '../../src/cli/sentence.ts'

const fault = (code: string, path?: string): Error =>
  Object.assign(new Error(`${code}: raw words`), { code, ...(path ? { path } : {}) })

test.each([
  ['EACCES', '/data/secret', /^\/data\/secret may not be opened: permission denied\. Run as the user/],
  ['ENOSPC', '/data/outgoing', /^\/data\/outgoing cannot be written: the disk is full\.$/],
  ['EROFS', '/data', /read-only/],
  ['ENOTDIR', '/file/data', /a part of the path is a file/],
  ['CONNECTION_CLOSED', undefined, /^The database does not answer any more \(CONNECTION_CLOSED\)/],
  ['57P01', undefined, /^The database does not answer any more/],
])('%s is said in words, with the file it is about', (code, path, expected) => {
  expect(sentenceOf(fault(code, path))).toMatch(expected)
})

test('a fault of the program itself has no sentence: its stack is shown', () => {
  expect(sentenceOf(new TypeError('x is not a function'))).toBeNull()
  expect(sentenceOf('text')).toBeNull()
  expect(sentenceOf(fault('42601'))).toBeNull()
})
