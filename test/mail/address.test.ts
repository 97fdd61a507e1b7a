import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalAddress,
  claimedSender,
  nameAndAddress,
  parseAddressList,
  parseStrictFrom,
  showAddress,
  strictAddrSpec,
  subAddress,
} from '../../src/mail/address.ts'

describe('a From field is an identity only when it is strict and single', () => {
  test.each([
    ['a plain address', ['ann@example.org'], 'ann@example.org'],
    ['a name and an address', ['Ann Smith <Ann@Example.ORG>'], 'ann@example.org'],
    ['a quoted name with a comma', ['"Smith, Ann" <ann@example.org>'], 'ann@example.org'],
    ['a comment beside the address', ['ann@example.org (Ann Smith)'], 'ann@example.org'],
    ['an encoded name', ['=?utf-8?q?Andr=C3=A9?= <andre@example.fr>'], 'andre@example.fr'],
    ['an encoded name that contains a comma', ['=?utf-8?q?Smith=2C_Ann?= <ann@example.org>'], 'ann@example.org'],
    ['a quoted local part', ['"ann smith"@example.org'], '"ann smith"@example.org'],
    ['a folded quoted name', ['"Ann\r\n Smith"\r\n <ann@example.org>'.replace(/\r\n/g, '')], 'ann@example.org'],
    ['a comment within a comment', ['ann@example.org (Ann (the \\) one))'], 'ann@example.org'],
    ['a name in raw UTF-8', ['Zoé Été <zoe@example.fr>'], 'zoe@example.fr'],
    ['initials without quotes', ['J. R. Smith <jr@example.org>'], 'jr@example.org'],
    ['blanks inside the brackets', ['Ann < ann@example.org >'], 'ann@example.org'],
    ['an apostrophe', ["sean.o'neil@example.org"], "sean.o'neil@example.org"],
    ['a plus address', ['ann+tag@example.org'], 'ann+tag@example.org'],
    ['a domain in Unicode becomes A-labels', ['ann@exämple.org'], 'ann@xn--exmple-cua.org'],
    ['a local part that is not ASCII keeps its domain as written', ['Ånn@exämple.org'], 'ånn@exämple.org'],
    ['a local part in Arabic', ['منى@example.org'], 'منى@example.org'],
    ['an address that repeats itself as its own name', ['ann@example.org <ann@example.org>'], 'ann@example.org'],
  ])('%s', (_title, values, address) => {
    expect(parseStrictFrom(values)).toMatchObject({ ok: true, address: { address } })
  })

  test.each([
    ['no From field', []],
    ['an empty From field', ['']],
    ['two From fields', ['agent@corp.example', 'evil@example.net']],
    ['two addresses in one field', ['agent@corp.example, evil@example.net']],
    ['two bracketed addresses without a comma', ['<agent@corp.example><evil@example.net>']],
    ['an unquoted address before the bracket', ['agent@corp.example <evil@example.net>']],
    ['a group', ['Staff: agent@corp.example;']],
    ['an empty group', ['undisclosed-recipients:;']],
    ['text after the bracket', ['Ann <ann@example.org> evil']],
    ['a NUL in the address', ['agent@corp.example\u0000@evil.example']],
    ['a soft hyphen in the domain', ['agent@co\u00adrp.example']],
    ['another full stop in the domain', ['agent@corp。example']],
    ['full-width letters in the domain', ['agent@ｃorp.example']],
    ['a full-width at sign', ['agent＠corp.example']],
    ['a character without width in the local part', ['age\u200bnt@corp.example']],
    ['a source route', ['<@corp.example:evil@evil.example>']],
    ['a semicolon between two', ['agent@corp.example; evil@evil.example']],
    ['a blank between two', ['agent@corp.example evil@evil.example']],
    ['an address within a quoted local part', ['"agent@corp.example"@evil.example']],
    ['a comment that joins two', ['agent@corp.example(x)@evil.example']],
    ['a dot at the end of the domain', ['ann@corp.example.']],
    ['two at signs', ['agent@corp.example@evil.example']],
    ['an unclosed bracket', ['Ann <ann@example.org']],
    ['an unclosed quote', ['"Ann <ann@example.org>']],
    ['an encoded word in place of the address', ['=?utf-8?q?ann=40example.org?=']],
    ['a domain literal', ['ann@[192.0.2.1]']],
    ['a number for a domain', ['ann@192.0.2.1']],
    ['a blank inside the address', ['Ann <ann smith@example.org>']],
    ['a local part of two scripts', ['аnn@example.org']],
    ['a local part that is written in two ways', ['a\u0308nn@example.org']],
    ['a joiner in a local part that is not ASCII', ['än\u200dn@example.org']],
    ['a dot at the end of the local part', ['ann.@example.org']],
    ['a percent sign in the domain', ['ann@ex%61mple.org']],
  ])('%s is nobody', (_title, values) => {
    expect(parseStrictFrom(values).ok).toBe(false)
  })

  test('whatever is accepted is one addr-spec that reads back as itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({
            unit: fc.constantFrom('a', '@', '.', '<', '>', '"', ',', ':', ';', '(', ')', ' ', '\\', 'é', '\u0000'),
          }),
        ),
        (value) => {
          const read = parseStrictFrom([value])
          if (!read.ok) return
          expect(strictAddrSpec(read.address.address)).toBe(read.address.address)
          expect(parseStrictFrom([`<${read.address.address}>`])).toMatchObject({
            ok: true,
            address: { address: read.address.address },
          })
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('lists of recipients are read leniently', () => {
  test.each([
    [
      'groups give their members',
      'A: a@x.example, b@y.example;, c@z.example',
      ['a@x.example', 'b@y.example', 'c@z.example'],
    ],
    ['comments may stand inside the brackets', 'Pete <pete(his account)@silly.example>', ['pete@silly.example']],
    ['an address in a comment counts when there is no other', 'Hans (hans@example.org)', ['hans@example.org']],
    ['a source route is dropped', '<@relay.example:ann@example.org>', ['ann@example.org']],
    ['semicolons of Outlook separate', 'a@x.example; b@y.example', ['a@x.example', 'b@y.example']],
    ['nobody is disclosed', 'undisclosed-recipients:;', []],
    ['an internationalised local part keeps its domain as written', 'märy@exämple.net', ['märy@exämple.net']],
  ])('%s', (_title, value, addresses) => {
    expect(parseAddressList(value).map((address) => address.address)).toEqual(addresses)
  })

  test('no text makes the reader throw or give more than a thousand addresses', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', '@', '.', '<', '>', '"', ',', ':', ';', '(', ')', '\\', '=?utf-8?q?', '?='),
          maxLength: 400,
        }),
        (value) => {
          expect(parseAddressList(value).length).toBeLessThanOrEqual(1000)
        },
      ),
    )
  })

  test('a name without an address is shown, but nobody can be reached by it', () => {
    expect(claimedSender('Whoever')).toEqual({ address: '', name: 'Whoever' })
  })
})

describe('an address is shown as what it is', () => {
  test.each([
    [
      'a name that is another address is left out',
      { address: 'x@evil.example', name: 'ceo@corp.example' },
      'x@evil.example',
    ],
    ['a full-width at sign is one too', { address: 'x@evil.example', name: 'ceo＠corp.example' }, 'x@evil.example'],
    ['invisible characters go', { address: 'x@evil.example', name: 'C\u200bE\u202eO' }, 'CEO <x@evil.example>'],
    [
      'a domain with Cyrillic letters stays in A-labels',
      { address: canonicalAddress('ann@exаmple.org'), name: '' },
      canonicalAddress('ann@exаmple.org'),
    ],
    [
      'a Latin letter that imitates another one stays in A-labels',
      { address: canonicalAddress('ann@ɢarage.example'), name: '' },
      canonicalAddress('ann@ɢarage.example'),
    ],
    [
      'a letter without its dot too',
      { address: canonicalAddress('ann@mıcro.example'), name: '' },
      canonicalAddress('ann@mıcro.example'),
    ],
    [
      'letters of Danish and French are readable',
      { address: canonicalAddress('ann@smørrebrød-œuf-été.example'), name: '' },
      'ann@smørrebrød-œuf-été.example',
    ],
    [
      'an honest German domain is readable',
      { address: canonicalAddress('ann@bücher.example'), name: 'Ann' },
      'Ann <ann@bücher.example>',
    ],
  ])('%s', (_title, address, shown) => {
    expect(showAddress(address)).toBe(shown)
  })

  test('the Cyrillic domain above is in fact another domain', () => {
    expect(canonicalAddress('ann@exаmple.org')).toContain('xn--')
  })
})

test.each([
  ['ann+tok.1@example.org', 'tok.1'],
  ['ann@example.org', undefined],
  ['+x@example.org', undefined],
  ['ann+@example.org', undefined],
])('the sub-address of %s is %s', (address, token) => {
  expect(subAddress(address)).toBe(token)
})

test.each([
  ['Ann', 'Ann <ann@example.org>'],
  ['', 'ann@example.org'],
  ['Ann@Example.org', 'ann@example.org'],
])('whose name is "%s" is written %s', (name, shown) => {
  expect(nameAndAddress({ name, address: 'ann@example.org' })).toBe(shown)
})

test('blanks in a quoted local part are part of the address', () => {
  expect(canonicalAddress('"Ann Smith"@Example.ORG')).toBe('"ann smith"@example.org')
  expect(canonicalAddress(' ann @example.org')).toBe('ann@example.org')
})
