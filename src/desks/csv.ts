// Tables for spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula (threats T44).

export type Cell = string | number | boolean | Date | null | undefined

/** A number keeps its sign; a text that begins like a formula gets an apostrophe before it. */
function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString()
  if (typeof cell !== 'string') return String(cell)
  const text = cell.replace(/\0/g, '')
  const formula = /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !/^[+-]?\d+(?:[.,]\d+)?(?: [A-Z]{3})?$/.test(text)
  return formula ? `'${text}` : text
}

const quoted = (text: string): string => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A head line and one line a row, each ended by CR LF. */
export function csvTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => `${row.map((cell) => quoted(cellText(cell))).join(',')}\r\n`).join('')
}
