// A mail sent to a signed address, which has to come back: by the relay, the mail servers between, and into a mailbox or our reception.

import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Sql } from '../db/pool.ts'
import type { Desk } from '../desks/desk.ts'
import { loopField, loopValue, mintMessageId, mintReplyAddress } from '../mail/message-id.ts'
import { dayOf, type Keys } from '../mail/token.ts'
import type { Transport } from '../outbound/transport.ts'
import { type Finding, fault, fine } from './finding.ts'

export interface Probe {
  readonly desk: Desk
  readonly replyDomain: string
  readonly keys: Keys
  readonly transport: Transport
  readonly sql: Sql
  readonly waitMs: number
  readonly pauseMs: number
}

/** Sends one mail to a signed address of the desk and waits until it is stored here; a running gateway records it as its own. */
export async function probeDelivery({
  desk,
  replyDomain,
  keys,
  transport,
  sql,
  waitMs,
  pauseMs,
}: Probe): Promise<Finding> {
  const now = new Date()
  const domain = desk['reply-domain'] ?? replyDomain
  const grant = { desk: desk.desk, id: 0, person: 0, day: dayOf(now) }
  const mark = keys.sign({ ...grant, purpose: 'f' })
  const to = mintReplyAddress(keys, { ...grant, purpose: 'c' }, domain)
  const id = mintMessageId(mark, desk.desk, 0, domain)
  const token = randomBytes(8).toString('hex')
  const bytes = Buffer.from(
    [
      `From: ${desk.address}`,
      `To: ${to}`,
      `Subject: probe ${token}`,
      `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${id}>`,
      'Auto-Submitted: auto-generated',
      `${loopField}: ${loopValue(desk.desk, mark)}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'A mail of guichet doctor to itself; nobody needs to read it.',
      '',
    ].join('\r\n'),
  )
  const about = `answers to ${domain}`
  const sent = await transport.send(
    { desk: desk.desk, id: 0, recipient: to, envelopeFrom: desk.address, bytes },
    async () => true,
  )
  if (sent.state !== 'sent')
    return fault(
      about,
      `the probe did not leave: ${'response' in sent ? sent.response : 'reason' in sent ? sent.reason : sent.state}`,
      'it is not known whether answers arrive',
      'look at the relay first',
    )
  const until = Date.now() + waitMs
  for (;;) {
    const [row] = await sql<{ rcpt: string[]; id: string | null }[]>`
      select r.rcpt_to as rcpt, i.message_id as id from inbound i join receipt r on r.raw = i.raw
      where i.desk = ${desk.desk} and i.subject = ${`probe ${token}`} limit 1`
    if (row) return verdict(about, row, to, id)
    if (Date.now() >= until) break
    await wait(pauseMs)
  }
  return fault(
    about,
    `a mail to a signed address did not arrive within ${Math.round(waitMs / 1000)} s`,
    'answers are lost, or found by their Message-ID and footer alone where the desk’s own address gets them',
    `let all mail of ${domain} (name+anything@) come to this gateway: catch-all or sub-addresses; and let the gateway run while you ask`,
  )
}

function verdict(
  about: string,
  row: { readonly rcpt: readonly string[]; readonly id: string | null },
  to: string,
  id: string,
): Finding {
  if (!row.rcpt.some((address) => address.toLowerCase() === to.toLowerCase()))
    return fault(
      about,
      'a mail to a signed address arrives, but the address is lost on the way',
      'answers are found by Message-ID and footer alone',
      'let the mail server write Delivered-To or X-Original-To with the whole address',
    )
  if (row.id !== null && row.id !== id)
    return {
      severity: 'warning',
      about,
      what: 'they arrive, but with another Message-ID than we gave',
      consequence: 'answers to mail whose address was lost are found by the footer alone',
      remedy: 'send through a relay that keeps Message-IDs',
    }
  return fine(about, 'they arrive, with their signed address and Message-ID')
}
