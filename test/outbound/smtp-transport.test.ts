import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { selfSignedCertificate } from '../../src/inbound/sources/certificate.ts'
import { createSmtpTransport, parseRelayUrl, type Relay } from '../../src/outbound/smtp-transport.ts'
import { createFileTransport } from '../../src/outbound/transport.ts'
import { startSink } from '../support/sink.ts'

const parcel = {
  desk: 'garage',
  id: 7,
  envelopeFrom: 'garage+b@reply.test',
  recipient: 'zoe@client.test',
  bytes: Buffer.from('Subject: a\r\n\r\nbonjour\r\n'),
}
const yes = async (): Promise<boolean> => true

let folder = ''
let key = ''
let cert = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-'))
  const made = selfSignedCertificate(['localhost'], new Date())
  key = made.key
  cert = made.cert
})
afterAll(() => rmSync(folder, { recursive: true }))

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Taken {
  readonly user: string | undefined
  readonly secure: boolean
  readonly body: string
}

async function server(
  options: SMTPServerOptions,
  host = '127.0.0.1',
): Promise<{ readonly port: number; readonly taken: Taken[]; readonly passwords: string[] }> {
  const taken: Taken[] = []
  const passwords: string[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    key,
    cert,
    onAuth: (auth, _session, done) => {
      passwords.push(auth.password ?? '')
      if (auth.password === 'right') done(null, { user: auth.username ?? '' })
      else done(Object.assign(new Error('no'), { responseCode: 535 }))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        taken.push({
          user: typeof session.user === 'string' ? session.user : undefined,
          secure: session.secure,
          body: Buffer.concat(chunks).toString(),
        })
        done()
      })
    },
    ...options,
  })
  smtp.on('error', () => undefined)
  await new Promise<void>((resolve) => smtp.listen(0, host, () => resolve()))
  closers.push(() => new Promise<void>((resolve) => smtp.close(() => resolve())))
  return { port: (smtp.server.address() as AddressInfo).port, taken, passwords }
}

const relayTo = (port: number, overrides: Partial<Relay> = {}): Relay => ({
  host: 'localhost',
  port,
  secure: false,
  requireTls: false,
  user: null,
  password: null,
  name: 'gw.test',
  connections: 1,
  ...overrides,
})

async function send(relay: Relay) {
  const transport = createSmtpTransport(relay, { connectMs: 5_000, socketMs: 5_000, idleMs: 1_000 })
  try {
    return await transport.send(parcel, yes)
  } finally {
    transport.close()
  }
}

describe('TLS and log-in (T51)', () => {
  test('is taken when offered, whatever the certificate', async () => {
    const { port, taken } = await server({})
    expect(await send(relayTo(port))).toMatchObject({ state: 'sent' })
    expect(taken).toMatchObject([{ secure: true }])
  })

  test('is not insisted on by default', async () => {
    const { port, taken } = await server({ disabledCommands: ['STARTTLS'] })
    expect(await send(relayTo(port))).toMatchObject({ state: 'sent' })
    expect(taken).toMatchObject([{ secure: false }])
  })

  test('when required, nothing leaves without it', async () => {
    const { port, taken } = await server({ disabledCommands: ['STARTTLS'] })
    expect(await send(relayTo(port, { requireTls: true }))).toMatchObject({ state: 'unreachable' })
    expect(taken).toEqual([])
  })

  test('when required, an unknown certificate is refused and a known one is not', async () => {
    const { port, taken } = await server({})
    expect(await send(relayTo(port, { requireTls: true }))).toMatchObject({
      state: 'unreachable',
      reason: expect.stringMatching(/certificate/),
    })
    expect(taken).toEqual([])
    expect(await send(relayTo(port, { requireTls: true, ca: cert }))).toMatchObject({ state: 'sent' })
  })

  test('from the first byte with smtps', async () => {
    const { port, taken } = await server({ secure: true })
    expect(await send(relayTo(port, { secure: true, ca: cert }))).toMatchObject({ state: 'sent' })
    expect(taken).toMatchObject([{ secure: true }])
  })

  test('the log-in is used, and a refused one bounces nothing and says no password', async () => {
    const { port, taken } = await server({})
    expect(await send(relayTo(port, { user: 'gw', password: 'right' }))).toMatchObject({ state: 'sent' })
    expect(taken).toMatchObject([{ user: 'gw' }])
    const refused = await send(relayTo(port, { user: 'gw', password: 'wrong-canary' }))
    expect(refused).toMatchObject({ state: 'unreachable' })
    expect(JSON.stringify(refused)).not.toContain('canary')
  })

  test('a password does not go out in the clear to another machine', async () => {
    const { port, passwords } = await server({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true }, '127.0.0.2')
    expect(await send(relayTo(port, { host: '127.0.0.2', user: 'gw', password: 'right' }))).toMatchObject({
      state: 'unreachable',
      reason: expect.stringContaining('no TLS'),
    })
    expect(passwords).toEqual([])
  })
})

test('a mail larger than the relay takes is refused for good, with the reason', async () => {
  const { port } = await server({ size: 10 })
  expect(await send(relayTo(port))).toMatchObject({ state: 'bounced', response: expect.stringMatching(/size/i) })
})

test('the bytes arrive at a sink as they were', async () => {
  const sink = await startSink()
  closers.push(sink.close)
  expect(await send(relayTo(sink.port, { host: '127.0.0.1' }))).toMatchObject({ state: 'sent' })
  expect(await sink.wait('zoe@client.test')).toMatchObject([
    { from: 'garage+b@reply.test', to: ['zoe@client.test'], raw: parcel.bytes.toString().trimEnd() },
  ])
})

test.each([
  ['smtp://mx.test', { host: 'mx.test', port: 25, secure: false, requireTls: false, user: null }],
  ['smtp://mx.test:587?tls=required', { port: 587, requireTls: true }],
  ['smtps://a%40b:p%2Fw@mx.test', { port: 465, secure: true, user: 'a@b', password: 'p/w' }],
  ['smtp://[::1]:2525', { host: '::1', port: 2525 }],
])('%s names a relay', (url, relay) => {
  expect(parseRelayUrl(url)).toMatchObject({ ok: true, relay })
})

test.each(['http://mx.test', 'mx.test', 'smtp://u:secretcanary@mx.test?tls=maybe', 'smtp://u:%zzsecretcanary@mx.test'])(
  '%s names none, and the reason repeats no password',
  (url) => {
    const read = parseRelayUrl(url)
    expect(read.ok).toBe(false)
    expect(JSON.stringify(read)).not.toContain('canary')
  },
)

describe('without a relay', () => {
  test('each mail is one whole file, and a second attempt makes no second one', async () => {
    const outgoing = join(folder, 'outgoing')
    const transport = createFileTransport(outgoing)
    expect(await transport.send(parcel, yes)).toEqual({
      state: 'sent',
      response: 'written to garage-000007.eml',
    })
    await transport.send(parcel, yes)
    expect(readdirSync(outgoing)).toEqual(['garage-000007.eml'])
    expect(readFileSync(join(outgoing, 'garage-000007.eml')).equals(parcel.bytes)).toBe(true)
  })

  test('a folder that cannot be written delays the mail', async () => {
    expect(
      await createFileTransport(join(folder, 'outgoing', 'garage-000007.eml', 'no')).send(parcel, yes),
    ).toMatchObject({
      state: 'unreachable',
    })
  })
})

describe('an address that is not ASCII (RFC 6531)', () => {
  const mona = { ...parcel, recipient: 'منى@سوق.example' }

  test('goes out where the relay offers SMTPUTF8', async () => {
    const { port, taken } = await server({ disabledCommands: ['STARTTLS', 'AUTH'] })
    const transport = createSmtpTransport({ ...relayAt(port) })
    expect((await transport.send(mona, yes)).state).toBe('sent')
    expect(taken).toHaveLength(1)
    transport.close()
  })

  test('is given up with the reason where it does not, and the next mail goes out', async () => {
    const { port, taken } = await server({ disabledCommands: ['STARTTLS', 'AUTH'], hideSMTPUTF8: true })
    const transport = createSmtpTransport({ ...relayAt(port) })
    expect(await transport.send(mona, yes)).toEqual({
      state: 'bounced',
      response: 'the relay takes no internationalised addresses (SMTPUTF8, RFC 6531): منى@سوق.example',
    })
    expect((await transport.send(parcel, yes)).state).toBe('sent')
    expect(taken).toHaveLength(1)
    transport.close()
  })
})

function relayAt(port: number): Relay {
  const parsed = parseRelayUrl(`smtp://127.0.0.1:${port}`)
  if (!parsed.ok) throw new Error(parsed.why)
  return parsed.relay
}
