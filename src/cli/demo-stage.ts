// The gateway that `guichet demo` plays with: a throwaway database, real SMTP in and out on free ports, and a clock that jumps.

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { type Addresses, type App, createApp } from '../app.ts'
import { formatFaults } from '../config/fault.ts'
import { type Configuration, loadConfiguration } from '../config/load.ts'
import { makeTemporaryFolder } from '../db/data-folder.ts'
import { startDatabase } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { openPool, type Sql } from '../db/pool.ts'
import { createLog } from '../log.ts'
import { createKeys } from '../mail/token.ts'
import { createSmtpTransport, parseRelayUrl } from '../outbound/smtp-transport.ts'
import { findNextClock } from '../tickets/clock-store.ts'
import { importDeskContacts } from './desk-contacts.ts'
import type { Environment } from './environment.ts'
import { type LocalMail, readLocalMail } from './mail-client.ts'
import { authenticatorOf, composeSettingsOf, instanceOf, loginOf } from './parts.ts'
import { Refusal } from './refusal.ts'

export interface Stage {
  readonly configuration: Configuration
  readonly addresses: Addresses
  /** Password of the agents and of the portal, made for this run. */
  readonly password: string
  readonly now: () => Date
  readonly setClock: (at: Date) => void
  /** Works everything off; the mails that left because of it. */
  readonly settle: () => Promise<readonly LocalMail[]>
  /** When the next clock of any ticket is due; null when none runs. */
  readonly nextDue: () => Promise<Date | null>
  readonly close: () => Promise<void>
}

/** A mail server that takes everything and keeps it. */
async function openSink(): Promise<{ port: number; take: () => Promise<LocalMail[]>; close: () => Promise<void> }> {
  const arrived: Buffer[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      buffer(stream).then(
        (bytes) => {
          arrived.push(bytes)
          done()
        },
        (error: Error) => done(error),
      )
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    take: () => Promise.all(arrived.splice(0).map(readLocalMail)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The configuration with passwords made for this run. */
export async function demoConfiguration(
  environment: Environment,
): Promise<{ readonly configuration: Configuration; readonly password: string }> {
  const password = randomBytes(18).toString('base64url')
  const variables = { ...process.env, GUICHET_AGENT_PASSWORD: password, GUICHET_PORTAL_PASSWORD: password }
  const { configuration, faults } = await loadConfiguration(environment.config, variables)
  if (configuration === null) throw new Refusal(formatFaults(faults))
  return { configuration, password }
}

export async function openStage(configuration: Configuration, password: string): Promise<Stage> {
  const folder = await makeTemporaryFolder()
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const sql = await openThrowaway(folder, undo)
    const sink = await openSink()
    undo.push(sink.close)
    let time = new Date(0)
    const app = await openGateway(configuration, sql, sink.port, () => time)
    undo.push(() => app.stop({ drainMs: 2_000 }))
    const addresses = await app.listen()
    return {
      configuration,
      addresses,
      password,
      now: () => time,
      setClock: (at) => {
        time = at
      },
      settle: async () => {
        await app.settle()
        return sink.take()
      },
      nextDue: () => findNextClock(sql),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openThrowaway(folder: string, undo: (() => Promise<unknown>)[]): Promise<Sql> {
  const database = await startDatabase({ dataFolder: folder, throwaway: true })
  undo.push(() => database.stop({ always: true }))
  const sql = openPool(database.url, { max: 6 })
  undo.push(() => sql.end({ timeout: 2 }))
  const migrated = await migrate(sql)
  if (!migrated.ok) throw new Refusal(migrated.reason, 1)
  return sql
}

async function openGateway(configuration: Configuration, sql: Sql, relayPort: number, clock: () => Date): Promise<App> {
  const log = createLog({ level: 'error', readable: true, addresses: 'whole' })
  const relay = parseRelayUrl(`smtp://127.0.0.1:${relayPort}`)
  if (!relay.ok) throw new Error(relay.why)
  await importDeskContacts(sql, configuration, log)
  return createApp({
    sql,
    log,
    instance: instanceOf(configuration, createKeys([randomBytes(32).toString('base64url')]), ''),
    settings: await composeSettingsOf(configuration, ''),
    transport: createSmtpTransport(relay.relay),
    authenticate: authenticatorOf(configuration),
    login: loginOf(configuration),
    roles: ['inbound', 'worker', 'outbound', 'web'],
    smtp: { host: '127.0.0.1', port: 0 },
    lmtp: null,
    web: { host: '127.0.0.1', port: 0 },
    smtpOptions: { hostname: 'localhost', log },
    supervisorToken: randomBytes(24).toString('base64url'),
    publicUrl: null,
    clock,
  })
}
