// An alert mail read as its source is declared: by the shape of a known system, or by the expressions of the desk.

import { createHash } from 'node:crypto'
import type { AlertSource } from '../desks/alert.ts'
import { type AlertReading, readAlertmanager, readNagios, readZabbix } from '../inbound/alert-mail.ts'
import type { InboundMessage } from '../inbound/message.ts'
import { normaliseSubject } from '../mail/subject.ts'
import { compilePattern } from './pattern.ts'

/** A mail with more problems than this is one. */
const MAX_EACH = 20
const MAX_KEY = 200

const place = /\{([A-Za-z_][\w-]*)\}/g

/** Puts values into `{name}`; unknown ones are empty. */
export const fillValues = (text: string, values: ReadonlyMap<string, string>): string =>
  text
    .replace(place, (_whole, name: string) => values.get(name) ?? '')
    .replace(/\s+/g, ' ')
    .trim()

/** Names that a text asks for. */
export const placesIn = (text: string): string[] => [...text.matchAll(place)].map((match) => match[1] ?? '')

const keyOf = (text: string): string => {
  const key = text.replace(/\s+/g, ' ').trim().toLowerCase()
  return key.length <= MAX_KEY ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** What the mail tells of problems; nothing when it cannot be read as an alert of this source. Keys are short and of one case. */
export function alertsIn(source: AlertSource, message: InboundMessage): readonly AlertReading[] {
  const found = read(source, message).map((one) => ({ ...one, key: keyOf(one.key) }))
  const distinct = [...new Map(found.map((one) => [one.key, one])).values()]
  return distinct.length > MAX_EACH || (source.groups === 'one' && source.format === 'alertmanager')
    ? together(distinct, message)
    : distinct
}

function read(source: AlertSource, message: InboundMessage): AlertReading[] {
  switch (source.format) {
    case 'nagios':
      return readNagios(message)
    case 'zabbix':
      return readZabbix(message)
    case 'alertmanager':
      return readAlertmanager(message)
    case 'pattern':
      return readByPatterns(source, message)
    default:
      return source.format satisfies never
  }
}

function readByPatterns(source: AlertSource, message: InboundMessage): AlertReading[] {
  const text = `${message.subject}\n${message.text || message.replyText}`
  const values = new Map<string, string>()
  for (const written of source.patterns) {
    const compiled = compilePattern(written)
    const found = compiled.ok ? compiled.pattern.find(text) : null
    for (const [name, value] of found ?? []) if (value !== '' && !values.has(name)) values.set(name, value.trim())
  }
  // Every value of the key has to be there: a key with holes would make strangers one problem.
  if (source.key === undefined || placesIn(source.key).some((name) => !values.get(name))) return []
  const key = fillValues(source.key, values)
  const state = (values.get('state') ?? '').toLowerCase()
  const over = source.recovered.some((word) => word.toLowerCase() === state)
  return [
    {
      key,
      reference: null,
      state: over ? 'recovery' : 'problem',
      severity: (values.get('severity') ?? state).toLowerCase(),
      title: values.get('title') ?? normaliseSubject(message.subject),
      text: (message.replyText || message.text).trim().slice(0, 2_000),
      values,
    },
  ]
}

/** A whole group as one problem, over when all of it is. */
function together(all: readonly AlertReading[], message: InboundMessage): AlertReading[] {
  const open = all.filter((one) => one.state === 'problem')
  const [first] = open.length > 0 ? open : all
  if (!first) return []
  const name = normaliseSubject(message.subject)
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return [
    {
      ...first,
      key: keyOf(`group ${name}`),
      reference: null,
      state: open.length > 0 ? 'problem' : 'recovery',
      title: name || first.title,
      text: all
        .map((one) => `${one.state === 'problem' ? '▲' : '✓'} ${one.title}`)
        .join('\n')
        .slice(0, 4_000),
    },
  ]
}
