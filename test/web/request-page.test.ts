import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { statusToken } from '../../src/mail/status-link.ts'
import { createWeb } from '../../src/web/app.ts'
import { revokeLinks } from '../../src/web/store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { ago, keys, now, pageOf, seeder, seedWorld, webDeps } from './world.ts'

let db: TestDatabase
let app: ReturnType<typeof createWeb>
beforeAll(async () => {
  db = await createTestDatabase()
  await seedWorld(db.sql)
  app = createWeb(webDeps(db.sql))
})
afterAll(async () => db.drop())

const read = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
  (await app.request(path, { headers })).text()

describe('what the requester sees', () => {
  test.each([
    ['number', 'Demande BLU-7'],
    ['subject', 'L’imprimante ne répond plus'],
    ['description', 'l’imprimante du bureau 12 ne répond plus depuis hier.'],
    ['type', 'Support'],
    ['category', 'Assistance'],
    ['priority', 'Haute'],
    ['meaning of the priority', 'Un travail est bloqué'],
    ['public field', 'F-2026-12'],
    ['date field as the language writes it', '4 mars 2026'],
    ['status', 'Ouvert'],
    ['meaning of the status', 'La demande a été envoyée'],
    ['who acts next', 'Accueil'],
    ['own address', 'ann@client.test'],
    ['name of the other person', 'Bob Colleague'],
    ['masked address of the other person', 'b…@client.test'],
    ['dates in the zone of the desk', '9 mars 2026 à 04:30'],
    ['language', 'français'],
    ['notifications', 'Activées'],
    ['answer of the agent under the desk’s name', 'l’avez-vous redémarrée'],
    ['attachment by name and size', 'photo du bureau.pdf</bdi> <span class="soft">(2 ko)'],
    ['change of status in words', 'Statut : En attente → Ouvert'],
    ['linked request by number', 'fait suite à BLU-8'],
  ])('%s', async (_what, text) => {
    expect((await read(pageOf(7, 1))).replace(/[\u00a0\u202f]/g, ' ')).toContain(text)
  })

  test.each([
    ['an internal note', 'INTERNAL-CANARY'],
    ['a held mail', 'HELD-CANARY'],
    ['the mail of somebody who is not among its people', 'CODE-CANARY'],
    ['the name of that sender', 'No Reply'],
    ['a field that is not public', 'SECRET-MARGIN'],
    ['the name of the agent', 'Inès'],
    ['the address of the agent', 'agent@staff.test'],
    ['the whole address of another person', 'bob@client.test'],
    ['a linked request of another desk they take no part in', 'RED-900'],
    ['a request of somebody else that refers to this one', 'BLU-99'],
    ['a link to download', 'download'],
    ['any script', '<script'],
  ])('never %s', async (_what, text) => {
    expect(await read(pageOf(7, 1))).not.toContain(text)
  })

  test('the history stands newest first', async () => {
    const page = await read(pageOf(7, 1))
    const places = ['Oui, deux fois.', 'En attente → Ouvert', 'redémarrée'].map((text) =>
      page.indexOf(text, page.indexOf('id="history"')),
    )
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
  })

  test('mute is offered to who gets mails, unmute to who muted', async () => {
    expect(await read(pageOf(7, 1))).toMatch(/href="mailto:blue%2Bm[^"]+"[^>]*>Désactiver par courriel/)
    expect(await read(pageOf(9, 1))).toMatch(/href="mailto:blue%2Bu[^"]+"[^>]*>Activer par courriel/)
  })

  test('a solved request offers to say whether it is', async () => {
    const page = await read(pageOf(9, 1))
    expect(page).toMatch(/href="mailto:blue%2By[^"]+\?subject=%5BBLU-9%5D/)
    expect(page).toMatch(/href="mailto:blue%2Bn/)
    expect(await read(pageOf(7, 1))).not.toMatch(/mailto:blue%2B[yn][a-z]/)
  })
})

test('a request that waits for an agreement offers to agree or not', async () => {
  const seed = seeder(db.sql)
  await seed.ticket(23, { fields: { awaiting: 'approval' } })
  await seed.participant(23, 1, 'requester')
  const page = await read(pageOf(23, 1))
  expect(page).toMatch(/href="mailto:blue%2Bok/)
  expect(page).toMatch(/href="mailto:blue%2Bno/)
})

test('a choice without words stands in the history with who made it', async () => {
  const seed = seeder(db.sql)
  await seed.ticket(24)
  await seed.participant(24, 1, 'requester')
  await seed.entry(24, { kind: 'system', author: null, text: '', data: { choice: 'y', by: 'Ann Client' } })
  await seed.entry(24, { kind: 'system', author: null, text: '', data: { choice: 'n', by: 'ann@client.test' } })
  const page = await read(pageOf(24, 1))
  expect(page).toContain('Ann Client : c’est résolu')
  expect(page).toContain('participant : ce n’est pas résolu')
})

test('a request that staff opened for somebody shows its text under the name of the desk', async () => {
  const seed = seeder(db.sql)
  await seed.ticket(25)
  await seed.participant(25, 1, 'requester')
  await seed.entry(25, {
    author: 'gone@staff.test',
    author_name: 'Gone Agent',
    text: 'BY-PHONE',
    data: { openedBy: 'gone@staff.test' },
  })
  const page = await read(pageOf(25, 1))
  expect(page).toContain('BY-PHONE')
  expect(page).not.toMatch(/Gone Agent|gone@staff|g…@staff/)
})

test('who was added later sees what was written since, and not the description', async () => {
  const page = await read(pageOf(7, 2), { 'accept-language': 'en' })
  expect(page).toContain('Oui, deux fois.')
  expect(page).toContain('You were added later')
  expect(page).not.toContain('bureau 12')
  expect(page).not.toContain('photo du bureau.pdf')
})

test('an author with a second address of the same contact is shown', async () => {
  const seed = seeder(db.sql)
  await seed.person(50, 'ann.private@home.test', 'Ann')
  await db.sql`update person set contact = (select id from contact where key = 'ann') where id = 50`
  await seed.ticket(20)
  await seed.participant(20, 1, 'requester')
  await seed.entry(20, { author: 'ann.private@home.test', text: 'FROM-HOME' })
  expect(await read(pageOf(20, 1))).toContain('FROM-HOME')
})

test('on a desk whose replies go to the portal the page links there and offers no reply by mail', async () => {
  const seed = seeder(db.sql, 'red')
  await seed.person(1, 'rita@client.test', 'Rita', 'en')
  await seed.ticket(3, { language: 'en', assignee: 'agent@staff.test' })
  await seed.participant(3, 1, 'requester')
  await seed.entry(3, { kind: 'agent', author: 'agent@staff.test', author_name: 'Inès Agent', text: 'Hello' })
  const page = await read(pageOf(3, 1, 'red'))
  expect(page).toContain('href="https://portal.test/requests/RED-3"')
  expect(page).not.toMatch(/mailto:red%2Bc/)
  expect(page).toMatch(/mailto:red%2Bm/)
  expect(page).toContain('Inès Agent')
})

test('a name that shows an address or turns the writing is replaced by what is true', async () => {
  const seed = seeder(db.sql)
  await seed.person(60, 'mallory@evil.test', 'boss@corp.test')
  await seed.ticket(21, { subject: 'a\u202Efdp.exe' })
  await seed.participant(21, 1, 'requester')
  await seed.participant(21, 60)
  const page = await read(pageOf(21, 1))
  expect(page).toContain('m…@evil.test')
  expect(page).not.toContain('boss@corp.test')
  expect(page).not.toContain('\u202E')
})

test('a long text is cut and says so, a long history too', async () => {
  const seed = seeder(db.sql)
  await seed.ticket(22)
  await seed.participant(22, 1, 'requester')
  await seed.entry(22, { text: 'first' })
  for (let n = 0; n < 205; n++) await seed.entry(22, { text: n === 204 ? 'x'.repeat(30_000) : `line ${n}` })
  const page = await read(pageOf(22, 1))
  expect(page).toContain('Les entrées plus anciennes ne sont pas affichées.')
  expect(page).toContain('La suite de ce texte n’est pas affichée.')
  expect(page).not.toContain('x'.repeat(20_001))
  expect(page.match(/<li class="customer">/g)).toHaveLength(200)
})

describe('language', () => {
  test.each([
    ['the language of the person', pageOf(7, 1), 'es', 'fr'],
    ['that of the browser for somebody whose language is not known', pageOf(7, 2), 'es-ES,es;q=0.9', 'es'],
    ['that of the request when the browser asks for none of ours', pageOf(7, 2), 'sv', 'fr'],
    ['the one asked for in the address', `${pageOf(7, 1)}?lang=en`, 'es', 'en'],
    ['the usual one when the address asks for an unknown one', `${pageOf(7, 1)}?lang=%3Cscript`, 'es', 'fr'],
  ])('%s', async (_title, path, accept, expected) => {
    const page = await read(path, { 'accept-language': accept })
    expect(page).toContain(`<html lang="${expected}" dir="ltr">`)
  })
})

describe('links that open nothing (T40, T49)', () => {
  const good = (): string => pageOf(7, 1)
  const tampered = good().replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
  const expired = `/t/${statusToken(keys, { desk: 'blue', ticket: 7, person: 1, now: ago(24 * 91) })}`
  const paths: [string, string][] = [
    ['no token', '/t/whatever'],
    ['a tampered token', tampered],
    ['an expired token', expired],
    ['somebody who is not among its people', pageOf(7, 3)],
    ['a request that does not exist', pageOf(12_345, 1)],
    ['a desk that does not exist', pageOf(7, 1, 'green')],
    ['a token of the same number at another desk', pageOf(7, 1, 'red')],
    ['a very long token', `/t/${'a'.repeat(5_000)}`],
    ['broken encoding', '/t/%E0%A4%A'],
    ['a path that never was', '/t/a/b/c'],
    ['an address that never was', '/nothing'],
  ]
  test.each(paths)('%s: the same 404', async (_title, path) => {
    const answer = await app.request(path)
    const other = await app.request('/t/blue.other')
    expect(answer.status).toBe(404)
    expect(await answer.text()).toBe(await other.text())
    expect([...answer.headers]).toEqual([...other.headers])
  })

  test('a withdrawn link is a 404 at once, for that person only', async () => {
    const seed = seeder(db.sql)
    await seed.ticket(30)
    await seed.participant(30, 1, 'requester')
    await seed.participant(30, 2)
    expect((await app.request(pageOf(30, 2))).status).toBe(200)
    await transaction(db.sql, (tx) => revokeLinks(tx, { desk: 'blue', ticket: 30, person: 2, now, by: 'test' }))
    expect((await app.request(pageOf(30, 2))).status).toBe(404)
    expect((await app.request(pageOf(30, 1))).status).toBe(200)
  })

  test('a person who is taken from a request no longer sees it', async () => {
    const seed = seeder(db.sql)
    await seed.ticket(31)
    await seed.participant(31, 2)
    expect((await app.request(pageOf(31, 2))).status).toBe(200)
    await db.sql`delete from participant where desk = 'blue' and ticket = 31 and person = 2`
    expect((await app.request(pageOf(31, 2))).status).toBe(404)
  })

  test('ten thousand guesses open nothing, and an asker who guesses is stopped', async () => {
    const web = createWeb(webDeps(db.sql, { rates: { questions: 300, misses: 30 }, clock: () => 0 }))
    const codes = new Map<number, number>()
    for (let n = 0; n < 10_000; n++) {
      const answer = await web.request(`/t/blue.sab.7.1.1r.${String(n).padStart(26, 'a')}`)
      codes.set(answer.status, (codes.get(answer.status) ?? 0) + 1)
    }
    expect(Object.fromEntries(codes)).toEqual({ 404: 30, 429: 9_970 })
  })
})

test('opening a page fifty times by GET and HEAD changes no row (T24)', async () => {
  const sum = async (): Promise<string> => {
    const parts = await Promise.all(
      ['ticket', 'participant', 'entry', 'person', 'outbound', 'hold', 'clock'].map(async (table) => {
        const rows = await db.sql<
          { sum: string }[]
        >`select md5(string_agg(t::text, '|' order by t::text)) as sum from ${db.sql(table)} t`
        return rows[0]?.sum
      }),
    )
    return parts.join()
  }
  const before = await sum()
  for (let n = 0; n < 50; n++)
    await app.request(pageOf(7, 1), { method: n % 2 === 0 ? 'GET' : 'HEAD', headers: { 'sec-purpose': 'prefetch' } })
  expect(await sum()).toBe(before)
})
