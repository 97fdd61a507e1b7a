// `guichet new-desk`: a desk to begin with: commented YAML and the few templates that one changes first. What it writes passes `check`.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { environmentOf } from './command.ts'
import { Refusal } from './refusal.ts'
import { type NewDesk, startingContacts, startingTemplates, startingYaml } from './starting-desk.ts'
import { isStartingLanguage } from './starting-words.ts'

export interface NewDeskOptions {
  readonly address?: string
  readonly name?: string
  readonly prefix?: string
  readonly language?: string
  readonly zone?: string
  readonly agent?: string
}

/** Writes DESKS/KEY.yaml, DESKS/contacts/KEY.csv and TEMPLATES/KEY/…; nothing that is there already is touched. */
export async function newDesk(key: string, options: NewDeskOptions): Promise<number> {
  if (!/^[a-z0-9][a-z0-9-]{0,15}$/.test(key))
    throw new Refusal(`"${key}" is no key of a desk: 1 to 16 small letters, digits and hyphens, such as help.`)
  const { config } = environmentOf()
  const main = await readFile(config, 'utf8').catch(() => {
    throw new Refusal(`There is no configuration ${config}: run this beside guichet.yaml, or set GUICHET_CONFIG.`)
  })
  const settings = settingsOf(main)
  const folder = resolve(config, '..')
  const desks = resolve(folder, settings.desks)
  const desk = wanted(key, options, settings.domain, await prefixesIn(desks))
  const templates = resolve(folder, settings.templates, key)
  const files = new Map<string, string>([
    [join(desks, `${key}.yaml`), startingYaml(desk)],
    [join(desks, 'contacts', `${key}.csv`), startingContacts(desk)],
    ...[...startingTemplates(desk)].map(([name, text]): [string, string] => [join(templates, name), text]),
  ])
  for (const path of files.keys())
    if (await exists(path)) throw new Refusal(`${path} is there already; nothing was written.`)
  for (const [path, text] of files) {
    await mkdir(resolve(path, '..'), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    process.stdout.write(`${path}\n`)
  }
  process.stdout.write(
    `\nThe desk ${key} receives at ${desk.address}. Read ${join(desks, `${key}.yaml`)}, change what is yours, then\n` +
      `  guichet check          every fault at once\n` +
      `  guichet plan --desk ${key} --last 100   what it would do with mail that is stored already\n` +
      `and give a running gateway the signal to read it: kill -HUP its process.\n`,
  )
  return 0
}

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )

function settingsOf(main: string): { readonly desks: string; readonly templates: string; readonly domain: string } {
  let value: unknown
  try {
    value = parse(main)
  } catch {
    throw new Refusal('The configuration cannot be read: guichet check says where.')
  }
  const read = (name: string, absent: string): string => {
    const found = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
    return typeof found === 'string' ? found : absent
  }
  const reply = read('reply-domain', 'reply.example.org')
  return {
    desks: read('desks', './desks'),
    templates: read('templates', './templates'),
    domain: reply.replace(/^reply\./, ''),
  }
}

/** The prefixes of the desks that are there. */
async function prefixesIn(desks: string): Promise<ReadonlySet<string>> {
  const names = await readdir(desks).catch(() => [])
  const texts = await Promise.all(
    names.filter((name) => /\.ya?ml$/.test(name)).map((name) => readFile(join(desks, name), 'utf8')),
  )
  return new Set(texts.flatMap((text) => /^prefix:\s*["']?([A-Z0-9]+)/m.exec(text)?.[1] ?? []))
}

/** Three letters of the key, with a number behind them when another desk has those. */
function freePrefix(key: string, taken: ReadonlySet<string>): string {
  const letters = key
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 3)
    .toUpperCase()
    .replace(/^\d/, 'T')
  for (let n = 1; ; n++) {
    const prefix = `${letters}${n === 1 ? '' : n}`
    if (!taken.has(prefix)) return prefix
  }
}

function wanted(key: string, options: NewDeskOptions, domain: string, taken: ReadonlySet<string>): NewDesk {
  const { language = 'en', zone = 'UTC', name = key } = options
  const address = (options.address ?? `${key}@${domain}`).toLowerCase()
  const prefix = options.prefix ?? freePrefix(key, taken)
  const agent = (options.agent ?? `first.agent@${address.slice(address.indexOf('@') + 1)}`).toLowerCase()
  if (!/^[A-Z][A-Z0-9]{0,9}$/.test(prefix)) throw new Refusal(`"${prefix}" is no prefix: capital letters and digits.`)
  if (!isStartingLanguage(language))
    throw new Refusal(`A desk can be begun in en, fr or es; other languages need templates of their own.`)
  for (const given of [address, agent])
    if (!/^[^\s@<>"']+@[^\s@<>"']+$/.test(given)) throw new Refusal(`"${given}" is no address.`)
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new Refusal(`"${zone}" is no time zone: write Europe/Paris, Africa/Kinshasa …`)
  }
  return { key, name, address, prefix, language, zone, agent }
}
