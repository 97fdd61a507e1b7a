// The text of a desk to begin with, in the language it will speak first. Comments say what each part is for.

import { type StartingLanguage, type StartingStatus, type StartingWords, wordsIn } from './starting-words.ts'

export interface NewDesk {
  readonly key: string
  readonly name: string
  readonly address: string
  readonly prefix: string
  readonly language: StartingLanguage
  readonly zone: string
  readonly agent: string
}

/** A YAML text in quotes: JSON is YAML. */
const text = (value: string): string => JSON.stringify(value)
const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`

/** Beside the YAML: the table of contacts, with its head line and one example. */
export function startingContacts(desk: NewDesk): string {
  return `address,name,organisation,language,phone,active\r\nfirst.customer@client.test,Ann Example,Example Company,${desk.language},,yes\r\n`
}

const aboutTemplates =
  'A template of this desk alone. docs/templates.md lists what may stand in one; a folder here with the name of a common template replaces it.'

/** Templates of the desk’s own: an answer that a rule of the YAML sends, as an example of one. */
export function startingTemplates(desk: NewDesk): ReadonlyMap<string, string> {
  const { sorry } = wordsIn(desk.language)
  return new Map([
    [
      `after-hours-trouble/${desk.language}.md`,
      `Subject: ${sorry[0]}\n\n{{!-- ${aboutTemplates} --}}\n${sorry[1]}\n\n| {{ticket.type}} | {{ticket.subject}} |\n`,
    ],
  ])
}

interface StatusRow {
  readonly key: StartingStatus
  readonly kind: string
  /** Who acts next. */
  readonly acts: 'team' | 'you' | null
  readonly to: readonly StartingStatus[]
  readonly clocks?: string
}

const ended = 'stops: [first-response, resolution, reminder]'
const statusRows: readonly StatusRow[] = [
  { key: 'new', kind: 'open', acts: 'team', to: ['working', 'waiting', 'solved', 'closed'] },
  { key: 'working', kind: 'open', acts: 'team', to: ['waiting', 'solved', 'closed'] },
  {
    key: 'waiting',
    kind: 'waiting',
    acts: 'you',
    to: ['working', 'solved', 'closed'],
    clocks: 'pauses: [first-response, resolution]',
  },
  { key: 'solved', kind: 'solved', acts: 'you', to: ['working', 'closed'], clocks: ended },
  { key: 'closed', kind: 'closed', acts: null, to: ['working'], clocks: ended.replace(']', ', confirmation]') },
]

function statusesOf(words: StartingWords): string {
  return statusRows
    .flatMap(({ key, kind, acts, to, clocks }) => [
      `  ${key}:`,
      `    name: ${text(words.statuses[key].name)}`,
      `    kind: ${kind}`,
      `    meaning: ${text(words.statuses[key].meaning)}`,
      ...(acts === null ? [] : [`    acts: ${text(words[acts])}`]),
      `    to: [${to.join(', ')}]`,
      ...(clocks === undefined ? [] : [`    ${clocks}`]),
    ])
    .map((line) => `${line}\n`)
    .join('')
}

/** The commented YAML. */
export function startingYaml(desk: NewDesk): string {
  const words = wordsIn(desk.language)
  return `# A help desk. Every key is described in docs/configuration.md, every condition and action of rules in docs/rules.md.
# A text may be one for all languages, or one a language: { en: …, fr: … }.

desk: ${desk.key}                     # never changes: it stands in every signed address
prefix: ${desk.prefix}                   # tickets are called ${desk.prefix}-1, ${desk.prefix}-2 …
name: ${text(desk.name)}
address: ${desk.address}
language: ${desk.language}                  # when neither contact nor mail tells
languages: [${desk.language}]               # each needs its templates; en, fr and es come with the program
templates: ${desk.key}                # folder whose templates replace the common ones
contacts: ./contacts/${desk.key}.csv  # imported at each start

# Who may write. required: only registered contacts open tickets, others are told how to register.
registration: open
strangers: hold                 # somebody who quotes the number of a ticket without being on it: hold, or new-ticket
closed: { reopen-within: 5bd }  # mail on a closed ticket: refuse, new-linked, or reopened for a time

calendar:
  zone: ${desk.zone}
  week:
    mon: ['09:00-17:00']
    tue: ['09:00-17:00']
    wed: ['09:00-17:00']
    thu: ['09:00-17:00']
    fri: ['09:00-17:00']
  holidays: [01-01]             # 12-25 every year, 2026-04-06 once

# kind: open, waiting (for the customer), pending (a third party), solved (asks for confirmation), closed. acts: who acts next.
statuses:
${statusesOf(words)}
start: { status: new, priority: normal, type: question, queue: reception }
on-reply: { status: working }            # a customer writes
on-answer: { status: working, from: [new] }   # an agent answers
on-confirm: { status: closed }           # the customer confirms that it is solved
on-refute: { status: working }           # or says that it is not

priorities:
  high: { name: ${text(words.priorities[0])}, meaning: ${text(words.stopped)}, rank: 1 }
  normal: { name: ${text(words.priorities[1])}, rank: 2 }
types:
  question: { name: ${text(words.types[0])} }
  trouble: { name: ${text(words.types[1])} }

# A queue has a team; members are the staff with that group. assign: round-robin gives each new ticket to the next of them.
queues:
  reception: { name: ${text(words.queue)}, team: reception }
teams:
  reception: { name: ${text(words.queue)}, assign: none }
staff:
  - address: ${desk.agent}
    name: ${text(desk.agent.slice(0, desk.agent.indexOf('@')).replace(/[._-]+/g, ' '))}
    groups: [reception]
    language: ${desk.language}
    # password: env:AGENT_PASSWORD       # only for agents who send through this gateway’s SMTP
supervisors: [${desk.agent}]

# Durations: 4bh hours of opening time, 2bd business days, 24h elapsed. One, or one a priority.
clocks:
  - name: first-response
    after: { high: 2bh, normal: 1bd }
    warn-after: { high: 1bh, normal: 6bh }
    starts: [created]
    stops: [agent-reply]
  - name: resolution
    after: { high: 1bd, normal: 5bd }
    starts: [created, reopened]
  - name: reminder
    after: 10bd
    warn-after: 3bd
    starts: [agent-question, 'status:waiting']
    stops: [customer-mail, 'status:working']
  - name: confirmation
    after: 5bd
    starts: [solved]
    stops: [customer-mail, reopened]

# Data of a ticket. pattern: looked for in the mail by a rule with read-fields; public: the customer sees it.
fields:
  order: { name: ${text(words.order)}, pattern: '\\b(?:order|commande|pedido)\\s*(?:no\\.?|n[°ºo]\\.?)?\\s*(?<value>\\d{3,10})', public: true }

# Questions that come again and again: the acknowledgement carries the answer.
faq:
  entries:
    - question: ${text(words.question)}
      phrases: [${text(words.phrases)}]
      answer: ${text(words.answer)}

texts:
  acknowledgement: ${text(words.acknowledgement)}

signature: ${text(words.signature)}

# Rules run in order. \`guichet explain mail.eml\` shows which hold and why; \`guichet plan\` what a change would have done.
rules:
  - name: the number of the order
    when: { text: [order, commande, pedido] }
    then: { read-fields: [order] }
  - name: trouble
    when: { text: ${list(words.trouble)} }
    then: { type: trouble }
  - name: work has stopped
    when: { text: ${list(words.urgent)} }
    then: { priority: high }
  - name: trouble outside opening hours
    when: { type: trouble, priority: high, hours: closed }
    then: { reply: { template: after-hours-trouble, once: ticket } }
  - name: no answer of the customer, a reminder
    on: clock
    when: { clock: reminder, stage: warned }
    then: { reply: { template: reminder, choices: [confirm, mute], data: { closesAt: { due: reminder } } } }
  - name: no answer of the customer, the end
    on: clock
    when: { clock: reminder, stage: breached }
    then: { status: closed, reply: { template: auto-closed, data: { days: 10 } } }
  - name: silence after the solution is agreement
    on: clock
    when: { clock: confirmation, stage: breached }
    then: { status: closed }
`
}
