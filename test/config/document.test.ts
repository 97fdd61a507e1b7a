import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { checkDesk } from '../../src/config/check-desk.ts'
import { readConfigFile } from '../../src/config/document.ts'
import { type Fault, formatFaults, pathWords, sortFaults } from '../../src/config/fault.ts'
import { schemaFaults } from '../../src/config/issues.ts'
import { deskFileSchema } from '../../src/config/schema.ts'
import { compileRules } from '../../src/rules/compile.ts'
import { orchardYaml } from '../support/rule-work.ts'

const whole = stringify({
  ...orchardYaml,
  rules: [
    {
      name: 'a',
      when: { any: [{ subject: { has: 'x', matches: '(?<n>y)' } }, { not: { status: 'open' } }] },
      then: { note: '{n}', tags: ['b'] },
    },
    {
      name: 'b',
      on: ['clock'],
      when: { clock: 'response', stage: 'breached' },
      then: { notify: { to: 'team', template: 't' } },
    },
  ],
})

/** All faults of a desk's text, as the loader finds them. */
function faultsOf(text: string): readonly Fault[] {
  const file = readConfigFile('x.yaml', text)
  if (file.faults.length > 0) return file.faults
  const parsed = deskFileSchema.safeParse(file.value ?? {})
  if (!parsed.success) return schemaFaults(file, deskFileSchema, parsed.error.issues)
  const found: Fault[] = []
  checkDesk(parsed.data, { ruleSets: [], hasTemplate: () => true }, (path, message) => {
    found.push({ file: 'x.yaml', ...file.place(path), path: pathWords(path), message })
  })
  for (const fault of compileRules(parsed.data.rules, parsed.data, { from: 'desk' }).faults)
    found.push({
      file: 'x.yaml',
      ...file.place(['rules', ...fault.path]),
      path: pathWords(fault.path),
      message: fault.message,
    })
  return found
}

describe('a configuration that was damaged', () => {
  test('is never read as sound without being so, never breaks the reader, and every fault lies inside the file', () => {
    const lines = whole.split('\n')
    const junk = fc.constantFrom(
      '',
      '- ',
      'x: y',
      '  : ',
      '}',
      '[',
      '"',
      '*a',
      '&a',
      'null',
      '12',
      '? ',
      '%YAML',
      '\t',
      'when:',
      '!!js x',
      '|',
      '<<: {}',
      'é'.repeat(300),
    )
    const edit = fc.record({
      at: fc.nat(lines.length - 1),
      how: fc.constantFrom('drop', 'double', 'junk', 'indent', 'outdent', 'cut'),
      junk,
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const damaged = [...lines]
        for (const { at, how, junk: text } of edits) {
          const line = damaged[at] ?? ''
          if (how === 'drop') damaged.splice(at, 1)
          else if (how === 'double') damaged.splice(at, 0, line)
          else if (how === 'junk') damaged.splice(at, 0, text)
          else if (how === 'indent') damaged[at] = `  ${line}`
          else if (how === 'outdent') damaged[at] = line.replace(/^ {2}/, '')
          else damaged[at] = line.slice(0, line.length / 2)
        }
        for (const fault of faultsOf(damaged.join('\n'))) {
          expect(fault.line).toBeGreaterThan(0)
          expect(fault.line).toBeLessThanOrEqual(damaged.length)
          expect(fault.message).not.toMatch(/\[object|undefined|Invalid input|TypeError/)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('by aliases that multiply is refused', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
    ].join('\n')
    expect(readConfigFile('x.yaml', bomb).faults).toHaveLength(1)
  })
})

describe('places', () => {
  const file = readConfigFile('x.yaml', 'a:\n  - b: 1\n    c: {d: x}\n')
  test.each([
    [['a', 0, 'b'], { line: 2, column: 8 }],
    [['a', 0, 'c', 'd'], { line: 3, column: 12 }],
    [['a', 0, 'missing'], { line: 2, column: 5 }],
    [['a', 7], { line: 2, column: 3 }],
    [[], { line: 1, column: 1 }],
  ])('of %j', (path, place) => {
    expect(file.place(path)).toEqual(place)
  })

  test('of a key', () => {
    expect(file.keyPlace(['a', 0, 'c'])).toEqual({ line: 3, column: 5 })
  })
})

test('faults are sorted by place, and each stands once', () => {
  const fault = (file: string, line: number, message: string): Fault => ({ file, line, column: 1, path: 'a', message })
  expect(
    formatFaults(sortFaults([fault('b', 1, 'x'), fault('a', 9, 'y'), fault('a', 2, 'z'), fault('a', 2, 'z')])),
  ).toBe('a:2:1 a: z\na:9:1 a: y\nb:1:1 a: x')
})
