// Limits of a listener that count by client: connections of an address, refused recipients and failed logins.

import { isIPv6 } from 'node:net'

export interface GuardLimits {
  readonly connectionsPerAddress: number
  /** Refused recipients after which a connection ends: nobody tries out names here. */
  readonly refusedRecipients: number
  /** Failed logins of a connection after which it ends. */
  readonly failuresPerConnection: number
  /** Failed logins of an address within `failureWindowMs` after which it is not asked again until the window has passed. */
  readonly failuresPerAddress: number
  readonly failureWindowMs: number
}

export interface SmtpGuard {
  /** False when the address has too many connections; else counted until `disconnected`. */
  readonly connected: (session: string, ip: string) => boolean
  readonly disconnected: (session: string) => void
  /** True when this refusal was one too many. */
  readonly refusedRecipient: (session: string) => boolean
  readonly mayLogIn: (ip: string, at: number) => boolean
  /** True when the connection has to end. */
  readonly failedLogin: (session: string, ip: string, at: number) => boolean
}

const MAX_ADDRESSES = 10_000

interface Session {
  readonly block: string
  refused: number
  failed: number
}

/** An IPv6 client owns at least a /64, so it is counted by that. */
export function addressBlock(ip: string): string {
  if (!isIPv6(ip)) return ip
  const [head = '', tail] = ip.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return [...left, ...Array<string>(missing).fill('0'), ...right].slice(0, 4).join(':')
}

/** `at` is any clock in milliseconds that never goes back. */
export function createSmtpGuard(limits: GuardLimits): SmtpGuard {
  const sessions = new Map<string, Session>()
  const connections = new Map<string, number>()
  const failures = new Map<string, { count: number; since: number }>()

  const current = (block: string, at: number) => {
    const entry = failures.get(block)
    if (entry !== undefined && at - entry.since > limits.failureWindowMs) {
      failures.delete(block)
      return undefined
    }
    return entry
  }

  return {
    connected(session, ip) {
      const block = addressBlock(ip)
      const count = connections.get(block) ?? 0
      if (count >= limits.connectionsPerAddress) return false
      connections.set(block, count + 1)
      sessions.set(session, { block, refused: 0, failed: 0 })
      return true
    },
    disconnected(session) {
      const block = sessions.get(session)?.block
      if (block === undefined) return
      sessions.delete(session)
      const count = (connections.get(block) ?? 1) - 1
      if (count <= 0) connections.delete(block)
      else connections.set(block, count)
    },
    refusedRecipient(session) {
      const entry = sessions.get(session)
      return entry !== undefined && ++entry.refused >= limits.refusedRecipients
    },
    mayLogIn: (ip, at) => (current(addressBlock(ip), at)?.count ?? 0) < limits.failuresPerAddress,
    failedLogin(session, ip, at) {
      const block = addressBlock(ip)
      const entry = current(block, at) ?? { count: 0, since: at }
      entry.count++
      failures.delete(block)
      failures.set(block, entry)
      const [oldest] = failures.keys()
      if (failures.size > MAX_ADDRESSES && oldest !== undefined) failures.delete(oldest)
      const own = sessions.get(session)
      return own !== undefined && ++own.failed >= limits.failuresPerConnection
    },
  }
}
