import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

const ids = Array.from({ length: 60 }, (_, n) => `T${String(n + 1).padStart(2, '0')}`)
const folder = join(packageRoot, 'test')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.test.ts') && name !== join('threats', 'index.test.ts'),
)
/** First arguments of `test(`, `describe(` and of the calls that `.each(…)` gives. */
const titles = files.flatMap((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  return [
    ...text.matchAll(
      /(?:\b(?:test|describe)(?:\.\w+\([^'"`]{0,200}\))?|\])?\)?\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g,
    ),
  ].map((match) => match[2] ?? '')
})
const lines = readFileSync(join(packageRoot, 'docs/security.md'), 'utf8').split('\n')
const lineOf = (id: string): string => lines.find((line) => line.startsWith(`| ${id} |`)) ?? ''

test.each(ids)('%s has a test with its name, or a line that says why it cannot occur', (id) => {
  const named = titles.some((title) => new RegExp(`\\b${id}\\b`).test(title))
  expect(named || /cannot occur here: /.test(lineOf(id))).toBe(true)
})

test.each(ids)('%s has a line in the document, and the tests it names are there', (id) => {
  const line = lineOf(id)
  expect(line).not.toBe('')
  for (const [, name = ''] of line.slice(line.lastIndexOf('|', line.length - 2)).matchAll(/`([\w/-]+)`/g))
    expect(
      files.some((file) => file === `${name}.test.ts` || file.startsWith(`${name}/`)),
      name,
    ).toBe(true)
})
