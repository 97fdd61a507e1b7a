// One HTTP request to an address of the configuration. Redirects are not followed, addresses of the own network are refused unless
// the configuration allows them, and what the name resolves to is checked at the moment of connecting, not before.

import { lookup as resolveName } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface HttpCall {
  readonly url: string
  readonly method: 'POST' | 'PUT' | 'GET'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly privateNetwork: boolean
}

/** `permanent`: the same request would be refused again. `reason` repeats neither address nor answer: both may hold secrets. */
export type HttpAnswer =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly permanent: boolean; readonly reason: string }

const TIMEOUT_MS = 15_000
const MAX_ANSWER = 64 * 1024

const own = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  own.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  own.addSubnet(net, bits, 'ipv6')

/** Whether an IP address is no public one. */
export const isPrivateAddress = (address: string): boolean => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return own.check(mapped, 'ipv4')
  const family = isIP(address)
  return family === 0 || own.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

class PrivateAddress extends Error {}

const publicOnly: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const inside = addresses.find(({ address }) => isPrivateAddress(address))
    const [first] = addresses
    if (inside || !first) return callback(new PrivateAddress('an address of the own network'), '', 0)
    if (options.all) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

/** Values are filled from mail: what cannot stand in a field (RFC 9110 §5.5) becomes a blank. */
const plainHeaders = (headers: HttpCall['headers']): HttpCall['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')]),
  )

/** Resolves always; a failure is an answer. */
export function callHttp(given: HttpCall): Promise<HttpAnswer> {
  const call: HttpCall = { ...given, headers: plainHeaders(given.headers) }
  return new Promise((resolve) => {
    const refuse = (permanent: boolean, reason: string): void => resolve({ ok: false, permanent, reason })
    let url: URL
    try {
      url = new URL(call.url)
    } catch {
      return refuse(true, 'the address is none')
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(true, 'the address is no web address')
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (!call.privateNetwork && isIP(host) !== 0 && isPrivateAddress(host))
      return refuse(true, 'the address is one of the own network, which is not allowed here')
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      {
        method: call.method,
        headers: {
          'user-agent': 'guichet',
          ...(call.body === null ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
          ...call.headers,
        },
        timeout: TIMEOUT_MS,
        signal: AbortSignal.timeout(TIMEOUT_MS * 2),
        ...(call.privateNetwork ? {} : { lookup: publicOnly }),
      },
      (response) => {
        const status = response.statusCode ?? 0
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > MAX_ANSWER) response.destroy()
        })
        response.on('error', () => undefined)
        response.on('close', () => resolve(answerOf(status)))
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error instanceof PrivateAddress)
        refuse(true, 'the name leads into the own network, which is not allowed here')
      else
        refuse(
          false,
          error.name === 'AbortError' || error.message === 'no answer in time'
            ? 'no answer in time'
            : `no connection (${error.code ?? 'error'})`,
        )
    })
    request.end(call.body ?? undefined)
  })
}

function answerOf(status: number): HttpAnswer {
  if (status >= 200 && status <= 299) return { ok: true, status }
  const again = status >= 500 || status === 408 || status === 425 || status === 429
  return { ok: false, permanent: !again, reason: `it answers ${status}` }
}
