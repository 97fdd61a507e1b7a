// `guichet serve`: the gateway, until a signal ends it.

import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type App, type AppOptions, createApp, type Listen, type Role } from '../app.ts'
import { formatFaults } from '../config/fault.ts'
import { type Configuration, loadConfiguration } from '../config/load.ts'
import { openDataFolder, openSecret } from '../db/data-folder.ts'
import { createByteBudget } from '../inbound/sources/byte-budget.ts'
import { createSpool } from '../inbound/sources/spool.ts'
import { createLog, type Log, unsilenced } from '../log.ts'
import { keepHeapSmall } from '../memory.ts'
import { alarmsOf } from './alarms.ts'
import { environmentOf } from './command.ts'
import { configurationOf } from './configuration.ts'
import { openDatabase } from './database.ts'
import { importDeskContacts } from './desk-contacts.ts'
import { spoolFinding } from './doctor-spool.ts'
import { type Environment, readRoles } from './environment.ts'
import type { HangUps } from './hang-up.ts'
import { authenticatorOf, composeSettingsOf, instanceOf, keysOf, loginOf, transportOf } from './parts.ts'
import { Refusal } from './refusal.ts'
import { sourcesOf } from './sources.ts'
import { firstSteps, type Started, welcome } from './welcome.ts'

/** Mails in work are given this long after a signal. */
const DRAIN_MS = 15_000

/** `hangUps` null: at a terminal, where SIGHUP means that the terminal is gone. */
export async function serve(options: { readonly role?: readonly string[] }, hangUps: HangUps | null): Promise<number> {
  const environment = environmentOf()
  const read = readRoles(options.role ?? [])
  if (!read.ok) throw new Refusal(`${read.fault}.`)
  if (options.role !== undefined && (environment.databaseUrl === null || environment.secrets === null))
    throw new Refusal(
      '--role needs DATABASE_URL and GUICHET_SECRET: the parts of one gateway share its database and its keys.',
    )
  const configuration = await configurationOf(environment)
  const onTerminal = process.stdout.isTTY === true
  const log = createLog({
    level: environment.logLevel,
    readable: onTerminal,
    addresses: configuration.settings.log.addresses,
  })
  const ending = awaitEnd()
  keepHeapSmall()
  const database = await openDatabase(environment, {
    connections: 12,
    exclusive: { log, onLost: () => ending.end('another gateway took the data folder') },
  })
  let app: App | undefined
  try {
    const keys = await keysOf(environment)
    const supervisorToken =
      environment.supervisorToken ?? (await openSecret(await openDataFolder(environment.data), 'supervisor-token'))
    const publicUrl = environment.publicUrl ?? (environment.web ? `http://${addressOf(environment.web)}` : '')
    const { transport, where } = await transportOf(configuration, environment)
    if (read.roles.includes('worker')) await importDeskContacts(database.sql, configuration, log)
    app = createApp({
      sql: database.sql,
      log,
      instance: instanceOf(configuration, keys, publicUrl),
      settings: await composeSettingsOf(configuration, publicUrl),
      transport,
      authenticate: authenticatorOf(configuration),
      login: loginOf(configuration),
      roles: read.roles,
      smtp: environment.smtp,
      lmtp: environment.lmtp,
      web: environment.web,
      smtpOptions: await smtpOptionsOf(configuration, await spoolOf(environment, read.roles, log), log),
      supervisorToken,
      publicUrl: environment.publicUrl,
      sources: sourcesOf(configuration, database, log),
      alarms: await alarmsOf(configuration, [
        resolve(environment.data),
        ...(database.embedded ? [dirname(database.embedded.logFile)] : []),
      ]),
      secret: configuration.readSecret,
    })
    const running = app
    const addresses = await running.start().catch((error: unknown) => {
      throw listenRefusal(error, environment) ?? error
    })
    if (hangUps === null) process.on('SIGHUP', () => ending.end('SIGHUP'))
    else
      hangUps.answer(() => {
        reload(running, environment, publicUrl, log).catch((error: unknown) =>
          log.error({ err: error }, 'the configuration could not be read again; the old one stays'),
        )
      })
    unsilenced(log).info(addresses, 'listening')
    const started = { addresses, configuration, environment, supervisorToken, where }
    if (onTerminal) process.stdout.write(welcome(started))
    else logFirstSteps(started)
    const why = await ending.ended
    log.info({ why }, 'stopping')
    return /^SIG/.test(why) ? 0 : 1
  } finally {
    await app?.stop({ drainMs: DRAIN_MS })
    await database.close()
    log.info('stopped')
  }
}

/** Nobody's address stands in it but the desk's and a made-up one, and cut short they would be of no use. */
function logFirstSteps(started: Started): void {
  const steps = firstSteps(started)
  const level = started.environment.logLevel
  if (Object.keys(steps).length > 0) createLog({ level, readable: false, addresses: 'whole' }).info(steps, 'to try it')
}

/** A signal, from the first moment on: one that comes while the gateway starts ends it as soon as it runs. A second one ends it at once. */
function awaitEnd(): { readonly ended: Promise<string>; readonly end: (why: string) => void } {
  let end: (why: string) => void = () => undefined
  const ended = new Promise<string>((done) => {
    end = done
  })
  let signals = 0
  const onSignal = (signal: string): void => {
    signals += 1
    if (signals > 1) {
      process.stderr.write('Stopping at once: what was on its way may be uncertain (guichet outbox list).\n')
      process.exit(1)
    }
    end(signal)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { ended, end: (why) => end(why) }
}

/** Where large mails wait; says at the start what would otherwise be found out with the first of them. */
export async function spoolOf(
  { data, smtp, lmtp }: Pick<Environment, 'data' | 'smtp' | 'lmtp'>,
  roles: readonly Role[],
  log: { readonly error: (facts: object, what: string) => void },
): Promise<string> {
  const folder = join(resolve(data), 'spool')
  if (!roles.includes('inbound') || (smtp === null && lmtp === null)) return folder
  await openDataFolder(data).catch(() => undefined)
  const { severity, what, consequence, remedy } = await spoolFinding(folder)
  if (severity !== 'fine') log.error({ remedy }, `${what}: ${consequence}`)
  return folder
}

export async function smtpOptionsOf(
  { settings, folder }: Configuration,
  spool: string,
  log: Log,
): Promise<AppOptions['smtpOptions']> {
  const { smtp } = settings
  const read = (path: string): Promise<string> =>
    readFile(resolve(folder, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Refusal(`smtp: ${resolve(folder, path)} cannot be read (${error.code ?? error.message})`)
    })
  const certificate =
    smtp.certificate !== undefined && smtp.key !== undefined
      ? { cert: await read(smtp.certificate), key: await read(smtp.key) }
      : undefined
  return {
    hostname: smtp.hostname === 'localhost' ? hostname() : smtp.hostname,
    certificate,
    maxSize: smtp['max-size'],
    maxConnections: smtp['max-connections'],
    maxConnectionsPerAddress: smtp['max-connections-per-address'],
    maxRecipients: smtp['max-recipients'],
    idleMs: smtp['idle-seconds'] * 1000,
    transferMs: smtp['transfer-seconds'] * 1000,
    // Shared by SMTP and LMTP.
    budget: createByteBudget(smtp['max-memory']),
    spool: createSpool({ folder: spool, maxBytes: smtp['max-spool'] }),
    log,
  }
}

const addressOf = ({ host, port }: NonNullable<Listen>): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** What to do when an address cannot be listened on; null: that was not it. */
function listenRefusal(error: unknown, environment: Environment): Refusal | null {
  if (!(error instanceof Error)) return null
  const { code, syscall, port } = error as NodeJS.ErrnoException & { port?: number }
  if (syscall !== 'listen' && syscall !== 'bind' && syscall !== 'getaddrinfo') return null
  const names = {
    GUICHET_SMTP_LISTEN: environment.smtp,
    GUICHET_LMTP_LISTEN: environment.lmtp,
    GUICHET_WEB_LISTEN: environment.web,
  }
  const [name, at] = Object.entries(names).find(([, listen]) => listen !== null && listen.port === port) ?? []
  const where = at ? addressOf(at) : `port ${port ?? ''}`
  const set = name ?? 'GUICHET_SMTP_LISTEN or GUICHET_WEB_LISTEN'
  switch (code) {
    case 'EADDRINUSE':
      return new Refusal(
        `${where} is taken by another program. Stop that one (ss -ltnp shows it), or set ${set} to another address; a port of 0 takes any free one.`,
        1,
      )
    case 'EACCES':
      return new Refusal(
        `${where} may not be listened on: ports below 1024 are root’s. Set ${set} to a higher one, or allow it (setcap cap_net_bind_service=+ep on node).`,
        1,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Refusal(`This machine has no address ${where}. Set ${set} to one of its own, such as 127.0.0.1.`, 1)
    default:
      return null
  }
}

async function reload(app: App, environment: Environment, publicUrl: string, log: Log): Promise<void> {
  const { configuration, faults } = await loadConfiguration(environment.config, process.env)
  if (configuration === null) {
    log.error({ faults: formatFaults(faults) }, 'the changed configuration has faults; the old one stays')
    return
  }
  app.reload({
    instance: instanceOf(configuration, await keysOf(environment), publicUrl),
    settings: await composeSettingsOf(configuration, publicUrl),
  })
  log.info({ desks: configuration.desks.size }, 'configuration reloaded')
}
