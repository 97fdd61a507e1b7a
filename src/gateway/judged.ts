// A decision and what it was made of, on its way to being carried out.

import type { Envelope, InboundMessage } from '../inbound/message.ts'
import type { Authentication } from '../mail/authentication.ts'
import type { Context } from '../rules/context.ts'
import type { Decision } from '../rules/decision.ts'
import type { RunningDesk } from './running-desk.ts'

export interface Judged {
  readonly running: RunningDesk
  readonly context: Context
  readonly decision: Decision
  /** The mail it is about; null for due clocks and failed deliveries. */
  readonly mail: {
    readonly raw: number
    readonly attempt: number
    readonly bytes: Buffer
    readonly message: InboundMessage
    readonly envelope: Envelope
    readonly authentication: Authentication
  } | null
  /** The mail whose original its entries and mails carry, where nothing could be read of it. */
  readonly original?: { readonly raw: number; readonly bytes: Buffer } | null
}
