// What commands print: tables without a library, names as people type them.

import { Refusal } from './refusal.ts'

/** Control and bidirectional characters of strangers do not reach the terminal. */
const safe = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')

/** Columns as wide as they need, at most 48 characters. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => (safe(cell).length > 48 ? `${safe(cell).slice(0, 47)}…` : safe(cell))))
  const widths = head.map((_title, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('')
}

/** `DESK/ID` as lists show it. */
export function keyArgument(name: string): { readonly desk: string; readonly id: number } {
  const match = /^([a-z0-9-]+)\/(\d{1,12})$/.exec(name)
  if (!match) throw new Refusal(`"${name}" should read DESK/ID, as the list shows it`)
  return { desk: match[1] ?? '', id: Number(match[2]) }
}

/** `ABC-12`, `[ABC-12]`. */
export function ticketArgument(name: string): { readonly prefix: string; readonly number: number } {
  const match = /^\[?([A-Za-z][A-Za-z0-9]{0,9})-(\d{1,12})\]?$/.exec(name.trim())
  if (!match) throw new Refusal(`"${name}" should read like ABC-12`)
  return { prefix: (match[1] ?? '').toUpperCase(), number: Number(match[2]) }
}
