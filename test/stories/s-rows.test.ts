import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { password, startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway } from '../support/gateway.ts'

// Monday, 9 o'clock in Zurich.
const monday = '2026-11-23T08:00:00Z'
const hour = 3_600_000
const desk = 'spt@guichet.test'
const agent = 'agent@spt.staff.test'
const sophie = 'Sophie Marchand <contact@spt.client.test>'
const at = 'contact@spt.client.test'

let gateway: TestGateway

const numberOf = (mail: Sent): number => Number(/\[SPT-(\d+)\]/.exec(mail.subject)?.[1] ?? 0)

interface Opened {
  readonly number: number
  readonly ack: Sent
  readonly told: Sent
}

async function opens(subject: string, text: string, from = sophie): Promise<Opened> {
  const sent = await gateway.exchange({ from, to: desk, subject, text })
  const ack = only(sent, from.replace(/^.*<|>$/g, ''))
  return { number: numberOf(ack), ack, told: only(sent, agent) }
}
const says = (told: Sent, text: string): Promise<Sent[]> => gateway.reply(told, { from: agent, text })
const found = (number: number) => gateway.ticket(number, 'spt')
/** In one line: mails are wrapped, and French has blanks of its own. */
const flat = (mail: Sent): string => mail.text.replace(/\s+/g, ' ')
/** A ticket gets three automatic mails an hour. */
const later = async (): Promise<void> => void (await gateway.advance(hour))
async function due(number: number, name: string): Promise<Date | null> {
  const [row] = await gateway.database.sql<{ due_at: Date | null }[]>`
    select due_at from clock where desk = 'spt' and ticket = ${number} and name = ${name}`
  return row?.due_at ?? null
}

describe('requests of a desk whose requesters write in a portal', () => {
  beforeEach(async () => {
    gateway = await startExampleDesks(['spt'], monday)
  })
  afterEach(() => gateway.close())

  test('S1: requests are numbered with the prefix SPT, and every mail about them names the number in its subject', async () => {
    const { number, ack, told } = await opens('Journal des débiteurs', 'Le journal ne s’imprime plus.')
    expect(ack.subject).toBe(`Re: [SPT-${number}] Journal des débiteurs`)
    expect(told.subject).toBe(`[SPT-${number}] Journal des débiteurs`)
    for (const mail of await says(told, '#statut qualifié')) expect(mail.subject).toContain(`[SPT-${number}]`)
    const [first, second] = [await opens('Un', 'Premier cas.'), await opens('Deux', 'Second cas.')]
    expect(second.number).toBe(first.number + 1)
  })

  test('S2: a customer’s request for a licence opens nothing: the customer learns who does it, sales administration has the mail', async () => {
    const sent = await gateway.exchange({
      from: sophie,
      to: desk,
      subject: 'Nouvelle licence',
      text: 'Bonjour, il nous faut une clé de licence pour trois postes de plus.',
    })
    const answer = only(sent, at)
    expect(answer.text).toContain('administration des ventes')
    expect(answer.subject).not.toMatch(/SPT-\d/)
    const sales = only(sent, 'ventes@spt.staff.test')
    expect(sales.text).toContain('trois postes de plus')
    expect(sales.text).toContain(`#pour ${at}`)
    expect(sent).toHaveLength(2)
    expect(await gateway.trail()).toContain('held:staff-only-type')
  })

  test('S2: sales administration opens the licence request on behalf of the customer, who is told its number; no SLO runs', async () => {
    const sent = await gateway.exchange({
      from: 'ventes@spt.staff.test',
      to: desk,
      subject: 'Licence 3 postes',
      text: `#pour ${at}\n#type licence\n\nTrois postes supplémentaires pour Mécanique du Doubs.`,
    })
    const ack = only(sent, at)
    expect(ack.text).toContain('Licence')
    const ticket = await found(numberOf(ack))
    expect(ticket).toMatchObject({ type: 'licence', queue: 'sales' })
    expect(ticket.people).toContainEqual(expect.objectContaining({ address: at, role: 'requester' }))
    for (const { name } of ticket.clocks) expect(await due(numberOf(ack), name)).toBeNull()
  })

  test('S2: an agent outside sales administration cannot make a licence request, and learns why', async () => {
    const { number, told } = await opens('Question de module', 'Comment ouvrir le module Achats ?')
    const sent = await says(told, '#type licence')
    expect(only(sent, agent).text).toContain('Administration des ventes')
    expect((await found(number)).type).toBe('support')
  })

  test('S2: nor does one whose mail on behalf of a customer speaks of a licence: sales administration makes it one', async () => {
    const sent = await gateway.exchange({
      from: agent,
      to: desk,
      subject: 'Licence pour Dole',
      text: `#pour ${at}\n#type licence\n\nIl leur faut une clé de licence.`,
    })
    const number = numberOf(only(sent, at))
    expect(await found(number)).toMatchObject({ type: 'support', queue: 'sales' })
    const told = only(sent, 'ventes@spt.staff.test')
    await gateway.reply(told, { from: 'ventes@spt.staff.test', text: '#type licence' })
    expect((await found(number)).type).toBe('licence')
  })

  test('S2: a patch is administration: acknowledged without a promise, no SLO runs', async () => {
    const { number, ack } = await opens('Installation du patch 12.4', 'Quand pouvez-vous installer le correctif 12.4 ?')
    expect(ack.text).toContain('Patch')
    expect(ack.text).not.toContain('au plus tard')
    const ticket = await found(number)
    expect(ticket.type).toBe('patch')
    for (const { name } of ticket.clocks) expect(await due(number, name)).toBeNull()
  })

  test.each([
    ['bloquante', 'blocking', 'Production arrêtée', 'Tout est bloqué, plus personne ne peut travailler.'],
    ['haute', 'high', 'Urgent', 'C’est urgent, il est impossible de livrer aujourd’hui.'],
    ['moyenne', 'medium', 'Calcul des frais', 'Les frais annexes sont calculés deux fois.'],
    ['basse', 'low', 'Suggestion', 'Une suggestion : afficher le total en gras.'],
  ])(
    'S3: the criticality %s is found in the mail and its meaning stands in the acknowledgement',
    async (name, key, subject, text) => {
      const { number, ack } = await opens(subject, text)
      expect((await found(number)).priority).toBe(key)
      expect(flat(ack).toLowerCase()).toContain(`priorité ${name} :`)
    },
  )

  test('S3: an agent sets another criticality by mail', async () => {
    const { number, told } = await opens('Frais annexes', 'Les frais annexes manquent.')
    const sent = await says(told, '#criticité bloquante')
    expect(only(sent, agent).text).toContain('Moyenne → Bloquante')
    expect((await found(number)).priority).toBe('blocking')
  })

  test('S4: the seven statuses say who acts next; the customer reads it in a mail at each step', async () => {
    const { number, ack, told } = await opens('Écriture en double', 'Une écriture apparaît deux fois.')
    expect(ack.text).toContain('Ouvert')
    const steps: [string, string, string][] = [
      ['qualifié', 'Qualifié', 'Customer Service (Daily)'],
      ['en cours', 'En cours', 'Customer Service (ServiceDesk)'],
      ['en attente triage', 'En attente triage', 'un expert de ProConcept'],
      ['en attente R&D', 'En attente R&D', 'la R&D'],
      ['en attente client', 'En attente client', 'C’est maintenant à vous'],
      ['fermé', 'Fermé', 'La demande a été traitée ou escaladée. Pour tout autre sujet'],
    ]
    for (const [command, name, next] of steps) {
      await later()
      const mail = only(await says(told, `#statut ${command}`), at)
      expect(flat(mail)).toContain(`à « ${name} »`)
      expect(flat(mail)).toContain(next)
    }
    expect((await found(number)).status).toBe('closed')
  })

  test('S4: a move that the table of statuses does not have is refused with those it has', async () => {
    const { number, told } = await opens('Adresse de livraison', 'L’adresse de livraison disparaît.')
    const sent = await says(told, '#statut en attente R&D')
    expect(flat(only(sent, agent))).toContain('possibles : Qualifié')
    expect(sent.filter((mail) => mail.to === at)).toEqual([])
    expect((await found(number)).status).toBe('open')
  })

  test('S6: the request’s page shows number, description, type, status, who is involved and the history, newest first', async () => {
    const { number, ack, told } = await opens('Taux de TVA', 'Le taux de TVA n’est pas repris.')
    await says(told, 'Nous regardons cela.')
    await says(told, '#note Vu avec le collègue de la paie.')
    await says(told, 'C’est reproduit chez nous.')
    const link = /http:\/\/\S+/.exec(ack.text.slice(ack.text.indexOf('Suivre')))?.[0] ?? ''
    const page = await (await fetch(link)).text()
    for (const words of [
      `SPT-${number}`,
      'Taux de TVA',
      'Le taux de TVA n’est pas repris',
      'Support',
      'En cours',
      'Sophie Marchand',
    ])
      expect(page).toContain(words)
    expect(page.indexOf('reproduit chez nous')).toBeLessThan(page.indexOf('Nous regardons cela'))
    expect(page).not.toContain('collègue de la paie')
  })

  test('S7: the requester mutes one request by mail, gets no notices of it any more, stays on it, and may take it back', async () => {
    const { number, ack, told } = await opens('Format du PDF', 'Le PDF est illisible.')
    const muted = await gateway.exchange({ from: sophie, to: choiceIn(ack, /Ne plus recevoir/), subject: '', text: '' })
    expect((await found(number)).people[0]).toMatchObject({ address: at, muted: true })
    expect((await says(told, '#statut qualifié')).filter((mail) => mail.to === at)).toEqual([])
    const again = only(muted, at)
    await gateway.exchange({ from: sophie, to: choiceIn(again, /nouveau|rétablir|recevoir/i), subject: '', text: '' })
    await later()
    expect((await says(told, '#statut en cours')).filter((mail) => mail.to === at)).toHaveLength(1)
  })

  test('S8: a solved request asks the requester to confirm; confirmed, the agent in charge is told and closes', async () => {
    const { number, told } = await opens('Relance client', 'La relance part deux fois.')
    const sent = await says(told, '#résolu\n\nLa relance en double a été supprimée.')
    const asked = only(sent, at)
    expect(flat(asked)).toContain('Est-ce bien résolu pour vous ?')
    expect(asked.text).toContain('La relance en double a été supprimée.')
    expect((await found(number)).status).toBe('waiting-customer')
    const after = await gateway.exchange({ from: sophie, to: choiceIn(asked, /^Oui/), subject: '', text: '' })
    expect(only(after, agent).text).toContain('c’est résolu')
    expect((await found(number)).status).not.toBe('closed')
    await says(only(after, agent), '#fermer')
    expect((await found(number)).status).toBe('closed')
  })

  test('S8: the question is asked however many notices the same hour has brought', async () => {
    const { told } = await opens('Clôture', 'La clôture échoue.')
    for (const line of ['#statut qualifié', '#statut en cours', '#statut triage', '#statut en cours'])
      await says(told, line)
    expect(flat(only(await says(told, '#résolu'), at))).toContain('Est-ce bien résolu pour vous ?')
  })

  test('S8: refuted, the request is worked on again and the agent is told', async () => {
    const { number, told } = await opens('Étiquettes', 'Les étiquettes sont vides.')
    const asked = only(await says(told, '#résolu\n\nLe modèle a été corrigé.'), at)
    const after = await gateway.exchange({ from: sophie, to: choiceIn(asked, /^Non/), subject: '', text: '' })
    expect(only(after, agent).text).toContain('ce n’est pas résolu')
    expect(await found(number)).toMatchObject({ status: 'in-progress', reopens: 1 })
  })

  test('S9: mail on a closed request is answered that it stays closed; a new one that names it is linked to it', async () => {
    const { number, ack, told } = await opens('Inventaire', 'L’inventaire ne se clôture pas.')
    await says(told, '#statut en cours')
    await says(told, '#fermer')
    await later()
    const late = await gateway.reply(ack, { from: sophie, text: 'Cela recommence.' })
    expect(flat(only(late, at))).toContain('ne peut pas être rouverte')
    expect((await found(number)).status).toBe('closed')
    expect(await gateway.trail()).toContain('held:closed-ticket')
    const next = await opens('Inventaire, suite', `La demande SPT-${number} est close, mais le problème est revenu.`)
    expect((await found(next.number)).links).toContain(`refers spt#${number}`)
  })

  test('S10: a requester’s reply by mail is kept, not added, and answered once a day with the portal’s link', async () => {
    const { number, ack } = await opens('Saisie des heures', 'La saisie des heures est lente.')
    const first = await gateway.reply(ack, { from: sophie, text: 'Toujours aussi lent.' })
    expect(flat(only(first, at))).toContain('il n’y a pas été ajouté')
    expect(only(first, at).text).toContain(`https://portail.guichet.test/demandes/SPT-${number}`)
    const second = await gateway.reply(ack, { from: sophie, text: 'Vraiment lent.' })
    expect(second.filter((mail) => mail.to === at)).toEqual([])
    const { entries } = await found(number)
    expect(entries.filter((entry) => entry.kind === 'customer')).toHaveLength(1)
    expect(entries.filter((entry) => entry.kind === 'held').map((entry) => entry.text.trim())).toEqual([
      'Toujours aussi lent.',
      'Vraiment lent.',
    ])
  })

  test('S10: a reply that the portal hands over is added, and the agent answers by mail', async () => {
    const { number, ack, told } = await opens('Droits d’accès', 'Je ne vois pas le menu Ventes.')
    const sent = await gateway.exchange({
      from: sophie,
      to: desk,
      subject: `Re: [SPT-${number}] Droits d’accès`,
      text: 'Le menu Achats manque aussi.',
      inReplyTo: ack.messageId,
      as: { user: 'portal', password },
    })
    expect(only(sent, agent).text).toContain('Le menu Achats manque aussi.')
    expect((await found(number)).entries.filter((entry) => entry.kind === 'customer')).toHaveLength(2)
    expect(only(await says(told, 'Les droits sont rétablis.'), at).text).toContain('Les droits sont rétablis.')
  })

  test('S11: escalated to the experts and to R&D, the teams are told with the file and the SLO is paused; it goes on afterwards', async () => {
    const { number, told } = await opens('Prix de revient', 'Le prix de revient est faux après la mise à jour.')
    const clock = async () => (await found(number)).clocks.find((one) => one.name === 'resolution')?.state
    expect(await clock()).toBe('running')
    const triage = only(await says(told, '#statut triage'), 'expert@spt.staff.test')
    expect(triage.text).toContain('Le prix de revient est faux')
    expect(await found(number)).toMatchObject({ queue: 'triage', status: 'waiting-triage' })
    expect(await clock()).toBe('paused')
    const rd = await gateway.reply(triage, { from: 'expert@spt.staff.test', text: '#statut R&D' })
    expect(flat(only(rd, 'rd@spt.staff.test'))).toContain('Le prix de revient est faux')
    expect(await found(number)).toMatchObject({ queue: 'rd', status: 'waiting-rd' })
    expect(await clock()).toBe('paused')
    await gateway.reply(only(rd, 'rd@spt.staff.test'), { from: 'rd@spt.staff.test', text: '#statut en cours' })
    expect(await clock()).toBe('running')
    expect(await found(number)).toMatchObject({ queue: 'service-desk' })
  })

  test('S12: a request closed as escalated says to the customer under which reference it goes on', async () => {
    const { number, told } = await opens('Correctif des arrondis', 'Le correctif des arrondis est attendu.')
    await says(told, '#statut en cours')
    const sent = await says(told, '#référence RD-4711\n#fermer')
    const mail = only(sent, at)
    expect(mail.text).toContain('RD-4711')
    expect(mail.text).toContain('Fermé')
    expect((await found(number)).fields).toMatchObject({ reference: 'RD-4711' })
  })
})

describe('S5: the SLO counts business time, across a week-end, a holiday and the change to winter time', () => {
  const due = async (number: number, name: string): Promise<Date | null> => {
    const [row] = await gateway.database.sql<{ due_at: Date | null }[]>`
      select due_at from clock where desk = 'spt' and ticket = ${number} and name = ${name}`
    return row?.due_at ?? null
  }

  test('S5: four business hours from Friday afternoon end on Monday, an hour later by the world’s clock after the change to winter time', async () => {
    // Friday, 15:00 in Zurich (summer time); on Sunday the clocks go back. Two hours are left, two more count on Monday.
    gateway = await startExampleDesks(['spt'], '2026-10-23T13:00:00Z')
    const { number } = await opens('Calcul de la paie', 'Le calcul de la paie diffère.')
    expect((await found(number)).priority).toBe('medium')
    // warned after three hours: Monday 9:00; the breach would be at 10:00.
    expect(await due(number, 'first-response')).toEqual(new Date('2026-10-26T08:00:00Z'))
    const warned = await gateway.advance(67 * hour)
    expect(
      warned
        .filter((mail) => mail.to === agent)
        .map((mail) => mail.text)
        .join(),
    ).toContain('SPT-')
    expect(await due(number, 'first-response')).toEqual(new Date('2026-10-26T09:00:00Z'))
    await gateway.close()
  })

  test('S5: while the customer is to act the counter stands still; what was left is left when it goes on', async () => {
    gateway = await startExampleDesks(['spt'], monday)
    const { number, told } = await opens('Facture d’acompte', 'La facture d’acompte est impossible à annuler.')
    expect(await due(number, 'resolution')).toEqual(new Date('2026-11-27T08:00:00Z'))
    // An hour of work, then a question that waits over a night and a morning.
    await gateway.advance(hour)
    await says(told, 'Quel est le numéro de la facture ?\n')
    await says(told, '#statut en attente client')
    expect(await due(number, 'resolution')).toBeNull()
    await gateway.advance(24 * hour)
    await says(told, '#statut en cours')
    // One business day was the customer's: the warning comes one business day later, on Monday instead of Friday.
    expect(await due(number, 'resolution')).toEqual(new Date('2026-11-30T08:00:00Z'))
    await gateway.close()
  })

  test('S5: closed, nothing counts any more', async () => {
    gateway = await startExampleDesks(['spt'], monday)
    const { number, told } = await opens('Liste des articles', 'La liste est vide.')
    await says(told, '#statut en cours')
    await says(told, '#fermer')
    expect((await found(number)).clocks.filter((clock) => clock.state !== 'stopped')).toEqual([])
    await gateway.close()
  })
})
