import * as other from 'node-ical'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startExampleDesks } from '../support/example-desks.ts'
import { choiceIn, only, type Sent, type TestGateway } from '../support/gateway.ts'

const desk = 'spt@guichet.test'
const agent = 'agent@spt.staff.test'
const sophie = 'Sophie Marchand <contact@spt.client.test>'
const at = 'contact@spt.client.test'

let gateway: TestGateway
let told: Sent
let ack: Sent

beforeEach(async () => {
  // Monday, 9 o'clock in Zurich.
  gateway = await startExampleDesks(['spt'], '2026-11-23T08:00:00Z')
  const sent = await gateway.exchange({
    from: sophie,
    to: desk,
    subject: 'Installation du patch 12.4',
    text: 'Bonjour, nous attendons l’installation du patch 12.4.',
  })
  told = only(sent, agent)
  ack = only(sent, at)
})
afterEach(() => gateway.close())

/** The calendar part of a mail, as another program reads it. */
function invitationIn(mail: Sent): other.VEvent {
  const [, type = '', body = ''] =
    /Content-Type: (text\/calendar[^\r\n]*)[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(mail.raw) ?? []
  expect(type).toContain('charset=utf-8')
  const encoded = /Content-Type: text\/calendar[\s\S]*?Content-Transfer-Encoding: (\S+)/.exec(mail.raw)?.[1]
  const text =
    encoded === 'base64'
      ? Buffer.from(body, 'base64').toString('utf8')
      : encoded === 'quoted-printable'
        ? Buffer.from(
            body
              .replace(/=\r\n/g, '')
              .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          ).toString('utf8')
        : body
  const event = Object.values(other.sync.parseICS(text)).find((part): part is other.VEvent => part?.type === 'VEVENT')
  if (!event) throw new Error(`no event in: ${text}`)
  return event
}

const organiserOf = (event: other.VEvent): string => {
  const { organizer } = event
  return (typeof organizer === 'string' ? organizer : (organizer?.val ?? '')).replace(/^mailto:/i, '')
}

/** What the customer's calendar program sends when a button is pressed in it. */
const answer = (
  event: other.VEvent,
  partstat: string,
  over: { method?: string; start?: string; from?: string; sequence?: number } = {},
): Promise<Sent[]> =>
  gateway.exchange({
    from: over.from ?? sophie,
    to: organiserOf(event),
    subject: `Accepté : ${String(event.summary)}`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: '',
    attachments: [
      {
        filename: 'invite.ics',
        contentType: `text/calendar; charset=utf-8; method=${over.method ?? 'REPLY'}`,
        content: [
          'BEGIN:VCALENDAR',
          'PRODID:-//Example//Calendar//EN',
          'VERSION:2.0',
          `METHOD:${over.method ?? 'REPLY'}`,
          'BEGIN:VEVENT',
          `UID:${event.uid}`,
          `SEQUENCE:${over.sequence ?? event.sequence}`,
          'DTSTAMP:20261123T090000Z',
          `DTSTART:${over.start ?? '20261201T130000Z'}`,
          `ORGANIZER:mailto:${organiserOf(event)}`,
          `ATTENDEE;PARTSTAT=${partstat}:mailto:${at}`,
          'END:VEVENT',
          'END:VCALENDAR',
          '',
        ].join('\r\n'),
      },
    ],
  })

const propose = async (
  line: string,
  text = 'Nous installons le patch à ce moment ; comptez deux heures d’arrêt.',
): Promise<Sent> => only(await gateway.reply(told, { from: agent, text: `${line}\n\n${text}` }), at)
const found = () => gateway.ticket(1, 'spt')

test('S12: a date is proposed by mail, with an invitation that a calendar shows and the agent’s words', async () => {
  const mail = await propose('#rdv 01/12/2026 14h 2h Siège, salle 3')
  const event = invitationIn(mail)
  expect(event).toMatchObject({
    method: 'REQUEST',
    start: new Date('2026-12-01T13:00:00Z'),
    end: new Date('2026-12-01T15:00:00Z'),
    location: 'Siège, salle 3',
  })
  expect(event.summary).toBe('[SPT-1] Installation du patch 12.4')
  expect(mail.text).toContain('deux heures d’arrêt')
  expect(mail.text.replace(/\s+/g, ' ')).toContain('mardi 1er décembre')
  expect(await found()).toMatchObject({ status: 'waiting-customer', fields: { visit: 'proposed' } })
})

test('S12: the customer’s calendar accepts; the agent is told and it is the staff’s turn again', async () => {
  const event = invitationIn(await propose('#rdv 01/12/2026 14h 2h'))
  const sent = await answer(event, 'ACCEPTED')
  expect(only(sent, agent).text).toContain('rendez-vous accepté')
  expect(sent.filter((mail) => mail.to === at)).toEqual([])
  expect(await found()).toMatchObject({ status: 'in-progress', fields: { visit: 'accepted' } })
  const link = /http:\/\/\S+/.exec(sent[0]?.text ?? '')?.[0] ?? /http:\/\/\S+\/t\/\S+/.exec(ack.text)?.[0] ?? ''
  const page = await (await fetch(link)).text()
  expect(page).toContain('Rendez-vous proposé : mardi 1er décembre à 14:00')
  expect(page).toContain('rendez-vous accepté')
})

test('S12: the customer’s calendar declines, or proposes another time, which the agent reads', async () => {
  const event = invitationIn(await propose('#rdv 01/12/2026 14h 2h'))
  expect(only(await answer(event, 'DECLINED'), agent).text).toContain('rendez-vous refusé')
  expect((await found()).fields).toMatchObject({ visit: 'declined' })
  const counter = only(await answer(event, 'NEEDS-ACTION', { method: 'COUNTER', start: '20261202T080000Z' }), agent)
  expect(counter.text).toContain('propose un autre moment')
  expect(counter.text).toContain('mercredi 2 décembre à 09:00')
})

test('S12: moved, the appointment keeps its identity and the invitation is a newer one; cancelled, calendars take it out', async () => {
  const first = invitationIn(await propose('#rdv 01/12/2026 14h 2h Siège'))
  const movedMail = await propose('#rdv 02/12/2026 9h 1h', 'Nous devons déplacer l’installation.')
  const moved = invitationIn(movedMail)
  expect(movedMail.text).toContain('change')
  expect(moved.uid).toBe(first.uid)
  expect(Number(moved.sequence)).toBe(Number(first.sequence) + 1)
  expect(moved).toMatchObject({ start: new Date('2026-12-02T08:00:00Z'), location: 'Siège' })
  const cancelled = invitationIn(await propose('#rdv annuler', 'L’installation se fera à distance.'))
  expect(cancelled).toMatchObject({ uid: first.uid, method: 'CANCEL', status: 'CANCELLED' })
  expect(Number(cancelled.sequence)).toBe(Number(moved.sequence) + 1)
})

test('S12: a calendar program that answers twice tells the agent once', async () => {
  const event = invitationIn(await propose('#rdv 01/12/2026 14h'))
  expect(await answer(event, 'ACCEPTED')).toHaveLength(1)
  expect(await answer(event, 'ACCEPTED')).toEqual([])
})

test('S12: an answer to an invitation that was moved since changes nothing', async () => {
  const first = invitationIn(await propose('#rdv 01/12/2026 14h'))
  await propose('#rdv 02/12/2026 9h')
  await answer(first, 'ACCEPTED')
  expect((await found()).fields).toMatchObject({ visit: 'proposed' })
  expect(await gateway.trail()).toContain('outdated')
})

test('S12: without a calendar program the customer accepts or declines by a signed mail, and reads that it was understood', async () => {
  const mail = await propose('#rdv 01/12/2026 14h')
  const accepted = await gateway.exchange({ from: sophie, to: choiceIn(mail, /je serai là/), subject: '', text: '' })
  expect(only(accepted, at).text).toContain('confirmé')
  expect(only(accepted, agent).text).toContain('rendez-vous accepté')
  expect((await found()).fields).toMatchObject({ visit: 'accepted' })
})

test('S12: nobody else answers for the customer', async () => {
  const event = invitationIn(await propose('#rdv 01/12/2026 14h'))
  await answer(event, 'ACCEPTED', { from: 'Marc Perrenoud <other@spt.client.test>' })
  expect((await found()).fields).toMatchObject({ visit: 'proposed' })
})

test('S12: a moment that has passed is not proposed, and the agent is told', async () => {
  const sent = await gateway.reply(told, { from: agent, text: '#rdv 23/11/2026 8h' })
  expect(sent.filter((mail) => mail.to === at)).toEqual([])
  expect(only(sent, agent).text).toContain('déjà passé')
})

test('O4: a visit is proposed in the time of the branch that makes it, and agreed to in plain words', async () => {
  const onyx = await startExampleDesks(['onyx'], '2026-11-23T08:00:00Z')
  try {
    const opened = await onyx.exchange({
      from: 'Khadija El Amrani <finance@atlas-textile.client.test>',
      to: 'onyx@guichet.test',
      subject: 'Formation des nouveaux utilisateurs',
      text: 'Bonjour, nous souhaitons une visite pour former deux personnes.',
    })
    const branch = opened.find((mail) => mail.to.endsWith('.staff.test') || mail.to.includes('casablanca'))
    if (!branch) throw new Error(opened.map((mail) => mail.to).join())
    const sent = await onyx.reply(branch, {
      from: branch.to,
      text: '#visite 01/12/2026 10h 3h Atlas Textile, Casablanca',
    })
    const mail = only(sent, 'finance@atlas-textile.client.test')
    expect(mail.text).toMatch(/mardi 1\S* décembre à 10:00/)
    // Casablanca keeps an hour ahead of Greenwich.
    expect(invitationIn(mail).start).toEqual(new Date('2026-12-01T09:00:00Z'))
    const agreed = await onyx.reply(mail, {
      from: 'Khadija El Amrani <finance@atlas-textile.client.test>',
      text: 'D’accord, merci.',
    })
    expect(only(agreed, branch.to).text).toContain('rendez-vous accepté')
    expect((await onyx.ticket(1, 'onyx')).fields).toMatchObject({ visit: 'accepted' })
  } finally {
    await onyx.close()
  }
})
