// What only shows when all files are seen together: desks that claim the same address, names of desks and accounts elsewhere.

import type { Desk } from '../desks/desk.ts'
import { nearest } from '../rules/conditions/condition.ts'
import type { Report } from './fault.ts'
import type { InstanceSettings } from './schema.ts'

export interface DeskPlace {
  readonly desk: Desk
  readonly report: Report
}

/** Keys, prefixes and addresses belong to one desk each. */
export function checkDesksTogether(desks: readonly DeskPlace[], settings: InstanceSettings | null): void {
  const claims = new Map<string, string>()
  for (const { desk, report } of desks) {
    const claim = (kind: string, value: string, path: (string | number)[]): void => {
      const owner = claims.get(`${kind} ${value}`)
      if (owner === undefined) claims.set(`${kind} ${value}`, desk.desk)
      else report(path, `the ${kind} ${value} belongs to the desk "${owner}" already`)
    }
    claim('key', desk.desk, ['desk'])
    claim('prefix', desk.prefix, ['prefix'])
    claim('address', desk.address, ['address'])
    desk.aliases.forEach((alias, i) => {
      claim('address', alias, ['aliases', i])
    })
    if (desk.portal?.user !== undefined) claim('portal user', desk.portal.user.toLowerCase(), ['portal', 'user'])
    const domains = [desk['reply-domain'] ?? settings?.['reply-domain']]
    if (
      domains.includes(desk.address.slice(desk.address.lastIndexOf('@') + 1)) &&
      !desk.address.startsWith(`${desk.desk}@`)
    )
      report(
        ['address'],
        'on the reply domain an address of a desk is its key',
        `write ${desk.desk}@…, or take another domain for replies`,
      )
  }
}

/** Names in `guichet.yaml` that must exist elsewhere. */
export function checkInstance(settings: InstanceSettings, desks: readonly string[], report: Report): void {
  const accounts = settings.mailboxes.map((mailbox) => mailbox.name)
  const sources = new Set<string>()
  for (const [section, list] of [
    ['mailboxes', settings.mailboxes],
    ['folders', settings.folders],
  ] as const)
    list.forEach((source, i) => {
      if (sources.has(source.name))
        report([section, i, 'name'], `another mailbox or folder is called "${source.name}" too`)
      sources.add(source.name)
      if (source.desk !== undefined && !desks.includes(source.desk))
        report([section, i, 'desk'], `there is no desk "${source.desk}"`, nearest(source.desk, desks))
    })
  settings.trust['authentication-results'].forEach(({ from }, i) => {
    if (from !== 'loopback' && !accounts.includes(from.account))
      report(
        ['trust', 'authentication-results', i, 'from', 'account'],
        `there is no mailbox "${from.account}"`,
        nearest(from.account, accounts),
      )
  })
}
