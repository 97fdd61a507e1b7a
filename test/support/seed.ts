// Made-up values are the same at each run, so that a change is what makes a test fail. GUICHET_TEST_SEED=random looks at new ones;
// the seed of a failure, which fast-check prints, can stand there too.

import fc from 'fast-check'

const wanted = process.env.GUICHET_TEST_SEED ?? '20261121'
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })
