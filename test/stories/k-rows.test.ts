// Rows K1 to K5 and K7: what the users of a customs platform write, and what its two help desks answer. Everything they do comes from
// desks/kpolygone-*.yaml and the templates.

import { afterEach, expect, test } from 'vitest'
import { listHolds } from '../../src/gateway/hold-store.ts'
import { numberIn } from '../support/conversation.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway } from '../support/gateway.ts'

const rca = 'kpolygone-rca'
const rdc = 'kpolygone-rdc'
const at = '2026-11-18T09:00:00Z'
const importer = { [rca]: 'contact@kpolygone-rca.client.test', [rdc]: 'contact@kpolygone-rdc.client.test' } as const
const clarisse = 'Clarisse Yakété <agent@kpolygone-rca.staff.test>'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (...desks: readonly string[]): Promise<void> => {
  gateway = await startExampleDesks(desks.length > 0 ? desks : [rca], at)
}
const write = (desk: typeof rca | typeof rdc, subject: string, text: string, from = `Client <${importer[desk]}>`) =>
  gateway.exchange({ from, to: `${desk}@guichet.test`, subject, text })
const acknowledged = async (desk: typeof rca | typeof rdc, subject: string, text: string): Promise<Sent> =>
  only(await write(desk, subject, text), importer[desk])
/** Words without line breaks, and with plain spaces. */
const words = (mail: Sent): string => mail.text.replace(/[\s\u00a0\u202f]+/g, ' ')

test('K1: a stranger learns once how to register, and the mail becomes a ticket when an agent has registered its author', async () => {
  await start()
  const paul = 'Paul Nzapa <paul@inconnu.client.test>'
  const first = await write(rca, 'Portail bloqué', 'Bonjour, le portail ne répond plus depuis ce matin.', paul)
  const told = only(first, 'paul@inconnu.client.test')
  expect(words(told)).toContain('enregistr')
  expect(told.text).toContain('https://rcaportail.org/')
  const again = await write(rca, 'Toujours bloqué', 'Toujours rien, merci de regarder.', paul)
  expect(again.map((m) => m.to)).not.toContain('paul@inconnu.client.test')
  const held = await listHolds(gateway.database.sql, { desk: rca, state: 'open', limit: 10 })
  expect(held.map((h) => h.reason)).toEqual(['unregistered', 'unregistered'])
  expect(await gateway.database.sql`select from ticket`).toHaveLength(0)

  const notice = only(first, 'agent@kpolygone-rca.staff.test')
  const released = await gateway.exchange({
    from: clarisse,
    to: choiceIn(notice, /contact/i),
    subject: 'Enregistrer',
    text: '',
  })
  const acknowledgement = only(released, 'paul@inconnu.client.test')
  const ticket = await gateway.ticket(numberIn(acknowledgement.subject), rca)
  expect(ticket.entries[0]?.text).toContain('le portail ne répond plus')
  const known = await write(rca, 'Imprimante', 'Bonjour, une autre question sur le portail.', paul)
  expect(numberIn(only(known, 'paul@inconnu.client.test').subject)).toBeGreaterThan(0)
})

test('K2: the acknowledgement says number, subject, link and what happens next, in the language of who asks', async () => {
  await start()
  const french = await acknowledged(
    rca,
    'Écran blanc',
    'Bonjour,\n\nl’écran reste blanc après la connexion au portail.',
  )
  const number = numberIn(french.subject)
  expect(french.subject).toContain('Écran blanc')
  expect(words(french)).toContain(`Elle porte le numéro RCA-${number}`)
  expect(words(french)).toContain('Vous aurez une réponse au plus tard jeudi 19 novembre')
  expect(french.text).toContain(`${gateway.web}/t/${rca}.`)
  const english = only(
    await write(
      rca,
      'Blank screen',
      'Hello, the screen stays blank after I log in to the portal. Please help us.',
      'Grace Fontaine <docs@atlantic-line.client.test>',
    ),
    'docs@atlantic-line.client.test',
  )
  expect(words(english)).toContain('We have received your request. Its number is RCA-2.')
  expect(words(english)).toContain('You will have an answer by Thursday 19 November')
})

test('K3: whoever is registered is known with organisation and category, which rules and the desk’s page use', async () => {
  await start()
  const sent = await write(
    rca,
    'Paiement refusé',
    'Bonjour, le paiement de la transaction n° TRX-88120 est refusé depuis ce matin.',
    'Aristide Ngaya <a.ngaya@banque-savane.client.test>',
  )
  const told = only(sent, 'agent@kpolygone-rca.staff.test')
  expect(words(told)).toContain('Organisation Banque de la Savane')
  const ticket = await gateway.ticket(numberIn(told.subject), rca)
  expect(ticket).toMatchObject({
    type: 'transaction',
    priority: 'high',
    tags: ['bank'],
    fields: { transaction: 'TRX-88120', bank: 'Banque de la Savane' },
  })
  const page = await fetch(`${gateway.web}/desks/${rca}`, {
    headers: { authorization: 'Bearer supervisor-token-of-the-tests' },
  })
  const html = await page.text()
  for (const shown of ['Banque de la Savane', 'bank']) expect(html).toContain(shown)
  const customs = await write(
    rca,
    'Scanner en panne',
    'Bonjour, notre scanner ne lit plus les codes.',
    'Pélagie Zingha <bureau.bangui@douanes.client.test>',
  )
  expect(customs.map((m) => m.to)).toContain('site@kpolygone-rca.staff.test')
})

test.each([
  [
    rca,
    'Transporteur',
    'Bonjour, je n’arrive pas à sélectionner mon transporteur dans la liste.',
    'veuillez contacter votre agent émetteur',
  ],
  [
    rca,
    'Question',
    'Bonjour, quel est le tarif de l’ECTN pour un conteneur de 20 pieds ?',
    'Les prix se trouvent sur le portail',
  ],
  [rca, 'BESC', 'Bonjour, le BESC est accordé et j’ai noté une erreur sur le nom.', '20 % du prix'],
  [rca, 'BESC', 'Bonjour, le BESC est accordé et notre transitaire signale une erreur.', '30 % du prix'],
  [
    rca,
    'FAQ',
    'Bonjour, je ne trouve pas de réponse à ma question sur votre page.',
    'dont les coordonnées sont sur le portail',
  ],
  [rdc, 'Carrier', 'Hello, the carrier is missing in the dropdown list.', 'please contact your issuing agent'],
  [
    rdc,
    'Price',
    'Hello, how much is an ECTN for two containers?',
    'The pricing can be found on the portal (https://www.k-polygone.fr)',
  ],
  [rdc, 'Mistake', 'Hello, the ECTN is granted but there is a mistake in the name of the ship.', '20% of the price'],
  [rdc, 'Mistake', 'Hello, the ECTN is granted and our forwarder noticed a mistake.', '30% of the price'],
  [rdc, 'FAQ', 'Hello, I could not find an answer to my question in the list.', 'whose details are on the portal'],
] as const)(
  'K4: %s, "%s": what the FAQ says stands in the acknowledgement: %s',
  async (desk, subject, text, answer) => {
    await start(desk)
    expect(words(await acknowledged(desk, subject, text))).toContain(answer)
  },
)

test('K4: a question that no entry answers gets none', async () => {
  await start()
  const mail = await acknowledged(rca, 'Mot de passe', 'Bonjour, j’ai oublié mon mot de passe du portail, que faire ?')
  expect(words(mail)).not.toContain('agent émetteur')
  expect(words(mail)).not.toContain('Si cela répond à votre question')
})

test.each([
  [
    rca,
    'Correction du BESC',
    'Bonjour, le BESC n° CF-2026-00471 est accordé mais le poids est erroné, merci de le corriger. Prix payé : 150 000 FCFA.',
    { type: 'correction', queue: 'central' },
    { certificate: 'CF-2026-00471', price: '150000 XAF', 'fee-percent': 20, fee: '30000 XAF' },
    'Pour un prix de 150 000 FCFA, la correction revient à 30 000 FCFA',
  ],
  [
    rca,
    'Correction du BESC',
    'Bonjour, notre transitaire demande une correction du BESC n° CF-2026-00472. Le prix était de 99,90 €.',
    { type: 'correction', queue: 'system-administration' },
    { price: '99.90 EUR', 'fee-percent': 30, fee: '29.97 EUR' },
    'Pour un prix de 99,90 €, la correction revient à 29,97 €',
  ],
  [
    rdc,
    'Correction',
    'Hello, we need a correction of ECTN no. CD/26/1188, the weight is wrong. We paid 1,250.50 USD.',
    { type: 'correction', queue: 'central' },
    { certificate: 'CD/26/1188', price: '1250.50 USD', 'fee-percent': 20, fee: '250.10 USD' },
    'For a price of US$1,250.50, the correction comes to US$250.10',
  ],
  [
    rdc,
    'A mistake',
    'Hello, our ECTN no. CD/26/1190 is granted but has a mistake. The price was USD 1,250.50.',
    { type: 'correction', queue: 'central' },
    { certificate: 'CD/26/1190', price: '1250.50 USD', fee: '250.10 USD' },
    'For a price of US$1,250.50, the correction comes to US$250.10',
  ],
  [
    rdc,
    'Correction for the forwarder',
    'Hello, our forwarder asks for a correction of the ECTN number CD/26/1189. The price was 1,000 USD.',
    { type: 'correction', queue: 'system-administration' },
    { 'fee-percent': 30, fee: '300.00 USD' },
    'the correction comes to US$300',
  ],
] as const)(
  'K5: %s, "%s": the fee of a correction is a field and stands in the reply (%s)',
  async (desk, subject, text, kind, fields, said) => {
    await start(desk)
    const mail = await acknowledged(desk, subject, text)
    expect(words(mail)).toContain(said)
    const ticket = await gateway.ticket(1, desk)
    expect(ticket).toMatchObject({ ...kind, fields })
    if (kind.queue === 'system-administration')
      expect(gateway.sent.map((m) => m.to)).toContain(`expert@${desk}.staff.test`)
  },
)

test('K5: without a price the percentage is named and the price asked for; when it comes, the amount is told once', async () => {
  await start()
  const mail = await acknowledged(rca, 'Erreur', 'Bonjour, il faut une correction du BESC n° CF-2026-00480, merci.')
  expect(words(mail)).toContain('Elle coûte 20 % du prix du BESC initial')
  expect(words(mail)).toContain('Indiquez-nous le prix du BESC initial')
  const told = only(
    await gateway.reply(mail, { from: `Client <${importer[rca]}>`, text: 'Le prix était de 200 000 FCFA.' }),
    importer[rca],
  )
  expect(words(told)).toContain('Pour un prix de 200 000 FCFA, la correction (20 %) revient à 40 000 FCFA.')
  expect((await gateway.ticket(1, rca)).fields).toMatchObject({ price: '200000 XAF', fee: '40000 XAF' })
})

test('K7: the link of every mail opens the request’s page, without a login', async () => {
  await start()
  const mail = await acknowledged(rca, 'Écran blanc', 'Bonjour, l’écran reste blanc après la connexion au portail.')
  const link = /https?:\/\/\S+\/t\/\S+/.exec(mail.text)?.[0] ?? ''
  const page = await fetch(link)
  expect(page.status).toBe(200)
  const html = await page.text()
  for (const shown of ['RCA-1', 'Écran blanc', 'Nouveau', 'Votre demande est enregistrée et va être étudiée.'])
    expect(html).toContain(shown)
})
