import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  footerMark,
  loopValue,
  mintMessageId,
  mintReplyAddress,
  readFooterMarks,
  readLoopValue,
  readMessageId,
  readReplyAddress,
} from '../../src/mail/message-id.ts'
import { createKeys, dayOf, purposes } from '../../src/mail/token.ts'

const keys = createKeys(['secret'])
const now = new Date('2025-03-03T09:00:00Z')
const domains = new Set(['reply.desk.test'])

const deskKey = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,15}$/)
const grants = fc.record({
  desk: deskKey,
  purpose: fc.constantFrom(...purposes),
  id: fc.nat(36 ** 5 - 1),
  person: fc.nat(36 ** 5 - 1),
  day: fc.constant(dayOf(now)),
})

test('a signed address stays within 64 octets before the @ and is read back, in capitals too', () => {
  fc.assert(
    fc.property(grants, fc.boolean(), (grant, capitals) => {
      const address = mintReplyAddress(keys, grant, 'reply.desk.test')
      expect(address.indexOf('@')).toBeLessThanOrEqual(64)
      const read = readReplyAddress(capitals ? address.toUpperCase() : address, domains)
      expect(read?.desk).toBe(grant.desk)
      expect(keys.verify(grant.desk, read?.payload ?? '', now)).toEqual(grant)
    }),
  )
})

test('a Message-ID of ours gives back desk, grant and mail, with or without brackets', () => {
  fc.assert(
    fc.property(grants, fc.nat(2 ** 40), fc.boolean(), (grant, outbound, brackets) => {
      const id = mintMessageId(keys.sign(grant), grant.desk, outbound, 'reply.desk.test')
      const read = readMessageId(brackets ? `<${id}>` : id)
      expect(read).toMatchObject({ desk: grant.desk, outbound })
      expect(keys.verify(grant.desk, read?.payload ?? '', now)).toEqual(grant)
      // RFC 5322 §3.6.4: dot-atom on both sides.
      expect(id).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)*@[a-z0-9.-]+$/)
    }),
  )
})

test('a footer mark is found in a quote, and each only once', () => {
  fc.assert(
    fc.property(
      grants,
      fc.constantFrom('', '> ', '>>> ', '| ', 'Le lundi, Zoé a écrit : '),
      fc.nat(99_999),
      (grant, quote, number) => {
        const payload = keys.sign(grant)
        const line = `${quote}${footerMark(`GAR-${number}`, payload)}`
        expect(readFooterMarks(`bonjour\n${line}\nfin\n${line}\n`)).toEqual([{ prefix: 'GAR', number, payload }])
      },
    ),
  )
})

test('the loop mark is read back', () => {
  fc.assert(
    fc.property(grants, (grant) => {
      const payload = keys.sign(grant)
      expect(readLoopValue(` ${loopValue(grant.desk, payload)} `)).toEqual({ desk: grant.desk, payload })
    }),
  )
})

test.each([
  [
    'an address of another domain',
    () => readReplyAddress('garage+cab.1.1.1gg.aaaaaaaaaaaaaaaaaaaaaaaaaa@elsewhere.test', domains),
  ],
  ['an address without a payload', () => readReplyAddress('garage@reply.desk.test', domains)],
  [
    'an address whose payload is cut',
    () => readReplyAddress('garage+cab.1.1.1gg.aaaaaaaaaaaaa@reply.desk.test', domains),
  ],
  ['an id of somebody else', () => readMessageId('<CAF+12345@mail.example>')],
  ['an id of a megabyte', () => readMessageId(`${'a'.repeat(1_000_000)}@reply.desk.test`)],
  ['a loop mark with something behind it', () => readLoopValue('v1; garage; fab.1.1.1gg.aaaaaaaaaaaaaaaaaaaaaaaaaa x')],
])('%s is none of ours', (_title, read) => {
  expect(read()).toBeNull()
})

test('a text full of half marks is read in no time and gives nothing', () => {
  const started = performance.now()
  expect(readFooterMarks('Ref: GAR-1/cab.1.1.'.repeat(50_000))).toEqual([])
  // Twenty times what it takes; what explodes takes minutes.
  expect(performance.now() - started).toBeLessThan(2_000)
})
