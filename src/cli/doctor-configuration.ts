// What the configuration and the environment make unsafe or useless without being wrong.

import type { Configuration } from '../config/load.ts'
import { isLoopback } from '../inbound/trust.ts'
import type { Environment } from './environment.ts'
import { type Finding, fine, warning } from './finding.ts'

export function configurationFindings(
  { desks, settings, logins }: Configuration,
  environment: Environment,
  relay: boolean,
): Finding[] {
  const about = 'configuration'
  const findings: Finding[] = []
  const add = (what: string, consequence: string, remedy: string): void => {
    findings.push(warning(about, what, consequence, remedy))
  }
  const far = (listen: Environment['smtp']): boolean =>
    listen !== null && !isLoopback(listen.host) && listen.host !== 'localhost'
  if (environment.secrets === null && environment.databaseUrl !== null)
    add(
      'the signing secret stands in the data folder of this machine',
      'another machine on the same database makes addresses that this one does not know',
      'set GUICHET_SECRET, the same on all machines',
    )
  if (!relay)
    add(
      'there is no relay',
      `each mail becomes a file in ${environment.data}/outgoing, and nobody gets any`,
      'set GUICHET_RELAY_URL or relay:',
    )
  if (far(environment.web) && !/^https:/.test(environment.publicUrl ?? ''))
    add(
      'the pages are open to the network without https',
      'status links go over the line in the clear',
      'put a proxy with https in front, and set GUICHET_PUBLIC_URL to its address',
    )
  if (far(environment.smtp) && settings.smtp.certificate === undefined)
    add(
      'mail is received from the network with a certificate made here',
      'servers that verify it do not deliver encrypted',
      'set smtp: { certificate, key }',
    )
  if (settings['reply-domain'] === '' || desks.size === 0)
    add('there is no desk', 'no mail is taken', 'write one: docs/desks.md')
  for (const desk of desks.values()) {
    const staff = desk.staff.filter((one) => one.active)
    if (desk.supervisors.length === 0)
      add(
        `the desk ${desk.desk} has no supervisors`,
        'alarms and mail that nobody can settle are told to nobody',
        'set supervisors:',
      )
    if (staff.length === 0) add(`the desk ${desk.desk} has no staff`, 'its tickets are told to nobody', 'set staff:')
    const unset = staff.filter((one) => one.password !== undefined && !logins.has(one.address))
    if (unset.length > 0 && unset.length < staff.length)
      add(
        `${unset.map((one) => one.address).join(', ')} of the desk ${desk.desk} cannot log in by SMTP`,
        'their answers need another proof',
        'set the secret that password: names',
      )
  }
  return findings.length > 0 ? findings : [fine(about, 'nothing to say about it')]
}
