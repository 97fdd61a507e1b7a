// Looks at a watched mailbox: what its server can do, and what its latest mails tell of the way they came.

import { parseAuthenticationResults } from '../inbound/authentication-results.ts'
import { openImapSession } from '../inbound/sources/imap-session.ts'
import type { MailboxConfig } from '../inbound/sources/schema.ts'
import { isLoopback, type TrustedService } from '../inbound/trust.ts'
import { readHeaderBlock } from '../mail/header.ts'
import { loopField, readLoopValue, readMessageId, readReplyAddress } from '../mail/message-id.ts'
import type { Keys } from '../mail/token.ts'
import { type Finding, fault, fine, warning } from './finding.ts'

/** What the header of one mail tells. */
export interface SeenMail {
  /** Authentication-Results in their order, with the Received fields above each. */
  readonly results: readonly { readonly authservId: string; readonly above: number }[]
  /** We wrote it. */
  readonly own: boolean
  /** It has the Message-ID that we gave it; of own mail only. */
  readonly sameId: boolean
  /** A field that a mail server writes at delivery names a signed address of ours. */
  readonly signedDelivery: boolean
}

export interface MailboxFacts {
  readonly capabilities: readonly string[]
  readonly folders: readonly { readonly path: string; readonly use: string | null }[]
  readonly mails: readonly SeenMail[]
}

const latest = 50
const headBytes = 64 * 1024
const deliveryFields = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to']

/** Reads what the header of a mail tells of its way. */
export function seenMail(bytes: Buffer, keys: Keys, signedDomains: ReadonlySet<string>, now: Date): SeenMail {
  const { fields } = readHeaderBlock(bytes)
  const results: { authservId: string; above: number }[] = []
  let received = 0
  let own = false
  let sameId = false
  let signedDelivery = false
  for (const { key, value } of fields) {
    if (key === 'received') received += 1
    if (key === 'authentication-results') {
      const parsed = parseAuthenticationResults(value)
      if (parsed) results.push({ authservId: parsed.authservId, above: received })
    }
    if (key === loopField.toLowerCase()) {
      const loop = readLoopValue(value)
      own ||= loop !== null && keys.verify(loop.desk, loop.payload, now) !== null
    }
    if (key === 'message-id') sameId ||= readMessageId(value.trim().replace(/^<|>$/g, '')) !== null
    if (deliveryFields.includes(key))
      signedDelivery ||= readReplyAddress(value.trim().toLowerCase().replace(/^<|>$/g, ''), signedDomains) !== null
  }
  return { results, own, sameId, signedDelivery }
}

/** Connects, reads the heads of the latest mails, changes nothing (EXAMINE, BODY.PEEK). */
export async function lookAtMailbox(
  box: MailboxConfig,
  access: {
    readonly password: string | undefined
    readonly token: string | undefined
    readonly ca: string | undefined
  },
  known: { readonly keys: Keys; readonly signedDomains: ReadonlySet<string>; readonly now: Date },
): Promise<MailboxFacts> {
  const session = await openImapSession({
    host: box.host,
    port: box.port,
    security: box.security,
    verify: box.tls === 'verify',
    ...access,
    user: box.user,
    silenceMs: 20_000,
  })
  try {
    const described = await session.describe()
    await session.open(box.folder, true)
    const uids = (await session.search({ all: true })).slice(-latest)
    const heads = uids.length === 0 ? new Map<number, Buffer>() : await session.fetch(uids, headBytes)
    const mails = [...heads.values()].map((bytes) => seenMail(bytes, known.keys, known.signedDomains, known.now))
    return { ...described, mails }
  } finally {
    await session.close()
  }
}

const aboutBox = (box: MailboxConfig): string => `mailbox ${box.name}`

/** It could not be looked at. */
export function mailboxUnreachable(box: MailboxConfig, why: string): Finding {
  const remedy = /login refused/.test(why)
    ? 'check user and password; providers with two factors want an application password or OAuth (token:)'
    : /certificate|self.signed/i.test(why)
      ? 'name the server as its certificate does, or give the authority with ca:'
      : /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|timeout/i.test(why)
        ? 'check host, port and security, and that this machine may connect there'
        : 'check host, port, security, user and folder'
  return fault(aboutBox(box), `cannot be read: ${why}`, 'its mail does not become tickets', remedy)
}

export function mailboxFindings(
  box: MailboxConfig,
  facts: MailboxFacts,
  services: readonly TrustedService[],
): Finding[] {
  const about = aboutBox(box)
  const can = (name: string): boolean => facts.capabilities.some((one) => one.toUpperCase() === name)
  const sent = facts.folders.find(({ use }) => use?.toLowerCase() === '\\sent')
  const clear = box.security === 'none' && !isLoopback(box.host) && box.host !== 'localhost'
  const moves = typeof box.after === 'object' && 'move' in box.after
  const findings: (Finding | null)[] = [
    clear
      ? fault(
          about,
          `the password goes to ${box.host} in the clear`,
          'who listens on the way reads it and all mail',
          'set security: tls',
        )
      : null,
    box.tls === 'insecure'
      ? warning(
          about,
          'its certificate is not verified',
          'another machine can pose as the server',
          'set tls: verify, with ca: for an authority of your own',
        )
      : null,
    sent?.path === box.folder
      ? fault(
          about,
          `the watched folder ${box.folder} is the folder of sent mail`,
          'our own mail comes back again and again; only its signed mark keeps it from becoming tickets',
          'watch INBOX, or let the provider keep sent mail elsewhere',
        )
      : null,
    can('IDLE')
      ? null
      : warning(
          about,
          'the server does not tell of new mail (no IDLE)',
          `mail is noticed up to ${box['poll-seconds']} s late`,
          'lower poll-seconds if that is too slow',
        ),
    moves && !can('MOVE') && !can('UIDPLUS')
      ? fault(
          about,
          'the server can neither MOVE nor UIDPLUS',
          'stored mail stays where it is',
          'set after: leave or after: { flag: … }',
        )
      : null,
    ...wayFindings(about, box, facts, services),
  ]
  const wrong = findings.filter((finding) => finding !== null)
  return wrong.length > 0 ? wrong : [fine(about, 'it can be read, and its server does what is needed')]
}

/** What the latest mails tell: who vouches for senders, what became of our ids, whether signed addresses arrive. */
function wayFindings(
  about: string,
  box: MailboxConfig,
  { mails }: MailboxFacts,
  services: readonly TrustedService[],
): (Finding | null)[] {
  const own = mails.filter((mail) => mail.own)
  const trusted = services.filter(({ from }) => typeof from === 'object' && from.account === box.name)
  const seen = new Map<string, { count: number; above: number }>()
  for (const mail of mails) {
    const [first] = mail.results
    if (!first) continue
    const known = seen.get(first.authservId)
    seen.set(first.authservId, { count: (known?.count ?? 0) + 1, above: Math.max(known?.above ?? 0, first.above) })
  }
  const [usual] = [...seen].sort((a, b) => b[1].count - a[1].count)
  const found = trusted.find(({ authservId }) => seen.has(authservId))
  const short = found !== undefined && (seen.get(found.authservId)?.above ?? 0) > found.hops
  return [
    own.some((mail) => !mail.sameId)
      ? warning(
          about,
          'our own mails come back with another Message-ID',
          'a reply is found by its signed address and the footer; where both are lost it opens a new ticket',
          'send through a relay that keeps Message-IDs, or one that tells the new one in its answer',
        )
      : null,
    mails.length > 0 && trusted.length === 0 && usual
      ? warning(
          about,
          `its server vouches for senders as "${usual[0]}", which is not trusted`,
          'senders are verified here, by their signature alone; agents without one confirm each answer',
          `if that is your provider’s name: trust: { authentication-results: [{ authserv-id: ${usual[0]}, from: { account: ${box.name} }, hops: ${usual[1].above} }] }`,
        )
      : null,
    mails.length > 0 && trusted.length === 0 && !usual
      ? warning(
          about,
          'its mails carry no Authentication-Results',
          'senders are verified here, by their signature alone; agents without one confirm each answer',
          'let the mail server write them, or give agents an SMTP password',
        )
      : null,
    mails.length > 0 && trusted.length > 0 && !found
      ? warning(
          about,
          `no mail carries a result of ${trusted.map((t) => `"${t.authservId}"`).join(', ')}`,
          'nobody’s word counts about senders: agents confirm each answer',
          usual ? `the latest mails carry "${usual[0]}"` : 'ask the provider for the name it writes',
        )
      : null,
    short
      ? warning(
          about,
          `"${found.authservId}" stands below ${seen.get(found.authservId)?.above} Received fields, and hops is ${found.hops}`,
          'its results do not count',
          `set hops: ${seen.get(found.authservId)?.above}, if the provider’s own servers write those fields`,
        )
      : null,
  ]
}
