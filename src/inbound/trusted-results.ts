// What trusted servers have already found out (RFC 8601 §5). A field counts when its authserv-id is the configured one, as a
// whole, and it stands above every Received field that the trusted servers did not write: whatever stands lower may have come
// with the mail (threats T19).

import type { Authentication } from '../mail/authentication.ts'
import type { HeaderField } from '../mail/header.ts'
import { type MethodResult, parseAuthenticationResults } from './authentication-results.ts'
import type { Envelope } from './message.ts'
import { domainOf, isLoopback, related, type TrustedService } from './trust.ts'

const MAX_FIELDS = 20

/** The services whose fields count for a mail that came this way. */
export function servicesFor(services: readonly TrustedService[], envelope: Envelope): TrustedService[] {
  return services.filter(({ from }) =>
    from === 'loopback'
      ? (envelope.source === 'smtp' || envelope.source === 'lmtp') && envelope.ip !== null && isLoopback(envelope.ip)
      : from.account === envelope.account,
  )
}

/** The host after `by` in a Received value (RFC 5321 §4.4), lower case; null when there is none. */
function receivedBy(value: string): string | null {
  const match = /(?:^|\s)by\s+([^\s;()]{1,255})/i.exec(value.slice(0, 2000))
  return match?.[1]?.toLowerCase() ?? null
}

/** The results of one service that stand where only it could have written them. */
function resultsOf(fields: readonly HeaderField[], service: TrustedService): MethodResult[] {
  const id = service.authservId.toLowerCase()
  const found: MethodResult[] = []
  let received = 0
  let read = 0
  for (const field of fields) {
    if (field.key === 'received') {
      const by = receivedBy(field.value)
      // The trusted servers' own hops carry their name or are their internal addresses; the first other host ends their part.
      const foreign = by?.includes('.') === true && !/^[\d.:[\]]+$/.test(by) && !related(by, id)
      if (++received > service.hops || foreign) break
    }
    if (field.key !== 'authentication-results' || ++read > MAX_FIELDS) continue
    const results = parseAuthenticationResults(field.value)
    if (results?.authservId === id) found.push(...results.results)
  }
  return found
}

/** One verdict of the results about the author `address`; null: they say nothing about it. Against each other they fail. */
export function verdictOf(results: readonly MethodResult[], address: string, service: string): Authentication | null {
  const domain = domainOf(address)
  const answer = (result: Authentication['result'], what: string): Authentication => ({
    result,
    by: result === 'none' ? 'nobody' : 'authentication-results',
    detail: `${what} (${service})`,
  })
  const dmarc = results.filter(({ method }) => method === 'dmarc')
  if (dmarc.some(({ result }) => result === 'fail')) return answer('fail', 'dmarc=fail')
  const passed = dmarc.filter(({ result }) => result === 'pass')
  if (passed.length > 0) {
    // The server judged the From it saw; ours must be the same one.
    const about = passed.every(({ properties }) => {
      const from = properties.get('header.from')
      return from === undefined || related(domainOf(from), domain)
    })
    return about ? answer('pass', 'dmarc=pass') : answer('none', `dmarc=pass for another domain than ${domain}`)
  }
  const aligned = results.find(({ method, result, properties }) => {
    if (result !== 'pass') return false
    if (method === 'dkim') {
      const signer = properties.get('header.d') ?? properties.get('header.i')
      return signer !== undefined && related(domainOf(signer), domain)
    }
    if (method === 'spf') {
      const sender = properties.get('smtp.mailfrom') ?? properties.get('smtp.mail')
      return sender !== undefined && related(domainOf(sender), domain)
    }
    return method === 'auth' && properties.get('smtp.auth')?.toLowerCase() === address
  })
  if (aligned !== undefined) return answer('pass', `${aligned.method}=pass`)
  if (results.some(({ result }) => result === 'temperror')) return answer('undecided', 'temperror')
  const [first] = dmarc.length > 0 ? dmarc : results
  return first === undefined ? null : answer('none', `${first.method}=${first.result}`)
}

/** What trusted servers say about the author of this mail; null: no such field, or no service is trusted here. */
export function trustedResult(
  fields: readonly HeaderField[],
  services: readonly TrustedService[],
  envelope: Envelope,
  address: string,
): Authentication | null {
  for (const service of servicesFor(services, envelope)) {
    const verdict = verdictOf(resultsOf(fields, service), address, service.authservId)
    if (verdict !== null) return verdict
  }
  return null
}
