import { appendFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** A skipped test's reason stands in its note: `test.skipIf`, or `context.skip('no Dovecot here')`. */
function countOf(
  modules: readonly TestModule[],
  unhandled: number,
): { passed: number; failed: number; skipped: Map<string, number> } {
  const count = { passed: 0, failed: unhandled, skipped: new Map<string, number>() }
  for (const module of modules) {
    if (module.state() === 'failed' && module.errors().length > 0) count.failed++
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') count.passed++
      else if (result.state === 'failed') count.failed++
      else {
        const reason = (result.state === 'skipped' && result.note) || test.fullName
        count.skipped.set(reason, (count.skipped.get(reason) ?? 0) + 1)
      }
    }
  }
  return count
}

/** What failed and why, in a few lines each: for the end of a log. */
function faultsOf(modules: readonly TestModule[], errors: readonly unknown[]): string {
  const lines: string[] = []
  const say = (where: string, error: unknown): void => {
    const message =
      error instanceof Error || (error as { message?: unknown })?.message ? (error as Error).message : error
    lines.push(`${where}\n  ${String(message).slice(0, 600).replaceAll('\n', '\n  ')}\n`)
  }
  for (const module of modules) {
    for (const error of module.errors()) say(module.moduleId, error)
    for (const test of module.children.allTests('failed'))
      for (const error of test.result().errors ?? []) say(`${module.moduleId} > ${test.fullName}`, error)
  }
  for (const error of errors) say('outside every test', error)
  return lines.join('')
}

/** The closing lines of a run: each reason for skipping with its number of tests, then `N passed, N failed, N skipped`. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed, skipped } = countOf(modules, errors.length)
    for (const [reason, number] of skipped) process.stdout.write(`skipped ${number}: ${reason}\n`)
    const total = [...skipped.values()].reduce((sum, number) => sum + number, 0)
    process.stdout.write(`${passed} passed, ${failed} failed, ${total} skipped\n`)
    const file = process.env.GUICHET_TEST_COUNTS
    if (file) appendFileSync(file, `${passed} ${failed} ${total}\n`)
    const faults = process.env.GUICHET_TEST_FAULTS
    if (faults) appendFileSync(faults, faultsOf(modules, errors))
  }
}
