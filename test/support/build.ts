import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/package-root.ts'

/**
 * Builds `dist` when the sources are newer: worker threads and programs under test run from there. Sources that do not
 * type-check are built all the same; the compiler's faults are another check's business.
 */
export default async function build(): Promise<void> {
  await promisify(execFile)(join(packageRoot, 'script', 'build'), ['anyway'], { cwd: packageRoot })
}
