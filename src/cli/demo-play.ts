// A scene, played step by step and printed as its people would read it.

import type { Desk } from '../desks/desk.ts'
import { textIn } from '../desks/text.ts'
import type { Scene, Step } from './demo-scene.ts'
import { durationMs } from './demo-scene.ts'
import type { Stage } from './demo-stage.ts'
import {
  answerByChoice,
  answerTo,
  type LocalMail,
  type Outgoing,
  type Someone,
  type Submission,
  someone,
  submit,
} from './mail-client.ts'
import { nameOf } from './mail-page.ts'
import { plain, plainLines } from './print.ts'
import { Refusal } from './refusal.ts'

interface Play {
  readonly stage: Stage
  readonly desk: Desk
  readonly say: (text: string) => void
  /** Mails that people have got so far, oldest first. */
  readonly got: LocalMail[]
}

const indent = (text: string, with_: string): string =>
  plainLines(text)
    .split('\n')
    .map((line) => `${with_}${line}`.trimEnd())
    .join('\n')

/** `Monday 23 November 2026, 09:10` where the desk is. */
const clockWords = (at: Date, { calendar: { zone } }: Desk): string =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  })
    .format(at)
    .replace(' at ', ', ')

const numbers = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]

/** `two days`, `26 hours`. */
function spanWords(text: string): string {
  const count = Number(text.slice(0, -1))
  const unit = { m: 'minute', h: 'hour', d: 'day' }[text.slice(-1)] ?? ''
  return `${numbers[count] ?? count} ${unit}${count === 1 ? ' passes' : 's pass'}`
}

/** What stands above the footer; of the links only their words, since nobody can click here. */
function shortly(mail: LocalMail, inFull: boolean): string {
  let body = mail.text.replace(/\n\* \* \*\n[\s\S]*$/, '')
  for (const { address } of mail.choices) body = withoutLink(body, address)
  if (!inFull)
    body = body.replace(
      /\n[^\n]{0,80}⟦[^\n]{0,40}⟧[^\n]{0,40}\n-{3,}\n[\s\S]*$/,
      '\n[for staff only: the ticket’s data and history]',
    )
  const links = mail.choices.map((choice) => `[${choice.label}]`)
  return [body.trimEnd(), ...(links.length > 0 ? ['', links.join(' ')] : [])].join('\n')
}

/** Without the line of a link in a text for those who read no HTML: `label: address`, or the address below the label. */
function withoutLink(text: string, address: string): string {
  const at = text.indexOf(address)
  if (at < 0) return text
  const line = text.lastIndexOf('\n', at) + 1
  const from = line === at ? text.lastIndexOf('\n', line - 2) + 1 : line
  return text.slice(0, from) + text.slice(at + address.length + 1)
}

function print({ say, got }: Play, mail: LocalMail): void {
  // The first mail to the staff is shown whole, so that one has seen it.
  const inFull = !got.some((other) => other !== mail && other.text.includes('⟦'))
  say(
    `\n  ${nameOf(mail.from)}  →  ${nameOf(mail.to)}\n  Subject: ${plain(mail.subject)}\n${indent(shortly(mail, inFull), '  │ ')}\n`,
  )
}

async function settle(play: Play): Promise<void> {
  for (const mail of await play.stage.settle()) {
    // Clocks of the other desks run too; their mails belong to other scenes.
    if (mail.from.address !== play.desk.address) continue
    play.got.push(mail)
    print(play, mail)
  }
}

function personOf(play: Play, words: string): Someone {
  const given = someone(words)
  const staff = play.desk.staff.find((member) => member.address === given.address)
  const known = play.got.find((mail) => mail.to.address === given.address)?.to.name
  return { address: given.address, name: given.name || staff?.name || known || '' }
}

const mailsOf = (play: Play, who: Someone): LocalMail[] => play.got.filter((mail) => mail.to.address === who.address)

/** The newest mail of somebody that `fits`; a scene that finds none does not play. */
function newest(play: Play, who: Someone, fits: (mail: LocalMail) => boolean, what: string): LocalMail {
  const mail = mailsOf(play, who).findLast(fits)
  if (!mail) throw new Refusal(`The scene of ${play.desk.desk} stops: ${who.address} has got ${what}.`, 1)
  return mail
}

async function hand(
  play: Play,
  mail: Outgoing,
  how: { readonly proof: boolean; readonly portal: boolean },
): Promise<void> {
  const { stage, desk, say } = play
  const [host = '', port = ''] = stage.addresses.smtp?.split(/:(?=\d+$)/) ?? []
  const trusted = stage.configuration.settings.trust['authentication-results'][0]?.['authserv-id'] ?? null
  const staff = desk.staff.some((member) => member.address === mail.from.address && member.password !== undefined)
  const user = how.portal ? desk.portal?.user : staff ? mail.from.address : undefined
  const at: Submission = {
    host,
    port: Number(port),
    authservId: user === undefined && how.proof ? trusted : null,
    ...(user === undefined ? {} : { auth: { user, pass: stage.password } }),
  }
  const shown = mail.text.split(/\n\n[^\n]{1,200} wrote[^\n]{0,60}:\n>/)[0] ?? mail.text
  const door = how.portal ? ' (in the portal)' : how.proof || user !== undefined ? '' : ' (nothing proves who sent it)'
  say(
    `\n  ${nameOf(mail.from)}  →  ${mail.to.replace(/\+[^@]{20,}@/, '+…@')}${door}\n  Subject: ${plain(mail.subject)}\n${indent(shown, '  ┃ ')}\n`,
  )
  await submit(at, mail, stage.now())
  await settle(play)
}

/** The page behind the status link of somebody's newest mail, as text. */
async function showPage(play: Play, who: Someone): Promise<void> {
  const link = /https?:\/\/\S+\/t\/\S+/
  const mail = newest(play, who, ({ text }) => link.test(text), 'no mail with a link to the request')
  const answer = await fetch(link.exec(mail.text)?.[0] ?? '')
  const html = await answer.text()
  const lines = (/<main[\s\S]*<\/main>/.exec(html)?.[0] ?? html)
    .replace(/<(?:style|title)[\s\S]*?<\/(?:style|title)>/g, '')
    .replace(/<\/(?:dt|th|span|time|strong|b|a|small)>/g, ' ')
    .replace(/<\/(?:h\d|p|li|dd)>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;/g, "'")
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
  play.say(
    `\n  ${nameOf(who)} opens the request’s page (${answer.status}):\n${indent(lines.slice(0, 14).join('\n'), '  ░ ')}\n`,
  )
}

/** Time passes: every clock that falls due on the way is worked off at its minute. */
async function wait(play: Play, text: string): Promise<void> {
  const { stage, desk, say } = play
  const until = new Date(stage.now().getTime() + durationMs(text))
  let said = ''
  const tell = (): void => {
    const now = clockWords(stage.now(), desk)
    if (now !== said) say(`\n— ${now}\n`)
    said = now
  }
  say(`\n— ${spanWords(text)} —\n`)
  for (let turns = 0; turns < 500; turns++) {
    const due = await stage.nextDue()
    if (due === null || due > until) break
    if (due > stage.now()) stage.setClock(due)
    const before = play.got.length
    for (const mail of await stage.settle()) {
      if (mail.from.address !== desk.address) continue
      if (play.got.length === before) tell()
      play.got.push(mail)
      print(play, mail)
    }
  }
  stage.setClock(until)
  tell()
}

async function act(play: Play, step: Step): Promise<void> {
  if ('say' in step) return play.say(`\n${indent(step.say.trim(), '')}\n`)
  if ('wait' in step) return wait(play, step.wait)
  if ('page' in step) return showPage(play, personOf(play, step.page))
  if ('write' in step) {
    const { as, to, subject, text, proof } = step.write
    const mail = { from: personOf(play, as), to: to ?? play.desk.address, subject, text: text.trimEnd() }
    return hand(play, mail, { proof: proof === 'pass', portal: false })
  }
  if ('reply' in step || 'portal' in step) {
    const { as, text, about } = 'reply' in step ? step.reply : { ...step.portal, about: undefined }
    const who = personOf(play, as)
    const fits = (mail: LocalMail): boolean => about === undefined || `${mail.subject}\n${mail.text}`.includes(about)
    const mail = newest(play, who, fits, about === undefined ? 'no mail' : `no mail about “${about}”`)
    return hand(play, answerTo(mail, who, text.trimEnd()), { proof: true, portal: 'portal' in step })
  }
  const { as, link } = step.choose
  const who = personOf(play, as)
  const offers = (mail: LocalMail) =>
    mail.choices.find((choice) => choice.label.toLowerCase().includes(link.toLowerCase()))
  const mail = newest(play, who, (one) => offers(one) !== undefined, `no mail with a link “${link}”`)
  const choice = offers(mail)
  if (choice) return hand(play, answerByChoice(mail, choice, who), { proof: true, portal: false })
}

export async function play(stage: Stage, scene: Scene, say: (text: string) => void): Promise<void> {
  const desk = stage.configuration.desks.get(scene.desk)
  if (!desk) throw new Refusal(`The scene "${scene.title}" belongs to the desk ${scene.desk}, which does not exist.`)
  stage.setClock(new Date(scene.at))
  say(
    `\n${'═'.repeat(78)}\n${textIn(desk.name, 'en', desk.language)} <${desk.address}>\n${scene.title}\n${'═'.repeat(78)}\n`,
  )
  say(`\n— ${clockWords(stage.now(), desk)} (${desk.calendar.zone})\n`)
  const running: Play = { stage, desk, say, got: [] }
  for (const step of scene.steps) {
    await act(running, step)
    // Nobody answers in the same minute; and two mails in one second would share an order.
    stage.setClock(new Date(stage.now().getTime() + 60_000))
  }
}
