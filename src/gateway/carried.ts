// The signed tokens of a mail, verified, wherever they stand (threats 5a): recipient addresses, ids it answers, footer lines of quoted mail.

import type { Envelope, InboundMessage } from '../inbound/message.ts'
import { loopField, readFooterMarks, readLoopValue, readMessageId, readReplyAddress } from '../mail/message-id.ts'
import type { Signed } from '../mail/token.ts'
import type { Carried } from '../rules/context.ts'
import type { RunningInstance } from './running-desk.ts'

export interface Marks {
  /** Tokens of this desk, strongest carrier first. */
  readonly carried: readonly Carried[]
  /** Outbound ids of our mails that it answers or reports on, each proved by a token. */
  readonly outbound: readonly number[]
  /** We wrote this mail. */
  readonly own: boolean
}

const mostIds = 40

export function readMarks(
  message: InboundMessage,
  envelope: Envelope,
  desk: string,
  prefix: string,
  instance: RunningInstance,
  now: Date,
): Marks {
  const { keys, signedDomains } = instance
  const carried: Carried[] = []
  const outbound = new Set<number>()
  const seen = new Set<string>()
  const add = (carrier: Carried['carrier'], payload: string): Signed | null => {
    const signed = keys.verify(desk, payload, now)
    if (!signed) return null
    const key = `${carrier} ${payload}`
    if (!seen.has(key)) carried.push({ carrier, signed })
    seen.add(key)
    return signed
  }
  for (const address of new Set([...envelope.rcptTo, ...message.recipients].map((a) => a.toLowerCase()))) {
    const found = readReplyAddress(address, signedDomains)
    if (found?.desk !== desk) continue
    const signed = add('address', found.payload)
    if (signed?.purpose === 'b') outbound.add(signed.id)
  }
  const answered = [...message.inReplyTo, ...[...message.references].reverse()]
  const reported = message.bounces.map((b) => b.originalMessageId).filter((id) => id !== null)
  for (const id of [...answered, ...reported].slice(0, mostIds)) {
    const found = readMessageId(id)
    if (found?.desk !== desk) continue
    if (add('message-id', found.payload)) outbound.add(found.outbound)
  }
  for (const mark of readFooterMarks(`${message.quotedText}\n${message.text}`))
    if (mark.prefix === prefix) add('footer', mark.payload)
  return { carried, outbound: [...outbound], own: isOwn(message, instance, now) }
}

function isOwn(message: InboundMessage, instance: RunningInstance, now: Date): boolean {
  const id = message.messageId === null ? null : readMessageId(message.messageId)
  if (id && instance.keys.verify(id.desk, id.payload, now)) return true
  return message.headers.some(([name, value]) => {
    if (name.toLowerCase() !== loopField.toLowerCase()) return false
    const loop = readLoopValue(value)
    return loop !== null && instance.keys.verify(loop.desk, loop.payload, now)?.purpose === 'f'
  })
}
