// A short message as its provider wants it: the places of the configuration filled in, each as its surroundings need it.

import type { SmsProvider } from '../desks/sms.ts'
import type { HttpCall } from './http-call.ts'

export interface ShortMessage {
  /** `+` and digits. */
  readonly to: string
  readonly text: string
}

const place = /\{(to|text|secret)\}/g

/** The request for one message. Pure; nothing that is filled in is looked at again. */
export function smsRequest(provider: SmsProvider, message: ShortMessage, secret: string): HttpCall {
  const values: Readonly<Record<string, string>> = { to: message.to, text: message.text, secret }
  const fill = (text: string, write: (value: string) => string): string =>
    text.replace(place, (_whole, name: string) => write(values[name] ?? ''))
  const plain = (text: string): string => fill(text, (value) => value)
  const headers = Object.fromEntries(
    Object.entries(provider.headers).map(([name, text]) => [name, fill(text, (value) => value.replace(/[\r\n]/g, ''))]),
  )
  const request = {
    url: fill(provider.url, encodeURIComponent),
    method: provider.method,
    privateNetwork: provider['private-network'],
  }
  if (provider.json !== undefined)
    return {
      ...request,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(deep(provider.json, plain)),
    }
  if (provider.form !== undefined)
    return {
      ...request,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(
        Object.entries(provider.form).map(([name, text]): [string, string] => [name, plain(text)]),
      ).toString(),
    }
  return { ...request, headers, body: null }
}

function deep(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value)
  if (Array.isArray(value)) return value.map((one) => deep(one, fill))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deep(one, fill)]))
  return value
}
