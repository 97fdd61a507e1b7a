// The reference of the configuration, printed from the schemas: docs/configuration.md and docs/rules.md.

import type { z } from 'zod'
import { actions } from '../rules/actions/read.ts'
import { choiceNames } from '../rules/conditions/moment.ts'
import { conditions } from '../rules/conditions/read.ts'
import type { eventNames } from '../rules/context.ts'
import { ruleSchema } from '../rules/schema.ts'
import { moments } from '../tickets/clock-schema.ts'
import { deskFileSchema, instanceSchema } from './schema.ts'
import { bare, definitionOf } from './shape.ts'

const MAX_DEPTH = 4

/** The sentence of a schema, looked for below what wraps it. */
function sentenceOf(schema: z.ZodType): string {
  if (schema.description !== undefined) return schema.description
  const { innerType, in: input } = definitionOf(schema)
  const inner = innerType ?? input
  return inner ? sentenceOf(inner) : ''
}

interface Standing {
  readonly optional: boolean
  readonly value: unknown
}

/** Whether a key may be left out, and what it is then. */
function standingOf(schema: z.ZodType): Standing {
  const { type, innerType, in: input, defaultValue } = definitionOf(schema)
  if (type === 'default' || type === 'prefault') return { optional: true, value: defaultValue }
  if (type === 'optional') return { optional: true, value: undefined }
  const inner = innerType ?? input
  return inner ? standingOf(inner) : { optional: false, value: undefined }
}

const literal = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What may be written, in a few words. */
function kindOf(schema: z.ZodType, depth = 0): string {
  const plain = bare(schema)
  const { type, options, element, entries, values, valueType, shape } = definitionOf(plain)
  switch (type) {
    case 'string':
    case 'template_literal':
      return 'text'
    case 'number':
    case 'int':
      return 'number'
    case 'boolean':
      return 'true, false'
    case 'null':
      return 'nothing'
    case 'enum':
      return Object.values(entries ?? {})
        .map((value) => `\`${value}\``)
        .join(', ')
    case 'literal':
      return (values ?? []).map((value) => `\`${literal(value)}\``).join(', ')
    case 'array':
      return element && depth < MAX_DEPTH ? `list of ${kindOf(element, depth + 1)}` : 'list'
    case 'record':
      return valueType && depth < 2 ? `name: ${kindOf(valueType, depth + 1)}` : 'mapping'
    case 'object':
      return shape && depth > 0 && Object.keys(shape).length <= 3 ? `{ ${Object.keys(shape).join(', ')} }` : 'mapping'
    case 'union':
      return [...new Set((options ?? []).map((option) => kindOf(option, depth + 1)))].join(' or ')
    default:
      return 'value'
  }
}

const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\n/g, ' ')

function standingWords(schema: z.ZodType): string {
  const { optional, value } = standingOf(schema)
  if (!optional) return '**needed**'
  if (value === undefined) return ''
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return `\`${literal(value)}\``
}

interface Section {
  readonly title: string
  readonly sentence: string
  readonly shape: Readonly<Record<string, z.ZodType>>
}

/** The mappings below a schema that have keys of their own: of lists, records and unions too. */
function mappingsIn(schema: z.ZodType): readonly Readonly<Record<string, z.ZodType>>[] {
  const { shape, element, valueType, options } = definitionOf(bare(schema))
  if (shape) return [shape]
  if (options) return options.flatMap(mappingsIn)
  if (element) return mappingsIn(element)
  return valueType ? mappingsIn(valueType) : []
}

const leftOut = new Set(['rules'])

function sectionsOf(
  title: string,
  sentence: string,
  shape: Readonly<Record<string, z.ZodType>>,
  depth: number,
): Section[] {
  const below = Object.entries(shape).flatMap(([key, schema]) => {
    if (leftOut.has(key) || depth >= MAX_DEPTH) return []
    const plain = bare(schema)
    const many = definitionOf(plain).type === 'array' ? '[]' : definitionOf(plain).type === 'record' ? '.NAME' : ''
    return mappingsIn(schema).flatMap((inner) =>
      sectionsOf(`${title === '' ? '' : `${title}.`}${key}${many}`, sentenceOf(schema), inner, depth + 1),
    )
  })
  return [{ title, sentence, shape }, ...below]
}

function table(shape: Readonly<Record<string, z.ZodType>>): string {
  const rows = Object.entries(shape).map(
    ([key, schema]) =>
      `| \`${key}\` | ${cell(kindOf(schema))} | ${cell(standingWords(schema))} | ${cell(sentenceOf(schema))} |`,
  )
  return ['| key | value | when absent | what it is |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function chapter(schema: z.ZodType): string {
  const [first, ...rest] = sectionsOf('', '', definitionOf(bare(schema)).shape ?? {}, 0)
  if (!first) return ''
  return [
    table(first.shape),
    ...rest.map(
      (section) =>
        `### \`${section.title}\`\n\n${section.sentence === '' ? '' : `${section.sentence}\n\n`}${table(section.shape)}`,
    ),
  ].join('\n\n')
}

/** docs/configuration.md */
export function configurationReference(): string {
  return `# Configuration

Printed from the schemas by \`npm run docs\`; a test holds it to them.

\`guichet.yaml\` (or the file that \`GUICHET_CONFIG\` names) describes the instance, each \`*.yaml\` in the folder of desks one desk.
Both are YAML 1.2, with anchors and \`<<\` merges. Unknown keys, names that lead nowhere, templates that are missing and expressions that
cannot run are faults: \`guichet check\` names all of them at once, with file, line and column, and nothing starts before they are gone.

- **Text for people** is one string for all languages, or one a language: \`{ fr: Ouvert, en: Open }\`.
- **Durations** are \`30m\`, \`4h\`, \`2d\` as time passes; \`30bm\`, \`4bh\` inside opening hours; \`5bd\` business days; \`24hbd\` hours of business
  days (Friday 16:00 + \`24hbd\` is Monday 16:00).
- **Hours** are \`09:00-12:00\`; a day that closes over lunch has two; midnight is \`24:00\`. Holidays are \`2026-12-25\`, or \`12-25\` for every year.
- **Moments** of clocks are ${moments.map((moment) => `\`${moment}\``).join(', ')} and \`status:NAME\`.
- **Secrets** stand outside: \`env:NAME\` or \`file:PATH\`.

## The instance: guichet.yaml

${chapter(instanceSchema)}

## A desk: desks/KEY.yaml

${chapter(deskFileSchema)}

Rules: [rules.md](rules.md).
`
}

const fence = '```'

interface Entry {
  readonly sentence: string
  readonly example: string
  readonly schema: z.ZodType
  readonly events: readonly string[] | undefined
}

/** The keys of a text match are explained once, at the first condition that has them. */
const isExplained = (name: string, schema: z.ZodType): boolean =>
  name !== 'subject' && schema === conditions.subject?.schema

function entriesOf(record: Readonly<Record<string, Entry>>): string {
  return Object.entries(record)
    .map(([name, { sentence, example, schema, events: only }]) => {
      const keys = (isExplained(name, schema) ? [] : mappingsIn(schema))
        .flatMap((shape) => Object.entries(shape))
        .filter(([, inner]) => sentenceOf(inner) !== '')
        .map(([key, inner]) => `- \`${key}\`: ${sentenceOf(inner)}`)
      const when = only ? ` Only \`on: ${only.length === 1 ? only[0] : `[${only.join(', ')}]`}\`.` : ''
      const list = [...new Set(keys)].join('\n')
      return `### ${name}\n\n${sentence[0]?.toUpperCase()}${sentence.slice(1)}.${when}\n\n${fence}yaml\n${example}\n${fence}${list === '' ? '' : `\n\n${list}`}`
    })
    .join('\n\n')
}

const events: Readonly<Record<(typeof eventNames)[number], string>> = {
  new: 'a mail that opens a ticket, before it is acknowledged',
  reply: 'a mail of the customer on a ticket of theirs',
  agent: 'an answer or command of an agent',
  clock: 'a clock warns or is due; without a rule that matches, the team is told, and supervisors of a breach',
  delivery: 'a mail of ours failed for good, or nobody knows whether it arrived',
  status: 'the status or the priority changed, by a rule, an agent, a reply or a choice',
  alert: 'an alert of monitoring: a problem that is new, lasts, comes back or is over',
  choice: `a signed choice of the customer (${Object.keys(choiceNames).join(', ')})`,
}

/** docs/rules.md */
export function rulesReference(): string {
  return `# Rules

Printed from the records of conditions and actions by \`npm run docs\`; a test holds it to them.

A desk runs the rules of the shared sets that it \`uses\`, then its own, from top to bottom. A rule sees what the rules before it changed.
Each that matched leaves a line in the ticket's history that says what made it match; \`guichet explain FILE\` shows every rule with the
value of each of its conditions, and sends nothing.

${fence}yaml
rules:
  - name: a listed reason makes it urgent
    on: [new, reply]
    when:
      any:
        - text: { list: urgent-reasons }
        - organisation: { plan: gold }
      not: { subject: [test, essai] }
    then:
      priority: urgent
      notify: { to: supervisors, template: escalation }
    stop: true
${fence}

${table(definitionOf(bare(ruleSchema)).shape ?? {})}

Several conditions in one mapping must all hold. \`all: [ … ]\`, \`any: [ … ]\` and \`not: …\` join mappings, as deep as needed.

## Events

${Object.entries(events)
  .map(([name, sentence]) => `- \`${name}\`: ${sentence}`)
  .join('\n')}

## Words, expressions, values

**Words** stand for themselves whatever their capitals and accents: \`creee\` finds *Créée*. They are whole words; \`imprim*\` is a
beginning, \`*phone\` an end, \`*ref*\` a part. A phrase is found over line ends and punctuation. Lists that are used often stand under \`lists:\`
of the desk.

**Expressions** (\`matches:\`) are RE2: they run in time linear in the mail, so none can be made to explode; look-ahead, look-behind and back
references do not exist. Capitals do not count unless \`exact-case: true\`; \`^\` and \`$\` are line ends. In YAML they stand best between
single quotes. At most the first 64 K of a text are looked at. **Named groups** \`(?<name>…)\` capture: \`{name}\` in an action is filled
with the value, and conditions of later rules ask it with \`captured:\`.

**Places** in texts of actions: \`{name}\` (captured), \`{ticket.token}\`, \`{ticket.subject}\`, \`{ticket.field.NAME}\`, \`{contact.NAME}\`,
\`{organisation.NAME}\`, \`{sender.address}\`, \`{sender.name}\`, \`{mail.subject}\`, \`{desk.name}\`, \`{today}\`. A brace alone is \`{{\`. What is filled in is never filled again.

**Values for templates** (\`data:\`) are texts (one for all languages, or one a language), numbers, \`true\` and \`false\`, lists of texts,
\`{ list: NAME }\` (the words of a list), \`{ due: CLOCK }\` (when a clock of the ticket is due) and \`{ missing: [FIELD, …] }\` (the names of those of
these fields that are empty). Templates find them as \`data.NAME\`, what was captured as \`data.captures.NAME\`.

## Conditions

${entriesOf(conditions)}

## Actions

The actions of a rule are carried out in this order, however they are written: the ticket first, so that mails say what it has become.

${entriesOf(actions)}
`
}
