// A whole gateway for stories: real PostgreSQL, real SMTP reception, a clock of its own, outgoing mail caught as bytes. Nothing runs by
// itself: `settle` works everything off.

import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { type App, createApp } from '../../src/app.ts'
import { transaction } from '../../src/db/transaction.ts'
import type { Desk } from '../../src/desks/desk.ts'
import { saveContacts } from '../../src/desks/store.ts'
import { prepareDesk, prepareInstance } from '../../src/gateway/running-desk.ts'
import { buildAddressBook } from '../../src/inbound/route.ts'
import { createLog } from '../../src/log.ts'
import type { Authentication } from '../../src/mail/authentication.ts'
import { createKeys } from '../../src/mail/token.ts'
import { loadTemplates } from '../../src/outbound/template-folder.ts'
import type { Delivery, Parcel } from '../../src/outbound/transport.ts'
import { packageRoot } from '../../src/package-root.ts'
import type { CompiledRule } from '../../src/rules/rule.ts'
import { takeNumbers } from '../../src/tickets/store.ts'
import { createTestDatabase, type TestDatabase } from './postgres.ts'

export interface Sent {
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly replyTo: string
  readonly messageId: string
  readonly headers: ReadonlyMap<string, unknown>
  readonly attachments: readonly { readonly filename: string | undefined; readonly content: Buffer }[]
  readonly envelopeFrom: string
  readonly raw: string
}

export interface Written {
  readonly from: string
  readonly to: string | readonly string[]
  readonly subject?: string
  readonly text?: string
  readonly html?: string
  readonly cc?: string
  /** `pass`, `fail`, or null for no result. */
  readonly auth?: 'pass' | 'fail' | 'none' | null
  readonly inReplyTo?: string
  readonly references?: string
  readonly messageId?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly attachments?: readonly {
    readonly filename: string
    readonly content: string | Buffer
    readonly contentType?: string
  }[]
  readonly envelopeFrom?: string
  /** SMTP AUTH. */
  readonly as?: { readonly user: string; readonly password: string }
}

export interface TestGateway {
  readonly app: App
  readonly database: TestDatabase
  readonly sent: Sent[]
  /** What was sent since the last call. */
  readonly take: () => Promise<Sent[]>
  readonly write: (mail: Written) => Promise<void>
  /** Writes, settles and gives what was sent because of it. */
  readonly exchange: (mail: Written) => Promise<Sent[]>
  readonly reply: (to: Sent, mail: Omit<Written, 'to'> & { readonly to?: string }) => Promise<Sent[]>
  readonly advance: (ms: number) => Promise<Sent[]>
  readonly contact: (
    desk: string,
    address: string,
    options?: { name?: string; language?: string; attributes?: Record<string, string>; organisation?: string },
  ) => Promise<void>
  readonly now: () => Date
  readonly web: string
  /** Answers of the next server, by recipient. */
  readonly answers: Map<string, Delivery>
  readonly close: () => Promise<void>
}

const trusted = (header: string | undefined): Authentication => {
  const result = /dmarc=(pass|fail|none)/.exec(header ?? '')?.[1]
  return {
    result: result === 'pass' ? 'pass' : result === 'fail' ? 'fail' : 'none',
    by: result ? 'authentication-results' : 'nobody',
    detail: result ? `dmarc=${result}` : 'no result',
  }
}

export async function startGateway(options: {
  readonly desks: readonly { readonly desk: Desk; readonly rules?: readonly CompiledRule[] }[]
  readonly at: string
  readonly login?: (user: string, password: string) => string | null
}): Promise<TestGateway> {
  const database = await createTestDatabase()
  let time = new Date(options.at)
  const desks = options.desks.map(({ desk, rules }) => prepareDesk(desk, rules ?? []))
  const { templates, faults } = await loadTemplates(
    `${packageRoot}/templates`,
    desks.map((d) => d.desk),
  )
  if (faults.some((f) => !f.message.startsWith('missing'))) throw new Error(JSON.stringify(faults.slice(0, 5)))
  const instance = prepareInstance({
    desks,
    keys: createKeys(['a secret of the tests']),
    publicUrl: 'http://status.test',
    replyDomain: 'reply.guichet.test',
    addressBook: buildAddressBook(
      desks.map((d) => d.desk),
      'reply.guichet.test',
    ),
  })
  const parcels: Parcel[] = []
  const answers = new Map<string, Delivery>()
  const app = createApp({
    sql: database.sql,
    log: createLog({ level: process.env['TEST_LOG'] === '1' ? 'info' : 'silent', readable: true, addresses: 'whole' }),
    instance,
    settings: { templates, publicUrl: 'http://status.test', signer: null },
    transport: {
      width: 4,
      send: async (parcel, beforeBody) => {
        const answer = answers.get(parcel.recipient)
        if (answer && answer.state !== 'sent' && answer.state !== 'uncertain') return answer
        if (!(await beforeBody())) return { state: 'withdrawn' }
        if (answer?.state === 'uncertain') return answer
        parcels.push(parcel)
        return { state: 'sent', response: '250 ok' }
      },
      rest: () => undefined,
      close: () => undefined,
    },
    authenticate: async (claimed, parsed) => {
      if (claimed.envelope.authUser === 'portal') return { result: 'pass', by: 'portal', detail: 'portal' }
      if (claimed.envelope.authUser)
        return {
          result: claimed.envelope.authUser === parsed.message.from?.address ? 'pass' : 'fail',
          by: 'smtp-auth',
          detail: claimed.envelope.authUser,
        }
      return trusted(
        parsed.message.headers.find(
          ([name, value]) => /^authentication-results$/i.test(name) && value.startsWith('guichet.test'),
        )?.[1],
      )
    },
    login: async (user, password) => {
      const found = options.login?.(user, password) ?? null
      return found === null ? null : { user: found }
    },
    roles: ['inbound', 'worker', 'outbound', 'web'],
    smtp: { host: '127.0.0.1', port: 0 },
    lmtp: null,
    web: { host: '127.0.0.1', port: 0 },
    smtpOptions: { hostname: 'gateway.test' },
    supervisorToken: 'supervisor-token-of-the-tests',
    publicUrl: null,
    clock: () => time,
  })
  const addresses = await app.listen()
  const port = Number(addresses.smtp?.split(':').at(-1))
  const sent: Sent[] = []
  let taken = 0
  const take = async (): Promise<Sent[]> => {
    for (const parcel of parcels.splice(0)) sent.push(await read(parcel))
    const fresh = sent.slice(taken)
    taken = sent.length
    return fresh
  }
  let serial = 0
  const write = async (mail: Written): Promise<void> => {
    serial += 1
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      secure: false,
      ignoreTLS: true,
      ...(mail.as ? { auth: { user: mail.as.user, pass: mail.as.password } } : {}),
    })
    const auth = mail.auth === undefined ? 'pass' : mail.auth
    const domain = mail.from.slice(mail.from.lastIndexOf('@') + 1).replace(/>.*/, '')
    await transport.sendMail({
      from: mail.from,
      to: mail.to as string | string[],
      subject: mail.subject ?? '',
      ...(mail.text === undefined ? {} : { text: mail.text }),
      ...(mail.html === undefined ? {} : { html: mail.html }),
      ...(mail.cc ? { cc: mail.cc } : {}),
      messageId: mail.messageId ?? `<m${serial}.${Math.floor(time.getTime() / 1000)}@${domain}>`,
      date: time,
      ...(mail.inReplyTo ? { inReplyTo: mail.inReplyTo } : {}),
      ...(mail.references ? { references: mail.references } : {}),
      headers: {
        ...(auth === null ? {} : { 'Authentication-Results': `guichet.test; dmarc=${auth} header.from=${domain}` }),
        ...mail.headers,
      },
      attachments: (mail.attachments ?? []).map((a) => ({ ...a })),
      ...(mail.envelopeFrom === undefined
        ? {}
        : { envelope: { from: mail.envelopeFrom, to: mail.to as string | string[] } }),
    })
    transport.close()
  }
  const exchange = async (mail: Written): Promise<Sent[]> => {
    await write(mail)
    await app.settle()
    return take()
  }
  return {
    app,
    database,
    sent,
    take,
    write,
    exchange,
    answers,
    reply: (to, mail) =>
      exchange({
        to: to.replyTo || to.from,
        subject: /^re:/i.test(to.subject) ? to.subject : `Re: ${to.subject}`,
        inReplyTo: to.messageId,
        references: to.messageId,
        ...mail,
        text: `${mail.text ?? ''}\n\nOn Monday, ${to.from} wrote:\n${to.text
          .split('\n')
          .map((line) => `> ${line}`)
          .join('\n')}\n`,
      }),
    advance: async (ms) => {
      time = new Date(time.getTime() + ms)
      await app.settle()
      return take()
    },
    contact: async (desk, address, { name = '', language, attributes = {}, organisation } = {}) => {
      const numbers = await takeNumbers(
        database.sql,
        new Map([[desk, { tickets: 0, persons: 1, outbound: 0, holds: 0 }]]),
      )
      await transaction(database.sql, (tx) =>
        saveContacts(
          tx,
          [
            {
              desk,
              key: address,
              name,
              language: language ?? null,
              phone: null,
              organisation: organisation ?? null,
              attributes,
              active: true,
              addresses: [{ address, id: numbers.get(desk)?.person ?? 0 }],
            },
          ],
          time,
        ),
      )
    },
    now: () => time,
    web: `http://${addresses.web}`,
    close: async () => {
      await app.stop({ drainMs: 500 })
      await database.drop()
    },
  }
}

async function read(parcel: Parcel): Promise<Sent> {
  const mail = await simpleParser(parcel.bytes, { skipTextToHtml: true })
  return {
    to: parcel.recipient,
    from: mail.from?.value[0]?.address ?? '',
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    replyTo: mail.replyTo?.value[0]?.address ?? '',
    messageId: mail.messageId ?? '',
    headers: mail.headers,
    attachments: mail.attachments.map((a) => ({ filename: a.filename, content: a.content })),
    envelopeFrom: parcel.envelopeFrom,
    raw: parcel.bytes.toString('latin1'),
  }
}
