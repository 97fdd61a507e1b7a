// Whether a mail from an agent's address is really the agent's. An absence notice sent by the agent's mail server carries the
// agent's name, passes authentication and answers the signed address: nothing else of it is wrong (threats T28).

import type { Origin } from '../inbound/message.ts'
import type { Judgement } from './judgement.ts'

/** A person does not read, think and answer faster than this. */
const machineMs = 120_000

export interface AgentMail {
  readonly origin: Origin
  /** Milliseconds from the notification it answers to its receipt; null when it answers none. */
  readonly sinceNotificationMs: number | null
  /** What stands above the quotation. */
  readonly newText: string
}

/** A reason in words why this mail must not be relayed as the agent's, or null. */
export function notFromTheAgent(mail: AgentMail): string | null {
  const { origin } = mail
  if (origin.vacation) return 'it is an absence notice'
  switch (origin.kind) {
    case 'human':
      break
    case 'list':
      // An agent may write through a list address; the marks of a list alone make nobody a machine.
      break
    case 'auto-reply':
    case 'generated':
    case 'bounce':
    case 'dsn-success':
    case 'read-receipt':
    case 'feedback':
    case 'spam':
      return `it is no mail of a person (${origin.kind}${origin.evidence.length > 0 ? `: ${origin.evidence[0]}` : ''})`
    default:
      return origin.kind satisfies never
  }
  const quick =
    mail.sinceNotificationMs !== null && mail.sinceNotificationMs >= 0 && mail.sinceNotificationMs < machineMs
  if (quick && mail.newText.trim() === '') return 'it came within two minutes of the notification and says nothing new'
  return null
}

/** The reply text is never empty, so that nothing gets lost: of a bare quotation it is the quotation. */
const withoutQuoted = (text: string): string =>
  text
    .slice(0, 10_000)
    .split('\n')
    .filter((line) => !/^\s*>/.test(line))
    .join('\n')

/** The same of a judgement. */
export function looksLikeVacation(judgement: Judgement): boolean {
  const { context, event } = judgement
  const { notifiedAt } = context
  return (
    notFromTheAgent({
      origin: event.message.origin,
      sinceNotificationMs: notifiedAt === null ? null : event.envelope.receivedAt.getTime() - notifiedAt.getTime(),
      newText: event.message.attachments.some((attachment) => !attachment.inline)
        ? 'attachment'
        : withoutQuoted(event.message.replyText),
    }) !== null
  )
}
