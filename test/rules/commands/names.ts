import type { Names } from '../../../src/rules/commands/names.ts'

/** A small desk's names, for command tests. */
export const names = (change: Partial<Names> = {}): Names => ({
  statuses: [
    { key: 'open', names: ['open', 'ouvert', 'abierto'] },
    { key: 'waiting-customer', names: ['waiting for customer', 'en attente client', 'en espera del cliente'] },
    { key: 'waiting-rd', names: ['waiting for R&D', 'en attente R&D'] },
    { key: 'closed', names: ['closed', 'fermé', 'cerrado'] },
  ],
  priorities: [
    { key: 'blocking', names: ['blocking', 'bloquante'] },
    { key: 'high', names: ['high', 'haute', 'alta'] },
    { key: 'low', names: ['low', 'basse', 'baja'] },
  ],
  types: [
    { key: 'question', names: ['question', 'consulta'] },
    { key: 'suggestion', names: ['suggestion', 'sugerencia'] },
  ],
  queues: [
    { key: 'first', names: ['first line', 'premier niveau'] },
    { key: 'second', names: ['second line', 'deuxième niveau'] },
  ],
  agents: [
    { key: 'ann.lee@staff.test', names: ['Ann Lee', 'ann.private@home.test', 'ann.lee'] },
    { key: 'jose@staff.test', names: ['José Núñez', 'jose'] },
    { key: 'joan@staff.test', names: ['Joan Lee', 'joan'] },
  ],
  fields: [
    { key: 'amount', names: ['amount', 'montant'], kind: 'amount', choices: [] },
    { key: 'copies', names: ['copies'], kind: 'number', choices: [] },
    { key: 'run-date', names: ['date of the run'], kind: 'date', choices: [] },
    { key: 'paid', names: ['paid'], kind: 'boolean', choices: [] },
    {
      key: 'cause',
      names: ['cause'],
      kind: 'choice',
      choices: [
        { key: 'by use', names: ['by use'] },
        { key: 'system', names: ['system'] },
      ],
    },
    { key: 'remark', names: ['remark'], kind: 'text', choices: [] },
  ],
  languages: [
    { key: 'en', names: ['English', 'anglais'] },
    { key: 'fr', names: ['French', 'français'] },
  ],
  replies: [{ key: 'password', names: ['password'] }],
  lists: [{ key: 'directors', names: ['directors'] }],
  prefix: 'ABC',
  me: 'ann.lee@staff.test',
  // A Saturday.
  today: '2026-11-21',
  language: 'en',
  ...change,
})
