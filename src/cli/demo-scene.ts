// The scenes that `guichet demo` plays: one YAML file a desk, in the folder demo/ beside the desks.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { Refusal } from './refusal.ts'

const words = z.string().min(1)
const duration = z.string().regex(/^\d{1,4}(m|h|d)$/, 'a duration reads 90m, 26h or 3d')

const step = z.union([
  /** Said by the narrator. */
  z.strictObject({ say: words }),
  /** A new mail to the desk. `proof: none`: nothing says that the sender is who they claim to be. */
  z.strictObject({
    write: z.strictObject({
      as: words,
      subject: z.string(),
      text: words,
      to: words.optional(),
      proof: z.enum(['pass', 'none']).default('pass'),
    }),
  }),
  /** An answer to the newest mail of somebody, or to the newest whose subject or text contains `about`. */
  z.strictObject({ reply: z.strictObject({ as: words, text: words, about: z.string().optional() }) }),
  /** An answer written in the portal, which hands it over by authenticated SMTP. */
  z.strictObject({ portal: z.strictObject({ as: words, text: words }) }),
  /** A click on a link of the newest mail that offers it; `link` is a part of its words. */
  z.strictObject({ choose: z.strictObject({ as: words, link: words }) }),
  /** The request's page, as the link in somebody's newest mail opens it. */
  z.strictObject({ page: words }),
  z.strictObject({ wait: duration }),
])

const scene = z.strictObject({
  desk: words,
  title: words,
  /** When the scene begins. */
  at: z.iso.datetime({ offset: true }),
  steps: z.array(step).min(1),
})

export type Scene = z.output<typeof scene>
export type Step = z.output<typeof step>

/** Milliseconds of `26h`. */
export function durationMs(text: string): number {
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[text.slice(-1)] ?? 0
  return Number(text.slice(0, -1)) * unit
}

/** The scenes of a folder in the order of their names; of some desks only when `keys` is given. */
export async function loadScenes(folder: string, keys: readonly string[] | undefined): Promise<Scene[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort()
  if (files.length === 0) throw new Refusal(`There is no demo here: ${folder} holds no scenes.`)
  const scenes: Scene[] = []
  for (const file of files) {
    const read = scene.safeParse(parse(await readFile(join(folder, file), 'utf8')))
    if (!read.success) throw new Refusal(`${join(folder, file)}: ${z.prettifyError(read.error)}`)
    scenes.push(read.data)
  }
  const unknown = keys?.find((key) => !scenes.some((one) => one.desk === key))
  if (unknown !== undefined)
    throw new Refusal(`There is no scene of a desk "${unknown}": ${scenes.map((one) => one.desk).join(', ')}.`)
  return keys === undefined ? scenes : scenes.filter((one) => keys.includes(one.desk))
}
