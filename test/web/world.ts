import type { Sql } from '../../src/db/pool.ts'
import { type Desk, deskSchema } from '../../src/desks/desk.ts'
import { statusToken, supervisorToken } from '../../src/mail/status-link.ts'
import { createKeys } from '../../src/mail/token.ts'
import type { WebDeps } from '../../src/web/answer.ts'
import { createMetrics } from '../../src/web/metrics.ts'

export const now = new Date('2026-03-10T09:30:00Z')
export const keys = createKeys(['a secret of the tests'])
export const bearer = 'the-supervisors-token-of-the-tests'
export const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000)

const basic = {
  prefix: 'BLU',
  address: 'blue@desk.test',
  language: 'fr',
  languages: ['fr', 'en', 'es'],
  calendar: { zone: 'Europe/Paris', week: { mon: ['09:00-17:00'] } },
  statuses: {
    new: {
      name: { fr: 'Ouvert', en: 'Open', es: 'Abierta' },
      kind: 'open',
      meaning: { fr: 'La demande a été envoyée', en: 'The request has been sent', es: 'La solicitud fue enviada' },
      acts: { fr: 'Accueil', en: 'Front desk', es: 'Recepción' },
    },
    asked: { name: { fr: 'En attente', en: 'Waiting for you', es: 'A la espera' }, kind: 'waiting' },
    done: { name: { fr: 'Résolu', en: 'Solved', es: 'Resuelta' }, kind: 'solved' },
    over: { name: { fr: 'Fermé', en: 'Closed', es: 'Cerrada' }, kind: 'closed' },
  },
  start: { status: 'new', priority: 'low', type: 'help', queue: 'first' },
  priorities: {
    high: {
      name: { fr: 'Haute', en: 'High', es: 'Alta' },
      meaning: { fr: 'Un travail est bloqué', en: 'Work is blocked', es: 'Un trabajo está bloqueado' },
      rank: 1,
    },
    low: { name: { fr: 'Basse', en: 'Low', es: 'Baja' }, rank: 2 },
  },
  types: {
    help: {
      name: { fr: 'Support', en: 'Support', es: 'Soporte' },
      category: { fr: 'Assistance', en: 'Help', es: 'Ayuda' },
    },
  },
  queues: { first: { name: { fr: 'Premier niveau', en: 'First line', es: 'Primer nivel' }, team: 'all' } },
  teams: { all: { name: 'Team', members: ['agent@staff.test'] } },
  staff: [{ address: 'agent@staff.test', name: 'Inès Agent' }],
  supervisors: ['chief@staff.test'],
  fields: {
    invoice: { name: { fr: 'Facture', en: 'Invoice', es: 'Factura' }, public: true },
    day: { name: { fr: 'Date', en: 'Date', es: 'Fecha' }, kind: 'date', public: true },
    margin: { name: 'Margin', public: false },
  },
}

export const makeDesk = (over: Readonly<Record<string, unknown>> = {}): Desk =>
  deskSchema.parse({ desk: 'blue', name: { fr: 'Service bleu', en: 'Blue desk', es: 'Mesa azul' }, ...basic, ...over })

export const desks: ReadonlyMap<string, Desk> = new Map([
  ['blue', makeDesk()],
  [
    'red',
    makeDesk({
      desk: 'red',
      prefix: 'RED',
      name: 'Red desk',
      address: 'red@desk.test',
      replies: 'portal',
      portal: { url: 'https://portal.test/requests/{ticket}' },
      supervisors: ['other-chief@staff.test'],
      'show-agent-name': true,
    }),
  ],
])

export const webDeps = (sql: Sql, over: Partial<WebDeps> = {}): WebDeps => ({
  sql,
  desks: () => desks,
  keys,
  supervisorToken: bearer,
  publicUrl: () => 'http://127.0.0.1:8080',
  now: () => now,
  health: () => ({ checks: [] }),
  metrics: createMetrics({ processMetrics: false }),
  address: ({ desk, purpose, ticket, person, now: at }) =>
    `${desk.desk}+${keys.sign({ desk: desk.desk, purpose, id: ticket, person, day: Math.floor(at.getTime() / 86_400_000) - 18_262 })}@reply.test`,
  rates: { questions: 1_000_000, misses: 1_000_000 },
  ...over,
})

export const pageOf = (ticket: number, person: number, desk = 'blue'): string =>
  `/t/${statusToken(keys, { desk, ticket, person, now })}`
export const supervisorOf = (desk: string, person: number): string => supervisorToken(keys, { desk, person, now })

export interface Seed {
  readonly person: (id: number, address: string, name?: string, language?: string | null) => Promise<void>
  readonly ticket: (number: number, over?: Readonly<Record<string, unknown>>) => Promise<void>
  readonly participant: (
    ticket: number,
    person: number,
    role?: string,
    over?: Readonly<Record<string, unknown>>,
  ) => Promise<void>
  /** Gives the entry's id. */
  readonly entry: (ticket: number, over?: Readonly<Record<string, unknown>>) => Promise<number>
  readonly attachment: (ticket: number, entry: number, filename: string, size?: number) => Promise<void>
}

/** Rows as the gateway would have written them, with what does not matter filled in. */
export function seeder(sql: Sql, desk = 'blue'): Seed {
  const put = async (table: string, row: Readonly<Record<string, unknown>>): Promise<void> => {
    await sql`insert into ${sql(table)} ${sql({ desk, ...row })}`
  }
  return {
    person: (id, address, name = '', language = null) =>
      put('person', { id, address, name, language, created_at: ago(500) }),
    ticket: (number, over = {}) =>
      put('ticket', {
        number,
        subject: `Request ${number}`,
        status: 'new',
        status_kind: 'open',
        priority: 'low',
        priority_rank: 2,
        type: 'help',
        queue: 'first',
        requester: 1,
        language: 'fr',
        channel: 'mail',
        fields: {},
        created_at: ago(30),
        updated_at: ago(2),
        ...over,
      }),
    participant: (ticket, person, role = 'participant', over = {}) =>
      put('participant', { ticket, person, role, added_at: ago(30), ...over }),
    entry: async (ticket, over = {}) => {
      const row = {
        desk,
        ticket,
        kind: 'customer',
        public: true,
        author: 'ann@client.test',
        author_name: 'Ann',
        text: 'Text',
        created_at: ago(30),
        ...over,
      }
      const made = await sql<{ id: number }[]>`insert into entry ${sql(row)} returning id`
      return made[0]?.id ?? 0
    },
    attachment: (ticket, entry, filename, size = 2_345) =>
      put('attachment', {
        entry,
        seq: 0,
        ticket,
        filename,
        content_type: 'application/pdf',
        size,
        sha256: Buffer.alloc(32, 1),
        inline: false,
        part: 0,
      }),
  }
}

/** One request with a history of every kind, and a desk with something in each table. */
export async function seedWorld(sql: Sql): Promise<void> {
  const seed = seeder(sql)
  await sql`insert into organisation (desk, key, name) values ('blue', 'acme', 'Acme Lines')`
  await seed.person(1, 'ann@client.test', 'Ann Client', 'fr')
  await seed.person(2, 'bob@client.test', 'Bob Colleague')
  await seed.person(3, 'stranger@elsewhere.test', 'Stranger')
  await seed.person(4, 'chief@staff.test', 'Chief')
  await sql`insert into contact (desk, key, name, organisation) values ('blue', 'ann', 'Ann Client', 'acme')`
  await sql`update person set contact = (select id from contact where key = 'ann') where address = 'ann@client.test'`
  await seed.ticket(7, {
    subject: 'L’imprimante ne répond plus',
    priority: 'high',
    priority_rank: 1,
    fields: { invoice: 'F-2026-12', day: '2026-03-04', margin: 'SECRET-MARGIN' },
    assignee: 'agent@staff.test',
  })
  await seed.participant(7, 1, 'requester')
  await seed.participant(7, 2, 'participant', { added_at: ago(20) })
  const first = await seed.entry(7, {
    text: 'Bonjour,\n\nl’imprimante du bureau 12 ne répond plus depuis hier.',
    created_at: ago(30),
  })
  await seed.attachment(7, first, 'photo du bureau.pdf')
  await seed.entry(7, {
    kind: 'note',
    public: false,
    author: 'agent@staff.test',
    text: 'INTERNAL-CANARY',
    created_at: ago(26),
  })
  await seed.entry(7, {
    kind: 'held',
    public: false,
    author: 'ann@client.test',
    text: 'HELD-CANARY',
    created_at: ago(25),
  })
  await seed.entry(7, {
    author: 'stranger@elsewhere.test',
    author_name: 'No Reply',
    text: 'CODE-CANARY 123456',
    created_at: ago(24),
  })
  await seed.entry(7, {
    kind: 'agent',
    author: 'agent@staff.test',
    author_name: 'Inès Agent',
    text: 'Bonjour Ann, l’avez-vous redémarrée ?',
    created_at: ago(18),
  })
  await seed.entry(7, {
    kind: 'system',
    author: null,
    author_name: '',
    text: '',
    created_at: ago(17),
    data: {
      changes: [
        { field: 'status', from: 'asked', to: 'new', by: 'x' },
        { field: 'assignee', from: null, to: 'agent@staff.test', by: 'x' },
        { field: 'margin', from: null, to: 'SECRET-MARGIN', by: 'x' },
      ],
    },
  })
  await seed.entry(7, {
    author: 'bob@client.test',
    author_name: 'Bob Colleague',
    text: 'Oui, deux fois.',
    created_at: ago(16),
  })
  await seed.ticket(8, {
    subject: 'Older',
    status: 'over',
    status_kind: 'closed',
    closed_at: ago(100),
    created_at: ago(400),
  })
  await seed.participant(8, 1, 'requester')
  await seed.ticket(9, { subject: 'Solved', status: 'done', status_kind: 'solved', created_at: ago(24 * 40) })
  await seed.participant(9, 1, 'requester', { muted: true })
  await sql`insert into ticket_link (desk, ticket, to_desk, to_ticket, kind, created_at) values
    ('blue', 7, 'blue', 8, 'follows', ${now}), ('blue', 7, 'red', 900, 'same-mail', ${now}), ('blue', 99, 'blue', 7, 'refers', ${now})`
  await sql`insert into clock (desk, ticket, name, state, started_at, target_ms, due_at, stage) values
    ('blue', 7, 'first-response', 'running', ${ago(30)}, 1000, ${ago(1)}, 'warned'),
    ('blue', 7, 'resolution', 'running', ${ago(30)}, 1000, ${ago(-5)}, 'warned'),
    ('blue', 8, 'resolution', 'running', ${ago(30)}, 1000, null, 'breached')`
  await sql`insert into hold (desk, id, reason, why, sender, subject, ticket, release, created_at) values
    ('blue', 1, 'unregistered', 'The sender is not registered.', 'who@elsewhere.test', 'Hello there', null, 'open', ${ago(3)})`
  await sql`insert into mailbox (account, folder, uid_validity, first_uid, last_uid, last_seen_at, last_error, failing_since) values
    ('blue-inbox', 'INBOX', 1, 1, 9, ${ago(0.1)}, null, null), ('red-inbox', 'INBOX', 1, 1, 9, ${ago(5)}, 'connection refused', ${ago(5)})`
  const mail = {
    desk: 'blue',
    ticket: 7,
    person: 1,
    recipient: 'ann@client.test',
    envelope_from: 'b@reply.test',
    subject: 'Re: [BLU-7]',
    template: 'reply',
    automatic: false,
    bytes: Buffer.from('x'),
  }
  await sql`insert into outbound ${sql([
    { ...mail, id: 1, message_id: 'a', state: 'bounced', response: '550 no such user', created_at: ago(9) },
    { ...mail, id: 2, message_id: 'b', state: 'queued', response: null, created_at: ago(1) },
    { ...mail, id: 3, message_id: 'c', state: 'suppressed', response: null, created_at: ago(2) },
  ])}`
}
