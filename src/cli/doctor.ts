// `guichet doctor`: looks at everything the gateway depends on and says what is wrong, what follows and what to do. Changes nothing;
// with --probe it sends one mail to itself for each reply domain.

import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Configuration } from '../config/load.ts'
import type { Sql } from '../db/pool.ts'
import type { RunningInstance } from '../gateway/running-desk.ts'
import { createDnsResolver } from '../inbound/dns.ts'
import type { MailboxConfig } from '../inbound/sources/schema.ts'
import type { Resolver } from '../inbound/verify-mail.ts'
import type { Keys } from '../mail/token.ts'
import { createSmtpTransport, type Relay } from '../outbound/smtp-transport.ts'
import { environmentOf } from './command.ts'
import { configurationOf } from './configuration.ts'
import { openDatabase } from './database.ts'
import { configurationFindings } from './doctor-configuration.ts'
import { askDatabase, databaseFindings } from './doctor-database.ts'
import { domainFindings } from './doctor-domain.ts'
import { lookAtMailbox, mailboxFindings, mailboxUnreachable } from './doctor-mailbox.ts'
import { probeDelivery } from './doctor-probe.ts'
import { lookAtRelay, relayFindings, relayUnreachable } from './doctor-relay.ts'
import { spoolFinding } from './doctor-spool.ts'
import type { Environment } from './environment.ts'
import { type Finding, fault, findingText, statusOf } from './finding.ts'
import { instanceOf, keysOf, relayOf } from './parts.ts'

export interface DoctorOptions {
  readonly json?: boolean
  readonly probe?: boolean
}

export async function doctor(options: DoctorOptions): Promise<number> {
  const environment = environmentOf()
  const configuration = await configurationOf(environment)
  const findings: Finding[] = []
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found)
    for (const finding of found)
      process.stdout.write(options.json ? `${JSON.stringify(finding)}\n` : findingText(finding))
  }
  const keys = await keysOf(environment)
  const relay = await relayOf(configuration, environment)
  tell(configurationFindings(configuration, environment, relay !== null))
  if (environment.smtp !== null || environment.lmtp !== null)
    tell([await spoolFinding(join(resolve(environment.data), 'spool'))])
  tell(
    await examineDatabase(environment, async (sql) => (options.probe ? probes(configuration, relay, keys, sql) : [])),
  )
  tell(await examineMailboxes(configuration, instanceOf(configuration, keys, '')))
  if (relay !== null) tell(await examineRelay(relay))
  tell(await examineDomains(configuration, createDnsResolver({ timeoutMs: 3_000 })))
  const status = statusOf(findings)
  if (!options.json) {
    const count = (severity: Finding['severity']): number => findings.filter((f) => f.severity === severity).length
    process.stdout.write(`\n${count('error')} errors, ${count('warning')} warnings, ${count('fine')} in order\n`)
  }
  return status
}

async function examineDatabase(
  environment: Environment,
  further: (sql: Sql) => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    const { sql, close } = await openDatabase(environment)
    try {
      return [...databaseFindings(await askDatabase(sql)), ...(await further(sql))]
    } finally {
      await close()
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [fault('database', why, 'nothing works', 'see DATABASE_URL, or the log of the database')]
  }
}

async function probes(configuration: Configuration, relay: Relay | null, keys: Keys, sql: Sql): Promise<Finding[]> {
  if (relay === null)
    return [fault('probe', 'there is no relay to send it by', 'nothing was sent', 'set GUICHET_RELAY_URL or relay:')]
  const transport = createSmtpTransport(relay)
  const common = configuration.settings['reply-domain']
  const desks = new Map([...configuration.desks.values()].map((desk) => [desk['reply-domain'] ?? common, desk]))
  try {
    return await Promise.all(
      [...desks.values()].map((desk) =>
        probeDelivery({ desk, replyDomain: common, keys, transport, sql, waitMs: 60_000, pauseMs: 2_000 }),
      ),
    )
  } finally {
    transport.close()
  }
}

export async function examineMailboxes(
  configuration: Pick<Configuration, 'settings' | 'readSecret' | 'folder' | 'trust'>,
  instance: Pick<RunningInstance, 'keys' | 'signedDomains'>,
): Promise<Finding[]> {
  const { settings, readSecret, trust } = configuration
  const secret = async (reference: string | undefined): Promise<string | undefined> => {
    if (reference === undefined) return undefined
    const read = await readSecret(reference)
    if (!read.ok) throw new Error(read.message)
    return read.value
  }
  const examine = async (box: MailboxConfig): Promise<Finding[]> => {
    try {
      const access = {
        password: await secret(box.password),
        token: await secret(box.token),
        ca: box.ca === undefined ? undefined : await readFile(resolve(configuration.folder, box.ca), 'utf8'),
      }
      const known = { keys: instance.keys, signedDomains: instance.signedDomains, now: new Date() }
      return mailboxFindings(box, await lookAtMailbox(box, access, known), trust.services)
    } catch (error) {
      return [mailboxUnreachable(box, error instanceof Error ? error.message : String(error))]
    }
  }
  return (await Promise.all(settings.mailboxes.map(examine))).flat()
}

export async function examineRelay(relay: Relay): Promise<Finding[]> {
  try {
    return relayFindings(relay, await lookAtRelay(relay))
  } catch (error) {
    return [relayUnreachable(relay, error)]
  }
}

export async function examineDomains(
  { settings, desks, readSecret }: Pick<Configuration, 'settings' | 'desks' | 'readSecret'>,
  resolver: Resolver,
): Promise<Finding[]> {
  const all = [...desks.values()]
  const key = settings.dkim ? await readSecret(settings.dkim.key) : null
  return domainFindings(
    {
      desks: all.map((desk) => desk.address),
      replyDomains: all.map((desk) => desk['reply-domain'] ?? settings['reply-domain']),
      staff: all.flatMap((desk) => [...desk.staff.map((one) => one.address), ...desk.supervisors]),
      dkim: settings.dkim
        ? { domain: settings.dkim.domain, selector: settings.dkim.selector, key: key?.ok ? key.value : null }
        : null,
    },
    resolver,
  )
}
