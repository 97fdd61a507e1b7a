// Row K14: changes of the platform are records of their own, tested and approved before they are over, and exported by period.

import { afterEach, expect, test } from 'vitest'
import { changesTable, periodOf } from '../../src/cli/export.ts'
import { startExampleDesks } from '../support/example-desks.ts'
import { only, type Sent } from '../support/gateway.ts'

const desk = 'kpolygone-rca'
const expert = `expert@${desk}.staff.test`
const firmin = `Firmin Gondarra <${expert}>`
const supervisor = `supervisor@${desk}.staff.test`
type Started = Awaited<ReturnType<typeof startExampleDesks>>
let gateway: Started
afterEach(() => gateway.close())

const words = (mail: Sent): string => mail.text.replace(/[\s\u00a0\u202f]+/g, ' ')
const opened = async (subject: string): Promise<Sent> =>
  only(
    await gateway.exchange({
      from: firmin,
      to: `${desk}@guichet.test`,
      subject,
      text: '#type changement\n\n=SOMME(1;2) Passage du serveur de formulaires à la version 5.2.',
    }),
    expert,
  )

test('K14: a change is closed only when it has been tested and approved; the export names who did and when', async () => {
  gateway = await startExampleDesks([desk], '2026-11-18T09:00:00Z')
  const receipt = await opened('Version 5.2 des formulaires')
  expect(await gateway.ticket(1, desk)).toMatchObject({ type: 'change', status: 'new' })
  const early = only(await gateway.reply(receipt, { from: firmin, text: '#close\n' }), expert)
  expect(words(early)).toContain('il manque encore : Testé par, Approuvé par')
  expect((await gateway.ticket(1, desk)).status).not.toBe('closed')
  await gateway.reply(receipt, { from: firmin, text: '#testé\n' })
  await gateway.advance(3_600_000)
  const shown = only(
    await gateway
      .exchange({ from: supervisor, to: `${desk}@guichet.test`, subject: 'Voir', text: '#montrer RCA-1' })
      .then((all) => all.filter((m) => m.subject.includes('RCA-1'))),
    supervisor,
  )
  await gateway.reply(shown, { from: supervisor, text: '#approuvé\n' })
  await gateway.reply(receipt, { from: firmin, text: '#close\n' })
  expect(await gateway.ticket(1, desk)).toMatchObject({
    status: 'closed',
    fields: { 'tested-by': expert, 'approved-by': supervisor },
  })

  const known = gateway.configuration.desks.get(desk)
  if (!known) throw new Error('no desk')
  const csv = await changesTable(
    gateway.database.sql,
    known,
    periodOf(known, { from: '2026-11-01', to: '2026-11-30' }, gateway.now()),
  )
  const [head, line] = csv.trim().split(/\r?\n/)
  expect(head?.split(',').slice(0, 14)).toEqual([
    'ticket',
    'opened',
    'closed',
    'type',
    'status',
    'subject',
    'description',
    'opened-by',
    'agent',
    'tested-by',
    'tested-at',
    'approved-by',
    'approved-at',
    'resolution',
  ])
  expect(line).toContain(
    'RCA-1,2026-11-18T09:00:00.000Z,2026-11-18T10:00:00.000Z,Changement,Clos,Version 5.2 des formulaires',
  )
  expect(line).toContain(`${expert},2026-11-18T09:00:00.000Z,${supervisor},2026-11-18T10:00:00.000Z`)
  // A spreadsheet does not compute what somebody wrote.
  expect(line).toContain("'=SOMME(1;2)")
  const before = await changesTable(
    gateway.database.sql,
    known,
    periodOf(known, { from: '2026-10-01', to: '2026-10-31' }, gateway.now()),
  )
  expect(before.trim().split(/\r?\n/)).toHaveLength(1)
})

test('K14: only the second level opens changes; another agent is told so', async () => {
  gateway = await startExampleDesks([desk], '2026-11-18T09:00:00Z')
  const sent = await gateway.exchange({
    from: 'Clarisse <agent@kpolygone-rca.staff.test>',
    to: `${desk}@guichet.test`,
    subject: 'Changement',
    text: '#type changement\n\nJe voudrais changer le serveur.',
  })
  expect(
    words(
      only(
        sent.filter((m) => words(m).includes('Pas fait')),
        'agent@kpolygone-rca.staff.test',
      ),
    ),
  ).toContain('Deuxième niveau')
  expect((await gateway.ticket(1, desk)).type).toBe('incident')
})
