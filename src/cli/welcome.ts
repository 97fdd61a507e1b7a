// What a person at a terminal sees when the gateway has started: what to try next.

import type { Addresses } from '../app.ts'
import type { Configuration } from '../config/load.ts'
import type { Environment } from './environment.ts'

export interface Started {
  readonly addresses: Addresses
  readonly configuration: Configuration
  readonly environment: Environment
  readonly supervisorToken: string
  /** Where outgoing mail goes, in words. */
  readonly where: string
}

/** Variables that another terminal needs to find this gateway; none where all is as usual. */
function surroundings({ addresses, environment }: Started): string {
  const { config, data } = environment
  const set = [
    ...(config === './guichet.yaml' ? [] : [`GUICHET_CONFIG=${config}`]),
    ...(data === './data' ? [] : [`GUICHET_DATA=${data}`]),
    ...(addresses.smtp === null || addresses.smtp === '127.0.0.1:2525'
      ? []
      : [`GUICHET_SMTP_LISTEN=${addresses.smtp}`]),
  ]
  return set.length === 0 ? '' : `${set.join(' ')} `
}

export function welcome(started: Started): string {
  const { addresses, configuration, environment, supervisorToken, where } = started
  const desks = [...configuration.desks.values()]
  const width = Math.max(...desks.map((desk) => desk.address.length))
  const lines = ['', ...desks.map((desk) => `  ${desk.address.padEnd(width)}  [${desk.prefix}-…]`)]
  const desk = desks.find(({ language }) => language === 'en') ?? desks[0]
  if (
    addresses.smtp !== null &&
    desk &&
    environment.relayUrl === null &&
    configuration.settings.relay.url === undefined
  ) {
    const who = desk.address.endsWith('@guichet.test') ? `contact@${desk.desk}.client.test` : 'you@example.org'
    const guichet = `  ${surroundings(started)}./script/guichet try`
    lines.push(
      '',
      'In another terminal, write as a customer, read the answer, answer as an agent:',
      `${guichet} send --as ${who} --to ${desk.address} --subject "A question" --text "How much is it?"`,
      `${guichet} read --as ${who}`,
      `${guichet}`,
    )
  }
  if (addresses.web !== null)
    lines.push(
      '',
      'The supervisors’ page:',
      `  ${environment.publicUrl ?? `http://${addresses.web}`}/desks?link=${supervisorToken}`,
    )
  lines.push('', `Outgoing mail goes to ${where}. Ctrl-C stops.`, '')
  return `${lines.join('\n')}\n`
}
