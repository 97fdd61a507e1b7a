import { expect, test } from 'vitest'
import { reportSchema, suggestionsIn } from '../../src/desks/report.ts'

const policy = reportSchema.parse({
  lists: { all: { name: 'All', teams: ['central'] } },
  suggestions: { words: ['Suggestion', 'remarque du client'], type: 'suggestion' },
})

test.each([
  ['a line that begins with the word', 'Suggestion : exporter vers un tableur', ['exporter vers un tableur']],
  ['a list, capitals, no blank before the colon', '- SUGGESTION: trier par date', ['trier par date']],
  ['another word of the desk', '• Remarque du client : trop lent', ['trop lent']],
  ['several, in their order', 'Suggestion : un\nvu trois postes\nSuggestion : deux', ['un', 'deux']],
  ['nothing behind the colon', 'Suggestion :', []],
  ['the word in the middle of a line', 'Nous avons noté une suggestion : rien', []],
  ['another beginning', 'Constat : sauvegardes en ordre', []],
])('suggestions of a report: %s', (_title, text, found) => {
  expect(suggestionsIn(policy, text)).toEqual(found)
})

test('a report of nothing but suggestions gives ten of them, however long it is', () => {
  expect(suggestionsIn(policy, 'Suggestion : encore\n'.repeat(50_000))).toHaveLength(10)
  expect(suggestionsIn(policy, `Suggestion${' '.repeat(200_000)}: x`)).toEqual([])
})

test('a desk without suggestions looks for none', () => {
  const plain = reportSchema.parse({ lists: { all: { name: 'All', teams: ['central'] } } })
  expect(suggestionsIn(plain, 'Suggestion : un')).toEqual([])
})
