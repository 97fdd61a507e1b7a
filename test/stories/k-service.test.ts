// Rows K6 and K8 to K11: what a help desk owes its customers while it works, and what its levels hand to each other.

import { afterEach, expect, test } from 'vitest'
import { numberIn } from '../support/conversation.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway } from '../support/gateway.ts'

const desk = 'kpolygone-rca'
const bertrand = 'Bertrand Mokpème <contact@kpolygone-rca.client.test>'
const customer = 'contact@kpolygone-rca.client.test'
const agent = 'agent@kpolygone-rca.staff.test'
const clarisse = `Clarisse Yakété <${agent}>`
const expert = 'expert@kpolygone-rca.staff.test'
const day = 86_400_000

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (at = '2026-11-18T09:00:00Z'): Promise<void> => {
  gateway = await startExampleDesks([desk], at)
}
const write = (subject: string, text: string, from = bertrand): Promise<Sent[]> =>
  gateway.exchange({ from, to: `${desk}@guichet.test`, subject, text })
const words = (mail: Sent): string => mail.text.replace(/[\s\u00a0\u202f]+/g, ' ')

test('K11: solving asks how; what was said is shown with the next mail about the same, and forgotten when it is open again', async () => {
  await start()
  const told = only(
    await write('Manifeste rejeté', 'Bonjour, le manifeste du navire est rejeté : port de déchargement inconnu.'),
    agent,
  )
  expect(words(told)).not.toContain('Cas semblables')
  const receipt = only(await gateway.reply(told, { from: clarisse, text: '#solve\n' }), agent)
  expect(words(receipt)).toContain('Comment le cas a-t-il été résolu ?')
  await gateway.reply(receipt, { from: clarisse, text: '#resolution Code du port ajouté à la table des ports' })
  expect((await gateway.ticket(1, desk)).status).toBe('solved')

  // Who is asked whether it is solved reads until when it waits for them.
  const asked = gateway.sent.findLast((m) => m.to === customer && m.text.includes('Est-ce bien résolu'))
  expect(words(asked ?? receipt)).toMatch(/Sans réponse de votre part, la demande sera close \S+ \d+ \S+ à \d\d:\d\d/)
  const again = await write(
    'Problème de manifeste',
    'Bonjour, notre manifeste n’est pas accepté, le port de déchargement serait inconnu du système.',
    'Inès Sanzé <other@kpolygone-rca.client.test>',
  )
  const similar = words(only(again, agent))
  expect(similar).toContain('Cas semblables déjà résolus')
  expect(similar).toContain('RCA-1 Manifeste rejeté')
  expect(similar).toContain('Code du port ajouté à la table des ports')
  expect(words(only(again, 'other@kpolygone-rca.client.test'))).not.toContain('table des ports')

  const confirm = gateway.sent.findLast((m) => m.to === customer && m.html.includes('mailto:') && /r.sol/i.test(m.text))
  if (!confirm) throw new Error('nobody was asked to confirm')
  await gateway.exchange({
    from: bertrand,
    to: choiceIn(confirm, /non|pas/i),
    subject: 'Non',
    text: 'Toujours rejeté.',
  })
  expect(await gateway.database.sql`select from solved_case`).toHaveLength(0)
})

test('K6: two business days without news: the customer hears from us, the agent is nudged; it ends when it is solved', async () => {
  await start()
  const first = await write('Écran blanc', 'Bonjour, l’écran reste blanc après la connexion au portail.')
  const told = only(first, agent)
  const news = async (days: number): Promise<Sent[]> => {
    const all: Sent[] = []
    for (let i = 0; i < days; i++) all.push(...(await gateway.advance(day)))
    return all
  }
  const second = await news(2)
  const update = only(
    second.filter((m) => m.subject.includes('Écran blanc') && m.to === customer),
    customer,
  )
  expect(words(update)).toContain('nous y travaillons toujours')
  expect(words(update)).toMatch(/Prochain point au plus tard (lundi|mardi) \d+ novembre/)
  expect(second.some((m) => m.to === agent && words(m).includes('n’a pas de nouvelles depuis 2 jours ouvrés'))).toBe(
    true,
  )
  expect((await news(4)).filter((m) => m.to === customer && words(m).includes('nous y travaillons'))).toHaveLength(1)
  await gateway.reply(told, { from: clarisse, text: 'C’est réparé, merci de réessayer.\n' })
  await gateway.reply(told, { from: clarisse, text: '#solve\n' })
  expect((await news(4)).filter((m) => words(m).includes('nous y travaillons'))).toEqual([])
})

test('K6: who has muted a request gets no periodic news of it; the agent is nudged all the same', async () => {
  await start()
  const first = await write('Écran blanc', 'Bonjour, l’écran reste blanc après la connexion au portail.')
  await gateway.exchange({ from: bertrand, to: choiceIn(only(first, customer), /avis/i), subject: 'Silence', text: '' })
  const later = [...(await gateway.advance(day)), ...(await gateway.advance(day)), ...(await gateway.advance(day))]
  expect(later.map((m) => m.to)).not.toContain(customer)
  expect(later.some((m) => m.to === agent && words(m).includes('n’a pas de nouvelles'))).toBe(true)
})

test('K9: an agent opens a ticket for somebody who called; the channel is kept and the caller gets the acknowledgement', async () => {
  await start()
  const sent = await gateway.exchange({
    from: clarisse,
    to: `${desk}@guichet.test`,
    subject: 'Scanner en panne',
    text: `#demandeur ${customer}\n#canal téléphone\n\nA appelé : le scanner ne lit plus les codes.`,
  })
  const acknowledgement = only(sent, customer)
  const number = numberIn(acknowledgement.subject)
  expect(words(acknowledgement)).toContain(`Elle porte le numéro RCA-${number}`)
  const ticket = await gateway.ticket(number, desk)
  expect(ticket).toMatchObject({ channel: 'phone', people: [{ address: customer, role: 'requester' }] })
  expect(ticket.entries[0]?.text).toContain('le scanner ne lit plus')
  const visit = await gateway.exchange({
    from: clarisse,
    to: `${desk}@guichet.test`,
    subject: 'Visite au bureau',
    text: `#demandeur ${customer}\n#canal visite\n\nVu sur place : câble débranché.`,
  })
  expect((await gateway.ticket(numberIn(only(visit, customer).subject), desk)).channel).toBe('visit')
})

test('K10: by rule, by command and by clock a ticket goes to the second level, which gets the file; the history shows each hand-over', async () => {
  await start()
  // By rule: officers are helped on site. By command: the agent there hands it on.
  const sent = await write(
    'Scanner',
    'Bonjour, notre scanner ne lit plus les codes.',
    'Pélagie <bureau.bangui@douanes.client.test>',
  )
  const site = 'site@kpolygone-rca.staff.test'
  const told = only(sent, site)
  const handed = await gateway.reply(told, {
    from: `Rodrigue <${site}>`,
    text: '#escalade\n#note Le pilote est à refaire.',
  })
  const file = only(handed, expert)
  expect(words(file)).toContain('notre scanner ne lit plus les codes')
  const one = await gateway.ticket(1, desk)
  expect(one.queue).toBe('second')
  const moves = (entries: typeof one.entries) =>
    entries.flatMap((e) => (Array.isArray(e.data.changes) ? e.data.changes : [])).filter((c) => c.field === 'queue')
  expect(moves(one.entries)).toContainEqual({ field: 'queue', from: 'on-site', to: 'second', by: site })
  // The customer, too, knows who acts now; handed back, it is in progress.
  expect(one.status).toBe('second-level')
  expect(words(only(handed, 'bureau.bangui@douanes.client.test'))).toContain('le support de deuxième niveau')
  await gateway.reply(file, { from: `Firmin <${expert}>`, text: '#file on-site\n#note Pilote réinstallé à distance.' })
  expect(await gateway.ticket(1, desk)).toMatchObject({ queue: 'on-site', status: 'in-progress' })

  // By clock: not solved by the first level in time.
  await write('Écran blanc', 'Bonjour, l’écran reste blanc après la connexion au portail.')
  const later: Sent[] = []
  for (let i = 0; i < 6; i++) later.push(...(await gateway.advance(day)))
  const two = await gateway.ticket(2, desk)
  expect(two).toMatchObject({ queue: 'second', status: 'second-level' })
  expect(later.some((m) => m.to === expert && m.subject.includes('RCA-2'))).toBe(true)
  expect(later.some((m) => m.to === customer && words(m).includes('Transmis au deuxième niveau'))).toBe(true)
  expect(moves(two.entries).length).toBeGreaterThan(0)
})

test('K10: an answer that also hands the ticket on: the customer reads it, the second level has the file and nobody owns it yet', async () => {
  await start()
  const told = only(await write('Écran blanc', 'Bonjour, l’écran reste blanc après la connexion au portail.'), agent)
  const sent = await gateway.reply(told, {
    from: clarisse,
    text: '#escalade\n\nNous transmettons votre demande à nos spécialistes.',
  })
  expect(words(only(sent, customer))).toContain('Nous transmettons votre demande à nos spécialistes.')
  expect(words(only(sent, expert))).toContain('l’écran reste blanc')
  expect(await gateway.ticket(1, desk)).toMatchObject({ queue: 'second', status: 'second-level', assignee: null })
})
