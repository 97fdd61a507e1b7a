// What to try next, as a person at a terminal sees it when the gateway has started, and as its log says it.

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

/** Commands to be customer and agent with; none where mail goes to a real relay. */
function commandsOf(started: Started): readonly string[] {
  const { addresses, configuration, environment } = started
  const desks = [...configuration.desks.values()]
  const desk = desks.find(({ language }) => language === 'en') ?? desks[0]
  const relayed = environment.relayUrl !== null || configuration.settings.relay.url !== undefined
  if (addresses.smtp === null || !desk || relayed) return []
  const who = desk.address.endsWith('@guichet.test') ? `contact@${desk.desk}.client.test` : 'you@example.org'
  const guichet = `${surroundings(started)}./script/guichet try`
  return [
    `${guichet} send --as ${who} --to ${desk.address} --subject "A question" --text "How much is it?"`,
    `${guichet} read --as ${who}`,
    guichet,
  ]
}

function supervisorsPage({ addresses, environment }: Started): string | null {
  return addresses.web === null ? null : `${environment.publicUrl ?? `http://${addresses.web}`}/desks`
}

/** What to try next, for a log: without the token, which stands in a file of the data folder or in the environment. */
export function firstSteps(started: Started): Readonly<Record<string, string>> {
  const [write] = commandsOf(started)
  const page = supervisorsPage(started)
  return { ...(write === undefined ? {} : { write }), ...(page === null ? {} : { supervisors: page }) }
}

export function welcome(started: Started): string {
  const { configuration, supervisorToken, where } = started
  const desks = [...configuration.desks.values()]
  const width = Math.max(...desks.map((desk) => desk.address.length))
  const lines = ['', ...desks.map((desk) => `  ${desk.address.padEnd(width)}  [${desk.prefix}-…]`)]
  const commands = commandsOf(started).map((command) => `  ${command}`)
  if (commands.length > 0)
    lines.push('', 'In another terminal, write as a customer, read the answer, answer as an agent:', ...commands)
  const page = supervisorsPage(started)
  if (page !== null) lines.push('', 'The supervisors’ page:', `  ${page}?link=${supervisorToken}`)
  lines.push('', `Outgoing mail goes to ${where}. Ctrl-C stops.`, '')
  return `${lines.join('\n')}\n`
}
