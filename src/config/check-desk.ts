// What a desk's file says about itself has to fit together: every name it uses is one it has.

import type { Desk } from '../desks/desk.ts'
import { analysisColumns } from '../gateway/analysis-store.ts'
import { nearest } from '../rules/conditions/condition.ts'
import { compilePattern } from '../rules/pattern.ts'
import { moments } from '../tickets/clock-schema.ts'
import type { Duration } from '../tickets/duration.ts'
import { checkAlerts } from './check-alerts.ts'
import type { Path, Report } from './fault.ts'

export interface DeskSurroundings {
  /** Names of the shared rule sets. */
  readonly ruleSets: readonly string[]
  readonly hasTemplate: (name: string) => boolean
}

/** Reports every name that leads nowhere, statuses that nobody can reach, clocks that cannot work. */
export function checkDesk(desk: Desk, around: DeskSurroundings, report: Report): void {
  checkNames(desk, around, report)
  checkStatuses(desk, report)
  checkClocks(desk, report)
  checkPeople(desk, report)
  checkFields(desk, report)
  checkKnowledge(desk, report)
  checkAlerts(desk, report)
}

function expect(report: Report, path: Path, what: string, name: string | undefined, known: readonly string[]): void {
  if (name !== undefined && !known.includes(name))
    report(path, `the desk has no ${what} "${name}"`, nearest(name, known))
}

function checkNames(desk: Desk, around: DeskSurroundings, report: Report): void {
  const { start } = desk
  expect(report, ['start', 'status'], 'status', start.status, Object.keys(desk.statuses))
  expect(report, ['start', 'priority'], 'priority', start.priority, Object.keys(desk.priorities))
  expect(report, ['start', 'type'], 'type', start.type, Object.keys(desk.types))
  expect(report, ['start', 'queue'], 'queue', start.queue, Object.keys(desk.queues))
  for (const [name, queue] of Object.entries(desk.queues)) {
    expect(report, ['queues', name, 'team'], 'team', queue.team, Object.keys(desk.teams))
    expect(report, ['queues', name, 'status'], 'status', queue.status, Object.keys(desk.statuses))
    expect(report, ['queues', name, 'calendar'], 'calendar', queue.calendar, Object.keys(desk.calendars))
    expect(report, ['queues', name, 'language'], 'language', queue.language, desk.languages)
  }
  if (!desk.languages.includes(desk.language))
    report(
      ['language'],
      `the desk does not answer in "${desk.language}"`,
      `languages: names ${desk.languages.join(', ')}`,
    )
  desk.uses.forEach((name, i) => {
    if (!around.ruleSets.includes(name))
      report(['uses', i], `there is no shared rule set "${name}"`, nearest(name, around.ruleSets))
  })
  const template = (path: Path, name: string | undefined): void => {
    if (name !== undefined && !around.hasTemplate(name))
      report(
        path,
        `there is no template "${name}" in the languages of the desk`,
        'a template is templates/NAME/LANGUAGE.md',
      )
  }
  for (const stage of ['before', 'after'] as const)
    for (const key of ['status', 'agreed', 'refused'] as const)
      expect(report, ['agreement', stage, key], 'status', desk.agreement?.[stage][key], Object.keys(desk.statuses))
  desk.agreement?.needed.types.forEach((type, i) => {
    expect(report, ['agreement', 'needed', 'types', i], 'type', type, Object.keys(desk.types))
  })
  desk.analysis.forEach((key, i) => {
    expect(report, ['analysis', i], 'field or column', key, [...analysisColumns, ...Object.keys(desk.fields)])
  })
  checkReports(desk, report)
  checkReferences(desk, report)
  for (const key of ['price', 'date'] as const)
    expect(report, ['agreement', key], 'field', desk.agreement?.[key], Object.keys(desk.fields))
  for (const [name, type] of Object.entries(desk.types)) {
    template(['types', name, 'refusal'], type.refusal)
    type.needs.forEach((field, i) => {
      expect(report, ['types', name, 'needs', i], 'field', field, [...Object.keys(desk.fields), 'resolution'])
    })
  }
  desk.require.forEach((requirement, i) => {
    template(['require', i, 'template'], requirement.template)
  })
  if (desk.replies === 'portal' && !desk.portal)
    report(['replies'], 'replies by portal need the portal', 'add portal: { url: … }')
}

function checkReferences({ references, statuses }: Desk, report: Report): void {
  references.forEach((source, i) => {
    const compiled = compilePattern(source.pattern)
    if (!compiled.ok) report(['references', i, 'pattern'], compiled.message)
    else if (!compiled.pattern.groups.includes('value'))
      report(
        ['references', i, 'pattern'],
        'the expression has no group "value"',
        'write (?<value>…) around the reference itself',
      )
    expect(report, ['references', i, 'status'], 'status', source.status, Object.keys(statuses))
    source.from?.forEach((status, j) => {
      expect(report, ['references', i, 'from', j], 'status', status, Object.keys(statuses))
    })
  })
}

function checkReports({ reports, types, teams }: Desk, report: Report): void {
  if (!reports) return
  const lists = Object.keys(reports.lists)
  reports.usual.forEach((name, i) => {
    expect(report, ['reports', 'usual', i], 'list of reports', name, lists)
  })
  for (const [name, list] of Object.entries(reports.lists)) {
    list.teams.forEach((team, i) => {
      expect(report, ['reports', 'lists', name, 'teams', i], 'team', team, Object.keys(teams))
    })
    if (list.to.length + list.teams.length === 0)
      report(['reports', 'lists', name], `nobody is on the list "${name}"`, 'give it to: addresses or teams:')
  }
  expect(report, ['reports', 'suggestions', 'type'], 'type', reports.suggestions?.type, Object.keys(types))
}

function checkStatuses(desk: Desk, report: Report): void {
  const names = Object.keys(desk.statuses)
  const clocks = desk.clocks.map((clock) => clock.name)
  for (const [name, status] of Object.entries(desk.statuses)) {
    status.to?.forEach((to, i) => {
      expect(report, ['statuses', name, 'to', i], 'status', to, names)
    })
    status.pauses.forEach((clock, i) => {
      expect(report, ['statuses', name, 'pauses', i], 'clock', clock, clocks)
    })
    status.stops.forEach((clock, i) => {
      expect(report, ['statuses', name, 'stops', i], 'clock', clock, clocks)
    })
    expect(report, ['statuses', name, 'team'], 'team', status.team, Object.keys(desk.teams))
  }
  const answers = ['on-reply', 'on-answer', 'on-confirm', 'on-refute'] as const
  for (const key of answers) {
    const section = desk[key]
    expect(report, [key, 'status'], 'status', section.status, names)
    if ('from' in section)
      section.from?.forEach((from, i) => {
        expect(report, [key, 'from', i], 'status', from, names)
      })
  }
  if (!Object.values(desk.statuses).some((status) => status.kind === 'closed'))
    report(['statuses'], 'no status is of the kind closed: tickets could never be over')
  const reached = new Set([desk.start.status, ...answers.flatMap((key) => desk[key].status ?? [])])
  for (const status of reached) for (const to of desk.statuses[status]?.to ?? names) reached.add(to)
  for (const name of names)
    if (!reached.has(name))
      report(
        ['statuses', name],
        `no ticket can come to the status "${name}"`,
        'name it in the to: of another status, or take it out',
      )
}

const isDuration = (value: Duration | Record<string, Duration>): value is Duration => typeof value.amount === 'number'
const sameKind = (a: Duration, b: Duration): boolean => a.unit === b.unit && a.time === b.time

function checkClocks(desk: Desk, report: Report): void {
  const seen = new Set<string>()
  const statuses = Object.keys(desk.statuses)
  desk.clocks.forEach((clock, i) => {
    if (seen.has(clock.name)) report(['clocks', i, 'name'], `another clock is called "${clock.name}" too`)
    seen.add(clock.name)
    for (const key of ['after', 'warn-after'] as const) {
      const value = clock[key]
      if (value === undefined || isDuration(value)) continue
      for (const priority of Object.keys(value))
        expect(report, ['clocks', i, key, priority], 'priority', priority, Object.keys(desk.priorities))
    }
    for (const priority of Object.keys(desk.priorities))
      checkWarning(clock, priority, ['clocks', i, 'warn-after'], report)
    clock.types?.forEach((type, j) => {
      expect(report, ['clocks', i, 'types', j], 'type', type, Object.keys(desk.types))
    })
    for (const key of ['starts', 'restarts', 'stops'] as const)
      clock[key].forEach((moment, j) => {
        if (moment.startsWith('status:'))
          expect(report, ['clocks', i, key, j], 'status', moment.slice('status:'.length), statuses)
        else if (!moments.some((known) => known === moment))
          report(['clocks', i, key, j], `"${moment}" is no moment`, nearest(moment, moments))
      })
  })
}

function checkWarning(clock: Desk['clocks'][number], priority: string, path: Path, report: Report): void {
  const warning = clock['warn-after']
  if (warning === undefined) return
  const warn = isDuration(warning) ? warning : warning[priority]
  const due = isDuration(clock.after) ? clock.after : clock.after[priority]
  if (warn && due && sameKind(warn, due) && warn.amount >= due.amount)
    report(
      path,
      `the warning of "${clock.name}" does not come before it is due`,
      'warn-after is counted from the start, as after is',
    )
}

function checkPeople(desk: Desk, report: Report): void {
  const addresses = new Map<string, number>()
  desk.staff.forEach((staff, i) => {
    for (const [j, address] of [staff.address, ...staff.also].entries()) {
      const path: Path = j === 0 ? ['staff', i, 'address'] : ['staff', i, 'also', j - 1]
      const other = addresses.get(address)
      if (other !== undefined && other !== i) report(path, `${address} belongs to another agent too`)
      addresses.set(address, i)
      if (address === desk.address || desk.aliases.includes(address))
        report(path, `${address} is an address of the desk itself`, 'an agent has an address of their own')
    }
    staff.away.forEach((absence, j) => {
      for (const key of ['from', 'until'] as const)
        if (!/^\d{4}-\d{2}-\d{2}$/.test(absence[key]))
          report(['staff', i, 'away', j, key], `"${absence[key]}" is no date`, 'a date is 2026-12-31')
    })
  })
  const members = desk.staff.map((staff) => staff.address)
  const groups = new Set(desk.staff.flatMap((staff) => staff.groups))
  for (const [name, team] of Object.entries(desk.teams)) {
    team.members.forEach((address, i) => {
      if (!members.includes(address))
        report(['teams', name, 'members', i], `${address} is no agent of the desk`, nearest(address, members))
    })
    if (team.members.length === 0 && !groups.has(name) && team.address === undefined)
      report(
        ['teams', name],
        `nobody is in the team "${name}"`,
        `give it members:, an address:, or staff with groups: [${name}]`,
      )
  }
  const known = [...Object.keys(desk.teams), ...groups]
  for (const [name, type] of Object.entries(desk.types))
    type['opened-by']?.forEach((group, i) => {
      expect(report, ['types', name, 'opened-by', i], 'team or group', group, known)
    })
}

function checkRegistration(desk: Desk, report: Report): void {
  const form = desk['registration-form']
  if (!form) return
  if (desk.registration !== 'required')
    report(['registration-form'], 'nobody has to be registered at this desk', 'add registration: required')
  const groups = desk.staff.flatMap((staff) => staff.groups)
  expect(report, ['registration-form', 'team'], 'team', form.team, [...Object.keys(desk.teams), ...groups])
  const keys = new Set<string>()
  form.fields.forEach((field, i) => {
    if (keys.has(field.key)) report(['registration-form', 'fields', i, 'key'], `two lines are kept as "${field.key}"`)
    keys.add(field.key)
  })
}

function checkKnowledge(desk: Desk, report: Report): void {
  checkRegistration(desk, report)
  const types = Object.keys(desk.types)
  desk.faq?.entries.forEach((entry, i) => {
    entry.types?.forEach((type, j) => {
      expect(report, ['faq', 'entries', i, 'types', j], 'type', type, types)
    })
  })
  const fields = Object.keys(desk.fields)
  desk.checklists.forEach((list, i) => {
    list.types?.forEach((type, j) => {
      expect(report, ['checklists', i, 'types', j], 'type', type, types)
    })
    list.wants.forEach((field, j) => {
      expect(report, ['checklists', i, 'wants', j], 'field', field, fields)
    })
    for (const field of Object.keys(list.fields ?? {}))
      expect(report, ['checklists', i, 'fields', field], 'field', field, fields)
  })
}

function checkFields(desk: Desk, report: Report): void {
  for (const [name, field] of Object.entries(desk.fields)) {
    if (field.kind === 'choice' && !field.choices?.length)
      report(['fields', name], `the field "${name}" is a choice without choices`, 'add choices: [ … ]')
    if (field.choices)
      for (const value of Object.keys(field.values ?? {}))
        expect(report, ['fields', name, 'values', value], 'choice', value, field.choices)
    if (field.pattern === undefined) continue
    const result = compilePattern(field.pattern)
    if (!result.ok) report(['fields', name, 'pattern'], result.message)
    else if (!result.pattern.groups.includes('value'))
      report(
        ['fields', name, 'pattern'],
        'the expression has no group "value"',
        'write (?<value>…) around what the field takes',
      )
  }
}
