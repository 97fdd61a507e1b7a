import fc from 'fast-check'
import * as other from 'node-ical'
import { expect, test } from 'vitest'
import { type Invitation, readAnswer, writeInvitation } from '../../src/mail/invitation.ts'

const invitation: Invitation = {
  method: 'REQUEST',
  uid: 'visit.abcdef.desk@reply.guichet.test',
  sequence: 0,
  start: new Date('2026-12-01T13:00:00Z'),
  end: new Date('2026-12-01T15:00:00Z'),
  summary: '[ABC-12] Installation du correctif; étape 1, suite',
  place: 'Siège, 3e étage',
  description: 'Bonjour,\nnous installons le correctif.\n',
  organiser: { address: 'desk+token@reply.guichet.test', name: 'Service « Assistance »' },
  attendee: { address: 'carla@client.test', name: 'Carla "la patronne", Dupont' },
  now: new Date('2026-11-23T09:00:00Z'),
}

const eventsOf = (text: string): readonly other.VEvent[] =>
  Object.values(other.sync.parseICS(text)).filter((part): part is other.VEvent => part?.type === 'VEVENT')

test('another program reads the invitation as it was meant', () => {
  const text = writeInvitation(invitation)
  const [event] = eventsOf(text)
  expect(event).toMatchObject({
    uid: invitation.uid,
    start: invitation.start,
    end: invitation.end,
    summary: invitation.summary,
    location: invitation.place,
    method: 'REQUEST',
  })
  expect(String(event?.sequence)).toBe('0')
  expect(event?.description).toBe(invitation.description)
  expect(JSON.stringify(event?.organizer)).toContain('mailto:desk+token@reply.guichet.test')
  expect(JSON.stringify(event?.attendee)).toContain('NEEDS-ACTION')
})

test('every line ends by CRLF and is folded at 75 octets', () => {
  const text = writeInvitation({ ...invitation, description: 'é'.repeat(400) })
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
  for (const line of text.split('\r\n')) {
    expect(line).not.toMatch(/[\r\n]/)
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  }
})

test('a cancellation keeps the identity and says that the appointment is off', () => {
  const [event] = eventsOf(writeInvitation({ ...invitation, method: 'CANCEL', sequence: 3 }))
  expect(event).toMatchObject({ uid: invitation.uid, status: 'CANCELLED', method: 'CANCEL' })
  expect(String(event?.sequence)).toBe('3')
})

test('no text of ours or theirs adds a line to the calendar object', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }), (a, b) => {
      const text = writeInvitation({
        ...invitation,
        summary: `${a}\r\nATTENDEE:mailto:eve@evil.test`,
        place: `${b}\nBEGIN:VALARM`,
        description: `${a}\r\nMETHOD:CANCEL\r\n${b}`,
        attendee: { address: 'carla@client.test', name: `${b}"\r\nX-EVIL:1` },
      })
      const lines = text.replace(/\r\n[ \t]/g, '').split('\r\n')
      expect(lines.filter((line) => /^(ATTENDEE|METHOD|X-EVIL|BEGIN:VALARM)/.test(line))).toHaveLength(2)
    }),
  )
})

const reply = (over: { method?: string; partstat?: string; start?: string; extra?: string } = {}): string =>
  [
    'BEGIN:VCALENDAR',
    'PRODID:-//Example//Calendar//EN',
    'VERSION:2.0',
    `METHOD:${over.method ?? 'REPLY'}`,
    'BEGIN:VEVENT',
    `DTSTART:${over.start ?? '20261201T130000Z'}`,
    'DTEND:20261201T150000Z',
    'DTSTAMP:20261123T101500Z',
    'ORGANIZER:mailto:desk+token@reply.guichet.test',
    'UID:visit.abcdef.desk@reply.guichet.test',
    `ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=${over.partstat ?? 'ACCEPTED'};CN=Carla:mailto:carla@client.test`,
    'SEQUENCE:1',
    ...(over.extra ? [over.extra] : []),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')

test.each([
  ['ACCEPTED', 'accepted'],
  ['DECLINED', 'declined'],
  ['TENTATIVE', 'tentative'],
])('the answer %s of a calendar program is read as %s', (partstat, answer) => {
  expect(readAnswer(reply({ partstat }))).toMatchObject({
    uid: 'visit.abcdef.desk@reply.guichet.test',
    answer,
    sequence: 1,
  })
})

test('a counter-proposal carries the time that is wished for', () => {
  const read = readAnswer(reply({ method: 'COUNTER', start: '20261202T080000Z', extra: 'COMMENT:Plutôt mercredi' }))
  expect(read).toMatchObject({ answer: 'counter', start: new Date('2026-12-02T08:00:00Z'), comment: 'Plutôt mercredi' })
})

test.each([
  ['a request', reply({ method: 'REQUEST' })],
  ['an answer that decides nothing', reply({ partstat: 'NEEDS-ACTION' })],
  ['answers of several people at once', reply({ extra: 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@evil.test' })],
  ['no calendar object', 'Hello,\nI will be there.'],
  ['nothing', ''],
])('%s is no answer', (_what, text) => {
  expect(readAnswer(text)).toBeNull()
})

test('whatever stands in the part, reading it throws nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(reply().length), (noise, at) => {
      readAnswer(noise)
      readAnswer(reply().slice(0, at) + noise + reply().slice(at))
    }),
  )
})
