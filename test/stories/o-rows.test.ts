// Rows O1 to O14: customers of an accounting software in many countries, their branches and distributors, and the central support
// behind them. Everything the desk does comes from desks/onyx.yaml and the templates.

import { afterEach, expect, test } from 'vitest'
import { analysisTable, periodOf, ticketTable } from '../../src/cli/export.ts'
import type { Configuration } from '../../src/config/load.ts'
import { importContacts } from '../../src/desks/import-contacts.ts'
import { loadTagged } from '../../src/gateway/analysis-store.ts'
import { numberIn } from '../support/conversation.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway } from '../support/gateway.ts'

const desk = 'onyx'
const at = '2026-11-18T09:00:00Z'
const moussa = 'Moussa Houssein <contact@onyx.client.test>'
const fatouma = 'Fatouma Ali <other@onyx.client.test>'
const khadija = 'Khadija El Amrani <finance@atlas-textile.client.test>'
const omar = 'Omar Al-Qahtani <accounts@najd-foods.client.test>'
const purificacion = 'Purificación Ebang <administracion@bioko-comercial.client.test>'
const ismail = 'Ismaïl Darar <caisse@marche-plateau.client.test>'
const chinedu = 'Chinedu Okafor <office@lagos-steel.client.test>'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (when = at): Promise<Configuration> => {
  const started = await startExampleDesks([desk], when)
  gateway = started
  return started.configuration
}
const ask = (from: string, subject: string, text: string): Promise<Sent[]> =>
  gateway.exchange({ from, to: `${desk}@guichet.test`, subject, text })
const addressOf = (from: string): string => from.replace(/^.*<|>$/g, '')
const staff = (name: string): string => `${name}@onyx.staff.test`

interface Opened {
  readonly number: number
  readonly ack: Sent
  readonly sent: readonly Sent[]
}
async function opens(from: string, subject: string, text: string): Promise<Opened> {
  const sent = await ask(from, subject, text)
  const ack = only(sent, addressOf(from))
  return { number: numberIn(ack.subject), ack, sent }
}

test('O1: the branch or distributor of the customer serves them, in its own hours and language', async () => {
  await start()
  const djibouti = await opens(moussa, 'Balance âgée', 'Bonjour, comment imprimer la balance âgée des clients ?')
  const casablanca = await opens(khadija, 'Balance âgée', 'Bonjour, comment imprimer la balance âgée des clients ?')
  const riyadh = await opens(omar, 'Aged balance', 'Hello, how do I print the aged balance of our customers?')
  const malabo = await opens(purificacion, 'Saldo vencido', 'Hola, ¿cómo imprimo el saldo vencido de los clientes?')
  expect((await gateway.ticket(djibouti.number, desk)).queue).toBe('djibouti')
  expect((await gateway.ticket(casablanca.number, desk)).queue).toBe('casablanca')
  expect((await gateway.ticket(riyadh.number, desk)).queue).toBe('riyadh')
  expect((await gateway.ticket(malabo.number, desk)).queue).toBe('malabo')
  // Agents read names, never the codes of the contacts' table.
  const told = only(djibouti.sent, staff('agent')).text
  expect(told).toMatch(/Pays\s+Djibouti\n/)
  expect(told).toMatch(/Filiale ou distributeur\s+Filiale de Djibouti\n/)
  expect(told).toMatch(/Produit\s+OnyxPro\n/)
  expect(only(riyadh.sent, staff('riyadh')).text).toMatch(/Country\s+Saudi Arabia\n/)
  expect(only(malabo.sent, staff('malabo')).text).toMatch(/País\s+Guinea Ecuatorial\n/)
  expect(djibouti.ack.text).not.toMatch(/onyx-pro/)
  only(casablanca.sent, staff('casablanca'))
  expect(only(riyadh.sent, staff('riyadh')).text).toContain('in the name of OnyxPro')
  expect(malabo.ack.text).toContain('Hemos recibido')
  // In Morocco the 18th of November is a holiday: each acknowledgement counts by the hours of the team that serves.
  expect(casablanca.ack.text).toMatch(/jeudi 19 novembre\s+à 08:30 UTC\+1/)
  expect(djibouti.ack.text).toMatch(/jeudi 19 novembre à 12:00 UTC\+3/)
})

test('O1: where neither contact nor mail tells a language, the branch does', async () => {
  await start()
  const table = 'address,name,organisation\nnuevo@bioko-comercial.client.test,Nuevo,Bioko Comercial\n'
  await importContacts(gateway.database.sql, desk, table, gateway.now())
  const { ack } = await opens('Nuevo <nuevo@bioko-comercial.client.test>', 'Onyx 5.2', 'Onyx 5.2 ?')
  expect(ack.text).toContain('Hemos recibido')
})

test('O4: a visit is proposed with an invitation that calendars show, and accepted by mail', async () => {
  await start()
  const { number, sent } = await opens(moussa, 'Visite', 'Bonjour, nous souhaitons la visite d’un ingénieur.')
  const proposed = only(
    await gateway.reply(only(sent, staff('agent')), {
      from: staff('agent'),
      text: '#visite 25/11/2026 9h 2h Siège, salle 2\nJe viendrai examiner les trois postes.',
    }),
    'contact@onyx.client.test',
  )
  expect(proposed.text.replace(/\s+/g, ' ')).toContain('mercredi 25 novembre')
  expect(proposed.text).toContain('Siège, salle 2')
  expect(proposed.raw).toContain('text/calendar; method=REQUEST')
  const accepted = await gateway.exchange({ from: moussa, to: choiceIn(proposed, /Oui/), subject: 'Visite', text: '' })
  expect(accepted.map((m) => m.to)).toContain(staff('agent'))
  expect((await gateway.ticket(number, desk)).type).toBe('visit')
})

test('O12: shops have their own team, every day, whatever the branch', async () => {
  // A Friday, when the branch in Djibouti is closed.
  await start('2026-11-20T12:00:00Z')
  const { number, ack, sent } = await opens(ismail, 'Caisse 2', 'Bonjour, la caisse 2 n’imprime plus les tickets.')
  expect(await gateway.ticket(number, desk)).toMatchObject({ queue: 'points-of-sale', fields: { product: 'onyx-pos' } })
  only(sent, staff('shops'))
  expect(ack.text).not.toContain('fermés')
  const closed = await opens(moussa, 'Balance', 'Bonjour, comment imprimer la balance ?')
  expect(closed.ack.text).toContain('fermés')
})

test('O2, O13: price and date are agreed before the work, the work after it, and the agreement ends the request', async () => {
  await start()
  const hodan = `Hodan Waberi <${staff('agent')}>`
  const { number, sent, ack } = await opens(
    moussa,
    'Modèle de facture',
    'Bonjour, merci d’adapter le modèle de facture à notre logo.',
  )
  expect(ack.text.replace(/\s+/g, ' ')).toContain('rien n’est exécuté sans votre accord')
  const told = only(sent, staff('agent'))
  // Without the customer's agreement the work cannot be called done.
  const early = only(await gateway.reply(told, { from: hodan, text: '#résolu' }), staff('agent'))
  expect(early.text.replace(/\s+/g, ' ')).toContain('attend encore l’accord du client')
  const asked = only(
    await gateway.reply(told, {
      from: hodan,
      text: '#accord avant 45 000 DJF 25/11/2026\nNous adaptons l’en-tête et le pied de la facture, sur votre poste principal.',
    }),
    'contact@onyx.client.test',
  )
  expect(asked.text).toMatch(/Prix\s+45\s000\sDJF/)
  expect(asked.text).toMatch(/Date prévue +mercredi 25 novembre 2026/)
  expect(asked.text).toContain('sur votre poste')
  expect(await gateway.ticket(number, desk)).toMatchObject({ status: 'waiting', fields: { price: '45000 DJF' } })
  const agreed = await gateway.exchange({
    from: moussa,
    to: choiceIn(asked, /mon accord/),
    subject: 'Accord',
    text: '',
  })
  expect(only(agreed, 'contact@onyx.client.test').text).toContain('Nous avons noté votre accord')
  expect(only(agreed, staff('agent')).text).toMatch(/d’accord/)
  expect(await gateway.ticket(number, desk)).toMatchObject({
    status: 'in-progress',
    fields: { approval: 'approved', 'approved-by': 'contact@onyx.client.test' },
  })
  const done = only(
    await gateway.reply(told, { from: hodan, text: '#accord après\nLe modèle est installé, merci de vérifier.' }),
    'contact@onyx.client.test',
  )
  expect(done.text.replace(/\s+/g, ' ')).toContain('Il ne manque plus que votre accord')
  expect((await gateway.ticket(number, desk)).status).toBe('agreement')
  // Refused, in plain words: the request goes back to the engineer.
  const refused = await gateway.reply(done, { from: moussa, text: 'Pas d’accord\n\nLe logo est trop petit.' })
  expect(only(refused, 'contact@onyx.client.test').text.replace(/\s+/g, ' ')).toContain('revient à l’ingénieur')
  expect(only(refused, staff('agent')).text).toContain('trop petit')
  expect((await gateway.ticket(number, desk)).status).toBe('in-progress')
  // Another day: three automatic mails about one ticket are enough for an hour.
  await gateway.advance(86_400_000)
  const again = only(
    await gateway.reply(told, { from: hodan, text: '#accord après\nLe logo est agrandi.' }),
    'contact@onyx.client.test',
  )
  const ended = await gateway.reply(again, { from: moussa, text: 'Je donne mon accord.' })
  expect(only(ended, 'contact@onyx.client.test').text.replace(/\s+/g, ' ')).toContain('est terminée')
  expect((await gateway.ticket(number, desk)).status).toBe('closed')
})

test('O13: price and date that stand on the request already are what the customer agrees to', async () => {
  await start()
  const { number, sent } = await opens(khadija, 'Facture', 'Bonjour, pouvez-vous ajouter un champ ICE à la facture ?')
  const mails = await gateway.reply(only(sent, staff('casablanca')), {
    from: staff('casablanca'),
    text: '#champ prix proposé 1200 MAD\n#champ date prévue 01/12/2026\n#accord avant\n\nVoici notre proposition.',
  })
  const asked = only(mails, addressOf(khadija))
  expect(asked.text).toMatch(/Prix\s+1\s200,00\sMAD/)
  expect(asked.text).toMatch(/Date prévue +mardi 1er décembre 2026/)
  // What the agent is told was done reads the same.
  expect(only(mails, staff('casablanca')).text).toContain('Date prévue : mardi 1er décembre 2026')
  const { entries } = await gateway.ticket(number, desk)
  expect(entries.map((e) => e.data)).toContainEqual(
    expect.objectContaining({ agreement: 'before', price: '1200 MAD', date: '2026-12-01' }),
  )
})

test('O13: a yes to an earlier price is no yes to a later one, and a cc’s yes none at all', async () => {
  await start()
  const hodan = `Hodan Waberi <${staff('agent')}>`
  const { number, sent } = await opens(
    moussa,
    'Modèle de bon',
    'Bonjour, merci d’adapter le modèle de bon de livraison.',
  )
  const told = only(sent, staff('agent'))
  const first = only(
    await gateway.reply(told, { from: hodan, text: '#accord avant 100 EUR' }),
    'contact@onyx.client.test',
  )
  await gateway.advance(2 * 86_400_000)
  const second = await gateway.reply(told, {
    from: hodan,
    text: '#cc other@onyx.client.test\n#accord avant 250 EUR\nIl y a plus de travail que prévu.',
  })
  only(second, 'contact@onyx.client.test')
  await gateway.exchange({ from: moussa, to: choiceIn(first, /mon accord/), subject: 'Accord', text: 'D’accord.' })
  expect((await gateway.ticket(number, desk)).fields.approval).not.toBe('approved')
  const copy = only(second, 'other@onyx.client.test')
  await gateway.reply(copy, { from: fatouma, text: 'D’accord' })
  expect((await gateway.ticket(number, desk)).fields.approval).not.toBe('approved')
})

test('O9: a solution that nobody proved is a note for the engineer, and nobody else is told', async () => {
  await start()
  const { number, sent } = await opens(moussa, 'Bogue', 'Bonjour, le logiciel se ferme avec un message d’erreur.')
  await gateway.reply(only(sent, staff('agent')), {
    from: staff('agent'),
    text: '#référence DEV-77\n#statut auprès des développeurs',
  })
  const forged = await gateway.exchange({
    from: 'bugs@dev.onyx.staff.test',
    to: `${desk}@guichet.test`,
    subject: 'DEV-77 corrigé',
    text: 'DEV-77 est corrigé.',
    auth: null,
  })
  expect(forged.map((m) => m.to)).toEqual([staff('agent')])
  expect((await gateway.ticket(number, desk)).status).toBe('with-developers')
})

test('O3: reasons are told from the words of the customer, and corrected by the engineer', async () => {
  await start()
  const reasons: [string, string, string][] = [
    ['Message d’erreur', 'Un message d’erreur apparaît et le logiciel se ferme.', 'error-system'],
    ['Erreur', 'Une erreur apparaît depuis la coupure de courant de ce matin.', 'error-external'],
    ['Erreur de saisie', 'Nous avons une erreur, un avoir a été supprimé par erreur.', 'error-use'],
    ['Version 5', 'Quand pourrons-nous installer la nouvelle version ?', 'update'],
    ['Facture', 'Pouvez-vous ajouter un champ au bon de livraison ?', 'adaptation'],
    ['Question', 'Comment clôturer le mois d’octobre ?', 'help'],
  ]
  for (const [subject, text, type] of reasons) {
    const { number } = await opens(moussa, subject, `Bonjour, ${text}`)
    expect((await gateway.ticket(number, desk)).type).toBe(type)
  }
  const { number, sent } = await opens(khadija, 'Souci', 'Bonjour, le total est faux dans le journal des ventes.')
  await gateway.reply(only(sent, staff('casablanca')), {
    from: staff('casablanca'),
    text: '#type erreur d’utilisation\n#champ cause utilisation',
  })
  expect(await gateway.ticket(number, desk)).toMatchObject({ type: 'error-use', fields: { cause: 'use' } })
})

test('O4: the engineer records by which means the customer was helped', async () => {
  await start()
  const { number, sent } = await opens(omar, 'Aged balance', 'Hello, how do I print the aged balance?')
  const done = await gateway.reply(only(sent, staff('riyadh')), {
    from: staff('riyadh'),
    text: '#field means remote\n#time 25\nI showed you the report on your screen this morning.',
  })
  expect(only(done, addressOf(omar)).text).toContain('on your screen')
  expect(await gateway.ticket(number, desk)).toMatchObject({ fields: { means: 'remote', minutes: 25 } })
  // By telephone, for a customer who did not write.
  const phoned = await gateway.exchange({
    from: staff('riyadh'),
    to: `${desk}@guichet.test`,
    subject: 'Year end',
    text: `#for ${addressOf(omar)}\n#channel phone\nThe customer asked on the telephone how to close the year.`,
  })
  const behalf = numberIn(only(phoned, addressOf(omar)).subject)
  expect((await gateway.ticket(behalf, desk)).channel).toBe('phone')
})

test('O5, O14: the report of a visit goes to the lists of the desk, and suggestions in it become requests of their own', async () => {
  await start()
  const { number, sent } = await opens(
    moussa,
    'Visite',
    'Bonjour, nous souhaitons la visite d’un ingénieur pour examiner nos postes.',
  )
  expect((await gateway.ticket(number, desk)).type).toBe('visit')
  const mails = await gateway.reply(only(sent, staff('agent')), {
    from: `Hodan Waberi <${staff('agent')}>`,
    text: [
      '#rapport',
      'Visite du 18 novembre au siège, trois postes examinés.',
      'Sauvegardes en ordre ; mise à jour 5.2 installée sur le serveur.',
      'Suggestion : exporter la balance âgée vers un tableur',
      'Suggestion : prévenir avant la fin de la garantie',
    ].join('\n'),
    attachments: [{ filename: 'constat.pdf', content: '%PDF-1.4 constat', contentType: 'application/pdf' }],
  })
  const direction = only(mails, staff('direction.technique'))
  expect(direction.text).toContain('trois postes examinés')
  expect(direction.attachments.map((a) => a.filename)).toEqual(['constat.pdf'])
  expect(direction.text).not.toContain('/t/onyx.')
  // Who is on a list without being staff has no commands; what they answer stays inside.
  expect(direction.text).not.toContain('#note')
  const asked = await gateway.reply(direction, { from: staff('direction.technique'), text: 'Combien de postes ?' })
  expect(asked.map((m) => m.to)).toEqual([staff('agent')])
  expect(only(asked, staff('agent')).text).toContain('Combien de postes')
  only(mails, staff('direction.commerciale'))
  only(mails, staff('supervisor'))
  only(mails, staff('expert'))
  const told = mails.filter((m) => m.to === 'contact@onyx.client.test')
  expect(told.map((m) => m.text).join()).not.toContain('trois postes')
  expect(told).toHaveLength(2)
  expect((await gateway.ticket(number, desk)).entries.find((e) => e.data.report)?.public).toBe(false)
  expect(await gateway.ticket(number + 1, desk)).toMatchObject({
    type: 'suggestion',
    channel: 'visit',
    subject: 'exporter la balance âgée vers un tableur',
    links: [`split onyx#${number}`],
  })
  expect((await gateway.ticket(number + 2, desk)).type).toBe('suggestion')
})

test('O6: what is covered is said in the answer; work outside first year and guarantee is marked billable', async () => {
  await start()
  const covered = await opens(moussa, 'Question', 'Bonjour, comment clôturer le mois ?')
  expect(covered.ack.text).not.toContain('facturée')
  expect(await gateway.ticket(covered.number, desk)).toMatchObject({ tags: [], fields: { entitlement: 'guarantee' } })
  const paid = await opens(khadija, 'Question', 'Bonjour, comment clôturer le mois ?')
  expect(paid.ack.text.replace(/\s+/g, ' ')).toContain('cette intervention sera facturée')
  expect(await gateway.ticket(paid.number, desk)).toMatchObject({
    tags: ['billable'],
    fields: { entitlement: 'billable' },
  })
  const french = await opens(purificacion, 'Consulta', 'Hola, ¿cómo cierro el mes de octubre?')
  expect(french.ack.text.replace(/\s+/g, ' ')).toContain('se facturará')
})

test('O7: a branch hands the whole file to the central support, with its files, and gets it back', async () => {
  await start()
  const sent = await gateway.exchange({
    from: moussa,
    to: `${desk}@guichet.test`,
    subject: 'Écart de stock',
    text: 'Bonjour, le stock théorique du dépôt 3 ne correspond pas au journal.',
    attachments: [{ filename: 'journal.csv', content: 'depot;stock\n3;-12\n', contentType: 'text/csv' }],
  })
  const number = numberIn(only(sent, 'contact@onyx.client.test').subject)
  const told = only(sent, staff('agent'))
  await gateway.reply(told, { from: staff('agent'), text: '#note Reproduit chez nous avec la version 5.1.' })
  const handed = await gateway.reply(told, {
    from: staff('agent'),
    text: '#escalader\n#note Le dépôt 3 a été créé par import ; besoin d’un expert.',
  })
  const central = only(handed, staff('expert'))
  expect(central.text).toContain('ne correspond pas au journal')
  expect(central.text).toContain('version 5.1')
  expect(central.text).toContain('besoin d’un expert')
  expect(central.attachments.map((a) => a.filename)).toEqual(['journal.csv'])
  expect(await gateway.ticket(number, desk)).toMatchObject({ queue: 'central', status: 'with-central', assignee: null })
  const customer = only(handed, 'contact@onyx.client.test')
  expect(customer.text).toContain('support technique central')
  // The central support asks the customer: that it waits for them is not taken back.
  const asked = await gateway.reply(central, {
    from: staff('expert'),
    text: '#status waiting\n\nQuelle version utilisez-vous ?',
  })
  expect(await gateway.ticket(number, desk)).toMatchObject({ queue: 'central', status: 'waiting' })
  await gateway.reply(only(asked, 'contact@onyx.client.test'), { from: moussa, text: 'La 5.1.' })
  const back = await gateway.reply(central, {
    from: staff('expert'),
    text: '#queue Djibouti\n#note Rebuild the stock of depot 3 with the tool of version 5.2.',
  })
  expect(only(back, staff('agent')).text).toContain('Rebuild the stock')
  expect(await gateway.ticket(number, desk)).toMatchObject({ queue: 'djibouti', status: 'in-progress' })
  // A country without a specialist, and a large project, are served by the central support from the start.
  const lagos = await opens(chinedu, 'Closing', 'Hello, how do I close the month?')
  expect(await gateway.ticket(lagos.number, desk)).toMatchObject({ queue: 'central', status: 'received' })
})

test('O9: an error of the system goes to the developers; their solution comes back and the customer is told', async () => {
  await start()
  const { number, sent } = await opens(
    moussa,
    'Bogue',
    'Bonjour, le logiciel se ferme avec un message d’erreur à l’impression.',
  )
  const told = only(sent, staff('agent'))
  const waiting = await gateway.reply(told, {
    from: staff('agent'),
    text: '#référence DEV-412\n#statut auprès des développeurs',
  })
  expect(only(waiting, 'contact@onyx.client.test').text.replace(/\s+/g, ' ')).toContain('préparent une solution')
  const ticket = await gateway.ticket(number, desk)
  expect(ticket).toMatchObject({ status: 'with-developers', fields: { reference: 'DEV-412' } })
  expect(ticket.clocks.find((c) => c.name === 'resolution')?.state).toBe('paused')
  const bugs = 'Suivi des anomalies <bugs@dev.onyx.staff.test>'
  const news = await ask(bugs, 'DEV-412 reproduit', 'Nous avons reproduit DEV-412 et cherchons la cause.')
  expect(news.map((m) => m.to)).toEqual([staff('agent')])
  expect((await gateway.ticket(number, desk)).status).toBe('with-developers')
  const solved = await ask(bugs, 'DEV-412 corrigé', 'DEV-412 est corrigé, livré avec la version 5.2.1.')
  expect(only(solved, 'contact@onyx.client.test').text.replace(/\s+/g, ' ')).toContain('ont livré une solution')
  expect(only(solved, staff('agent')).text).toContain('5.2.1')
  expect((await gateway.ticket(number, desk)).status).toBe('in-progress')
  // Somebody else who names the reference moves nothing.
  const other = await opens(khadija, 'DEV-412', 'Bonjour, on m’a parlé de DEV-412, est-ce corrigé ?')
  expect(other.number).toBe(number + 1)
})

test('O3, O8: the page and a table count requests by country, type and cause; billables of a period are a table too', async () => {
  const configuration = await start()
  const billed = await opens(
    khadija,
    'Journal',
    'Bonjour, le total du journal des ventes est faux, un avoir a été supprimé par erreur, message d’erreur 12.',
  )
  await gateway.reply(only(billed.sent, staff('casablanca')), { from: staff('casablanca'), text: '#temps 45' })
  await opens(moussa, 'Clôture', 'Bonjour, comment clôturer le mois ?')
  await opens(moussa, 'Balance', 'Bonjour, comment imprimer la balance ?')
  const onyx = configuration.desks.get(desk)
  if (!onyx) throw new Error('no desk')
  const period = periodOf(onyx, { from: '2026-11-01', to: '2026-11-18' }, gateway.now())
  expect((await analysisTable(gateway.database.sql, onyx, period)).split('\r\n')).toEqual([
    'Pays,type,Cause,tickets,closed,reopened,minutes,median-hours',
    'DJ,help,,2,0,0,0,',
    'MA,error-use,use,1,0,0,45,',
    '',
  ])
  const [head, line, end] = ticketTable(onyx, await loadTagged(gateway.database.sql, period, 'billable')).split('\r\n')
  expect(head).toContain('ticket,opened,closed,organisation,requester')
  expect(line).toMatch(
    /^ONX-1,2026-11-18T09:00:00.000Z,,Atlas Textile,Khadija El Amrani,finance@atlas-textile.client.test,/,
  )
  expect(end).toBe('')
  const page = await fetch(`${gateway.web}/desks/${desk}`, {
    headers: { authorization: 'Bearer supervisor-token-of-the-tests', 'accept-language': 'fr' },
  })
  const shown = await page.text()
  expect(shown).toContain('<th scope="row">première réponse</th>')
  expect(shown).not.toContain('first-response')
  expect(shown).toMatch(/Demandes des 90 derniers jours[\s\S]*Maroc[\s\S]*Erreur d’utilisation/)
})

test('O11: who asks for the guide gets it with the answer', async () => {
  await start()
  const { ack } = await opens(omar, 'Manual', 'Hello, could you send me the user guide?')
  expect(ack.text).toContain('The user guide is attached')
  expect(ack.attachments.map((a) => a.filename)).toEqual(['guide-onyxpro.pdf'])
  expect(ack.attachments[0]?.content.subarray(0, 5).toString()).toBe('%PDF-')
})

test('O14: what one branch solved is suggested to the engineers of another', async () => {
  await start()
  const first = await opens(
    khadija,
    'Impression des chèques',
    'Bonjour, les chèques s’impriment décalés de deux centimètres depuis le changement d’imprimante.',
  )
  const told = only(first.sent, staff('casablanca'))
  await gateway.reply(told, { from: staff('casablanca'), text: '#accord avant 10 EUR\nRéglage du modèle de chèque.' })
  const asked = gateway.sent.findLast((m) => m.to === addressOf(khadija))
  if (!asked) throw new Error('nobody was asked')
  await gateway.reply(asked, { from: khadija, text: 'D’accord' })
  await gateway.reply(told, {
    from: staff('casablanca'),
    text: '#résolution Marge haute du modèle de chèque remise à 0 dans Paramètres, Impression\n#résolu',
  })
  const second = await opens(
    moussa,
    'Chèques décalés',
    'Bonjour, nos chèques s’impriment décalés vers le bas avec la nouvelle imprimante.',
  )
  const notice = only(second.sent, staff('agent'))
  expect(notice.text).toContain(`ONX-${first.number}`)
  expect(notice.text.replace(/\s+/g, ' ')).toContain('Marge haute du modèle de chèque remise à 0')
  expect(second.ack.text).not.toContain('Marge haute')
})

test('O10: a new version is announced to organisations of one kind, branches and distributors', async () => {
  await start()
  const ordered = await gateway.exchange({
    from: staff('supervisor'),
    to: `${desk}@guichet.test`,
    subject: 'OnyxPro 5.3',
    text: '#announce kind=distributor\nVersion 5.3 can be installed at your customers from Monday on.',
  })
  const all = [...ordered, ...(await gateway.advance(120_000))]
  expect(only(all, 'ingenieur@distributeur-casablanca.client.test').text).toContain('from Monday on')
  expect(all.map((m) => m.to)).not.toContain('contact@onyx.client.test')
})
