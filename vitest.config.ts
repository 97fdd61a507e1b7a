import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** `*.long.test.ts` is what `script/test --long` runs, and nothing else does. */
const long = process.env.GUICHET_TEST_LONG === '1'

export default defineConfig({
  test: {
    include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
    exclude: long ? [] : ['test/**/*.long.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    globalSetup: ['test/support/build.ts', 'test/support/cluster.ts'],
    reporters: ['default', './test/support/summary.ts'],
    pool: 'forks',
    // Stories wait for servers more than they compute: one file more than there are processors.
    maxWorkers: Math.max(2, availableParallelism() + 1),
    testTimeout: long ? 600_000 : 60_000,
    hookTimeout: 120_000,
  },
})
