import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { authenticate } from 'mailauth'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { readMessageId, readReplyAddress } from '../../src/mail/message-id.ts'
import { type ComposeInput, type ComposeSettings, composeMail } from '../../src/outbound/compose.ts'
import { createSigner } from '../../src/outbound/dkim.ts'
import type { MailDraft } from '../../src/outbound/draft.ts'
import { loadTemplates } from '../../src/outbound/template-folder.ts'
import { packageRoot } from '../../src/package-root.ts'
import { deskOf, draftOf, ticketOf } from './support/desk.ts'
import { settingsWith } from './support/settings.ts'

const desk = deskOf()
const { templates } = await loadTemplates(`${packageRoot}/templates`, [desk])
const now = new Date('2025-03-03T09:00:00Z')
const settings = settingsWith(templates)
const { keys } = settings

const compose = (
  overrides: Partial<MailDraft> = {},
  input: Partial<ComposeInput> = {},
  other: Partial<ComposeSettings> = {},
) =>
  composeMail(
    {
      draft: draftOf(overrides),
      desk,
      id: 77,
      person: 5,
      subjectId: null,
      now,
      seed: '0123456789abcdef',
      files: [],
      ...input,
    },
    { ...settings, ...other },
  )

/** Name and unfolded value of each field, top to bottom. */
function fieldsOf(bytes: Buffer): [string, string][] {
  const header = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ')
  return header.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
}
const fieldValue = (bytes: Buffer, name: string): string | undefined =>
  fieldsOf(bytes).find(([known]) => known === name)?.[1]

describe('an automatic mail to a customer', () => {
  const mail = compose({ inReplyTo: 'first@client.test', references: ['older@client.test'] })

  test('has exactly these fields', () => {
    expect(fieldsOf(mail.bytes).map(([name]) => name)).toEqual([
      'From',
      'To',
      'Reply-To',
      'Subject',
      'Date',
      'Message-ID',
      'In-Reply-To',
      'References',
      'Auto-Submitted',
      'X-Auto-Response-Suppress',
      'List-Unsubscribe',
      'X-Guichet-Loop',
      'Content-Language',
      'MIME-Version',
      'Content-Type',
    ])
  })

  test('comes from the desk, answers to a signed address, and says in the thread who it is', () => {
    expect(fieldValue(mail.bytes, 'From')).toBe('"Le Garage" <garage@desk.test>')
    const reply = /<(.+)>/.exec(fieldValue(mail.bytes, 'Reply-To') ?? '')?.[1] ?? ''
    const payload = readReplyAddress(reply, new Set(['reply.desk.test']))?.payload ?? ''
    expect(keys.verify('garage', payload, now)).toMatchObject({ purpose: 'c', id: 12, person: 5 })
    expect(readMessageId(mail.messageId)).toEqual({ desk: 'garage', payload, outbound: 77 })
    expect(fieldValue(mail.bytes, 'References')).toBe(`<${mail.messageId}> <older@client.test> <first@client.test>`)
    expect(fieldValue(mail.bytes, 'In-Reply-To')).toBe('<first@client.test>')
    expect(mail.bytes.toString()).toContain(`Ref: GAR-12/${payload}`)
    expect(
      keys.verify('garage', readReplyAddress(mail.envelopeFrom, new Set(['reply.desk.test']))?.payload ?? '', now),
    ).toMatchObject({ purpose: 'b', id: 77 })
  })

  test('is marked as automatic and offers to be muted', () => {
    expect(fieldValue(mail.bytes, 'Auto-Submitted')).toBe('auto-replied')
    expect(fieldValue(mail.bytes, 'List-Unsubscribe')).toMatch(/^<mailto:garage\+m/)
    expect(fieldValue(mail.bytes, 'Precedence')).toBeUndefined()
  })
})

test('an answer that a person wrote carries no mark of automatic mail', () => {
  const mail = compose({ template: 'reply', automatic: null, data: { text: 'Bonjour' }, author: 'ana@staff.test' })
  const names = fieldsOf(mail.bytes).map(([name]) => name)
  for (const name of ['Auto-Submitted', 'X-Auto-Response-Suppress', 'List-Unsubscribe', 'Sender', 'Precedence'])
    expect(names).not.toContain(name)
  expect(mail.bytes.toString()).not.toContain('ana@staff.test')
})

test.each([
  [false, '"Le Garage" <garage@desk.test>'],
  [true, '"Ana Prieto (Le Garage)" <garage@desk.test>'],
])('the name of the agent is shown when the desk says so: %s', (show, from) => {
  const mail = compose(
    { template: 'reply', automatic: null, data: { text: 'Bonjour', agent: 'Ana Prieto' } },
    { desk: deskOf({ 'show-agent-name': show }) },
  )
  expect(fieldValue(mail.bytes, 'From')).toBe(from)
})

test('the token stands once in the subject, however often one replies', () => {
  for (const subject of ['La porte', 'Re: [GAR-12] La porte', 'RE: AW: [gar-12] [GAR-12] La porte'])
    expect(compose({ ticket: ticketOf({ subject }) }).subject).toBe('Re: [GAR-12] La porte')
})

test('a mail to somebody unauthenticated repeats nothing of theirs (T07)', () => {
  const canary = 'zq7canary'
  const mail = compose({
    to: { address: 'victim@client.test', name: `Buy ${canary}`, person: 5 },
    ticket: ticketOf({
      subject: `Visit ${canary}`,
      fields: { plate: canary },
      participants: ticketOf().participants.map((p) => ({ ...p, name: canary, address: 'victim@client.test' })),
    }),
    withoutSender: true,
    // Notes are the desk's own sentences: rules leave out those with places that the mail fills.
    data: { text: canary, captures: { x: canary }, from: canary, given: canary },
  })
  expect(mail.bytes.toString()).not.toContain(canary)
  expect(mail.subject).toBe('[GAR-12] Nous avons bien reçu votre demande')
})

test('a customer sees public fields only, staff all that the desk declares', () => {
  expect(compose().bytes.toString()).not.toContain('interne')
  const staff = compose({
    template: 'agent-new-ticket',
    role: 'agent',
    data: { mark: 'k3' },
    ticket: ticketOf({ fields: { plate: 'AB-123', cost: '40', awaiting: 'confirmation' } }),
  }).bytes.toString()
  expect(staff).toContain('Co=C3=BBt interne')
  expect(staff).not.toContain('awaiting')
})

test('staff read whose request it is: the name with the address, or the address once', async () => {
  const shown = async (name: string): Promise<string> => {
    const participants = ticketOf().participants.map((p) => ({ ...p, name }))
    const mail = compose({ template: 'show', role: 'agent', ticket: ticketOf({ participants }), data: { mark: 'k3' } })
    return (await simpleParser(mail.bytes)).text ?? ''
  }
  expect(await shown('Zoé Marin')).toContain('Zoé Marin <zoe@client.test>')
  for (const name of ['', 'zoe@client.test']) {
    const text = await shown(name)
    expect(text).toContain('zoe@client.test')
    expect(text).not.toContain('<zoe@client.test>')
  }
})

test('answering a held mail of one’s own carries the release', () => {
  const mail = compose(
    { template: 'held-yours', role: 'agent', choices: ['r', 'd'], replyPurpose: 'r', data: { why: 'x', text: 'y' } },
    { subjectId: 31 },
  )
  expect(keys.verify('garage', readMessageId(mail.messageId)?.payload ?? '', now)).toMatchObject({
    purpose: 'r',
    id: 31,
    person: 5,
  })
})

test('the same draft gives the same bytes', () => {
  expect(compose().bytes.equals(compose().bytes)).toBe(true)
})

test('files and an invitation go along, whatever their names', async () => {
  const files = [
    { filename: 'données “été” 2025.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1') },
    { filename: 'a"b\r\nBcc: x@y.zz', contentType: 'text/plain\r\nBcc: x@y.z', content: Buffer.from('plain') },
    { filename: null, contentType: 'message/rfc822', content: Buffer.from('Subject: other\r\n\r\nx') },
  ]
  const calendar = { method: 'REQUEST', text: 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n' } as const
  const mail = compose({ template: 'visit-proposed', calendar, data: { text: 'à bientôt' } }, { files })
  const parsed = await simpleParser(mail.bytes)
  expect(parsed.attachments.map((a) => [a.filename, a.contentType, a.content.toString()])).toEqual([
    [undefined, 'text/calendar', expect.stringContaining('METHOD:REQUEST')],
    ['données “été” 2025.pdf', 'application/pdf', '%PDF-1'],
    ['a_b Bcc_ x@y.zz', 'application/octet-stream', 'plain'],
    ['file-3', 'application/octet-stream', expect.stringContaining('other')],
  ])
  expect(parsed.text).toContain('à bientôt')
})

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\r',
      '\n',
      '\0',
      '\u000b',
      '\u2028',
      '\u2029',
      '\u0085',
      '\ue00a',
      '\ue05b',
      '\ud800',
      '<',
      '>',
      '"',
      '\\',
      '{{',
      '}}',
      '|',
      '[',
      ']',
      '(',
      ')',
      '#',
      '- ',
      '**',
      '\r\nBcc: a@b.c\r\n',
      '=?utf-8?q?=0ABcc:?=',
      '.',
      '\r\n.\r\n',
      'é',
      '漢',
      '👍',
    ),
    fc.string({ maxLength: 3 }),
  ),
  maxLength: 40,
})

test('whatever stands in names, subjects, texts, files and ids, the mail has the fields it was meant to have (T32)', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, nasty, nasty, async (name, subject, text, filename, id) => {
      const mail = compose(
        {
          template: 'agent-customer-mail',
          role: 'agent',
          to: { address: 'ana@staff.test', name, person: 5 },
          ticket: ticketOf({ subject, fields: { plate: name } }),
          inReplyTo: id,
          references: [id, `${id}@x`],
          data: {
            text,
            from: name,
            mark: 'k3j5',
            facts: [{ name: text, value: name }],
            attachments: [filename],
            replies: true,
            replyTo: [name],
          },
          choices: [],
        },
        { files: [{ filename, contentType: text, content: Buffer.from(text) }] },
      )
      const names = fieldsOf(mail.bytes).map(([field]) => field)
      expect(names.filter((field) => !['In-Reply-To', 'References'].includes(field))).toEqual([
        'From',
        'To',
        'Reply-To',
        'Subject',
        'Date',
        'Message-ID',
        'Auto-Submitted',
        'X-Auto-Response-Suppress',
        'X-Guichet-Loop',
        'Content-Language',
        'MIME-Version',
        'Content-Type',
      ])
      const parsed = await simpleParser(mail.bytes, { skipHtmlToText: true, skipTextToHtml: true })
      expect([...parsed.headers.keys()].sort()).toEqual([...new Set(names.map((field) => field.toLowerCase()))].sort())
      expect(parsed.attachments).toHaveLength(1)
      expect(parsed.to).toMatchObject({ value: [{ address: 'ana@staff.test' }] })
      for (const line of mail.bytes.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
    }),
    { numRuns: 1_000 },
  )
})

test('what a customer wrote is text in html, never a tag, a link, a heading or a variable (T03, T42)', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => {
      const plain = await simpleParser(
        compose({ template: 'agent-customer-mail', role: 'agent', data: { text: 'plain', from: 'x', mark: 'k' } })
          .bytes,
        { skipHtmlToText: true, skipTextToHtml: true },
      )
      const parsed = await simpleParser(
        compose({ template: 'agent-customer-mail', role: 'agent', data: { text: `x${text}`, from: 'x', mark: 'k' } })
          .bytes,
        { skipHtmlToText: true, skipTextToHtml: true },
      )
      const tags = (html: string | false): string[] =>
        [...String(html).matchAll(/<\/?(?!br)[a-z!][^>]*>/g)].map(([tag]) => tag.replace(/;white-space:pre-wrap/, ''))
      expect(tags(parsed.html)).toEqual(tags(plain.html))
    }),
    { numRuns: 500 },
  )
})

test.each(['rsa', 'ed25519'] as const)(
  'a %s signature verifies, and breaks with the body or the sender',
  async (kind) => {
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
    const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const der = pair.publicKey.export({ type: 'spki', format: 'der' })
    const record =
      kind === 'rsa'
        ? `v=DKIM1; k=rsa; p=${der.toString('base64')}`
        : `v=DKIM1; k=ed25519; p=${der.subarray(-32).toString('base64')}`
    const resolver = async (name: string): Promise<string[][]> => {
      if (name === 'sel._domainkey.desk.test') return [[record]]
      throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
    }
    const { bytes } = compose(
      { data: { notes: ['  deux  blancs  ', 'Arabe : مرحبا'] } },
      {},
      { signer: createSigner({ domain: 'desk.test', selector: 'sel', key }) },
    )
    const verdict = async (mail: Buffer): Promise<string | undefined> =>
      (
        await authenticate(mail, {
          ip: '127.0.0.1',
          helo: 'gw.test',
          mta: 'mx.test',
          sender: 'a@desk.test',
          resolver,
          disableArc: true,
          disableBimi: true,
          disableDmarc: true,
        })
      ).dkim.results[0]?.status.result
    expect(await verdict(bytes)).toBe('pass')
    expect(
      await verdict(
        Buffer.from(
          bytes.toString('latin1').replace('GAR-12</title>', 'GAR-13</title>').replace('Elle porte', 'Il porte'),
          'latin1',
        ),
      ),
    ).not.toBe('pass')
    expect(await verdict(Buffer.from(`From: evil@desk.test\r\n${bytes.toString('latin1')}`, 'latin1'))).not.toBe('pass')
  },
)
