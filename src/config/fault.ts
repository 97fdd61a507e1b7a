// What is wrong with a configuration, said so that somebody who did not write it can put it right.

export interface Fault {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Where in the file's structure: `rules[2].then.priority`. */
  readonly path: string
  readonly message: string
  /** What to write instead. */
  readonly hint?: string
}

export type Path = readonly (string | number)[]

/** Takes a fault of a file by its place in the file’s structure. */
export type Report = (path: Path, message: string, hint?: string) => void

/** `rules[2].then.priority` */
export const pathWords = (path: Path): string =>
  path.reduce<string>(
    (words, part) => (typeof part === 'number' ? `${words}[${part}]` : words === '' ? part : `${words}.${part}`),
    '',
  )

/** By file, then line, then column; a fault that was found twice stands once. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>()
  return faults
    .filter((fault) => {
      const key = JSON.stringify([fault.file, fault.line, fault.column, fault.message])
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    .sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1))
}

/** A line for each fault: `desks/x.yaml:12:5 start.queue: the desk has no queue "frist" (did you mean "first"?)`. */
export const formatFaults = (faults: readonly Fault[]): string =>
  faults
    .map(
      ({ file, line, column, path, message, hint }) =>
        `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`,
    )
    .join('\n')
