import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { templateReference } from '../../src/outbound/template-reference.ts'
import { packageRoot } from '../../src/package-root.ts'

test('docs/templates.md is what the lists of templates say; script/docs prints it', () => {
  expect(readFileSync(`${packageRoot}/docs/templates.md`, 'utf8')).toBe(templateReference())
})
