import { afterEach, expect, test } from 'vitest'
import { deliver, mailOf } from '../support/deliver.ts'
import { testDesk } from '../support/desk.ts'
import { type Sent, startGateway, type TestGateway } from '../support/gateway.ts'

// Seven virtual days of adversaries against two whole gateways that know nothing of each other, in PostgreSQL. The pure budget model
// has its own test with a thousand seeds.

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const begin = Date.UTC(2026, 10, 16, 8)

/** mulberry32 */
function dice(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { next, below: (n: number) => Math.floor(next() * n) }
}

interface Letter {
  readonly at: number
  readonly to: string
  readonly headers: readonly string[]
  readonly text: string
  readonly mailFrom: string
}

let gateways: TestGateway[] = []
afterEach(async () => {
  for (const gateway of gateways) await gateway.close()
  gateways = []
})

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'seed %i: in seven days of robots every budget holds, and every person gets an acknowledgement',
  async (seed) => {
    const { next, below } = dice(seed)
    const at = new Date(begin).toISOString()
    const north = await startGateway({ desks: [{ desk: testDesk({ address: 'desk@north.test' }) }], at })
    const south = await startGateway({
      desks: [{ desk: testDesk({ address: 'desk@south.test', 'reply-domain': 'reply.south.test' }) }],
      at,
      secret: 'a secret of the south',
    })
    gateways = [north, south]
    const agenda: Letter[] = []
    let serial = 0
    const letter = (when: number, from: string, to: string, subject: string, more: readonly string[] = []): void => {
      serial += 1
      const domain = from.slice(from.indexOf('@') + 1)
      agenda.push({
        at: when,
        to,
        mailFrom: from,
        text: `Text number ${below(1e9).toString(36)}.`,
        headers: [
          `Authentication-Results: guichet.test; dmarc=pass header.from=${domain}`,
          `From: ${from}`,
          `To: ${to}`,
          `Subject: ${subject}`,
          `Message-ID: <${seed}.${serial}@${domain}>`,
          ...more,
        ],
      })
    }
    const thread = (mail: Sent): string[] => [`In-Reply-To: ${mail.messageId}`, `References: ${mail.messageId}`]
    const robots: Readonly<Record<string, (mail: Sent, when: number) => void>> = {
      'silent@robots.test': (mail, when) =>
        letter(when, 'silent@robots.test', mail.replyTo || mail.from, `Re: ${mail.subject}`, thread(mail)),
      'fresh@robots.test': (mail, when) =>
        letter(when, 'fresh@robots.test', mail.from, `Message ${below(1e9).toString(36)}`),
      'honest@robots.test': (mail, when) =>
        letter(when, 'honest@robots.test', mail.replyTo || mail.from, `Re: ${mail.subject}`, [
          ...thread(mail),
          'Auto-Submitted: auto-replied',
        ]),
      'gone@robots.test': (mail, when) =>
        letter(when, 'mailer-daemon@robots.test', mail.envelopeFrom || mail.from, 'Undelivered', ['Return-Path: <>']),
    }
    const many = (n: number): string => `many${n}@robots.test`
    const react = (mails: readonly Sent[], when: number): void => {
      for (const mail of mails) {
        const later = when + 1000 + below(10 * minute)
        if (/^desk@(?:north|south)\.test$/.test(mail.to)) {
          // As a forwarding server would: the other installation’s mail arrives with all its fields, or without those that mark it.
          const stripped = next() < 0.5
          letter(
            later,
            mail.from,
            mail.to,
            mail.subject,
            stripped ? [] : ['Auto-Submitted: auto-replied', ...thread(mail)],
          )
          continue
        }
        const robot = robots[mail.to]
        if (robot) robot(mail, later)
        else if (mail.to.startsWith('many'))
          letter(later, many(below(12)), mail.from, `Ring ${below(1e9).toString(36)}`)
      }
    }
    for (const name of Object.keys(robots)) letter(begin + below(hour), name, 'desk@north.test', `First of ${name}`)
    letter(begin + below(hour), many(0), 'desk@north.test', 'First of many')
    letter(begin + below(hour), 'desk@south.test', 'desk@north.test', 'Who is there?')
    const asked: { readonly at: number; readonly from: string }[] = []
    for (let person = 0; person < 6; person++)
      for (let n = 0; n < 3; n++) {
        const when = begin + n * 2 * day + below(day)
        asked.push({ at: when, from: `human${person}@people.test` })
        letter(when, `human${person}@people.test`, 'desk@north.test', `Question ${person} ${n}`)
      }
    const sent: { readonly at: number; readonly by: TestGateway; readonly mail: Sent }[] = []
    let now = begin
    for (let steps = 0; steps < 3000; steps++) {
      agenda.sort((a, b) => a.at - b.at)
      const due = agenda.shift()
      if (!due || due.at > begin + 7 * day) break
      for (const by of gateways) {
        const mails = await by.advance(Math.max(0, due.at - now))
        for (const mail of mails) sent.push({ at: due.at, by, mail })
        react(mails, due.at)
      }
      now = Math.max(now, due.at)
      const by = due.to.endsWith('south.test') ? south : north
      await deliver(by, mailOf(due.headers, due.text), due.to, { mailFrom: due.mailFrom })
      const mails = await by.take()
      for (const mail of mails) sent.push({ at: now, by, mail })
      react(mails, now)
    }
    const automatic = sent.filter(({ mail }) => mail.headers.has('auto-submitted') && !mail.to.endsWith('@staff.test'))
    const densest = (times: readonly number[], span: number): number =>
      Math.max(0, ...times.map((from) => times.filter((one) => one >= from && one < from + span).length))
    for (const by of gateways) {
      const byRecipient = new Map<string, typeof automatic>()
      for (const one of automatic)
        if (one.by === by) byRecipient.set(one.mail.to, [...(byRecipient.get(one.mail.to) ?? []), one])
      for (const [to, mails] of byRecipient) {
        const times = mails.map((one) => one.at)
        // A period begins with its first mail, so that two of them may touch.
        expect(densest(times, hour), to).toBeLessThanOrEqual(2 * 3)
        expect(densest(times, day), to).toBeLessThanOrEqual(2 * 10)
      }
      expect(byRecipient.has('mailer-daemon@robots.test')).toBe(false)
      const all = automatic.filter((one) => one.by === by).map((one) => one.at)
      expect(densest(all, hour)).toBeLessThanOrEqual(2 * 120)
    }
    for (const { at: when, from } of asked)
      expect(
        automatic.some(({ at: then, mail }) => mail.to === from && then === when),
        `${from} wrote at ${new Date(when).toISOString()}`,
      ).toBe(true)
    expect(automatic.length).toBeGreaterThan(30)
  },
)
