// The minimal pipeline: mail in by IMAP or SMTP, read by mailparser, rows of 100 mails a commit. No product logic, nothing rendered, no
// original kept: what a gateway could reach at most with these libraries on this machine. Runs as a child process; the parent sends 'go'.

import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import postgres from 'postgres'
import { SMTPServer } from 'smtp-server'

const { url, source, count, imapPort, user } = JSON.parse(process.argv[2])
const sql = postgres(url, { max: 3, onnotice: () => undefined })
const lean = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true }

await sql`create table if not exists m_ticket (id bigint generated always as identity primary key, subject text, requester text)`
await sql`create table if not exists m_message (id bigint generated always as identity primary key, ticket bigint, msgid text unique, sender text, body text)`
await sql`create table if not exists m_file (id bigint generated always as identity primary key, message bigint, body bytea)`
await sql`alter table m_file alter column body set storage external`
await sql`create table if not exists m_outbox (id bigint generated always as identity primary key, ticket bigint, rcpt text, body text)`

const read = async (bytes, n) => {
  const mail = await simpleParser(bytes, lean)
  return {
    id: `${mail.messageId}.${n}`,
    subject: mail.subject,
    from: mail.from.value[0].address,
    text: mail.text,
    files: mail.attachments.map((a) => a.content),
  }
}
const store = (mails) =>
  sql.begin(async (tx) => {
    await tx`select msgid from m_message where msgid = any(${mails.map((m) => m.id)})`
    const tickets =
      await tx`insert into m_ticket ${tx(mails.map((m) => ({ subject: m.subject, requester: m.from })))} returning id`
    const messages =
      await tx`insert into m_message ${tx(mails.map((m, i) => ({ ticket: tickets[i].id, msgid: m.id, sender: m.from, body: m.text })))} returning id`
    const files = mails.flatMap((m, i) => m.files.map((body) => ({ message: messages[i].id, body })))
    if (files.length > 0) await tx`insert into m_file ${tx(files)}`
    await tx`insert into m_outbox ${tx(mails.map((m, i) => ({ ticket: tickets[i].id, rcpt: m.from, body: 'We received your message. '.repeat(20) })))}`
  })

const cpu = () => {
  const used = process.cpuUsage()
  return (used.user + used.system) / 1000
}
const go = () => new Promise((resolve) => process.once('message', resolve))
let done = 0
let started

if (source === 'imap') {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: imapPort,
    secure: false,
    auth: { user, pass: 'secret' },
    logger: false,
    disableAutoIdle: true,
  })
  await client.connect()
  await client.mailboxOpen('INBOX', { readOnly: true })
  process.send({ ready: true })
  await go()
  started = { at: performance.now(), cpu: cpu() }
  let pending = null
  for (let i = 1; i <= count; i += 100) {
    const batch = []
    for await (const m of client.fetch(`${i}:${Math.min(count, i + 99)}`, { uid: true, source: true }, { uid: true }))
      batch.push(await read(m.source, m.uid))
    await pending
    pending = store(batch)
    done += batch.length
  }
  await pending
  await client.logout()
} else {
  const waiting = []
  let running = false
  let finished
  const all = new Promise((resolve) => {
    finished = resolve
  })
  const run = async () => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 100)
      const mails = []
      for (const [n, one] of batch.entries()) mails.push(await read(one.bytes, done + n))
      await store(mails)
      for (const one of batch) one.ok()
      done += batch.length
      if (done >= count) finished()
    }
    running = false
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, callback) {
      const chunks = []
      stream.on('data', (c) => chunks.push(c))
      stream.on('end', () => {
        waiting.push({ bytes: Buffer.concat(chunks), ok: () => callback() })
        if (!running) run()
      })
    },
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.send({ ready: true, port: server.server.address().port })
  await go()
  started = { at: performance.now(), cpu: cpu() }
  await all
  server.close()
}
const result = { count: done, ms: performance.now() - started.at, cpuMs: cpu() - started.cpu }
await sql`drop table m_outbox, m_file, m_message, m_ticket`
await sql.end()
process.send(result, () => process.exit(0))
