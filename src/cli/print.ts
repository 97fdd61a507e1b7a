// What commands print and read: tables without a library, names as people type them.

import type { Configuration } from '../config/load.ts'
import type { Desk } from '../desks/desk.ts'
import { Refusal } from './refusal.ts'

/** Control and bidirectional characters of strangers do not reach the terminal. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')

/** The same for a text of several lines. */
export const plainLines = (text: string): string => text.replace(/\r\n?/g, '\n').split('\n').map(plain).join('\n')

/** Columns as wide as they need, at most 48 characters. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) =>
    row.map((cell) => (plain(cell).length > 48 ? `${plain(cell).slice(0, 47)}…` : plain(cell))),
  )
  const widths = head.map((_title, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
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

/** The desk that a person names by its key. */
export function deskArgument(configuration: Configuration, key: string): Desk {
  const desk = configuration.desks.get(key)
  if (!desk) throw new Refusal(`There is no desk "${key}": ${[...configuration.desks.keys()].join(', ')}.`)
  return desk
}

/** The desk whose tickets begin with a prefix. */
export function prefixArgument(configuration: Configuration, prefix: string): Desk {
  const desks = [...configuration.desks.values()]
  const desk = desks.find((d) => d.prefix === prefix)
  if (!desk) throw new Refusal(`No desk has the prefix ${prefix}: ${desks.map((d) => d.prefix).join(', ')}.`)
  return desk
}
