import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailboxSign } from '../../src/cli/sources.ts'
import { openPool } from '../../src/db/pool.ts'
import { alarmWords } from '../../src/gateway/alarm.ts'
import { createLookout } from '../../src/gateway/lookout.ts'
import { createWatch, type Sign } from '../../src/gateway/watch.ts'
import { postWebhook } from '../../src/gateway/webhook.ts'
import { createAccountLocks } from '../../src/inbound/sources/account-lock.ts'
import { createImapAccount, type ImapAccount } from '../../src/inbound/sources/imap-account.ts'
import { mailboxSchema } from '../../src/inbound/sources/schema.ts'
import { testDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const minutes = 60_000
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 9, minute))
const sign = (detail: string | null, since: Date | null = null): Sign => ({
  kind: 'mailbox',
  name: 'support',
  desk: null,
  detail,
  since,
})

describe('what has been wrong for too long', () => {
  test('raises an alarm once, and says since when', () => {
    const watch = createWatch(15 * minutes)
    expect(watch.look([sign('refused')], at(0)).raised).toEqual([])
    expect(watch.look([sign('refused')], at(14)).raised).toEqual([])
    expect(watch.look([sign('refused')], at(15)).raised).toMatchObject([{ since: at(0), detail: 'refused' }])
    expect(watch.look([sign('refused')], at(16)).raised).toEqual([])
  })

  test('a trouble that ends in time raises none; one that was told is told to have ended', () => {
    const watch = createWatch(15 * minutes)
    watch.look([sign('refused')], at(0))
    expect(watch.look([sign(null)], at(10))).toEqual({ raised: [], ended: [] })
    watch.look([sign('refused')], at(11))
    expect(watch.look([sign('refused')], at(25)).raised).toEqual([])
    expect(watch.look([sign('refused')], at(26)).raised).toHaveLength(1)
    expect(watch.look([sign(null)], at(27)).ended).toMatchObject([{ since: at(11) }])
    expect(watch.look([sign(null)], at(28)).ended).toEqual([])
  })

  test('a trouble that is known to be older counts from its beginning', () => {
    expect(createWatch(15 * minutes).look([sign('refused', at(0))], at(20)).raised).toMatchObject([{ since: at(0) }])
  })

  test('two mailboxes are two troubles', () => {
    const watch = createWatch(0)
    expect(watch.look([sign('a'), { ...sign('b'), name: 'sales' }], at(0)).raised).toHaveLength(2)
  })
})

describe('a mailbox', () => {
  const health = {
    account: 'support',
    folder: 'INBOX',
    state: 'watching',
    lastSuccessAt: at(0),
    lastError: null,
    failingSince: null,
  } as const
  test.each([
    ['is well while it is heard of', { ...health }, at(5), null],
    [
      'fails since its first error',
      { ...health, state: 'failing' as const, lastError: 'login refused', failingSince: at(1) },
      at(5),
      'login refused',
    ],
    ['is silent when nothing has been heard of it for too long', { ...health }, at(16), 'nothing heard of it'],
    ['is well when another process watches it', { ...health, state: 'standby' as const }, at(50), null],
    [
      'that never answered is wrong',
      { ...health, state: 'connecting' as const, lastSuccessAt: null },
      at(1),
      'no answer',
    ],
  ])('%s', (_title, given, now, detail) => {
    expect(mailboxSign(given, now, 15 * minutes).detail).toBe(detail)
  })
})

describe('the words of an alarm', () => {
  test.each([
    ['en', 'The mailbox “support” cannot be read'],
    ['fr', 'La boîte aux lettres « support » ne peut pas être lue'],
    ['es', 'No se puede leer el buzón «support»'],
    ['de', 'The mailbox “support” cannot be read'],
  ])('in %s', (language, words) => {
    expect(alarmWords({ kind: 'mailbox', name: 'support' }, language)).toBe(words)
  })
})

describe('a gateway whose mailbox is dead', () => {
  let gateway: TestGateway
  let account: ImapAccount
  const posted: unknown[] = []
  const hook = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push(JSON.parse(body))
      response.writeHead(204).end()
    })
  })
  let url = ''
  beforeAll(async () => {
    hook.listen(0, '127.0.0.1')
    await once(hook, 'listening')
    const address = hook.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook`
    gateway = await startGateway({
      desks: [{ desk: testDesk({ supervisors: ['chief@staff.test'] }) }],
      at: '2026-11-23T09:00:00Z',
      app: ({ sql, url: database }) => ({
        alarms: { afterMs: 15 * minutes, mail: ['admin@elsewhere.test'], webhook: (body) => postWebhook(url, body) },
        sources: ({ save, now }) => {
          const locks = createAccountLocks(database)
          // Nothing listens on port 1: every attempt is refused.
          const box = mailboxSchema.parse({
            name: 'support',
            host: '127.0.0.1',
            port: 1,
            user: 'support',
            password: 'env:NONE',
          })
          account = createImapAccount(box, {
            sql,
            receive: save,
            secret: async () => 'secret',
            locks,
            now,
            random: () => 0.5,
          })
          const { start, runOnce, stop, health } = account
          return [
            {
              name: 'support',
              start,
              runOnce,
              stop: async () => {
                await stop()
                await locks.close()
              },
              health: (when) => ({ desk: null, ...mailboxSign(health(), when, 15 * minutes) }),
            },
          ]
        },
      }),
    })
  })
  afterAll(async () => {
    await gateway.close()
    hook.close()
  })

  test('tells its supervisors and the configured addresses by mail, the webhook and the metrics, once', async () => {
    account.start()
    await expect.poll(() => account.health().state).toBe('failing')
    await gateway.app.lookAround(gateway.now())
    expect(await gateway.take()).toEqual([])
    const later = new Date(gateway.now().getTime() + 16 * minutes)
    await gateway.app.lookAround(later)
    await gateway.app.lookAround(new Date(later.getTime() + minutes))
    await gateway.app.settle()
    const mails = await gateway.take()
    expect(mails.map((mail) => mail.to).sort()).toEqual(['admin@elsewhere.test', 'chief@staff.test'])
    expect(mails[0]?.subject).toContain('The mailbox “support” cannot be read')
    expect(mails[0]?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(posted).toMatchObject([
      { state: 'raised', kind: 'mailbox', name: 'support', text: 'The mailbox “support” cannot be read' },
    ])
    expect(await gateway.app.metrics.registry.metrics()).toContain('guichet_alarm{kind="mailbox",name="support"} 1')
  })

  test('a database that refuses and a relay that does not answer are told too, and their end', async () => {
    posted.length = 0
    const sql = openPool('postgres://nobody:nothing@127.0.0.1:1/none', { max: 1 })
    let relay: { failingSince: Date | null; lastError: string | null } = {
      failingSince: at(0),
      lastError: 'connect ECONNREFUSED',
    }
    const lookout = createLookout({
      sql,
      now: gateway.app.deps.now,
      afterMs: 10 * minutes,
      alarms: { process: gateway.app.deps, mail: [], webhook: (body) => postWebhook(url, body), direct: null },
      sources: () => [],
      relay: () => relay,
      disks: null,
      onChange: () => undefined,
    })
    await lookout.look(at(1))
    expect(posted).toEqual([])
    await lookout.look(at(11))
    relay = { failingSince: null, lastError: null }
    await lookout.look(at(12))
    await sql.end({ timeout: 1 })
    expect(posted).toMatchObject([
      { state: 'raised', kind: 'relay', detail: 'connect ECONNREFUSED' },
      { state: 'raised', kind: 'database', detail: 'ECONNREFUSED' },
      { state: 'ended', kind: 'relay' },
    ])
  })

  test('a webhook that redirects, refuses or is away is an error without its address', async () => {
    const moved = createServer((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    moved.listen(0, '127.0.0.1')
    await once(moved, 'listening')
    const address = moved.address()
    const port = typeof address === 'object' ? address?.port : 0
    await expect(postWebhook(`http://127.0.0.1:${port}/a-secret-path`, {})).rejects.toThrow(/^the webhook answers 302$/)
    moved.close()
    await once(moved, 'close')
    await expect(postWebhook(`http://127.0.0.1:${port}/a-secret-path`, {})).rejects.toThrow(
      /^the webhook does not answer$/,
    )
  })
})

describe('a gateway with another way out for alarms', () => {
  let gateway: TestGateway
  const direct: { to: string; from: string; subject: string; text: string }[] = []
  beforeAll(async () => {
    gateway = await startGateway({
      desks: [{ desk: testDesk({ supervisors: ['chief@staff.test'] }) }],
      at: '2026-11-23T09:00:00Z',
      app: () => ({
        alarms: {
          afterMs: 0,
          mail: ['admin@elsewhere.test', 'chief@staff.test'],
          webhook: null,
          direct: async (mail) => {
            direct.push(mail)
          },
        },
        sources: () => [
          {
            name: 'support',
            start: () => undefined,
            runOnce: async () => undefined,
            stop: async () => undefined,
            health: () => ({ desk: null, since: null, detail: 'login refused' }),
          },
        ],
      }),
    })
  })
  afterAll(() => gateway.close())

  test('writes to each address once, past the outbox', async () => {
    await gateway.app.lookAround(gateway.now())
    await gateway.app.settle()
    expect(await gateway.take()).toEqual([])
    expect(direct.map((mail) => mail.to).sort()).toEqual(['admin@elsewhere.test', 'chief@staff.test'])
    expect(direct[0]).toMatchObject({ subject: 'The mailbox “support” cannot be read', from: 'help@guichet.test' })
    expect(direct[0]?.text).toContain('login refused')
  })
})
