import { defineConfig } from 'vitest/config'

/** Tests named `*.long.test.ts` belong to `script/test --long`. */
const long = process.env.GUICHET_TEST_LONG === '1'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: long ? [] : ['test/**/*.long.test.ts'],
    globalSetup: ['test/support/cluster.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
