// A whole gateway for stories: real PostgreSQL, real SMTP reception, a clock of its own, outgoing mail sent to a real sink. Nothing runs by
// itself: `settle` works everything off.

import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { type App, type AppOptions, createApp } from '../../src/app.ts'
import { transaction } from '../../src/db/transaction.ts'
import type { Desk } from '../../src/desks/desk.ts'
import { saveContacts } from '../../src/desks/store.ts'
import { prepareDesk, prepareInstance } from '../../src/gateway/running-desk.ts'
import { buildAddressBook } from '../../src/inbound/route.ts'
import { createLog } from '../../src/log.ts'
import type { Authentication } from '../../src/mail/authentication.ts'
import { createKeys } from '../../src/mail/token.ts'
import { createSmtpTransport } from '../../src/outbound/smtp-transport.ts'
import { loadTemplates, type Templates } from '../../src/outbound/template-folder.ts'
import type { Delivery, Parcel } from '../../src/outbound/transport.ts'
import { packageRoot } from '../../src/package-root.ts'
import type { CompiledRule } from '../../src/rules/context.ts'
import { takeNumbers } from '../../src/tickets/store.ts'
import { createTestDatabase, type TestDatabase } from './postgres.ts'
import { startSink } from './sink.ts'

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
  /** The whole mail as bytes in latin1; everything else but the envelope is left out. */
  readonly raw?: string
  /** What the Date field says; absent: now. */
  readonly date?: Date
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
  /** From now on the desks are these: somebody left, a status was renamed. */
  readonly configure: (desks: readonly Desk[]) => Promise<void>
  readonly ticket: (number: number, desk?: string) => Promise<TicketFound>
  readonly trail: () => Promise<string[]>
  readonly now: () => Date
  readonly web: string
  /** Answers of the next server, by recipient. */
  readonly answers: Map<string, Delivery>
  readonly close: () => Promise<void>
}

/** What stands in the database about a ticket. */
export interface TicketFound {
  readonly status: string
  readonly priority: string
  readonly type: string
  readonly queue: string
  readonly assignee: string | null
  readonly subject: string
  readonly channel: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
  readonly reopens: number
  readonly updatedAt: Date
  readonly people: readonly { readonly address: string; readonly role: string; readonly muted: boolean }[]
  readonly entries: readonly {
    readonly kind: string
    readonly public: boolean
    readonly author: string | null
    readonly text: string
    readonly data: Readonly<Record<string, unknown>>
  }[]
  readonly links: readonly string[]
  readonly clocks: readonly { readonly name: string; readonly state: string; readonly stage: string }[]
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
  /** Another installation has another one. */
  readonly secret?: string
  /** Instead of those of the project. */
  readonly templates?: Templates
  /** Parts that are otherwise left out: mail sources, alarms. */
  readonly app?: (database: TestDatabase) => Partial<AppOptions>
}): Promise<TestGateway> {
  const database = await createTestDatabase()
  let time = new Date(options.at)
  const desks = options.desks.map(({ desk, rules }) => prepareDesk(desk, rules ?? []))
  // What is wrong with a template is the business of the templates' own tests.
  const templates =
    options.templates ??
    (
      await loadTemplates(
        `${packageRoot}/templates`,
        desks.map((d) => d.desk),
      )
    ).templates
  const keys = createKeys([options.secret ?? 'a secret of the tests'])
  const instance = prepareInstance({
    desks,
    keys,
    publicUrl: 'http://status.test',
    replyDomain: 'reply.guichet.test',
    addressBook: buildAddressBook(
      desks.map((d) => d.desk),
      'reply.guichet.test',
    ),
  })
  const parcels: Parcel[] = []
  const answers = new Map<string, Delivery>()
  const sink = await startSink()
  const relay = createSmtpTransport({
    host: '127.0.0.1',
    port: sink.port,
    secure: false,
    requireTls: false,
    user: null,
    password: null,
    name: 'gateway.test',
    connections: 4,
  })
  const app = createApp({
    sql: database.sql,
    log: createLog({ level: process.env.TEST_LOG === '1' ? 'info' : 'silent', readable: true, addresses: 'whole' }),
    instance,
    settings: { templates, publicUrl: 'http://status.test', signer: null },
    transport: {
      width: 4,
      send: async (parcel, beforeBody) => {
        const answer = answers.get(parcel.recipient)
        if (answer && answer.state !== 'sent' && answer.state !== 'uncertain') return answer
        if (answer?.state === 'uncertain') return (await beforeBody()) ? answer : { state: 'withdrawn' }
        const delivery = await relay.send(parcel, beforeBody)
        if (delivery.state === 'sent') parcels.push(parcel)
        return answer?.state === 'sent' ? answer : delivery
      },
      rest: relay.rest,
      close: relay.close,
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
    secret: async (reference) => ({ ok: true, value: `value of ${reference}` }),
    smtp: { host: '127.0.0.1', port: 0 },
    lmtp: null,
    web: { host: '127.0.0.1', port: 0 },
    smtpOptions: { hostname: 'gateway.test' },
    supervisorToken: 'supervisor-token-of-the-tests',
    publicUrl: null,
    clock: () => time,
    ...options.app?.(database),
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
    if (mail.raw !== undefined) {
      await transport.sendMail({
        raw: Buffer.from(mail.raw, 'latin1'),
        envelope: { from: mail.envelopeFrom ?? mail.from, to: mail.to as string | string[] },
      })
      transport.close()
      return
    }
    await transport.sendMail({
      from: mail.from,
      to: mail.to as string | string[],
      subject: mail.subject ?? '',
      ...(mail.text === undefined ? {} : { text: mail.text }),
      ...(mail.html === undefined ? {} : { html: mail.html }),
      ...(mail.cc ? { cc: mail.cc } : {}),
      messageId: mail.messageId ?? `<m${serial}.${Math.floor(time.getTime() / 1000)}@${domain}>`,
      date: mail.date ?? time,
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
    configure: async (list) => {
      const running = list.map((desk) =>
        prepareDesk(desk, options.desks.find((d) => d.desk.desk === desk.desk)?.rules ?? []),
      )
      const next = await loadTemplates(`${packageRoot}/templates`, list)
      app.reload({
        instance: prepareInstance({
          desks: running,
          keys,
          publicUrl: 'http://status.test',
          replyDomain: 'reply.guichet.test',
          addressBook: buildAddressBook(list, 'reply.guichet.test'),
        }),
        settings: { templates: next.templates, publicUrl: 'http://status.test', signer: null },
      })
    },
    ticket: (number, desk = 'help') => findTicket(database, desk, number),
    trail: async () => {
      const [row] = await database.sql<
        { trail: { code: string }[] }[]
      >`select trail from inbound where trail is not null order by settled_at desc, raw desc limit 1`
      return row?.trail.map((line) => line.code) ?? []
    },
    now: () => time,
    web: `http://${addresses.web}`,
    close: async () => {
      await app.stop({ drainMs: 500 })
      relay.close()
      await sink.close()
      await database.drop()
    },
  }
}

async function findTicket({ sql }: TestDatabase, desk: string, number: number): Promise<TicketFound> {
  const [row] = await sql<TicketFound[]>`
    select status, priority, type, queue, assignee, subject, channel, fields, tags, reopens, updated_at as "updatedAt",
      array(select json_build_object('address', p.address, 'role', q.role, 'muted', q.muted) from participant q join person p on p.desk = q.desk and p.id = q.person where q.desk = t.desk and q.ticket = t.number order by q.role desc, p.address) as people,
      array(select json_build_object('kind', kind, 'public', public, 'author', author, 'text', text, 'data', data) from entry e where e.desk = t.desk and e.ticket = t.number order by id) as entries,
      array(select kind || ' ' || to_desk || '#' || to_ticket from ticket_link l where l.desk = t.desk and l.ticket = t.number order by 1) as links,
      array(select json_build_object('name', name, 'state', state, 'stage', stage) from clock c where c.desk = t.desk and c.ticket = t.number order by name) as clocks
    from ticket t where desk = ${desk} and number = ${number}`
  if (!row) throw new Error(`no ticket ${desk} ${number}`)
  return row
}

/** The one mail to an address; throws when there is none or several. */
export function only(mails: readonly Sent[], to: string): Sent {
  const found = mails.filter((mail) => mail.to === to)
  const [mail] = found
  if (!mail || found.length > 1)
    throw new Error(`${found.length} mails to ${to}, among ${mails.map((m) => `${m.to}: ${m.subject}`).join(' | ')}`)
  return mail
}

/** The address behind a signed choice that a mail offers, by the link’s words. */
export function choiceIn(mail: Sent, words: RegExp): string {
  for (const match of mail.html.matchAll(/<a\b[^>]*href="mailto:([^"?]+)[^"]*"[^>]*>([\s\S]*?)<\/a>/g))
    if (words.test((match[2] ?? '').replace(/<[^>]*>/g, ''))) return match[1] ?? ''
  throw new Error(`no choice ${words} in: ${mail.text}`)
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
