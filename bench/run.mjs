// ./script/bench: how many mails a second become a committed ticket with its acknowledgement queued, by SMTP and by IMAP, beside the
// minimal pipeline measured in the same run. Prints a table and writes bench/results.json. Figures of one machine mean little; the
// ratios are what to compare.
//   --rounds N (2)   --quick (a tenth of the mails)   --only imap|smtp|reading|latency|memory   --kind 4k|60k

import { fork, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { SMTPServer } from 'smtp-server'
import { parse, stringify } from 'yaml'
import { makeTemporaryFolder } from '../dist/db/data-folder.js'
import { startDatabase } from '../dist/db/embedded.js'
import { hasDovecot, peakMb, startDovecot, treeCpuMs } from './machine.mjs'
import { makeMail } from './mails.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : process.argv[at + 1]
}
const quick = process.argv.includes('--quick')
const rounds = Number(option('rounds', '2'))
const only = option('only', '')
const wants = (name) => only === '' || only === name
const kinds = option('kind', '4k 60k').split(' ')
const counts = { '4k': quick ? 400 : 5000, '60k': quick ? 100 : 800 }

const work = await makeTemporaryFolder()
const database = await startDatabase({ dataFolder: join(work, 'data') })
const admin = postgres(database.url, { max: 1, onnotice: () => undefined })
let serial = 0
async function freshDatabase() {
  serial += 1
  const name = `bench_${process.pid}_${serial}`
  await admin.unsafe(`create database ${name}`)
  const url = new URL(database.url)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => admin.unsafe(`drop database if exists ${name} with (force)`) }
}

// The desk of the measurements: an example desk as it stands, but that its budgets do not end the run.
const exampleKey = fs
  .readdirSync(join(root, 'desks'))
  .filter((f) => f.endsWith('.yaml'))
  .map((f) => parse(fs.readFileSync(join(root, 'desks', f), 'utf8')))
  .find((d) => d.registration !== 'required').desk
function configuration(mailbox) {
  const folder = fs.mkdtempSync(join(work, 'conf-'))
  fs.chmodSync(folder, 0o755)
  fs.mkdirSync(join(folder, 'desks'))
  const desk = parse(fs.readFileSync(join(root, 'desks', `${exampleKey}.yaml`), 'utf8'))
  desk.budgets = Object.fromEntries(
    [
      'address-hour',
      'address-day',
      'unauthenticated-day',
      'registered-hour',
      'subject-day',
      'ticket-hour',
      'ticket-day',
      'reopen-hour',
      'desk-hour',
      'domain-hour',
    ].map((name) => [name, 1_000_000]),
  )
  delete desk.contacts
  fs.writeFileSync(join(folder, 'desks', `${exampleKey}.yaml`), stringify(desk))
  const main = parse(fs.readFileSync(join(root, 'guichet.yaml'), 'utf8'))
  fs.writeFileSync(
    join(folder, 'guichet.yaml'),
    stringify({
      ...main,
      desks: './desks',
      templates: join(root, 'templates'),
      mailboxes: mailbox
        ? [
            {
              name: 'bench',
              host: '127.0.0.1',
              port: mailbox.port,
              security: 'none',
              user: mailbox.user,
              password: 'env:BENCH_PASSWORD',
              first: 'all',
            },
          ]
        : [],
    }),
  )
  return { path: join(folder, 'guichet.yaml'), address: desk.address, prefix: desk.prefix }
}

/** Starts `guichet serve` as a process of its own and waits for its listening line. */
async function startGateway(config, url, { roles, relay } = {}) {
  const child = spawn(
    process.execPath,
    [
      ...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []),
      join(root, 'dist/main.js'),
      'serve',
      ...(roles ? ['--role', ...roles] : []),
    ],
    {
      env: {
        ...process.env,
        MALLOC_MMAP_THRESHOLD_: '1048576',
        MALLOC_TRIM_THRESHOLD_: '1048576',
        MALLOC_ARENA_MAX: '2',
        GUICHET_CONFIG: config.path,
        GUICHET_DATA: join(work, 'gateway-data'),
        DATABASE_URL: url,
        GUICHET_SECRET: 'a secret for measurements only',
        GUICHET_SMTP_LISTEN: '127.0.0.1:0',
        GUICHET_WEB_LISTEN: 'off',
        LOG_LEVEL: 'warn',
        BENCH_PASSWORD: 'secret',
        ...(relay ? { GUICHET_RELAY_URL: relay } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const listening = await new Promise((resolve, reject) => {
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
      said = `${said}${chunk}`.slice(-4000)
      const line = out.split('\n').find((l) => l.includes('"listening"'))
      if (line) resolve(JSON.parse(line))
    })
    child.once('exit', () => reject(new Error(`the gateway ended at its start:\n${said}`)))
  })
  return {
    pid: child.pid,
    port: Number(listening.smtp.split(':').at(-1)),
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function waitFor(sql, count) {
  for (;;) {
    const [row] = await sql`select count(*)::int as done from inbound where state <> 'waiting'`
    if (row.done >= count) return
    await pause(20)
  }
}

/** One measurement of the gateway; gives figures and the tickets it made, for replies. */
async function measureGateway(source, kind, what, count, prepared) {
  const fresh = prepared ?? { database: await freshDatabase(), replies: null }
  const { url } = fresh.database
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const run = `g${serial}${what}`
  const mails = (to) =>
    Array.from({ length: count }, (_x, i) =>
      makeMail(kind, i, to, what === 'reply' ? fresh.replies[i % fresh.replies.length] : null, run),
    )
  let dovecot
  let config = configuration(null)
  if (source === 'imap') {
    dovecot = await startDovecot(fs.mkdtempSync(join(work, 'dovecot-')))
    dovecot.fill('bench', mails(config.address))
    config = configuration({ port: dovecot.port, user: 'bench' })
  }
  const [before] = await sql`select to_regclass('inbound') is not null as there`
  const [known] = before.there ? await sql`select count(*)::int as done from inbound` : [{ done: 0 }]
  const gateway = await startGateway(config, url, { roles: ['inbound', 'worker'] })
  const started = performance.now()
  const node0 = treeCpuMs(gateway.pid)
  const pg0 = treeCpuMs(database.pid)
  if (source === 'smtp') {
    const client = fork(join(here, 'smtp-client.mjs'))
    client.send({
      port: gateway.port,
      kind,
      count,
      sessions: 10,
      to: config.address,
      replies: what === 'reply' ? fresh.replies : null,
      run,
    })
    client.once('exit', (code) => {
      if (code !== 0) throw new Error('the SMTP client failed')
    })
  }
  await waitFor(sql, known.done + count)
  const ms = performance.now() - started
  const figures = {
    perSecond: (count / ms) * 1000,
    nodeCpuMs: (treeCpuMs(gateway.pid) - node0) / count,
    postgresCpuMs: (treeCpuMs(database.pid) - pg0) / count,
    rssMb: peakMb(gateway.pid),
  }
  const outcomes = await sql`select outcome, count(*)::int as n from inbound group by outcome`
  const wanted = what === 'reply' ? 'appended' : 'created'
  const good = outcomes.find((o) => o.outcome === wanted)?.n ?? 0
  if (good < count)
    throw new Error(
      `${source}/${kind}/${what}: ${JSON.stringify(outcomes)} instead of ${count} ${wanted}\n${gateway.said()}`,
    )
  const [queued] =
    await sql`select count(*)::int as n from outbound where template = 'acknowledged' and state = 'queued'`
  if (what === 'new' && queued.n < count) throw new Error(`${queued.n} acknowledgements queued instead of ${count}`)
  const replies =
    await sql`select t.number, h.address from ticket t join person h on h.desk = t.desk and h.id = t.requester order by t.number limit ${count}`
  await gateway.stop()
  dovecot?.stop()
  await sql.end()
  return {
    figures,
    next: {
      database: fresh.database,
      replies: replies.map((r) => ({ token: `${config.prefix}-${r.number}`, from: r.address })),
    },
  }
}

async function measureMinimal(source, kind, count) {
  const { url, drop } = await freshDatabase()
  let dovecot
  if (source === 'imap') {
    dovecot = await startDovecot(fs.mkdtempSync(join(work, 'dovecot-')))
    dovecot.fill(
      'bench',
      Array.from({ length: count }, (_x, i) => makeMail(kind, i, 'support@example.com', null, `m${serial}`)),
    )
  }
  const child = fork(join(here, 'minimal.mjs'), [
    JSON.stringify({ url, source, count, imapPort: dovecot?.port, user: 'bench' }),
  ])
  const said = () =>
    new Promise((resolve, reject) => {
      child.once('message', resolve)
      child.once('exit', (code) => reject(new Error(`the minimal pipeline ended with ${code}`)))
    })
  const ready = await said()
  const result = said()
  child.send('go')
  if (source === 'smtp')
    fork(join(here, 'smtp-client.mjs')).send({
      port: ready.port,
      kind,
      count,
      sessions: 10,
      to: 'support@example.com',
      replies: null,
      run: `m${serial}`,
    })
  const { ms } = await result
  dovecot?.stop()
  await drop()
  return (count / ms) * 1000
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}
const round = (x) => Number(x.toPrecision(3))

const rows = new Map()
const add = (name, figures, pipeline) => {
  const row = rows.get(name) ?? { perSecond: [], nodeCpuMs: [], postgresCpuMs: [], rssMb: [], pipeline: [], ratio: [] }
  for (const key of ['perSecond', 'nodeCpuMs', 'postgresCpuMs', 'rssMb']) row[key].push(figures[key])
  row.pipeline.push(pipeline)
  row.ratio.push(figures.perSecond / pipeline)
  rows.set(name, row)
}

const results = { node: process.version, cpus: os.cpus().length, rows: [], latencyMs: null, rssMb: 0, reading: null }
try {
  for (let r = 0; r < rounds; r++) {
    for (const source of ['imap', 'smtp']) {
      if (!wants(source)) continue
      if (source === 'imap' && !hasDovecot()) {
        if (r === 0)
          process.stdout.write('imap: left out, there is no dovecot on this machine (script/test installs it)\n')
        continue
      }
      for (const kind of kinds) {
        const pipeline = await measureMinimal(source, kind, counts[kind])
        const first = await measureGateway(source, kind, 'new', counts[kind])
        add(`${source}/${kind}/new`, first.figures, pipeline)
        const second = await measureGateway(source, kind, 'reply', counts[kind], first.next)
        add(`${source}/${kind}/reply`, second.figures, pipeline)
        await first.next.database.drop()
        process.stdout.write(
          `round ${r + 1}: ${source} ${kind}: new ${round(first.figures.perSecond)}/s, reply ${round(second.figures.perSecond)}/s, minimal pipeline ${round(pipeline)}/s\n`,
        )
      }
    }
  }
  if (wants('latency')) results.latencyMs = await measureLatency()
  if (wants('memory')) results.memory = await measureMemory()
  if (wants('reading')) results.reading = await measureReading()
} finally {
  await admin.end()
  await database.stop({ always: true })
  fs.rmSync(work, { recursive: true, force: true })
}

/** From the last octet of a mail to its acknowledgement at the relay, ten mails a second. */
async function measureLatency() {
  const { url, drop } = await freshDatabase()
  const arrived = new Map()
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, callback) {
      stream.on('data', () => undefined)
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) arrived.set(address, performance.now())
        callback()
      })
    },
  })
  await new Promise((resolve) => sink.listen(0, '127.0.0.1', resolve))
  const config = configuration(null)
  const gateway = await startGateway(config, url, { relay: `smtp://127.0.0.1:${sink.server.address().port}` })
  const sent = new Map()
  const n = quick ? 40 : 150
  const { createTransport } = await import('nodemailer')
  const client = createTransport({
    host: '127.0.0.1',
    port: gateway.port,
    pool: true,
    maxConnections: 2,
    ignoreTLS: true,
  })
  for (let i = 0; i < n; i++) {
    const from = `latency${i}@latency.example.net`
    const raw = makeMail('4k', i, config.address, { token: 'X', from }, 'latency')
      .toString('latin1')
      .replace('Re: [X] ', '')
    client.sendMail({ envelope: { from, to: config.address }, raw }).then(() => sent.set(from, performance.now()))
    await pause(100)
  }
  for (let i = 0; i < 200 && arrived.size < n; i++) await pause(50)
  client.close()
  await gateway.stop()
  sink.close()
  await drop()
  const waits = [...sent]
    .filter(([from]) => arrived.has(from))
    .map(([from, at]) => Math.max(0, arrived.get(from) - at))
    .sort((a, b) => a - b)
  return { mails: waits.length, median: round(median(waits)), p99: round(waits[Math.floor(waits.length * 0.99)] ?? 0) }
}

/** Peak memory of the gateway with four mails of 25 MB in flight at once. */
async function measureMemory() {
  const { url, drop } = await freshDatabase()
  const config = configuration(null)
  const gateway = await startGateway(config, url, { roles: ['inbound', 'worker'] })
  const { createTransport } = await import('nodemailer')
  const big = Buffer.alloc(18_700_000, 'guichet ')
  await Promise.all(
    Array.from({ length: 4 }, (_x, i) =>
      createTransport({ host: '127.0.0.1', port: gateway.port, ignoreTLS: true }).sendMail({
        from: `big${i}@example.net`,
        to: config.address,
        subject: `a large file ${i}`,
        text: 'see the file',
        attachments: [{ filename: `${i}.bin`, content: Buffer.concat([big, Buffer.from([i])]) }],
      }),
    ),
  )
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await waitFor(sql, 4)
  const rssMb = peakMb(gateway.pid)
  await sql.end()
  await gateway.stop()
  await drop()
  return { mails: 4, mbEach: 25, rssMb }
}

/** Reading alone, against simpleParser with the same bounds and html-to-text. */
async function measureReading() {
  const { parseMail } = await import('../dist/inbound/parse.js')
  const { simpleParser } = await import('mailparser')
  const { convert } = await import('html-to-text')
  const mails = ['4k', '60k'].flatMap((kind) =>
    Array.from({ length: kind === '4k' ? 400 : 100 }, (_x, i) =>
      makeMail(kind, i, 'desk@example.com', null, 'reading'),
    ),
  )
  const theirs = async () => {
    for (const bytes of mails) {
      const mail = await simpleParser(bytes, {
        skipHtmlToText: true,
        skipTextToHtml: true,
        skipTextLinks: true,
        skipImageLinks: true,
        keepDeliveryStatus: true,
      })
      if (mail.html) convert(mail.html.slice(0, 200_000), { wordwrap: false, limits: { maxDepth: 100 } })
    }
  }
  const ours = async () => {
    for (const bytes of mails) await parseMail(bytes)
  }
  await theirs()
  await ours()
  const ratios = []
  for (let i = 0; i < 5; i++) {
    let t = performance.now()
    await theirs()
    const a = performance.now() - t
    t = performance.now()
    await ours()
    ratios.push((performance.now() - t) / a)
  }
  return { ratioToSimpleParser: round(median(ratios)) }
}

for (const [name, row] of rows) {
  results.rows.push({
    name,
    perSecond: round(median(row.perSecond)),
    pipelinePerSecond: round(median(row.pipeline)),
    ratio: round(median(row.ratio)),
    nodeCpuMs: round(median(row.nodeCpuMs)),
    postgresCpuMs: round(median(row.postgresCpuMs)),
  })
  results.rssMb = Math.max(results.rssMb, ...row.rssMb)
}
process.stdout.write('\nname             mails/s  minimal/s  ratio  node ms  postgres ms\n')
for (const row of results.rows)
  process.stdout.write(
    `${row.name.padEnd(16)} ${String(row.perSecond).padStart(7)}  ${String(row.pipelinePerSecond).padStart(9)}  ${String(row.ratio).padStart(5)}  ${String(row.nodeCpuMs).padStart(7)}  ${String(row.postgresCpuMs).padStart(11)}\n`,
  )
if (results.latencyMs)
  process.stdout.write(
    `\nlatency, mail accepted to acknowledgement at the relay, 10 mails/s: median ${results.latencyMs.median} ms, p99 ${results.latencyMs.p99} ms\n`,
  )
if (results.memory) process.stdout.write(`peak memory with four mails of 25 MB in flight: ${results.memory.rssMb} MB\n`)
if (results.reading)
  process.stdout.write(
    `reading against simpleParser with html-to-text: ${results.reading.ratioToSimpleParser} times its time\n`,
  )
process.stdout.write(
  `peak memory of the gateway at the full rate: ${results.rssMb} MB\nbudgets of automatic mail were raised for the run; everything else is the desk as it stands\n`,
)
fs.writeFileSync(join(here, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
