// The environment of the process (see the table in docs/operations.md), read once; every fault at once.

import type { Listen, Role } from '../app.ts'
import { roles } from '../app.ts'
import { type LogLevel, logLevels, parseLogLevel } from '../log.ts'
import { parseRelayUrl } from '../outbound/smtp-transport.ts'

export interface Environment {
  readonly config: string
  readonly data: string
  /** null: the embedded database. */
  readonly databaseUrl: string | null
  readonly smtp: Listen
  readonly lmtp: Listen
  readonly web: Listen
  readonly relayUrl: string | null
  /** null: generated once into the data folder. */
  readonly secrets: readonly string[] | null
  readonly supervisorToken: string | null
  readonly publicUrl: string | null
  readonly logLevel: LogLevel
}

export type EnvironmentRead =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly faults: readonly string[] }

type Variables = Readonly<Record<string, string | undefined>>

export function readEnvironment(env: Variables): EnvironmentRead {
  const faults: string[] = []
  const given = (name: string): string | null => {
    const value = env[name]?.trim()
    return value ? value : null
  }
  const listen = (name: string, usual: string): Listen => {
    const text = given(name) ?? usual
    if (text === 'off') return null
    const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:]+):)?(\d{1,5})$/.exec(text)
    const port = Number(match?.[2] ?? -1)
    if (!match || port > 65_535) {
      faults.push(`${name}="${text}" is no address: write 127.0.0.1:2525, a port of 0 for any free one, or off`)
      return null
    }
    return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port }
  }
  const smtp = listen('GUICHET_SMTP_LISTEN', '127.0.0.1:2525')
  const lmtp = listen('GUICHET_LMTP_LISTEN', 'off')
  const web = listen('GUICHET_WEB_LISTEN', '127.0.0.1:8080')
  const secrets =
    given('GUICHET_SECRET')
      ?.split(',')
      .map((s) => s.trim())
      .filter((s) => s !== '') ?? null
  if (secrets?.some((s) => s.length < 16))
    faults.push(
      'GUICHET_SECRET is too short: each secret needs at least 16 characters (`openssl rand -hex 32` makes one)',
    )
  const supervisorToken = given('GUICHET_SUPERVISOR_TOKEN')
  if (supervisorToken !== null && supervisorToken.length < 16)
    faults.push(
      'GUICHET_SUPERVISOR_TOKEN is too short: it opens every supervisors’ page and needs at least 16 characters (`openssl rand -hex 32` makes one)',
    )
  const relayUrl = given('GUICHET_RELAY_URL')
  const relay = relayUrl === null ? null : parseRelayUrl(relayUrl)
  if (relay?.ok === false) faults.push(`GUICHET_RELAY_URL: ${relay.why}`)
  const publicUrl = given('GUICHET_PUBLIC_URL')?.replace(/\/+$/, '') ?? null
  if (publicUrl !== null && !/^https?:\/\//.test(publicUrl))
    faults.push(`GUICHET_PUBLIC_URL="${publicUrl}" must begin with http:// or https://`)
  const level = given('LOG_LEVEL') ?? 'info'
  const logLevel = parseLogLevel(level)
  if (!logLevel) faults.push(`LOG_LEVEL="${level}" is none of ${logLevels.join(', ')}`)
  if (faults.length > 0 || !logLevel) return { ok: false, faults }
  return {
    ok: true,
    environment: {
      config: given('GUICHET_CONFIG') ?? './guichet.yaml',
      data: given('GUICHET_DATA') ?? './data',
      databaseUrl: given('DATABASE_URL'),
      smtp,
      lmtp,
      web,
      relayUrl,
      secrets,
      supervisorToken,
      publicUrl,
      logLevel,
    },
  }
}

/** `--role` as given, any mix; every part of the gateway when it is not given. */
export function readRoles(
  given: readonly string[],
): { readonly ok: true; readonly roles: readonly Role[] } | { readonly ok: false; readonly fault: string } {
  if (given.length === 0) return { ok: true, roles }
  const unknown = given.find((word) => !roles.some((role) => role === word))
  if (unknown !== undefined) return { ok: false, fault: `there is no role "${unknown}": write ${roles.join(', ')}` }
  return { ok: true, roles: roles.filter((role) => given.includes(role)) }
}
