import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examineMailboxes, examineRelay } from '../../src/cli/doctor.ts'
import { askDatabase, type DatabaseFacts, databaseFindings } from '../../src/cli/doctor-database.ts'
import { type DomainQuestion, domainFindings } from '../../src/cli/doctor-domain.ts'
import { type MailboxFacts, mailboxFindings, seenMail } from '../../src/cli/doctor-mailbox.ts'
import { probeDelivery } from '../../src/cli/doctor-probe.ts'
import { type Finding, findingText, fine, statusOf, warning } from '../../src/cli/finding.ts'
import { instanceSchema } from '../../src/config/schema.ts'
import { mailboxSchema } from '../../src/inbound/sources/schema.ts'
import { loopField, loopValue, mintMessageId } from '../../src/mail/message-id.ts'
import { createKeys, dayOf } from '../../src/mail/token.ts'
import { createSmtpTransport, parseRelayUrl, type Relay } from '../../src/outbound/smtp-transport.ts'
import { deliver } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { type Dovecot, missingDovecot, startDovecot } from '../support/dovecot.ts'
import { startGateway } from '../support/gateway.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { mailBytes } from '../support/raw-mail.ts'
import { startScriptedRelay } from '../support/scripted-relay.ts'
import { until } from '../support/sockets.ts'

const keys = createKeys(['a secret of the doctor'])
const now = new Date('2026-11-23T09:00:00Z')
const whats = (findings: readonly Finding[]): string[] => findings.map((f) => `${f.severity}: ${f.what}`)

test('the exit status is that of the worst finding, and each says what follows and what to do', () => {
  const bad = warning('x', 'is so', 'that follows', 'do this')
  expect([
    statusOf([]),
    statusOf([fine('x', 'y')]),
    statusOf([bad]),
    statusOf([bad, { ...bad, severity: 'error' }]),
  ]).toEqual([0, 0, 1, 2])
  expect(findingText(bad)).toBe('warning x: is so\n          So: that follows\n          Do: do this\n')
})

describe('the database', () => {
  const sound: DatabaseFacts = {
    version: '16.1',
    fsync: 'on',
    fullPageWrites: 'on',
    synchronousCommit: 'on',
    standbys: '',
    replicas: 0,
    skewMs: 3,
    connections: 100,
  }
  test.each<[string, Partial<DatabaseFacts>, Finding['severity'], RegExp]>([
    ['in order', {}, 'fine', /keeps what it commits/],
    ['without fsync', { fsync: 'off' }, 'error', /fsync/],
    ['without full pages', { fullPageWrites: 'off' }, 'error', /full_page_writes/],
    ['that commits later', { synchronousCommit: 'off' }, 'error', /synchronous_commit/],
    ['whose replica is not waited for', { replicas: 1 }, 'warning', /1 replica follows/],
    ['with a clock four seconds ahead', { skewMs: 4_000 }, 'warning', /4 s ahead/],
    ['with a clock five minutes behind', { skewMs: -300_000 }, 'error', /300 s behind/],
  ])('%s', (_title, change, severity, what) => {
    const [finding, ...more] = databaseFindings({ ...sound, ...change })
    expect(more).toEqual([])
    expect(finding?.severity).toBe(severity)
    expect(finding?.what).toMatch(what)
    if (severity !== 'fine') expect([finding?.consequence, finding?.remedy]).not.toContain('')
  })

  test('is asked for real', async () => {
    const db = await createTestDatabase()
    try {
      const facts = await askDatabase(db.sql)
      expect(Math.abs(facts.skewMs)).toBeLessThan(60_000)
      expect(['on', 'off']).toContain(facts.fsync)
    } finally {
      await db.drop()
    }
  })
})

describe('the records of domains', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const p = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')
  const records: Record<string, string[]> = {
    'MX corp.dev': ['mx'],
    'MX reply.corp.dev': ['mx'],
    'TXT reply.corp.dev': ['v=spf1 ip4:192.0.2.1 -all'],
    'TXT _dmarc.corp.dev': ['v=DMARC1; p=reject'],
    'TXT g._domainkey.corp.dev': [`v=DKIM1; k=ed25519; p=${p}`],
  }
  const question: DomainQuestion = {
    desks: ['help@corp.dev'],
    replyDomains: ['reply.corp.dev'],
    staff: ['ana@corp.dev'],
    dkim: { domain: 'corp.dev', selector: 'g', key: pem },
  }
  const find = (over: Record<string, string[] | null>, asked: Partial<DomainQuestion> = {}): Promise<Finding[]> =>
    domainFindings({ ...question, ...asked }, async (name, type) => {
      const answer = { ...records, ...over }[`${type} ${name}`]
      if (answer === null) throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' })
      if (!answer || answer.length === 0) throw Object.assign(new Error('nothing'), { code: 'ENOTFOUND' })
      return answer.map((text) => [text])
    })

  test('in order', async () => {
    expect((await find({})).map((f) => f.severity)).toEqual(['fine', 'fine', 'fine'])
  })
  test.each<[string, Record<string, string[] | null>, Partial<DomainQuestion>, string]>([
    ['no MX of the reply domain', { 'MX reply.corp.dev': [] }, {}, 'error: it has no MX record'],
    ['no MX of a desk', { 'MX corp.dev': [] }, {}, 'warning: it has no MX record'],
    ['no SPF', { 'TXT reply.corp.dev': ['other'] }, {}, 'warning: it has no SPF record'],
    [
      'two SPF records',
      { 'TXT reply.corp.dev': ['v=spf1 -all', 'v=spf1 a -all'] },
      {},
      'error: it has several SPF records',
    ],
    ['SPF for everybody', { 'TXT reply.corp.dev': ['v=spf1 +all'] }, {}, 'warning: its SPF record lets everybody send'],
    ['no DMARC', { 'TXT _dmarc.corp.dev': [] }, {}, 'warning: it has no DMARC record'],
    ['no DKIM key', { 'TXT g._domainkey.corp.dev': [] }, {}, 'error: its public key is not published'],
    [
      'another DKIM key',
      { 'TXT g._domainkey.corp.dev': ['v=DKIM1; p=AAAA'] },
      {},
      'error: another public key is published',
    ],
    [
      'a signature of another domain',
      {},
      { desks: ['help@other.dev'], replyDomains: ['reply.corp.dev'] },
      'error: it is not aligned with other.dev',
    ],
    ['no signature', {}, { dkim: null }, 'warning: mail is not signed here (dkim: in guichet.yaml)'],
    [
      'answers on the domain of the staff',
      {},
      { staff: ['ana@reply.corp.dev'] },
      'warning: answers come back to the domain of your staff',
    ],
    ['silence', { 'MX reply.corp.dev': null }, {}, 'warning: the name servers do not answer'],
    ['a name for examples', {}, { desks: ['help@guichet.test'] }, 'warning: it is a name for examples'],
  ])('%s', async (_title, over, asked, what) => {
    const findings = await find(over, asked)
    expect(whats(findings)).toContain(what)
    for (const { severity, consequence, remedy } of findings)
      if (severity !== 'fine') expect([consequence, remedy]).not.toContain('')
  })
})

describe('a mailbox', () => {
  const box = (more: Record<string, unknown> = {}) =>
    mailboxSchema.parse({ name: 'support', host: 'imap.corp.dev', user: 'u', password: 'env:P', ...more })
  const mark = keys.sign({ desk: 'help', purpose: 'f', id: 3, person: 1, day: dayOf(now) })
  const seen = (headers: Record<string, string>, trace: string[] = []) =>
    seenMail(mailBytes({ headers, trace }), keys, new Set(['reply.guichet.test']), now)
  const facts = (over: Partial<MailboxFacts> = {}): MailboxFacts => ({
    capabilities: ['IMAP4rev1', 'IDLE', 'MOVE', 'UIDPLUS'],
    folders: [
      { path: 'INBOX', use: '\\Inbox' },
      { path: 'Sent', use: '\\Sent' },
    ],
    mails: [],
    ...over,
  })
  const trusted = [{ authservId: 'mx.corp.dev', from: { account: 'support' }, hops: 1 }]

  test.each<[string, Record<string, unknown>, Partial<MailboxFacts>, string]>([
    ['in order', {}, {}, 'fine: it can be read, and its server does what is needed'],
    ['that watches sent mail', { folder: 'Sent' }, {}, 'error: the watched folder Sent is the folder of sent mail'],
    ['in the clear', { security: 'none' }, {}, 'error: the password goes to imap.corp.dev in the clear'],
    ['without a verified certificate', { tls: 'insecure' }, {}, 'warning: its certificate is not verified'],
    ['without IDLE', {}, { capabilities: ['MOVE'] }, 'warning: the server does not tell of new mail (no IDLE)'],
    [
      'without MOVE where mail is moved',
      { after: { move: 'Done' } },
      { capabilities: ['IDLE'] },
      'error: the server can neither MOVE nor UIDPLUS',
    ],
    [
      'whose server vouches, and nobody believes it',
      {},
      { mails: [seen({}, ['Received: from a by b', 'Authentication-Results: mx.other.dev; dmarc=pass'])] },
      'warning: its server vouches for senders as "mx.other.dev", which is not trusted',
    ],
    ['whose server does not vouch', {}, { mails: [seen({})] }, 'warning: its mails carry no Authentication-Results'],
    [
      'whose relay renames our mails',
      {},
      { mails: [seen({ [loopField]: loopValue('help', mark), 'Message-ID': '<renamed@ses.dev>' })] },
      'warning: our own mails come back with another Message-ID',
    ],
  ])('%s', (_title, config, over, what) => {
    expect(whats(mailboxFindings(box(config), facts(over), []))).toContain(what)
  })

  test('whose service is trusted with too few hops, or under another name', () => {
    const deep = seen({}, [
      'Received: from a by b',
      'Received: from b by c',
      'Authentication-Results: mx.corp.dev; dmarc=pass',
    ])
    const other = seen({}, ['Authentication-Results: mx.new.dev; dmarc=pass'])
    expect(whats(mailboxFindings(box(), facts({ mails: [deep] }), trusted))).toEqual([
      'warning: "mx.corp.dev" stands below 2 Received fields, and hops is 1',
    ])
    expect(whats(mailboxFindings(box(), facts({ mails: [other] }), trusted))).toEqual([
      'warning: no mail carries a result of "mx.corp.dev"',
    ])
  })

  test('our own mail is known by its signed mark only', () => {
    const id = mintMessageId(mark, 'help', 7, 'reply.guichet.test')
    expect(seen({ [loopField]: loopValue('help', mark), 'Message-ID': `<${id}>` })).toMatchObject({
      own: true,
      sameId: true,
    })
    expect(
      seen({ [loopField]: loopValue('help', `${mark.slice(0, -1)}${mark.endsWith('a') ? 'b' : 'a'}`) }),
    ).toMatchObject({ own: false })
  })
})

describe.skipIf(missingDovecot() !== null)('a mailbox of a real server', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot?.stop())
  const examine = (more: Record<string, unknown>, password = 'secret'): Promise<Finding[]> =>
    examineMailboxes(
      {
        settings: instanceSchema.parse({
          'reply-domain': 'reply.guichet.test',
          mailboxes: [
            {
              name: 'box',
              host: '127.0.0.1',
              port: dovecot.imap,
              security: 'none',
              user: 'doctor',
              password: 'env:P',
              ...more,
            },
          ],
        }),
        readSecret: async () => ({ ok: true, value: password }),
        folder: '/',
        trust: { services: [], forwarders: [], submitters: new Map() },
      },
      { keys, signedDomains: new Set(['reply.guichet.test']) },
    )

  test('is looked at without a trace', async () => {
    await dovecot.deliver('doctor', mailBytes({ trace: ['Authentication-Results: mx.corp.dev; dmarc=pass'] }))
    expect(whats(await examine({}))).toEqual([
      'warning: its server vouches for senders as "mx.corp.dev", which is not trusted',
    ])
  })

  test('that refuses the log-in, or has no such folder, is an error with a remedy', async () => {
    const [refused] = await examine({}, 'wrong')
    expect(refused).toMatchObject({ severity: 'error', about: 'mailbox box' })
    expect(refused?.what).toMatch(/login refused/)
    expect(refused?.remedy).toMatch(/password/)
    const [missing] = await examine({ folder: 'Nowhere' })
    expect(missing?.severity).toBe('error')
    const [nobody] = await examine({ port: 1 })
    expect(nobody?.remedy).toMatch(/host, port/)
  })
})

describe('the relay', () => {
  const relayAt = (url: string): Relay => {
    const parsed = parseRelayUrl(url)
    if (!parsed.ok) throw new Error(parsed.why)
    return parsed.relay
  }
  test('is greeted, and nothing is sent', async () => {
    const relay = await startScriptedRelay()
    try {
      expect((await examineRelay(relayAt(`smtp://127.0.0.1:${relay.port}`))).map((f) => f.severity)).toEqual(['fine'])
      expect(relay.commands.filter((command) => /^(?:MAIL|RCPT|DATA)/i.test(command))).toEqual([])
    } finally {
      await relay.close()
    }
  })
  test('that does not answer is an error', async () => {
    const [finding] = await examineRelay(relayAt('smtp://127.0.0.1:1'))
    expect(finding?.severity).toBe('error')
    expect(finding?.consequence).toMatch(/no mail leaves/)
  })
})

test('a probe to a signed address that comes back is found, one that does not is an error', async () => {
  const gateway = await startGateway({ desks: [{ desk: testDesk() }], at: new Date().toISOString() })
  const relay = await startScriptedRelay()
  const parsed = parseRelayUrl(`smtp://127.0.0.1:${relay.port}`)
  if (!parsed.ok) throw new Error(parsed.why)
  const transport = createSmtpTransport(parsed.relay)
  try {
    const { keys: own } = gateway.app.instance()
    const probe = {
      desk: testDesk(),
      replyDomain: 'reply.guichet.test',
      keys: own,
      transport,
      sql: gateway.database.sql,
      pauseMs: 20,
    }
    expect((await probeDelivery({ ...probe, waitMs: 1 })).severity).toBe('error')
    const running = probeDelivery({ ...probe, waitMs: 10_000 })
    await until('the second probe', () => relay.accepted.length === 2)
    const mail = relay.accepted[1]
    await deliver(gateway, mail?.body ?? '', mail?.to ?? '', { mailFrom: mail?.from ?? '' })
    expect((await running).severity).toBe('fine')
    expect(gateway.sent).toEqual([])
    await expect(gateway.ticket(1)).rejects.toThrow()
  } finally {
    transport.close()
    await relay.close()
    await gateway.close()
  }
})
