// The mails there are, and the variables of each. Templates are checked against this at start; the reference is printed from it.

import { any, date, flag, number, record, records, text, texts, type Variables } from './template-variable.ts'

/** What every mail may say. */
export const commonVariables: Variables = {
  desk: record('the desk', {
    name: text('its name'),
    address: text('where people write'),
    hours: text('its opening hours as a part of a sentence'),
    phones: texts('its telephone numbers'),
    signature: text('its closing lines'),
    repliesByPortal: flag('replies of requesters are taken by the portal only'),
  }),
  ticket: record('the ticket; absent in mails that are about none', {
    token: text('prefix and number'),
    subject: text('its subject; empty when the mail must not repeat the sender'),
    status: text('name of the status'),
    statusMeaning: text('what the status means'),
    acts: text('who acts next'),
    waiting: flag('the customer acts next'),
    closed: flag('it is closed'),
    priority: text('name of the priority'),
    priorityMeaning: text('what the priority means'),
    type: text('name of the type'),
    queue: text('name of the queue'),
    assignee: text('name of the agent it is assigned to'),
    requester: text('name of the requester, else the address'),
    requesterAddress: text('address of the requester'),
    createdAt: date('when it was opened'),
    updatedAt: date('when it last changed'),
    fields: records('its fields: the public ones, for staff all', {
      name: text('name of the field'),
      value: text('its value'),
    }),
    field: any('one field by its key'),
    people: texts('names and addresses of everybody on it'),
  }),
  person: record('the recipient', { name: text('name, or empty'), address: text('address') }),
  link: record('links', { status: text('the page of the ticket for this person') }),
  portal: record('the portal of the desk', { url: text('link to the ticket there') }),
  choice: record('signed addresses that make a choice, as links; absent when not offered', {
    mute: text('no more notices about this ticket'),
    unmute: text('notices again'),
    confirm: text('it is solved'),
    refute: text('it is not solved'),
    approve: text('agreed'),
    refuse: text('not agreed'),
    release: text('release a held mail'),
    discard: text('discard a held mail'),
    register: text('make the sender a contact'),
    participant: text('add as a participant'),
    undo: text('undo'),
    good: text('satisfied'),
    bad: text('not satisfied'),
    join: text('join the open case'),
    arrived: text('an uncertain mail did arrive'),
    again: text('send an uncertain mail again'),
  }),
  text: any('texts of the desk: text.NAME'),
  mark: text('the footer mark by which an answer finds its ticket'),
  now: date('when the mail is written'),
}

const entries = records('earlier entries, newest first', {
  at: date('when'),
  author: text('who'),
  internal: flag('not shown to the customer'),
  text: text('what'),
})

const toAgent: Variables = {
  mark: text('random mark that stands in every internal block, so that none of them can be relayed'),
  text: text('what the customer wrote'),
  from: text('who wrote'),
  replyTo: texts('to whom an answer goes'),
  authentication: text('how sure the sender is, in words; empty when it is sure'),
  facts: records('facts beside the ticket fields: organisation, telephone, entitlement …', {
    name: text('what'),
    value: text('value'),
  }),
  attachments: texts('names of the attachments'),
  notes: texts('findings of rules for the agent'),
  history: entries,
  similar: records('similar solved cases', {
    token: text('ticket'),
    subject: text('subject'),
    resolution: text('how it was solved'),
  }),
  suggested: texts('people in copy who are not on the ticket'),
  wantsReplyAt: text('the address the customer wants replies at, when another'),
  replies: flag('an answer to this mail is relayed to the customer'),
}

/** Every mail the gateway sends by itself, and the values of its own. A desk may add templates for its rules: those get `extraVariables`. */
export const templateData = {
  acknowledged: {
    dueAt: date('when an answer is due at the latest'),
    outOfHours: flag('the mail came outside opening hours'),
    opensAt: date('when the desk opens again'),
    notes: texts('sentences that rules add'),
    answers: records('entries of the FAQ that fit', { question: text('question'), answer: text('answer') }),
    missing: texts('data that is still wanted'),
    follows: text('token of the earlier ticket it follows'),
    incidents: records('incidents that are open at the desk', { title: text('what it is'), since: date('since when') }),
    resembles: text('an open case of the same person that it may belong to'),
    urgent: text('the reason for which it counts as urgent'),
  },
  reply: {
    text: text('what the agent wrote'),
    agent: text('name of the agent, when the desk shows it'),
    others: texts('who else gets it'),
  },
  'status-changed': {
    from: text('status before'),
    why: text('what happened, when somebody said it'),
    reference: text('the outside reference under which a closed ticket goes on'),
  },
  'portal-only': {},
  'not-registered': {
    form: texts('lines of the form that is to be filled in, where the desk has one'),
    again: flag('the form came back with these lines missing'),
  },
  'requirement-missing': { requirement: text('what is missing'), why: text('the desk’s reason') },
  'closed-refused': {},
  'closed-new-linked': { old: text('token of the closed ticket'), dueAt: date('when an answer is due') },
  'data-missing': { missing: texts('what is still wanted'), closesAt: date('when the ticket closes without it') },
  'subject-wanted': {
    example: text('an example of a good subject'),
    modules: texts('the modules of the desk'),
    given: text('the subject that was given'),
    notes: texts('sentences that rules add'),
  },
  'solved-confirm': { text: text('the resolution'), closesAt: date('when it closes without an answer') },
  confirmed: {},
  refuted: {},
  reminder: { text: text('the question that waits'), closesAt: date('when it closes without an answer') },
  'auto-closed': { days: number('days without an answer') },
  'approval-wanted': {
    text: text('what is to be agreed'),
    price: text('what it costs'),
    when: date('the day on which it would be done'),
    after: flag('the work is done already'),
  },
  'approval-recorded': { approved: flag('agreed or not'), after: flag('the work is done already') },
  update: { text: text('news, when there are'), nextAt: date('when the next news comes') },
  'breach-customer': { clock: text('the promise that was not kept'), dueAt: date('when it was due') },
  joined: { asked: flag('the person said that it is the same case') },
  muted: {},
  unmuted: {},
  'type-staff-only': { type: text('the type that was asked for') },
  'urgent-refused': { reasons: texts('what counts as urgent at this desk') },
  'rating-wanted': {},
  rated: {},
  'participant-added': { by: text('who added the person') },
  'visit-proposed': {
    at: date('when'),
    until: date('until when'),
    place: text('where'),
    text: text('a message'),
    moved: flag('an appointment that was proposed before is moved'),
  },
  'visit-cancelled': { at: date('when'), until: date('until when'), place: text('where'), text: text('a message') },
  'visit-answered': {
    accepted: flag('accepted or declined'),
    at: date('when'),
    until: date('until when'),
    place: text('where'),
  },
  announcement: { title: text('title'), text: text('message') },
  consult: { text: text('the question'), agent: text('who asks') },
  report: {
    text: text('the report'),
    agent: text('who wrote it'),
    organisation: text('organisation of the requester'),
    mark: text('mark of internal blocks'),
  },
  unassigned: { mark: text('mark of internal blocks') },
  'weekly-report': {
    from: date('first day of the week'),
    until: date('last day of the week'),
    opened: number('requests opened in the week'),
    closed: number('requests closed in the week'),
    reopened: number('open requests that had been closed before'),
    open: number('open now'),
    unassigned: number('open and assigned to nobody'),
    breached: number('clocks that ran out in the week'),
    firstAnswerHours: text('hours until the first answer, middle value'),
    good: number('closed requests whose customer is satisfied'),
    bad: number('closed requests whose customer is not'),
    rated: number('closed requests whose customer said so'),
    days: records('each day', {
      at: date('the day'),
      opened: number('opened'),
      closed: number('closed'),
      openedBar: text('a bar of that length'),
      closedBar: text('a bar of that length'),
    }),
    groups: records('the largest groups by what the desk counts', {
      name: text('what they have in common'),
      count: number('how many'),
      hours: text('hours until closed, middle value'),
    }),
  },
  'agent-new-ticket': toAgent,
  'agent-customer-mail': toAgent,
  'agent-assigned': { ...toAgent, by: text('who assigned it') },
  'agent-choice': { ...toAgent, choice: text('what the customer chose') },
  'agent-alert': {
    mark: text('random mark that stands in every internal block, so that none of them can be relayed'),
    turn: text('what happened, as a word of the gateway'),
    opened: flag('the problem is new'),
    returned: flag('it is back after it was over'),
    worse: flag('it has become worse'),
    flapping: flag('it comes and goes'),
    recovered: flag('it is over'),
    silent: flag('nothing was heard of it for long'),
    source: text('the source of the alert'),
    title: text('the problem, as its system names it'),
    severity: text('how bad it is, as its system says'),
    text: text('what its system says'),
    repeats: number('how many mails told of it'),
    flaps: number('how often it came back'),
    since: date('since when there is the problem'),
    at: date('when the mail was taken'),
    similar: records('similar solved cases', {
      token: text('ticket'),
      subject: text('subject'),
      resolution: text('how it was solved'),
    }),
  },
  'incident-digest': {
    count: number('how many there are'),
    incidents: records('the problems that are not over, the most urgent first', {
      token: text('ticket; for staff'),
      subject: text('what it is about'),
      status: text('name of the status'),
      priority: text('name of the priority'),
      since: date('since when'),
      facts: records('public fields', { name: text('name of the field'), value: text('its value') }),
    }),
  },
  'incident-news': {
    problem: flag('there is a problem'),
    recovered: flag('it is over'),
    flapping: flag('it comes and goes'),
    title: text('what it is about'),
    type: text('name of the type'),
    since: date('since when'),
    until: date('when it was over'),
    facts: records('public fields', { name: text('name of the field'), value: text('its value') }),
  },
  'agent-nudge': {
    mark: text('mark of internal blocks'),
    days: number('business days without news'),
    history: entries,
  },
  'agent-receipt': {
    done: texts('what was done'),
    failed: records('what was not', {
      line: text('the line'),
      why: text('why'),
      instead: text('what to write instead'),
    }),
    relayedTo: texts('to whom the answer went'),
    wanted: flag('the agent solved it and has not said how; the case base asks'),
    dropped: texts('parts that were not relayed'),
  },
  'agent-answered-by-other': {
    agent: text('who answered meanwhile'),
    at: date('when'),
    text: text('that answer'),
    mark: text('mark of internal blocks'),
  },
  'hold-notice': {
    reason: text('the reason in a sentence'),
    why: text('what was found'),
    release: text('what a release does'),
    from: text('the sender'),
    subject: text('the subject'),
    text: text('the beginning of the text'),
    at: date('when it came'),
    mark: text('mark of internal blocks'),
  },
  'held-yours': {
    reason: text('the reason in a sentence'),
    why: text('what was found'),
    text: text('the text that would go out'),
    recipients: texts('to whom it would go'),
  },
  'delivery-failed': {
    recipient: text('who did not get it'),
    reason: text('what the other server said'),
    status: text('its status code'),
    subject: text('subject of the mail'),
  },
  'delivery-unknown': {
    recipient: text('to whom'),
    reason: text('what happened'),
    subject: text('subject of the mail'),
    at: date('when it was sent'),
  },
  escalation: {
    why: text('why'),
    by: text('who or what'),
    to: text('team or queue'),
    text: text('the request'),
    mark: text('mark of internal blocks'),
    history: entries,
  },
  'clock-warning': { clock: text('the clock'), dueAt: date('when it is due'), mark: text('mark of internal blocks') },
  'clock-breached': { clock: text('the clock'), dueAt: date('when it was due'), mark: text('mark of internal blocks') },
  'page-link': { url: text('link to the desk’s page'), until: date('until when the link works') },
  'commands-help': { text: text('the commands') },
  show: {
    text: text('description'),
    clocks: records('running clocks', { name: text('clock'), dueAt: date('when it is due') }),
    history: entries,
    mark: text('mark of internal blocks'),
  },
  list: {
    title: text('what is listed'),
    tickets: records('the tickets', {
      token: text('ticket'),
      subject: text('subject'),
      status: text('status'),
      priority: text('priority'),
      assignee: text('agent'),
      at: date('when it last changed'),
    }),
    more: number('how many more there are'),
  },
  'registration-request': {
    from: text('who asks'),
    text: text('the mail'),
    form: records('what was filled in', { name: text('line of the form'), value: text('what was written') }),
    mark: text('mark of internal blocks'),
  },
  registered: {},
  alarm: { what: text('what is wrong'), since: date('since when'), detail: text('what was observed') },
} satisfies Record<string, Variables>

export type TemplateName = keyof typeof templateData

/** Texts of a desk that common templates use when the desk has them. */
export const commonTexts: Variables = {
  acknowledgement: text('a paragraph of every acknowledgement'),
  'out-of-hours': text('what applies outside opening hours, in acknowledgements'),
  registration: text('how to become registered, in the mail to people who are not'),
  closed: text('what to do after closing, in the answer to mail on a closed ticket'),
}

/** What a template gets that only a desk's rules know. */
export const extraVariables: Variables = {
  text: text('what the customer wrote'),
  why: text('why the rule sends it'),
  requirement: text('the attribute that is missing'),
  notes: texts('sentences that rules add'),
  captures: any('values captured by rules: data.captures.NAME'),
}

/** The closing lines of mails, by who reads them; templates like others. */
export const footers = { customer: 'footer-customer', staff: 'footer-staff', stranger: 'footer-stranger' } as const

/** The values of a template: its own under `data`, the common ones beside it; `captures` are there for every mail. */
export function variablesOf(template: string): Variables {
  const own: Variables | undefined = Object.hasOwn(templateData, template)
    ? templateData[template as TemplateName]
    : undefined
  return {
    ...commonVariables,
    data: record('values of this mail', { ...(own ?? extraVariables), captures: any('values captured by rules') }),
  }
}
