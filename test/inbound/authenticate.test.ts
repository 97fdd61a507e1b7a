import fc from 'fast-check'
import { sealMessage } from 'mailauth/lib/arc/index.js'
import { describe, expect, test } from 'vitest'
import { authenticateMail } from '../../src/inbound/authenticate.ts'
import type { Envelope } from '../../src/inbound/message.ts'
import { isPrivateAddress, type TrustSettings } from '../../src/inbound/trust.ts'
import { keyRecord, type SignOptions, signingKey, signMail, zone } from '../support/signed-mail.ts'

const at = new Date('2026-11-21T10:00:00Z')
const days = (n: number) => new Date(at.getTime() - n * 86_400_000)

const envelope = (change: Partial<Envelope> = {}): Envelope => ({
  source: 'imap',
  sourceId: 'x',
  account: 'office',
  mailFrom: null,
  rcptTo: [],
  ip: null,
  helo: null,
  authUser: null,
  receivedAt: at,
  ...change,
})
const direct = (change: Partial<Envelope> = {}) =>
  envelope({
    source: 'smtp',
    account: 'smtp',
    ip: '192.0.2.7',
    helo: 'mail.corp.test',
    mailFrom: 'ann@corp.test',
    ...change,
  })
const loopback = (change: Partial<Envelope> = {}) =>
  envelope({
    source: 'smtp',
    account: 'smtp',
    ip: '127.0.0.1',
    helo: 'localhost',
    mailFrom: 'ann@corp.test',
    ...change,
  })

const trust = (change: Partial<TrustSettings> = {}): TrustSettings => ({
  services: [],
  forwarders: [],
  submitters: new Map(),
  ...change,
})
const fromLoopback = trust({ services: [{ authservId: 'mx.corp', from: 'loopback', hops: 0 }] })
const hosted = trust({ services: [{ authservId: 'mx.corp', from: { account: 'office' }, hops: 1 }] })

const mail = (change: { readonly from?: string; readonly subject?: string | null; readonly body?: string } = {}) =>
  [
    `From: ${change.from ?? 'Ann <ann@corp.test>'}`,
    'To: desk@north.test',
    ...(change.subject === null ? [] : [`Subject: ${change.subject ?? 'A printer'}`]),
    `Date: ${at.toUTCString()}`,
    'Message-ID: <1@corp.test>',
    '',
    change.body ?? 'It does not print.\r\n',
  ].join('\r\n')

const keys = { 's1._domainkey.corp.test': [keyRecord] }
const sign = (text: string, options: Partial<SignOptions> = {}) =>
  signMail(text, { domain: 'corp.test', at, headers: 'from:to:subject:date:message-id', ...options })

const authenticate = (
  text: string,
  options: {
    readonly envelope?: Envelope
    readonly trust?: TrustSettings
    readonly records?: Readonly<Record<string, readonly string[]>>
    readonly down?: readonly string[]
    readonly from?: string | null
    readonly desk?: string
  } = {},
) => {
  const names = zone(options.records ?? keys, options.down)
  const from = options.from === null ? null : { address: options.from ?? 'ann@corp.test', name: '' }
  return authenticateMail({
    bytes: Buffer.from(text),
    envelope: options.envelope ?? envelope(),
    from,
    trust: options.trust ?? trust(),
    resolver: names.resolver,
    ...(options.desk === undefined ? {} : { desk: options.desk }),
  }).then((authentication) => ({ ...authentication, asked: names.asked }))
}

describe('a login', () => {
  test('as the author proves the author', async () => {
    expect(await authenticate(mail(), { envelope: direct({ authUser: 'Ann@corp.test' }) })).toMatchObject({
      result: 'pass',
      by: 'smtp-auth',
      asked: [],
    })
  })
  test('of an agent proves the further addresses of that agent', async () => {
    const settings = trust({
      submitters: new Map([['agent@staff.test', { kind: 'agent', addresses: ['ann@corp.test'] }]]),
    })
    expect(
      await authenticate(mail(), { trust: settings, envelope: direct({ authUser: 'agent@staff.test' }) }),
    ).toMatchObject({ result: 'pass', by: 'smtp-auth' })
  })
  test('of somebody else proves nothing, whatever the mail carries', async () => {
    const text = `Authentication-Results: mx.corp; dmarc=pass\r\n${await sign(mail())}`
    expect(
      await authenticate(text, { trust: fromLoopback, envelope: loopback({ authUser: 'eve@corp.test' }) }),
    ).toMatchObject({ result: 'none', by: 'nobody', asked: [] })
  })
  test('of the portal is the word of the portal', async () => {
    const settings = trust({ submitters: new Map([['portal', { kind: 'portal', desk: 'north' }]]) })
    expect(await authenticate(mail(), { trust: settings, envelope: loopback({ authUser: 'portal' }) })).toMatchObject({
      result: 'pass',
      by: 'portal',
    })
  })
  test.each([
    ['north', 'pass'],
    ['south', 'none'],
  ])('of the portal of north proves in a mail to %s: %s', async (desk, result) => {
    const settings = trust({ submitters: new Map([['portal', { kind: 'portal', desk: 'north' }]]) })
    expect(
      await authenticate(mail(), { trust: settings, envelope: loopback({ authUser: 'portal' }), desk }),
    ).toMatchObject({ result })
  })
})

describe('the word of a trusted server (T19)', () => {
  const received = (by: string) =>
    `Received: from somewhere (x [192.0.2.9]) by ${by} with ESMTP; Sat, 21 Nov 2026 10:00:00 +0000\r\n`
  const field = (value: string) => `Authentication-Results: ${value}\r\n`

  test.each([
    ['a pass on top counts', field('mx.corp; dmarc=pass header.from=corp.test'), 'pass'],
    ['a fail on top counts', field('mx.corp; dmarc=fail header.from=corp.test'), 'fail'],
    ['dmarc=none is no proof and no failure', field('mx.corp; dmarc=none'), 'none'],
    ['no field is no proof', '', 'none'],
    ['(a) another service is not believed', field('evil; dmarc=pass'), 'none'],
    [
      '(b) a forged pass below the real fail does not count',
      `${field('mx.corp; dmarc=fail')}${received('mx.corp')}${field('mx.corp; dmarc=pass')}`,
      'fail',
    ],
    [
      '(b) a forged pass below the first hop does not count',
      `${received('mx.corp')}${field('mx.corp; dmarc=pass')}`,
      'none',
    ],
    [
      '(c) two of the same id that contradict each other fail',
      `${field('mx.corp; dmarc=pass')}${field('mx.corp; dmarc=fail')}`,
      'fail',
    ],
    [
      'two of the same id that agree count',
      `${field('mx.corp; dkim=pass header.d=corp.test')}${field('mx.corp; dmarc=pass header.from=corp.test')}`,
      'pass',
    ],
    ['(d) a comment after the id does no harm', field('mx.corp (x); dmarc=pass'), 'pass'],
    [
      '(d) a folded field is one field',
      'Authentication-Results: mx.corp;\r\n\tdmarc=pass\r\n header.from=corp.test\r\n',
      'pass',
    ],
    ['(d) a pass inside a comment is none', field('mx.corp; dmarc=none (dmarc=pass; dmarc=pass)'), 'none'],
    ['(e) an id that only begins like it is another', field('mx.corp.evil; dmarc=pass'), 'none'],
    ['an id in an encoded word is another', field('=?utf-8?q?mx.corp?=; dmarc=pass'), 'none'],
    ['a pass about another author does not count', field('mx.corp; dmarc=pass header.from=evil.test'), 'none'],
    ['a pass about the organisation counts', field('mx.corp; dmarc=pass header.from=test.corp.test'), 'pass'],
    ['an aligned dkim=pass counts', field('mx.corp; dkim=pass header.d=corp.test'), 'pass'],
    ['a dkim=pass of somebody else does not', field('mx.corp; dkim=pass header.d=mailer.test'), 'none'],
    ['an aligned spf=pass counts', field('mx.corp; spf=pass smtp.mailfrom=bounce@corp.test'), 'pass'],
    ['an unaligned spf=pass does not', field('mx.corp; spf=pass smtp.mailfrom=a@mailer.test'), 'none'],
    [
      'dmarc=fail outweighs an aligned spf=pass',
      field('mx.corp; spf=pass smtp.mailfrom=a@corp.test; dmarc=fail'),
      'fail',
    ],
    ['a field without any id is not believed', field('dmarc=pass; spf=pass'), 'none'],
  ])('%s', async (_title, head, result) => {
    expect(await authenticate(`${head}${mail()}`, { trust: fromLoopback, envelope: loopback() })).toMatchObject({
      result,
      asked: [],
    })
  })

  test('counts from the loopback interface only', async () => {
    const text = `Authentication-Results: mx.corp; dmarc=pass\r\n${mail()}`
    expect((await authenticate(text, { trust: fromLoopback, envelope: direct() })).result).not.toBe('pass')
    expect((await authenticate(text, { trust: fromLoopback })).result).toBe('none')
    expect((await authenticate(text, { envelope: loopback() })).result).toBe('none')
  })

  test.each([
    ['below its own hop', `${received('mx1.mx.corp')}${field('mx.corp; dmarc=pass')}`, 'pass'],
    ['above its own hop', `${field('mx.corp; dmarc=pass')}${received('mx1.mx.corp')}`, 'pass'],
    ['below a foreign hop', `${received('evil.test')}${field('mx.corp; dmarc=pass')}`, 'none'],
    ['below a second hop', `${received('mx1.mx.corp')}${received('mx.corp')}${field('mx.corp; dmarc=pass')}`, 'none'],
    [
      'below a forged hop, with the real one failing above',
      `${received('mx1.mx.corp')}${field('mx.corp; dmarc=fail')}${received('mx.corp')}${field('mx.corp; dmarc=pass')}`,
      'fail',
    ],
  ])('at a hosted mailbox with one hop of its own: %s', async (_title, head, result) => {
    expect((await authenticate(`${head}${mail()}`, { trust: hosted })).result).toBe(result)
  })

  test('is named as the way of the mail even where it found nothing, but not for an SMTP login', async () => {
    const named = { trust: fromLoopback, envelope: loopback() }
    expect(await authenticate(mail(), named)).toMatchObject({ result: 'none', service: 'mx.corp' })
    expect((await authenticate(mail(), { ...named, envelope: loopback({ authUser: 'ann' }) })).service).toBeUndefined()
    expect((await authenticate(mail(), { trust: fromLoopback })).service).toBeUndefined()
  })

  test('of one account does not count at another', async () => {
    const text = `Authentication-Results: mx.corp; dmarc=pass\r\n${mail()}`
    expect((await authenticate(text, { trust: hosted, envelope: envelope({ account: 'other' }) })).result).toBe('none')
  })

  test('that found nothing leaves the verification to us', async () => {
    const text = `Authentication-Results: mx.corp; dmarc=none\r\n${await sign(mail())}`
    expect(await authenticate(text, { trust: fromLoopback, envelope: loopback() })).toMatchObject({
      result: 'pass',
      by: 'dkim',
    })
  })
})

describe('a signature that we verify ourselves (T59)', () => {
  test('of the author’s domain proves the author', async () => {
    expect(await authenticate(await sign(mail()))).toMatchObject({
      result: 'pass',
      by: 'dkim',
      detail: 'dkim=pass (corp.test)',
      asked: ['TXT s1._domainkey.corp.test'],
    })
  })
  test.each([['müller.test'], ['xn--mller-kva.test']])(
    'of an international domain proves an author written as %s',
    async (written) => {
      const domain = 'xn--mller-kva.test'
      const text = await signMail(mail({ from: `Ann <ann@${written}>` }), {
        domain,
        at,
        headers: 'from:to:subject:date:message-id',
      })
      expect(
        await authenticate(text, { from: `ann@${domain}`, records: { [`s1._domainkey.${domain}`]: [keyRecord] } }),
      ).toMatchObject({ result: 'pass', by: 'dkim' })
    },
  )
  test('of the organisation proves an author below it', async () => {
    const text = await sign(mail({ from: 'ann@it.corp.test' }))
    expect((await authenticate(text, { from: 'ann@it.corp.test' })).result).toBe('pass')
  })

  test.each([
    ['a changed body', async () => (await sign(mail())).replace('does not print', 'prints')],
    ['text appended under a length limit', async () => `${await sign(mail(), { maxBodyLength: 10 })}Pay me.\r\n`],
    ['a length limit at all', async () => sign(mail(), { maxBodyLength: 20 })],
    ['a subject that is not signed', async () => sign(mail(), { headers: 'from:to:date' })],
    ['a second subject on top', async () => `Subject: Another\r\n${await sign(mail())}`],
    ['a second From on top', async () => `From: eve@evil.test\r\n${await sign(mail())}`],
    [
      'a second Content-Type',
      async () => `Content-Type: text/html\r\nContent-Type: text/plain\r\n${await sign(mail())}`,
    ],
    ['a signature of somebody else', async () => signMail(mail(), { domain: 'evil.test', at })],
    ['a signature of a name that merely ends alike', async () => signMail(mail(), { domain: 'evilcorp.test', at })],
    ['an age of eight days', async () => sign(mail(), { at: days(8) })],
    ['a date in the future', async () => sign(mail(), { at: days(-1) })],
    ['no signature', async () => mail()],
  ])('does not hold with %s', async (_title, make) => {
    const records = { ...keys, 's1._domainkey.evil.test': [keyRecord], 's1._domainkey.evilcorp.test': [keyRecord] }
    expect(await authenticate(await make(), { records })).toMatchObject({ result: 'none', by: 'nobody' })
  })

  test('holds for six days after it was made, by the day of receipt', async () => {
    const text = await sign(mail(), { at: days(6) })
    expect((await authenticate(text)).result).toBe('pass')
    expect((await authenticate(text, { envelope: envelope({ receivedAt: days(-2) }) })).result).toBe('none')
  })

  test('whose key cannot be looked up is undecided, never a pass', async () => {
    expect(await authenticate(await sign(mail()), { down: ['corp.test'] })).toMatchObject({ result: 'undecided' })
  })
  test('whose key does not exist is no proof', async () => {
    expect(await authenticate(await sign(mail()), { records: {} })).toMatchObject({ result: 'none' })
  })
  test('with a key that was withdrawn is no proof', async () => {
    expect(
      await authenticate(await sign(mail()), { records: { 's1._domainkey.corp.test': ['v=DKIM1; p='] } }),
    ).toMatchObject({ result: 'none' })
  })

  test('is looked for only when there is one', async () => {
    expect((await authenticate(mail())).asked).toEqual([])
    expect((await authenticate(mail(), { envelope: loopback() })).asked).toEqual([])
  })
  test('among a thousand strangers’ signatures costs few look-ups', async () => {
    const strange = 'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil.test; s=x; h=from; bh=x; b=x\r\n'
    const alike = 'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=corp.test; s=x; h=from; bh=x; b=x\r\n'
    const text = `${strange.repeat(500)}${alike.repeat(500)}${mail()}`
    const { result, asked } = await authenticate(text)
    expect(result).toBe('none')
    expect(asked.length).toBeLessThanOrEqual(10)
  })
  test('over a single line of 30 MB is not tried', async () => {
    const text = await sign(mail())
    expect(await authenticate(`${text}${'x'.repeat(30 * 1024 * 1024)}`)).toMatchObject({
      result: 'none',
      detail: 'a line is too long to verify',
      asked: [],
    })
  })
  test('of a mail without single author is not asked', async () => {
    expect(await authenticate(await sign(mail()), { from: null })).toMatchObject({ result: 'none', asked: [] })
  })
  test('for another author than the library reads is no proof', async () => {
    expect(await authenticate(await sign(mail()), { from: 'bob@corp.test' })).toMatchObject({ result: 'none' })
  })
})

describe('a direct connection', () => {
  const spf = { 'corp.test': ['v=spf1 ip4:192.0.2.7 -all'] }
  const reject = { '_dmarc.corp.test': ['v=DMARC1; p=reject'] }
  const quarantine = { '_dmarc.corp.test': ['v=DMARC1; p=quarantine'] }
  const lenient = { '_dmarc.corp.test': ['v=DMARC1; p=none'] }

  test.each([
    ['signature and policy', { ...keys, ...reject }, true, {}, 'pass'],
    ['client and policy, without signature', { ...spf, ...reject }, false, {}, 'pass'],
    ['signature without policy', keys, true, {}, 'pass'],
    ['client without policy', spf, false, {}, 'pass'],
    ['neither, with p=reject', reject, false, {}, 'fail'],
    ['neither, with p=quarantine', quarantine, false, {}, 'fail'],
    ['neither, with p=none', lenient, false, {}, 'none'],
    ['neither, without policy', {}, false, {}, 'none'],
    ['another client, with p=reject', { ...spf, ...reject }, false, { ip: '198.51.100.9' }, 'fail'],
    [
      'a client that speaks for another domain',
      { 'mailer.test': ['v=spf1 ip4:192.0.2.7 -all'], ...reject },
      false,
      { mailFrom: 'x@mailer.test' },
      'fail',
    ],
    [
      'a null return path and the helo of the author’s domain',
      { 'mail.corp.test': ['v=spf1 ip4:192.0.2.7 -all'], ...reject },
      false,
      { mailFrom: '' },
      'pass',
    ],
    ['a forged field of a trusted service', reject, false, {}, 'fail'],
  ] as const)('%s: %s', async (title, records, signed, change, result) => {
    const text = signed ? await sign(mail()) : mail()
    const head = title.startsWith('a forged field') ? 'Authentication-Results: mx.corp; dmarc=pass\r\n' : ''
    expect(
      (await authenticate(`${head}${text}`, { records, envelope: direct(change), trust: fromLoopback })).result,
    ).toBe(result)
  })

  test('is judged strictly where the domain asks for it', async () => {
    const text = await signMail(mail({ from: 'ann@it.corp.test' }), {
      domain: 'corp.test',
      at,
      headers: 'from:to:subject:date:message-id',
    })
    const of = (policy: string) =>
      authenticate(text, {
        from: 'ann@it.corp.test',
        envelope: direct({ mailFrom: 'ann@it.corp.test' }),
        records: { ...keys, '_dmarc.it.corp.test': [policy] },
      })
    expect((await of('v=DMARC1; p=reject; adkim=r')).result).toBe('pass')
    expect((await of('v=DMARC1; p=reject; adkim=s')).result).toBe('fail')
  })

  test.each([
    ['nothing', ['corp.test'], 'undecided'],
    ['the key alone', ['s1._domainkey.corp.test'], 'undecided'],
    ['the policy alone, with a signature of the very domain', ['_dmarc.corp.test'], 'pass'],
  ] as const)('when name servers do not tell %s it is %s', async (_title, down, result) => {
    expect(
      (await authenticate(await sign(mail()), { records: { ...keys, ...reject }, down, envelope: direct() })).result,
    ).toBe(result)
  })

  test('from a private address is asked about its signature only', async () => {
    expect(await authenticate(mail(), { records: { ...reject }, envelope: direct({ ip: '10.0.0.5' }) })).toMatchObject({
      result: 'none',
      asked: [],
    })
  })
})

describe('a mail through a forwarder', () => {
  const forwarderKeys = { 's1._domainkey.lists.test': [keyRecord], '_dmarc.corp.test': ['v=DMARC1; p=reject'] }
  const forwarded = async (results: string) => {
    const text = mail({ subject: '[list] A printer' })
    const seal = await sealMessage(text, {
      signingDomain: 'lists.test',
      selector: 's1',
      privateKey: signingKey,
      ...{ authResults: results, cv: 'none' },
    })
    return `${seal.toString()}${text}`
  }
  const settings = trust({ forwarders: ['lists.test'] })
  const passed = 'mx.lists.test; dmarc=pass header.from=corp.test'
  const records = forwarderKeys

  test('that the desk trusts is believed about the author', async () => {
    expect(await authenticate(await forwarded(passed), { trust: settings, records, envelope: direct() })).toMatchObject(
      { result: 'pass', by: 'arc' },
    )
  })
  test('that the desk trusts is believed for a mailbox too', async () => {
    expect(await authenticate(await forwarded(passed), { trust: settings, records })).toMatchObject({
      result: 'pass',
      by: 'arc',
    })
  })
  test('that nobody trusts is not believed', async () => {
    expect(await authenticate(await forwarded(passed), { records, envelope: direct() })).toMatchObject({
      result: 'fail',
    })
    expect(
      await authenticate(await forwarded(passed), {
        trust: trust({ forwarders: ['others.test'] }),
        records,
        envelope: direct(),
      }),
    ).toMatchObject({ result: 'fail' })
  })
  test('that saw a failure proves nothing', async () => {
    expect(
      (
        await authenticate(await forwarded('mx.lists.test; dmarc=fail header.from=corp.test'), {
          trust: settings,
          records,
          envelope: direct(),
        })
      ).result,
    ).toBe('fail')
  })
  test('that saw another author proves nothing', async () => {
    expect(
      (
        await authenticate(await forwarded('mx.lists.test; dmarc=pass header.from=evil.test'), {
          trust: settings,
          records,
          envelope: direct(),
        })
      ).result,
    ).toBe('fail')
  })
  test('whose seal is broken proves nothing', async () => {
    const text = (await forwarded('mx.lists.test; dmarc=fail header.from=corp.test')).replace(
      'dmarc=fail',
      'dmarc=pass',
    )
    expect((await authenticate(text, { trust: settings, records, envelope: direct() })).result).toBe('fail')
  })
})

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['169.254.0.1', true],
  ['100.64.0.1', true],
  ['100.128.0.1', false],
  ['fd00::1', true],
  ['fe80::1', true],
  ['2001:db8::1', false],
  ['192.0.2.7', false],
  ['8.8.8.8', false],
])('%s is a private address: %s', (ip, wanted) => expect(isPrivateAddress(ip)).toBe(wanted))

test('whatever stands in the header, there is an answer, and it is no pass', async () => {
  const piece = fc.constantFrom(
    'DKIM-Signature: v=1; a=rsa-sha256; d=corp.test; s=s1; h=from:subject; ',
    'bh=',
    'b=',
    'AAAA',
    ';',
    'l=99999',
    't=1',
    'x=',
    'c=simple/relaxed;',
    'c=;',
    'a=;',
    '\r\n ',
    '\r\n',
    'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=lists.test; s=s1; b=',
    'ARC-Message-Signature: i=1; a=rsa-sha256; d=lists.test; s=s1; h=from; bh=; b=',
    'ARC-Authentication-Results: i=1; mx; dmarc=pass',
    'From: <x@y>',
    'Content-Type: multipart/mixed; boundary=',
    '\u0000',
    'é',
    '=?utf-8?q?x?=',
    ': ',
    'Received: by mx.corp',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), fc.boolean(), async (pieces, connected) => {
      const { result } = await authenticate(`${pieces.join('')}\r\n${mail()}`, {
        envelope: connected ? direct({ helo: pieces[0] ?? '' }) : envelope(),
        trust: trust({ forwarders: ['lists.test'] }),
        records: { ...keys, 's1._domainkey.lists.test': [keyRecord] },
      })
      expect(['none', 'undecided', 'fail']).toContain(result)
    }),
    { numRuns: 400 },
  )
})
