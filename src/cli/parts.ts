// The parts of a gateway, made of its configuration and environment: instance, templates, keys, transport, authentication, logins.

import { createHash, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AppOptions } from '../app.ts'
import type { Configuration } from '../config/load.ts'
import { openDataFolder, openPrivateFolder, openSecret } from '../db/data-folder.ts'
import { prepareDesk, prepareInstance, type RunningInstance } from '../gateway/running-desk.ts'
import { authenticateMail } from '../inbound/authenticate.ts'
import { createDnsResolver } from '../inbound/dns.ts'
import { buildAddressBook } from '../inbound/route.ts'
import { createKeys, type Keys } from '../mail/token.ts'
import { createSigner } from '../outbound/dkim.ts'
import { createSmtpTransport, parseRelayUrl, type Relay } from '../outbound/smtp-transport.ts'
import { createFileTransport, type Transport } from '../outbound/transport.ts'
import type { Environment } from './environment.ts'
import { Refusal } from './refusal.ts'

/** The keys of GUICHET_SECRET, else those of the secret kept in the data folder. */
export async function keysOf(environment: Environment): Promise<Keys> {
  if (environment.secrets !== null && environment.secrets.length > 0) return createKeys(environment.secrets)
  return createKeys([await openSecret(await openDataFolder(environment.data), 'secret')])
}

export function instanceOf(configuration: Configuration, keys: Keys, publicUrl: string): RunningInstance {
  const { settings } = configuration
  const accounts = new Map(
    settings.mailboxes.flatMap((box) => (box.desk === undefined ? [] : [[box.name, box.desk] as const])),
  )
  return prepareInstance({
    desks: [...configuration.desks.values()].map((desk) => prepareDesk(desk, configuration.rules.get(desk.desk) ?? [])),
    keys,
    publicUrl,
    replyDomain: settings['reply-domain'],
    addressBook: buildAddressBook([...configuration.desks.values()], settings['reply-domain'], accounts),
  })
}

export async function composeSettingsOf(
  configuration: Configuration,
  publicUrl: string,
): Promise<AppOptions['settings']> {
  const { dkim } = configuration.settings
  let signer: AppOptions['settings']['signer'] = null
  if (dkim) {
    const key = await configuration.readSecret(dkim.key)
    if (!key.ok) throw new Refusal(`dkim: ${key.message}`)
    signer = createSigner({ domain: dkim.domain, selector: dkim.selector, key: key.value })
  }
  return { templates: configuration.templates, publicUrl, signer }
}

/** The relay of the environment, else of the configuration; null: outgoing mail becomes files. */
export async function relayOf(configuration: Configuration, environment: Environment): Promise<Relay | null> {
  const { relay } = configuration.settings
  let url = environment.relayUrl ?? relay.url ?? null
  if (url !== null && /^(env|file):/.test(url)) {
    const secret = await configuration.readSecret(url)
    if (!secret.ok) throw new Refusal(`relay: ${secret.message}`)
    url = secret.value
  }
  if (url === null) return null
  const parsed = parseRelayUrl(url)
  if (!parsed.ok) throw new Refusal(parsed.why)
  const ca =
    relay.ca === undefined
      ? null
      : await readFile(resolve(configuration.folder, relay.ca.slice('file:'.length)), 'utf8')
  return {
    ...parsed.relay,
    name: relay.name ?? parsed.relay.name,
    connections: relay.connections,
    ...(ca === null ? {} : { ca }),
  }
}

export async function transportOf(
  configuration: Configuration,
  environment: Environment,
): Promise<{ readonly transport: Transport; readonly where: string }> {
  const relay = await relayOf(configuration, environment)
  if (relay !== null) return { transport: createSmtpTransport(relay), where: `${relay.host}:${relay.port}` }
  const folder = await openPrivateFolder(await openDataFolder(environment.data), 'outgoing')
  return { transport: createFileTransport(folder), where: folder }
}

export function authenticatorOf(configuration: Configuration): AppOptions['authenticate'] {
  const resolver = createDnsResolver({ timeoutMs: 2_000 })
  return async (claimed, parsed) =>
    claimed.bytes === null
      ? { result: 'none', by: 'nobody', detail: 'no original' }
      : authenticateMail({
          bytes: claimed.bytes,
          envelope: claimed.envelope,
          from: parsed.message.from,
          trust: configuration.trust,
          resolver,
          desk: claimed.desk,
        })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export function loginOf(configuration: Configuration): AppOptions['login'] {
  return async (user, password) => {
    const known = configuration.logins.get(user.toLowerCase())
    // Compared for unknown users too, so that both refusals take the same time.
    const same = timingSafeEqual(digest(password), digest(known ?? 'nobody has this password'))
    return known !== undefined && same ? { user: user.toLowerCase() } : null
  }
}
