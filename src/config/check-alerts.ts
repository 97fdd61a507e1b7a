// What a desk says of alerts has to fit: names that it has, expressions that can be read, a key that tells problems apart.

import type { Desk } from '../desks/desk.ts'
import { placesIn } from '../rules/alert-reading.ts'
import { nearest } from '../rules/conditions/condition.ts'
import { compilePattern } from '../rules/pattern.ts'
import type { Path, Report } from './fault.ts'

const always = ['key', 'state', 'severity', 'title', 'repeats', 'flaps', 'host', 'service']

export function checkAlerts(desk: Desk, report: Report): void {
  const names = new Map<string, number>()
  const senders = new Map<string, string>()
  desk.alerts.forEach((source, i) => {
    const at = (...path: Path): Path => ['alerts', i, ...path]
    const expect = (path: Path, what: string, name: string | undefined, known: readonly string[]): void => {
      if (name !== undefined && !known.includes(name))
        report(path, `the desk has no ${what} "${name}"`, nearest(name, known))
    }
    if (names.has(source.name)) report(at('name'), `another source of alerts is called "${source.name}" too`)
    names.set(source.name, i)
    source.from.forEach((sender, j) => {
      const other = senders.get(sender)
      if (other !== undefined) report(at('from', j), `${sender} sends the alerts of "${other}" too`)
      senders.set(sender, source.name)
      if (sender === desk.address || desk.aliases.includes(sender))
        report(at('from', j), `${sender} is an address of the desk itself`)
    })
    expect(at('type'), 'type', source.type, Object.keys(desk.types))
    expect(at('queue'), 'queue', source.queue, Object.keys(desk.queues))
    expect(at('on-recovery'), 'status', source['on-recovery'], Object.keys(desk.statuses))
    for (const [severity, priority] of Object.entries(source.priorities)) {
      expect(at('priorities', severity), 'priority', priority, Object.keys(desk.priorities))
      if (severity !== severity.toLowerCase())
        report(at('priorities', severity), 'severities are written in small letters', `write ${severity.toLowerCase()}`)
    }
    const captured = new Set<string>()
    source.patterns.forEach((pattern, j) => {
      const compiled = compilePattern(pattern)
      if (!compiled.ok) report(at('patterns', j), compiled.message)
      else for (const group of compiled.pattern.groups) captured.add(group)
    })
    const groups = new Set([...always, ...captured])
    if (source.format === 'pattern') {
      if (source.patterns.length === 0) report(at('patterns'), 'the format pattern needs patterns')
      if (source.key === undefined)
        report(at('key'), 'the format pattern needs a key', 'write key: "{name of a group}"')
      if (source.recovered.length === 0)
        report(at('recovered'), 'no word means that a problem is over', 'name the values of {state} that do')
      if (source.recovered.length > 0 && !captured.has('state'))
        report(at('patterns'), 'no expression has a group "state"', 'write (?<state>…) around the word that tells it')
    } else if (source.patterns.length > 0 || source.key !== undefined || source.recovered.length > 0)
      report(at('format'), `the format ${source.format} needs no patterns, key or recovered`)
    const texts: [Path, string][] = [
      ...Object.entries(source.fields).map(([field, text]): [Path, string] => [at('fields', field), text]),
      ...(source.subject === undefined ? [] : [[at('subject'), source.subject] satisfies [Path, string]]),
      ...(source.key === undefined ? [] : [[at('key'), source.key] satisfies [Path, string]]),
    ]
    for (const field of Object.keys(source.fields))
      expect(at('fields', field), 'field', field, Object.keys(desk.fields))
    // Labels of Alertmanager are not known before they come.
    if (source.format !== 'alertmanager')
      for (const [path, text] of texts)
        for (const name of placesIn(text))
          if (!groups.has(name) && !(source.format === 'nagios' && name === 'address') && name !== 'duration')
            report(path, `{${name}} is no value of these alerts`, nearest(name, [...groups]))
    for (const key of ['again', 'late'] as const)
      if (source[key].unit !== 'minute' || source[key].time !== 'elapsed')
        report(at(key), 'this is elapsed time', 'write 90m, 2h or 1d')
    const { within } = source.flapping
    if (within.unit !== 'minute' || within.time !== 'elapsed')
      report(at('flapping', 'within'), 'this is elapsed time', 'write 90m, 2h or 1d')
  })
}
