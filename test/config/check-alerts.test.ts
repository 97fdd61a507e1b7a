import { expect, test } from 'vitest'
import { checkAlerts } from '../../src/config/check-alerts.ts'
import { deskSchema } from '../../src/desks/desk.ts'
import { orchardYaml } from '../support/rule-work.ts'

const source = {
  name: 'pumps',
  from: ['pumps@monitoring.test'],
  format: 'pattern',
  patterns: ['^Pump (?<pump>\\d+) (?<state>failed|runs)$'],
  key: '{pump}',
  recovered: ['runs'],
  type: 'question',
}

function faultsOf(...alerts: readonly Readonly<Record<string, unknown>>[]): string[] {
  const faults: string[] = []
  checkAlerts(deskSchema.parse({ ...orchardYaml, alerts }), (path, message) => {
    faults.push(`${path.join('.')}: ${message}`)
  })
  return faults
}

test('a source that fits has no faults', () => {
  expect(faultsOf(source)).toEqual([])
  expect(
    faultsOf({
      name: 'n',
      from: ['@monitoring.test'],
      format: 'nagios',
      type: 'question',
      fields: { invoice: '{host}' },
    }),
  ).toEqual([])
})

test.each([
  ['an unknown type', { type: 'questoin' }, 'alerts.0.type: the desk has no type "questoin"'],
  ['an unknown queue', { queue: 'third' }, 'alerts.0.queue: the desk has no queue "third"'],
  ['an unknown status', { 'on-recovery': 'over' }, 'alerts.0.on-recovery: the desk has no status "over"'],
  [
    'an unknown priority',
    { priorities: { failed: 'huge' } },
    'alerts.0.priorities.failed: the desk has no priority "huge"',
  ],
  [
    'a severity in capitals',
    { priorities: { FAILED: 'high' } },
    'alerts.0.priorities.FAILED: severities are written in small letters',
  ],
  ['an expression that explodes elsewhere', { patterns: ['(?=x)', source.patterns[0]] }, 'alerts.0.patterns.0:'],
  ['a key of nothing', { key: '{pumps}' }, 'alerts.0.key: {pumps} is no value of these alerts'],
  ['no key', { key: undefined }, 'alerts.0.key: the format pattern needs a key'],
  ['no end', { recovered: [] }, 'alerts.0.recovered: no word means that a problem is over'],
  ['no state', { patterns: ['^Pump (?<pump>\\d+)$'] }, 'alerts.0.patterns: no expression has a group "state"'],
  ['a field that is none', { fields: { depth: '{pump}' } }, 'alerts.0.fields.depth: the desk has no field "depth"'],
  ['business time', { again: '4bh' }, 'alerts.0.again: this is elapsed time'],
  ['patterns of a known format', { format: 'zabbix' }, 'alerts.0.format: the format zabbix needs no patterns'],
  [
    'the desk as its own monitoring',
    { from: ['help@orchard.test'] },
    'alerts.0.from.0: help@orchard.test is an address of the desk itself',
  ],
])('%s is named with its place', (_title, over, fault) => {
  expect(faultsOf({ ...source, ...over }).join('\n')).toContain(fault)
})

test('two sources have different names and senders', () => {
  expect(faultsOf(source, source)).toEqual([
    'alerts.1.name: another source of alerts is called "pumps" too',
    'alerts.1.from.0: pumps@monitoring.test sends the alerts of "pumps" too',
  ])
})
