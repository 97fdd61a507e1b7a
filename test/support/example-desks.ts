// A whole gateway with the example desks, their rules, templates and tables of contacts: what stories of single desks drive.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatFaults } from '../../src/config/fault.ts'
import { type Configuration, loadConfiguration } from '../../src/config/load.ts'
import { importContacts } from '../../src/desks/import-contacts.ts'
import { packageRoot } from '../../src/package-root.ts'
import { startGateway, type TestGateway } from './gateway.ts'

/** SMTP AUTH of the example desks in stories: every agent and portal has this password. */
export const password = 'a password of the stories'

const known = new Map<string, Promise<Configuration>>()

/** Read once a file: stories change nothing of it. */
function configurationOf(path: string): Promise<Configuration> {
  const found = known.get(path) ?? readConfiguration(path)
  known.set(path, found)
  return found
}

async function readConfiguration(path: string): Promise<Configuration> {
  const env = {
    GUICHET_AGENT_PASSWORD: password,
    GUICHET_PORTAL_PASSWORD: password,
    GUICHET_SMS_TOKEN: 'a token of the stories',
  }
  const { configuration, faults } = await loadConfiguration(path, env)
  if (!configuration) throw new Error(formatFaults(faults))
  return configuration
}

/** The gateway with these desks of a configuration, the five examples unless another file is named; contacts are imported. */
export async function startExampleDesks(
  keys: readonly string[],
  at: string,
  path = join(packageRoot, 'guichet.yaml'),
): Promise<TestGateway & { readonly configuration: Configuration }> {
  const configuration = await configurationOf(path)
  const desks = keys.map((key) => {
    const desk = configuration.desks.get(key)
    if (!desk) throw new Error(`there is no desk ${key}`)
    return { desk, rules: configuration.rules.get(key) ?? [] }
  })
  const gateway = await startGateway({
    desks,
    at,
    templates: configuration.templates,
    login: (user, given) => (configuration.logins.get(user.toLowerCase()) === given ? user : null),
  })
  for (const { desk } of desks) {
    if (desk.contacts === undefined) continue
    const file = join(configuration.folder, configuration.settings.desks, desk.contacts)
    const { faults } = await importContacts(gateway.database.sql, desk.desk, await readFile(file, 'utf8'), new Date(at))
    if (faults.length > 0) throw new Error(JSON.stringify(faults))
  }
  return { ...gateway, configuration }
}
