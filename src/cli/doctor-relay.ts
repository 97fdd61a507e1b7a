// Greets the relay as a delivery would, up to the log-in, and sends nothing.

import { isLoopback } from '../inbound/trust.ts'
import { connectionTo, type Relay } from '../outbound/smtp-transport.ts'
import { type Finding, fault, fine, warning } from './finding.ts'

export interface RelayFacts {
  /** The connection is encrypted by the time mail would go out. */
  readonly encrypted: boolean
  readonly loggedIn: boolean
}

/** Connects, takes TLS, logs in and says goodbye; rejects with the library’s error. */
export async function lookAtRelay(relay: Relay): Promise<RelayFacts> {
  const connection = connectionTo(relay, { connectMs: 15_000, socketMs: 15_000 })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    const { user, password } = relay
    if (user === null) return { encrypted: connection.secure === true, loggedIn: false }
    if (connection.secure !== true && !onThisMachine(relay.host)) return { encrypted: false, loggedIn: false }
    await new Promise<void>((resolve, reject) => {
      connection.login({ user, pass: password ?? '' }, (error) => (error ? reject(error) : resolve()))
    })
    return { encrypted: connection.secure === true, loggedIn: true }
  } finally {
    connection.on('error', () => undefined)
    connection.close()
  }
}

const onThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || isLoopback(host)

const aboutRelay = (relay: Relay): string => `relay ${relay.host}:${relay.port}`

export function relayUnreachable(relay: Relay, error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const remedy =
    code === 'EAUTH'
      ? 'check user and password of the relay’s URL'
      : /certificate|self.signed/i.test(why)
        ? 'name the relay as its certificate does, or give its authority with relay: { ca: file:… }'
        : 'check host and port, and that this machine may connect there'
  return fault(
    aboutRelay(relay),
    `cannot be used: ${why.slice(0, 200)}`,
    'no mail leaves; it is kept and tried again for five days',
    remedy,
  )
}

export function relayFindings(relay: Relay, facts: RelayFacts): Finding[] {
  const about = aboutRelay(relay)
  const away = !onThisMachine(relay.host)
  if (relay.user !== null && !facts.loggedIn)
    return [
      fault(
        about,
        'it offers no TLS, and a password does not go out without',
        'no mail leaves',
        'use a port with TLS: smtps://…:465, or smtp://…:587',
      ),
    ]
  if (away && !facts.encrypted)
    return [
      warning(
        about,
        'mail goes there in the clear',
        'who listens on the way reads it, signed addresses too',
        'use a relay with TLS, and ?tls=required',
      ),
    ]
  if (away && !relay.requireTls && !relay.secure)
    return [
      warning(
        about,
        'TLS is used, but not insisted on',
        'somebody on the way can make us go without',
        'add ?tls=required to the relay’s URL',
      ),
    ]
  return [fine(about, facts.loggedIn ? 'it greets us and takes our log-in' : 'it greets us')]
}
