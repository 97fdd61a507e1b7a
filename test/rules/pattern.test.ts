import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { requiredLiterals } from '../../src/rules/literals.ts'
import { compilePattern } from '../../src/rules/pattern.ts'
import { foldText, keywordIn, parseKeyword, viewWords } from '../../src/rules/words.ts'

const find = (source: string, text: string, exactCase = false): ReadonlyMap<string, string> | null => {
  const result = compilePattern(source, exactCase)
  if (!result.ok) throw new Error(result.message)
  return result.pattern.find(text)
}

describe('an expression', () => {
  test.each([
    ['(?<n>\\d+)', 'ticket 42', { n: '42' }],
    ['(?P<n>\\d+)', 'ticket 42', { n: '42' }],
    ['(?<a>x)|(?<b>y)', 'y', { b: 'y' }],
    ['^é(?<rest>\\p{L}+)$', 'ligne\nÉtat\n', { rest: 'tat' }],
    ['\\(\\?<no>(?<yes>.)', '(?<no>z', { yes: 'z' }],
  ])('%s captures by name in "%s"', (source, text, expected) => {
    expect(Object.fromEntries(find(source, text) ?? [])).toEqual(expected)
  })

  test.each([
    ['(?=x)y', 'look-ahead and look-behind are not supported'],
    ['(?<!x)y', 'look-ahead and look-behind are not supported'],
    ['(a)\\1', 'back references are not supported'],
    ['[a-', 'cannot be read'],
    ['(x{1000}){1000}', 'cannot be read'],
    ['x'.repeat(2_001), 'at most 2000 characters'],
  ])('%s is refused, and the fault says why', (source, message) => {
    const result = compilePattern(source)
    expect(result.ok ? '' : result.message).toContain(message)
  })

  test('that would explode elsewhere ends (T38)', () => {
    expect(find('(a+)+$', `${'a'.repeat(60_000)}!`)).toBeNull()
    expect(find('(x+x+)+y', 'x'.repeat(60_000))).toBeNull()
  })

  test('captures are bounded', () => {
    expect(find('(?<all>(?s:.*))', 'x'.repeat(5_000))?.get('all')).toHaveLength(500)
  })
})

describe('the literals of which every match contains one', () => {
  test.each([
    ['invoice \\d+', ['invoice ']],
    ['invoice|bill', ['invoice', 'bill']],
    ['(invoice|bill) number', [' number']],
    ['(?:t[ée]l[ée]?|phone)\\s*:', ['tél', 'tel', 'phone']],
    ['\\b(?:acci[óo]n|action)\\s', ['acción', 'accion', 'action']],
    ['colou?r', ['colo']],
    ['ab{2}cde', ['cde']],
    ['[abc]def', ['adef', 'bdef', 'cdef']],
    ['(?i)PLATE', ['plate']],
    ['(?P<n>plate)+', ['plate']],
    ['(plate)?', null],
    ['(plate|.)', null],
    ['\\Qa+b\\E', null],
    ['x+yz', null],
    ['[^a]bc', null],
    ['ΑΒΓΔ', null],
  ])('%s', (source, expected) => {
    expect(requiredLiterals(source)).toEqual(expected)
  })

  test('never hide a match', () => {
    const atom = fc.constantFrom(
      'ab',
      'Inv',
      'ol',
      '\\d',
      '.',
      '[xy]',
      '(cd|ef)',
      'g+',
      'h?',
      '(?:jl)*',
      'm{2}',
      'm{0,1}',
      '\\.',
      'é',
      '|',
      '(pq)',
      ' ',
      '[kK]as',
      's+',
      'sk',
      '(?:ab|(?:cd|inv)+)',
      '(?:ol|x?)',
      '[ao]b',
      '^',
      '$',
      '\\b',
      '[^a]',
      '(?:',
      ')',
    )
    const piece = fc.constantFrom(
      'ab',
      'ob',
      'inv',
      'INV',
      'ol',
      '1',
      'x',
      'y',
      'cd',
      'EF',
      'g',
      'gg',
      'h',
      'jl',
      'mm',
      '.',
      'É',
      'pq',
      ' ',
      'kas',
      'KAS',
      'ſ',
      '\u212aas',
      'sk',
      '\n',
    )
    let matched = 0
    fc.assert(
      fc.property(
        fc.array(atom, { minLength: 1, maxLength: 7 }),
        fc.array(piece, { maxLength: 9 }),
        (atoms, pieces) => {
          const source = atoms.join('')
          const text = pieces.join('')
          let plain: RE2JS
          try {
            plain = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE)
          } catch {
            return
          }
          if (plain.test(text)) matched++
          expect(find(source, text) !== null).toBe(plain.test(text))
        },
      ),
      { numRuns: 5_000 },
    )
    expect(matched).toBeGreaterThan(100)
  })
})

describe('keywords', () => {
  test('a keyword with a key is found exactly where its line is found', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'E', '1', ' ', '-', "'", 'œ', 'ß'), maxLength: 8 })
    fc.assert(
      fc.property(word, fc.boolean(), fc.boolean(), fc.array(word, { maxLength: 8 }), (written, left, right, text) => {
        const keyword = parseKeyword(`${left ? '*' : ''}${written}${right ? '*' : ''}`)
        if (!keyword) return
        const view = viewWords(text.join(' '))
        expect(keywordIn(view, keyword)).toBe(view.line.includes(keyword.needle))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['Œuvre créée', 'oeuvre creee'],
    ['STRASSE straße', 'strasse strasse'],
    ['ﬁn', 'fin'],
    ['ÉTÉ', 'ete'],
  ])('%s reads %s', (written, expected) => {
    expect(foldText(written)).toBe(expected)
  })

  test.each(['', '*', '?!', '  '])('"%s" is no keyword', (written) => {
    expect(parseKeyword(written)).toBeNull()
  })
})
