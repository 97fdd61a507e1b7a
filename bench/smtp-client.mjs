// Sends mails by SMTP over a few kept connections, one transaction a mail. Runs as a child process so that it takes none of the
// gateway's event loop.

import net from 'node:net'
import { makeMail } from './mails.mjs'

// The tickets to answer come as a message: they are too many for an argument.
const { port, kind, count, sessions, to, replies, run } = await new Promise((resolve) =>
  process.once('message', resolve),
)
let next = 0

function session() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let buffer = ''
    let step = 'greeting'
    let mail
    const say = (line) => socket.write(`${line}\r\n`)
    const begin = () => {
      if (next >= count) {
        step = 'quit'
        say('QUIT')
        return
      }
      const i = next++
      const reply = replies ? replies[i % replies.length] : null
      mail = makeMail(kind, i, to, reply, run)
      step = 'mail'
      say('MAIL FROM:<bench@example.net>')
    }
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      for (;;) {
        const end = buffer.indexOf('\r\n')
        if (end < 0) return
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        if (line[3] === '-') continue
        const code = Number(line.slice(0, 3))
        if (code === 421 && step === 'quit') return resolve()
        if (code >= 400) return reject(new Error(line))
        if (step === 'greeting') {
          step = 'ehlo'
          say('EHLO bench.example.net')
        } else if (step === 'ehlo') begin()
        else if (step === 'mail') {
          step = 'rcpt'
          say(`RCPT TO:<${to}>`)
        } else if (step === 'rcpt') {
          step = 'data'
          say('DATA')
        } else if (step === 'data') {
          step = 'body'
          socket.write(mail)
          socket.write('\r\n.\r\n')
        } else if (step === 'body') begin()
        else if (step === 'quit') {
          socket.end()
          resolve()
        }
      }
    })
    socket.on('error', reject)
  })
}

await Promise.all(Array.from({ length: sessions }, session))
process.exit(0)
