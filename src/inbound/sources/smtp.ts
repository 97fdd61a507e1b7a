// Reception by SMTP (RFC 5321) and LMTP (RFC 2033). 250 means committed. Only addresses of ours are taken, nothing is relayed,
// whoever authenticated. A mail ends at CRLF.CRLF alone, and bytes are kept as they came (SMTP smuggling, threats T36).

import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { createGroupCommit } from '../group-commit.ts'
import { type Envelope, octetsOf, type RawMail } from '../message.ts'
import type { Receipt } from '../receive.ts'
import { isShortOfRoom } from '../refusal.ts'
import { type ByteBudget, createByteBudget } from './byte-budget.ts'
import { type Certificate, selfSignedCertificate } from './certificate.ts'
import { createMailBody } from './mail-body.ts'
import { PromptServer } from './smtp-connection.ts'
import { createSmtpGuard } from './smtp-guard.ts'
import { errorText, type SourceLog, silent } from './source-log.ts'
import { createSpool, type Spool } from './spool.ts'

export interface SmtpReceptionOptions {
  readonly protocol: 'smtp' | 'lmtp'
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Name in the greeting and in a certificate of our own. */
  readonly hostname: string
  /** Whether a recipient is ours (`acceptsRecipient`). */
  readonly accepts: (address: string) => boolean
  /** Saves a batch in one commit (`receive`). */
  readonly save: (mails: readonly RawMail[]) => Promise<readonly Receipt[]>
  /** Absent: no AUTH. Null refuses; throwing answers "try again". */
  readonly authenticate?: (user: string, password: string, remote: string) => Promise<{ readonly user: string } | null>
  readonly certificate?: Certificate | undefined
  /** Octets of a mail at most. */
  readonly maxSize?: number
  readonly maxConnections?: number
  readonly maxConnectionsPerAddress?: number
  readonly maxRecipients?: number
  /** Time a client may stay silent. */
  readonly idleMs?: number
  /** Time one mail's transfer may take. */
  readonly transferMs?: number
  /** Time after which a commit that does not come is answered with 451. */
  readonly commitMs?: number
  /** Memory, shared by the listeners of a process; absent: one of 128 MB. */
  readonly budget?: ByteBudget
  /** Where what exceeds a megabyte of a mail waits for its commit; absent: up to 1 GB below the system's temporary folder. */
  readonly spool?: Spool
  readonly clock?: () => Date
  readonly log?: SourceLog
}

export interface SmtpReception {
  readonly listen: () => Promise<{ readonly host: string; readonly port: number }>
  /** Takes no more connections, lets transfers end for up to `drainMs`, then cuts. */
  readonly close: (options: { readonly drainMs: number }) => Promise<void>
}

/** An answer of the server; `status` is the enhanced code of RFC 3463. */
const reply = (code: number, status: string, words: string): Error =>
  Object.assign(new Error(`${status} ${words}`), { responseCode: code })

const later = (): Error => reply(451, '4.3.0', 'not stored, try again later')
const noRoom = (): Error => reply(452, '4.3.1', 'no room for it now, try again later')

const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.')

/** Says why and closes, without waiting for the client to close its side too. */
function endConnection(connection: SMTPConnection | undefined, words: string): void {
  connection?.send(421, words)
  connection?._socket.destroySoon()
}

export function createSmtpReception(options: SmtpReceptionOptions): SmtpReception {
  const { protocol, accepts, save, authenticate, hostname } = options
  const maxSize = options.maxSize ?? 30 * 1024 * 1024
  const log = options.log ?? silent
  const clock = options.clock ?? (() => new Date())
  const budget = options.budget ?? createByteBudget(128 * 1024 * 1024)
  const spool = options.spool ?? createSpool({ folder: tmpdir(), maxBytes: 1024 ** 3 })
  const commit = createGroupCommit(save)
  const guard = createSmtpGuard({
    connectionsPerAddress: options.maxConnectionsPerAddress ?? 100,
    refusedRecipients: 20,
    failuresPerConnection: 3,
    failuresPerAddress: 20,
    failureWindowMs: 10 * 60_000,
  })
  const own = options.certificate ?? selfSignedCertificate([hostname, 'localhost', '127.0.0.1'], clock())
  /** Sessions between DATA and its answer. */
  const transfers = new Set<string>()
  let closing = false

  const server = new PromptServer({
    lmtp: protocol === 'lmtp',
    name: hostname,
    banner: 'Guichet',
    size: maxSize,
    rejectOversized: true,
    key: own.key,
    cert: own.cert,
    minVersion: 'TLSv1.2',
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['AUTH'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    maxClients: options.maxConnections ?? 300,
    maxRecipients: options.maxRecipients ?? 100,
    maxCommandLength: 4096,
    socketTimeout: options.idleMs ?? 5 * 60_000,
    logger: false,

    onConnect(session, callback) {
      if (!guard.connected(session.id, session.remoteAddress))
        return callback(reply(421, '4.7.0', 'too many connections from your address'))
      if (authenticate !== undefined && isLoopback(session.remoteAddress)) session.disabledCommands = []
      callback()
    },
    onSecure(_socket, session, callback) {
      if (authenticate !== undefined) session.disabledCommands = []
      callback()
    },
    onClose(session) {
      guard.disconnected(session.id)
    },
    onAuth(auth, session, callback) {
      if (authenticate === undefined || auth.username === undefined || typeof auth.password !== 'string')
        return callback(reply(454, '4.7.0', 'authentication is not available'))
      const ip = session.remoteAddress
      if (!guard.mayLogIn(ip, performance.now()))
        return callback(reply(421, '4.7.0', 'too many failed logins, try again later'))
      authenticate(auth.username, auth.password, ip).then(
        (known) => {
          if (known !== null) return callback(null, { user: known.user })
          log.warn({ ip, protocol }, 'login refused')
          const last = guard.failedLogin(session.id, ip, performance.now())
          callback(
            last ? reply(421, '4.7.0', 'too many failed logins') : reply(535, '5.7.8', 'user or password is wrong'),
          )
        },
        (error: unknown) => {
          log.error({ ip, protocol, error: errorText(error) }, 'login failed')
          callback(reply(454, '4.7.0', 'authentication is not available, try again later'))
        },
      )
    },
    onMailFrom(_address, _session, callback) {
      callback(budget.full() ? noRoom() : null)
    },
    onRcptTo(address, session, callback) {
      let ours: boolean
      try {
        ours = accepts(address.address)
      } catch (error) {
        log.error({ protocol, error: errorText(error) }, 'recipient check failed')
        return callback(reply(451, '4.3.0', 'cannot tell now, try again later'))
      }
      if (ours) return callback()
      log.info({ ip: session.remoteAddress, protocol }, 'recipient refused')
      callback(
        guard.refusedRecipient(session.id)
          ? reply(421, '4.7.0', 'too many unknown recipients')
          : reply(550, '5.1.1', 'no such address here'),
      )
    },
    onData(stream, session, callback) {
      takeMail(stream, session, callback)
    },
  })
  server.on('error', (error) => log.debug({ protocol, error: errorText(error) }, 'connection broke'))

  const takeMail = (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error: Error | null, words?: string) => void,
  ): void => {
    const { mailFrom, rcptTo } = session.envelope
    const envelope: Omit<Envelope, 'receivedAt'> = {
      source: protocol,
      sourceId: `${protocol}:${randomUUID()}`,
      account: protocol,
      mailFrom: mailFrom === false ? null : mailFrom.address,
      rcptTo: rcptTo.map((rcpt) => rcpt.address),
      ip: session.remoteAddress,
      helo: session.hostNameAppearsAs || null,
      authUser: typeof session.user === 'string' ? session.user : null,
    }
    const body = createMailBody(budget, spool)
    let refusal: Error | null = null
    let ended = false
    transfers.add(session.id)

    const cut = (words: string): void => endConnection(server.connectionOf(session.id), words)
    const tooLong = setTimeout(() => cut('4.4.2 transfer took too long'), options.transferMs ?? 10 * 60_000)
    const finish = (error: Error | null, words?: string): void => {
      transfers.delete(session.id)
      callback(error, words)
      if (closing) setImmediate(() => cut('4.3.2 server is shutting down'))
    }

    stream.on('data', (piece: Buffer) => {
      if (stream.byteLength > 4 * maxSize) return cut('5.3.4 message far exceeds the maximum size')
      if (refusal !== null) return
      if (stream.sizeExceeded) {
        refusal = reply(552, '5.3.4', 'message exceeds the maximum size')
        body.drop()
        return
      }
      const taken = body.add(piece)
      if (taken === true) return
      if (taken === false) {
        refusal = noRoom()
        return
      }
      // The client waits while the disk writes.
      stream.pause()
      taken
        .then(
          (room) => {
            if (!room) refusal ??= noRoom()
          },
          (error: unknown) => {
            log.error({ protocol, error: errorText(error) }, 'spool cannot be written')
            refusal ??= later()
          },
        )
        .finally(() => stream.resume())
    })
    // A client that leaves in the middle gets no answer and left no mail.
    stream.on('error', () => undefined)
    stream.on('close', () => {
      clearTimeout(tooLong)
      if (ended) return
      transfers.delete(session.id)
      body.drop()
    })
    stream.on('end', () => {
      ended = true
      clearTimeout(tooLong)
      if (refusal !== null) return finish(refusal)
      const mail = body.join()
      let answered = false
      const answer = (error: Error | null, words?: string): void => {
        if (answered) return
        answered = true
        clearTimeout(tooSlow)
        finish(error, words)
      }
      const tooSlow = setTimeout(() => answer(later()), options.commitMs ?? 120_000)
      commit.store({ ...mail, envelope: { ...envelope, receivedAt: clock() } }).then(
        (receipt) => {
          body.drop()
          log.info(
            { raw: receipt.raw, size: octetsOf(mail), protocol, ip: envelope.ip, duplicate: receipt.duplicate },
            'mail stored',
          )
          answer(null, `stored as ${receipt.raw}`)
        },
        (error: unknown) => {
          body.drop()
          log.error({ protocol, ip: envelope.ip, error: errorText(error) }, 'mail not stored')
          answer(isShortOfRoom(error) ? noRoom() : later())
        },
      )
    })
  }

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject)
        server.listen(options.port, options.host, () => {
          server.server.off('error', reject)
          const address = server.server.address()
          if (address === null || typeof address === 'string') reject(new Error('the listener has no port'))
          else resolve({ host: (address satisfies AddressInfo).address, port: address.port })
        })
      }),
    async close({ drainMs }) {
      if (closing) return
      closing = true
      server.options.closeTimeout = Math.max(1, drainMs)
      const closed = new Promise<void>((resolve) => server.close(resolve))
      const open = [...server.connections]
      for (const connection of open)
        if (!transfers.has(connection.id)) endConnection(connection, '4.3.2 server is shutting down')
      await closed
      for (const connection of open) connection._socket.destroy()
    },
  }
}
