// What a person at a terminal sees when the gateway has started: what to try next.

import type { Addresses } from '../app.ts'
import type { Configuration } from '../config/load.ts'
import type { Environment } from './environment.ts'

export function welcome(of: {
  readonly addresses: Addresses
  readonly configuration: Configuration
  readonly environment: Environment
  readonly supervisorToken: string
  readonly where: string
}): string {
  const { addresses, configuration, environment, supervisorToken, where } = of
  const desks = [...configuration.desks.values()]
  const desk = desks[0]
  const lines = ['', `${desks.length} desks:`, ...desks.map((d) => `  ${d.address}`)]
  if (addresses.smtp && desk) {
    lines.push(
      '',
      'Write to one of them as a registered customer, and read the answer:',
      `  ./script/guichet try send --as contact@${desk.desk}.client.test --to ${desk.address} --subject "A question" --text "How much is it?"`,
      `  ./script/guichet try read --as contact@${desk.desk}.client.test`,
    )
  }
  if (addresses.web)
    lines.push(
      '',
      'The supervisors’ page:',
      `  ${environment.publicUrl ?? `http://${addresses.web}`}/desks?link=${supervisorToken}`,
    )
  lines.push('', `Outgoing mail goes to ${where}. Ctrl-C stops.`, '')
  return `${lines.join('\n')}\n`
}
