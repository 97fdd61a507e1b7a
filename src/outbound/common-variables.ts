// What templates may say whatever the mail is about.

import { any, date, flag, record, records, text, texts, type Variables } from './template-variable.ts'

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
    requesterWithAddress: text('name and address of the requester, or the address alone'),
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
