import { createServer, type Socket } from 'node:net'

/** An IMAP server that says what a test wants: enough of RFC 3501 for one mailbox, and a place to step in at each command. */
export interface ImapScript {
  readonly port: number
  /** Every command line a client sent, without its tag, literals left out. */
  readonly commands: string[]
  /** Connections so far. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export interface ScriptedMailbox {
  readonly mails: Map<number, Buffer>
  uidValidity: number
  /**
   * Called for each command, e.g. `UID SEARCH UID 1:*`. Give the lines to answer with (`OK`, `NO …`, `BAD …` last; it gets the tag),
   * 'silence', 'close', or undefined for the usual answer.
   */
  step?: (command: string, socket: Socket) => readonly (string | Buffer)[] | 'silence' | 'close' | undefined
}

export async function scriptImap(box: ScriptedMailbox): Promise<ImapScript> {
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const uids = (): number[] => [...box.mails.keys()].sort((a, b) => a - b)

  const answer = (command: string): (string | Buffer)[] => {
    const name = command
      .split(' ')
      .slice(0, command.startsWith('UID ') ? 2 : 1)
      .join(' ')
      .toUpperCase()
    switch (name) {
      case 'CAPABILITY':
        return ['* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE', 'OK done']
      case 'NAMESPACE':
        return ['* NAMESPACE (("" "/")) NIL NIL', 'OK done']
      case 'LIST':
        return ['* LIST () "/" INBOX', '* LIST () "/" Done', 'OK done']
      case 'SELECT':
      case 'EXAMINE':
        return [
          '* FLAGS (\\Seen)',
          `* ${box.mails.size} EXISTS`,
          '* OK [PERMANENTFLAGS (\\Seen \\*)] x',
          `* OK [UIDVALIDITY ${box.uidValidity}] x`,
          `* OK [UIDNEXT ${(uids().at(-1) ?? 0) + 1}] x`,
          'OK [READ-WRITE] done',
        ]
      case 'UID SEARCH': {
        const from = Number(/UID (\d+):\*/.exec(command)?.[1] ?? 0)
        // RFC 3501 §6.4.8: n:* names the last mail even when n is above it.
        const found = uids().filter((uid, i, all) => uid >= from || i === all.length - 1)
        return [`* SEARCH ${found.join(' ')}`.trim(), 'OK done']
      }
      case 'UID FETCH':
        return [...fetchLines(box, command), 'OK done']
      default:
        return ['OK done']
    }
  }

  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.write('* OK ready\r\n')
    let buffered = ''
    let idle: string | null = null
    socket.on('data', (piece) => {
      buffered += piece.toString('latin1')
      for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
        const line = buffered.slice(0, end)
        buffered = buffered.slice(end + 2)
        if (idle !== null && line.toUpperCase() === 'DONE') {
          if (box.step?.('DONE', socket) !== 'silence') socket.write(`${idle} OK done\r\n`)
          idle = null
          continue
        }
        const space = line.indexOf(' ')
        const tag = line.slice(0, space)
        const command = line.slice(space + 1)
        commands.push(command.startsWith('LOGIN') ? 'LOGIN' : command)
        const scripted = box.step?.(command, socket)
        if (scripted === 'silence') continue
        if (scripted === 'close') {
          socket.destroy()
          return
        }
        if (scripted === undefined && command === 'IDLE') {
          idle = tag
          socket.write('+ idling\r\n')
          continue
        }
        for (const out of scripted ?? answer(command)) {
          if (typeof out !== 'string') socket.write(out)
          else socket.write(/^(OK|NO|BAD)/.test(out) ? `${tag} ${out}\r\n` : `${out}\r\n`)
        }
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    commands,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The FETCH answers a command asks for; `only` leaves out the UIDs it is false for. */
export function fetchLines(
  box: ScriptedMailbox,
  command: string,
  only: (uid: number) => boolean = () => true,
): (string | Buffer)[] {
  const [, set = '', items = ''] = /^UID FETCH (\S+) (.*)$/.exec(command) ?? []
  const wanted = new Set(
    set.split(',').flatMap((part) => {
      const [from = 0, to = from] = part.split(':').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    }),
  )
  const lines: (string | Buffer)[] = []
  let seq = 0
  for (const uid of [...box.mails.keys()].sort((a, b) => a - b)) {
    seq++
    const mail = box.mails.get(uid)
    if (mail === undefined || !wanted.has(uid) || !only(uid)) continue
    const partial = /BODY\.PEEK\[\]<0\.(\d+)>/.exec(items)
    if (items.includes('BODY.PEEK[]')) {
      const bytes = partial ? mail.subarray(0, Number(partial[1])) : mail
      lines.push(
        Buffer.concat([
          Buffer.from(`* ${seq} FETCH (UID ${uid} BODY[]${partial ? '<0>' : ''} {${bytes.length}}\r\n`),
          bytes,
          Buffer.from(')\r\n'),
        ]),
      )
    } else lines.push(`* ${seq} FETCH (UID ${uid} RFC822.SIZE ${mail.length})`)
  }
  return lines
}
