import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../src/package-root.ts'

// The reading of some 1,200 mails that others wrote. They lie beside the project, not in it; where they are missing the
// figures cannot be checked, and the tests below say so by being skipped.
const shared = join(packageRoot, '..', 'shared')
const tool = join(shared, 'tools', 'score.py')
const corpusIsThere = existsSync(tool) && existsSync(join(shared, 'corpus', 'README.md'))

/** Facts right in percent, as reached; a change that reads worse than this fails. */
const reached: Readonly<Record<string, number>> = {
  read: 100,
  from: 100,
  subject: 100,
  ids: 100,
  recipients: 98.8,
  text: 97.1,
  attachments: 97.9,
  kind: 99.3,
  'auto-reply': 100,
  'plus token': 100,
  'bounce recipient': 97.1,
  'bounce status': 95.8,
  'bounce class': 96,
  'bounce address dead': 92.1,
  'bounce permanent': 100,
  reply: 94.3,
  'reply begins': 100,
  'quoted kept': 96.7,
}

describe.skipIf(!corpusIsThere)('real mail is read as well as before (needs ../shared/corpus and python3)', () => {
  const score = (): Record<string, { right: number; of: number }> => {
    const explain = `${process.execPath} ${join(packageRoot, 'dist', 'cli', 'explain-reading.js')}`
    return JSON.parse(
      execFileSync('python3', [tool, '--json', '--explain', explain], { encoding: 'utf8', cwd: packageRoot }),
    )
  }
  let figures: Record<string, { right: number; of: number }> = {}

  test('the tool gives its figures', () => {
    figures = score()
    expect(Object.keys(figures)).toEqual(expect.arrayContaining(Object.keys(reached)))
  }, 120_000)

  test.each(Object.entries(reached))('%s: at least %s percent', (fact, percent) => {
    const { right, of } = figures[fact] ?? { right: 0, of: 1 }
    expect((100 * right) / of).toBeGreaterThanOrEqual(percent)
  })
})
