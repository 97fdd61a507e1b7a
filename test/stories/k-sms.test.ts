// Row K8: short messages, by a provider that is called and by one that takes mail; and webhooks, which go the same way.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { compileRules } from '../../src/rules/compile.ts'
import { rulesSchema } from '../../src/rules/schema.ts'
import { numberIn, opened } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { only, type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

const minute = 60_000
const rca = 'kpolygone-rca'
const customer = 'contact@kpolygone-rca.client.test'
const agent = 'agent@kpolygone-rca.staff.test'
let gateway: TestGateway
let stop: (() => void) | null = null
afterEach(async () => {
  stop?.()
  stop = null
  await gateway.close()
})

interface Heard {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A provider on this machine; its answers are given in turn, then 200. */
async function provider(answers: number[] = []): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      heard.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(answers.shift() ?? 200).end('{}')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  stop = () => server.close()
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`, heard }
}

async function start(url: string | null, privateNetwork = true): Promise<void> {
  const started = await startExampleDesks([rca], '2026-11-18T09:00:00Z')
  gateway = started
  const desk = started.configuration.desks.get(rca)
  if (!desk?.sms?.http || url === null) return
  await gateway.configure([
    { ...desk, sms: { ...desk.sms, http: { ...desk.sms.http, url, 'private-network': privateNetwork } } },
  ])
}
const write = (from: string, text = 'Bonjour, l’écran reste blanc après la connexion au portail.'): Promise<Sent[]> =>
  gateway.exchange({ from, to: `${rca}@guichet.test`, subject: 'Écran blanc', text })
const calls = () =>
  gateway.database.sql<{ state: string; target: string; reason: string | null; attempt: number }[]>`
    select state, target, reason, attempt from call order by id`

test('K8: who agreed gets a short message when the request is received and when it is solved', async () => {
  const { url, heard } = await provider()
  await start(url)
  const told = only(await write(`Bertrand <${customer}>`), agent)
  expect(heard).toHaveLength(1)
  expect(heard[0]?.headers.authorization).toBe('Bearer value of env:GUICHET_SMS_TOKEN')
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
    to: '+23672550101',
    message:
      'K-POLYGONE Helpdesk République centrafricaine : demande RCA-1 reçue. Le suivi vous parvient par courriel.',
    sender: 'KPOLYGONE',
  })
  await gateway.reply(told, { from: `Clarisse <${agent}>`, text: '#solve\n' })
  expect(JSON.parse(heard[1]?.body ?? '').message).toContain('demande RCA-1 résolue')
  const { entries } = await gateway.ticket(1, rca)
  expect(entries.filter((e) => e.data.call === 'sms' && e.data.state === 'sent')).toHaveLength(2)
})

test('K8: nobody else gets one: no consent, no registered number', async () => {
  const { url, heard } = await provider()
  await start(url)
  await write('Inès <other@kpolygone-rca.client.test>')
  await write('Ferdinand <suivi@agence-commerce.client.test>', 'Bonjour, rappelez-moi au +236 70 99 99 99, merci.')
  expect(heard).toEqual([])
})

test('K8: a provider that is down is asked again; one that refuses is not, and the history says so', async () => {
  const { url, heard } = await provider([503, 503, 200, 400])
  await start(url)
  await write(`Bertrand <${customer}>`)
  expect(await calls()).toMatchObject([{ state: 'queued', reason: 'it answers 503', attempt: 1 }])
  await gateway.advance(2 * minute)
  await gateway.advance(6 * minute)
  expect(heard).toHaveLength(3)
  expect(await calls()).toMatchObject([{ state: 'sent', attempt: 3 }])
  const second = await write(`Bertrand <${customer}>`, 'Bonjour, une autre demande : le scanner ne marche plus.')
  await gateway.advance(60 * minute)
  expect(heard).toHaveLength(4)
  expect(await calls()).toMatchObject([{ state: 'sent' }, { state: 'dead', reason: 'it answers 400' }])
  const { entries } = await gateway.ticket(numberIn(only(second, customer).subject), rca)
  expect(entries.some((e) => e.data.call === 'sms' && e.data.state === 'dead')).toBe(true)
})

test.each([
  'http://127.0.0.1:9/',
  'http://localhost:9/',
  'http://[::1]:9/',
  'http://169.254.169.254/latest/',
  'http://[::ffff:10.0.0.1]/',
])('K8: an address of the own network is not called unless that is allowed: %s', async (url) => {
  await start(url, false)
  await write(`Bertrand <${customer}>`)
  const [call] = await calls()
  expect(call).toMatchObject({ state: 'dead', attempt: 1 })
  expect(call?.reason).toContain('own network')
})

test('K8: one number gets no more than its share of a day', async () => {
  const { url, heard } = await provider()
  await start(url)
  for (let i = 0; i < 12; i++)
    await gateway.exchange({
      from: `Bertrand <${customer}>`,
      to: `${rca}@guichet.test`,
      subject: `Demande ${'abcdefghijkl'[i]}`,
      text: `Bonjour, ceci est la demande ${'abcdefghijkl'[i]}.`,
    })
  expect(heard).toHaveLength(10)
  expect((await calls()).filter(({ state }) => state === 'suppressed')).toHaveLength(2)
})

test('K8: a provider that takes mail gets the text alone', async () => {
  gateway = await startExampleDesks(['kpolygone-rdc'], '2026-11-18T09:00:00Z')
  const sent = await gateway.exchange({
    from: 'Helen Murray <logistics@katanga-copper.client.test>',
    to: 'kpolygone-rdc@guichet.test',
    subject: 'Blank screen',
    text: 'Hello, the screen stays blank after I log in.',
  })
  const message = only(sent, '243995550400@sms.guichet.test')
  expect(message.text.replace(/\s+/g, ' ').trim()).toBe(
    'K-POLYGONE Helpdesk Democratic Republic of Congo: request RDC-1 received. You will find news of it in your mail.',
  )
  expect(message.html).toBe('')
  expect(message.raw).not.toContain('multipart')
})

test('a webhook of a rule goes the same way and carries the number of the new ticket', async () => {
  const { url, heard } = await provider()
  const desk = { ...testDesk(), 'private-webhooks': true }
  const { rules, faults } = compileRules(
    rulesSchema.parse([
      { name: 'tell', then: { webhook: { url, data: { ticket: '{ticket.token}', subject: '{ticket.subject}' } } } },
    ]),
    desk,
    { from: 'desk' },
  )
  expect(faults).toEqual([])
  gateway = await startGateway({ desks: [{ desk, rules }], at: '2026-11-23T09:00:00Z' })
  const { number } = await opened(gateway)
  expect(heard.map(({ body }) => JSON.parse(body))).toEqual([
    { ticket: `${desk.prefix}-${number}`, subject: 'The printer is on fire' },
  ])
})
