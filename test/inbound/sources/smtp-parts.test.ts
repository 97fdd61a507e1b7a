import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createByteBudget } from '../../../src/inbound/sources/byte-budget.ts'
import { selfSignedCertificate } from '../../../src/inbound/sources/certificate.ts'
import { createMailBody } from '../../../src/inbound/sources/mail-body.ts'
import { receptionSchema } from '../../../src/inbound/sources/schema.ts'
import { addressBlock, createSmtpGuard } from '../../../src/inbound/sources/smtp-guard.ts'
import { createSpool } from '../../../src/inbound/sources/spool.ts'

/** A spool below the system's temporary folder, with the names that lie in it. */
async function newSpool(maxBytes = 1e9) {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-spool-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { spool: createSpool({ folder, maxBytes }), folder, names: () => readdir(folder) }
}

describe('the room of mails in transfer', () => {
  test('however the pieces fall, the mail is whole, a megabyte of it in memory, and everything comes back', async () => {
    const { spool, names } = await newSpool()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 1, maxLength: 8 }),
        async (sizes) => {
          const budget = createByteBudget(1e9)
          const body = createMailBody(budget, spool)
          const pieces = sizes.map((size, i) => Buffer.alloc(size, i + 1))
          for (const piece of pieces) expect(await body.add(piece)).toBe(true)
          const whole = Buffer.concat(pieces)
          const here = Math.min(whole.length, 1024 * 1024)
          expect([budget.used(), spool.used()]).toEqual([here, whole.length - here])
          expect(await names()).toEqual([])
          const { bytes, rest } = body.join()
          const further = rest === undefined ? Buffer.alloc(0) : await rest.read(0, rest.size)
          expect(Buffer.concat([bytes, further]).equals(whole)).toBe(true)
          expect(bytes.length).toBe(here)
          if (rest !== undefined && rest.size > 10)
            expect((await rest.read(3, 10)).equals(whole.subarray(here + 3, here + 10))).toBe(true)
          body.drop()
          body.drop()
          expect([budget.used(), spool.used()]).toEqual([0, 0])
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a mail for which there is no memory gives back what it had', async () => {
    const budget = createByteBudget(100)
    const { spool } = await newSpool()
    const [one, two] = [createMailBody(budget, spool), createMailBody(budget, spool)]
    expect(one.add(Buffer.alloc(60))).toBe(true)
    expect(two.add(Buffer.alloc(30))).toBe(true)
    expect(two.add(Buffer.alloc(30))).toBe(false)
    expect(budget.used()).toBe(60)
    expect(budget.full()).toBe(false)
  })

  test('a mail for which there is no room on disk gives back what it had', async () => {
    const budget = createByteBudget(1e9)
    const { spool } = await newSpool(3_000_000)
    const [one, two] = [createMailBody(budget, spool), createMailBody(budget, spool)]
    expect(await one.add(Buffer.alloc(3_000_000))).toBe(true)
    expect(await two.add(Buffer.alloc(3_000_000))).toBe(false)
    expect([budget.used(), spool.used()]).toEqual([1024 * 1024, 3_000_000 - 1024 * 1024])
    expect(await two.add(Buffer.alloc(10))).toBe(true)
    one.drop()
    two.drop()
    expect([budget.used(), spool.used()]).toEqual([0, 0])
  })

  test('a folder that is missing is made, by several mails at once', async () => {
    const { folder } = await newSpool()
    const spool = createSpool({ folder: join(folder, 'spool'), maxBytes: 1e9 })
    const files = [spool.file(), spool.file(), spool.file()]
    expect(await Promise.all(files.map((file) => file.append(Buffer.alloc(10))))).toEqual([true, true, true])
    for (const file of files) file.drop()
    expect(await readdir(join(folder, 'spool'))).toEqual([])
  })

  test('a folder that cannot be written is an error, and nothing stays taken', async () => {
    const budget = createByteBudget(1e9)
    const spool = createSpool({ folder: '/dev/null/spool', maxBytes: 1e9 })
    const body = createMailBody(budget, spool)
    await expect(body.add(Buffer.alloc(2_000_000))).rejects.toThrow('ENOTDIR')
    expect([budget.used(), spool.used()]).toEqual([0, 0])
  })
})

describe('a certificate of our own', () => {
  test('is one that TLS takes, for the names given, valid for a year', () => {
    const now = new Date('2026-11-02T09:00:00Z')
    const { key, cert } = selfSignedCertificate(['mx.example.org', '127.0.0.1'], now)
    const read = new X509Certificate(cert)
    expect(read.subject).toBe('CN=mx.example.org')
    expect(read.subjectAltName).toBe('DNS:mx.example.org, IP Address:127.0.0.1')
    expect(read.verify(read.publicKey)).toBe(true)
    expect([new Date(read.validFrom), new Date(read.validTo)]).toEqual([
      new Date('2026-11-02T08:00:00Z'),
      new Date('2027-11-02T09:00:00Z'),
    ])
    expect(() => createSecureContext({ key, cert })).not.toThrow()
  })

  test('two have two serial numbers, positive ones', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(selfSignedCertificate(['x'], new Date()).cert).serialNumber,
    )
    expect(new Set(serials).size).toBe(20)
    for (const serial of serials) expect(Number.parseInt(serial.slice(0, 2), 16)).toBeLessThan(0x80)
  })
})

describe('the guard', () => {
  const guard = () =>
    createSmtpGuard({
      connectionsPerAddress: 2,
      refusedRecipients: 2,
      failuresPerConnection: 2,
      failuresPerAddress: 3,
      failureWindowMs: 1000,
    })

  test('counts connections by address, and forgets those that end', () => {
    const one = guard()
    expect(['a', 'b', 'c'].map((session) => one.connected(session, '192.0.2.1'))).toEqual([true, true, false])
    expect(one.connected('d', '192.0.2.2')).toBe(true)
    one.disconnected('a')
    one.disconnected('a')
    one.disconnected('c')
    expect([one.connected('e', '192.0.2.1'), one.connected('f', '192.0.2.1')]).toEqual([true, false])
  })

  test('locks an address out after failed logins of any connection, until the window has passed', () => {
    const one = guard()
    for (const session of ['a', 'b']) one.connected(session, '192.0.2.1')
    expect([
      one.failedLogin('a', '192.0.2.1', 0),
      one.failedLogin('a', '192.0.2.1', 1),
      one.failedLogin('b', '192.0.2.1', 2),
    ]).toEqual([false, true, false])
    expect([one.mayLogIn('192.0.2.1', 3), one.mayLogIn('192.0.2.9', 3), one.mayLogIn('192.0.2.1', 1001)]).toEqual([
      false,
      true,
      true,
    ])
  })

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:DB8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (ip, block) => {
    expect(addressBlock(ip)).toBe(block)
  })
})

describe('the configuration', () => {
  const box = { name: 'box', host: 'imap.example.org', user: 'u', password: 'env:IMAP_PASSWORD' }
  test('a mailbox needs a name, a server and a login, the rest has defaults', () => {
    const [read] = receptionSchema.mailboxes.parse([box])
    expect(read).toMatchObject({
      port: 993,
      security: 'tls',
      tls: 'verify',
      folder: 'INBOX',
      first: 'now',
      after: 'leave',
    })
    expect(receptionSchema.smtp.parse(undefined)).toMatchObject({ 'max-size': 31_457_280 })
  })
  test.each<[string, object, string]>([
    ['a password in clear text', { ...box, password: 'geheim' }, 'a secret stands outside the configuration'],
    ['no login', { ...box, password: undefined }, 'either password or token'],
    ['two logins', { ...box, token: 'env:T' }, 'either password or token'],
    ['an unknown key', { ...box, pasword: 'env:X' }, 'pasword'],
    ['a keyword with a space', { ...box, after: { flag: 'a b' } }, ''],
    ['a name that would not fit into an id', { ...box, name: 'My Box' }, 'lower-case'],
  ])('%s is a fault', (_title, given, words) => {
    const read = receptionSchema.mailboxes.safeParse([given])
    expect(read.success).toBe(false)
    expect(read.error?.message).toContain(words)
  })
  test('a certificate without its key is a fault', () => {
    expect(receptionSchema.smtp.safeParse({ certificate: 'x.pem' }).error?.message).toContain('belong together')
  })
})
