// `guichet serve`: the gateway, until a signal ends it.

import { hostname } from 'node:os'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type App, createApp } from '../app.ts'
import { loadConfiguration } from '../config/load.ts'
import { formatFaults } from '../config/fault.ts'
import { openDataFolder, openSecret } from '../db/data-folder.ts'
import { createLog, unsilenced } from '../log.ts'
import { environmentOf } from './command.ts'
import { configurationOf } from './configuration.ts'
import { importExampleContacts } from './desk-contacts.ts'
import { openDatabase } from './database.ts'
import { readRoles } from './environment.ts'
import { welcome } from './welcome.ts'
import { authenticatorOf, composeSettingsOf, instanceOf, keysOf, loginOf, transportOf } from './parts.ts'
import { Refusal } from './refusal.ts'
import { sourcesOf } from './sources.ts'

export async function serve(options: { readonly role?: readonly string[] }): Promise<void> {
  const environment = environmentOf()
  const read = readRoles(options.role ?? [])
  if (!read.ok) throw new Refusal(read.fault)
  if (options.role !== undefined && (environment.databaseUrl === null || environment.secrets === null)) {
    throw new Refusal('--role needs DATABASE_URL and GUICHET_SECRET: the parts of one gateway share its database and its keys.')
  }
  const configuration = await configurationOf(environment)
  const onTerminal = process.stdout.isTTY === true
  const log = createLog({ level: environment.logLevel, readable: onTerminal, addresses: configuration.settings.log.addresses })
  const database = await openDatabase(environment, { connections: 12, exclusive: { log } })
  let app: App | undefined
  try {
    const keys = await keysOf(environment)
    const supervisorToken = environment.supervisorToken ?? (await openSecret(await openDataFolder(environment.data), 'supervisor-token'))
    const publicUrl = environment.publicUrl ?? (environment.web ? `http://${environment.web.host}:${environment.web.port}` : '')
    const { transport, where } = await transportOf(configuration, environment)
    await importExampleContacts(database.sql, configuration, log)
    const { smtp } = configuration.settings
    const certificate =
      smtp.certificate !== undefined && smtp.key !== undefined
        ? { cert: await readFile(resolve(configuration.folder, smtp.certificate), 'utf8'), key: await readFile(resolve(configuration.folder, smtp.key), 'utf8') }
        : undefined
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
      smtpOptions: {
        hostname: smtp.hostname === 'localhost' ? hostname() : smtp.hostname,
        certificate,
        maxSize: smtp['max-size'],
        maxConnections: smtp['max-connections'],
        maxConnectionsPerAddress: smtp['max-connections-per-address'],
        maxRecipients: smtp['max-recipients'],
        idleMs: smtp['idle-seconds'] * 1000,
        transferMs: smtp['transfer-seconds'] * 1000,
        log,
      },
      supervisorToken,
      publicUrl: environment.publicUrl,
      sources: sourcesOf(configuration, database.sql, log),
    })
    const running = app
    const addresses = await running.start()
    unsilenced(log).info(addresses, 'listening')
    if (onTerminal) process.stdout.write(welcome({ addresses, configuration, environment, supervisorToken, where }))
    process.on('SIGHUP', () => {
      reload(running, environment, publicUrl, log).catch((error: unknown) => log.error({ err: error }, 'the configuration could not be read again; the old one stays'))
    })
    const signal = await new Promise<string>((done) => {
      process.once('SIGINT', () => done('SIGINT'))
      process.once('SIGTERM', () => done('SIGTERM'))
    })
    log.info({ signal }, 'stopping')
  } finally {
    await app?.stop({ drainMs: 25_000 })
    await database.close()
    log.info('stopped')
  }
}

async function reload(app: App, environment: ReturnType<typeof environmentOf>, publicUrl: string, log: ReturnType<typeof createLog>): Promise<void> {
  const { configuration, faults } = await loadConfiguration(environment.config, process.env)
  if (configuration === null) {
    log.error({ faults: formatFaults(faults) }, 'the changed configuration has faults; the old one stays')
    return
  }
  app.reload({ instance: instanceOf(configuration, await keysOf(environment), publicUrl), settings: await composeSettingsOf(configuration, publicUrl) })
  log.info({ desks: configuration.desks.size }, 'configuration reloaded')
}
