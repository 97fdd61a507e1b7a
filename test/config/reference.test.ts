import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configurationReference, rulesReference } from '../../src/config/reference.ts'
import { deskFileSchema, instanceSchema } from '../../src/config/schema.ts'
import { bare, definitionOf } from '../../src/config/shape.ts'
import { actions } from '../../src/rules/actions/read.ts'
import { conditions } from '../../src/rules/conditions/read.ts'
import { ruleSchema } from '../../src/rules/schema.ts'

describe('the committed reference', () => {
  test.each([
    ['docs/configuration.md', configurationReference],
    ['docs/rules.md', rulesReference],
  ])('%s is what the schemas say: `npm run docs` writes it', async (file, print) => {
    expect(await readFile(file, 'utf8')).toBe(print())
  })

  test('names every key of the instance and of a desk', () => {
    const text = configurationReference()
    for (const schema of [instanceSchema, deskFileSchema])
      for (const key of Object.keys(definitionOf(bare(schema)).shape ?? {})) expect(text).toContain(`| \`${key}\` |`)
  })
})

describe('the example of every condition and action can be written as it stands', () => {
  test.each(Object.entries(conditions))('when: %s', (_name, { example }) => {
    const result = ruleSchema.safeParse({ name: 'x', when: parse(example), then: { tags: 'x' } })
    expect(result.error?.issues ?? []).toEqual([])
  })

  test.each(Object.entries(actions))('then: %s', (_name, { example }) => {
    const result = ruleSchema.safeParse({ name: 'x', then: parse(example) })
    expect(result.error?.issues ?? []).toEqual([])
  })
})
