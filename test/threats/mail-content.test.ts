import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { afterEach, describe, expect, test } from 'vitest'
import { parseMail } from '../../src/inbound/parse.ts'
import { splitReply } from '../../src/inbound/reply-text.ts'
import { strictAddrSpec } from '../../src/mail/address.ts'
import { packageRoot } from '../../src/package-root.ts'
import { ana, opened } from '../support/conversation.ts'
import { deliver, mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { only, startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})
const start = async (desk: Record<string, unknown> = {}): Promise<TestGateway> => {
  gateway = await startGateway({ desks: [{ desk: testDesk(desk) }], at: '2026-11-23T09:00:00Z' })
  return gateway
}
const canary = 'canary-c0ffee'

const hostileNames = [
  '\u200b.htaccess',
  '../../../etc/cron.d/x',
  '..\\..\\x',
  'C:\\x',
  'con.txt',
  'a\0b.txt',
  'n'.repeat(300),
  'a\u202efdp.exe.pdf',
  '/etc/passwd',
  '$(id).pdf',
]

test('T06: hostile names of files write nothing anywhere, and what is relayed is named without path or control', async () => {
  const gateway = await start()
  const { told, number } = await opened(gateway, {
    attachments: hostileNames.map((filename) => ({
      filename,
      content: `of ${filename}`,
      contentType: 'application/pdf',
    })),
  })
  const rows = await gateway.database.sql<{ filename: string | null; sha: string }[]>`
    select filename, encode(sha256, 'hex') as sha from attachment where ticket = ${number}`
  expect(rows.length).toBe(hostileNames.length)
  for (const { sha } of rows) expect(sha).toMatch(/^[0-9a-f]{64}$/)
  const sent = await gateway.reply(told, {
    from: ana,
    text: 'Here you are.',
    attachments: hostileNames.map((filename) => ({ filename, content: canary, contentType: 'application/pdf' })),
  })
  const files = only(sent, 'carla@client.test').attachments
  expect(files.length).toBeGreaterThan(5)
  for (const { filename = '' } of [...files, ...told.attachments]) {
    expect(filename).not.toMatch(/^\.|^con\./)
    expect([...filename].some((letter) => (letter.codePointAt(0) ?? 0) < 32)).toBe(false)
    expect(filename).not.toMatch(/[/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
    expect(filename.length).toBeLessThan(256)
  }
  for (const folder of [tmpdir(), packageRoot, process.cwd(), '/', '/etc', `${packageRoot}/..`])
    expect(readdirSync(folder).filter((name) => /htaccess$|^x$|fdp\.exe|^con\.txt|^n{50}|^C:/.test(name))).toEqual([])
})

test('T17: texts that are made to slow a reader of replies down are split in no time', () => {
  const long = 50_000
  const bodies = [
    ' on '.concat('x'.repeat(200), ' at ').repeat(1000),
    '>'.repeat(1_000_000),
    '> '.repeat(200_000),
    '\n'.repeat(100_000),
    'On '.repeat(long),
    `On ${'a '.repeat(long)}wrote:`,
    `Le ${'a '.repeat(long)}a écrit :`,
    `${'-'.repeat(long)}Original Message${'-'.repeat(long)}`,
    'From: a\nSent: b\nTo: c\nSubject: d\n'.repeat(10_000),
    '--\n'.repeat(long),
    '-- \n-- \n'.repeat(long),
    `${'_'.repeat(long)}\n`.repeat(5),
    'Sent from my '.repeat(long),
    '12:34 <a@b.c> wrote:\n'.repeat(20_000),
    `${' '.repeat(long)}x\n`.repeat(5),
    'Cordialement,\n'.repeat(long),
    '\u00a0'.repeat(500_000),
    '| '.repeat(200_000),
    `${'<'.repeat(long)}${'>'.repeat(long)}`,
    '*'.repeat(500_000),
  ]
  for (const body of bodies)
    for (const around of [body, `Yes.\n\n${body}`, `${body}\n\nYes.`]) {
      const from = performance.now()
      splitReply(around, null)
      // Twenty times what the slowest takes on a slow machine: only a square of the length exceeds it.
      expect(performance.now() - from, around.slice(0, 30)).toBeLessThan(10_000)
    }
})

describe('T33: an address that counts goes to its own domain whoever reads it', () => {
  const piece = fc.constantFrom(
    'a',
    'b.c',
    '"x@y"',
    '"',
    '<',
    '>',
    '@',
    ',',
    ';',
    ':',
    '(',
    ')',
    '\\',
    ' ',
    '.',
    '..',
    'corp.test',
    'evil.test',
    '\u0000',
    'é',
    '[127.0.0.1]',
    '=?utf-8?q?a?=',
    '%',
    '+',
    '!',
    '\r\n ',
    '\t',
  )
  const pieces = fc.array(piece, { minLength: 1, maxLength: 5 }).map((list) => list.join(''))
  const local = fc.oneof(
    pieces,
    pieces.map((text) => `"${text}"`),
  )
  const written = fc.oneof(
    pieces,
    local.map((text) => `${text}@corp.test`),
  )

  test('of any characters', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(written, async (text) => {
        const ours = strictAddrSpec(text)
        if (ours === undefined) return
        accepted += 1
        const other = await simpleParser(`To: <${ours}>\r\n\r\nx`)
        const [to] = [other.to ?? []].flat()
        const domain = (address: string | undefined): string => (address ?? '').split('@').at(-1)?.toLowerCase() ?? ''
        expect(to?.value.map(({ address }) => domain(address))).toEqual([domain(ours)])
      }),
      { numRuns: 3000 },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  test.each([
    '"x@gmail.test x"@internal.test',
    '"<x@gmail.test>"@internal.test',
    '"=?utf-8?q?a?= a"@corp.test',
    'a@b.test@c.test',
    'a@b.test, c@d.test',
    'a@b.test>c@d.test',
    '<a@b.test>',
    'a b@c.test',
    'a@[127.0.0.1]',
    'a@b.test\r\nBcc: c@d.test',
    'a@b.test\0',
    'a@-b.test',
    '@b.test',
    'a@',
    'a',
    '',
  ])('%s is none', (text) => expect(strictAddrSpec(text)).toBeUndefined())
})

test('T48: there is one reading of a mail, the plain text, for page, staff and relay alike', async () => {
  const gateway = await start()
  const { ack, told } = await opened(gateway, { text: 'What everybody reads.', html: `<p>Hidden: ${canary}</p>` })
  const sent = await gateway.reply(told, { from: ana, text: 'Answer that counts.', html: `<p>Other: ${canary}</p>` })
  expect(only(sent, 'carla@client.test').text).toContain('Answer that counts.')
  const page = /(\/t\/[\w.~-]+)/.exec(ack.html)?.[1] ?? ''
  const shown = await (await fetch(`${gateway.web}${page}`)).text()
  expect(shown).toContain('What everybody reads.')
  expect([shown, ...gateway.sent.map((mail) => mail.raw)].some((text) => text.includes(canary))).toBe(false)
})

test('T48: what a mail says lies elsewhere is not fetched and stays a name', async () => {
  const message = await parseMail(
    Buffer.from(
      mailOf(
        [
          'From: a@b.test',
          'Subject: x',
          'Content-Type: message/external-body; access-type=URL; URL="http://169.254.169.254/latest"',
        ],
        'Content-Type: text/plain\n\nphantom',
      ),
    ),
  )
  expect(message.text).not.toContain('169.254')
})

test('T50: an encrypted part stays an attachment: nothing of it is read, quoted or relayed', async () => {
  const gateway = await start()
  const { told, number } = await opened(gateway)
  const body = [
    '--b',
    'Content-Type: application/pgp-encrypted',
    '',
    'Version: 1',
    '--b',
    'Content-Type: application/octet-stream; name=encrypted.asc',
    '',
    `-----BEGIN PGP MESSAGE-----\n${canary}\n-----END PGP MESSAGE-----`,
    '--b--',
    '',
  ].join('\n')
  await deliver(
    gateway,
    mailOf(
      [
        'Authentication-Results: guichet.test; dmarc=pass header.from=client.test',
        'From: carla@client.test',
        'To: help@guichet.test',
        'Subject: Re: [HLP-1] secret',
        'Message-ID: <pgp@client.test>',
        'MIME-Version: 1.0',
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
      ],
      body,
    ),
    'help@guichet.test',
    { mailFrom: 'carla@client.test' },
  )
  await gateway.take()
  const sent = await gateway.reply(told, { from: ana, text: 'I cannot read that.' })
  expect(only(sent, 'carla@client.test').raw).not.toContain(canary)
  expect((await gateway.ticket(number)).entries.some((entry) => entry.text.includes(canary))).toBe(false)
})

test('T52: quotes, wildcards and statements in addresses, subjects, names and searches stay text', async () => {
  const gateway = await start()
  const nasty = [
    "'; drop table ticket; --",
    "' or '1'='1",
    '%_%',
    "\\'; select pg_sleep(10); --",
    '$1 $x {{x}} :x',
    'x"; delete from entry where "1"="1',
    "E'\\x27' || chr(39)",
    '& | ! ( ) <-> :*',
  ]
  for (const [n, text] of nasty.entries())
    await gateway.write({
      from: `"${text.replace(/["\\]/g, '')}" <o'brien${n}@client.test>`,
      to: 'help@guichet.test',
      subject: text,
      text,
      messageId: `<${n}'"--@client.test>`,
    })
  await gateway.app.settle()
  await gateway.take()
  const [row] = await gateway.database.sql<{ tickets: number; parked: number }[]>`
    select (select count(*)::int from ticket) as tickets, (select count(*)::int from inbound where state = 'parked') as parked`
  expect(row).toEqual({ tickets: nasty.length, parked: 0 })
  expect((await gateway.ticket(1)).subject).toBe(nasty[0])
  for (const text of nasty) {
    const sent = await gateway.exchange({
      from: ana,
      to: 'help@guichet.test',
      subject: 'search',
      text: `#search ${text}`,
    })
    expect(sent.filter((mail) => mail.to !== 'ana@staff.test')).toEqual([])
  }
  expect((await gateway.ticket(2)).subject).toBe(nasty[1])
})

test('T56: headers, fields and addresses named like properties of objects change no object', async () => {
  const gateway = await start()
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
  await deliver(
    gateway,
    mailOf(
      [
        'Authentication-Results: guichet.test; dmarc=pass header.from=client.test',
        'From: "__proto__" <__proto__@client.test>',
        'To: help@guichet.test, constructor@guichet.test',
        'Subject: __proto__ [constructor-1]',
        'Message-ID: <__proto__@client.test>',
        ...names.map((name) => `${name}: {"x": 1}`),
        `Content-Type: text/plain; __proto__=x; constructor=y`,
      ],
      '#__proto__ x\n#constructor y\n\nHello',
    ),
    'help@guichet.test',
    { mailFrom: '__proto__@client.test' },
  )
  await gateway.take()
  const sent = await gateway.exchange({
    from: ana,
    to: 'help@guichet.test',
    subject: 'x',
    text: '#__proto__ x\n#constructor y\n#status __proto__\n#field constructor=1\n#list queue __proto__',
  })
  expect(sent.every((mail) => mail.to === 'ana@staff.test')).toBe(true)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>).x).toBeUndefined()
  expect((await gateway.ticket(1)).people.map((person) => person.address)).toEqual(['__proto__@client.test'])
})
