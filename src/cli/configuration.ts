// Loads the configuration for a command, and says every fault of it at once when it has any.

import { formatFaults } from '../config/fault.ts'
import { type Configuration, loadConfiguration } from '../config/load.ts'
import { withDatabase } from './command.ts'
import type { OpenDatabase } from './database.ts'
import type { Environment } from './environment.ts'
import { Refusal } from './refusal.ts'

export async function configurationOf(environment: Environment): Promise<Configuration> {
  const { configuration, faults } = await loadConfiguration(environment.config, process.env)
  if (configuration === null)
    throw new Refusal(
      `${formatFaults(faults)}\n${faults.length === 1 ? 'One fault' : `${faults.length} faults`} in the configuration; nothing was started.`,
    )
  return configuration
}

export async function withConfiguration<T>(
  work: (
    open: OpenDatabase & { readonly environment: Environment; readonly configuration: Configuration },
  ) => Promise<T>,
): Promise<T> {
  return withDatabase(async (open) => work({ ...open, configuration: await configurationOf(open.environment) }))
}
