// Delivery to a relay by SMTP (RFC 5321), one recipient a transaction, over a few kept connections.
//
// The error object of the library does not tell in which phase a connection was lost. The body is therefore handed over as a stream
// that is first read after the server's 354: there the phase is committed, and only then the first byte leaves. Lost before: safe to
// repeat. Lost after: nobody can know. An answer with a code is definite in every phase.

import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Delivery, Parcel, Transport } from './transport.ts'

export interface Relay {
  readonly host: string
  readonly port: number
  /** TLS from the first byte. */
  readonly secure: boolean
  /** STARTTLS or nothing, with a verified certificate; else it is used when offered. */
  readonly requireTls: boolean
  readonly user: string | null
  readonly password: string | null
  /** Name in EHLO. */
  readonly name: string | null
  readonly connections: number
  /** PEM of a certificate authority beside the system's. */
  readonly ca?: string
}

/** Limits in milliseconds. The answer to the body may take ten minutes (RFC 5321 §4.5.3.2.6): a short one makes duplicates. */
export interface RelayTimes {
  readonly connectMs: number
  readonly socketMs: number
  readonly idleMs: number
}

export const relayTimes: RelayTimes = { connectMs: 30_000, socketMs: 600_000, idleMs: 10_000 }

const MAILS_A_CONNECTION = 200
const CHUNK = 64 * 1024

/** Reads `smtp://[user:password@]host[:port][?tls=required]` or `smtps://…`; a sentence without the password when it is none. */
export function parseRelayUrl(
  url: string,
): { readonly ok: true; readonly relay: Relay } | { readonly ok: false; readonly why: string } {
  if (!URL.canParse(url)) return { ok: false, why: 'the relay must look like smtp://user:password@host:587' }
  const parsed = new URL(url)
  const secure = parsed.protocol === 'smtps:'
  if (!secure && parsed.protocol !== 'smtp:') return { ok: false, why: 'the relay must begin with smtp:// or smtps://' }
  if (parsed.hostname === '') return { ok: false, why: 'the relay names no host' }
  const tls = parsed.searchParams.get('tls')
  if (tls !== null && tls !== 'required') return { ok: false, why: 'the relay knows ?tls=required only' }
  try {
    return {
      ok: true,
      relay: {
        host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: parsed.port === '' ? (secure ? 465 : 25) : Number(parsed.port),
        secure,
        requireTls: tls === 'required',
        user: parsed.username === '' ? null : decodeURIComponent(parsed.username),
        password: parsed.password === '' ? null : decodeURIComponent(parsed.password),
        name: null,
        connections: 5,
      },
    }
  } catch {
    return { ok: false, why: 'user or password of the relay hold a % that stands for nothing: write it %25' }
  }
}

interface Line {
  readonly connection: SMTPConnection
  mails: number
  /** Set when the connection ended or failed. */
  gone: boolean
  idle: NodeJS.Timeout | null
}

interface SmtpFailure {
  readonly message: string
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly code?: string | undefined
}

const failureOf = (error: unknown): SmtpFailure =>
  error instanceof Error ? (error as SmtpFailure) : { message: String(error) }

/** The server's words on one line, bounded. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)

const answerOf = (failure: SmtpFailure): string => oneLine(failure.response ?? failure.message)

/** What the relay said after EHLO; the library keeps it to itself. */
function takesUtf8(connection: SMTPConnection): boolean {
  const extensions: unknown = Reflect.get(connection, '_supportedExtensions')
  return Array.isArray(extensions) && extensions.includes('SMTPUTF8')
}

class Withdrawn extends Error {}

/** A body whose first read waits for `before`. */
function lazyBody(bytes: Buffer, before: () => Promise<boolean>): Readable {
  let at = -1
  return new Readable({
    read() {
      const push = (): void => {
        if (at >= bytes.length) {
          this.push(null)
          return
        }
        const chunk = bytes.subarray(at, at + CHUNK)
        at += CHUNK
        this.push(chunk)
      }
      if (at >= 0) return push()
      at = 0
      before().then(
        (granted) => (granted ? push() : this.destroy(new Withdrawn('the mail is no longer ours to send'))),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
}

/** A connection that is not open yet. */
export function connectionTo(relay: Relay, times: Omit<RelayTimes, 'idleMs'>): SMTPConnection {
  return new SMTPConnection({
    host: relay.host,
    port: relay.port,
    secure: relay.secure,
    requireTLS: relay.requireTls,
    opportunisticTLS: !relay.secure && !relay.requireTls,
    ...(relay.name === null ? {} : { name: relay.name }),
    connectionTimeout: times.connectMs,
    greetingTimeout: times.connectMs,
    socketTimeout: times.socketMs,
    dnsTimeout: times.connectMs,
    // An opportunistic connection would go on in the clear anyway: an unknown certificate is no reason to refuse it.
    tls: {
      rejectUnauthorized: relay.secure || relay.requireTls,
      ...(relay.ca === undefined ? {} : { ca: relay.ca }),
    },
  })
}

export function createSmtpTransport(relay: Relay, times: RelayTimes = relayTimes): Transport {
  const idle: Line[] = []
  const open = new Set<Line>()

  const drop = (line: Line): void => {
    line.gone = true
    open.delete(line)
    if (line.idle !== null) clearTimeout(line.idle)
    const at = idle.indexOf(line)
    if (at >= 0) idle.splice(at, 1)
    line.connection.close()
  }

  /** Connects, greets, takes TLS and logs in; rejects with the library's error. */
  const connect = (): Promise<Line> =>
    new Promise((resolve, reject) => {
      const connection = connectionTo(relay, times)
      const line: Line = { connection, mails: 0, gone: false, idle: null }
      const fail = (error: unknown): void => {
        drop(line)
        reject(error)
      }
      open.add(line)
      connection.on('error', fail)
      // A refused greeting or login ends the connection first and is reported after.
      connection.once('end', () => setImmediate(() => fail(new Error('the relay closed the connection'))))
      connection.connect((error) => {
        if (error) return fail(error)
        if (relay.user === null) return resolve(line)
        // A password never goes out in the clear, but to a relay on the same machine.
        if (!connection.secure && !['127.0.0.1', '::1', 'localhost'].includes(relay.host))
          return fail(new Error('the relay offers no TLS, and a password does not go out without'))
        connection.login({ user: relay.user, pass: relay.password ?? '' }, (refused) =>
          refused ? fail(refused) : resolve(line),
        )
      })
    })

  const rest = (line: Line): void => {
    if (line.gone) return
    if (line.mails >= MAILS_A_CONNECTION) {
      line.connection.quit()
      open.delete(line)
      return
    }
    line.idle = setTimeout(() => {
      const at = idle.indexOf(line)
      if (at >= 0) idle.splice(at, 1)
      open.delete(line)
      line.connection.quit()
    }, times.idleMs)
    line.idle.unref()
    idle.push(line)
  }

  const reset = (line: Line): Promise<boolean> =>
    new Promise((resolve) => line.connection.reset((error) => resolve(!error)))

  /** One transaction on an open connection. `began`: whether the phase was committed. */
  const transact = (
    line: Line,
    parcel: Parcel,
    beforeBody: () => Promise<boolean>,
  ): Promise<Delivery & { readonly stale?: boolean }> => {
    // RFC 6531 §3.1: such an address goes only where it is understood; anybody else would make another one of it.
    if (/[^\0-\x7f]/.test(parcel.recipient) && !takesUtf8(line.connection))
      return Promise.resolve({
        state: 'bounced',
        response: `the relay takes no internationalised addresses (SMTPUTF8, RFC 6531): ${parcel.recipient}`,
      })
    let began = false
    const reused = line.mails > 0
    line.mails++
    const body = lazyBody(parcel.bytes, async () => {
      const granted = await beforeBody()
      // The server may have gone while we committed; the stream is destroyed then, and nothing was written.
      if (granted && !line.gone) began = true
      return granted && began
    })
    return new Promise((resolve) => {
      let done = false
      const settle = (result: Delivery & { readonly stale?: boolean }): void => {
        if (done) return
        done = true
        line.connection.removeListener('end', ended)
        line.connection.removeListener('error', errored)
        resolve(result)
      }
      const failed = (error: unknown): void => {
        if (error instanceof Withdrawn || failureOf(error).message === 'the mail is no longer ours to send') {
          drop(line)
          settle({ state: 'withdrawn' })
          return
        }
        const failure = failureOf(error)
        const code = failure.responseCode
        // Found out by the library itself, before any transaction: larger than the relay's SIZE, or an address it cannot write.
        const local = code === undefined && !began && (failure.code === 'EMESSAGE' || failure.code === 'EENVELOPE')
        if (local || (code !== undefined && code >= 400 && code < 600)) {
          const state = code !== undefined && code < 500 ? 'delayed' : 'bounced'
          settle({ state, response: answerOf(failure) })
          return
        }
        drop(line)
        if (began) settle({ state: 'uncertain', reason: answerOf(failure) })
        else settle({ state: 'unreachable', reason: answerOf(failure), stale: reused })
      }
      const ended = (): void => failed(new Error('the relay closed the connection'))
      const errored = (error: unknown): void => failed(error)
      line.connection.on('end', ended)
      line.connection.on('error', errored)
      line.connection.send(
        { from: parcel.envelopeFrom, to: [parcel.recipient], size: parcel.bytes.length },
        body,
        (error, info) => {
          if (error) failed(error)
          else {
            const renamed = info?.serverMessageId?.replace(/^<|>$/g, '')
            const response = oneLine(info?.response ?? '')
            settle({ state: 'sent', response, ...(renamed === undefined ? {} : { renamed }) })
          }
        },
      )
    })
  }

  return {
    width: relay.connections,
    send: async (parcel, beforeBody) => {
      for (let fresh = false; ; fresh = true) {
        const kept = fresh ? undefined : idle.pop()
        if (kept && kept.idle !== null) clearTimeout(kept.idle)
        let line: Line
        try {
          line = kept ?? (await connect())
        } catch (error) {
          // Nothing was said about this mail yet: not even a 5xx of the greeting or the login is about it.
          return { state: 'unreachable', reason: answerOf(failureOf(error)) }
        }
        const { stale, ...result } = await transact(line, parcel, beforeBody)
        // Relays let idle connections go without a word: the mail has not been spoken of, a fresh one is tried at once.
        if (stale && result.state === 'unreachable' && !fresh) continue
        if (!line.gone) {
          if (result.state === 'sent') rest(line)
          else if (result.state !== 'delayed' || !/^421/.test(result.response))
            (await reset(line)) ? rest(line) : drop(line)
          else drop(line)
        }
        return result
      }
    },
    rest: () => {
      for (const line of idle.splice(0)) {
        if (line.idle !== null) clearTimeout(line.idle)
        open.delete(line)
        line.connection.quit()
      }
    },
    close: () => {
      for (const line of [...open]) drop(line)
    },
  }
}
