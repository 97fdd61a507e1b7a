// The mails that stay in the house.

import { date, flag, number, records, text, texts, type Variables } from './template-variable.ts'

const entries = records('earlier entries, newest first', {
  at: date('when'),
  author: text('who'),
  internal: flag('not shown to the customer'),
  text: text('what'),
})

const similar = records('similar solved cases', {
  token: text('ticket'),
  subject: text('subject'),
  resolution: text('how it was solved'),
})

const mark = text('mark of internal blocks')
const ownMark = text('random mark that stands in every internal block, so that none of them can be relayed')

const toAgent: Variables = {
  mark: ownMark,
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
  similar,
  suggested: texts('people in copy who are not on the ticket'),
  wantsReplyAt: text('the address the customer wants replies at, when another'),
  replies: flag('an answer to this mail is relayed to the customer'),
}

/** Mails that only staff read, and the values of each: they may be in any language of the desk, or in English. */
export const staffMails = {
  'announcement-done': {
    title: text('its title'),
    recipients: number('how many people it was for'),
    sent: number('mails that left'),
    bounced: number('mails that came back'),
    failed: number('mails that were given up, or of which nobody knows'),
    suppressed: number('people whose address is known to be dead'),
    waiting: number('mails that have not left yet'),
    stopped: flag('it was stopped before its end'),
  },
  report: {
    text: text('the report'),
    agent: text('who wrote it'),
    organisation: text('organisation of the requester'),
    outside: flag('the reader is on the list without being staff of the desk'),
    mark,
  },
  unassigned: { mark },
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
    ages: records('what is open, by age', {
      from: number('days from which'),
      below: number('days below which; 0: without end'),
      count: number('open'),
      bar: text('a bar of that length'),
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
    mark: ownMark,
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
    similar,
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
  'agent-nudge': {
    mark,
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
    agent: text('who answered'),
    at: date('when'),
    text: text('that answer'),
    mark,
  },
  'hold-notice': {
    reason: text('the reason in a sentence'),
    why: text('what was found'),
    release: text('what a release does'),
    from: text('the sender'),
    subject: text('the subject'),
    text: text('the beginning of the text'),
    at: date('when it came'),
    mark,
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
    mark,
    history: entries,
  },
  'clock-warning': { clock: text('the clock'), dueAt: date('when it is due'), mark },
  'clock-breached': { clock: text('the clock'), dueAt: date('when it was due'), mark },
  'page-link': { url: text('link to the desk’s page'), until: date('until when the link works') },
  'commands-help': { text: text('the commands') },
  show: {
    text: text('description'),
    clocks: records('running clocks', { name: text('clock'), dueAt: date('when it is due') }),
    history: entries,
    mark,
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
  },
  alarm: { what: text('what is wrong'), since: date('since when'), detail: text('what was observed') },
} satisfies Record<string, Variables>
