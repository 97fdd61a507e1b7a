// `guichet try`: customer and agent of the running gateway, without any mailbox: mails go in by SMTP, answers are read where the
// gateway writes them when it has no relay.

import { resolve } from 'node:path'
import type { Configuration } from '../config/load.ts'
import { environmentOf } from './command.ts'
import { configurationOf } from './configuration.ts'
import { answerTo, type Outgoing, type Submission, someone, submit } from './mail-client.ts'
import { mailPage } from './mail-page.ts'
import { type Filed, mailboxes, mailsTo, watchOutgoing } from './outgoing-folder.ts'
import { plain } from './print.ts'
import { Refusal } from './refusal.ts'

/** How long to wait for what the gateway sends because of a mail. */
const PATIENCE_MS = 8_000

/** What `try` works with: where mail is handed over, and the folder of outgoing mail. */
export interface Trial {
  readonly at: Submission
  readonly folder: string
  /** Outgoing mail goes to a relay: it is read there, not here. */
  readonly relayed: boolean
  readonly configuration: Configuration
}

export async function openTrial(): Promise<Trial> {
  const environment = environmentOf()
  const { smtp } = environment
  if (smtp === null) throw new Refusal('GUICHET_SMTP_LISTEN is off: there is no SMTP reception to write to.')
  if (smtp.port === 0)
    throw new Refusal(
      'GUICHET_SMTP_LISTEN says port 0 (any free one). Set it to the address in the line "listening" that the gateway prints.',
    )
  const configuration = await configurationOf(environment)
  const trusted = configuration.settings.trust['authentication-results'].find(({ from }) => from === 'loopback')
  const host = smtp.host === '0.0.0.0' || smtp.host === '::' ? '127.0.0.1' : smtp.host
  return {
    at: { host, port: smtp.port, authservId: trusted?.['authserv-id'] ?? null },
    folder: resolve(environment.data, 'outgoing'),
    relayed: environment.relayUrl !== null || configuration.settings.relay.url !== undefined,
    configuration,
  }
}

/** Sends, and gives what the gateway sent because of it. */
export async function exchange({ at, folder, relayed }: Trial, mail: Outgoing): Promise<Filed[]> {
  const watch = await watchOutgoing(folder)
  await submit(at, mail, new Date())
  return watch.arrivals(relayed ? 0 : PATIENCE_MS)
}

export function told({ relayed }: Trial, mails: readonly Filed[]): string {
  if (relayed) return 'Outgoing mail goes to a relay: what has been sent because of it is read there.\n'
  if (mails.length === 0)
    return 'Nothing has been sent because of it (yet). The log of the gateway tells why; `./script/guichet holds list` shows what is held.\n'
  const width = Math.max(...mails.map(({ mail }) => mail.to.address.length))
  return `The gateway has sent:\n${mails.map(({ mail }) => `  to ${mail.to.address.padEnd(width)}  ${plain(mail.subject)}\n`).join('')}`
}

const readHint = (address: string): string => `Read it: ./script/guichet try read --as ${address} --last 1\n`

export async function trySend(options: { as: string; to: string; subject: string; text: string }): Promise<void> {
  const from = someone(options.as)
  const to = someone(options.to)
  const trial = await openTrial()
  const sent = await exchange(trial, { from, to: to.address, subject: options.subject, text: options.text })
  process.stdout.write(`Sent to ${to.address}.\n${told(trial, sent)}`)
  if (sent.some(({ mail }) => mail.to.address === from.address)) process.stdout.write(readHint(from.address))
}

export async function tryRead(options: { as: string; last?: string }): Promise<void> {
  const who = someone(options.as)
  const { folder } = await openTrial()
  const mails = await mailsTo(folder, who.address)
  if (mails.length === 0) {
    const others = [...(await mailboxes(folder)).keys()].sort()
    process.stdout.write(
      `No mail has been sent to ${who.address}.\n${others.length > 0 ? `There is mail for: ${others.join(', ')}\n` : ''}`,
    )
    return
  }
  const last = options.last === undefined ? mails.length : Number(options.last)
  if (!Number.isInteger(last) || last < 1) throw new Refusal(`--last "${options.last}" should be a number such as 3`)
  for (const [i, { mail }] of mails.entries())
    if (i >= mails.length - last) process.stdout.write(`${mailPage(mail, i + 1)}\n`)
}

/** The mail with a number of `try read`. */
export function numbered(mails: readonly Filed[], number: string, who: string): Filed {
  const found = /^\d{1,6}$/.test(number) ? mails[Number(number) - 1] : undefined
  if (!found)
    throw new Refusal(
      mails.length === 0
        ? `No mail has been sent to ${who} yet.`
        : `There is no mail ${number}: ${who} has 1 to ${mails.length} (try read shows them).`,
    )
  return found
}

export async function tryReply(number: string, options: { as: string; text: string }): Promise<void> {
  const from = someone(options.as)
  const trial = await openTrial()
  const { mail } = numbered(await mailsTo(trial.folder, from.address), number, from.address)
  const me = from.name === '' ? { ...from, name: mail.to.name } : from
  const sent = await exchange(trial, answerTo(mail, me, options.text))
  process.stdout.write(`Sent to ${mail.replyTo}.\n${told(trial, sent)}`)
}
