// `guichet contacts`: registered people of a desk, in from CSV and out to it.

import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { exportContacts, importContacts, mergeContacts } from '../desks/import-contacts.ts'
import { withConfiguration } from './configuration.ts'
import { nowOf } from './database.ts'
import { deskArgument } from './print.ts'
import { Refusal } from './refusal.ts'
import { sentenceOf } from './sentence.ts'

export async function importFile(file: string, options: { readonly desk: string }): Promise<number> {
  const csv = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Refusal(
        error.code === 'ENOENT' ? `There is no file ${file}.` : (sentenceOf(error) ?? `${file} cannot be read.`),
      )
    },
  )
  return withConfiguration(async ({ sql, configuration }) => {
    deskArgument(configuration, options.desk)
    const { created, changed, unchanged, faults } = await importContacts(sql, options.desk, csv, await nowOf(sql))
    if (faults.length > 0) {
      process.stderr.write(`${faults.map((f) => `${file}:${f.line}:${f.column} ${f.message}`).join('\n')}\n`)
      process.stderr.write(`${faults.length === 1 ? 'One fault' : `${faults.length} faults`}; nothing was imported.\n`)
      return 2
    }
    process.stdout.write(`${options.desk}: ${created} new, ${changed} changed, ${unchanged} as before.\n`)
    return 0
  })
}

export async function exportFile(options: { readonly desk: string }): Promise<void> {
  await withConfiguration(async ({ sql, configuration }) => {
    deskArgument(configuration, options.desk)
    process.stdout.write(await exportContacts(sql, options.desk))
  })
}

/** One person who was registered several times. */
export async function mergeInto(
  into: string,
  others: readonly string[],
  options: { readonly desk: string },
): Promise<number> {
  return withConfiguration(async ({ sql, configuration }) => {
    deskArgument(configuration, options.desk)
    const merged = await mergeContacts(sql, options.desk, into, others)
    if (!merged.ok) {
      process.stderr.write(`${options.desk} has no contact ${merged.unknown.join(', ')}; nothing was merged.\n`)
      return 1
    }
    process.stdout.write(`${options.desk}: ${merged.addresses} addresses came to ${into}.\n`)
    return 0
  })
}
