import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { buildProgram } from '../../src/cli/commands/program.ts'
import { packageRoot } from '../../src/package-root.ts'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(packageRoot, 'docs')).map((name) => `docs/${name}`),
]

describe('the documentation', () => {
  test('names every variable that the program reads, and no other', () => {
    const used = new Set(
      [
        read('src/cli/environment.ts'),
        read('guichet.yaml'),
        ...readdirSync(join(packageRoot, 'desks'))
          .filter((n) => n.endsWith('.yaml'))
          .map((n) => read(`desks/${n}`)),
      ]
        .join('\n')
        .match(/\b(?:GUICHET_[A-Z_]+|DATABASE_URL|LOG_LEVEL)\b/g),
    )
    const told = new Set([...read('docs/operations.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]))
    expect([...told].sort()).toEqual([...used].sort())
  })

  test.each(documents)('%s links to files that exist', (path) => {
    const folder = path.includes('/') ? 'docs' : '.'
    for (const [, target = ''] of read(path).matchAll(/\]\(((?!https?:)[^)#\s]+\.md|LICENSE)/g))
      expect(() => read(join(folder, target)), `${path} → ${target}`).not.toThrow()
  })

  test('docs/flow.md names files that exist', () => {
    const named = [...read('docs/flow.md').matchAll(/`((?:[a-z-]+\/)+[a-z-]+\.ts)`/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(15)
    for (const file of named) expect(() => read(join('src', file)), file).not.toThrow()
  })

  test('names every command of the program', () => {
    const namesOf = ({ commands }: { readonly commands: readonly Command[] }): string[] =>
      commands.flatMap((command) => [command.name(), ...namesOf(command)])
    const commands = namesOf(buildProgram(() => undefined))
    expect(commands.length).toBeGreaterThan(20)
    const all = documents.map(read).join('\n')
    for (const command of commands) expect(new RegExp(`\\b${command}\\b`).test(all), command).toBe(true)
  })
})
