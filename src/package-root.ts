import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'sql'))) return folder
    if (folder === dirname(folder)) throw new Error(`no package.json beside a sql folder above ${from}`)
  }
}

/** The folder of package.json, `sql`, `templates` and `desks`; the same whether the program runs from `src` or from `dist`. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))
