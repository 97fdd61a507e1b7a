// The text of a desk to begin with, in the language it will speak first. Comments say what each part is for.

export interface NewDesk {
  readonly key: string
  readonly name: string
  readonly address: string
  readonly prefix: string
  /** en, fr or es. */
  readonly language: string
  readonly zone: string
  readonly agent: string
}

interface Words {
  readonly statuses: readonly [open: string, working: string, waiting: string, solved: string, closed: string]
  readonly meanings: readonly [open: string, working: string, waiting: string, solved: string, closed: string]
  readonly team: string
  readonly you: string
  readonly priorities: readonly [high: string, normal: string]
  readonly stopped: string
  readonly types: readonly [question: string, trouble: string]
  readonly queue: string
  readonly signature: string
  readonly acknowledgement: string
  readonly urgent: readonly string[]
  readonly trouble: readonly string[]
  readonly question: string
  readonly answer: string
  readonly phrases: string
  readonly sorry: readonly [subject: string, text: string]
}

const english: Words = {
  statuses: ['New', 'In work', 'Waiting for you', 'Solved', 'Closed'],
  meanings: [
    'Your request waits for somebody to take it.',
    'Somebody is working on your request.',
    'We need an answer of yours to go on.',
    'We think that it is solved; please confirm it.',
    'The request is finished.',
  ],
  team: 'our team',
  you: 'you',
  priorities: ['High', 'Normal'],
  stopped: 'work has stopped',
  types: ['Question', 'Trouble'],
  queue: 'Reception',
  signature: 'Your support team',
  acknowledgement: 'We read every message.',
  urgent: ['urgent', 'cannot work', 'everything is down'],
  trouble: ['error*', 'does not work', 'broken', 'crash*'],
  question: 'How do I get a new password?',
  answer: 'Choose “Forgotten password” on the login page; a link comes by mail at once.',
  phrases: 'new password',
  sorry: [
    'Your request {{ticket.token}}',
    'This paragraph stands in a template of this desk alone: change it, or delete the folder.',
  ],
}

const french: Words = {
  statuses: ['Nouvelle', 'En cours', 'En attente de vous', 'Résolue', 'Close'],
  meanings: [
    'Votre demande attend que quelqu’un la prenne.',
    'Quelqu’un s’occupe de votre demande.',
    'Il nous faut une réponse de votre part pour continuer.',
    'De notre côté elle est résolue ; merci de le confirmer.',
    'La demande est terminée.',
  ],
  team: 'notre équipe',
  you: 'vous',
  priorities: ['Haute', 'Normale'],
  stopped: 'le travail est arrêté',
  types: ['Question', 'Panne'],
  queue: 'Accueil',
  signature: 'Votre équipe d’assistance',
  acknowledgement: 'Nous lisons chaque message.',
  urgent: ['urgent', 'impossible de travailler', 'tout est en panne'],
  trouble: ['erreur*', 'ne fonctionne pas', 'en panne', 'plante*'],
  question: 'Comment obtenir un nouveau mot de passe ?',
  answer: 'Choisissez « Mot de passe oublié » sur la page de connexion ; un lien arrive aussitôt par courriel.',
  phrases: 'nouveau mot de passe',
  sorry: [
    'Votre demande {{ticket.token}}',
    'Ce paragraphe est dans un modèle propre à ce service : changez-le, ou supprimez le dossier.',
  ],
}

const spanish: Words = {
  statuses: ['Nueva', 'En curso', 'En espera de usted', 'Resuelta', 'Cerrada'],
  meanings: [
    'Su solicitud espera a que alguien la tome.',
    'Alguien está atendiendo su solicitud.',
    'Necesitamos una respuesta suya para continuar.',
    'Por nuestra parte está resuelta; confírmelo, por favor.',
    'La solicitud ha terminado.',
  ],
  team: 'nuestro equipo',
  you: 'usted',
  priorities: ['Alta', 'Normal'],
  stopped: 'el trabajo está detenido',
  types: ['Consulta', 'Avería'],
  queue: 'Recepción',
  signature: 'Su equipo de soporte',
  acknowledgement: 'Leemos todos los mensajes.',
  urgent: ['urgente', 'no podemos trabajar', 'todo está caído'],
  trouble: ['error*', 'no funciona', 'averiado', 'falla*'],
  question: '¿Cómo obtengo una nueva contraseña?',
  answer: 'Elija «Contraseña olvidada» en la página de acceso; enseguida llega un enlace por correo.',
  phrases: 'nueva contraseña',
  sorry: [
    'Su solicitud {{ticket.token}}',
    'Este párrafo está en una plantilla propia de esta mesa: cámbielo o borre la carpeta.',
  ],
}

const wordsOf = (language: string): Words => (language === 'fr' ? french : language === 'es' ? spanish : english)

/** A YAML text in quotes: JSON is YAML. */
const text = (value: string): string => JSON.stringify(value)
const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`

/** Beside the YAML: the table of contacts, with its head line and one example. */
export function deskTexts(desk: NewDesk): { readonly contacts: string } {
  return {
    contacts: `address,name,organisation,language,phone,active\r\nfirst.customer@client.test,Ann Example,Example Company,${desk.language},,yes\r\n`,
  }
}

/** Templates of the desk’s own: an answer that a rule of the YAML sends, as an example of one. */
export function startingTemplates(desk: NewDesk): ReadonlyMap<string, string> {
  const { sorry } = wordsOf(desk.language)
  return new Map([
    [
      `after-hours-trouble/${desk.language}.md`,
      `Subject: ${sorry[0]}\n\n${sorry[1]}\n\n| {{ticket.type}} | {{ticket.subject}} |\n`,
    ],
  ])
}

/** The commented YAML. */
export function startingYaml(desk: NewDesk): string {
  const words = wordsOf(desk.language)
  const names = ['new', 'working', 'waiting', 'solved', 'closed'] as const
  const kinds = ['open', 'open', 'waiting', 'solved', 'closed'] as const
  const acts = [words.team, words.team, words.you, words.you, ''] as const
  const to = [
    '[working, waiting, solved, closed]',
    '[waiting, solved, closed]',
    '[working, solved, closed]',
    '[working, closed]',
    '[working]',
  ] as const
  const more = [
    '',
    '',
    '    pauses: [first-response, resolution]\n',
    '    stops: [first-response, resolution, reminder]\n',
    '    stops: [first-response, resolution, reminder]\n',
  ] as const
  const statuses = names
    .map(
      (name, i) =>
        `  ${name}:\n    name: ${text(words.statuses[i] ?? '')}\n    kind: ${kinds[i] ?? 'open'}\n    meaning: ${text(words.meanings[i] ?? '')}\n${acts[i] ? `    acts: ${text(acts[i] ?? '')}\n` : ''}    to: ${to[i] ?? '[]'}\n${more[i] ?? ''}`,
    )
    .join('')
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
${statuses}
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

# Data of a ticket. pattern: looked for in the mail by a rule with read-fields; public: the customer sees it.
fields:
  order: { name: Order, pattern: '\\border\\s*(?:no\\.?|n°)?\\s*(?<value>\\d{3,10})', public: true }

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
`
}
