// The templates of an instance, read once at start: `NAME/LANGUAGE.md`, beside it perhaps `LANGUAGE.html` for an html part of its own,
// and the same below the folder of a desk, whose files replace the common ones. Files to go along lie in `files/`.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Desk } from '../desks/desk.ts'
import { commonTexts } from './common-variables.ts'
import { type Compiled, compileTemplate, splitSource } from './template.ts'
import { checkPiece, type TemplateFault } from './template-check.ts'
import { footers, staffTemplates, templateData, variablesOf } from './template-data.ts'
import { record, text, type Variables } from './template-variable.ts'

export interface Templates {
  /** The template in the first of `languages` that has it, a desk's own folder first; null when there is none in any. */
  readonly find: (
    name: string,
    desk: Desk,
    languages: readonly string[],
  ) => { readonly template: Compiled; readonly language: string } | null
  /** Whether a mail of that name can be written for the desk. */
  readonly has: (name: string, desk: Desk) => boolean
  /** The path of a file that goes along; null when there is none of that name. */
  readonly file: (name: string, desk: Desk) => string | null
}

interface Source {
  readonly name: string
  readonly language: string
  readonly path: string
  readonly html: string | null
}

async function foldersIn(folder: string): Promise<{ readonly folders: string[]; readonly files: string[] }> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return {
      folders: entries.filter((e) => e.isDirectory()).map((e) => e.name),
      files: entries.filter((e) => e.isFile()).map((e) => e.name),
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { folders: [], files: [] }
    throw error
  }
}

async function sourcesIn(folder: string, skip: ReadonlySet<string>): Promise<Source[]> {
  const sources: Source[] = []
  for (const name of (await foldersIn(folder)).folders.sort()) {
    if (skip.has(name) || name === 'files') continue
    const { files } = await foldersIn(join(folder, name))
    for (const file of files.sort()) {
      const language = /^([a-z]{2})\.md$/.exec(file)?.[1]
      if (language === undefined) continue
      const html = `${language}.html`
      sources.push({
        name,
        language,
        path: join(folder, name, file),
        html: files.includes(html) ? join(folder, name, html) : null,
      })
    }
  }
  return sources
}

/** The variables of a template for certain desks: their texts by name where any of them has such. */
function variablesFor(name: string, desks: readonly Desk[]): Variables {
  const names = [...new Set(desks.flatMap((desk) => Object.keys(desk.texts)))].sort()
  const own: Variables = Object.fromEntries(names.map((key) => [key, text('a text of the desk')]))
  return { ...variablesOf(name), text: record('texts of the desk', { ...commonTexts, ...own }) }
}

async function load(
  source: Source,
  root: string,
  variables: Variables,
): Promise<{ readonly compiled: Compiled | null; readonly faults: readonly TemplateFault[] }> {
  const file = relative(root, source.path)
  const split = splitSource(await readFile(source.path, 'utf8'))
  if (split === null)
    return {
      compiled: null,
      faults: [
        {
          file,
          line: 1,
          column: 1,
          message: 'a template begins with the line "Subject: …", then a blank line, then the text',
        },
      ],
    }
  const html = source.html === null ? null : await readFile(source.html, 'utf8')
  const faults = [
    ...checkPiece({ source: split.subject, file, line: 1, column: 10 }, variables),
    ...checkPiece({ source: split.body, file, line: split.bodyLine, column: 1 }, variables),
    ...(html === null || source.html === null
      ? []
      : checkPiece({ source: html, file: relative(root, source.html), line: 1, column: 1 }, variables)),
  ]
  if (
    html !== null &&
    source.html !== null &&
    /\b(?:src|background)\s*=\s*["']?\s*https?:|url\(\s*["']?https?:|<link\b|@import/i.test(html)
  )
    faults.push({
      file: relative(root, source.html),
      line: 1,
      column: 1,
      message: 'mails load nothing from elsewhere: no image, style or font with an address',
    })
  return { compiled: faults.length > 0 ? null : compileTemplate({ ...split, html }), faults }
}

/**
 * Reads and checks all templates below `folder`, which replace those below `base` (the ones that come with the program). Every fault is named with its place: syntax, unknown variables and helpers, and each
 * language a desk answers in but has no text for. With faults, `templates` has what could be read.
 */
export async function loadTemplates(
  folder: string,
  desks: readonly Desk[],
  options: { readonly base?: string } = {},
): Promise<{ readonly templates: Templates; readonly faults: readonly TemplateFault[] }> {
  const deskFolders = new Set(desks.flatMap((desk) => (desk.templates === undefined ? [] : [desk.templates])))
  const faults: TemplateFault[] = []
  const compiled = new Map<string, Compiled>()
  const seen = new Set<string>()
  const files = new Map<string, string>()
  const { base = folder } = options
  for (const root of new Set([base, folder])) {
    for (const own of ['', ...deskFolders]) {
      const users = own === '' ? desks : desks.filter((desk) => desk.templates === own)
      const place = join(root, own)
      for (const source of await sourcesIn(place, own === '' ? deskFolders : new Set())) {
        const key = `${own}/${source.name}/${source.language}`
        seen.add(key)
        const loaded = await load(source, root, variablesFor(source.name, users))
        // What comes with the program is checked with the program.
        if (root === folder) faults.push(...loaded.faults)
        if (loaded.compiled) compiled.set(key, loaded.compiled)
      }
      for (const file of (await foldersIn(join(place, 'files'))).files)
        files.set(`${own}/${file}`, join(place, 'files', file))
    }
  }
  for (const desk of desks)
    for (const name of [...Object.keys(templateData), ...Object.values(footers)])
      for (const language of desk.languages)
        if (
          !(staffTemplates.has(name) ? [language, ...desk.languages, 'en'] : [language]).some(
            (one) => seen.has(`${desk.templates ?? ''}/${name}/${one}`) || seen.has(`/${name}/${one}`),
          )
        )
          faults.push({
            file: join(name, `${language}.md`),
            line: 1,
            column: 1,
            message: `missing: desk ${desk.desk} answers in "${language}"`,
          })
  const places = (desk: Desk): string[] => (desk.templates === undefined ? [''] : [desk.templates, ''])
  const find: Templates['find'] = (name, desk, languages) => {
    for (const language of languages)
      for (const place of places(desk)) {
        const template = compiled.get(`${place}/${name}/${language}`)
        if (template) return { template, language }
      }
    return null
  }
  return {
    templates: {
      find,
      has: (name, desk) => find(name, desk, desk.languages) !== null,
      file: (name, desk) =>
        places(desk)
          .map((place) => files.get(`${place}/${name}`))
          .find((path) => path !== undefined) ?? null,
    },
    faults,
  }
}
