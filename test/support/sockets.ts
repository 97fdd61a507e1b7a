import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves when something listens at the port; throws after `tries` looks, 50 ms apart. */
export async function untilListening(port: number, tries = 200): Promise<void> {
  for (let i = 0; i < tries; i++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens at port ${port}`)
}

/** Asks again every 20 ms until `question` gives something; throws after 40 s with what was waited for: a lost greeting alone takes 30 s to be noticed. */
export async function until<T>(
  what: string,
  question: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (let i = 0; i < 2000; i++) {
    const answer = await question()
    if (answer !== undefined && answer !== false) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`waited in vain for: ${what}`)
}

/** A conversation by hand: what a client of SMTP, LMTP or IMAP writes, byte for byte, and the lines it reads. */
export interface Talk {
  readonly socket: Socket
  /** Sends text as it is. */
  readonly write: (bytes: string | Buffer) => void
  /** The next reply, all lines of it joined by LF; '' when the server has closed. */
  readonly read: () => Promise<string>
  /** Sends a line and reads the reply. */
  readonly say: (line: string) => Promise<string>
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>
  /** Goes on over TLS, without looking at the certificate. */
  readonly startTls: () => Promise<Talk>
  readonly end: () => void
}

export async function talk(port: number): Promise<Talk> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return converse(socket)
}

function converse(socket: Socket): Talk {
  let buffered = ''
  let over = false
  const waiting: ((line: string) => void)[] = []
  const replies: string[] = []
  let reply: string[] = []
  const take = (): void => {
    for (;;) {
      const end = buffered.indexOf('\r\n')
      if (end < 0) return
      const line = buffered.slice(0, end)
      buffered = buffered.slice(end + 2)
      reply.push(line)
      if (/^\d{3}-/.test(line)) continue
      const whole = reply.join('\n')
      reply = []
      const next = waiting.shift()
      if (next) next(whole)
      else replies.push(whole)
    }
  }
  const onData = (piece: Buffer): void => {
    buffered += piece.toString('latin1')
    take()
  }
  socket.on('data', onData)
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) =>
    socket.once('close', () => {
      over = true
      for (const next of waiting.splice(0)) next('')
      resolve()
    }),
  )
  const read = async (): Promise<string> =>
    replies.shift() ?? (over ? '' : await new Promise<string>((resolve) => waiting.push(resolve)))
  const write = (bytes: string | Buffer): void => {
    socket.write(bytes)
  }
  return {
    socket,
    write,
    read,
    async say(line) {
      write(`${line}\r\n`)
      return read()
    },
    closed,
    async startTls() {
      socket.removeListener('data', onData)
      const secure = connectTls({ socket, rejectUnauthorized: false })
      await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
      return converse(secure)
    },
    end: () => socket.destroy(),
  }
}
