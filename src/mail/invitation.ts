// Appointments as calendar programs exchange them (RFC 5545, RFC 5546): requests and cancellations that we write, the answers that
// people's programs write. Times are written in UTC, so that no time zone has to be explained to anybody.

import ICAL from 'ical.js'

export interface Invitation {
  readonly method: 'REQUEST' | 'CANCEL'
  /** The same for the whole life of the appointment (RFC 5545 §3.8.4.7). */
  readonly uid: string
  /** Raised by each change that matters (RFC 5546 §2.1.4). */
  readonly sequence: number
  readonly start: Date
  readonly end: Date
  readonly summary: string
  readonly place: string
  readonly description: string
  /** Where answers go. */
  readonly organiser: { readonly address: string; readonly name: string }
  readonly attendee: { readonly address: string; readonly name: string }
  readonly now: Date
}

/** What somebody's calendar program answered. `counter`: another time is proposed. */
export interface InvitationAnswer {
  readonly uid: string
  readonly answer: 'accepted' | 'declined' | 'tentative' | 'counter'
  readonly sequence: number
  /** The proposed beginning of a counter-proposal; null when it names none that can be read. */
  readonly start: Date | null
  readonly comment: string
}

const product = '-//Guichet//EN'
/** A text that no line of a calendar object can be broken by. */
const plain = (text: string, most: number): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cc}\p{Cf}]/gu, (c) => (c === '\n' || c === '\t' ? c : ''))
    .slice(0, most)
const person = (name: string): string => plain(name, 100).replace(/["\n]/g, ' ').trim()

const utc = (at: Date): ICAL.Time => {
  const time = ICAL.Time.fromJSDate(at, true)
  time.isDate = false
  return time
}

/** The calendar object, lines folded and ended by CRLF. */
export function writeInvitation(invitation: Invitation): string {
  const { organiser, attendee, method } = invitation
  const event = new ICAL.Component('vevent')
  event.updatePropertyWithValue('uid', invitation.uid)
  event.updatePropertyWithValue('sequence', invitation.sequence)
  event.updatePropertyWithValue('dtstamp', utc(invitation.now))
  event.updatePropertyWithValue('dtstart', utc(invitation.start))
  event.updatePropertyWithValue('dtend', utc(invitation.end))
  event.updatePropertyWithValue('summary', plain(invitation.summary, 300).replace(/\n/g, ' '))
  if (invitation.place !== '') event.updatePropertyWithValue('location', plain(invitation.place, 300))
  if (invitation.description !== '') event.updatePropertyWithValue('description', plain(invitation.description, 4000))
  event.updatePropertyWithValue('status', method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED')
  event.updatePropertyWithValue('transp', 'OPAQUE')
  const from = event.updatePropertyWithValue('organizer', `mailto:${organiser.address}`)
  if (organiser.name !== '') from.setParameter('cn', person(organiser.name))
  const to = event.addPropertyWithValue('attendee', `mailto:${attendee.address}`)
  if (attendee.name !== '') to.setParameter('cn', person(attendee.name))
  to.setParameter('cutype', 'INDIVIDUAL')
  to.setParameter('role', 'REQ-PARTICIPANT')
  to.setParameter('partstat', 'NEEDS-ACTION')
  if (method === 'REQUEST') to.setParameter('rsvp', 'TRUE')
  const calendar = new ICAL.Component('vcalendar')
  calendar.updatePropertyWithValue('prodid', product)
  calendar.updatePropertyWithValue('version', '2.0')
  calendar.updatePropertyWithValue('calscale', 'GREGORIAN')
  calendar.updatePropertyWithValue('method', method)
  calendar.addSubcomponent(event)
  return `${calendar.toString()}\r\n`
}

const partstats: Readonly<Record<string, InvitationAnswer['answer']>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
}

/** The answer in a `text/calendar` part; null when it is none (no REPLY or COUNTER, no single answer, or not readable). */
export function readAnswer(text: string): InvitationAnswer | null {
  try {
    return answerIn(text)
  } catch {
    // Whatever programs write that is no calendar object: the mail is judged by its text.
    return null
  }
}

function answerIn(text: string): InvitationAnswer | null {
  const calendar = ICAL.Component.fromString(text)
  const method = String(calendar.getFirstPropertyValue('method') ?? '').toUpperCase()
  const event = calendar.getFirstSubcomponent('vevent')
  if (!event || (method !== 'REPLY' && method !== 'COUNTER')) return null
  const attendees = event.getAllProperties('attendee')
  const partstat = String(attendees[0]?.getFirstParameter('partstat') ?? '').toUpperCase()
  const answer = method === 'COUNTER' ? 'counter' : partstats[partstat]
  const uid = String(event.getFirstPropertyValue('uid') ?? '')
  if (answer === undefined || uid === '' || (method === 'REPLY' && attendees.length !== 1)) return null
  const start = event.getFirstPropertyValue('dtstart')
  return {
    uid: uid.slice(0, 255),
    answer,
    sequence: Number(event.getFirstPropertyValue('sequence') ?? 0) || 0,
    start: start instanceof ICAL.Time ? start.toJSDate() : null,
    comment: String(event.getFirstPropertyValue('comment') ?? '').slice(0, 2000),
  }
}
