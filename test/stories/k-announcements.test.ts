// Row K13: releases are announced to the contacts of a desk or of a category: single mails, throttled, resumable, bounces counted.

import { afterEach, expect, test } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { orderAnnouncement } from '../../src/gateway/announcement-order.ts'
import { loadProgress, stopAnnouncement } from '../../src/gateway/announcement-store.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { only, type Sent, type TestGateway } from '../support/gateway.ts'

const desk = 'kpolygone-rca'
const supervisor = `supervisor@${desk}.staff.test`
const minute = 60_000
let gateway: TestGateway
afterEach(() => gateway.close())

async function start(perMinute = 60): Promise<void> {
  const started = await startExampleDesks([desk], '2026-11-18T09:00:00Z')
  gateway = started
  const known = started.configuration.desks.get(desk)
  if (known) await gateway.configure([{ ...known, announcements: { 'per-minute': perMinute } }])
}
const order = (line: string, text: string, from = supervisor): Promise<Sent[]> =>
  gateway.exchange({
    from,
    to: `${desk}@guichet.test`,
    subject: 'Nouvelle version du portail',
    text: `${line}\n\n${text}`,
  })
const words = (mail: Sent): string => mail.text.replace(/[\s\u00a0\u202f]+/g, ' ')
const titled = (sent: readonly Sent[]): Sent[] => sent.filter((m) => m.subject === 'Nouvelle version du portail')

test('K13: a supervisor announces by mail to a category; each of its contacts gets one mail, nobody sees another', async () => {
  await start()
  const sent = await order(
    '#annoncer category=bank',
    'La version 5.2 est en ligne ce soir.\n\nVos écrans changent peu.',
  )
  expect(
    titled(sent)
      .map((m) => m.to)
      .sort(),
  ).toEqual(['a.ngaya@banque-savane.client.test', 'helpdesk@banque-savane.client.test'])
  const mail = only(titled(sent), 'a.ngaya@banque-savane.client.test')
  expect(words(mail)).toContain('Bonjour Aristide Ngaya, La version 5.2 est en ligne ce soir.')
  expect(mail.raw).not.toContain('zoumara')
  expect(words(sent.find((m) => m.to === supervisor) as Sent)).toContain('elle part message par message')
  const summary = sent.filter((m) => m.to === supervisor).at(-1) as Sent
  expect(summary.subject).toBe('Annonce envoyée : Nouvelle version du portail')
  expect(words(summary)).toContain('Destinataires 2 Envoyés 2')
  expect(await gateway.database.sql`select from ticket`).toHaveLength(0)
  const page = await fetch(`${gateway.web}/desks/${desk}`, {
    headers: { authorization: 'Bearer supervisor-token-of-the-tests' },
  })
  expect((await page.text()).replace(/<[^>]*>/g, ' ')).toMatch(
    /Annonces[\s\S]*Nouvelle version du portail\s+2\s+0\s+2\s+0\s+0/,
  )
})

test('K13: an announcement that fits nobody ends at once, and the supervisor learns that it reached nobody', async () => {
  await start()
  const sent = await order('#annoncer category=meunier', 'La version 5.2 est en ligne.')
  expect(titled(sent)).toEqual([])
  const summary = words(sent.filter((m) => m.to === supervisor).at(-1) as Sent)
  expect(summary).toContain('ne correspond à aucun contact')
  expect(summary).toContain('Destinataires 0')
  expect(await gateway.database.sql`select state from announcement`).toEqual([{ state: 'sent' }])
})

test('K13: only supervisors announce; without a text nothing leaves', async () => {
  await start()
  const refused = await order('#annoncer tous', 'Bonjour à tous.', `agent@${desk}.staff.test`)
  expect(titled(refused)).toEqual([])
  expect(words(only(refused, `agent@${desk}.staff.test`))).toContain('Pas fait')
  const empty = await order('#annoncer tous', '')
  expect(words(only(empty, supervisor))).toContain('besoin d’un objet et d’un texte')
})

test('K13: so many a minute; a stopped gateway goes on where it was, and nobody is written to twice', async () => {
  await start(4)
  await transaction(gateway.database.sql, (tx) =>
    orderAnnouncement(
      tx,
      { desk, title: 'Nouvelle version du portail', text: 'Ce soir.', filter: {}, by: supervisor },
      gateway.now(),
    ),
  )
  const all: Sent[] = []
  await gateway.app.settle()
  all.push(...titled(await gateway.take()))
  expect(all).toHaveLength(4)
  // As if the process had ended between the mails and the note of them.
  await gateway.database.sql`update announcement_recipient set queued_at = null, outbound = null`
  const [half] = await loadProgress(gateway.database.sql, { desk, limit: 1 })
  expect(half).toMatchObject({ recipients: 11, waiting: 11, state: 'sending' })
  for (let i = 0; i < 6; i++) all.push(...titled(await gateway.advance(2 * minute)))
  expect(all).toHaveLength(11)
  expect(new Set(all.map((m) => m.to)).size).toBe(11)
  expect(all.map((m) => m.to)).not.toContain('ancien@numeris.client.test')
  expect(await loadProgress(gateway.database.sql, { desk, limit: 1 })).toMatchObject([
    { state: 'sent', waiting: 0, sent: 11 },
  ])
})

test('K13: mails that the next server refuses are counted, and said in the summary', async () => {
  await start()
  gateway.answers.set('a.ngaya@banque-savane.client.test', { state: 'bounced', response: '550 5.1.1 unknown' })
  const sent = await order('#annoncer category=bank', 'La version 5.2 est en ligne ce soir.')
  const summary = sent.find((m) => m.subject.startsWith('Annonce envoyée')) as Sent
  expect(words(summary)).toContain('Destinataires 2 Envoyés 1 Revenus en erreur 1')
})

test('K13: an announcement that is stopped reaches nobody more', async () => {
  await start(2)
  await order('#annoncer tous', 'Ce soir.')
  const [running] = await loadProgress(gateway.database.sql, { desk, limit: 1 })
  expect(await stopAnnouncement(gateway.database.sql, { desk, id: running?.id ?? 0 }, gateway.now())).toBe(true)
  const later = await gateway.advance(5 * minute)
  expect(titled(later)).toEqual([])
  expect(words(later.find((m) => m.to === supervisor) as Sent)).toContain('a été arrêtée')
})
