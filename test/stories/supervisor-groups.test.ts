// What supervisors expect of any desk: one incident with many tickets, turns, absences, bans, people known by their organisation.

import { afterEach, expect, test } from 'vitest'
import { importContacts, mergeContacts } from '../../src/desks/import-contacts.ts'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { numberIn } from '../support/conversation.ts'
import { testDesk } from '../support/desk.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

const desk = 'onyx'
const moussa = 'Moussa Houssein <contact@onyx.client.test>'
const fatouma = 'Fatouma Ali <other@onyx.client.test>'
const omar = 'Omar Al-Qahtani <accounts@najd-foods.client.test>'
const hodan = 'Hodan Waberi <agent@onyx.staff.test>'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (when = '2026-11-18T09:00:00Z'): Promise<void> => {
  gateway = await startExampleDesks([desk], when)
}
const ask = (from: string, subject: string, text: string): Promise<Sent[]> =>
  gateway.exchange({ from, to: `${desk}@guichet.test`, subject, text })
const addressOf = (from: string): string => from.replace(/^.*<|>$/g, '')

test('one incident, many tickets: banner, joining, one answer to all, one end', async () => {
  await start()
  const first = await ask(moussa, 'Serveur de licences', 'Bonjour, le logiciel ne démarre plus sur tous nos postes.')
  const incident = numberIn(only(first, addressOf(moussa)).subject)
  const told = only(first, 'agent@onyx.staff.test')
  const declared = only(
    await gateway.reply(told, { from: hodan, text: '#incident Le serveur de licences ne répond plus' }),
    'agent@onyx.staff.test',
  )
  expect(declared.text).toContain('incident déclaré')
  // Who writes now reads of it in the acknowledgement, in the desk's words and not in another customer's.
  const second = await ask(fatouma, 'Connexion', 'Bonjour, impossible de travailler depuis ce matin.')
  const ack = only(second, addressOf(fatouma))
  expect(ack.text.replace(/\s+/g, ' ')).toContain(
    'Incident en cours depuis le 18/11/2026 12:00 : Le serveur de licences ne répond plus.',
  )
  expect(ack.text).not.toContain('tous nos postes')
  const third = await ask(omar, 'Login', 'Hello, nobody can log in since this morning.')
  expect(only(third, addressOf(omar)).text).toContain('There is an incident since')
  const toSecond = only(second, 'agent@onyx.staff.test')
  const joined = await gateway.reply(toSecond, { from: hodan, text: `#incident ONX-${incident}` })
  expect(only(joined, 'agent@onyx.staff.test').text).toContain(`lié à ONX-${incident}`)
  await gateway.reply(only(third, 'riyadh@onyx.staff.test'), {
    from: 'riyadh@onyx.staff.test',
    text: `#incident ${incident}`,
  })
  const all = await gateway.reply(told, {
    from: hodan,
    text: '#incident répondre\nLe fournisseur rétablit le serveur ; reprise prévue à 14 h.',
  })
  for (const who of [moussa, fatouma, omar]) expect(only(all, addressOf(who)).text).toContain('reprise prévue à 14 h')
  expect(only(all, addressOf(omar)).subject).toContain('Login')
  expect(only(all, 'agent@onyx.staff.test').text).toContain('3 personnes')
  const end = await gateway.reply(told, { from: hodan, text: '#incident fin' })
  expect(only(end, addressOf(fatouma)).text).toContain('Est-ce bien résolu')
  expect(only(end, addressOf(omar)).text).toContain('solved')
  expect((await gateway.ticket(incident + 1, desk)).status).toBe('agreement')
  const later = await ask(
    'Awa Ndiaye <compta@dakar-negoce.client.test>',
    'Question',
    'Bonjour, comment clôturer le mois ?',
  )
  expect(only(later, 'compta@dakar-negoce.client.test').text).not.toContain('Incident en cours')
})

test('banned senders and subjects open nothing and hear nothing; their mail is kept', async () => {
  await start()
  const seller = 'Offres <offres@promo.example>'
  const first = await ask(seller, 'Offre exceptionnelle de toner', 'Profitez de nos prix.')
  const told = only(first, 'agent@onyx.staff.test')
  await gateway.reply(told, { from: hodan, text: '#bannir\n#spam' })
  const again = await ask(seller, 'Encore une offre', 'Profitez-en.')
  expect(again.map((m) => m.to)).not.toContain('offres@promo.example')
  expect(again.map((m) => m.to)).not.toContain('agent@onyx.staff.test')
  const second = await ask(moussa, 'Catalogue', 'Bonjour, ci-joint le catalogue.')
  await gateway.reply(only(second, 'agent@onyx.staff.test'), {
    from: hodan,
    text: '#bannir sujet offre exceptionnelle',
  })
  await ask('Autre <autre@vente.example>', 'Votre OFFRE exceptionnelle !', 'Bonjour.')
  const held = await listHolds(gateway.database.sql, { desk, state: 'open', limit: 10 })
  expect(held.map((h) => h.reason)).toEqual(['banned', 'banned'])
  // Staff cannot be banned.
  const refused = await gateway.reply(only(second, 'agent@onyx.staff.test'), {
    from: hodan,
    text: '#bannir expert@onyx.staff.test',
  })
  expect(only(refused, 'agent@onyx.staff.test').text.replace(/\s+/g, ' ')).toContain('est de la maison')
})

test('an organisation is known by its domain; a person may have several addresses; contacts are merged', async () => {
  await start()
  const { sql } = gateway.database
  const table = [
    'address,name,organisation,organisation-domains,organisation-branch,organisation-country,language',
    'achats@oasis.client.test,Samia Oasis,Oasis Distribution,oasis.client.test,casablanca,MA,fr',
    'samia@maison.example,Samia O.,,,,,fr',
  ].join('\n')
  expect((await importContacts(sql, desk, table, gateway.now())).faults).toEqual([])
  const colleague = await ask('Karim <karim@oasis.client.test>', 'Journal', 'Bonjour, comment imprimer le journal ?')
  const number = numberIn(only(colleague, 'karim@oasis.client.test').subject)
  expect(await gateway.ticket(number, desk)).toMatchObject({ queue: 'casablanca', fields: { country: 'MA' } })
  expect(only(colleague, 'casablanca@onyx.staff.test').text).toContain('Oasis Distribution')
  // A domain that nobody proved says nothing.
  const forged = await gateway.exchange({
    from: 'Karim <karim2@oasis.client.test>',
    to: `${desk}@guichet.test`,
    subject: 'Journal',
    text: 'Bonjour, comment imprimer le journal ?',
    auth: null,
  })
  const unproved = numberIn(only(forged, 'karim2@oasis.client.test').subject)
  expect((await gateway.ticket(unproved, desk)).queue).not.toBe('casablanca')
  expect(await mergeContacts(sql, desk, 'achats@oasis.client.test', ['nobody@x.example'])).toEqual({
    ok: false,
    unknown: ['nobody@x.example'],
  })
  expect(await mergeContacts(sql, desk, 'achats@oasis.client.test', ['samia@maison.example'])).toEqual({
    ok: true,
    addresses: 1,
  })
  const opened = await ask('Samia <achats@oasis.client.test>', 'Stock', 'Bonjour, comment corriger le stock ?')
  const ticket = numberIn(only(opened, 'achats@oasis.client.test').subject)
  // From home she is the same person: her mail joins her ticket.
  await gateway.exchange({
    from: 'Samia <samia@maison.example>',
    to: `${desk}@guichet.test`,
    subject: `Re: [ONX-${ticket}] Stock`,
    text: 'Je précise : il s’agit du dépôt 2.',
  })
  expect((await gateway.ticket(ticket, desk)).entries.map((e) => e.text).join()).toContain('dépôt 2')
})

test('who is there takes turns; whoever is away gets no new tickets', async () => {
  const plain = testDesk()
  const team = Object.keys(plain.teams)[0] ?? ''
  const people = ['ana', 'ben', 'cleo'].map((name) => ({
    ...(plain.staff[0] ?? fail()),
    address: `${name}@staff.test`,
    name,
    also: [],
    groups: [team],
    away: name === 'ben' ? [{ from: '2026-11-16', until: '2026-11-20' }] : [],
  }))
  const turning = {
    ...plain,
    staff: people,
    supervisors: [],
    teams: {
      ...plain.teams,
      [team]: { ...(plain.teams[team] ?? fail()), members: [], assign: 'round-robin' as const },
    },
  }
  gateway = await startGateway({ desks: [{ desk: turning }], at: '2026-11-18T09:00:00Z' })
  const given: (string | null)[] = []
  for (const n of [1, 2, 3, 4]) {
    const sent = await gateway.exchange({
      from: `c${n}@client.test`,
      to: 'help@guichet.test',
      subject: `Question ${n}`,
      text: 'How does it work?',
    })
    given.push((await gateway.ticket(numberIn(only(sent, `c${n}@client.test`).subject))).assignee)
  }
  expect(given).toEqual(['ana@staff.test', 'cleo@staff.test', 'ana@staff.test', 'cleo@staff.test'])
})

test('nobody has taken it: team and supervisors are reminded; a day after the end comes one question', async () => {
  await start('2026-11-18T06:00:00Z')
  const sent = await ask(moussa, 'Balance', 'Bonjour, comment imprimer la balance ?')
  const told = only(sent, 'agent@onyx.staff.test')
  const later = await gateway.advance(5 * 3_600_000)
  expect(only(later, 'supervisor@onyx.staff.test').text).toContain('still waits for somebody to take it')
  expect(only(later, 'agent@onyx.staff.test').text).toContain('attend encore que quelqu’un la prenne')
  const answered = await gateway.reply(told, { from: hodan, text: '#résolu\nMenu Éditions, puis Balance.' })
  await gateway.reply(only(answered, addressOf(moussa)), { from: moussa, text: 'Oui, merci' })
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
  const question = only(await gateway.advance(25 * 3_600_000), addressOf(moussa))
  expect(question.text).toContain('satisfait')
  const rated = await gateway.exchange({
    from: moussa,
    to: choiceIn(question, /pas satisfait/),
    subject: 'Avis',
    text: 'Trop long.',
  })
  only(rated, addressOf(moussa))
  expect(only(rated, 'agent@onyx.staff.test').text).toContain('Trop long')
  expect((await gateway.ticket(1, desk)).fields.satisfaction).toBe('bad')
})

test('the week comes by mail to the supervisors when the desk opens', async () => {
  await start('2026-11-18T09:00:00Z')
  const sent = await ask(moussa, 'Balance', 'Bonjour, comment imprimer la balance ?')
  await gateway.reply(only(sent, 'agent@onyx.staff.test'), { from: hodan, text: '#clore' })
  await ask(omar, 'Error', 'Hello, an error comes up when I print.')
  const friday = await gateway.advance(2 * 86_400_000)
  expect(friday.filter((m) => m.subject.includes('week'))).toEqual([])
  // Saturday 21 November, 08:00 in the desk's zone, is when the week begins there.
  const saturday = await gateway.advance(20.5 * 3_600_000)
  const report = saturday.filter((m) => m.subject.includes('The week'))
  expect(report.map((m) => m.to)).toEqual(['supervisor@onyx.staff.test'])
  const text = report[0]?.text ?? ''
  expect(text).toMatch(/Requests opened in the week\s+2/)
  expect(text).toMatch(/Finished in the week\s+1/)
  expect(text).toMatch(/Wednesday,? 18 November 2026\s+▇+ 2\n[\s\S]*Wednesday,? 18 November 2026\s+▇+ 1\n/)
  // The page's other chart: how long what is open has been open.
  expect(text).toMatch(/Open, by age[\s\S]*1 to 3 days +▇{16} 1\n/)
  expect(text.replace(/\s+/g, ' ')).toContain('Saudi Arabia, Error of the system: 1')
  expect((await gateway.advance(3_600_000)).filter((m) => m.subject.includes('The week'))).toEqual([])
})

function fail(): never {
  throw new Error('the test desk has neither staff nor team')
}

test('dates are written in the zone of whoever reads them', async () => {
  await start()
  const table =
    'address,name,organisation,language,zone\nnewyork@atlas.client.test,Nora,Atlas Overseas,en,America/New_York\nmars@atlas.client.test,Max,Atlas Overseas,en,Mars/Olympus\n'
  await importContacts(gateway.database.sql, desk, table, gateway.now())
  const far = only(
    await ask('Nora <newyork@atlas.client.test>', 'Balance', 'Hello, how do I print the balance?'),
    'newyork@atlas.client.test',
  )
  expect(far.text.replace(/\s+/g, ' ')).toMatch(/by Thursday,? 19 November at 04:00 GMT-5/)
  // Tables hold what people typed: a zone that there is none of is none.
  const odd = only(
    await ask('Max <mars@atlas.client.test>', 'Balance', 'Hello, how do I print the balance?'),
    'mars@atlas.client.test',
  )
  expect(odd.text.replace(/\s+/g, ' ')).toMatch(/by Thursday,? 19 November at 12:00 GMT\+3/)
})
