// Delivery notices as JSON, as Amazon SES sends them through SNS by mail: one object in the text, possibly broken over lines.

import type { Bounce } from './message.ts'

export interface NotificationJson {
  readonly kind: 'bounce' | 'dsn-success' | 'feedback'
  readonly type: string
  readonly recipients: readonly {
    readonly address: string
    readonly status: string | null
    readonly diagnostic: string | null
    readonly action: Bounce['action']
  }[]
  readonly messageId: string | null
}

const MAX_JSON = 256 * 1024

/** The notice that the text begins with, or null. */
export function readNotificationJson(text: string): NotificationJson | null {
  const start = unwrapEnvelope(text.trimStart().slice(0, MAX_JSON))
  if (!/^\{\s*"(?:notificationType|eventType)"/.test(start)) return null
  const end = start.lastIndexOf('}', MAX_JSON)
  const root =
    parseObject(start.slice(0, end + 1).replace(/\r?\n/g, '')) ??
    parseObject(start.slice(0, end + 1).replace(/\r?\n/g, ' '))
  if (root === null) return byPattern(start)
  const type = string(root.notificationType) ?? string(root.eventType) ?? ''
  const mail = object(root.mail)
  const delivery = object(root.delivery)
  const messageId = string(object(mail.commonHeaders).messageId)?.replace(/^<|>$/g, '') ?? null
  switch (type) {
    case 'Bounce':
      return {
        kind: 'bounce',
        type,
        messageId,
        recipients: list(object(root.bounce).bouncedRecipients).map((entry) => ({
          address: string(entry.emailAddress) ?? '',
          status: string(entry.status),
          diagnostic: string(entry.diagnosticCode)?.replace(/^smtp;\s*/i, '') ?? null,
          action: 'failed',
        })),
      }
    case 'Complaint':
      return {
        kind: 'feedback',
        type,
        messageId,
        recipients: list(object(root.complaint).complainedRecipients).map((entry) => plain(entry.emailAddress, null)),
      }
    case 'Delivery':
      return {
        kind: 'dsn-success',
        type,
        messageId,
        recipients: array(delivery.recipients).map((entry) => ({
          ...plain(entry, 'delivered'),
          diagnostic: string(delivery.smtpResponse),
        })),
      }
    default:
      return null
  }
}

/** SNS may put the notice as a string into its own envelope: `{"Type": "Notification", …, "Message": "{\\"notification…"`. */
function unwrapEnvelope(text: string): string {
  if (!/^\{\s*"Type"\s*:\s*"Notification"/.test(text)) return text
  const end = text.lastIndexOf('}')
  const message = string(parseObject(text.slice(0, end + 1).replace(/\r?\n/g, ' '))?.Message)
  return message ?? text
}

/** A notice too broken for JSON still says its type and the first recipient. */
function byPattern(text: string): NotificationJson | null {
  const type = /"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint|Delivery)"/.exec(text)?.[1]
  if (type === undefined) return null
  const address =
    /"emailAddress"\s*:\s*"([^"]{3,320})"/.exec(text)?.[1] ??
    /"recipients"\s*:\s*\[\s*"([^"]{3,320})"/.exec(text)?.[1] ??
    ''
  const status = /"status"\s*:\s*"(\d\.\d{1,3}\.\d{1,3})"/.exec(text)?.[1] ?? null
  const diagnostic = /"diagnosticCode"\s*:\s*"([^"]{1,1000})"/.exec(text)?.[1]?.replace(/^smtp;\s*/i, '') ?? null
  const kind = type === 'Bounce' ? 'bounce' : type === 'Complaint' ? 'feedback' : 'dsn-success'
  return {
    kind,
    type,
    messageId: null,
    recipients: [
      {
        address,
        status,
        diagnostic,
        action: kind === 'bounce' ? 'failed' : kind === 'dsn-success' ? 'delivered' : null,
      },
    ],
  }
}

function plain(address: unknown, action: Bounce['action']): NotificationJson['recipients'][number] {
  return { address: string(address) ?? '', status: null, diagnostic: null, action }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function object(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, 200) : []
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return array(value).filter(isObject)
}

function string(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
