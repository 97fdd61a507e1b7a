// Tables as text (RFC 4180): commas, or the semicolons and tabs that spreadsheets write. Cells that a spreadsheet would compute are
// written with a quote before them, which is taken off again when they are read.

import { CsvError, parse } from 'csv-parse/sync'

const MAX_CHARACTERS = 20_000_000

export interface CsvFault {
  /** From 1; a row in quotes that spans lines is named by its first. */
  readonly line: number
  /** The cell within its row, from 1. */
  readonly column: number
  readonly message: string
}

/** A cell as people meant it: the quote that keeps spreadsheets from computing it is taken off. */
const meant = (cell: string): string =>
  cell
    .replaceAll('\0', '')
    .trim()
    .replace(/^'(?=[\s"'\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])/u, '')

/** A cell that no spreadsheet takes for a formula. */
const harmless = (cell: string): string =>
  /^(?:[\s"'\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])/u.test(cell) ? `'${cell}` : cell

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** The sign that separates cells: the one of `;`, tab and `,` that the first line has most of. */
function delimiterOf(text: string): string {
  const first = text.slice(0, 10_000).split(/\r?\n/, 1)[0] ?? ''
  const count = (sign: string): number => first.split(sign).length - 1
  const signs = [',', ';', '\t'].sort((a, b) => count(b) - count(a))
  return signs[0] ?? ','
}

/** The rows of a table, each with its line, without empty ones; what is wrong with the table as a whole goes to `faults`. */
export function readCsv(
  text: string,
  faults: CsvFault[],
): { readonly line: number; readonly cells: readonly string[] }[] {
  if (text.length > MAX_CHARACTERS) {
    faults.push({ line: 1, column: 1, message: 'the table is larger than 20 MB: import it in parts' })
    return []
  }
  try {
    const records = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as CsvRecord[]
    return records.map(({ record, info }) => ({
      line: info.lines - record.reduce((ends, cell) => ends + cell.split('\n').length - 1, 0),
      cells: record.map(meant),
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as { readonly lines?: unknown }
    const line = typeof lines === 'number' ? lines : 1
    faults.push({ line, column: 1, message: `this is no table: ${error.message}` })
    return []
  }
}

const quoted = (cell: string): string => {
  const safe = harmless(cell)
  return /[",;\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Writes a table; lines end in CR LF. */
export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')
