import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { agentsGuide } from '../../../src/rules/commands/guide.ts'
import { commandHelp, describeCommands } from '../../../src/rules/commands/help.ts'
import { commandNames } from '../../../src/rules/commands/vocabulary.ts'

describe('the help', () => {
  test.each(['en', 'fr', 'es'])('names every command once, with a sentence and an example (%s)', (language) => {
    const all = commandHelp(language).flatMap(({ commands }) => commands)
    expect(all.map(({ name }) => name).sort()).toEqual([...commandNames].sort())
    for (const { usage, does, example } of all) {
      expect(usage).toMatch(/^#\p{L}/u)
      expect(does.length).toBeGreaterThan(7)
      expect(does).not.toMatch(/\.$/)
      expect(example).toMatch(/^#/)
    }
    const lines = describeCommands(language).trimEnd().split('\n')
    const text = lines.join(' ').replace(/ +/g, ' ')
    for (const { usage, does, example } of all) {
      expect(text).toContain(usage)
      expect(text).toContain(does)
      expect(text).toContain(example)
    }
    // Beside the introduction, which the mail folds: commands at the margin, all else set in.
    for (const line of lines.slice(1)) {
      expect(line.length).toBeLessThanOrEqual(72)
      expect(line).not.toMatch(/^ *[;:!?»]|«$/u)
      expect(line).toMatch(/^(?:|#.*|[\p{Lu} ,]+| {4,}\S.*)$/u)
    }
  })

  test('is in English where the language is not among them', () =>
    expect(describeCommands('ar')).toBe(describeCommands('en')))

  test('docs/agents.md is what the vocabulary says: `npm run docs` writes it', async () => {
    expect(await readFile('docs/agents.md', 'utf8')).toBe(agentsGuide())
  })
})
