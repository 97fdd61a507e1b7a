// `guichet check`: the configuration, every fault at once.

import { formatFaults } from '../config/fault.ts'
import { loadConfiguration } from '../config/load.ts'
import { environmentOf } from './command.ts'

export async function check(): Promise<number> {
  const environment = environmentOf()
  const { configuration, faults } = await loadConfiguration(environment.config, process.env)
  if (configuration === null) {
    process.stdout.write(`${formatFaults(faults)}\n${faults.length === 1 ? '1 fault' : `${faults.length} faults`}\n`)
    return 2
  }
  const desks = [...configuration.desks.values()]
  process.stdout.write(`${environment.config} is in order: ${desks.length} desk${desks.length === 1 ? '' : 's'}.\n`)
  for (const desk of desks)
    process.stdout.write(
      `  ${desk.desk}  ${desk.address}  [${desk.prefix}-…]  ${configuration.rules.get(desk.desk)?.length ?? 0} rules\n`,
    )
  return 0
}
