// Rows K12 and K15: the mails of monitoring systems as these send them, and what becomes of them at the two desks of the platform.

import { afterEach, expect, test } from 'vitest'
import { startExampleDesks } from '../support/example-desks.ts'
import { only, type Sent, type TestGateway } from '../support/gateway.ts'

const desk = 'kpolygone-rca'
const expert = `expert@${desk}.staff.test`
const minute = 60_000
const hour = 60 * minute

let gateway: TestGateway
afterEach(() => gateway.close())

const start = async (key = desk): Promise<void> => {
  gateway = await startExampleDesks([key], '2026-11-18T09:00:00Z')
  // The round of this morning is over.
  await gateway.app.settle()
}
type Mail = { readonly subject: string; readonly text?: string; readonly html?: string; readonly date?: Date }
const from = (system: string, mail: Mail, auth: 'pass' | 'fail' | null = null): Promise<Sent[]> =>
  gateway.exchange({ from: `${system}@monitoring.${desk}.test`, to: `${desk}@guichet.test`, auth, ...mail })
const tickets = async (): Promise<number> => (await gateway.database.sql`select from ticket`).length
const words = (mail: Sent): string => mail.text.replace(/[\s\u00a0\u202f]+/g, ' ')

const nagios = (kind: 'PROBLEM' | 'RECOVERY' | 'ACKNOWLEDGEMENT', state: string, service = 'HTTP'): Mail => ({
  subject: service
    ? `** ${kind} Service Alert: web01/${service} is ${state} **`
    : `** ${kind} Host Alert: web01 is ${state} **`,
  text: [
    '***** Nagios *****',
    '',
    `Notification Type: ${kind}`,
    ...(service ? ['', `Service: ${service}`] : []),
    'Host: web01',
    'Address: 10.20.0.11',
    `State: ${state}`,
    '',
    'Date/Time: Wed Nov 18 10:00:00 WAT 2026',
    '',
    'Additional Info:',
    '',
    `${service || 'PING'} ${state} - connection refused`,
  ].join('\n'),
})

const zabbix = (name: string, id: number, over = false): Mail => ({
  subject: over ? `Resolved in 4m 10s: ${name}` : `Problem: ${name}`,
  text: [
    over ? 'Problem has been resolved at 10:04:10 on 2026.11.18' : 'Problem started at 10:00:00 on 2026.11.18',
    `Problem name: ${name}`,
    ...(over ? ['Problem duration: 4m 10s'] : []),
    'Host: db-bangui',
    'Severity: Disaster',
    'Operational data: Current state: down (0)',
    `Original problem ID: ${id}`,
  ].join('\r\n'),
})

const label = (name: string, value: string): string => `${name} = ${value}<br />`
const prometheusAlert = (name: string, instance: string, severity: string): string =>
  `<tr><td><strong>Labels</strong><br />${label('alertname', name)}${label('instance', instance)}${label('job', 'node')}${label('severity', severity)}` +
  `<strong>Annotations</strong><br />${label('description', `${instance} has been down for 5 minutes.`)}${label('summary', `${name} on ${instance}`)}` +
  `<a href="http://prometheus.test/graph?g0.expr=up">Source</a><br /></td></tr>`
const alertmanager = (firing: readonly string[], resolved: readonly string[] = []): Mail => ({
  subject:
    firing.length > 0
      ? `[FIRING:${firing.length}] InstanceDown (node critical)`
      : '[RESOLVED] InstanceDown (node critical)',
  html:
    `<html><body><table><tr><td>${firing.length + resolved.length} alerts for alertname=InstanceDown</td></tr>` +
    '<tr><td><a href="http://alertmanager.test">View in AlertManager</a></td></tr>' +
    (firing.length > 0 ? `<tr><td><strong>[${firing.length}] Firing</strong></td></tr>${firing.join('')}` : '') +
    (resolved.length > 0
      ? `<tr><td><strong>[${resolved.length}] Resolved</strong></td></tr>${resolved.join('')}`
      : '') +
    '</table></body></html>',
})

test('K12: a problem of Nagios is one ticket however often it repeats, and its recovery closes it', async () => {
  await start()
  const told = only(await from('nagios', nagios('PROBLEM', 'CRITICAL')), expert)
  expect(told.subject).toContain('Alerte : web01/HTTP')
  expect(words(told)).toContain('HTTP CRITICAL - connection refused')
  for (let i = 0; i < 3; i++) {
    await gateway.advance(10 * minute)
    expect(await from('nagios', nagios('PROBLEM', 'CRITICAL'))).toEqual([])
  }
  expect(await tickets()).toBe(1)
  expect(await gateway.ticket(1, desk)).toMatchObject({
    status: 'new',
    type: 'monitoring',
    queue: 'monitoring',
    priority: 'high',
    channel: 'alert',
    people: [],
    fields: { host: 'web01', service: 'HTTP', repeats: 4 },
  })
  const over = only(await from('nagios', nagios('RECOVERY', 'OK')), expert)
  expect(over.subject).toContain('Rétabli : web01/HTTP')
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
})

test('K12: a host without a service is a problem of its own; what gets worse raises the priority and is told', async () => {
  await start()
  await from('nagios', nagios('PROBLEM', 'WARNING'))
  await from('nagios', nagios('PROBLEM', 'DOWN', ''))
  expect(await tickets()).toBe(2)
  expect(await gateway.ticket(2, desk)).toMatchObject({ priority: 'critical', fields: { host: 'web01' } })
  const worse = only(await from('nagios', nagios('PROBLEM', 'CRITICAL')), expert)
  expect(worse.subject).toContain('Aggravé')
  expect((await gateway.ticket(1, desk)).priority).toBe('high')
  await from('nagios', nagios('RECOVERY', 'UP', ''))
  expect((await gateway.ticket(2, desk)).status).toBe('closed')
  expect((await gateway.ticket(1, desk)).status).toBe('new')
})

test('K12: an acknowledgement of Nagios is noted on the ticket and moves nothing', async () => {
  await start()
  await from('nagios', nagios('PROBLEM', 'CRITICAL'))
  expect(await from('nagios', nagios('ACKNOWLEDGEMENT', 'CRITICAL'))).toEqual([])
  const { status, entries } = await gateway.ticket(1, desk)
  expect(status).toBe('new')
  expect(entries.filter((e) => e.data.alert === 'noted')).toHaveLength(1)
})

test('K12: Zabbix: the recovery is found by the number of the problem, also when its name has changed', async () => {
  await start()
  await from('zabbix', zabbix('PostgreSQL is down', 4711))
  expect(await gateway.ticket(1, desk)).toMatchObject({ priority: 'critical', fields: { host: 'db-bangui' } })
  await from('zabbix', zabbix('PostgreSQL was down', 4711, true))
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
  expect(await tickets()).toBe(1)
})

test('K12: a group of Alertmanager: each problem is a ticket, each recovers for itself', async () => {
  await start()
  const [one, two] = [
    prometheusAlert('InstanceDown', 'db1:9100', 'critical'),
    prometheusAlert('InstanceDown', 'db2:9100', 'critical'),
  ]
  await from('alertmanager', alertmanager([one]))
  await from('alertmanager', alertmanager([one, two]))
  expect(await tickets()).toBe(2)
  expect(await gateway.ticket(1, desk)).toMatchObject({
    subject: 'InstanceDown on db1:9100',
    priority: 'high',
    fields: { host: 'db1:9100', service: 'node', repeats: 2 },
  })
  await from('alertmanager', alertmanager([two], [one]))
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
  expect((await gateway.ticket(2, desk)).status).toBe('new')
  await from('alertmanager', alertmanager([], [two]))
  expect((await gateway.ticket(2, desk)).status).toBe('closed')
})

test('K12: a flood of problems in one mail is one ticket, over when all of it is', async () => {
  await start()
  const many = Array.from({ length: 40 }, (_, i) => prometheusAlert('InstanceDown', `node${i}:9100`, 'critical'))
  await from('alertmanager', alertmanager(many))
  expect(await tickets()).toBe(1)
  await from('alertmanager', alertmanager([], many))
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
})

test('K12: what comes and goes is one ticket: counted, tagged, and not told each time', async () => {
  await start()
  const heard: string[] = []
  for (let i = 0; i < 6; i++) {
    for (const mail of [nagios('PROBLEM', 'CRITICAL'), nagios('RECOVERY', 'OK')]) {
      heard.push(
        ...(await from('nagios', mail))
          .filter((m) => m.to === expert)
          .map((m) => m.subject.replace(/^.*\] /, '').split(' : ')[0] ?? ''),
      )
      await gateway.advance(3 * minute)
    }
  }
  expect(await tickets()).toBe(1)
  expect(heard).toEqual(['Alerte', 'Rétabli', 'De retour', 'Rétabli', 'De retour', 'Rétabli', 'Instable'])
  expect(await gateway.ticket(1, desk)).toMatchObject({
    status: 'closed',
    tags: ['flapping'],
    fields: { flaps: 5, repeats: 6 },
  })
})

test('K12: a problem that comes back after hours is a new ticket that names the old one', async () => {
  await start()
  await from('nagios', nagios('PROBLEM', 'CRITICAL'))
  await from('nagios', nagios('RECOVERY', 'OK'))
  await gateway.advance(3 * hour)
  await from('nagios', nagios('PROBLEM', 'CRITICAL'))
  expect((await gateway.ticket(2, desk)).links).toEqual([`follows ${desk}#1`])
})

test('K12: a recovery that overtakes its problem: the problem, older by its date, opens nothing', async () => {
  await start()
  const problem = { ...nagios('PROBLEM', 'CRITICAL'), date: gateway.now() }
  await gateway.advance(minute)
  expect(await from('nagios', { ...nagios('RECOVERY', 'OK'), date: gateway.now() })).toEqual([])
  await gateway.advance(minute)
  expect(await from('nagios', problem)).toEqual([])
  expect(await tickets()).toBe(0)
  await gateway.advance(minute)
  await from('nagios', { ...nagios('PROBLEM', 'CRITICAL'), date: gateway.now() })
  expect(await tickets()).toBe(1)
})

test('K12: a lost recovery: the team is asked to look after a day of silence, and the next problem stays on the ticket', async () => {
  await start()
  await from('zabbix', zabbix('Disk full', 100))
  const silent = (await gateway.advance(25 * hour)).filter((m) => m.subject.includes('Sans nouvelles'))
  expect(words(only(silent, expert))).toContain('ni qu’il dure, ni qu’il est fini')
  await from('zabbix', zabbix('Disk full', 200))
  expect(await tickets()).toBe(1)
  const { entries, status } = await gateway.ticket(1, desk)
  expect(entries.some((e) => e.data.alert === 'recovery-lost')).toBe(true)
  expect(status).toBe('new')
})

test('K12: a ticket that was closed by hand opens again when the problem is reported once more', async () => {
  await start()
  const told = only(await from('nagios', nagios('PROBLEM', 'CRITICAL')), expert)
  await gateway.reply(told, { from: `Firmin <${expert}>`, text: '#close\n' })
  expect((await gateway.ticket(1, desk)).status).toBe('closed')
  await from('nagios', nagios('PROBLEM', 'CRITICAL'))
  expect((await gateway.ticket(1, desk)).status).not.toBe('closed')
  expect(await tickets()).toBe(1)
})

test('K12: a mail that fails authentication is no alert; one that cannot be read is shown to the staff', async () => {
  await start()
  await from('nagios', nagios('PROBLEM', 'CRITICAL'), 'fail')
  expect(await tickets()).toBe(0)
  const shown = await from('nagios', { subject: 'Licence expires', text: 'Your licence expires in 30 days.' })
  expect(shown.map((m) => m.to)).not.toContain(`nagios@monitoring.${desk}.test`)
  expect(words(only(shown, `agent@${desk}.staff.test`))).toContain('ne se lit pas comme une alerte')
  expect(await tickets()).toBe(0)
})

const payment = (state: string, bank = 'Banque de la Savane', number = 'TRX-2026-0815'): Mail => ({
  subject: `Transaction ${number} : ${state}`,
  text: `Événement : Paiement électronique\nTransaction : ${number}\nÉtat : ${state}\nBanque : ${bank}\nMontant : 1 250 000 XAF\n`,
})

test('K15: a refused payment is a ticket of its own type; its bank and the agencies are told, other banks are not', async () => {
  await start()
  const sent = await from('transactions', payment('refusée'))
  expect(await gateway.ticket(1, desk)).toMatchObject({
    type: 'transaction',
    priority: 'high',
    subject: 'Paiement électronique, transaction TRX-2026-0815',
    fields: { transaction: 'TRX-2026-0815', bank: 'Banque de la Savane', amount: '1250000 XAF' },
  })
  const bank = only(sent, 'a.ngaya@banque-savane.client.test')
  expect(words(bank)).toContain('Numéro de transaction TRX-2026-0815')
  expect(words(bank)).toContain('1 250 000 FCFA')
  expect(sent.map((m) => m.to).sort()).toEqual(
    [
      'a.ngaya@banque-savane.client.test',
      `agent@${desk}.staff.test`,
      'bureau.bangui@douanes.client.test',
      'suivi@agence-commerce.client.test',
    ].sort(),
  )
  await from('transactions', payment('refusée'))
  expect(await tickets()).toBe(1)
  const other = await from('transactions', payment('bloquée', 'Banque du Fleuve', 'TRX-2026-0816'))
  expect(other.map((m) => m.to)).not.toContain('a.ngaya@banque-savane.client.test')
  const over = only(await from('transactions', payment('réglée')), 'a.ngaya@banque-savane.client.test')
  expect(over.subject).toContain('Rétabli')
  expect((await gateway.ticket(1, desk)).status).toBe('solved')
})

test('K15: what is not over stands on the desk’s page, and in a mail of the next morning to staff and subscribers', async () => {
  await start()
  await from('transactions', payment('refusée'))
  await from('transactions', payment('bloquée', 'Banque du Fleuve', 'TRX-2026-0816'))
  const page = await fetch(`${gateway.web}/desks/${desk}`, {
    headers: { authorization: 'Bearer supervisor-token-of-the-tests' },
  })
  const html = await page.text()
  expect(html).toContain('Incidents en cours')
  for (const number of ['0815', '0816']) expect(html).toContain(`Paiement électronique, transaction TRX-2026-${number}`)

  const morning = (await gateway.advance(23 * hour)).filter((m) => m.subject.includes('Incidents en cours'))
  expect(words(only(morning, `supervisor@${desk}.staff.test`))).toContain('TRX-2026-0816')
  const bank = only(morning, 'a.ngaya@banque-savane.client.test')
  expect(words(bank)).toContain('TRX-2026-0815')
  expect(bank.text).not.toContain('0816')
  expect(words(only(morning, 'suivi@agence-commerce.client.test'))).toContain('TRX-2026-0816')
  expect((await gateway.advance(hour)).filter((m) => m.subject.includes('Incidents en cours'))).toEqual([])
})

test('K12: a burst of the same problem, its end among it, is one ticket with every mail counted', async () => {
  await start()
  const to = { from: `nagios@monitoring.${desk}.test`, to: `${desk}@guichet.test`, auth: null }
  for (let i = 0; i < 5; i++) await gateway.write({ ...to, ...nagios('PROBLEM', 'CRITICAL') })
  await gateway.write({ ...to, ...nagios('RECOVERY', 'OK') })
  await gateway.app.settle()
  expect(await tickets()).toBe(1)
  expect(await gateway.ticket(1, desk)).toMatchObject({ status: 'closed', fields: { repeats: 5 } })
  expect((await gateway.take()).filter((m) => m.to === expert)).toHaveLength(2)
})
