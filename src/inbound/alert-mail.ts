// The mails of monitoring systems, read as these write them: Nagios and Icinga, Zabbix, the Alertmanager of Prometheus. Nothing here
// knows what a desk does with them; a mail that does not look like one gives nothing.

import type { InboundMessage } from './message.ts'

export interface AlertReading {
  /** What is the same in every mail about the same problem. */
  readonly key: string
  /** Number of this occurrence at its system, where it gives one. */
  readonly reference: string | null
  /** `note`: an acknowledgement, a downtime: neither. `flapping`: the system itself says that it comes and goes. */
  readonly state: 'problem' | 'recovery' | 'note' | 'flapping'
  /** As the system names it, lower case. */
  readonly severity: string
  readonly title: string
  /** What it says in words. */
  readonly text: string
  /** By name: host, service, labels. */
  readonly values: ReadonlyMap<string, string>
}

type Mail = Pick<InboundMessage, 'subject' | 'text' | 'replyText'>

const MAX_TEXT = 64 * 1024
const MAX_LINES = 4_000
const MAX_VALUE = 300
const MAX_ALERTS = 500

const linesOf = (mail: Mail): string[] => (mail.text || mail.replyText).slice(0, MAX_TEXT).split('\n', MAX_LINES)
const cut = (text: string): string => text.trim().slice(0, MAX_VALUE)

/** `Name: value` lines, by lower-case name; the first of each counts. */
function factsOf(lines: readonly string[]): Map<string, string> {
  const facts = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1 || colon > 40) continue
    const key = line
      .slice(0, colon)
      .replace(/^[\s>*-]+/, '')
      .trim()
      .toLowerCase()
    if (key !== '' && !facts.has(key)) facts.set(key, cut(line.slice(colon + 1)))
  }
  return facts
}

const nagiosKinds: ReadonlyMap<string, AlertReading['state']> = new Map([
  ['problem', 'problem'],
  ['recovery', 'recovery'],
  ['flappingstart', 'flapping'],
  ['acknowledgement', 'note'],
  ['flappingstop', 'note'],
  ['flappingend', 'note'],
  ['flappingdisabled', 'note'],
  ['downtimestart', 'note'],
  ['downtimeend', 'note'],
  ['downtimestopped', 'note'],
  ['downtimecancelled', 'note'],
  ['downtimeremoved', 'note'],
  ['custom', 'note'],
])

/** `** PROBLEM Service Alert: web01/HTTP is CRITICAL **` and its body of `Host:`, `Service:`, `State:`; Icinga’s `[PROBLEM] HTTP on web01 is CRITICAL!`. */
export function readNagios(mail: Mail): AlertReading[] {
  const facts = factsOf(linesOf(mail))
  const subject = mail.subject.slice(0, 500)
  const old =
    /\*\*\s*(?<kind>[A-Z]+)\s+(?<what>Host|Service)(?: Alert)?:\s*(?<name>[^*]{1,250}?)\s+is\s+(?<state>[A-Z]+)\s*\*\*/i.exec(
      subject,
    )?.groups
  const icinga =
    /\[(?<kind>[A-Za-z]+)\]\s+(?:(?<service>\S[^\]]{0,200}?)\s+on\s+)?(?:Host\s+)?(?<host>\S{1,200})\s+is\s+(?<state>[A-Z]+)/.exec(
      subject,
    )?.groups
  const slash = old?.what?.toLowerCase() === 'service' ? (old.name ?? '').indexOf('/') : -1
  const host =
    facts.get('host') ||
    facts.get('hostname') ||
    (old ? (old.name ?? '').slice(0, slash < 0 ? undefined : slash) : icinga?.host) ||
    ''
  const service =
    facts.get('service') ||
    facts.get('service description') ||
    (old ? (slash < 0 ? '' : (old.name ?? '').slice(slash + 1)) : icinga?.service) ||
    ''
  const kind = (facts.get('notification type') || old?.kind || icinga?.kind || '').toLowerCase()
  const severity = (facts.get('state') || old?.state || icinga?.state || '').toLowerCase()
  const known = nagiosKinds.get(kind.replace(/[^a-z]/g, ''))
  if (host === '' || known === undefined) return []
  return [
    {
      key: service === '' ? host : `${host}/${service}`,
      reference: null,
      state: known,
      severity,
      title: service === '' ? host : `${host}/${service}`,
      text: nagiosText(linesOf(mail)),
      values: new Map([
        ['host', host],
        ['service', service],
        ['address', facts.get('address') ?? facts.get('ipv4') ?? ''],
      ]),
    },
  ]
}

/** What stands below `Additional Info:` or behind `Info:`. */
function nagiosText(lines: readonly string[]): string {
  const at = lines.findIndex((line) => /^\s*(?:additional info|info|output)\s*:/i.test(line))
  if (at < 0) return ''
  const same = (lines[at] ?? '').replace(/^[^:]*:/, '').trim()
  const below = lines.slice(at + 1).findIndex((line) => line.trim() !== '')
  return same !== '' || below < 0 ? same.slice(0, 2_000) : (lines[at + 1 + below] ?? '').trim().slice(0, 2_000)
}

/** `Problem: …` and `Resolved in 5m: …` with `Host:`, `Severity:` and `Original problem ID:`. */
export function readZabbix(mail: Mail): AlertReading[] {
  const lines = linesOf(mail)
  const facts = factsOf(lines)
  const shape =
    /^(?<kind>Problem|Resolved|OK|PROBLEM|Updated problem)(?:\s+in\s+(?<after>[^:]{1,60}))?(?:\s*:|\s)\s*(?<name>.{1,300})/i.exec(
      mail.subject.trim(),
    )?.groups
  const name = facts.get('problem name') || facts.get('trigger') || shape?.name || ''
  const host = facts.get('host') || facts.get('hostname') || ''
  const status = facts.get('trigger status')?.toLowerCase() ?? ''
  const over =
    /^(?:resolved|ok)$/i.test(shape?.kind ?? '') ||
    status === 'ok' ||
    lines.some((line) => /^\s*problem has been resolved\b/i.test(line))
  const updated = /^updated/i.test(shape?.kind ?? '')
  const begun =
    /^problem$/i.test(shape?.kind ?? '') ||
    status === 'problem' ||
    lines.some((line) => /^\s*problem started\b/i.test(line))
  if (name === '' || !(over || updated || begun)) return []
  return [
    {
      key: `${host}/${name}`,
      reference: facts.get('original problem id') || facts.get('event id') || null,
      state: over ? 'recovery' : updated ? 'note' : 'problem',
      severity: (facts.get('severity') || facts.get('trigger severity') || '').toLowerCase(),
      title: host === '' ? name : `${host}: ${name}`,
      text: facts.get('operational data') ?? '',
      values: new Map([
        ['host', host],
        ['service', name],
        ['duration', facts.get('problem duration') ?? shape?.after ?? ''],
      ]),
    },
  ]
}

/** The default mail of Alertmanager: `[FIRING:2] …`, then each alert with its labels below `[2] Firing` and `[1] Resolved`. */
export function readAlertmanager(mail: Mail): AlertReading[] {
  const subject = /\[(?<state>FIRING|RESOLVED)(?::\d+)?[^\]]*\]\s*(?<name>[^(]{0,300})/i.exec(
    mail.subject.slice(0, 500),
  )?.groups
  const alerts: AlertReading[] = []
  let state: 'problem' | 'recovery' | null = null
  let labels = new Map<string, string>()
  let notes = new Map<string, string>()
  let reading: 'labels' | 'annotations' | null = null
  const flush = (): void => {
    if (state !== null && labels.size > 0 && alerts.length < MAX_ALERTS) alerts.push(alertOf(state, labels, notes))
    labels = new Map()
    notes = new Map()
    reading = null
  }
  for (const raw of linesOf(mail)) {
    const line = raw.replace(/^[\s>*#|]+|[\s*|]+$/g, '')
    const heading = /^\[?\d*\]?\s*(Firing|Resolved)$/i.exec(line)
    if (heading) {
      flush()
      state = heading[1]?.toLowerCase() === 'firing' ? 'problem' : 'recovery'
    } else if (/^labels:?$/i.test(line)) {
      flush()
      reading = 'labels'
    } else if (/^annotations:?$/i.test(line)) reading = 'annotations'
    else if (/^source\b/i.test(line)) reading = null
    else if (reading !== null) {
      const pair = /^[-•]?\s*([A-Za-z_]\w{0,80})\s*=\s*(.*)$/.exec(line)
      if (pair) (reading === 'labels' ? labels : notes).set((pair[1] ?? '').toLowerCase(), cut(pair[2] ?? ''))
    }
  }
  flush()
  if (alerts.length > 0 || !subject) return alerts
  const name = cut(subject.name ?? '')
  if (name === '') return []
  return [
    {
      key: name,
      reference: null,
      state: subject.state?.toLowerCase() === 'firing' ? 'problem' : 'recovery',
      severity: '',
      title: name,
      text: '',
      values: new Map(),
    },
  ]
}

function alertOf(
  state: 'problem' | 'recovery',
  labels: ReadonlyMap<string, string>,
  notes: ReadonlyMap<string, string>,
): AlertReading {
  const name = labels.get('alertname') ?? ''
  const host = labels.get('instance') ?? labels.get('host') ?? ''
  // A severity that rises is the same problem.
  const key = [...labels].filter(([label]) => label !== 'severity').sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    key: key.map(([label, value]) => `${label}=${value}`).join(','),
    reference: null,
    state,
    severity: (labels.get('severity') ?? '').toLowerCase(),
    title: notes.get('summary') || [name, host].filter(Boolean).join(' '),
    text: notes.get('description') ?? notes.get('message') ?? '',
    values: new Map([...labels, ['host', host], ['service', labels.get('job') ?? ''], ...notes]),
  }
}
