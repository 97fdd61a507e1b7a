import type { DraftValue } from '../../../src/outbound/draft.ts'
import type { Shape, Variables } from '../../../src/outbound/template-variable.ts'

/** A value of a shape; texts are recognisable by their path. */
function sample(shape: Shape, path: string): DraftValue {
  switch (shape) {
    case 'text':
      return path.endsWith('url') ? 'https://desk.test/page?a=b' : `valeur de ${path}`
    case 'number':
      return 3
    case 'date':
      return new Date('2025-03-05T13:05:00Z')
    case 'flag':
      return true
    case 'any':
      return {}
    default:
      return 'list' in shape
        ? [sample(shape.list, `${path} un`), sample(shape.list, `${path} deux`)]
        : sampleData(shape.record, path)
  }
}

/** Values for all variables of a template. */
export function sampleData(variables: Variables, path = ''): Record<string, DraftValue> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { shape }]) => [name, sample(shape, path === '' ? name : `${path} ${name}`)]),
  )
}
