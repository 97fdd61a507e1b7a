// What alarms are raised about and how they are told, as the configuration says.

import { stat, statfs } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import type { AppOptions } from '../app.ts'
import type { Configuration } from '../config/load.ts'
import { postWebhook } from '../gateway/webhook.ts'
import { parseRelayUrl } from '../outbound/smtp-transport.ts'
import { Refusal } from './refusal.ts'

/** `folders`: where the gateway and its database write. */
export async function alarmsOf(
  { settings, readSecret }: Pick<Configuration, 'settings' | 'readSecret'>,
  folders: readonly string[],
): Promise<NonNullable<AppOptions['alarms']>> {
  const { webhook, relay, mail, 'after-minutes': minutes, 'disk-percent': percent } = settings.alarms
  const secret = async (key: string, reference: string | undefined): Promise<string | null> => {
    if (reference === undefined) return null
    const read = await readSecret(reference)
    if (!read.ok) throw new Refusal(`alarms.${key}: ${read.message}`)
    return read.value
  }
  const url = await secret('webhook', webhook)
  if (url !== null && !(URL.canParse(url) && /^https?:/.test(url)))
    throw new Refusal('alarms.webhook: the secret is no web address; it begins with https:// or http://')
  const way = await secret('relay', relay)
  return {
    afterMs: minutes * 60_000,
    mail,
    webhook: url === null ? null : (body) => postWebhook(url, body),
    direct: way === null ? null : directMail(way),
    disks: { folders: await oneOnEachDisk(folders), percent, statfs },
  }
}

/** The first folder on each file system: nobody is told twice about one disk. */
async function oneOnEachDisk(folders: readonly string[]): Promise<string[]> {
  const first = new Map<number | string, string>()
  for (const folder of folders) {
    const disk = await stat(folder).then(
      ({ dev }) => dev,
      () => folder,
    )
    if (!first.has(disk)) first.set(disk, folder)
  }
  return [...first.values()]
}

/** Mails that pass by the outbox, each over a connection of its own: alarms are rare. */
function directMail(url: string): NonNullable<NonNullable<AppOptions['alarms']>['direct']> {
  const parsed = parseRelayUrl(url)
  if (!parsed.ok) throw new Refusal(`alarms.relay: ${parsed.why}`)
  const { host, port, secure, requireTls, user, password } = parsed.relay
  return async (mail) => {
    const transport = createTransport({
      host,
      port,
      secure,
      requireTLS: requireTls,
      connectionTimeout: 30_000,
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    })
    try {
      await transport.sendMail({ ...mail, headers: { 'Auto-Submitted': 'auto-generated' } })
    } finally {
      transport.close()
    }
  }
}
