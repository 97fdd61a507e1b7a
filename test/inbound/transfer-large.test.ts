import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { decodeTransfer } from '../../src/inbound/transfer.ts'

const lines = (bytes: Buffer, width: number): Buffer =>
  Buffer.from(bytes.toString('base64').replace(new RegExp(`(.{${width}})`, 'g'), '$1\r\n'), 'latin1')

test.each([
  ['of three million octets', 3_000_000, 76],
  ['with one octet over', 3_000_001, 76],
  ['with two octets over', 3_000_002, 76],
  ['in lines of odd length', 2_500_003, 61],
])('a large base64 body %s comes out as it went in', (_title, size, width) => {
  const bytes = randomBytes(size)
  expect(decodeTransfer(lines(bytes, width), 'base64').equals(bytes)).toBe(true)
})

test('large pieces one after the other, each with its padding, are all decoded', () => {
  const [one, two] = [randomBytes(1_400_001), randomBytes(1_400_002)]
  const body = Buffer.concat([lines(one, 76), Buffer.from('\r\n'), lines(two, 76)])
  expect(decodeTransfer(body, 'base64').equals(Buffer.concat([one, two]))).toBe(true)
})

test('rubbish between the letters of a large body is passed over', () => {
  const bytes = randomBytes(2_000_000)
  const body = Buffer.from(lines(bytes, 76).toString('latin1').replaceAll('\r\n', ' \0*\r\n'), 'latin1')
  expect(decodeTransfer(body, 'base64').equals(bytes)).toBe(true)
})
