// Contacts that stand beside the desks’ YAML are imported at each start; importing them again changes nothing.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Configuration } from '../config/load.ts'
import type { Sql } from '../db/pool.ts'
import { importContacts } from '../desks/import-contacts.ts'
import type { Log } from '../log.ts'
import { nowOf } from './database.ts'
import { Refusal } from './refusal.ts'

export async function importDeskContacts(sql: Sql, configuration: Configuration, log: Log): Promise<void> {
  for (const desk of configuration.desks.values()) {
    if (desk.contacts === undefined) continue
    const path = resolve(configuration.folder, configuration.settings.desks, desk.contacts)
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Refusal(`${desk.desk}: the contacts file ${path} cannot be read (${error.code ?? error.message})`)
    })
    const { created, changed, faults } = await importContacts(sql, desk.desk, text, await nowOf(sql))
    if (faults.length > 0) throw new Refusal(faults.map((f) => `${path}:${f.line}:${f.column} ${f.message}`).join('\n'))
    if (created + changed > 0) log.info({ desk: desk.desk, created, changed }, 'contacts imported')
  }
}
