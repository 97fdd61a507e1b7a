// Name servers for the verification of senders, with a small memory: a desk hears from the same domains all day.

import { Resolver as DnsResolver } from 'node:dns/promises'
import type { Resolver } from './verify-mail.ts'

export interface DnsOptions {
  /** Addresses of name servers; absent: those of the system. */
  readonly servers?: readonly string[]
  readonly timeoutMs?: number
  /** Answers remembered at most. */
  readonly entries?: number
  /** How long an answer is remembered, in milliseconds; failures to answer are not. */
  readonly keepMs?: number
}

type Answer =
  | { readonly ok: true; readonly value: string[][] | string[] }
  | { readonly ok: false; readonly error: unknown }

const absent = new Set(['ENOTFOUND', 'ENODATA'])

/** A resolver that asks real name servers. Errors carry node's codes: ENOTFOUND and ENODATA for "nothing there". */
export function createDnsResolver(options: DnsOptions = {}): Resolver {
  const { timeoutMs = 3000, entries = 2000, keepMs = 300_000 } = options
  const dns = new DnsResolver({ timeout: timeoutMs, tries: 2 })
  if (options.servers && options.servers.length > 0) dns.setServers(options.servers)
  const known = new Map<string, { readonly until: number; readonly answer: Promise<Answer> }>()
  const ask = async (name: string, type: string): Promise<Answer> => {
    try {
      const value =
        type === 'TXT'
          ? await dns.resolveTxt(name)
          : type === 'A'
            ? await dns.resolve4(name)
            : type === 'AAAA'
              ? await dns.resolve6(name)
              : type === 'PTR'
                ? await dns.resolvePtr(name)
                : type === 'MX'
                  ? await dns.resolveMx(name)
                  : []
      // SPF's MX answers are records with a priority, which the verifying library reads as they come.
      return { ok: true, value: value as string[][] | string[] }
    } catch (error) {
      return { ok: false, error }
    }
  }
  return async (name, type) => {
    const key = `${type} ${name.toLowerCase()}`
    const now = performance.now()
    let entry = known.get(key)
    if (entry === undefined || entry.until < now) {
      entry = { until: now + keepMs, answer: ask(name, type) }
      known.delete(key)
      known.set(key, entry)
      const [oldest] = known.keys()
      if (known.size > entries && oldest !== undefined) known.delete(oldest)
    }
    const answer = await entry.answer
    if (answer.ok) return answer.value
    const code = answer.error instanceof Error && 'code' in answer.error ? String(answer.error.code) : ''
    if (!absent.has(code)) known.delete(key)
    throw answer.error
  }
}
