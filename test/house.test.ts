import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../src/package-root.ts'

/*
 * What no import betrays. Who may import whom is held by .dependency-cruiser.cjs.
 */

const sources = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(packageRoot, 'src', name), 'utf8') }))

const core =
  /^(mail\/|rules\/|tickets\/(?!store)|inbound\/(message|parse|origin|bounce|reply-text|language)\.ts|outbound\/(compose|retry)\.ts)/

/** Comments may speak of the clock; the code may not read it. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}

function linesWith(pattern: RegExp, files: typeof sources): string[] {
  return files.flatMap(({ name, text }) =>
    codeOf(text)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  )
}

test('there are sources, and a core among them', () => {
  expect(sources.filter(({ name }) => core.test(name)).length).toBeGreaterThan(5)
})

test.each([
  ['reads no clock', /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bTemporal\.Now\b/],
  ['throws no dice', /\bMath\.random\(|\brandomBytes\(|\brandomUUID\(/],
  ['reads no environment and prints nothing', /\bprocess\.|\bconsole\.|\bfetch\(/],
])('the core %s', (_title, pattern) => {
  expect(
    linesWith(
      pattern,
      sources.filter(({ name }) => core.test(name)),
    ),
  ).toEqual([])
})

test('no desk is named in the sources: its name, language and numbers are its YAML', () => {
  expect(linesWith(/kpolygone|\bspt\b|['"`]gestion['"`]|\bonyx\b/i, sources)).toEqual([])
})

test('statements of the domain get now as an argument', () => {
  const stores = sources.filter(({ name }) => name.endsWith('store.ts'))
  expect(linesWith(/\bnow\(\)|\bcurrent_timestamp\b|\bclock_timestamp\(/i, stores)).toEqual([])
})
