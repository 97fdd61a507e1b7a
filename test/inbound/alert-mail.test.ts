import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAlertmanager, readNagios, readZabbix } from '../../src/inbound/alert-mail.ts'

const mail = (subject: string, text: string) => ({ subject, text, replyText: text })

describe('Nagios and Icinga', () => {
  test.each([
    [
      'a service',
      '** PROBLEM Service Alert: web01/HTTP is CRITICAL **',
      'Notification Type: PROBLEM\n\nService: HTTP\nHost: web01\nState: CRITICAL\n\nAdditional Info:\n\nrefused',
      { key: 'web01/HTTP', state: 'problem', severity: 'critical', text: 'refused' },
    ],
    [
      'a host',
      '** PROBLEM Host Alert: web01 is DOWN **',
      'Notification Type: PROBLEM\nHost: web01\nState: DOWN\nInfo: PING CRITICAL',
      { key: 'web01', state: 'problem', severity: 'down', text: 'PING CRITICAL' },
    ],
    [
      'a recovery',
      '** RECOVERY Host Alert: web01 is UP **',
      'Notification Type: RECOVERY\nHost: web01\nState: UP',
      { key: 'web01', state: 'recovery' },
    ],
    [
      'the subject alone',
      '** PROBLEM Service Alert: db01/Disk / is WARNING **',
      '',
      { key: 'db01/Disk /', state: 'problem', severity: 'warning' },
    ],
    [
      'a downtime',
      '** DOWNTIMESTART Host Alert: web01 is UP **',
      'Notification Type: DOWNTIMESTART\nHost: web01\nState: UP',
      { key: 'web01', state: 'note' },
    ],
    [
      'its own flapping',
      '** FLAPPINGSTART Service Alert: web01/HTTP is OK **',
      'Notification Type: FLAPPINGSTART\nService: HTTP\nHost: web01\nState: OK',
      { key: 'web01/HTTP', state: 'flapping' },
    ],
    [
      'Icinga 2',
      '[PROBLEM] http on web01 is CRITICAL!',
      '***** Service Monitoring on master *****\n\nhttp on web01 is CRITICAL!\n\nInfo: connection refused\n\nWhen: 2026-11-18 10:00:00 +0100\nService: http\nHost: web01',
      { key: 'web01/http', state: 'problem', severity: 'critical', text: 'connection refused' },
    ],
    [
      'Icinga 2, a host',
      '[RECOVERY] Host web01 is UP!',
      'Host: web01\nInfo: PING OK',
      { key: 'web01', state: 'recovery' },
    ],
  ])('%s', (_title, subject, text, expected) => {
    expect(readNagios(mail(subject, text))).toMatchObject([expected])
  })
})

describe('Zabbix', () => {
  test.each([
    [
      'a problem',
      'Problem: High CPU load',
      'Problem started at 10:00 on 2026.11.18\nProblem name: High CPU load\nHost: db01\nSeverity: High\nOriginal problem ID: 17',
      { key: 'db01/High CPU load', reference: '17', state: 'problem', severity: 'high' },
    ],
    [
      'its end',
      'Resolved in 5m: High CPU load',
      'Problem has been resolved at 10:05\nProblem name: High CPU load\nHost: db01\nSeverity: High\nOriginal problem ID: 17',
      { key: 'db01/High CPU load', reference: '17', state: 'recovery' },
    ],
    [
      'an update',
      'Updated problem in 3m: High CPU load',
      'Ann acknowledged problem at 10:03.\nProblem name: High CPU load\nHost: db01',
      { state: 'note' },
    ],
    [
      'the old shape',
      'PROBLEM: Disk full on /var',
      'Trigger: Disk full on /var\nTrigger status: PROBLEM\nTrigger severity: Average\nHost: db01',
      { key: 'db01/Disk full on /var', state: 'problem', severity: 'average' },
    ],
    [
      'the end of the old shape',
      'OK: Disk full on /var',
      'Trigger: Disk full on /var\nTrigger status: OK\nHost: db01',
      { key: 'db01/Disk full on /var', state: 'recovery' },
    ],
  ])('%s', (_title, subject, text, expected) => {
    expect(readZabbix(mail(subject, text))).toMatchObject([expected])
  })
})

describe('Alertmanager', () => {
  const labels = (instance: string) =>
    `Labels\nalertname = Down\ninstance = ${instance}\nseverity = critical\nAnnotations\nsummary = ${instance} is down\nSource`
  test('a group with firing and resolved alerts; the severity is no part of the key', () => {
    const text = `3 alerts for alertname=Down\n\nView in AlertManager\n\n[2] Firing\n${labels('a:1')}\n\n${labels('b:1')}\n[1] Resolved\n${labels('c:1')}`
    expect(readAlertmanager(mail('[FIRING:2] Down (critical)', text))).toMatchObject([
      { key: 'alertname=Down,instance=a:1', state: 'problem', severity: 'critical', title: 'a:1 is down' },
      { key: 'alertname=Down,instance=b:1', state: 'problem' },
      { key: 'alertname=Down,instance=c:1', state: 'recovery' },
    ])
  })
  test.each([
    ['[FIRING:1] HighLatency api', 'problem'],
    ['[RESOLVED] HighLatency api (warning)', 'recovery'],
  ])('a text of one’s own: the subject tells, %s', (subject, state) => {
    expect(readAlertmanager(mail(subject, 'Something else.'))).toMatchObject([{ key: 'HighLatency api', state }])
  })
})

test.each([
  ['Re: Lunch on Friday?', 'Shall we meet at noon?\nHost: the usual place'],
  ['', ''],
  ['Problem with my printer', 'Hello, it does not print.'],
])('a mail of a person is no alert of Nagios or Alertmanager: %s', (subject, text) => {
  expect(readNagios(mail(subject, text))).toEqual([])
  expect(readAlertmanager(mail(subject, text))).toEqual([])
})

test('whatever is sent, reading ends, and keys have no line breaks', () => {
  const piece = fc.constantFrom(
    'Host: a\n',
    'State: X',
    '[1] Firing\n',
    'Labels\n',
    'a = b\n',
    '** PROBLEM Host Alert: ',
    ' is DOWN **',
    '\0',
    '\r',
    'é',
    '=',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.array(piece, { maxLength: 200 }), (subject, text) => {
      const one = mail(subject.join(''), text.join(''))
      for (const found of [readNagios(one), readZabbix(one), readAlertmanager(one)])
        for (const { title } of found) expect(typeof title).toBe('string')
    }),
  )
})
