import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAuthenticationResults } from '../../src/inbound/authentication-results.ts'

const read = (value: string) => {
  const found = parseAuthenticationResults(value)
  return (
    found && [
      found.authservId,
      ...found.results.map(({ method, result, properties }) =>
        `${method}=${result} ${[...properties].map(([k, v]) => `${k}=${v}`).join(',')}`.trim(),
      ),
    ]
  )
}

describe('an Authentication-Results field', () => {
  test.each([
    ['plain', 'mx.corp; dmarc=pass header.from=corp.test', ['mx.corp', 'dmarc=pass header.from=corp.test']],
    ['with a comment after the id (T19 d)', 'mx.corp (x); dmarc=pass', ['mx.corp', 'dmarc=pass']],
    [
      'with nested comments everywhere',
      '(a(b)) mx.corp (v) 1 (c); (d) dmarc (e) = (f) pass (p=reject; dmarc=fail) header.from (g) = corp.test',
      ['mx.corp', 'dmarc=pass header.from=corp.test'],
    ],
    ['with an escaped bracket in a comment', 'mx.corp (\\)); dmarc=pass', ['mx.corp', 'dmarc=pass']],
    [
      'with a quoted id and reason',
      '"MX.corp"; dkim=fail reason="bad; dmarc=pass" header.d=corp.test',
      ['mx.corp', 'dkim=fail reason=bad; dmarc=pass,header.d=corp.test'],
    ],
    [
      'folded',
      'mx.corp;\t spf=pass\t smtp.mailfrom=a@corp.test;   dkim=pass header.i=@corp.test header.s=s1',
      ['mx.corp', 'spf=pass smtp.mailfrom=a@corp.test', 'dkim=pass header.i=@corp.test,header.s=s1'],
    ],
    [
      'with versions of methods',
      'mx.corp 1; dkim/1=pass header.d=corp.test',
      ['mx.corp', 'dkim=pass header.d=corp.test'],
    ],
    ['without results', 'mx.corp; none', ['mx.corp']],
    ['of capitals', 'MX.Corp; DMARC=Pass', ['mx.corp', 'dmarc=pass']],
    ['with a quoted method, which is none', 'mx.corp; "dmarc"=pass', ['mx.corp']],
    [
      'with the same property twice: the first holds',
      'mx.corp; dmarc=pass header.from=a.test header.from=b.test',
      ['mx.corp', 'dmarc=pass header.from=a.test'],
    ],
  ])('%s', (_title, value, wanted) => expect(read(value)).toEqual(wanted))

  test.each([
    ['without an id', 'dmarc=pass header.from=corp.test'],
    ['with two words before the first semicolon', 'mx.corp evil; dmarc=pass'],
    ['with an open comment', 'mx.corp (; dmarc=pass'],
    ['with an open quote', 'mx.corp; dkim=fail reason="; dmarc=pass'],
    ['empty', ''],
    ['too long', `mx.corp; dmarc=pass ${'x'.repeat(20_000)}`],
  ])('%s is none', (_title, value) => expect(parseAuthenticationResults(value)).toBeNull())

  test('of any text is read without fault', () => {
    const part = fc.constantFrom('mx.corp', ';', '=', '(', ')', '"', '\\', ' ', 'dmarc', 'pass', '/', '1', '\t', 'é')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 80 }), (parts) => {
        parseAuthenticationResults(parts.join(''))
      }),
    )
  })

  test('a result inside a comment or quote is never one', () => {
    fc.assert(
      fc.property(fc.constantFrom('(%)', '"%"', '(a (%) b)'), (frame) => {
        expect(
          read(`mx.corp; spf=none ${frame.replace('%', '; dmarc=pass ;')}`)
            ?.slice(1)
            .some((line) => line.startsWith('dmarc')),
        ).toBe(false)
      }),
    )
  })
})
