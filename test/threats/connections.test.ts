import { readdirSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parseMail } from '../../src/inbound/parse.ts'
import { callHttp } from '../../src/outbound/http-call.ts'
import { packageRoot } from '../../src/package-root.ts'
import { ana, opened } from '../support/conversation.ts'
import { deliver, mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const connect = Socket.prototype.connect
let gateway: TestGateway | undefined
afterEach(async () => {
  Socket.prototype.connect = connect
  await gateway?.close()
  gateway = undefined
})

/** Notes where every new socket of this process goes. */
function watchSockets(): string[] {
  const seen: string[] = []
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const [first] = given.flat()
    const to =
      typeof first === 'object' && first !== null ? (first as { host?: string; port?: number; path?: string }) : {}
    seen.push(
      to.path ?? `${to.host ?? (typeof given[1] === 'string' ? given[1] : 'localhost')}:${to.port ?? String(first)}`,
    )
    return Reflect.apply(connect, this, given) as Socket
  } as typeof connect
  return seen
}

const addresses = [
  'http://169.254.169.254/latest/meta-data',
  'http://127.0.0.1:1/x.png',
  'http://[::ffff:a9fe:a9fe]/',
  'https://evil.test/pixel.gif',
  'file:///etc/passwd',
  'php://filter/read=convert.base64-encode/resource=/etc/passwd',
  '//evil.test/x',
  'ftp://evil.test/x',
  'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="http://evil.test/x"/></svg>',
]

const html = addresses
  .map(
    (url) =>
      `<img src="${url}"><link rel="stylesheet" href="${url}"><iframe src="${url}"></iframe><object data="${url}"></object><a href="${url}">x</a><div style="background:url(${url})">x</div>`,
  )
  .join('')

test('T23: whatever addresses stand in a mail, nothing is fetched: not at reading, answering, listing or on the page', async () => {
  gateway = await startGateway({ desks: [{ desk: testDesk() }], at: '2026-11-23T09:00:00Z' })
  const { ack, told } = await opened(gateway, { html: `<p>It burns.</p>${html}` })
  const { port: database = 0 } = gateway.database.sql.options as { port?: readonly number[] | number }
  const allowed = new Set([database].flat().map(String))
  const before = watchSockets()
  await parseMail(Buffer.from(told.raw, 'latin1'))
  await deliver(
    gateway,
    mailOf(
      [
        'From: carla@client.test',
        'To: help@guichet.test',
        'Subject: Re: [HLP-1] x',
        'Message-ID: <external@client.test>',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        'List-Unsubscribe: <http://169.254.169.254/>',
        'Disposition-Notification-To: <x@evil.test>',
      ],
      [
        '--b',
        'Content-Type: text/html',
        'Content-Base: http://evil.test/',
        '',
        html,
        '--b',
        'Content-Type: message/external-body; access-type=URL; URL="http://evil.test/x"',
        '',
        'Content-Type: image/png',
        '',
        '--b',
        'Content-Type: message/external-body; access-type=local-file; name="/etc/passwd"',
        '',
        '',
        '--b--',
        '',
      ].join('\n'),
    ),
    'help@guichet.test',
  )
  await deliver(
    gateway,
    mailOf(
      [
        'Authentication-Results: guichet.test; dmarc=pass header.from=staff.test',
        `From: ${ana}`,
        `To: ${told.replyTo}`,
        `Subject: ${told.subject}`,
        'Message-ID: <answer@staff.test>',
        'MIME-Version: 1.0',
        'Content-Type: text/html',
      ],
      `<p>Here it is.</p>${html}`,
    ),
    told.replyTo,
  )
  await gateway.advance(3_600_000)
  const page = /(\/t\/[\w.~-]+)/.exec(ack.html)?.[1] ?? ''
  expect((await fetch(`${gateway.web}${page}`, { headers: { connection: 'close' } })).status).toBe(200)
  const web = gateway.web.split(':').at(-1) ?? ''
  const sockets = [...before]
  // It would have been seen.
  expect(sockets.some((to) => to.endsWith(`:${web}`))).toBe(true)
  allowed.add(web)
  const elsewhere = sockets.filter((to) => !allowed.has(to.slice(to.lastIndexOf(':') + 1)) && !to.startsWith('/'))
  expect(elsewhere).toEqual([])
  const relayed = gateway.sent.filter((mail) => mail.to === 'carla@client.test' && mail.text.includes('Here it is.'))
  expect(relayed).toHaveLength(1)
  expect(relayed[0]?.raw).not.toContain('root:')
  expect(relayed[0]?.html).not.toMatch(/<(?:img|link|iframe|object)|url\(/)
})

/** The only sources that open connections, and to what. */
const doors: Readonly<Record<string, string>> = {
  'cli/doctor-relay.ts': 'the relay, when the command is called',
  'cli/demo-play.ts': 'its own pages',
  'db/embedded.ts': 'the embedded database',
  'db/lock.ts': 'the database',
  'db/pool.ts': 'the database',
  'db/postmaster.ts': 'the embedded database',
  'gateway/webhook.ts': 'web addresses of the configuration',
  'inbound/dns.ts': 'name servers',
  'inbound/sources/imap-session.ts': 'mailboxes of the configuration',
  'outbound/http-call.ts': 'web addresses of rules and providers, none of the own network unless that is allowed',
  'outbound/smtp-transport.ts': 'the relay',
}

test.each([
  'http://127.0.0.1:1/',
  'http://localhost:1/',
  'http://[::1]:1/',
  'http://[::ffff:127.0.0.1]:1/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://169.254.169.254/latest',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://0177.0.0.1/',
  'http://10.1.2.3/',
  'http://[fd00::1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://0/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
])('T23: a webhook to %s is refused before anything connects', async (url) => {
  const sockets = watchSockets()
  const answer = await callHttp({ url, method: 'POST', headers: {}, body: '{}', privateNetwork: false })
  expect(answer).toMatchObject({ ok: false })
  expect(sockets.filter((to) => !to.startsWith('localhost'))).toEqual([])
})

test('T23, T57: only a few sources open connections, each to what the configuration names', () => {
  const folder = join(packageRoot, 'src')
  const opening = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => {
      const text = readFileSync(join(folder, name), 'utf8')
      return /(?<![.\w])fetch\(|\bnew (?:Socket|ImapFlow|SMTPConnection|DnsResolver)\(|\b(?:createConnection|connectTls|netConnect)\(|from 'node:(?:https?|dns|dns\/promises|dgram)'|^import postgres from|\bpostgres\(/m.test(
        text,
      )
    })
  expect(opening.filter((name) => !(name in doors) && !/^(?:web|cli\/mail-client)/.test(name))).toEqual([])
})
