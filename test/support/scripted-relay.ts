import { createServer, type Server, type Socket } from 'node:net'

/** What the relay does with one transaction. A step that is not named goes well. */
export interface Script {
  readonly mail?: string
  readonly rcpt?: string
  readonly data?: string
  /** The answer to the body. */
  readonly final?: string
  /** Cuts the line at that moment; `body` after so many octets of the body, `final` with `half` an answer first. */
  readonly cut?: {
    readonly at: 'mail' | 'rcpt' | 'data' | 'body' | 'dot'
    readonly after?: number
    readonly half?: string
  }
  /** Says nothing more from that moment on, and leaves the line open. */
  readonly hang?: 'rcpt' | 'data' | 'dot'
}

export interface Accepted {
  readonly from: string
  readonly to: string
  readonly body: string
}

export interface ScriptedRelay {
  readonly port: number
  /** Mails that got a 250, in order. */
  readonly accepted: readonly Accepted[]
  /** Bodies that arrived whole (with their dot), whatever was answered. */
  readonly bodies: readonly string[]
  readonly commands: readonly string[]
  /** Recipients of mails the relay has taken for good (whole, and not refused), whether or not it could say so. */
  readonly whole: readonly string[]
  /** Gives the script of the next transaction when `scripts` is empty. */
  next: () => Script
  connections: number
  /** The next transactions; when empty all goes well. */
  readonly scripts: Script[]
  greeting: string
  close(): Promise<void>
}

/** An SMTP server that does what it is told: a line-by-line machine, one script a MAIL command. */
export async function startScriptedRelay(): Promise<ScriptedRelay> {
  const accepted: Accepted[] = []
  const bodies: string[] = []
  const commands: string[] = []
  const whole: string[] = []
  const scripts: Script[] = []
  const sockets = new Set<Socket>()
  const relay = {
    accepted,
    bodies,
    commands,
    whole,
    scripts,
    next: (): Script => ({}),
    connections: 0,
    greeting: '220 relay.test ESMTP',
    port: 0,
  }

  const serve = (socket: Socket): void => {
    relay.connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    const say = (line: string): void => {
      socket.write(`${line}\r\n`)
    }
    let script: Script = {}
    let from = ''
    let to = ''
    let buffer = ''
    let body: string | null = null
    let hung = false
    const cutAt = (moment: 'mail' | 'rcpt' | 'data'): boolean => {
      if (script.cut?.at !== moment) return false
      socket.destroy()
      return true
    }
    const endOfBody = (): void => {
      const text = body ?? ''
      body = null
      bodies.push(text)
      const answer = script.final ?? '250 2.0.0 taken'
      if (answer.startsWith('2')) whole.push(to)
      if (script.hang === 'dot') {
        hung = true
        return
      }
      if (script.cut?.at === 'dot') {
        if (script.cut.half === undefined) socket.destroy()
        else socket.end(script.cut.half)
        return
      }
      if (answer.startsWith('2')) accepted.push({ from, to, body: text })
      say(answer)
    }
    const command = (line: string): void => {
      commands.push(line)
      const verb = line.slice(0, 4).toUpperCase()
      switch (verb) {
        case 'EHLO':
          say('250-relay.test\r\n250-SIZE 50000000\r\n250 8BITMIME')
          break
        case 'RSET':
        case 'NOOP':
          say('250 ok')
          break
        case 'QUIT':
          socket.end('221 bye\r\n')
          break
        case 'MAIL':
          script = scripts.shift() ?? relay.next()
          from = /<(.*?)>/.exec(line)?.[1] ?? ''
          if (!cutAt('mail')) say(script.mail ?? '250 ok')
          break
        case 'RCPT':
          to = /<(.*?)>/.exec(line)?.[1] ?? ''
          if (script.hang === 'rcpt') hung = true
          else if (!cutAt('rcpt')) say(script.rcpt ?? '250 ok')
          break
        case 'DATA':
          if (script.hang === 'data') hung = true
          else if (!cutAt('data')) {
            const answer = script.data ?? '354 go on'
            if (answer.startsWith('3')) body = ''
            say(answer)
          }
          break
        default:
          say('502 what?')
      }
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      buffer += chunk
      while (!hung && !socket.destroyed) {
        if (body !== null) {
          const end = buffer.startsWith('.\r\n') && body === '' ? 0 : buffer.indexOf('\r\n.\r\n')
          if (script.cut?.at === 'body' && buffer.length >= (script.cut.after ?? 0)) {
            socket.destroy()
            return
          }
          if (end < 0) return
          body = buffer.slice(0, end + 2).replace(/^\.\./gm, '.')
          buffer = buffer.slice(end + 5)
          endOfBody()
          continue
        }
        const at = buffer.indexOf('\r\n')
        if (at < 0) return
        const line = buffer.slice(0, at)
        buffer = buffer.slice(at + 2)
        command(line)
      }
    })
    say(relay.greeting)
  }

  const server: Server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return Object.assign(relay, {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}
